"""``quiver label``: labels of screened papers, read back from a screening tool."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import click

from indexer.cli.group import Session, example, with_session
from indexer.cli.opening import open_searcher, open_session_index
from indexer.cli.terminal import counted, echo_lines
from indexer.errors import IndexMissing
from indexer.reviews.label_matching import labels_in_order, match_record
from indexer.reviews.label_reading import LabelReading, read_label_export
from indexer.reviews.labels import PaperLabels, attach_labels
from indexer.reviews.labels_file import (
    DEFAULT_FILE,
    LabelledRecord,
    labels_file_lines,
    read_labels_file,
)
from indexer.search import Searcher
from indexer.system.output_file import OutputFile
from indexer.system.protected import protect

_SHOWN = 20
_LONGEST = 200
"""Characters of a title that are shown."""


@dataclass(frozen=True, slots=True)
class LabelReport:
    """What ``quiver label`` did.

    Attributes:
        new: labels of papers that had none.
        changed: labels of papers that had the other one.
        same: labels that were known already.
        unmatched: labelled records of the file that are no paper of the index, or that several are.
        missing: labels that are kept although no paper of the index has them now.
    """

    path: str
    reading: LabelReading
    new: int
    changed: int
    same: int
    unmatched: tuple[LabelledRecord, ...]
    missing: int
    labels: PaperLabels
    generation: str


@click.command(
    short_help="Read the labels of a screening tool.",
    epilog=example("quiver label screened.csv"),
)
@click.argument("file", required=False)
@with_session
def label(session: Session, *, file: str | None) -> None:
    """Read the labels in FILE, as ASReview exports it: CSV, TSV, Excel or RIS.

    Each labelled record is matched with a paper by id, DOI, or title and year. The labels are kept
    in the file that the setting build.labels names (data/labels.csv), which every build applies,
    and label:included, label:excluded and label:none search by them. Without FILE, labels that you
    changed in that file are applied.
    """
    path = session.config.build.labels
    reading = LabelReading((), 0, ())
    if file is not None and os.path.realpath(file) != os.path.realpath(path):
        reading = read_label_export(file)
    report = _apply(session, path, reading)
    if session.json:
        click.echo(json.dumps(_as_json(report), ensure_ascii=False))
    else:
        echo_lines(*_lines(report))


def _apply(session: Session, path: str, reading: LabelReading) -> LabelReport:
    index = open_session_index(session)
    if index.generation() is None:
        raise IndexMissing(f"there is no index in {session.place}; run `quiver build` first")
    # The writer's lock is held while the file is read and written: no other run is lost.
    with open_searcher(session) as searcher, index.writer() as writer:
        before = read_labels_file(path) or ()
        records, counts, unmatched = _merged(before, reading.records, searcher)
        papers = [match_record(searcher, record) for record in records]
        labels = labels_in_order(records, (paper.id if paper else None for paper in papers))
        if records != before:
            if path == DEFAULT_FILE:
                Path(path).parent.mkdir(exist_ok=True)
            shielded = protect((), (), indexes=(str(session.directory),))
            with OutputFile(path, shielded, overwrite=True) as output:
                for line in labels_file_lines(records):
                    output.write(line)
        attach_labels(writer, labels)
    new, changed, same = counts
    missing = sum(paper is None for paper in papers)
    generation = index.generation() or ""
    return LabelReport(path, reading, new, changed, same, unmatched, missing, labels, generation)


def _merged(
    before: tuple[LabelledRecord, ...], added: tuple[LabelledRecord, ...], searcher: Searcher
) -> tuple[tuple[LabelledRecord, ...], tuple[int, int, int], tuple[LabelledRecord, ...]]:
    """Returns all records, the numbers of new, changed and known labels, and what matches nothing.

    A record that is labelled anew stands at the end, as the order is that of labelling.
    """
    known = {record.id or f"line {number}": record for number, record in enumerate(before)}
    new = changed = same = 0
    unmatched: list[LabelledRecord] = []
    for record in added:
        paper = match_record(searcher, record)
        if paper is None:
            unmatched.append(record)
            continue
        old = known.get(paper.id)
        if old is not None and old.label == record.label:
            same += 1
            if record.note and record.note != old.note:
                known[paper.id] = replace(old, note=record.note)
            continue
        new, changed = new + (old is None), changed + (old is not None)
        known.pop(paper.id, None)
        known[paper.id] = LabelledRecord(
            record.label, paper.id, paper.doi, paper.title, paper.year, record.note,
            more=old.more if old is not None else (),
        )  # fmt: skip
    return tuple(known.values()), (new, changed, same), tuple(unmatched)


def _lines(report: LabelReport) -> Iterator[str]:
    reading = report.reading
    if reading.records or reading.unlabelled or reading.faults:
        total = len(reading.records)
        yield (
            f"{counted(total, 'label')} read: {report.new:,} new, {report.changed:,} changed, "
            f"{report.same:,} known already."
        )
        if reading.unlabelled:
            have = "record has" if reading.unlabelled == 1 else "records have"
            yield f"{reading.unlabelled:,} {have} no label."
    if report.unmatched:
        yield ""
        yield f"{counted(len(report.unmatched), 'record')} not matched with a paper, not kept:"
        for record in report.unmatched[:_SHOWN]:
            named = record.title or record.doi or record.id or "no title, DOI or id"
            named = f"{named[:_LONGEST]}…" if len(named) > _LONGEST else named
            yield f"  line {record.line}: {named} ({record.year or 'no year'}), {record.label}"
        if len(report.unmatched) > _SHOWN:
            yield f"  … and {len(report.unmatched) - _SHOWN:,} more; --json lists them"
    for fault in reading.faults[:_SHOWN]:
        yield f"Not read: {fault}"
    if len(reading.faults) > _SHOWN:
        yield f"  … and {len(reading.faults) - _SHOWN:,} more; --json lists them"
    if report.missing:
        what = "label belongs" if report.missing == 1 else "labels belong"
        yield f"{report.missing:,} {what} to no paper of this index; {report.path} keeps them."
    included, excluded = (len(report.labels.ids(one)) for one in ("included", "excluded"))
    yield (
        f"{report.path}: {included:,} included, {excluded:,} excluded, "
        f"in generation {report.generation}."
    )


def _as_json(report: LabelReport) -> dict[str, object]:
    return {
        "file": report.path,
        "generation": report.generation,
        "new": report.new,
        "changed": report.changed,
        "known": report.same,
        "unlabelled": report.reading.unlabelled,
        "unmatched": [
            {
                "line": one.line, "id": one.id, "doi": one.doi, "title": one.title,
                "year": one.year, "label": one.label,
            }
            for one in report.unmatched
        ],
        "faults": list(report.reading.faults),
        "missing": report.missing,
        "included": len(report.labels.ids("included")),
        "excluded": len(report.labels.ids("excluded")),
    }  # fmt: skip
