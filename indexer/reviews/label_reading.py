"""Labels in the files that a screening tool writes: CSV, TSV, Excel workbooks and RIS.

The columns are ASReview's (asreview.readthedocs.io, "Data format"): of several columns of labels
the first one of `LABEL_COLUMNS` counts, 1 is relevant, 0 irrelevant and anything empty not seen. In
RIS the label is a note, ``N1  - ASReview_relevant``. Records that are not labelled are counted and
passed over.
"""

from __future__ import annotations

import csv
import re
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from indexer.errors import DumpError
from indexer.formats.table_formats.workbook import Workbook
from indexer.formats.table_formats.xlsx import LARGEST_FILE, sniff
from indexer.intake.dump import Dump, Dumps
from indexer.record.identifier_forms import identifier_of
from indexer.reviews.labels import MOST_LABELS, Label
from indexer.reviews.labels_file import LabelledRecord

LABEL_COLUMNS: Final = (
    *("asreview_label", "included", "label", "final_included", "label_included"),
    *("included_label", "included_final", "included_flag", "include"),
)
"""Names of a column of labels, in ASReview's order of preference."""
_VALUES: Final[Mapping[str, Label | None]] = {
    **dict.fromkeys(("1", "1.0", "true", "yes", "included", "include", "relevant"), "included"),
    **dict.fromkeys(("0", "0.0", "false", "no", "excluded", "exclude", "irrelevant"), "excluded"),
    **dict.fromkeys(("", "-1", "-1.0", "nan", "none", "<na>", "not seen", "not_seen"), None),
}
_TITLES: Final = ("title", "primary_title", "primary title")
_IDS: Final = ("id", "paper_id")
_YEARS: Final = ("year", "publication_year", "publication year", "py")
_NOTES: Final = ("asreview_note", "note")
_TIMES: Final = ("asreview_time",)
_TAG: Final = re.compile(r"([A-Z][A-Z0-9])\s{1,3}-\s?(.*)")
_RIS_LABELS: Final[Mapping[str, Label | None]] = {
    "ASReview_relevant": "included", "ASReview_irrelevant": "excluded", "ASReview_not_seen": None,
}  # fmt: skip
_YEAR: Final = re.compile(r"\d{4}")


@dataclass(frozen=True, slots=True)
class LabelReading:
    """What a file of labels holds.

    Attributes:
        records: the labelled ones, in the order of labelling where the file has times, else in
            that of the file.
        unlabelled: number of records without a label.
        faults: one line each, with file and line, of what could not be read.
    """

    records: tuple[LabelledRecord, ...]
    unlabelled: int
    faults: tuple[str, ...]


def read_label_export(path: str) -> LabelReading:
    """Reads the labels of a file that a screening tool has written.

    Args:
        path: of a table, a workbook or an RIS file; "-" is standard input.

    Raises:
        DumpError: when there is no such file, or it has no column of labels.
    """
    for dump in Dumps((path,)):
        if sniff(dump.head, dump.name):
            return _of_rows(dump.name, _workbook_rows(dump))
        if re.search(rb"^\s{0,3}TY[ \t]{1,3}-", dump.head, re.MULTILINE):
            return _of_ris(dump)
        return _of_rows(dump.name, _table_rows(dump))
    raise DumpError(path, 0, "holds no file")


def _table_rows(dump: Dump) -> Iterator[tuple[int, Sequence[str]]]:
    lines = (f"{line}\n" for _, line in dump.lines())
    header = next(lines, "")
    delimiter = max("\t,;|", key=header.count)

    def every() -> Iterator[str]:
        yield header
        yield from lines

    reader = csv.reader(every(), delimiter=delimiter)
    while True:
        line = reader.line_num + 1
        try:
            yield line, next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            raise DumpError(dump.name, line, f"is no row of a table: {error}") from error


def _workbook_rows(dump: Dump) -> Iterator[tuple[int, Sequence[str]]]:
    """Yields the rows of the first sheet that has a column of labels."""
    with tempfile.TemporaryFile() as file:
        size = 0
        while piece := dump.read():
            size += len(piece)
            if size > LARGEST_FILE:
                raise DumpError(dump.name, 0, f"a workbook of over {LARGEST_FILE >> 20} MiB")
            file.write(piece)
        file.seek(0)
        try:
            book = Workbook(dump.name, file)
            for sheet in book.sheets:
                rows = ((number, _row(cells)) for number, cells in book.rows(sheet) if cells)
                first = next(rows, None)
                if first is not None and _column(_keys(first[1]), LABEL_COLUMNS) is not None:
                    yield first
                    yield from rows
                    return
        except DumpError:
            raise
        except Exception as error:
            told = f"a broken workbook ({error}); save it again"
            raise DumpError(dump.name, 0, told) from error


