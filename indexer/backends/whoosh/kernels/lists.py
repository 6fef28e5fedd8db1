"""What the compiled loop over a union of lists does with one of them, or before it begins."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
from numba.extending import register_jitable

from indexer.backends.whoosh.kernels.pieces import (
    Floats,
    Ints,
    Longs,
    Words,
    bit_of,
    count_bits,
    found_from,
    papers_at,
    put,
    scores_at,
    words_at,
)
from indexer.backends.whoosh.lookup.highest import SLACK

NEARLY: Final = 1 - SLACK
_WALKED: Final = 6
"""A list this many times longer than another is looked into, not walked through."""
_SEEDED: Final = 3
"""The first papers of this many lists are added up first."""
_SEEDS: Final = 256
"""The most papers of each list that are."""


def _looked_up(  # noqa: PLR0913, PLR0917 - numbers that the loop has at hand
    row: Longs, low: int, high: int, begin: int, slots: Ints, sums: Floats
) -> None:
    """Add to the sums of some papers of a window what a list gives them."""
    papers = papers_at(row[0], row[2])
    given = scores_at(row[1], row[2])
    one = np.uint64(1)
    if row[4] != 0:
        firsts = papers_at(row[4], row[2])
        words = words_at(row[3], row[2])
        for which in range(len(slots)):
            slot = slots[which]
            block = np.uint32((begin + slot) >> 6)
            word = words[block]
            bit = one << np.uint64(slot & 63)
            if word & bit:
                before = np.uint64(count_bits(word & (bit - one)))
                sums[slot] += given[np.uint64(firsts[block]) + before]
    elif len(slots) * _WALKED < high - low:
        for which in range(len(slots)):
            paper = begin + slots[which]
            place = low
            left = high - low
            while left > 1:
                half = left >> 1
                place += half if papers[place + half] <= paper else 0
                left -= half
            sums[slots[which]] += given[place] if papers[place] == paper else 0.0
    else:
        for place in range(low, high):
            sums[np.uint32(papers[place] - begin)] += given[place]


looked_up: Any = register_jitable(_looked_up)


def _seeded(  # noqa: C901, PLR0912, PLR0913, PLR0917 - one step after the other
    rows: Longs, wanted: int, first: int, last: int, mask: Words, heap: Floats
) -> float:
    """Give a score that `wanted` papers reach: add up what the first lists say are the best."""
    most = min(_SEEDS, 3 * wanted)
    seeds = np.empty(_SEEDED * most, np.int32)
    size = 0
    for at in range(min(_SEEDED, len(rows))):
        length = min(most, rows[at, 8])
        heads = papers_at(rows[at, 6], length)
        for place in range(length):
            paper = heads[place]
            if first <= paper < last and (len(mask) == 0 or bit_of(mask, paper) != 0):
                seeds[size] = paper
                size += 1
    if size < wanted:
        return 0.0
    seeds[:size].sort()
    kept = 1
    for place in range(1, size):
        seeds[kept] = seeds[place]
        kept += seeds[place] != seeds[place - 1]
    if kept < wanted:
        return 0.0
    sums = np.zeros(kept)
    one = np.uint64(1)
    for at in range(len(rows)):
        papers = papers_at(rows[at, 0], rows[at, 2])
        given = scores_at(rows[at, 1], rows[at, 2])
        if rows[at, 4] != 0:
            firsts = papers_at(rows[at, 4], rows[at, 2])
            words = words_at(rows[at, 3], rows[at, 2])
            for place in range(kept):
                paper = seeds[place]
                word = words[paper >> 6]
                bit = one << np.uint64(paper & 63)
                if word & bit:
                    before = np.int64(count_bits(word & (bit - one)))
                    sums[place] += given[firsts[paper >> 6] + before]
        else:
            low = 0
            for place in range(kept):
                low = found_from(papers, seeds[place], low)
                if low >= len(papers):
                    break
                if papers[low] == seeds[place]:
                    sums[place] += given[low]
    held = 0
    for place in range(kept):
        held = put(heap, held, wanted, sums[place])
    reached: float = heap[0] * NEARLY
    return reached


seeded: Any = register_jitable(_seeded)


def _ordered(rows: Longs, highs: Floats) -> Longs:
    """Put the lists of the highest scores first, and say how high these are."""
    places = np.empty(len(rows), np.int64)
    for at in range(len(rows)):
        high = 0.0
        if rows[at, 8] > 0:
            high = scores_at(rows[at, 7], 1)[0]
        else:
            given = scores_at(rows[at, 1], rows[at, 2])
            for place in range(len(given)):
                high = max(high, given[place])
        to = at
        while to > 0 and highs[to - 1] < high:
            highs[to] = highs[to - 1]
            places[to] = places[to - 1]
            to -= 1
        highs[to] = high
        places[to] = at
    ordered: Longs = rows[places]
    return ordered


ordered: Any = register_jitable(_ordered)
