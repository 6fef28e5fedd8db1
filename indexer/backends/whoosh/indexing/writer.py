"""The index writer: collects changes and writes them as one new generation.

Old segments are taken over as hard links; new papers, and the old segments that the merge policy
chooses, become one new segment.
"""

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
from indexer.authors.clustering.certain_evidence import identifies_authors
from indexer.authors.clustering.people_table import ATTACHED as PEOPLE
from indexer.backends.whoosh.format import document_store
from indexer.backends.whoosh.format.array_file import ArrayFile, map_arrays
from indexer.backends.whoosh.format.directory import Policy, link, os_errors_reported
from indexer.backends.whoosh.format.generation import (
    OpenedGeneration,
    OpenedSegment,
    live_papers,
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
from indexer.backends.whoosh.format.meaning_column import write_column
from indexer.backends.whoosh.indexing.authorships import Authorships
from indexer.backends.whoosh.indexing.collection_stats import collect_stats
from indexer.backends.whoosh.indexing.pending import AddedPapers, ExistingPapers, Tombstones
from indexer.backends.whoosh.indexing.people_attachment import people_of
from indexer.backends.whoosh.indexing.run_builder import RunBuilder
from indexer.backends.whoosh.indexing.runs import Source
from indexer.backends.whoosh.indexing.segment_merger import SegmentSource, merge
from indexer.backends.whoosh.indexing.term_dictionary_writer import reuse_stems
from indexer.backends.whoosh.indexing.vectors_writer import copied_column
from indexer.backends.whoosh.integrity import check_segment, check_sums
from indexer.errors import RecordError
from indexer.generations.publishing import check_attachment, check_loss
from indexer.paper import Paper
from indexer.search import IndexInfo
from indexer.system.platform import when_unused

_LOG: Final = logging.getLogger(__name__)
MOST_SEGMENTS: Final = 8
"""Segments of a generation; a query visits each, so more make searching slower."""
_TWICE: Final = 2
"""A segment is merged unless it is larger than this many times what is merged already."""


@dataclass(frozen=True, slots=True)
class WriterOptions:
    """What a writer does, beside the changes.

    Attributes:
        base: the previous generation, None where there is none.
        rebuild: whether the new generation starts empty; `base` then only provides the times at
            which papers were first indexed, and stems.
        policy: workers, checks and the loss that is allowed.
        dumps: sources of this writer.
        reanalyze: whether the papers of `base` stay although `rebuild` is set: they are analyzed
            anew, because an earlier version of the analysis wrote them.
    """

    base: OpenedGeneration | None
    policy: Policy
    rebuild: bool = False
    dumps: tuple[str, ...] = ()
    reanalyze: bool = False

    @property
    def repeats(self) -> bool:
        """Whether sources of the previous generation are read anew: then fewer papers mean a loss.

        Deletions by name, and replacing a collection by another, are intended.
        """
        earlier = self.base.manifest.info.dumps if self.base else ()
        return self.rebuild and not self.reanalyze and not set(earlier).isdisjoint(self.dumps)


class WhooshWriter:
    """Implements `indexer.search.Writer`; `WhooshIndex.writer` makes it and publishes."""

    def __init__(self, plan: WriterOptions, analyzer: Analyzer, hidden: Path) -> None:
        """Starts without changes.

        Args:
            plan: what to do.
            analyzer: analyses titles and abstracts.
            hidden: directory of the new generation; exists and is empty.
        """
        self._plan = plan
        self._analyzer = analyzer
        self._hidden = hidden
        self._old = plan.base.segments if plan.base else ()
        self._existing = ExistingPapers(self._old)
        self._added = AddedPapers()
        keeps = not plan.rebuild or plan.reanalyze
        attached = plan.base.attached if plan.base and keeps else {}
        self._attached = dict(attached)
        self._identified = False
        self._now = int(time())
        self._scratch = hidden / "runs"
        with os_errors_reported(hidden):
            self._scratch.mkdir()
        # New papers use the dictionary of the index, so a merge can copy compressed papers.
        shared = () if plan.rebuild else self._old
        largest = max(shared, key=lambda segment: segment.entry.papers, default=None)
        dictionary = largest.store.dictionary.tobytes() if largest else b""
        self._runs = RunBuilder(analyzer, self._scratch, plan.policy.workers, dictionary)
        if plan.reanalyze:
            for paper in live_papers(self._old):
                self.add(paper)

    def add(self, paper: Paper) -> None:
        """Adds a paper; it replaces one with the same id, and an equal one is left as it is.

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
        existing = self._existing.find(paper.id)
        if existing is not None:
            columns = self._old[existing.segment].raw
            first = int(columns["first_indexed"][existing.paper])
            if int(columns["content"][existing.paper]) == document_store.content_hash(line):
                if not self._plan.rebuild:
                    self._added.drop(paper.id)
                    self._existing.restore(existing)
                    return
                last = int(columns["last_changed"][existing.paper])
            self._existing.delete(existing)
        self._added.add(paper.id)
        self._identified = self._identified or identifies_authors(paper)
        self._runs.add(paper, (line, first, last))

    def delete(self, paper_id: str) -> bool:
        """Deletes a paper; returns whether it existed."""
        was_added = self._added.drop(paper_id)
        existing = None if self._plan.rebuild else self._existing.find(paper_id)
        return (existing is not None and self._existing.delete(existing)) or was_added

    def attach(self, name: str, data: bytes) -> None:
        """Attaches a small document to the generation; empty data removes the one of this name.

        Raises:
            ValueError: see `indexer.generations.publishing.check_attachment`.
        """
        check_attachment(name, data)
        self._attached.pop(name, None)
        if data:
            self._attached[name] = data

    def close(self) -> None:
        """Ends the worker processes; the writer takes no more changes."""
        self._runs.close()

    @property
    def changed(self) -> bool:
        """Whether there is anything to publish."""
        base = self._plan.base
        if self._plan.rebuild or base is None or self._existing.has_deletions or len(self._added):
            return True
        return self._attached != base.attached

    def write(self, name: str) -> Manifest:
        """Writes all files of the new generation; it remains to be published.

        Args:
            name: of the generation.

        Raises:
            IndexError_: when more papers would be lost than allowed.
            IndexDamaged: when what was written does not read back as it should.
            OSError: when a file cannot be written.
        """
        # Importing Whoosh is slow, and only a writer needs it.
        from indexer.backends.whoosh.whoosh_codec.toc import write_toc

        all_tombstones = self._existing.tombstones()
        carried, merged = self._choose(all_tombstones)
        segments: list[tuple[OpenedSegment, Tombstones | None]] = []
        entries = []
        for index in carried:
            entry = self._carry(self._old[index], all_tombstones[index])
            entries.append(entry)
            segments.append((self._old[index], all_tombstones[index]))
        new_segment = self._merge(name, merged, all_tombstones)
        if new_segment is not None:
            column = copied_column(new_segment, self._old)
            if column is not None:
                write_column(self._hidden / new_segment.entry.meaning, column)
                new_segment = open_segment(self._hidden, new_segment.entry)
            if self._plan.policy.check:
                check_segment(self._hidden, new_segment)
            entries.append(new_segment.entry)
            segments.append((new_segment, None))
        when_unused(lambda: shutil.rmtree(self._scratch))
        stats = collect_stats([(segment.arrays, tombstones) for segment, tombstones in segments])
        self._refuse_loss(stats.papers)
        self._attach_people(segments)
        attached = write_attached(self._hidden, self._attached)
        dumps = (
            ()
            if not self._plan.base or (self._plan.rebuild and not self._plan.reanalyze)
            else (self._plan.base.manifest.info.dumps)
        )
        info = IndexInfo(
            generation=name,
            built=datetime.now(UTC).isoformat(timespec="seconds"),
            papers=stats.papers,
            venues=stats.venues,
            authors=stats.authors,
            first_year=stats.first_year,
            last_year=stats.last_year,
            bytes=sum(segment.stat().st_size for segment in self._hidden.iterdir()),
            dumps=tuple(dict.fromkeys((*dumps, *self._plan.dumps))),
            backend="whoosh",
            identity=self._plan.base.manifest.info.identity if self._plan.base else new_identity(),
        )
        manifest = Manifest(info, tuple(entries), fingerprint(self._analyzer), attached)
        write_toc(self._hidden, manifest, self._analyzer)
        manifest = replace(manifest, digests=self._digests(manifest))
        manifest.write(self._hidden)
        return manifest

    def _attach_people(self, segments: Sequence[tuple[OpenedSegment, Tombstones | None]]) -> None:
        """Attaches the table of likely people, made of the papers of the new generation."""
        self._attached.pop(PEOPLE, None)
        data = people_of(
            Authorships(segments),
            self._attached,
            self._plan.base.attached.get(PEOPLE) if self._plan.base else None,
            reuse=not self._plan.rebuild,
            identified=self._identified,
        )
        if data:
            self._attached[PEOPLE] = data

    def _digests(self, manifest: Manifest) -> dict[str, str]:
        """Returns the checksums of all files but attached ones, which have theirs already."""
        arrays = [entry.arrays for entry in manifest.segments]
        arrays += [entry.deletions for entry in manifest.segments if entry.deleted]
        files = (entry.meaning for entry in manifest.segments)
        arrays += [name for name in files if (self._hidden / name).exists()]
        digests = {name: map_arrays(self._hidden / name).digest for name in arrays}
        attached = {entry.file for entry in manifest.attached}
        for path in self._hidden.iterdir():
            if path.name not in digests and path.name not in attached and path.is_file():
                digests[path.name] = digest_of(path.read_bytes())
        return digests

    def _choose(self, all_tombstones: Sequence[Tombstones | None]) -> tuple[list[int], list[int]]:
        """Applies the merge policy: returns the segments that stay and those to merge, by index.

        A segment is merged when it is at most twice the size of what is merged already, so each
        paper is copied a logarithmic number of times in all (O'Neil et al. 1996, "The
        log-structured merge-tree", https://doi.org/10.1007/s002360050048); when more than half of
        it is tombstones; and while there are too many segments.
        """
        if self._plan.rebuild:
            return [], []
        live = [
            segment.entry.papers - (0 if tombstones is None else int(tombstones.sum()))
            for segment, tombstones in zip(self._old, all_tombstones, strict=True)
        ]
        size = len(self._added)
        carried: list[int] = []
        merged: list[int] = []
        for index in sorted(range(len(live)), key=live.__getitem__):
            mostly_deleted = live[index] * _TWICE < self._old[index].entry.papers
            too_many = len(live) - len(merged) >= MOST_SEGMENTS
            if live[index] <= size * _TWICE or mostly_deleted or too_many:
                merged.append(index)
                size += live[index]
            else:
                carried.append(index)
        return sorted(carried), sorted(merged)

    def _carry(self, segment: OpenedSegment, tombstones: Tombstones | None) -> SegmentEntry:
        """Takes an old segment over: its arrays as a hard link, its tombstones written anew."""
        if self._plan.base is None:
            raise AssertionError("an old segment without an old generation")
        entry = replace(segment.entry, deleted=0 if tombstones is None else int(tombstones.sum()))
        link(self._plan.base.folder / entry.arrays, self._hidden / entry.arrays)
        if segment.meaning is not None:
            link(self._plan.base.folder / entry.meaning, self._hidden / entry.meaning)
        if tombstones is not None and entry.deleted:
            write_deleted(self._hidden, entry, tombstones)
        return entry

    def _merge(
        self, name: str, merged: Sequence[int], all_tombstones: Sequence[Tombstones | None]
    ) -> OpenedSegment | None:
        """Writes the new segment from runs and old segments; None where it would be empty."""
        runs = self._runs.finish()
        sources: list[Source] = list(runs)
        dropped = self._added.dropped([run.papers for run in runs])
        for index in merged:
            if self._plan.base is not None and self._plan.policy.check:
                check_sums(self._old[index])  # damage would be copied
            sources.append(SegmentSource(self._old[index]))
            dropped.append(all_tombstones[index])
        papers = sum(
            source.papers - (0 if tombstones is None else int(tombstones.sum()))
            for source, tombstones in zip(sources, dropped, strict=True)
        )
        if not papers:
            self._runs.close()
            return None
        entry = SegmentEntry(f"{INDEX}_{name}", papers)
        _LOG.info(
            "merging %d runs and %d segments into %s, %d papers",
            len(runs),
            len(merged),
            entry.arrays,
            papers,
        )
        stems = reuse_stems(self._runs.stems, self._analyzer, self._plan.base)
        with ArrayFile(self._hidden / entry.arrays) as file:
            merge(sources, dropped, stems, file, None if merged else self._runs.parallel_merge())
        self._runs.close()
        return open_segment(self._hidden, entry)

    def _refuse_loss(self, papers: int) -> None:
        """Raises IndexError_ when a repeated build would lose more papers than allowed."""
        if self._plan.base and self._plan.repeats:
            check_loss(self._plan.base.manifest.info.papers, papers, self._plan.policy.most_lost)
