"""The embedded index: a directory of generations, opened for searching and for writing.

What lies between two generations.

The embedded index that the settings describe.
"""

from __future__ import annotations

import contextlib
import logging
import shutil
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from threading import Lock
from typing import Final, cast

import numpy as np

from indexer.analysis import Analyzer
from indexer.backends.whoosh.format import manifest
from indexer.backends.whoosh.format.directory import (
    Generations,
    Policy,
    link,
    os_errors_reported,
    writing,
)
from indexer.backends.whoosh.format.generation import OpenedGeneration, open_generation
from indexer.backends.whoosh.format.manifest import fingerprint, is_former_analysis
from indexer.backends.whoosh.indexing.vector_log import NAME as LOG_NAME
from indexer.backends.whoosh.indexing.vector_log import VectorLog
from indexer.backends.whoosh.indexing.vectors_writer import (
    Advance,
    encode_missing,
    missing_vectors,
)
from indexer.backends.whoosh.indexing.writer import WhooshWriter, WriterOptions
from indexer.backends.whoosh.integrity import verify
from indexer.backends.whoosh.kernels.dispatch import KernelChoice, KernelName
from indexer.backends.whoosh.searcher import WhooshSearcher
from indexer.budget import DEFAULT, Limits
from indexer.configuration.config import Config
from indexer.errors import IndexDamaged, IndexError_, IndexMissing
from indexer.meaning.model import EncoderChoice, SentenceEncoder
from indexer.ranking import Ranking
from indexer.results import Changes
from indexer.system.extras import require_extra

_LOG: Final = logging.getLogger(__name__)
_LOOK_AGAIN: Final = 30.0
"""Seconds until generations that were all found damaged are read again, which takes a second a
gigabyte; as long as an error page tells its reader to wait."""


