"""Compiled top-k of a disjunction: block-max MaxScore over posting lists.

MaxScore (Turtle & Flood 1995, https://doi.org/10.1016/0306-4573(95)00020-H) splits the lists into
essential ones, which are added up, and the rest, in which only candidates are looked up. Block
maxima of 64 docs bound what the rest can add (Ding & Suel 2011, "Faster top-k document retrieval
using block-max indexes", https://doi.org/10.1145/2009916.2010048). The segment is traversed in
windows whose sums fit into the L1 cache. See `scoring.max_score` for the NumPy implementation, and
`kernels.intersection` for the layout of `rows`.
"""

from __future__ import annotations

from typing import Any, Final

import numpy as np
from numba.extending import register_jitable

from indexer.backends.whoosh.kernels import SLACK
from indexer.backends.whoosh.kernels.primitives import (
    Floats,
    Ints,
    Longs,
    Words,
    bit_of,
    count_bits,
    docs_at,
    gallop,
    push,
    scores_at,
    words_at,
)

_TINY: Final = 5e-324
"""The lowest positive float64: a score of 0 is no match."""
_WINDOW: Final = 4096
"""Docs of a window: their float64 sums take 32 KiB, the L1 data cache of common processors."""
_BLOCKS: Final = _WINDOW >> 6
_FILLED: Final = 32
"""Where lists hold more than one in this many docs of a window, clearing all sums is cheaper than
clearing those that were touched."""
_DRIVEN: Final = 2
"""A filter drives the window where its lists hold this many times the docs that pass."""


