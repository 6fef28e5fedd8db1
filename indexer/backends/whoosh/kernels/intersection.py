"""The inner loops, written one number at a time, and compiled.

Lists are handed over as rows of nine integers, so that one compiled function serves any number of
lists; 0 = there is none. Whoever calls keeps the arrays alive meanwhile.

    0 address of int32 papers   3 address of the papers as bits     6 address of the best papers
    1 address of their scores   4 address of `Blocks.firsts`        7 address of their scores
    2 how many                  5 address of `Blocks.highest`       8 how many

Only `kernels.dispatch` imports this: importing numba takes most of a second.

The compiled loop that looks papers up in lists; see `scoring.rescoring`.
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
    count_bits,
    found_from,
    papers_at,
    scores_at,
    total_bits,
    words_at,
)


def join(rows: Longs, bits: Words) -> int:
    """Put the papers of all lists into a set of bits, all 0 before; gives how many there are."""
    one = np.uint64(1)
    for at in range(len(rows)):
        if rows[at, 3] != 0:
            words = words_at(rows[at, 3], len(bits))
            for place in range(len(bits)):
                bits[place] |= words[place]
        else:
            papers = papers_at(rows[at, 0], rows[at, 2])
            for place in range(len(papers)):
                paper = papers[place]
                bits[paper >> 6] |= one << np.uint64(paper & 63)
    total: int = total_bits(bits)
    return total


def every(rows: Longs, docs: Ints, scores: Floats) -> int:
    """Intersect lists, the shortest first, and add up their scores; gives how many are left."""
    size = rows[0, 2]
    papers = papers_at(rows[0, 0], size)
    for place in range(size):
        docs[place] = papers[place]
    for at in range(1, len(rows)):
        kept = np.int64(0)
        if rows[at, 3] != 0 and size > 0:
            words = words_at(rows[at, 3], (docs[size - 1] >> 6) + 1)
            for place in range(size):
                paper = docs[place]
                docs[kept] = paper
                kept += np.int64(bit_of(words, paper))
        else:
            papers = papers_at(rows[at, 0], rows[at, 2])
            low = 0
            for place in range(size):
                low = found_from(papers, docs[place], low)
                if low >= len(papers):
                    break
                docs[kept] = docs[place]
                kept += papers[low] == docs[place]
        size = kept
    for place in range(size):
        scores[place] = 0.0
    for at in range(len(rows)):
        if rows[at, 1] != 0:
            papers = papers_at(rows[at, 0], rows[at, 2])
            given = scores_at(rows[at, 1], rows[at, 2])
            low = 0
            for place in range(size):
                low = found_from(papers, docs[place], low)
                scores[place] += given[low]
    left: int = size
    return left


def list_bits(bits: Words, docs: Ints) -> int:
    """Write the papers of a set of bits out, rising; gives how many there are."""
    size = 0
    one = np.uint64(1)
    for at in range(len(bits)):
        word = bits[at]
        while word != 0:
            low = word & (~word + one)
            docs[size] = at * 64 + count_bits(low - one)
            size += 1
            word ^= low
    return size


def compiled(function: Any, sources: str) -> Any:
    """Compile a function when it is first called; the result is kept on disk where that can be.

    Args:
        function: calls others of these modules, which are compiled into it.
        sources: a digest of all of them. It becomes part of the name under which the result is
            kept: numba itself looks at the file of this function alone.
    """
    function = FunctionType(function.__code__, function.__globals__, function.__name__)
    function.__qualname__ = f"{function.__name__}_{sources}"
    try:
        return njit(cache=True, nogil=True)(function)
    except RuntimeError:  # neither beside this file nor in the home may anything be written
        return njit(nogil=True)(function)


def find_papers(lists: Longs, papers: Ints, places: Longs) -> None:
    """Say where papers stand in lists.

    All papers are searched for at once, step by step: no step waits for another, and none is
    guessed at.

    Args:
        lists: for each the address of its papers, int32 that rise, and how many there are.
        papers: to be found.
        places: gets for each list, a row, the place of each paper in it, or -1.
    """
    held = np.empty(len(papers), np.uint32)
    for row in range(len(lists)):
        size = lists[row, 1]
        docs = papers_at(lists[row, 0], size)
        held[:] = 0
        left = np.uint32(size)
        while left > 1:
            half = np.uint32(left >> np.uint32(1))
            for at in range(len(papers)):
                middle = np.uint32(held[at] + half)
                held[at] = middle if docs[middle] <= papers[at] else held[at]
            left = np.uint32(left - half)
        for at in range(len(papers)):
            there = size > 0 and docs[held[at]] == papers[at]
            places[row, at] = np.int64(held[at]) if there else -1
