"""Numbers chunks, the stretches of text between two spaces, many thousand at a time.

Nearly all chunks of a text were met before, so what counts is to find the number of a known one.
No string is made for that: all chunks of a batch are hashed at once as differences of a running
sum, and looked up in one hash table.

The hash of bytes b_0 … b_n is the sum of ``random[b_i] * base**i`` modulo 2**64 (Karp & Rabin 1987,
"Efficient randomized pattern-matching algorithms", https://doi.org/10.1147/rd.312.0249). In a
million distinct chunks two collide once in tens of millions of collections. Sums modulo a power of
two can be attacked by long texts (Thue-Morse words), so long chunks are hashed by BLAKE2b.
"""

from __future__ import annotations

import hashlib
from array import array
from collections.abc import Callable, Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

_BATCH_BYTES: Final = 1 << 18
"""Bytes of a batch: enough that the fixed cost of NumPy calls does not show."""
_LONGEST: Final = 64
"""Bytes of a chunk from which BLAKE2b replaces the sum."""
_BASE: Final = 0x9E6C63D0676A9A99
_INVERSE: Final = pow(_BASE, -1, 1 << 64)
_SPREAD: Final = np.uint64(0x9E3779B97F4A7C15)  # Fibonacci hashing: 2**64 / golden ratio
_SALT: Final = np.uint64(0xD6E8FEB86659FD93)
_SPACE: Final = 32
Hashes = NDArray[np.uint64]
Learn = Callable[[Sequence[str], Sequence[bool]], NDArray[np.int32]]
"""Returns the numbers of new, distinct chunks, int32; the second argument tells for each whether it
comes from folded text."""


