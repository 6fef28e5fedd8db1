"""Search text with a way back to the characters it was made of."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Folded:
    """Search text and where it came from.

    Attributes:
        text: the search text.
        edits: (start, end, source start, source end) of every stretch of `text` that is not the
            same length and place as its source, in order; both lengths may be zero.
        atoms: stretches of the source that must not be split, in order, apart from each other.
    """

    text: str
    edits: tuple[tuple[int, int, int, int], ...] = ()
    atoms: tuple[tuple[int, int], ...] = ()

    def source(self, start: int, end: int) -> tuple[int, int]:
        """Returns the span of the original text that folded text ``[start, end)`` came from.

        Args:
            start: offset into `text`, inclusive.
            end: offset after the last character, greater than `start`.

        Returns:
            Offsets into the original, widened so that no atom is cut.
        """
        if not self.edits:
            low, high = start, end
        else:
            low, high = self._first(start), self._last(end)
        if self.atoms:
            low, high = self._widen(low, high)
        return low, high

    def _first(self, offset: int) -> int:
        # The last edit that begins at or before the offset and is not empty there.
        at = bisect_right(self.edits, (offset, float("inf"))) - 1
        if at < 0:
            return offset
        start, end, source_start, source_end = self.edits[at]
        if start <= offset < end:
            return source_start
        return source_end + (offset - end)

    def _last(self, offset: int) -> int:
        at = bisect_left(self.edits, (offset,)) - 1
        if at < 0:
            return offset
        start, end, _, source_end = self.edits[at]
        if start < offset <= end:
            return source_end
        return source_end + (offset - end)

    def _widen(self, low: int, high: int) -> tuple[int, int]:
        at = bisect_right(self.atoms, (low, float("inf"))) - 1
        if at >= 0 and self.atoms[at][0] <= low < self.atoms[at][1]:
            low = self.atoms[at][0]
        at = bisect_left(self.atoms, (high,)) - 1
        if at >= 0 and self.atoms[at][0] < high < self.atoms[at][1]:
            high = self.atoms[at][1]
        return low, max(low, high)
