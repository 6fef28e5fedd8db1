"""Numbers of which nearly all are small, each in as few bits as fit nearly all of them.

How often a word stands in a title, the places where it stands, which of its forms it is: few of
these numbers are large. So each is kept as a code of 2, 4, 8, 16 or 32 bits; the code with all
bits set says that the number is among the others, which are kept whole beside the codes, found by
their place.

In a file of arrays ``name`` is four of them: ``name.codes``, ``name.at``, ``name.others`` and
``name.kind``, which is the length and the bits of a code.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final, Self

import numpy as np
from numpy.typing import NDArray

Counts = NDArray[np.unsignedinteger[Any]]
WIDTHS: Final = (2, 4, 8, 16, 32)
"""Bits a code may have."""
_BYTE: Final = 8
_STEP: Final = 1 << 20
_OTHER: Final = 8
"""Bytes that one of the others is counted as: four of a place, and it takes longer to read."""


@dataclass(frozen=True, slots=True)
class PackedInts:
    """A list of such numbers, read by stretches or by places.

    Attributes:
        codes: unsigned; where a code has fewer than eight bits, those of several numbers in a
            byte, the first lowest.
        at: unsigned, places of the others, rising.
        others: unsigned, the numbers at these places.
        length: how many numbers there are.
        bits: of a code, one of `WIDTHS`.
    """

    codes: Counts
    at: Counts
    others: Counts
    length: int
    bits: int

    @classmethod
    def of(cls, arrays: Mapping[str, NDArray[Any]], name: str) -> Self:
        """Takes the list out of named arrays.

        Raises:
            KeyError: when one of its arrays is missing.
            ValueError: when what is told of them is not two numbers.
        """
        codes, at, others = (arrays[f"{name}.{part}"] for part in ("codes", "at", "others"))
        length, bits = arrays[f"{name}.kind"].tolist()
        return cls(codes, at, others, length, bits)

    def __len__(self) -> int:
        """How many numbers there are."""
        return max(0, self.length)

    @property
    def fits(self) -> bool:
        """Whether its arrays are as long as they say together; what is in them is not looked at."""
        return (
            self.length >= 0
            and self.bits in WIDTHS
            and self.codes.dtype == code_kind(self.bits)
            and len(self.codes) == code_count(self.length, self.bits)
            and len(self.at) == len(self.others)
        )

    def __getitem__(self, wanted: slice | NDArray[np.signedinteger[Any]]) -> Counts:
        """Returns the numbers of a stretch, or those at some places, in the order asked for.

        Args:
            wanted: without a step; places are not negative.
        """
        if isinstance(wanted, slice):
            return self._stretch(*wanted.indices(self.length)[:2])
        share = _BYTE // self.bits
        if share > 1:
            shifts = (wanted.astype(np.uint8) & np.uint8(share - 1)) * np.uint8(self.bits)
            codes: Counts = self.codes[wanted >> (share >> 1)] >> shifts & np.uint8(self.top)
        else:
            codes = self.codes[wanted]
        if not len(self.at):
            return codes
        (escaped,) = (codes == self.top).nonzero()
        if not len(escaped):
            return codes
        # Of one kind, or numpy would turn all of `at` into another for each search.
        places = wanted[escaped].astype(self.at.dtype)
        return _with(codes, escaped, self.others[self.at.searchsorted(places)])

    def pieces(self) -> Iterator[Counts]:
        """Returns all numbers in order, piece by piece; of none, a piece of none."""
        return (self[low : low + _STEP] for low in range(0, max(1, self.length), _STEP))

    def _stretch(self, low: int, high: int) -> Counts:
        codes = self.codes_of(low, high)
        if not len(self.at):
            return codes
        first = bisect_left(self.at.data, low)
        last = bisect_left(self.at.data, high, first)
        if first == last:
            return codes
        return _with(codes, self.at[first:last].astype(np.int64) - low, self.others[first:last])

    def codes_of(self, low: int, high: int) -> Counts:
        """Returns the codes of the numbers from place `low` up to `high`, an entry each."""
        share = max(1, _BYTE // self.bits)
        first = low // share
        codes = _spread(self.codes[first : -(-high // share)], self.bits)
        return codes[low - first * share : max(low, high) - first * share]

    @property
    def top(self) -> int:
        """The code that says that a number is among the others."""
        return (1 << self.bits) - 1


def _with(codes: Counts, places: NDArray[np.int64], others: Counts) -> Counts:
    """Puts others in the place of their codes."""
    whole = codes.astype(np.promote_types(codes.dtype, others.dtype))
    whole[places] = others
    return whole


def _spread(codes: Counts, bits: int) -> Counts:
    """Returns every code a byte of its own (Warren 2012, "Hacker's Delight", section 7-2)."""
    if bits >= _BYTE:
        return codes
    if bits == _BYTE // 2:
        pairs = codes.astype("<u2")
        pairs |= pairs << 4
        pairs &= 0x0F0F
        return pairs.view(np.uint8)
    fours = codes.astype("<u4")
    fours |= fours << 12
    fours &= 0x000F000F
    fours |= fours << 6
    fours &= 0x03030303
    return fours.view(np.uint8)


def reaching(numbers: Counts) -> NDArray[np.int64]:
    """Counts for each of `WIDTHS` the numbers that no code of so many bits says."""
    highest = int(numbers.max(initial=0))
    tops = [(1 << bits) - 1 for bits in WIDTHS]
    return np.array(
        [np.count_nonzero(numbers >= top) if highest >= top else 0 for top in tops], np.int64
    )


def best_width(length: int, others: NDArray[np.int64], least: int) -> int:
    """Chooses the bits that take the least room.

    Args:
        length: how many numbers there are.
        others: for each of `WIDTHS` how many it does not hold.
        least: the fewest bits; whole bytes, 8, are read faster than parts of them.
    """
    room = {
        bits: length * bits / _BYTE + count * _OTHER
        for bits, count in zip(WIDTHS, others.tolist(), strict=True)
        if bits >= least
    }
    return min(room, key=room.__getitem__)


def code_kind(bits: int) -> np.dtype[Any]:
    """Returns the kind of an array of codes."""
    return np.dtype(f"<u{max(1, bits // _BYTE)}")


def code_count(length: int, bits: int) -> int:
    """Returns the entries of the array of codes for so many numbers."""
    return -(-length * min(bits, _BYTE) // _BYTE)


def encode(pieces: Iterable[Counts], bits: int) -> Iterator[tuple[Counts, Counts, Counts]]:
    """Turn numbers into codes, piece by piece.

    Args:
        pieces: of the list, one after the other.
        bits: of a code.

    Yields:
        Codes, then places (uint64) and numbers of the others: the next piece of each.
    """
    share = max(1, _BYTE // bits)
    kind = code_kind(bits)
    top = (1 << bits) - 1
    left: Counts = np.zeros(0, kind)
    done = 0
    for piece in pieces:
        codes = piece.astype(kind)
        at = np.flatnonzero(piece >= top)
        codes[at] = top
        codes = np.concatenate([left, codes])
        whole = len(codes) - len(codes) % share
        left = codes[whole:]
        yield _packed(codes[:whole], bits), (at + done).astype(np.uint64), piece[at]
        done += len(piece)
    if len(left):
        nothing = np.zeros(0, np.uint64)
        yield _packed(np.append(left, np.zeros(share - len(left), kind)), bits), nothing, nothing


def _packed(codes: Counts, bits: int) -> Counts:
    """Puts codes of less than a byte side by side; there are as many as fill bytes."""
    share = _BYTE // bits
    if share <= 1:
        return codes
    packed = codes[::share].copy()
    for place in range(1, share):
        packed |= codes[place::share] << np.uint8(place * bits)
    return packed