class WhooshIndex:
    """Implements `indexer.search.Index` in a directory; safe to use from several threads.

    Any number of processes may read while one writes.
    """

    def __init__(  # noqa: PLR0913 - how it is written, and how it is searched
        self,
        path: Path | str,
        *,
        analyzer: Analyzer | None = None,
        ranking: Ranking | None = None,
        policy: Policy | None = None,
        kernels: KernelName = "numpy",
        limits: Limits = DEFAULT,
        encoder: EncoderChoice | None = None,
    ) -> None:
        """Name the place; nothing is read or made yet.

        Args:
            path: directory of the index.
            analyzer: how texts become terms; an index is searched as it was written.
            ranking: weights of the ranking.
            policy: how the index is kept.
            kernels: which inner loops answer queries.
            limits: of each query.
            encoder: loads what encodes queries; None = words alone count.

        Raises:
            ConfigError: when the loops asked for cannot be had.
        """
        self.path = Path(path)
        self.generations = Generations(self.path)
        self._analyzer = analyzer or Analyzer()
        self._ranking = ranking or Ranking()
        self._policy = policy or Policy()
        self._kernels = KernelChoice(kernels)
        self._limits = limits
        self._encoder = encoder
        self._lock = Lock()
        self._newest: WhooshSearcher | None = None
        self._published: tuple[str, str | None] | None = None
        self._hopeless_until = float("-inf")
        self._identified: tuple[tuple[int, int], str] | None = None

    @property
    def place(self) -> str:
        """The directory, for the reader."""
        return str(self.path)

    @property
    def in_process(self) -> bool:
        """Always: searches run in this process, on files that it maps."""
        return True

    def generation(self) -> str | None:
        """Name of the newest published generation; reads one tiny file."""
        return self.generations.current()

    def identity(self) -> str | None:
        """Identity of the index that is there now; reads a file once a publication."""
        mark = self.generations.mark()
        if mark is None:
            return None
        known = self._identified
        if known is None or known[0] != mark:
            try:
                identity = self.generations.read(
                    lambda name, folder: manifest.Manifest.read(folder).info.identity  # noqa: ARG005
                )
            except IndexError_:
                return ""  # whoever opens it is told what is wrong
            self._identified = known = (mark, identity)
        return known[1]

    def published(self) -> tuple[str, ...]:
        """Name the generations that were published and are still on disk, oldest first."""
        return self.generations.published()

    def opened(self) -> OpenedGeneration:
        """Opens the newest published generation as it is on disk.

        Raises:
            IndexMissing: when nothing was published yet.
            IndexDamaged: when it is not what was written.
        """
        return self.generations.read(open_generation)

    @contextmanager
    def searcher(self, generation: str | None = None) -> Iterator[WhooshSearcher]:
        """Opens a published generation; it stays readable whatever is published later.

        Threads that search the newest generation share one searcher and its caches.

        Args:
            generation: its name; None = the newest.

        Raises:
            IndexMissing: when nothing was published yet, or this one is not on disk (any more).
            IndexDamaged: when it is not what was written.
        """
        if generation is not None and generation != self._named():
            snapshot = self._open_published(generation).snapshot()
            searcher = WhooshSearcher(
                snapshot,
                analyzer=self._analyzer,
                ranking=self._ranking,
                limits=self._limits,
                encoder=self._encoder,
            )
            searcher.shrink()
            yield searcher
            return
        with self._lock:
            searcher = self._shared()
        if generation is not None and searcher.integrity.fallback_reason:
            raise IndexDamaged(searcher.integrity.fallback_reason)
        yield searcher

    def _named(self) -> str:
        """Returns the name of the newest generation; none where the pointer to it is damaged."""
        try:
            return self.generations.current() or ""
        except IndexDamaged:
            return ""

    def _shared(self) -> WhooshSearcher:
        """Returns the searcher that all threads share; opens one where there is no current one."""
        published = self._named(), self.identity()
        newest = self._newest if self._published == published else None
        if newest is not None and not newest.integrity.damage:
            return newest
        try:
            if newest is not None:
                newest.integrity.refuse()
            searcher = self._opened_searcher(self.opened())
        except IndexDamaged as error:
            searcher = self._fallback(published[0], error)
        if newest_before := self._newest:
            newest_before.shrink()  # who still reads it holds it; its caches would come on top
        self._newest, self._published = searcher, published
        return searcher

    def _opened_searcher(self, opened: OpenedGeneration) -> WhooshSearcher:
        return WhooshSearcher(
            opened.snapshot(),
            analyzer=self._analyzer,
            ranking=self._ranking,
            kernels=self._kernels,
            limits=self._limits,
            encoder=self._encoder,
        )

    def _fallback(self, newest: str, damage: IndexDamaged) -> WhooshSearcher:
        """Returns a searcher of the newest kept generation that is whole.

        Raises:
            IndexDamaged: `damage`, where there is none.
        """
        if time.monotonic() < self._hopeless_until:
            raise damage
        for name in reversed(self.published()):
            if name == newest:
                continue
            try:
                searcher = self._opened_searcher(
                    open_generation(name, self.generations.folder(name))
                )
                searcher.integrity.check()  # it is on the same disk and may share files
            except (IndexDamaged, FileNotFoundError):
                continue
            searcher.integrity.fallback_reason = (
                f"generation {newest or 'of the pointer'} is damaged, so {name} answers: {damage}"
            )
            return searcher
        self._hopeless_until = time.monotonic() + _LOOK_AGAIN
        raise damage

    @contextmanager
    def writer(
        self, *, rebuild: bool = False, dumps: tuple[str, ...] = ()
    ) -> Iterator[WhooshWriter]:
        """Begins changes; leaving the block publishes them, an exception drops them all.

        A block that changes nothing publishes nothing, unless there was nothing yet.

        Args:
            rebuild: begin from an empty index instead of the newest generation.
            dumps: names of the sources, for `IndexInfo`.

        Raises:
            IndexLocked: when another writer is at work.
            IndexError_: when the index has other stop words or stemming (only a rebuild mends
                that; papers of an earlier version of the analysis are analyzed anew), when
                it would shrink too much, or when the disk does not take it.
        """
        with self._one_writer():
            base = self._base(rebuild=rebuild)
            written = base.manifest.analyzer if base else ""
            reanalyze = not rebuild and is_former_analysis(written, self._analyzer)
            if base and not rebuild and not reanalyze and written != fingerprint(self._analyzer):
                raise IndexError_(
                    f"{self.path}: was built with other stop words or stemming than configured "
                    "now, so nothing can be added; `quiver build` builds it anew"
                )
            if reanalyze:
                _LOG.info("%s: analyzes its papers anew, as this version does", self.path)
            with os_errors_reported(self.path):
                name, hidden = self.generations.begin()
            plan = WriterOptions(base, self._policy, rebuild or reanalyze, dumps, reanalyze)
            writer = WhooshWriter(plan, self._analyzer, hidden)
            try:
                yield writer
                if writer.changed:
                    with os_errors_reported(hidden):
                        writer.write(name)
                        self.generations.publish(name)
            finally:
                writer.close()
                shutil.rmtree(hidden, ignore_errors=True)
            with os_errors_reported(self.path):
                self.generations.clean(keep=self._policy.keep)

    def has_vectors(self) -> bool:
        """Returns whether the newest generation has a column of vectors.

        Raises:
            IndexMissing: when nothing was published yet.
        """
        return any(segment.meaning is not None for segment in self.opened().segments)

    def encode_meaning(
        self, encoder: SentenceEncoder, advance: Advance | None = None
    ) -> str | None:
        """Publishes the newest generation anew, with a vector for each paper that has none.

        What a killed run has encoded is kept beside the generations and used by the next one.

        Args:
            encoder: makes the vectors.
            advance: told how many papers have a vector, and how many there are.

        Returns:
            The new name; None where no vector was missing.

        Raises:
            IndexMissing: when nothing was published yet.
            IndexLocked: when another writer is at work.
        """
        with self._one_writer(), os_errors_reported(self.path):
            opened = self.opened()
            if not missing_vectors(opened, encoder.model.identity):
                return None
            name, hidden = self.generations.begin()
            model = encoder.model
            try:
                with VectorLog(self.path / LOG_NAME, model.identity, model.width) as log:
                    tell = advance or (lambda _done, _total: None)
                    digests = encode_missing(opened, hidden, encoder, log, tell)
                    built = datetime.now(UTC).isoformat(timespec="seconds")
                    written = opened.manifest.renamed(name, built)
                    size = sum(file.stat().st_size for file in hidden.iterdir())
                    info = replace(written.info, bytes=size)
                    replace(written, info=info, digests=digests).write(hidden)
                    self.generations.publish(name)
                    log.remove()
            finally:
                shutil.rmtree(hidden, ignore_errors=True)
            _LOG.info("%s: %s has the vectors of its papers", self.path, name)
            self.generations.clean(keep=self._policy.keep)
            return name

    def rollback(self) -> str:
        """Publishes the content of the generation before the newest anew, under a new name.

        Where the pointer to the newest is damaged, or leads to nothing, the newest of those that
        are on disk is published anew. One that is not what was written is passed over.

        Returns:
            The new name.

        Raises:
            IndexMissing: when there is no generation before.
            IndexDamaged: when none of those before is what was written.
            IndexLocked: when another writer is at work.
        """
        with self._one_writer(), os_errors_reported(self.path):
            old = self._first_intact(self._before_newest())
            folder = old.folder
            name, hidden = self.generations.begin()
            for file in sorted(folder.iterdir()):
                link(file, hidden / file.name)
            (hidden / manifest.NAME).unlink(missing_ok=True)
            built = datetime.now(UTC).isoformat(timespec="seconds")
            old.manifest.renamed(name, built).write(hidden)
            self.generations.publish(name)
            _LOG.info("%s: %s holds what %s held", self.path, name, folder.name)
            self.generations.clean(keep=self._policy.keep)
            return name

    def _before_newest(self) -> tuple[str, ...]:
        """Returns the names of what `rollback` may go back to, newest first."""
        published = self.generations.published()
        try:
            newest = self.generations.current()
        except IndexDamaged:
            newest = None
        earlier = tuple(name for name in reversed(published) if name != newest)
        if not earlier:
            raise IndexMissing(
                f"{self.path}: there is no generation to go back to; `quiver build` makes one"
            )
        return earlier

    def _first_intact(self, names: Iterable[str]) -> OpenedGeneration:
        """Returns the first of some generations that is what was written.

        Raises:
            IndexDamaged: where none is; names what is wrong with the first.
        """
        first: IndexDamaged | None = None
        for name in names:
            folder = self.generations.folder(name)
            try:
                opened = open_generation(name, folder)
                verify(opened, self._analyzer)
            except FileNotFoundError as error:
                first = first or IndexDamaged(f"{error.filename}: this file of the index is gone")
            except IndexDamaged as error:
                first = first or error
            else:
                return opened
        raise first or IndexDamaged(f"{self.path}: has no generation")

    def verify(self) -> int:
        """Reads the whole newest generation and checks it; gives its number of papers.

        Raises:
            IndexMissing: when nothing was published yet.
            IndexDamaged: names the file that is not what was written, and what is wrong.
        """
        return self.generations.read(
            lambda name, folder: verify(open_generation(name, folder), self._analyzer)
        )

    def changes(self, before: str, after: str | None = None) -> Changes:
        """Returns which papers were added, changed and removed from one generation to another.

        Args:
            before: name of the earlier one.
            after: name of the later one; None = the newest.

        Raises:
            IndexMissing: when one of them is not on disk (any more).
        """
        later = self.opened() if after is None else self._open_published(after)
        return changes_between(self._open_published(before), later)

    def _open_published(self, name: str) -> OpenedGeneration:
        """Opens a generation by its name, if it was published and is still there."""
        published = self.published()
        if name in published:
            with contextlib.suppress(FileNotFoundError):  # removed at this very moment
                return open_generation(name, self.generations.folder(name))
        kept = ", ".join(published) or "none"
        raise IndexMissing(f"{self.path}: has no generation {name!r}; there are: {kept}")

    def _base(self, *, rebuild: bool) -> OpenedGeneration | None:
        try:
            return None if self.generations.current() is None else self.opened()
        except IndexDamaged:
            if not rebuild:
                raise
            return None  # a rebuild mends what is damaged; only the papers' times are lost

    @contextmanager
    def _one_writer(self) -> Iterator[None]:
        with os_errors_reported(self.path):
            self.path.mkdir(parents=True, exist_ok=True)
        with writing(self.path, wait=self._policy.wait):
            yield