def _row(cells: Mapping[int, str]) -> list[str]:
    return [cells.get(place, "") for place in range(min(max(cells), 2000) + 1)]


def _keys(header: Sequence[str]) -> list[str]:
    return [cell.strip().lower() for cell in header]


def _column(keys: Sequence[str], names: Sequence[str]) -> int | None:
    return next((keys.index(name) for name in names if name in keys), None)


def _of_rows(name: str, rows: Iterator[tuple[int, Sequence[str]]]) -> LabelReading:
    keys = _keys(next(rows, (1, ()))[1])
    place = _column(keys, LABEL_COLUMNS)
    if place is None:
        known = ", ".join(LABEL_COLUMNS)
        shown = ", ".join(key[:40] for key in keys[:20] if key) or "none"
        raise DumpError(name, 1, f"has no column of labels (there are: {shown}); expected {known}")
    columns = [_column(keys, names) for names in (_IDS, ("doi",), _TITLES, _YEARS, _NOTES, _TIMES)]
    collected = _Collected(name)
    for line, row in rows:
        if not any(cell.strip() for cell in row):
            continue
        told = row[place].strip() if place < len(row) else ""
        paper_id, doi, title, year, note, labelled_at = (
            row[at].strip().removeprefix("'") if at is not None and at < len(row) else ""
            for at in columns
        )
        if told.lower() not in _VALUES:
            collected.faults.append(
                f"{name}:{line}: expected the label 1, 0 or nothing; got {told[:40]!r}"
            )
            continue
        collected.add(line, _VALUES[told.lower()], (paper_id, doi, title, year, note), labelled_at)
    return collected.reading()


def _of_ris(dump: Dump) -> LabelReading:
    collected = _Collected(dump.name)
    tags: dict[str, list[str]] = {}
    start = 0
    for number, line in dump.lines():
        match = _TAG.match(line.strip())
        if match is None:
            continue
        tag, value = match[1], match[2].strip()
        if tag == "TY":
            tags, start = {}, number
        elif tag == "ER":
            _add_ris(collected, start, tags)
            tags = {}
        else:
            tags.setdefault(tag, []).append(value)
    if tags:
        _add_ris(collected, start, tags)
    return collected.reading()


def _add_ris(collected: _Collected, line: int, tags: Mapping[str, Sequence[str]]) -> None:
    notes = [re.sub(r"^<p>|</p>$", "", note) for note in tags.get("N1", ())]
    label = next(
        (label_ for note in notes for name, label_ in _RIS_LABELS.items() if name in note), None
    )
    times = (note.partition(":")[2] for note in notes if note.startswith("asreview_time:"))

    def first(*names: str) -> str:
        return next((tags[name][0] for name in names if tags.get(name)), "")

    record = (first("ID"), first("DO", "DI"), first("TI", "T1"), first("PY", "Y1", "DA"), "")
    collected.add(line, label, record, next(times, "").strip())


class _Collected:
    """Labelled records of one file, as they are read."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.records: list[tuple[str, LabelledRecord]] = []
        self.unlabelled = 0
        self.faults: list[str] = []

    def add(
        self, line: int, label: Label | None, record: tuple[str, str, str, str, str], time: str
    ) -> None:
        paper_id, doi, title, year, note = record
        if label is None:
            self.unlabelled += 1
            return
        if len(self.records) >= MOST_LABELS:
            raise DumpError(self.name, line, f"has more than {MOST_LABELS:,} labels")
        known = identifier_of("doi", doi) if doi else None
        years = _YEAR.search(year)
        self.records.append(
            (
                time,
                LabelledRecord(
                    label, paper_id, known.value if known else "", title,
                    int(years[0]) if years else None, note, line,
                ),
            )
        )  # fmt: skip

    def reading(self) -> LabelReading:
        if all(time for time, _ in self.records):
            self.records.sort(key=lambda pair: pair[0])
        records = tuple(record for _, record in self.records)
        return LabelReading(records, self.unlabelled, tuple(self.faults))