def top_k_of_union(  # noqa: C901, PLR0912, PLR0913, PLR0915, PLR0917 - one loop: calls would cost more
    rows: Longs,
    k: int,
    first: int,
    last: int,
    mask: Words,
    docs: Ints,
    scores: Floats,
    heap: Floats,
) -> int:
    """Finds the top k of a union of posting lists.

    Args:
        rows: int64[lists, 9], see `kernels.intersection`.
        k: how many docs are needed at least.
        first: docs before this one do not match.
        last: nor do docs from this one on.
        mask: bitset of a filter, empty where every doc passes.
        docs: int32 output; as long as the segment has docs.
        scores: float64 output, the sum of each doc; as long as `docs`.
        heap: float64 scratch of length k.

    Returns:
        How many docs were written: the top k, every doc that may round to the score of one of them,
        and possibly more.
    """
    masked = len(mask) > 0
    lists = len(rows)
    suffix_bounds = np.zeros(lists + 1)
    rows = sort_by_bound(rows, suffix_bounds)
    total = 0
    threshold = 0.0
    for row in range(lists - 1, -1, -1):
        total += rows[row, 2]
        if not masked and last - first == len(docs) and rows[row, 8] >= k:
            threshold = max(threshold, scores_at(rows[row, 7], k)[k - 1] * NEARLY)
        suffix_bounds[row] += suffix_bounds[row + 1]
    if lists > 1 and total > 32 * k:
        threshold = max(threshold, seed_threshold(rows, k, first, last, mask, heap))
    start = first & ~63
    stop = min((last + 63) & ~63, len(docs))
    starts = np.zeros(lists, np.int64)
    ends = np.zeros(lists, np.int64)
    for row in range(lists):
        if rows[row, 4] == 0:
            ends[row] = gallop(docs_at(rows[row, 0], rows[row, 2]), start, 0)
    block_bounds = np.zeros((lists + 1, _BLOCKS))
    block_thresholds = np.zeros(_BLOCKS)
    sums = np.zeros(_WINDOW)
    slots = np.empty(_WINDOW + 1, np.int32)
    essential = lists
    size = 0
    heap_size = 0
    for begin in range(start, stop, _WINDOW):
        end = min(begin + _WINDOW, stop)
        blocks = (end - begin + 63) >> 6
        # A list is non-essential once it and all weaker ones together stay below the threshold.
        while essential > 0 and suffix_bounds[essential - 1] < threshold:
            essential -= 1
        postings = 0
        for row in range(lists):
            if rows[row, 4] != 0:
                firsts = docs_at(rows[row, 4], (end >> 6) + 2)
                starts[row] = firsts[begin >> 6]
                ends[row] = firsts[(end + 63) >> 6]
            else:
                starts[row] = ends[row]
                ends[row] = gallop(docs_at(rows[row, 0], rows[row, 2]), end, starts[row])
            if row < essential:
                postings += ends[row] - starts[row]
        candidates = 0
        if postings == 0:
            continue
        filter_count = 0
        if masked:
            for block in range(blocks):
                filter_count += count_bits(mask[(begin >> 6) + block])
            if filter_count == 0:
                continue
        filter_driven = masked and filter_count * _DRIVEN < postings
        first_lookup = 0 if filter_driven else essential
        # Upper bound of what the lists from `row` on can add to a doc of each block.
        for row in range(lists - 1, first_lookup - 1, -1):
            if rows[row, 5] != 0:
                block_maxima = scores_at(rows[row, 5], (begin >> 6) + blocks)
                for block in range(blocks):
                    block_bounds[row, block] = (
                        block_bounds[row + 1, block] + block_maxima[(begin >> 6) + block]
                    )
            else:
                list_docs = docs_at(rows[row, 0], rows[row, 2])
                list_scores = scores_at(rows[row, 1], rows[row, 2])
                for block in range(blocks):
                    block_bounds[row, block] = 0.0
                for posting in range(starts[row], ends[row]):
                    block = (list_docs[posting] - begin) >> 6
                    block_bounds[row, block] = max(block_bounds[row, block], list_scores[posting])
                for block in range(blocks):
                    block_bounds[row, block] += block_bounds[row + 1, block]
        # Three ways to collect candidates: from the filter; by watching sums pass the threshold;
        # or, where few sums are touched, by listing these.
        clear_all = masked or postings * _FILLED > _WINDOW
        if filter_driven:
            for block in range(blocks):
                word = mask[(begin >> 6) + block]
                while word != 0 and block_bounds[0, block] >= max(threshold, _TINY):
                    lowest = word & (~word + np.uint64(1))
                    slots[candidates] = block * 64 + count_bits(lowest - np.uint64(1))
                    candidates += 1
                    word ^= lowest
        elif clear_all:
            for block in range(blocks):
                block_thresholds[block] = max(threshold - block_bounds[essential, block], _TINY)
            for row in range(essential):
                list_docs = docs_at(rows[row, 0], rows[row, 2])
                list_scores = scores_at(rows[row, 1], rows[row, 2])
                for posting in range(starts[row], ends[row]):
                    offset = np.uint32(list_docs[posting] - begin)
                    needed = block_thresholds[offset >> np.uint32(6)]
                    before = sums[offset]
                    score = before + list_scores[posting]
                    sums[offset] = score
                    slots[candidates] = offset
                    candidates += (before < needed) & (score >= needed)
        else:
            for row in range(essential):
                list_docs = docs_at(rows[row, 0], rows[row, 2])
                list_scores = scores_at(rows[row, 1], rows[row, 2])
                for posting in range(starts[row], ends[row]):
                    offset = np.uint32(list_docs[posting] - begin)
                    slots[candidates] = offset
                    candidates += sums[offset] == 0.0
                    sums[offset] += list_scores[posting]
            survivors = 0
            for i in range(candidates):
                slot = slots[i]
                score = sums[slot]
                passes = score >= max(threshold - block_bounds[essential, slot >> 6], _TINY)
                slots[survivors] = slot
                survivors += passes
                sums[slot] = score if passes else 0.0
            candidates = survivors
        if masked and not filter_driven:
            survivors = 0
            for i in range(candidates):
                slots[survivors] = slots[i]
                survivors += bit_of(mask, begin + slots[i]) != 0
            candidates = survivors
        for row in range(first_lookup, lists):
            if candidates == 0:
                break
            if starts[row] == ends[row]:
                continue
            if rows[row, 4] == 0:
                clear_all = True
            add_scores(rows[row], starts[row], ends[row], begin, slots[:candidates], sums)
            survivors = 0
            for i in range(candidates):
                slot = slots[i]
                score = sums[slot]
                passes = score + block_bounds[row + 1, slot >> 6] >= threshold
                slots[survivors] = slot
                survivors += passes
                sums[slot] = score if passes else 0.0
            candidates = survivors
        for i in range(candidates):
            slot = slots[i]
            score = sums[slot]
            sums[slot] = 0.0
            if score >= max(threshold, _TINY) and first <= begin + slot < last:
                docs[size] = begin + slot
                scores[size] = score
                size += 1
                heap_size = push(heap, heap_size, k, score)
                if heap_size == k:
                    threshold = max(threshold, heap[0] * NEARLY)
        if clear_all:
            sums[:] = 0.0
    final = 0
    for i in range(size):
        if scores[i] >= threshold:
            docs[final] = docs[i]
            scores[final] = scores[i]
            final += 1
    return final


NEARLY: Final = 1 - SLACK
"""Factor on the threshold: sums in another order may differ by this much."""
_WALKED: Final = 6
"""A list with this many times the candidates is searched, a shorter one is scanned."""
_SEEDED: Final = 3
"""Lists whose best docs seed the threshold."""
_SEEDS: Final = 256
"""Most docs of each list that seed it."""