class ChunkTable:
    """Hash table from chunk to number; a new chunk is passed to `learn`, which numbers it."""

    def __init__(self, learn: Learn) -> None:
        """Starts empty.

        Args:
            learn: numbers new chunks, some hundreds or thousands a call.
        """
        self._learn = learn
        chance = np.random.default_rng(1987)
        self._random = chance.integers(0, 1 << 64, 256, np.uint64, endpoint=False)
        self._powers = self._inverses = np.zeros(0, np.uint64)
        self._hash_list = array("Q")
        self._numbers = array("i")
        self._resize(1 << 16)

    def __len__(self) -> int:
        """Number of chunks in the table."""
        return len(self._hash_list)

    def number_chunks(
        self, stretches: Sequence[bytes], kinds: Sequence[bool]
    ) -> tuple[NDArray[np.int32], NDArray[np.int64]]:
        """Returns the numbers of all chunks of some stretches of text.

        Args:
            stretches: texts in UTF-8; may contain lone surrogates.
            kinds: for each stretch whether it is folded; a chunk of each kind is two chunks.

        Returns:
            int32, the numbers of all chunks in order; and int64[stretches + 1], where the chunks of
            each stretch begin, the first 0.
        """
        numbers, ends = [np.zeros(0, np.int32)], [np.zeros(1, np.int64)]
        first = size = chunks = 0
        for end, stretch in enumerate(stretches, 1):
            size += len(stretch)
            if size >= _BATCH_BYTES or end == len(stretches):
                batch_numbers, batch_ends = self._number_batch(
                    stretches[first:end], np.array(kinds[first:end], np.bool_)
                )
                numbers.append(batch_numbers)
                ends.append(batch_ends + chunks)
                chunks += len(batch_numbers)
                first, size = end, 0
        return np.concatenate(numbers), np.concatenate(ends)

    def _number_batch(
        self, stretches: Sequence[bytes], kinds: NDArray[np.bool_]
    ) -> tuple[NDArray[np.int32], NDArray[np.int64]]:
        """Numbers the chunks of one batch of stretches; see `number`."""
        text = b" ".join((*stretches, b""))
        data = np.frombuffer(text, np.uint8)
        last = np.flatnonzero(data == _SPACE)
        first = np.concatenate([[0], last[:-1] + 1])
        nonempty = last > first
        first, last = first[nonempty], last[nonempty]
        ends = np.searchsorted(first, np.cumsum([len(stretch) + 1 for stretch in stretches]))
        kind = np.repeat(kinds, np.diff(ends, prepend=0))
        hashes = self._hashes(data, first, last)
        hashes[kind] *= _SALT
        hashes[hashes == 0] = 1  # 0 marks an empty slot
        numbers = self._find(hashes)
        new = np.flatnonzero(numbers < 0)
        if len(new):
            _, firsts = np.unique(hashes[new], return_index=True)
            fresh = new[np.sort(firsts)]
            spans = zip(first[fresh].tolist(), last[fresh].tolist(), strict=True)
            # Chunks contain no space, so one call decodes them all.
            joined = b" ".join([text[start:end] for start, end in spans])
            chunks = joined.decode("utf-8", "surrogatepass").split(" ")
            self._add(hashes[fresh], self._learn(chunks, kind[fresh].tolist()))
            numbers[new] = self._find(hashes[new])
        return numbers, ends

    def _hashes(
        self, data: NDArray[np.uint8], first: NDArray[np.int64], last: NDArray[np.int64]
    ) -> Hashes:
        """Returns the uint64 hash of each chunk ``data[first[i]:last[i]]``."""
        if len(data) > len(self._powers):
            for name, factor in (("_powers", _BASE), ("_inverses", _INVERSE)):
                row = np.full(len(data), factor, np.uint64)
                row[0] = 1
                setattr(self, name, np.cumprod(row, dtype=np.uint64))
        sums = np.zeros(len(data) + 1, np.uint64)
        np.cumsum(self._random.take(data) * self._powers[: len(data)], out=sums[1:])
        hashes: Hashes = (sums[last] - sums[first]) * self._inverses[first]
        for i in np.flatnonzero(last - first > _LONGEST).tolist():
            digest = hashlib.blake2b(data[first[i] : last[i]].tobytes(), digest_size=8).digest()
            hashes[i] = int.from_bytes(digest, "little")
        return hashes

    def _find(self, hashes: Hashes) -> NDArray[np.int32]:
        """Returns the number of each hash, int32; -1 where it is not in the table."""
        # Nearly all are known, and found in their first slot.
        slot = (hashes * _SPREAD) >> self._shift
        numbers: NDArray[np.int32] = self._values[slot]
        remaining = np.flatnonzero(self._keys[slot] != hashes)
        numbers[remaining] = -1
        slot = slot[remaining]
        while len(remaining):
            occupied = self._keys[slot] != 0
            remaining, slot = remaining[occupied], (slot[occupied] + np.uint64(1)) & self._mask
            hit = self._keys[slot] == hashes[remaining]
            numbers[remaining[hit]] = self._values[slot[hit]]
            remaining, slot = remaining[~hit], slot[~hit]
        return numbers

    def _add(self, hashes: Hashes, numbers: NDArray[np.int32]) -> None:
        """Inserts hashes that are distinct and not in the table."""
        self._hash_list.frombytes(hashes.tobytes())
        self._numbers.frombytes(numbers.tobytes())
        if len(self._hash_list) * 2 > len(self._keys):
            self._resize(len(self._hash_list) * 4)
        else:
            self._place(hashes, numbers)

    def _resize(self, least: int) -> None:
        """Rebuilds the table with at least `least` slots, a power of two."""
        bits = (least - 1).bit_length()
        self._shift, self._mask = np.uint64(64 - bits), np.uint64((1 << bits) - 1)
        self._keys = np.zeros(1 << bits, np.uint64)
        self._values = np.zeros(1 << bits, np.int32)
        self._place(np.array(self._hash_list, np.uint64), np.array(self._numbers, np.int32))

    def _place(self, hashes: Hashes, numbers: NDArray[np.int32]) -> None:
        """Inserts hashes by linear probing (Knuth, TAOCP 3, algorithm 6.4 L)."""
        slot = (hashes * _SPREAD) >> self._shift
        while len(hashes):
            empty = self._keys[slot] == 0
            self._keys[slot[empty]] = hashes[empty]  # of several for one slot, the last wins
            placed = self._keys[slot] == hashes
            self._values[slot[placed]] = numbers[placed]
            hashes, numbers = hashes[~placed], numbers[~placed]
            slot = (slot[~placed] + np.uint64(1)) & self._mask
