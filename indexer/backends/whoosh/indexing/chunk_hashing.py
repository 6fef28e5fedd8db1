"""Number the pieces of texts, the same piece always alike, many thousand at a time.

A piece is what stands between two spaces. Nearly all of them were met before, so what counts is
finding the number of a known one. No string is made for that: all pieces are hashed at once by
differences of a running sum, and looked up in one table of hashes.

The hash of bytes b_0 … b_n is the sum of ``random[b_i] * base**i`` modulo 2**64 (Karp & Rabin 1987,
"Efficient randomized pattern-matching algorithms"). Among a million pieces two differ and hash
alike once in tens of millions of collections. Sums modulo a power of two fail for long texts made
for it (Thue-Morse words), so long pieces are hashed by BLAKE2b.
"""

from __future__ import annotations

import hashlib
from array import array
from collections.abc import Callable, Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

_CHUNK: Final = 1 << 18
"""Bytes of text looked at together: many enough for loops over few pieces not to count."""
_LONGEST: Final = 64
_BASE: Final = 0x9E6C63D0676A9A99
_INVERSE: Final = pow(_BASE, -1, 1 << 64)
_SPREAD: Final = np.uint64(0x9E3779B97F4A7C15)  # Fibonacci hashing: 2**64 / golden ratio
_SALT: Final = np.uint64(0xD6E8FEB86659FD93)
_SPACE: Final = 32
Hashes = NDArray[np.uint64]
Learn = Callable[[Sequence[str], Sequence[bool]], NDArray[np.int32]]
"""Gives the numbers of distinct pieces; its second argument holds the kind of stretch where each
of them stands."""


class Pieces:
    """Numbers of pieces; a new piece is learnt once and gets the number it then is given."""

    def __init__(self, learn: Learn) -> None:
        """Begin with no pieces.

        Args:
            learn: gives the numbers of new pieces, of some hundred or thousand at a time.
        """
        self._learn = learn
        chance = np.random.default_rng(1987)
        self._random = chance.integers(0, 1 << 64, 256, np.uint64, endpoint=False)
        self._powers = self._inverses = np.zeros(0, np.uint64)
        self._known = array("Q")
        self._numbers = array("i")
        self._resize(1 << 16)

    def __len__(self) -> int:
        """Number of pieces known."""
        return len(self._known)

    def number(
        self, stretches: Sequence[bytes], kinds: Sequence[bool]
    ) -> tuple[NDArray[np.int32], NDArray[np.int64]]:
        """Number the pieces of some stretches of text.

        Args:
            stretches: texts in UTF-8; lone surrogates may be in them.
            kinds: of each stretch; the same piece in stretches of two kinds is two pieces.

        Returns:
            The numbers of all pieces in order, and where the pieces of each stretch begin and end
            (one entry more than there are stretches, the first 0).
        """
        numbers, ends = [np.zeros(0, np.int32)], [np.zeros(1, np.int64)]
        begun = size = done = 0
        for at, stretch in enumerate(stretches, 1):
            size += len(stretch)
            if size >= _CHUNK or at == len(stretches):
                found, inner = self._chunk(stretches[begun:at], np.array(kinds[begun:at], np.bool_))
                numbers.append(found)
                ends.append(inner + done)
                done += len(found)
                begun, size = at, 0
        return np.concatenate(numbers), np.concatenate(ends)

    def _chunk(
        self, stretches: Sequence[bytes], kinds: NDArray[np.bool_]
    ) -> tuple[NDArray[np.int32], NDArray[np.int64]]:
        text = b" ".join((*stretches, b""))
        data = np.frombuffer(text, np.uint8)
        last = np.flatnonzero(data == _SPACE)
        first = np.concatenate([[0], last[:-1] + 1])
        real = last > first
        first, last = first[real], last[real]
        ends = np.searchsorted(first, np.cumsum([len(one) + 1 for one in stretches]))
        kind = np.repeat(kinds, np.diff(ends, prepend=0))
        hashes = self._hashes(data, first, last)
        hashes[kind] *= _SALT
        hashes[hashes == 0] = 1  # 0 is an empty place of the table
        numbers = self._find(hashes)
        new = np.flatnonzero(numbers < 0)
        if len(new):
            _, once = np.unique(hashes[new], return_index=True)
            met = new[np.sort(once)]
            spans = zip(first[met].tolist(), last[met].tolist(), strict=True)
            # No piece holds a space, so together they are decoded in one go.
            together = b" ".join([text[start:end] for start, end in spans])
            pieces = together.decode("utf-8", "surrogatepass").split(" ")
            self._add(hashes[met], self._learn(pieces, kind[met].tolist()))
            numbers[new] = self._find(hashes[new])
        return numbers, ends

    def _hashes(
        self, data: NDArray[np.uint8], first: NDArray[np.int64], last: NDArray[np.int64]
    ) -> Hashes:
        if len(data) > len(self._powers):
            for name, factor in (("_powers", _BASE), ("_inverses", _INVERSE)):
                row = np.full(len(data), factor, np.uint64)
                row[0] = 1
                setattr(self, name, np.cumprod(row, dtype=np.uint64))
        sums = np.zeros(len(data) + 1, np.uint64)
        np.cumsum(self._random.take(data) * self._powers[: len(data)], out=sums[1:])
        hashes: Hashes = (sums[last] - sums[first]) * self._inverses[first]
        for at in np.flatnonzero(last - first > _LONGEST).tolist():
            digest = hashlib.blake2b(data[first[at] : last[at]].tobytes(), digest_size=8).digest()
            hashes[at] = int.from_bytes(digest, "little")
        return hashes

    def _find(self, hashes: Hashes) -> NDArray[np.int32]:
        """Give the numbers of hashes, -1 for those not known."""
        # Nearly all are known and in their first place.
        slot = (hashes * _SPREAD) >> self._shift
        numbers: NDArray[np.int32] = self._values[slot]
        left = np.flatnonzero(self._keys[slot] != hashes)
        numbers[left] = -1
        slot = slot[left]
        while len(left):
            on = self._keys[slot] != 0
            left, slot = left[on], (slot[on] + np.uint64(1)) & self._mask
            found = self._keys[slot] == hashes[left]
            numbers[left[found]] = self._values[slot[found]]
            left, slot = left[~found], slot[~found]
        return numbers

    def _add(self, hashes: Hashes, numbers: NDArray[np.int32]) -> None:
        """Add hashes that differ from each other and from those known."""
        self._known.frombytes(hashes.tobytes())
        self._numbers.frombytes(numbers.tobytes())
        if len(self._known) * 2 > len(self._keys):
            self._resize(len(self._known) * 4)
        else:
            self._place(hashes, numbers)

    def _resize(self, least: int) -> None:
        bits = (least - 1).bit_length()
        self._shift, self._mask = np.uint64(64 - bits), np.uint64((1 << bits) - 1)
        self._keys = np.zeros(1 << bits, np.uint64)
        self._values = np.zeros(1 << bits, np.int32)
        self._place(np.array(self._known, np.uint64), np.array(self._numbers, np.int32))

    def _place(self, hashes: Hashes, numbers: NDArray[np.int32]) -> None:
        slot = (hashes * _SPREAD) >> self._shift
        while len(hashes):
            free = self._keys[slot] == 0
            self._keys[slot[free]] = hashes[free]  # where several want one place, the last has it
            won = self._keys[slot] == hashes
            self._values[slot[won]] = numbers[won]
            hashes, numbers = hashes[~won], numbers[~won]
            slot = (slot[~won] + np.uint64(1)) & self._mask
