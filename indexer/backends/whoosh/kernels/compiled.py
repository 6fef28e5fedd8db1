"""The inner loops, written one number at a time, and compiled.

Lists are handed over as rows of four integers, ``address of int32 papers, address of float64
scores (0 = none), length, address of the same papers as bits (0 = none)``: so one compiled
function serves any number of lists. Whoever calls keeps the arrays alive meanwhile.

Only `indexer.backends.whoosh.kernels.choice` imports this: importing numba takes most of a second.
"""

from __future__ import annotations

from typing import Any, Final

import numpy as np
from numba import njit
from numpy.typing import NDArray

from indexer.backends.whoosh.kernels.pieces import (
    Floats,
    Ints,
    Words,
    count_bits,
    found_from,
    papers_at,
    put,
    scores_at,
    total_bits,
    words_at,
)
from indexer.backends.whoosh.lookup.matches import SLACK

Longs = NDArray[np.int64]
_NEARLY: Final = 1 - SLACK
_WALKED: Final = 6
"""A list this many times longer than another is looked into, not walked through."""
_WINDOW: Final = 4096
"""Papers whose sums fit into the fastest memory."""
_FILLED: Final = 8
"""Where a list has more than one in this many papers of a window, all of its sums are looked at."""
_TINY: Final = 5e-324
"""The lowest score above 0."""


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


def best_any(  # noqa: C901, PLR0912, PLR0913, PLR0915, PLR0917 - one loop, nothing called that need not be
    rows: Longs,
    rest: Floats,
    least: float,
    wanted: int,
    size: int,
    mask: NDArray[np.bool_],
    docs: Ints,
    scores: Floats,
    heap: Floats,
) -> int:
    """Find the best of a union of lists; see `answer.best` for the method.

    Goes through the segment by windows small enough for the fastest memory: within one, lists
    that may still matter are added up, and what can be among the best is looked up in the rest.

    Args:
        rows: the lists, those of the highest scores first.
        rest: for each list the highest scores of it and those behind it together, then 0;
            infinities where these are not known.
        least: a score that `wanted` papers are known to reach.
        wanted: how many are needed at least.
        size: papers of the segment.
        mask: papers that count, or nothing where all do.
        docs: gets the papers; of the size of the segment.
        scores: gets their sums; of the size of the segment.
        heap: room for `wanted` numbers.

    Returns:
        How many papers were put into `docs`.
    """
    masked = len(mask) > 0
    lists = len(rows)
    places = np.zeros(lists, np.int64)
    sums = np.zeros(_WINDOW)
    touched = np.empty(_WINDOW + 1, np.int32)
    added = lists
    found = 0
    held = 0
    for begin in range(0, size, _WINDOW):
        end = min(begin + _WINDOW, size)
        while added > 0 and rest[added - 1] < least:
            added -= 1
        bar = max(least - rest[added], _TINY)
        seen = 0
        full = False
        for at in range(added):
            length = rows[at, 2]
            papers = papers_at(rows[at, 0], length)
            given = scores_at(rows[at, 1], length)
            low = places[at]
            high = found_from(papers, end, low)
            places[at] = high
            if masked:
                for place in range(low, high):
                    if mask[papers[place]]:
                        here = np.uint32(papers[place] - begin)
                        touched[seen] = here
                        seen += sums[here] == 0.0
                        sums[here] += given[place]
            elif full or (high - low) * _FILLED > _WINDOW:
                full = True
                for place in range(low, high):
                    sums[np.uint32(papers[place] - begin)] += given[place]
            else:
                for place in range(low, high):
                    here = np.uint32(papers[place] - begin)
                    touched[seen] = here
                    seen += sums[here] == 0.0
                    sums[here] += given[place]
        likely = 0
        if full:
            for slot in range(end - begin):
                touched[likely] = slot
                likely += sums[slot] >= bar
        else:
            for which in range(seen):
                slot = touched[which]
                score = sums[slot]
                touched[likely] = slot
                likely += score >= bar
                sums[slot] = score if score >= bar else 0.0
        seen = likely
        for at in range(added, lists):
            if seen == 0:
                break
            length = rows[at, 2]
            papers = papers_at(rows[at, 0], length)
            given = scores_at(rows[at, 1], length)
            bar = max(least - rest[at + 1], _TINY)
            low = found_from(papers, begin, places[at])
            high = found_from(papers, end, low)
            places[at] = high
            likely = 0
            if seen * _WALKED < high - low:
                for which in range(seen):
                    slot = touched[which]
                    place = low
                    left = high - low
                    while left > 1:
                        half = left >> 1
                        place += half if papers[place + half] <= begin + slot else 0
                        left -= half
                    score = sums[slot]
                    score += given[place] if papers[place] == begin + slot else 0.0
                    touched[likely] = slot
                    likely += score >= bar
                    sums[slot] = score if score >= bar else 0.0
            else:
                full = True
                for place in range(low, high):
                    sums[np.uint32(papers[place] - begin)] += given[place]
                for which in range(seen):
                    touched[likely] = touched[which]
                    likely += sums[touched[which]] >= bar
            seen = likely
        for which in range(seen):
            slot = touched[which]
            score = sums[slot]
            sums[slot] = 0.0
            if score >= least:
                docs[found] = begin + slot
                scores[found] = score
                found += 1
                held = put(heap, held, wanted, score)
                if held == wanted:
                    least = max(least, heap[0] * _NEARLY)
        if full:
            sums[:] = 0.0
    kept = 0
    for at in range(found):
        if scores[at] >= least:
            docs[kept] = docs[at]
            scores[kept] = scores[at]
            kept += 1
    return kept


def every(rows: Longs, docs: Ints, scores: Floats) -> int:
    """Intersect lists, the shortest first, and add up their scores; gives how many are left."""
    one = np.uint64(1)
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
                kept += np.int64((words[paper >> 6] >> np.uint64(paper & 63)) & one)
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


def compiled(function: Any) -> Any:
    """Compile a function when it is first called; the result is kept on disk where that can be."""
    try:
        return njit(cache=True, nogil=True)(function)
    except RuntimeError:  # neither beside this file nor in the home may anything be written
        return njit(nogil=True)(function)
