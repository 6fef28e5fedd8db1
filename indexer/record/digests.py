"""Numbers by string, in a few bytes a string: for ids of millions of papers."""

from __future__ import annotations

import sys
from array import array
from typing import Final
from zlib import crc32

NONE: Final = -1
"""The number of a string that has none."""
_LEAST: Final = 1 << 10
_LOW: Final = sys.maxsize


class DigestTable:
    """Numbers strings and remembers them, in some 30 bytes a string.

    The strings themselves are not kept, but 95 bits of two hashes: among a million of them two are
    taken for one once in 10**17 runs. One of the hashes is another in every process.
    """

    def __init__(self) -> None:
        """Begins with no strings."""
        # Strings in the order in which they came, and a table of places among them, open
        # addressing: of what is looked up, half or more is free.
        self._hashes = array("q")
        self._sums = array("I")
        self._numbers = array("i")
        self._slots = _free(_LEAST)

    def __len__(self) -> int:
        """Number of distinct strings that were ever given a number."""
        return len(self._hashes)

    def number(self, text: str) -> int:
        """Returns the number of a string, `NONE` where it has none."""
        at = self._slots[self._slot(hash(text) & _LOW, _sum(text))]
        return self._numbers[at] if at >= 0 else NONE

    def swap(self, text: str, number: int) -> int:
        """Returns a string a number below 2**31, or `NONE`; gives the one it had before."""
        first, second = hash(text) & _LOW, _sum(text)
        slot = self._slot(first, second)
        at = self._slots[slot]
        if at >= 0:
            before = self._numbers[at]
            self._numbers[at] = number
            return before
        self._slots[slot] = len(self._hashes)
        self._hashes.append(first)
        self._sums.append(second)
        self._numbers.append(number)
        if len(self._hashes) * 2 > len(self._slots):
            self._grow()
        return NONE

    def _slot(self, first: int, second: int) -> int:
        """Finds the slot of a string by its hashes, or the free one where it belongs."""
        slots, hashes, sums = self._slots, self._hashes, self._sums
        mask = len(slots) - 1
        slot = first & mask
        while (at := slots[slot]) >= 0 and (hashes[at] != first or sums[at] != second):
            slot = (slot + 1) & mask
        return slot

    def _grow(self) -> None:
        size = len(self._slots) * 2
        self._slots = slots = _free(size)
        mask = size - 1
        for index, first in enumerate(self._hashes):
            slot = first & mask
            while slots[slot] >= 0:
                slot = (slot + 1) & mask
            slots[slot] = index


def _sum(text: str) -> int:
    return crc32(text.encode("utf-8", "surrogatepass"))


def _free(size: int) -> array[int]:
    return array("i", [NONE]) * size
