"""The file of labels, ``data/labels.csv``: one line a labelled paper, in the order of labelling.

It lies outside the index, because an index is built anew from its dumps at any time. Beside the
id each line has the DOI, the title and the year: after a rebuild from another dump, in which
papers have other ids, the same works are found again (`indexer.reviews.label_matching`). It is CSV
because people open it in a spreadsheet, and because screening tools read it as it is::

    id,label,included,doi,title,year,note
    icml2020-4d1c2a,included,1,10.1000/xyz,Title of the paper,2020,
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from indexer.errors import ConfigError
from indexer.reviews.labels import LABELS, MOST_LABELS, Label

DEFAULT_FILE: Final = "data/labels.csv"
"""Where it is, where the settings name no other; only there may it be missing."""
COLUMNS: Final = ("id", "label", "included", "doi", "title", "year", "note")
MOST_BYTES: Final = 256 << 20
_YEAR: Final = re.compile(r"[0-9]{1,4}")
_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r", "\n", "|", "%", "＝", "＋", "－", "＠")


@dataclass(frozen=True, slots=True)
class LabelledRecord:
    """A label and what is known of the record that has it.

    Attributes:
        label: of the record.
        id: of a paper; may be empty, or of another index.
        doi: without resolver; may be empty.
        title: may be empty.
        year: None where it is not known.
        note: of the person who labelled it.
        line: where it stands in the file that it was read from, from 1.
        more: columns that people have added to the file, by name; kept as they are.
    """

    label: Label
    id: str = ""
    doi: str = ""
    title: str = ""
    year: int | None = None
    note: str = ""
    line: int = 0
    more: tuple[tuple[str, str], ...] = ()


def read_labels_file(path: str) -> tuple[LabelledRecord, ...] | None:
    """Reads the file of labels.

    Returns:
        None where there is no file in the default place.

    Raises:
        ConfigError: with every fault: file, line, what was expected.
    """
    try:
        if Path(path).stat().st_size > MOST_BYTES:
            raise ConfigError((f"{path}: is larger than {MOST_BYTES >> 20} MiB",))
        text = Path(path).read_bytes().decode("utf-8-sig")
    except FileNotFoundError as error:
        if path == DEFAULT_FILE:
            return None
        raise ConfigError(
            (f"{path}: there is no such file; correct the setting build.labels",)
        ) from error
    except UnicodeDecodeError as error:
        raise ConfigError((f"{path}: is not UTF-8; save it as CSV in UTF-8",)) from error
    except OSError as error:
        raise ConfigError((f"{path}: cannot be read: {error.strerror or error}",)) from error
    return _records(path, text)


def _records(path: str, text: str) -> tuple[LabelledRecord, ...]:
    rows = csv.DictReader(io.StringIO(text, newline=""), restval="")
    header = rows.fieldnames or ()
    if text.strip() and not {"id", "label"} <= set(header):
        raise ConfigError((f"{path}:1: expected the columns {', '.join(COLUMNS)}",))
    if repeated := {name for name in header if header.count(name) > 1}:
        told = ", ".join(repr(name[:40]) for name in sorted(repeated))
        raise ConfigError((f"{path}:1: several columns are named {told}; rename them",))
    others = [name for name in header if name not in COLUMNS]
    records: list[LabelledRecord] = []
    faults: list[str] = []
    try:
        for row in rows:
            cells = {name: (row.get(name) or "").removeprefix("'") for name in COLUMNS}
            if any(row.pop(None, ())):  # cells behind those of the header
                faults.append(f"{path}:{rows.line_num}: has more cells than the first line")
                continue
            label = next((name for name in LABELS if name == cells["label"].strip().lower()), None)
            if label is None:
                told = f"expected the label included or excluded; got {cells['label'][:40]!r}"
                faults.append(f"{path}:{rows.line_num}: {told}")
                continue
            year = int(cells["year"]) if _YEAR.fullmatch(cells["year"]) else None
            more = tuple((name, row[name] or "") for name in others)
            records.append(
                LabelledRecord(
                    label, cells["id"], cells["doi"], cells["title"], year, cells["note"],
                    rows.line_num, more,
                )
            )  # fmt: skip
    except csv.Error as error:
        faults.append(f"{path}:{rows.line_num}: is no row of a table: {error}")
    if len(records) > MOST_LABELS:
        faults.append(f"{path}: has more than {MOST_LABELS:,} labels")
    if faults:
        raise ConfigError(tuple(faults))
    return tuple(records)


def labels_file_lines(records: Iterable[LabelledRecord]) -> Iterator[str]:
    """Yields the lines of a file of labels, the header first."""
    records = tuple(records)
    others = tuple(dict.fromkeys(name for record in records for name, _ in record.more))
    yield table_line((*COLUMNS, *others))
    for record in records:
        included = "1" if record.label == "included" else "0"
        year = "" if record.year is None else str(record.year)
        cells = (record.id, record.label, included, record.doi, record.title, year, record.note)
        more = dict(record.more)
        yield table_line((*cells, *(more.get(name, "") for name in others)))


def table_line(cells: Iterable[str]) -> str:
    """Returns a line of CSV; a cell that a spreadsheet would run gets an apostrophe before it."""
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerow(
        f"'{cell}" if cell.startswith(_FORMULA) else cell for cell in cells
    )
    return text.getvalue()
