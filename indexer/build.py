"""Build an index from dumps: find, recognise, read, clean, write, report."""

from __future__ import annotations

import logging
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext
from datetime import UTC, datetime
from typing import Final

from indexer.authors.curation import Curation, attach_curation
from indexer.cleaning.clean_record import clean
from indexer.cleaning.venues import BUILT_IN, load_venues
from indexer.errors import DumpError, IndexDamaged, IndexMissing, RecordError
from indexer.formats import Format, detect, load_formats
from indexer.formats.foreign import foreign_kind
from indexer.formats.table_formats.columns import unknown_columns
from indexer.formats.table_formats.delimited import table_columns
from indexer.generations.changes import ChangeWriter
from indexer.generations.generation_history import GenerationHistory, attach_history, history_of
from indexer.generations.record_flow import SourceFlow, attach_flow, flow_of
from indexer.generations.report import BuildReport, Progress, SourceCount, Tally
from indexer.intake.dump import Dump, Dumps
from indexer.intake.record import PAPER_ID, Deletion, Notice, Read
from indexer.intake.rejected import RejectedFile, rejected_output
from indexer.paper import Paper
from indexer.record.digests import DigestTable
from indexer.related.duplicates import (
    NO_DECISIONS,
    DuplicateDecisions,
    attach_decisions,
    decisions_of,
)
from indexer.reviews.label_matching import LabelMatcher
from indexer.reviews.labels import attach_labels
from indexer.reviews.labels_file import LabelledRecord
from indexer.search import Index, Searcher
from indexer.system.output_file import OutputFile
from indexer.system.protected import protect

_LOG: Final = logging.getLogger(__name__)
_SECONDS_BETWEEN = 0.1
_MET, _GONE = 1, 2
_CHECKED = ("abstract", "authors", "venue", "year", "type", "doi", "url", "keywords")


def build_index(  # noqa: PLR0913 - one keyword an option of the verb
    dumps: Sequence[str],
    index: Index,
    *,
    rebuild: bool = True,
    strict: bool = False,
    progress: Callable[[Progress], None] | None = None,
    exclude: Sequence[str] = (),
    rejected: str | None = None,
    overwrite: bool = False,
    protected: Sequence[str] = (),
    venues: str = BUILT_IN,
    curation: Curation | None = None,
    decisions: DuplicateDecisions | None = None,
    labels: Sequence[LabelledRecord] | None = None,
) -> BuildReport:
    """Writes the papers of dumps into an index and publishes them as a new generation.

    Args:
        dumps: files, folders, patterns and "-" (standard input).
        index: where to; what it holds stays as it is until everything was read and written.
        rebuild: begin from an empty index; otherwise papers with new ids are added and those with
            known ids are replaced.
        strict: stop at the first record that cannot become a paper.
        progress: called now and then, and once at the end.
        exclude: folders that are not searched for dumps, such as that of the index, and files that
            are not read.
        rejected: a file to write skipped records to that can be mended (see
            `indexer.intake.rejected`); it is made only if there are any.
        overwrite: replace that file even where it is not earlier output of a build.
        protected: further files that it must not be, such as the settings.
        venues: file with a table of venues; "built-in" = the one that comes with Quiver.
        curation: what is curated about authors' names, to be kept with the index; None leaves
            what an update finds there.
        decisions: which papers are one work, to be applied and kept with the index; None leaves
            what an update finds there.
        labels: of screened papers, to be matched with what is read and kept with the index; None
            leaves what an update finds there.

    Returns:
        What was done; a skipped record is no error unless `strict`.

    Raises:
        DumpError: when a dump cannot be found, recognised or unpacked, or none has any paper.
        RecordError: at the first bad record, when `strict`.
        IndexError_: when the index cannot be written.
        OutputError: when `rejected` may not be written.
    """
    reading = _Reading(dumps, progress, exclude, strict=strict, venues=venues)
    output = reading.output(rejected, exclude, protected, overwrite=overwrite)
    _LOG.info("%s from %s", "building" if rebuild else "updating", ", ".join(dumps))
    with (
        RejectedFile(output) as reading.rejected,
        nullcontext(None) if rebuild else _newest(index) as base,
        index.writer(rebuild=rebuild, dumps=tuple(dumps)) as writer,
    ):
        if decisions is None and base is not None:
            decisions = decisions_of(base)
        changes = ChangeWriter(writer, base, decisions or NO_DECISIONS)
        matcher = LabelMatcher(labels or ())
        for change in reading.changes():
            if isinstance(change, Paper):
                changes.add(change, reading.source)
                matcher.meet(change)
            else:
                reading.withdraw(change, changes)
        reading.left_out = Counter(changes.finish().values())
        reading.rejected.sync()  # a full disk is noticed before anything is published
        reading.refuse_nothing(rebuild=rebuild)
        if curation is not None:
            attach_curation(writer, curation)
        attach_decisions(writer, decisions or NO_DECISIONS)
        attach_history(writer, _history(index))
        if labels is not None:
            labelled, lost = matcher.labels(base, decisions or NO_DECISIONS)
            attach_labels(writer, labelled)
            reading.labels_without_paper(lost)
        attach_flow(writer, (*(flow_of(base) if base else ()), *reading.flow()))
    generation = index.generation() or ""
    with index.searcher() as searcher:
        info = searcher.info()
    report = reading.report(info.papers, generation, info.bytes)
    _LOG.info(
        "generation %s has %d papers; %d read, %d records skipped, in %.1f s",
        generation,
        report.papers,
        report.added,
        report.skipped_count,
        report.seconds,
    )
    return report


