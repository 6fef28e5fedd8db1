"""The rows of a table as text; a quote that is never closed costs the row it stands in.

A quoted cell may go on over several lines (RFC 4180), so a quote without its other half swallows
the rows after it up to the next quote. Such a row is told by its shape: text after a closing
quote, or another number of cells than the header has, while one of its lines begins a row of just
as many.
"""

from __future__ import annotations

import csv
from collections import deque
from collections.abc import Iterator, Sequence
from itertools import chain, islice
from typing import Final

LONGEST_ROW: Final = 1024 * 1024
"""Most characters of a row that goes on over several lines."""
_LOOKED_AHEAD: Final = 50
"""Lines after a faulty row that may belong to the row that is looked for."""
_MOST_TRIED: Final = 200
"""Most lines of a faulty row that are tried as the beginning of another."""


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

    def _is_whole(self, lines: Sequence[str]) -> bool:
        """Says whether lines begin with a row as wide as the header, its quotes as they must be."""
        rows = csv.reader((f"{line}\n" for line in lines), delimiter=self._delimiter, strict=True)
        try:
            return len(next(rows, [])) == self._width
        except csv.Error:
            return False

    def _next_row(self) -> int:
        """Returns which of the lines taken begins the next row; 0 where none does."""
        ahead = list(islice(chain(self._drained(), self._lines), _LOOKED_AHEAD))
        self._waiting.extendleft(reversed(ahead))
        lines = [*self._taken, *ahead]
        for place in range(1, min(len(self._taken), _MOST_TRIED)):
            if self._delimiter in lines[place] and self._is_whole(lines[place : place + 500]):
                return place
        return 0

    def _drained(self) -> Iterator[str]:
        while self._waiting:
            yield self._waiting.popleft()
