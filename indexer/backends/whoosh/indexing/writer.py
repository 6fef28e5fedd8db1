"""Changes to an index, collected and published as one new generation."""

from __future__ import annotations

import logging
import shutil
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from time import time
from typing import Final

from indexer.analysis import Analyzer
from indexer.backends.whoosh.format import document_store
from indexer.backends.whoosh.format.array_file import ArrayFile, map_arrays
from indexer.backends.whoosh.format.directory import Policy, faults_told, link
from indexer.backends.whoosh.format.generation import (
    OpenedGeneration,
    OpenedSegment,
    open_segment,
    write_deleted,
)
from indexer.backends.whoosh.format.manifest import (
    INDEX,
    Manifest,
    SegmentEntry,
    digest_of,
    fingerprint,
    new_identity,
    write_attached,
)
from indexer.backends.whoosh.indexing.collection_stats import take_census
from indexer.backends.whoosh.indexing.pending import AddedPapers, Bits, KnownPapers
from indexer.backends.whoosh.indexing.run_builder import Collector
from indexer.backends.whoosh.indexing.runs import Source
from indexer.backends.whoosh.indexing.segment_merger import SegmentSource, merge
from indexer.backends.whoosh.indexing.term_dictionary_writer import known_stems
from indexer.backends.whoosh.integrity import check_segment, check_sums
from indexer.errors import RecordError
from indexer.paper import Paper
from indexer.platform import when_unused
from indexer.publishing import check_attachment, check_loss
from indexer.search import IndexInfo

_LOG: Final = logging.getLogger(__name__)
MOST_SEGMENTS: Final = 8
_TWICE: Final = 2


@dataclass(frozen=True, slots=True)
class Plan:
    """What a writer is to do, beside the changes.

    Attributes:
        base: the generation before, None where there is none.
        rebuild: whether the new generation begins empty; `base` then only lends the times at
            which papers came in, and stems.
        policy: how the index is kept.
        dumps: sources of this writer.
    """

    base: OpenedGeneration | None
    policy: Policy
    rebuild: bool = False
    dumps: tuple[str, ...] = ()

    @property
    def repeats(self) -> bool:
        """Whether dumps of the generation before are read anew, so that fewer papers are a loss.

        What is deleted by name, and a collection put in the place of another, are meant.
        """
        before = self.base.manifest.info.dumps if self.base else ()
        return self.rebuild and not set(before).isdisjoint(self.dumps)