@contextmanager
def _newest(index: Index) -> Iterator[Searcher | None]:
    """Opens the newest generation; None where there is none yet."""
    try:
        with index.searcher() as searcher:
            yield searcher
    except IndexMissing:
        yield None


def _history(index: Index) -> GenerationHistory:
    """Returns the past of the newest generation; none where it cannot be read."""
    try:
        return history_of(index, index.generation() or "")
    except IndexDamaged:
        return GenerationHistory()


def index_records(
    records: Iterable[Read], source: str, kind: str, index: Index, *, venues: str = BUILT_IN
) -> BuildReport:
    """Writes records that come from no dump into an index, anew, and publishes them.

    Args:
        records: in any order; what is wrong with one skips it.
        source: where they come from, for reports.
        kind: what that is, for reports.
        index: where to; what it holds stays as it is until everything was read and written.
        venues: file with a table of venues; "built-in" = the one that comes with Quiver.

    Raises:
        DumpError: when there is no paper among them.
        IndexError_: when the index cannot be written.
    """
    reading = _Reading((), None, (), strict=False, venues=venues)
    reading.names = (source,)
    with index.writer(rebuild=True, dumps=(source,)) as writer:
        for paper in reading.papers_of(records, source, kind):
            writer.add(paper)
        reading.refuse_nothing()
        attach_flow(writer, reading.flow())
    with index.searcher() as searcher:
        info = searcher.info()
    return reading.report(info.papers, info.generation, info.bytes)


def check_dumps(  # noqa: PLR0913 - one keyword an option of the verb
    dumps: Sequence[str],
    *,
    strict: bool = False,
    progress: Callable[[Progress], None] | None = None,
    exclude: Sequence[str] = (),
    rejected: str | None = None,
    overwrite: bool = False,
    protected: Sequence[str] = (),
    venues: str = BUILT_IN,
) -> BuildReport:
    """Reads dumps as a build would, writes nothing, and reports.

    Args:
        dumps: files, folders, patterns and "-" (standard input).
        strict: stop at the first record that cannot become a paper.
        progress: called now and then, and once at the end.
        exclude: folders that are not searched for dumps, such as that of the index.
        rejected: a file to write skipped records to that can be mended.
        overwrite: replace that file even where it is not earlier output of a build.
        protected: further files that it must not be, such as the settings.
        venues: file with a table of venues; "built-in" = the one that comes with Quiver.

    Raises:
        DumpError: when a dump cannot be found, recognised or unpacked.
        RecordError: at the first bad record, when `strict`.
        OutputError: when `rejected` may not be written.
    """
    reading = _Reading(dumps, progress, exclude, strict=strict, venues=venues)
    output = reading.output(rejected, exclude, protected, overwrite=overwrite)
    with RejectedFile(output) as reading.rejected:
        for _ in reading.papers():
            pass
    return reading.report(reading.distinct, "")


