"""Which worker takes a connection: one that has the fewest.

All workers of a server wait for connections, and the first to wake takes what is there: of eight
readers who come at once one worker may get all, and keeps them as long as they keep their
connections, while another has nothing to do. So each writes down how many connections it has, in
memory that all of them share, and leaves a new one to another that has fewer.
"""

from __future__ import annotations

import mmap
import time
from collections.abc import Callable
from typing import Final

ROWS: Final = 64
"""Workers with a row of their own; later ones take the row of one that has ended."""
PATIENCE: Final = 0.02
"""Seconds that a connection is left to others, who may be too busy to take it."""
_PAUSE: Final = 0.0005
_BYTES: Final = 4


def table() -> mmap.mmap:
    """Returns a table without workers that processes forked later share."""
    return mmap.mmap(-1, ROWS * _BYTES)


class Share:
    """How many connections one worker has, and whether it is its turn to take another."""

    def __init__(
        self,
        shared: mmap.mmap,
        row: int,
        clock: Callable[[], float] = time.monotonic,
        pause: Callable[[float], None] = time.sleep,
    ) -> None:
        """Reads and writes a shared table, as the worker of one row."""
        # A cell is one more than a worker has, 0 where there is none: no lock is needed, for each
        # worker writes its own, and a number read a moment too early does no harm.
        self._cells = memoryview(shared).cast("i")
        self._row = row % ROWS
        self._clock = clock
        self._pause = pause
        self._since = 0.0
        self._last = float("-inf")

    def tell(self, connections: int) -> None:
        """Writes down how many connections the worker has."""
        self._cells[self._row] = connections + 1

    def end(self) -> None:
        """Writes down that there is no such worker any more."""
        self._cells[self._row] = 0

    def is_next(self) -> bool:
        """Returns whether to accept a connection, after a short wait if not."""
        mine = self._cells[self._row]
        if all(mine <= other for other in self._cells if other):
            return True
        now = self._clock()
        if now - self._last > PATIENCE / 2:  # what was left before has been taken
            self._since = now
        self._last = now
        if now - self._since >= PATIENCE:
            self._last = float("-inf")
            return True
        self._pause(_PAUSE)
        return False
