"""Compiled set operations over posting lists: union to a bitset, conjunction, lookup of candidates.

A loop takes its posting lists as one int64 array of nine columns, a row a list, so that one
compiled function serves any number of lists; an address of 0 means that the array does not exist.
The caller keeps the arrays alive during the call.

    0 address of int32 doc ids  3 address of their bitset           6 address of the best doc ids
    1 address of their scores   4 address of `Blocks.firsts`        7 address of their scores
    2 number of postings        5 address of `Blocks.highest`       8 number of best docs

Only `kernels.dispatch` imports the modules of loops: importing numba takes most of a second.
"""

from __future__ import annotations

from types import FunctionType
from typing import Any

import numpy as np
from numba import njit

from indexer.backends.whoosh.kernels.primitives import (
    Floats,
    Ints,
    Longs,
    Words,
    bit_of,
    count_all_bits,
    count_bits,
    docs_at,
    gallop,
    scores_at,
    words_at,
)


def union_bits(rows: Longs, bits: Words) -> int:
    """Sets the bits of every doc of any list; returns how many bits are set.

    Args:
        rows: int64[lists, 9], see the module.
        bits: uint64 words of the segment's bitset, all 0 on entry.
    """
    unit = np.uint64(1)
    for row in range(len(rows)):
        if rows[row, 3] != 0:
            words = words_at(rows[row, 3], len(bits))
            for i in range(len(bits)):
                bits[i] |= words[i]
        else:
            docs = docs_at(rows[row, 0], rows[row, 2])
            for i in range(len(docs)):
                doc = docs[i]
                bits[doc >> 6] |= unit << np.uint64(doc & 63)
    total: int = count_all_bits(bits)
    return total


def intersect(rows: Longs, docs: Ints, scores: Floats) -> int:
    """Intersects lists, the shortest first, and adds up their scores; returns how many docs remain.

    A list with a bitset is probed bit by bit, any other by galloping search (Bentley & Yao 1976,
    "An almost optimal algorithm for unbounded searching",
    https://doi.org/10.1016/0020-0190(76)90071-5).

    Args:
        rows: int64[lists, 9], see the module; a list without scores adds 0.
        docs: int32 output, ascending doc ids; at least as long as the first list.
        scores: float64 output, the sum of the scores of each doc.
    """
    size = rows[0, 2]
    list_docs = docs_at(rows[0, 0], size)
    for i in range(size):
        docs[i] = list_docs[i]
    for row in range(1, len(rows)):
        kept = np.int64(0)
        if rows[row, 3] != 0 and size > 0:
            words = words_at(rows[row, 3], (docs[size - 1] >> 6) + 1)
            for i in range(size):
                doc = docs[i]
                docs[kept] = doc
                kept += np.int64(bit_of(words, doc))
        else:
            list_docs = docs_at(rows[row, 0], rows[row, 2])
            low = 0
            for i in range(size):
                low = gallop(list_docs, docs[i], low)
                if low >= len(list_docs):
                    break
                docs[kept] = docs[i]
                kept += list_docs[low] == docs[i]
        size = kept
    for i in range(size):
        scores[i] = 0.0
    for row in range(len(rows)):
        if rows[row, 1] != 0:
            list_docs = docs_at(rows[row, 0], rows[row, 2])
            list_scores = scores_at(rows[row, 1], rows[row, 2])
            low = 0
            for i in range(size):
                low = gallop(list_docs, docs[i], low)
                scores[i] += list_scores[low]
    count: int = size
    return count


def bitset_to_docs(bits: Words, docs: Ints) -> int:
    """Writes the doc ids of a bitset to `docs`, ascending; returns how many there are."""
    size = 0
    unit = np.uint64(1)
    for i in range(len(bits)):
        word = bits[i]
        while word != 0:
            lowest = word & (~word + unit)
            docs[size] = i * 64 + count_bits(lowest - unit)
            size += 1
            word ^= lowest
    return size


def compiled(function: Any, sources: str) -> Any:
    """Returns a function that numba compiles at its first call; the machine code is cached on disk.

    Args:
        function: may call functions of these modules, which are compiled into it.
        sources: digest of all kernel modules. It becomes part of the name in numba's cache, because
            numba itself checks the file of `function` alone.
    """
    function = FunctionType(function.__code__, function.__globals__, function.__name__)
    function.__qualname__ = f"{function.__name__}_{sources}"
    try:
        return njit(cache=True, nogil=True)(function)
    except RuntimeError:  # neither the package nor the home directory is writable
        return njit(nogil=True)(function)


def find_docs(lists: Longs, docs: Ints, indexes: Longs) -> None:
    """Looks candidates up in posting lists: writes the index of each doc id in each list, or -1.

    The binary searches of all candidates advance together, one halving a pass, without a branch
    that depends on the data (Khuong & Morin 2017, "Array layouts for comparison-based searching",
    https://arxiv.org/abs/1509.05053).

    Args:
        lists: int64[L, 2], address of the ascending int32 doc ids of each list, and their number.
        docs: int32[N], the candidates.
        indexes: int64[L, N] output.
    """
    lower = np.empty(len(docs), np.uint32)
    for row in range(len(lists)):
        size = lists[row, 1]
        list_docs = docs_at(lists[row, 0], size)
        lower[:] = 0
        remaining = np.uint32(size)
        while remaining > 1:
            half = np.uint32(remaining >> np.uint32(1))
            for i in range(len(docs)):
                middle = np.uint32(lower[i] + half)
                lower[i] = middle if list_docs[middle] <= docs[i] else lower[i]
            remaining = np.uint32(remaining - half)
        for i in range(len(docs)):
            present = size > 0 and list_docs[lower[i]] == docs[i]
            indexes[row, i] = np.int64(lower[i]) if present else -1