class WhooshWriter:
    """Implements `indexer.search.Writer`; `WhooshIndex.writer` makes it and publishes."""

    def __init__(self, plan: Plan, analyzer: Analyzer, hidden: Path) -> None:
        """Begin with no changes.

        Args:
            plan: what to do.
            analyzer: how texts become terms.
            hidden: directory of the new generation, there and empty.
        """
        self._plan = plan
        self._analyzer = analyzer
        self._hidden = hidden
        self._old = plan.base.segments if plan.base else ()
        self._known = KnownPapers(self._old)
        self._added = AddedPapers()
        kept = plan.base.attached if plan.base and not plan.rebuild else {}
        self._attached = dict(kept)
        self._now = int(time())
        self._scratch = hidden / "runs"
        with faults_told(hidden):
            self._scratch.mkdir()
        # What is added to an index shares its dictionary, so that lines are merged as they are.
        shared = () if plan.rebuild else self._old
        largest = max(shared, key=lambda one: one.entry.papers, default=None)
        dictionary = largest.store.dictionary.tobytes() if largest else b""
        self._collector = Collector(analyzer, self._scratch, plan.policy.workers, dictionary)

    def add(self, paper: Paper) -> None:
        """Add a paper; one with the same id is replaced, an equal one is left as it is.

        Raises:
            RecordError: when one of its texts cannot be stored (half a surrogate pair).
        """
        try:
            line = document_store.encode(paper)
        except UnicodeEncodeError as error:
            raise RecordError(
                paper.source or paper.id.encode(errors="replace").decode(),
                0,
                "a text holds half a character (a lone surrogate); mend the dump's encoding",
            ) from error
        first = last = self._now
        old = self._known.find(paper.id)
        if old is not None:
            raw = self._old[old.segment].raw
            first = int(raw["first_indexed"][old.paper])
            if int(raw["content"][old.paper]) == document_store.content_hash(line):
                if not self._plan.rebuild:
                    self._added.drop(paper.id)
                    self._known.keep(old)
                    return
                last = int(raw["last_changed"][old.paper])
            self._known.take(old)
        self._added.add(paper.id)
        self._collector.add(paper, (line, first, last))

    def delete(self, paper_id: str) -> bool:
        """Take a paper out; say whether it was there."""
        was_added = self._added.drop(paper_id)
        old = None if self._plan.rebuild else self._known.find(paper_id)
        return (old is not None and self._known.take(old)) or was_added

    def attach(self, name: str, data: bytes) -> None:
        """Keep a small document beside the papers; none takes the one there is away.

        Raises:
            ValueError: see `indexer.publishing.check_attachment`.
        """
        check_attachment(name, data)
        self._attached.pop(name, None)
        if data:
            self._attached[name] = data

    def close(self) -> None:
        """End whatever still works for this writer; it takes no more changes."""
        self._collector.close()

    @property
    def changed(self) -> bool:
        """Whether there is anything to publish."""
        base = self._plan.base
        if self._plan.rebuild or base is None or self._known.any_goes or len(self._added):
            return True
        return self._attached != base.attached

    def write(self, name: str) -> Manifest:
        """Write everything of the new generation; it remains to be published.

        Args:
            name: of the generation.

        Raises:
            IndexError_: when more papers would be lost than allowed.
            IndexDamaged: when what was written does not read back as it should.
            OSError: when something cannot be written.
        """
        # Whoosh is slow to import and only written for, so those who read never do.
        from indexer.backends.whoosh.whoosh_codec.toc import write_toc

        deleted = self._known.deleted()
        kept, merged = self._choose(deleted)
        segments: list[tuple[OpenedSegment, Bits | None]] = []
        entries = []
        for at in kept:
            entry = self._carry(self._old[at], deleted[at])
            entries.append(entry)
            segments.append((self._old[at], deleted[at]))
        fresh = self._merge(name, merged, deleted)
        if fresh is not None:
            if self._plan.policy.check:
                check_segment(self._hidden, fresh)
            entries.append(fresh.entry)
            segments.append((fresh, None))
        when_unused(lambda: shutil.rmtree(self._scratch))
        census = take_census([(one.arrays, gone) for one, gone in segments])
        self._refuse_loss(census.papers)
        attached = write_attached(self._hidden, self._attached)
        before = (
            ()
            if self._plan.rebuild or not self._plan.base
            else (self._plan.base.manifest.info.dumps)
        )
        info = IndexInfo(
            generation=name,
            built=datetime.now(UTC).isoformat(timespec="seconds"),
            papers=census.papers,
            venues=census.venues,
            authors=census.authors,
            first_year=census.first_year,
            last_year=census.last_year,
            bytes=sum(one.stat().st_size for one in self._hidden.iterdir()),
            dumps=tuple(dict.fromkeys((*before, *self._plan.dumps))),
            backend="whoosh",
            identity=self._plan.base.manifest.info.identity if self._plan.base else new_identity(),
        )
        manifest = Manifest(info, tuple(entries), fingerprint(self._analyzer), attached)
        write_toc(self._hidden, manifest, self._analyzer)
        manifest = replace(manifest, digests=self._digests(manifest))
        manifest.write(self._hidden)
        return manifest

    def _digests(self, manifest: Manifest) -> dict[str, str]:
        """Returns the checksums of all files but attached ones, which have theirs already."""
        arrays = [entry.arrays for entry in manifest.segments]
        arrays += [entry.deletions for entry in manifest.segments if entry.deleted]
        digests = {name: map_arrays(self._hidden / name).digest for name in arrays}
        attached = {entry.file for entry in manifest.attached}
        for path in self._hidden.iterdir():
            if path.name not in digests and path.name not in attached and path.is_file():
                digests[path.name] = digest_of(path.read_bytes())
        return digests

    def _choose(self, deleted: Sequence[Bits | None]) -> tuple[list[int], list[int]]:
        """Say which old segments stay and which are merged with what is new.

        A segment is merged in when what is merged already is at least half its size, so each
        paper is copied a logarithmic number of times in all (O'Neil et al. 1996, "The
        log-structured merge-tree"); when most of it is deleted; and when there are too many.
        """
        if self._plan.rebuild:
            return [], []
        live = [
            segment.entry.papers - (0 if gone is None else int(gone.sum()))
            for segment, gone in zip(self._old, deleted, strict=True)
        ]
        size = len(self._added)
        kept: list[int] = []
        merged: list[int] = []
        for at in sorted(range(len(live)), key=live.__getitem__):
            holey = live[at] * _TWICE < self._old[at].entry.papers
            crowded = len(live) - len(merged) >= MOST_SEGMENTS
            if live[at] <= size * _TWICE or holey or crowded:
                merged.append(at)
                size += live[at]
            else:
                kept.append(at)
        return sorted(kept), sorted(merged)

    def _carry(self, segment: OpenedSegment, deleted: Bits | None) -> SegmentEntry:
        """Take an old segment over: its arrays as a hard link, its deletions written anew."""
        if self._plan.base is None:
            raise AssertionError("an old segment without an old generation")
        entry = replace(segment.entry, deleted=0 if deleted is None else int(deleted.sum()))
        link(self._plan.base.folder / entry.arrays, self._hidden / entry.arrays)
        if deleted is not None and entry.deleted:
            write_deleted(self._hidden, entry, deleted)
        return entry

    def _merge(
        self, name: str, merged: Sequence[int], deleted: Sequence[Bits | None]
    ) -> OpenedSegment | None:
        """Write the new segment out of what was added and old segments; None if it were empty."""
        runs = self._collector.finish()
        sources: list[Source] = list(runs)
        gone = self._added.dropped([run.papers for run in runs])
        for at in merged:
            if self._plan.base is not None and self._plan.policy.check:
                check_sums(self._old[at])  # or damage would be written anew
            sources.append(SegmentSource(self._old[at]))
            gone.append(deleted[at])
        papers = sum(
            source.papers - (0 if bits is None else int(bits.sum()))
            for source, bits in zip(sources, gone, strict=True)
        )
        if not papers:
            self._collector.close()
            return None
        entry = SegmentEntry(f"{INDEX}_{name}", papers)
        _LOG.info(
            "merging %d runs and %d segments into %s, %d papers",
            len(runs),
            len(merged),
            entry.arrays,
            papers,
        )
        stems = known_stems(self._collector.stems, self._analyzer, self._plan.base)
        with ArrayFile(self._hidden / entry.arrays) as file:
            merge(sources, gone, stems, file, None if merged else self._collector.share())
        self._collector.close()
        return open_segment(self._hidden, entry)

    def _refuse_loss(self, papers: int) -> None:
        if self._plan.base and self._plan.repeats:
            check_loss(self._plan.base.manifest.info.papers, papers, self._plan.policy.most_lost)
