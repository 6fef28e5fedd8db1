"""Excel workbooks (.xlsx): the sheets whose first rows hold a header with a title."""

from __future__ import annotations

import tempfile
import warnings
import zipfile
from collections.abc import Iterator
from typing import IO, Any, Final

from indexer.errors import DumpError
from indexer.formats.columns import Columns, guess_columns, mapped_columns
from indexer.intake.dump import Dump
from indexer.intake.record import Read

LARGEST_FILE: Final = 256 * 1024 * 1024
"""Most bytes of a workbook."""
LARGEST_CONTENT: Final = 1024 * 1024 * 1024
"""Most bytes of its unpacked parts; texts that cells share are held in memory."""
_ROWS_BEFORE_HEADER = 10


def sniff(head: bytes, name: str) -> bool:
    """Recognise the archive that a workbook is; other archives never come this far as one dump."""
    del name
    return head.startswith(b"PK\x03\x04") and (b"xl/" in head or b"[Content_Types].xml" in head)


def read(dump: Dump) -> Iterator[Read]:
    """Read the rows of every sheet that has a header; the line is that of the row."""
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
    from openpyxl import load_workbook

    try:
        with zipfile.ZipFile(file) as archive:
            content = sum(one.file_size for one in archive.infolist())
        with warnings.catch_warnings():
            # It warns of formats and validations of cells, which say nothing of papers.
            warnings.simplefilter("ignore")
            book = load_workbook(file, read_only=True, data_only=True) if _fits(content) else None
    except Exception as error:
        raise DumpError(name, 0, f"a broken workbook ({error}); save it again") from error
    if book is None:
        raise DumpError(name, 0, f"a workbook that unpacks to over {LARGEST_CONTENT >> 20} MiB")
    found = False
    try:
        for sheet in book.worksheets:
            columns: Columns | None = None
            for number, row in enumerate(sheet.iter_rows(values_only=True), start=1):
                cells = [_text(cell) for cell in row]
                if columns is None and number <= _ROWS_BEFORE_HEADER:
                    columns = mapped_columns(name, cells) if any(cells) else None
                    columns = columns or guess_columns(cells)
                    found = found or columns is not None
                elif columns is None:
                    break
                elif any(cells):
                    yield columns.record(number, cells)
    except DumpError:
        raise
    except Exception as error:
        raise DumpError(name, 0, f"a broken workbook ({error}); save it again") from error
    finally:
        book.close()
    if not found:
        raise DumpError(name, 0, "no sheet has a header with a column for the title")


def _fits(content: int) -> bool:
    return content <= LARGEST_CONTENT


def _text(cell: Any) -> str:
    if cell is None:
        return ""
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return str(cell)
