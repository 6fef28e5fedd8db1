"""The compiled loop for the best of a union of lists; see `scoring.max_score` for the method.

Goes through the segment by windows small enough for the fastest memory. Within one, lists that
may still matter are added up, and what can be among the best is looked up in the rest: with lists
kept as bits that is one step (`Blocks`), and what each 64 papers can get from the rest is known.

What the compiled loop over a union of lists does with one of them, or before it begins.
"""

from __future__ import annotations

from typing import Any, Final

import numpy as np
from numba.extending import register_jitable

from indexer.backends.whoosh.format.ragged_arrays import SLACK
from indexer.backends.whoosh.kernels.primitives import (
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

_TINY: Final = 5e-324
"""The lowest score above 0."""
_WINDOW: Final = 4096
"""Papers whose sums fit into the fastest memory."""
_BLOCKS: Final = _WINDOW >> 6
_FILLED: Final = 32
"""Where lists have more than one in this many papers of a window, all of its sums are emptied."""
_DRIVEN: Final = 2
"""Papers that pass a filter are looked up if lists hold this many times as many."""


def best_any(  # noqa: C901, PLR0912, PLR0913, PLR0915, PLR0917 - one loop, nothing called that need not be
    rows: Longs,
    wanted: int,
    first: int,
    last: int,
    mask: Words,
    docs: Ints,
    scores: Floats,
    heap: Floats,
) -> int:
    """Find the best of a union of lists.

    Args:
        rows: the lists.
        wanted: how many are needed at least.
        first: papers before this one do not count.
        last: nor do those from this one on.
        mask: papers that count, as bits, or nothing where all do.
        docs: gets the papers; of the size of the segment.
        scores: gets their sums; of the size of the segment.
        heap: room for `wanted` numbers.

    Returns:
        How many papers were put into `docs`: the `wanted` best, all that may round to the same
        score as one of them, and more.
    """
    masked = len(mask) > 0
    lists = len(rows)
    rest = np.zeros(lists + 1)
    rows = ordered(rows, rest)
    total = 0
    least = 0.0
    for at in range(lists - 1, -1, -1):
        total += rows[at, 2]
        if not masked and last - first == len(docs) and rows[at, 8] >= wanted:
            least = max(least, scores_at(rows[at, 7], wanted)[wanted - 1] * NEARLY)
        rest[at] += rest[at + 1]
    if lists > 1 and total > 32 * wanted:
        least = max(least, seeded(rows, wanted, first, last, mask, heap))
    start = first & ~63
    stop = min((last + 63) & ~63, len(docs))
    lows = np.zeros(lists, np.int64)
    ends = np.zeros(lists, np.int64)
    for at in range(lists):
        if rows[at, 4] == 0:
            ends[at] = found_from(papers_at(rows[at, 0], rows[at, 2]), start, 0)
    bounds = np.zeros((lists + 1, _BLOCKS))
    bars = np.zeros(_BLOCKS)
    sums = np.zeros(_WINDOW)
    touched = np.empty(_WINDOW + 1, np.int32)
    added = lists
    found = 0
    held = 0
    for begin in range(start, stop, _WINDOW):
        end = min(begin + _WINDOW, stop)
        blocks = (end - begin + 63) >> 6
        while added > 0 and rest[added - 1] < least:
            added -= 1
        postings = 0
        for at in range(lists):
            if rows[at, 4] != 0:
                firsts = papers_at(rows[at, 4], (end >> 6) + 2)
                lows[at] = firsts[begin >> 6]
                ends[at] = firsts[(end + 63) >> 6]
            else:
                lows[at] = ends[at]
                ends[at] = found_from(papers_at(rows[at, 0], rows[at, 2]), end, lows[at])
            if at < added:
                postings += ends[at] - lows[at]
        seen = 0
        if postings == 0:
            continue
        passing = 0
        if masked:
            for block in range(blocks):
                passing += count_bits(mask[(begin >> 6) + block])
            if passing == 0:
                continue
        driven = masked and passing * _DRIVEN < postings
        looked = 0 if driven else added
        for at in range(lists - 1, looked - 1, -1):
            if rows[at, 5] != 0:
                highest = scores_at(rows[at, 5], (begin >> 6) + blocks)
                for block in range(blocks):
                    bounds[at, block] = bounds[at + 1, block] + highest[(begin >> 6) + block]
            else:
                papers = papers_at(rows[at, 0], rows[at, 2])
                given = scores_at(rows[at, 1], rows[at, 2])
                for block in range(blocks):
                    bounds[at, block] = 0.0
                for place in range(lows[at], ends[at]):
                    block = (papers[place] - begin) >> 6
                    bounds[at, block] = max(bounds[at, block], given[place])
                for block in range(blocks):
                    bounds[at, block] += bounds[at + 1, block]
        full = masked or postings * _FILLED > _WINDOW
        if driven:
            for block in range(blocks):
                word = mask[(begin >> 6) + block]
                while word != 0 and bounds[0, block] >= max(least, _TINY):
                    low = word & (~word + np.uint64(1))
                    touched[seen] = block * 64 + count_bits(low - np.uint64(1))
                    seen += 1
                    word ^= low
        elif full:
            for block in range(blocks):
                bars[block] = max(least - bounds[added, block], _TINY)
            for at in range(added):
                papers = papers_at(rows[at, 0], rows[at, 2])
                given = scores_at(rows[at, 1], rows[at, 2])
                for place in range(lows[at], ends[at]):
                    here = np.uint32(papers[place] - begin)
                    bar = bars[here >> np.uint32(6)]
                    before = sums[here]
                    score = before + given[place]
                    sums[here] = score
                    touched[seen] = here
                    seen += (before < bar) & (score >= bar)
        else:
            for at in range(added):
                papers = papers_at(rows[at, 0], rows[at, 2])
                given = scores_at(rows[at, 1], rows[at, 2])
                for place in range(lows[at], ends[at]):
                    here = np.uint32(papers[place] - begin)
                    touched[seen] = here
                    seen += sums[here] == 0.0
                    sums[here] += given[place]
            likely = 0
            for which in range(seen):
                slot = touched[which]
                score = sums[slot]
                enough = score >= max(least - bounds[added, slot >> 6], _TINY)
                touched[likely] = slot
                likely += enough
                sums[slot] = score if enough else 0.0
            seen = likely
        if masked and not driven:
            likely = 0
            for which in range(seen):
                touched[likely] = touched[which]
                likely += bit_of(mask, begin + touched[which]) != 0
            seen = likely
        for at in range(looked, lists):
            if seen == 0:
                break
            if lows[at] == ends[at]:
                continue
            if rows[at, 4] == 0:
                full = True
            looked_up(rows[at], lows[at], ends[at], begin, touched[:seen], sums)
            likely = 0
            for which in range(seen):
                slot = touched[which]
                score = sums[slot]
                enough = score + bounds[at + 1, slot >> 6] >= least
                touched[likely] = slot
                likely += enough
                sums[slot] = score if enough else 0.0
            seen = likely
        for which in range(seen):
            slot = touched[which]
            score = sums[slot]
            sums[slot] = 0.0
            if score >= max(least, _TINY) and first <= begin + slot < last:
                docs[found] = begin + slot
                scores[found] = score
                found += 1
                held = put(heap, held, wanted, score)
                if held == wanted:
                    least = max(least, heap[0] * NEARLY)
        if full:
            sums[:] = 0.0
    kept = 0
    for at in range(found):
        if scores[at] >= least:
            docs[kept] = docs[at]
            scores[kept] = scores[at]
            kept += 1
    return kept


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
    """Returns a threshold that `wanted` documents reach: the sums of the first lists' best."""
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
