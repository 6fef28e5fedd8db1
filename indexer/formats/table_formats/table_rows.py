"""The rows of a table as text; a quote that is never closed costs the row it stands in.

A quoted cell may go on over several lines (RFC 4180), so a quote without its other half swallows
the rows after it up to the next quote. Such a row is told by its shape: text after a closing
quote, or another number of cells than the header has, while one of its lines begins a row of just
as many.
"""

from __future__ import annotations

import csv
from collections import deque
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Final

LONGEST_ROW: Final = 256 * 1024
"""Most characters of a row that goes on over several lines."""
_LOOKED_AHEAD: Final = 50
"""Lines after a faulty row that may belong to the row that is looked for."""
_MOST_TRIED: Final = 50
"""Most lines of a faulty row that are tried as the beginning of another."""
_LINES_TRIED: Final = 100
"""Most lines of a row that is tried."""
MOST_FRUITLESS: Final = 2000
"""Most rows in which no other row was found; then the table is just written so."""


class TableRows:
    """Iterates over (line, cells) pairs; in place of the cells of a faulty row stands the fault."""

    def __init__(
        self, lines: Iterator[str], delimiter: str, quoting: int, *, width: int, line: int
    ) -> None:
        """Takes the lines after the header.

        Args:
            lines: without their ends.
            delimiter: one character.
            quoting: ``csv.QUOTE_MINIMAL`` or ``csv.QUOTE_NONE``.
            width: number of cells of the header.
            line: number of the first of `lines`, from 1.
        """
        self._lines = lines
        self._waiting: deque[str] = deque()
        self._taken: list[str] = []
        self._size = 0
        self._delimiter = delimiter
        self._quoting = quoting
        self._width = width
        self._line = line
        self._fruitless = 0

    def __iter__(self) -> Iterator[tuple[int, list[str] | str]]:
        """Returns each row."""
        reader = self._reader(self._source())
        while True:
            self._taken, self._size = [], 0
            row: list[str] | str
            try:
                row = next(reader)
            except StopIteration:
                return
            except csv.Error as error:
                row = f"no row of a table: {error}"
            fault = isinstance(row, str) or self._is_cut
            if len(self._taken) > 1 and (fault or not self._is_whole(self._taken)):
                resumed = self._next_row()
                if resumed or fault:
                    row = "a quote is never closed: the row was not read"
                    self._waiting.extendleft(reversed(self._taken[resumed:] if resumed else ()))
                    del self._taken[resumed or len(self._taken) :]
                    fault = True
            yield self._line, row
            self._line += len(self._taken)
            if fault:
                reader = self._reader(self._source())

    def _reader(self, lines: Iterator[str]) -> Iterator[list[str]]:
        return csv.reader(lines, delimiter=self._delimiter, quoting=self._quoting)  # type: ignore[arg-type]

    def _source(self) -> Iterator[str]:
        """Returns the lines of a row as the reader asks for them."""
        while True:
            if self._is_cut:
                return
            line = self._waiting.popleft() if self._waiting else next(self._lines, None)
            if line is None:
                return
            self._taken.append(line)
            self._size += len(line)
            yield f"{line}\n"

    @property
    def _is_cut(self) -> bool:
        return self._size > LONGEST_ROW and len(self._taken) > 1

    def _is_whole(self, lines: Iterable[str]) -> bool:
        """Says whether lines begin with a row as wide as the header, its quotes as they must be."""
        rows = csv.reader((f"{line}\n" for line in lines), delimiter=self._delimiter, strict=True)
        try:
            return len(next(rows, [])) == self._width
        except csv.Error:
            return False

    def _next_row(self) -> int:
        """Returns which of the lines taken begins the next row; 0 where none does."""
        if self._fruitless > MOST_FRUITLESS:
            return 0
        for place in range(1, min(len(self._taken), _MOST_TRIED)):
            if self._delimiter in self._taken[place] and self._is_whole(self._from(place)):
                return place
        self._fruitless += 1
        return 0

    def _from(self, place: int) -> Iterator[str]:
        """Returns lines taken from a place on, and those after them, which stay to be read."""
        yield from islice(self._taken, place, place + _LINES_TRIED)
        for ahead in range(_LOOKED_AHEAD):
            if ahead == len(self._waiting):
                line = next(self._lines, None)
                if line is None:
                    return
                self._waiting.append(line)
            yield self._waiting[ahead]
