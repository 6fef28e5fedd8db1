"""Tables as text, CSV and TSV, of Scopus, Lens, Zotero … or made by hand: the header tells."""

from __future__ import annotations

import csv
from collections.abc import Iterator

from indexer.errors import DumpError, RecordError
from indexer.formats.table_formats.columns import (
    Columns,
    guess_columns,
    has_map,
    mapped_columns,
    unknown_columns,
)
from indexer.formats.table_formats.table_rows import TableRows
from indexer.intake.dump import Dump
from indexer.intake.record import Read

_DELIMITERS = "\t,;|"
_LINES_BEFORE_HEADER = 5
"""Lines that may stand above the header, such as a note on where the data are from."""


def sniff(head: bytes, name: str) -> bool:
    """Recognises a header with a title and another field, or a file of columns beside the dump."""
    lines = head[:65536].decode("utf-8-sig", errors="replace").split("\n")[:_LINES_BEFORE_HEADER]
    headed = any(_delimiter(line) is not None for line in lines)
    return headed or (has_map(name) and b"\0" not in head)


def table_columns(head: bytes) -> tuple[str, ...]:
    """Returns the columns of what looks like a table, for errors; none for other texts."""
    lines = head[:65536].decode("utf-8", errors="replace").split("\n")
    lines = [line for line in lines[:-1][:20] if line.strip()]
    for sign in _DELIMITERS if len(lines) > 1 and not lines[0].startswith(("{", "[", "<")) else ():
        width = lines[0].count(sign)
        if width and all(line.count(sign) >= width for line in lines[1:3]):
            try:
                return tuple(next(csv.reader([lines[0]], delimiter=sign), []))
            except csv.Error:
                return ()
    return ()


def _delimiter(header: str) -> str | None:
    """Returns the delimiter that shows the most fields in the header; None if none shows any."""
    candidates = [
        (len(columns.places), sign) for sign in _DELIMITERS if (columns := _guess(header, sign))
    ]
    return max(candidates, key=lambda candidate: candidate[0])[1] if candidates else None


def _guess(header: str, delimiter: str) -> Columns | None:
    try:
        return guess_columns(next(csv.reader([header], delimiter=delimiter), []))
    except csv.Error:
        return None


def read(dump: Dump) -> Iterator[Read]:
    """Reads the rows; a quoted cell may go on over several lines."""
    lines = (line for _, line in dump.lines())
    skipped, header, delimiter = 0, "", None
    told = has_map(dump.name)
    for header in lines:
        skipped += 1
        delimiter = _delimiter(header)
        if delimiter is not None or (told and header.strip()) or skipped == _LINES_BEFORE_HEADER:
            break
    if delimiter is None:
        delimiter = max(_DELIMITERS, key=header.count)
    try:
        cells = next(csv.reader([header], delimiter=delimiter), [])
    except csv.Error as error:
        raise DumpError(dump.name, skipped, f"the header is not a table row: {error}") from error
    columns = mapped_columns(dump.name, cells) or guess_columns(cells)
    if columns is None:
        raise DumpError(dump.name, 1, unknown_columns(dump.name, cells))
    bare = delimiter == "\t" and _is_bare(dump.head, len(cells))
    quoting = csv.QUOTE_NONE if bare else csv.QUOTE_MINIMAL
    rows = TableRows(lines, delimiter, quoting, width=len(cells), line=skipped + 1)
    for line, row in rows:
        if isinstance(row, str):
            yield RecordError(dump.name, line, row)
        elif any(cell.strip() for cell in row):
            yield columns.record(line, [_unquoted(cell) for cell in row] if bare else row)


def _is_bare(head: bytes, width: int) -> bool:
    """Returns whether no cell of a TSV has a second line: then a lone quote is just a quote."""
    lines = head.decode(errors="replace").split("\n")[:-1] or [""]
    return all(line.count("\t") == width - 1 for line in lines[:1000] if line.strip())


def _unquoted(cell: str) -> str:
    if len(cell) > 1 and cell.startswith('"') and cell.endswith('"'):
        return cell[1:-1].replace('""', '"')
    return cell