def read_papers(dumps: Sequence[str]) -> Iterator[Paper]:
    """Yields the papers of dumps, clean, one after another; bad records are passed over in silence.

    Args:
        dumps: files, folders, patterns and "-" (standard input).

    Raises:
        DumpError: when a dump cannot be found, recognised or unpacked.
    """
    yield from _Reading(dumps, None, (), strict=False).papers()


class _Reading:
    """One pass over the dumps: gives papers and keeps count."""

    def __init__(
        self,
        names: Sequence[str],
        progress: Callable[[Progress], None] | None,
        exclude: Sequence[str],
        *,
        strict: bool,
        venues: str = BUILT_IN,
    ) -> None:
        self.started = time.monotonic()
        self.names = tuple(names)
        self.dumps = Dumps(names, exclude=exclude)
        self.formats = load_formats()
        self.venues = load_venues(venues)
        self.this_year = datetime.now(UTC).year
        self.progress = progress
        self.strict = strict
        self.tally = Tally()
        self.ids = DigestTable()
        self.source = ""
        self.by_identifier: dict[tuple[str, str], tuple[str, str]] = {}
        self.deleted: Counter[str] = Counter()
        self.marks: Counter[str] = Counter()
        self.gone = 0
        self.left_out: Counter[str] = Counter()
        self.said = 0.0
        self.rejected = RejectedFile(None)

    def output(
        self, path: str | None, exclude: Sequence[str], protected: Sequence[str], *, overwrite: bool
    ) -> OutputFile | None:
        """Checks the file for rejected records against everything that is read."""
        if path is None:
            return None
        read = [dump.name for dump in self.dumps.found]
        beside = [f"{name}.columns.yaml" for name in read]
        files = (*read, *beside, *exclude, *protected)
        shielded = protect(self.names, files, indexes=exclude)
        return rejected_output(path, shielded, overwrite=overwrite)

    @property
    def distinct(self) -> int:
        """Number of papers, those with the same id counted once, deleted ones not."""
        return len(self.ids) - self.gone - self.left_out.total()

    def papers(self) -> Iterator[Paper]:
        """Yields each paper of each dump."""
        return (change for change in self.changes() if isinstance(change, Paper))

    def changes(self) -> Iterator[Paper | Deletion]:
        """Yields each paper of each dump, and each mark that one was deleted."""
        passed: list[str] = []
        for dump in self.dumps:
            format = self._format(dump, self.formats)
            if format is None:
                passed.append(dump.name)
                continue
            yield from self.changes_of(format.read(dump), dump.name, format.name)
            for notice in dump.notices():
                self.tally.notice(str(notice))
        if passed:
            shown = ", ".join(passed[:5]) + (", …" if len(passed) > 5 else "")
            what = "file is not a dump" if len(passed) == 1 else "files are not dumps"
            self.tally.notice(f"{len(passed)} {what}, skipped: {shown}")
        self._say(self.names[-1] if self.names else "", last=True)

    def _format(self, dump: Dump, formats: Mapping[str, Format]) -> Format | None:
        format = detect(dump, formats)
        if format is None and dump.asked:
            fault = "is empty" if not dump.head.strip() else "has no known format"
            kind, remedy = foreign_kind(dump.head)
            if kind:
                raise DumpError(dump.name, 0, f"this is {kind}; Quiver does not read it: {remedy}")
            known = ", ".join(formats)
            if columns := table_columns(dump.head):
                fault = f"{fault}: {unknown_columns(dump.name, columns)}"
            raise DumpError(dump.name, 0, f"{fault}; quiver reads {known} (see quiver formats)")
        return format

    def papers_of(self, items: Iterable[Read], source: str, kind: str) -> Iterator[Paper]:
        """Yields each paper of one dump; `kind` is the name of its format."""
        changes = self.changes_of(items, source, kind)
        return (change for change in changes if isinstance(change, Paper))

    def changes_of(
        self, items: Iterable[Read], source: str, kind: str
    ) -> Iterator[Paper | Deletion]:
        """Yields each paper and each deletion of one dump."""
        self.source = source
        skipped_before, read, changed = self.tally.skipped_count, 0, 0
        duplicates_before = self.tally.duplicate_count
        for item in items:
            if isinstance(item, Notice):
                self.tally.notice(str(item))
                continue
            if isinstance(item, Deletion):
                self.deleted[source] += 1
                self.marks[source] += 1
                yield item
                continue
            try:
                if isinstance(item, RecordError):
                    raise item
                cleaned = clean(item, source, self.venues, this_year=self.this_year)
            except RecordError as error:
                if self.strict:
                    raise
                self.tally.skip(error)
                self.rejected.add(error, None if isinstance(item, RecordError) else item)
                continue
            paper = cleaned.paper
            read += 1
            if cleaned.changes:
                changed += 1
                self.tally.change(paper.source, cleaned.changes)
            self._count(paper)
            if kind == "oai":
                for pair in (*paper.identifiers, (PAPER_ID, paper.id)):
                    self.by_identifier[pair] = (paper.id, source)
            yield paper
            if read % 64 == 0:
                self._say(source)
        skipped = self.tally.skipped_count - skipped_before
        marks = self.marks[source]
        duplicates = self.tally.duplicate_count - duplicates_before
        self.tally.sources.append(
            SourceCount(source, kind, read, skipped, duplicates, changed, marks)
        )
        if not read and not skipped and not self.deleted[source]:
            self.tally.notice(f"{source}: no records ({kind})")

    def _count(self, paper: Paper) -> None:
        before = self.ids.swap(paper.id, _MET)
        if before == _MET:
            self.tally.replace(paper.source, paper.id)
        elif before == _GONE:
            self.gone -= 1
        for name in _CHECKED:
            if not getattr(paper, name):
                self.tally.missing[name] += 1

    def labels_without_paper(self, number: int) -> None:
        """Notes labels that match no paper of the new generation; the file keeps them."""
        if number:
            what = "label matches" if number == 1 else "labels match"
            self.tally.notice(f"{number:,} {what} no paper of the index; the file keeps them")

    def withdraw(self, deletion: Deletion, changes: ChangeWriter) -> None:
        """Carries out a deletion; the record it names may be of this build or of an earlier one."""
        known = (self.by_identifier.pop(pair, None) for pair in deletion.identifiers)
        here = {index_ for index_ in known if index_ is not None}
        for paper_id, source in here:
            if self.ids.swap(paper_id, _GONE) == _MET:
                self.gone += 1
                self.deleted[source] += 1
        changes.delete(deletion, {paper_id for paper_id, _ in here})

    def flow(self) -> tuple[SourceFlow, ...]:
        """Returns what became of the records of each dump."""
        return tuple(
            SourceFlow(
                source.source,
                source.read + source.skipped + source.deletions,
                faulty=source.skipped,
                deleted=self.deleted[source.source],
                same_id=source.duplicates,
                decided=self.left_out[source.source],
            )
            for source in self.tally.sources
        )

    def _say(self, source: str, *, last: bool = False) -> None:
        if self.progress is None:
            return
        now = time.monotonic()
        if not last and now - self.said < _SECONDS_BETWEEN:
            return
        self.said = now
        total = self.dumps.bytes_total
        done = min(self.dumps.bytes_read, total) if total else self.dumps.bytes_read
        self.progress(Progress(source, done, total, self.distinct, now - self.started))

    def refuse_nothing(self, *, rebuild: bool = True) -> None:
        """Raises when not one paper was read: publishing that would empty the index."""
        if len(self.ids) == self.gone and (rebuild or not self.deleted):
            self.rejected.publish()  # here it is needed most, and it is complete
            skipped = self.tally.skipped_count
            why = f"all {skipped} records were skipped" if skipped else "there are no records"
            why = "no record is left after deletions" if self.deleted and not skipped else why
            first = f" (the first: {self.tally.skipped[0]})" if skipped else ""
            name = ", ".join(self.names) or "no dump"
            raise DumpError(name, 0, f"{why}{first}; nothing was published")

    def report(self, papers: int, generation: str, size: int = 0) -> BuildReport:
        """Returns the final report; `size` in bytes."""
        return BuildReport(
            papers=papers,
            added=self.distinct,
            skipped=tuple(self.tally.skipped),
            skipped_count=self.tally.skipped_count,
            warnings=self.tally.warnings(),
            generation=generation,
            seconds=time.monotonic() - self.started,
            sources=tuple(self.tally.sources),
            cleaning=self.tally.rules(),
            duplicates=self.tally.duplicate_count,
            missing=dict(self.tally.missing),
            bytes=size,
            flow=self.flow(),
        )
