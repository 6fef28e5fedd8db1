"""Building blocks of the compiled loops: arrays at an address, bitsets, a heap, galloping search.

Each block is plain Python that numba inlines into the loops; only modules of loops import it.
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


def _docs_at(address: int, length: int) -> Ints:
    """Returns a view of `length` int32 doc ids at a memory address."""
    view: Ints = carray(_pointer(address), (length,), np.int32)
    return view


def _scores_at(address: int, length: int) -> Floats:
    """Returns a view of `length` float64 scores at a memory address."""
    view: Floats = carray(_pointer(address), (length,), np.float64)
    return view


def _tfs_at(address: int, length: int) -> Bytes:
    """Returns a view of `length` uint8 term frequencies at a memory address."""
    view: Bytes = carray(_pointer(address), (length,), np.uint8)
    return view


def _words_at(address: int, length: int) -> Words:
    """Returns a view of `length` uint64 words of a bitset at a memory address."""
    view: Words = carray(_pointer(address), (length,), np.uint64)
    return view


def _count_bits(word: Any) -> Any:
    """Returns how many bits of a word are set (Warren 2012, "Hacker's Delight", figure 5-2)."""
    word = word - ((word >> np.uint64(1)) & np.uint64(0x5555555555555555))
    word = (word & np.uint64(0x3333333333333333)) + (
        (word >> np.uint64(2)) & np.uint64(0x3333333333333333)
    )
    word = (word + (word >> np.uint64(4))) & np.uint64(0x0F0F0F0F0F0F0F0F)
    return (word * np.uint64(0x0101010101010101)) >> np.uint64(56)


def _bit_of(bits: Words, doc: int) -> Any:
    """Returns 1 where the bit of `doc` is set in a bitset, else 0."""
    return (bits[doc >> 6] >> np.uint64(doc & 63)) & np.uint64(1)


def _push(heap: Floats, size: int, k: int, score: float) -> int:
    """Pushes a score onto a min-heap that keeps the `k` highest; returns the new heap size.

    Args:
        heap: float64 or int64, at least `k` long; `heap[0]` is the lowest of the kept scores.
        size: how many entries the heap holds.
        k: most entries the heap may hold.
        score: the value to insert; dropped where the heap is full of scores at least as high.
    """
    if size < k:
        node = size
        while node > 0 and heap[(node - 1) >> 1] > score:
            heap[node] = heap[(node - 1) >> 1]
            node = (node - 1) >> 1
        heap[node] = score
        return size + 1
    if score <= heap[0]:
        return size
    node = 0
    while True:
        child = 2 * node + 1
        if child >= size:
            break
        if child + 1 < size and heap[child + 1] < heap[child]:
            child += 1
        if heap[child] >= score:
            break
        heap[node] = heap[child]
        node = child
    heap[node] = score
    return size


def _gallop(docs: Ints, doc: int, low: int) -> int:
    """Returns the first index from `low` on whose doc id is at least `doc`, by galloping search."""
    size = len(docs)
    step = 1
    high = low
    while high < size and docs[high] < doc:
        low = high + 1
        high += step
        step *= 2
    high = min(high, size)
    while low < high:
        middle = (low + high) >> 1
        if docs[middle] < doc:
            low = middle + 1
        else:
            high = middle
    return low


def _count_all_bits(bits: Words) -> int:
    """Returns how many bits of a bitset are set."""
    total = 0
    for i in range(len(bits)):
        if bits[i] != 0:
            total += count_bits(bits[i])
    return total


docs_at: Any = register_jitable(_docs_at)
scores_at: Any = register_jitable(_scores_at)
tfs_at: Any = register_jitable(_tfs_at)
words_at: Any = register_jitable(_words_at)
count_bits: Any = register_jitable(_count_bits)
bit_of: Any = register_jitable(_bit_of)
push: Any = register_jitable(_push)
count_all_bits: Any = register_jitable(_count_all_bits)
gallop: Any = register_jitable(_gallop)
