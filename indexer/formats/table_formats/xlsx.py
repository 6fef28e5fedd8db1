"""Excel workbooks (.xlsx): the sheets whose first rows hold a header with a title."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Mapping
from typing import IO, Final

from indexer.errors import DumpError
from indexer.formats.table_formats.columns import (
    Columns,
    guess_columns,
    mapped_columns,
    unknown_columns,
)
from indexer.formats.table_formats.workbook import Workbook
from indexer.intake.dump import Dump
from indexer.intake.record import Read

LARGEST_FILE: Final = 256 * 1024 * 1024
"""Most bytes of a workbook."""
_ROWS_BEFORE_HEADER = 10
_LAST_COLUMN = 2000


def sniff(head: bytes, name: str) -> bool:
    """Recognises the archive that a workbook is; other archives never come this far as one dump."""
    del name
    return head.startswith(b"PK\x03\x04") and (b"xl/" in head or b"[Content_Types].xml" in head)


def read(dump: Dump) -> Iterator[Read]:
    """Reads the rows of every sheet that has a header; the line is that of the row."""
    with tempfile.TemporaryFile() as file:
        size = 0
        while piece := dump.read():
            size += len(piece)
            if size > LARGEST_FILE:
                raise DumpError(dump.name, 0, f"a workbook of over {LARGEST_FILE >> 20} MiB")
            file.write(piece)
        file.seek(0)
        yield from _sheets(dump.name, file)


def _sheets(name: str, file: IO[bytes]) -> Iterator[Read]:
    try:
        book = Workbook(name, file)
    except DumpError:
        raise
    except Exception as error:
        raise DumpError(name, 0, f"a broken workbook ({error}); save it again") from error
    has_columns = False
    seen: list[str] = []
    try:
        for sheet in book.sheets:
            columns: Columns | None = None
            for tried, (number, cells) in enumerate(book.rows(sheet)):
                if columns is None and tried < _ROWS_BEFORE_HEADER:
                    row = _row(cells, _LAST_COLUMN)
                    columns = mapped_columns(name, row) if any(row) else None
                    columns = columns or guess_columns(row)
                    has_columns = has_columns or columns is not None
                    seen = seen or [cell for cell in row if cell]
                elif columns is None:
                    break
                elif cells:
                    yield columns.record(number, _row(cells, columns.last))
    except DumpError:
        raise
    except Exception as error:
        raise DumpError(name, 0, f"a broken workbook ({error}); save it again") from error
    finally:
        book.close()
    if not has_columns:
        fault = "no sheet has a header with a column for the title"
        raise DumpError(name, 0, f"{fault}: {unknown_columns(name, seen)}" if seen else fault)


def _row(cells: Mapping[int, str], last: int) -> list[str]:
    end = min(max(cells, default=-1), last)
    return [cells.get(place, "") for place in range(end + 1)]