def _add_scores(  # noqa: PLR0913, PLR0917 - locals of the calling loop
    row: Longs, low: int, high: int, begin: int, slots: Ints, sums: Floats
) -> None:
    """Adds to the sums of candidates of a window what a list scores them.

    Args:
        row: int64[9], the list.
        low: index of the first posting of the window.
        high: index after its last.
        begin: first doc of the window.
        slots: int32, candidates as offsets from `begin`, ascending.
        sums: float64, one a doc of the window.
    """
    docs = docs_at(row[0], row[2])
    scores = scores_at(row[1], row[2])
    unit = np.uint64(1)
    if row[4] != 0:
        firsts = docs_at(row[4], row[2])
        words = words_at(row[3], row[2])
        for i in range(len(slots)):
            slot = slots[i]
            block = np.uint32((begin + slot) >> 6)
            word = words[block]
            bit = unit << np.uint64(slot & 63)
            if word & bit:
                before = np.uint64(count_bits(word & (bit - unit)))
                sums[slot] += scores[np.uint64(firsts[block]) + before]
    elif len(slots) * _WALKED < high - low:
        for i in range(len(slots)):
            doc = begin + slots[i]
            posting = low
            remaining = high - low
            while remaining > 1:
                half = remaining >> 1
                posting += half if docs[posting + half] <= doc else 0
                remaining -= half
            sums[slots[i]] += scores[posting] if docs[posting] == doc else 0.0
    else:
        for posting in range(low, high):
            sums[np.uint32(docs[posting] - begin)] += scores[posting]


add_scores: Any = register_jitable(_add_scores)


def _seed_threshold(  # noqa: C901, PLR0912, PLR0913, PLR0917 - straight-line code
    rows: Longs, k: int, first: int, last: int, mask: Words, heap: Floats
) -> float:
    """Returns a threshold that at least k docs reach, from full sums of each list's best docs.

    0.0 where fewer than k of them match.
    """
    most = min(_SEEDS, 3 * k)
    seeds = np.empty(_SEEDED * most, np.int32)
    size = 0
    for row in range(min(_SEEDED, len(rows))):
        length = min(most, rows[row, 8])
        best = docs_at(rows[row, 6], length)
        for i in range(length):
            doc = best[i]
            if first <= doc < last and (len(mask) == 0 or bit_of(mask, doc) != 0):
                seeds[size] = doc
                size += 1
    if size < k:
        return 0.0
    seeds[:size].sort()
    distinct = 1
    for i in range(1, size):
        seeds[distinct] = seeds[i]
        distinct += seeds[i] != seeds[i - 1]
    if distinct < k:
        return 0.0
    sums = np.zeros(distinct)
    unit = np.uint64(1)
    for row in range(len(rows)):
        docs = docs_at(rows[row, 0], rows[row, 2])
        scores = scores_at(rows[row, 1], rows[row, 2])
        if rows[row, 4] != 0:
            firsts = docs_at(rows[row, 4], rows[row, 2])
            words = words_at(rows[row, 3], rows[row, 2])
            for i in range(distinct):
                doc = seeds[i]
                word = words[doc >> 6]
                bit = unit << np.uint64(doc & 63)
                if word & bit:
                    before = np.int64(count_bits(word & (bit - unit)))
                    sums[i] += scores[firsts[doc >> 6] + before]
        else:
            low = 0
            for i in range(distinct):
                low = gallop(docs, seeds[i], low)
                if low >= len(docs):
                    break
                if docs[low] == seeds[i]:
                    sums[i] += scores[low]
    heap_size = 0
    for i in range(distinct):
        heap_size = push(heap, heap_size, k, sums[i])
    threshold: float = heap[0] * NEARLY
    return threshold


seed_threshold: Any = register_jitable(_seed_threshold)


def _sort_by_bound(rows: Longs, bounds: Floats) -> Longs:
    """Returns the lists by descending upper bound, and writes these to `bounds`."""
    order = np.empty(len(rows), np.int64)
    for row in range(len(rows)):
        bound = 0.0
        if rows[row, 8] > 0:
            bound = scores_at(rows[row, 7], 1)[0]
        else:
            scores = scores_at(rows[row, 1], rows[row, 2])
            for i in range(len(scores)):
                bound = max(bound, scores[i])
        slot = row
        while slot > 0 and bounds[slot - 1] < bound:
            bounds[slot] = bounds[slot - 1]
            order[slot] = order[slot - 1]
            slot -= 1
        bounds[slot] = bound
        order[slot] = row
    ordered: Longs = rows[order]
    return ordered


sort_by_bound: Any = register_jitable(_sort_by_bound)