def changes_between(before: OpenedGeneration, after: OpenedGeneration) -> Changes:
    """Compares two generations by the hashes of their papers; no paper is read."""
    old, new = _contents(before), _contents(after)
    return Changes(
        added=_texts(new.keys() - old.keys()),
        changed=_texts(
            paper_id for paper_id in new.keys() & old.keys() if old[paper_id] != new[paper_id]
        ),
        gone=_texts(old.keys() - new.keys()),
    )


def _texts(raws: Iterable[bytes]) -> tuple[str, ...]:
    return tuple(raw.decode() for raw in sorted(raws))


def _contents(opened: OpenedGeneration) -> dict[bytes, int]:
    """Returns the content hash of each live paper by its id."""
    contents: dict[bytes, int] = {}
    for segment in opened.segments:
        hashes = segment.raw["content"][segment.arrays.id_paper]
        live = np.ones(len(hashes), np.bool_)
        if segment.deleted is not None:
            live = ~segment.deleted[segment.arrays.id_paper]
        rows = zip(segment.arrays.ids.raws(), hashes.tolist(), live.tolist(), strict=True)
        contents.update((raw, content) for raw, content, stays in rows if stays)
    return contents


def open_configured(path: Path, config: Config) -> WhooshIndex:
    """Name the index of a folder; it need not exist yet."""
    build = config.build
    policy = Policy(
        keep=build.keep, wait=build.wait, most_lost=build.most_lost, workers=build.workers
    )
    kernels = cast("KernelName", config.search.kernels)
    limits = Limits(seconds=config.search.timeout)
    encoder = None if config.search.meaning == "off" else EncoderChoice(config.meaning.model)
    if config.search.meaning == "on" and encoder is not None and not encoder.installed:
        require_extra("semantic")
    return WhooshIndex(
        path,
        ranking=config.ranking,
        policy=policy,
        kernels=kernels,
        limits=limits,
        encoder=encoder,
    )
