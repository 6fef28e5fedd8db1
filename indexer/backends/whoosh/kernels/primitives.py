"""What the compiled loops are made of: lists at an address, bits, a heap, a search.

Imported by the modules of loops alone; each piece is plain Python that numba puts into them.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import carray, types
from numba.core import cgutils
from numba.extending import intrinsic, register_jitable
from numpy.typing import NDArray

Ints = NDArray[np.int32]
Floats = NDArray[np.float64]
Bytes = NDArray[np.uint8]
Words = NDArray[np.uint64]
Longs = NDArray[np.int64]


def _pointer_of(typing: Any, address: Any) -> Any:  # noqa: ARG001 - numba's signature
    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:  # noqa: ARG001
        return builder.inttoptr(arguments[0], cgutils.voidptr_t)

    return types.voidptr(types.int64), generate


_pointer: Any = intrinsic(_pointer_of)


def _papers_at(address: int, length: int) -> Ints:
    found: Ints = carray(_pointer(address), (length,), np.int32)
    return found


def _scores_at(address: int, length: int) -> Floats:
    found: Floats = carray(_pointer(address), (length,), np.float64)
    return found


def _counts_at(address: int, length: int) -> Bytes:
    found: Bytes = carray(_pointer(address), (length,), np.uint8)
    return found


def _words_at(address: int, length: int) -> Words:
    found: Words = carray(_pointer(address), (length,), np.uint64)
    return found


def _count_bits(word: Any) -> Any:
    """Count the bits of a word (Warren 2012, "Hacker's Delight", figure 5-2)."""
    word = word - ((word >> np.uint64(1)) & np.uint64(0x5555555555555555))
    word = (word & np.uint64(0x3333333333333333)) + (
        (word >> np.uint64(2)) & np.uint64(0x3333333333333333)
    )
    word = (word + (word >> np.uint64(4))) & np.uint64(0x0F0F0F0F0F0F0F0F)
    return (word * np.uint64(0x0101010101010101)) >> np.uint64(56)


def _bit_of(bits: Words, place: int) -> Any:
    """Returns 1 if the bit is set, else 0."""
    return (bits[place >> 6] >> np.uint64(place & 63)) & np.uint64(1)


def _put(heap: Floats, held: int, most: int, score: float) -> int:
    """Put a score into a heap of the `most` highest, the lowest first; gives how many it holds."""
    if held < most:
        place = held
        while place > 0 and heap[(place - 1) >> 1] > score:
            heap[place] = heap[(place - 1) >> 1]
            place = (place - 1) >> 1
        heap[place] = score
        return held + 1
    if score <= heap[0]:
        return held
    place = 0
    while True:
        child = 2 * place + 1
        if child >= held:
            break
        if child + 1 < held and heap[child + 1] < heap[child]:
            child += 1
        if heap[child] >= score:
            break
        heap[place] = heap[child]
        place = child
    heap[place] = score
    return held


def _found(papers: Ints, paper: int, low: int) -> int:
    """Returns the first index from `low` on with this doc id or a higher one, by galloping."""
    size = len(papers)
    step = 1
    high = low
    while high < size and papers[high] < paper:
        low = high + 1
        high += step
        step *= 2
    high = min(high, size)
    while low < high:
        middle = (low + high) >> 1
        if papers[middle] < paper:
            low = middle + 1
        else:
            high = middle
    return low


def _total(bits: Words) -> int:
    total = 0
    for place in range(len(bits)):
        if bits[place] != 0:
            total += count_bits(bits[place])
    return total


papers_at: Any = register_jitable(_papers_at)
scores_at: Any = register_jitable(_scores_at)
counts_at: Any = register_jitable(_counts_at)
words_at: Any = register_jitable(_words_at)
count_bits: Any = register_jitable(_count_bits)
bit_of: Any = register_jitable(_bit_of)
put: Any = register_jitable(_put)
total_bits: Any = register_jitable(_total)
found_from: Any = register_jitable(_found)
