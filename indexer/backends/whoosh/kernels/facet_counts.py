"""Compiled loops that count facet values and author keys over all matches.

`facets.value_counts` and `facets.author_ranks` hold the same counts in NumPy, and describe the
arrays.
"""

from __future__ import annotations

from typing import Any, Final

import numpy as np
from numba.extending import register_jitable
from numpy.typing import NDArray

from indexer.backends.whoosh.kernels.primitives import Ints, Longs, Words, bit_of, count_bits, push


def count_codes(docs: Ints, codes: NDArray[np.integer], counts: Longs) -> None:
    """Counts the value codes of some docs.

    Args:
        docs: int32 doc ids.
        codes: the column, one code a doc of the segment.
        counts: int64 output, one a code, all 0 on entry.
    """
    for i in range(len(docs)):
        counts[codes[docs[i]]] += 1


def count_runs(bits: Words, starts: Ints, runs: Ints, counts: Longs) -> None:
    """Counts the value codes of a bitset over a column stored as runs of equal codes.

    Args:
        bits: the matching docs.
        starts: int32, first doc of each run, ascending from 0.
        runs: int32, code of each run.
        counts: int64 output, one a code, all 0 on entry.
    """
    word = 0
    total = 0
    before = 0
    for run in range(1, len(starts)):
        start = starts[run]
        while word < start >> 6:
            total += count_bits(bits[word])
            word += 1
        below = (np.uint64(1) << np.uint64(start & 63)) - np.uint64(1)
        until = total + count_bits(bits[word] & below)
        counts[runs[run - 1]] += until - before
        before = until
    for i in range(word, len(bits)):
        total += count_bits(bits[i])
    if len(runs) > 0:
        counts[runs[-1]] += total - before


def count_intersection(bits: Words, others: Words) -> int:
    """Returns the size of the intersection of two bitsets."""
    total = 0
    for i in range(len(bits)):
        total += count_bits(bits[i] & others[i])
    return total


PROBED_RANKS: Final = 24
"""Ranks that are counted beyond twice k before the remaining work is estimated. A cost model's
constant: half or double of it moves work between two exact methods, see `tests.bench`."""
PER_RANK: Final = 8
"""Fixed cost of counting a rank, in units of testing one of its docs in the bitset."""
PER_DOC: Final = 6
"""Cost of counting all ranks of one matching doc, in the same unit."""


def count_distinct_keys(  # noqa: PLR0913, PLR0917 - one loop over parallel arrays
    docs: Ints,
    first: NDArray[np.integer],
    more_starts: Ints,
    more: NDArray[np.integer],
    unranked: Ints,
    seen: NDArray[np.uint8],
    scratch: Ints,
) -> int:
    """Returns the number of distinct author keys of some docs.

    Docs with more than four ranked keys are set aside for a second loop, so that the first has no
    branch that depends on the doc. See `facets.author_ranks.RankedKeys` for the arrays.

    Args:
        docs: int32 doc ids.
        first: ranks of each doc's first keys.
        more_starts: where each doc's further ranks begin in `more`.
        more: further ranks.
        unranked: twice the number of keys without another doc, 1 more with further ranks.
        seen: uint8, one a rank and one more, all 0 on entry.
        scratch: int32, at least as long as `docs`.
    """
    distinct = 0
    longer = 0
    for i in range(len(docs)):
        doc = docs[i]
        packed = unranked[doc]
        distinct += packed >> 1
        scratch[longer] = doc
        longer += packed & 1
        seen[first[doc, 0]] = 1
        seen[first[doc, 1]] = 1
        seen[first[doc, 2]] = 1
        seen[first[doc, 3]] = 1
    for i in range(longer):
        doc = scratch[i]
        for j in range(more_starts[doc], more_starts[doc + 1]):
            seen[more[j]] = 1
    for rank in range(len(seen) - 1):
        distinct += seen[rank]
    return distinct


def most_frequent(  # noqa: PLR0913, PLR0917 - one loop over parallel arrays
    bits: Words,
    total: int,
    starts: Ints,
    docs: Ints,
    first: NDArray[np.integer],
    more_starts: Ints,
    more: NDArray[np.integer],
    ranks: Ints,
    counts: Ints,
    heap: Longs,
) -> tuple[int, int]:
    """Finds the keys that most of the matching docs have, and all keys that tie with the k-th.

    Ranks descend by document frequency, so the search stops at the first rank whose df is below the
    threshold: the k-th highest count so far (the idea of Fagin, Lotem & Naor 2003, "Optimal
    aggregation algorithms for middleware", https://doi.org/10.1016/S0022-0000(03)00026-6). After
    `PROBED_RANKS` ranks the remaining work is known; where counting doc by doc costs less, that is
    done.

    Args:
        bits: the matching docs.
        total: how many they are.
        starts: where the docs of each rank begin in `docs`.
        docs: int32, ascending within a rank.
        first: see `count_distinct_keys`.
        more_starts: see `count_distinct_keys`.
        more: see `count_distinct_keys`.
        ranks: int32 output, ascending ranks; as long as `counts`.
        counts: int32 output, matching docs of each; as long as there are ranks, and four more.
        heap: int64 scratch of length k.

    Returns:
        How many ranks were written, and the threshold; 1 where fewer than k keys match.
    """
    k = len(heap)
    probed = 2 * k + PROBED_RANKS
    heap_size = 0
    threshold = 1
    rank = 0
    last = len(starts) - 1
    while rank < last and starts[rank + 1] - starts[rank] >= threshold:
        if rank == probed:
            last = first_rank_below(starts, rank, threshold)
            work = starts[last] - starts[rank] + (last - rank) * (PER_RANK - threshold)
            if work > total * PER_DOC:
                count_ranks(bits, first, more_starts, more, last, counts)
                heap_size = 0
                for i in range(last):
                    if counts[i] >= threshold:
                        heap_size = push(heap, heap_size, k, np.int64(counts[i]))
                rank = last
                break
        count = count_rank(bits, docs, starts[rank], starts[rank + 1], threshold)
        counts[rank] = count
        if count >= threshold:
            heap_size = push(heap, heap_size, k, np.int64(count))
            if heap_size == k:
                threshold = max(threshold, heap[0])
        rank += 1
    if heap_size == k:
        threshold = max(threshold, heap[0])
    size = 0
    for i in range(rank):
        count = counts[i]
        ranks[size] = i
        counts[size] = count
        size += count >= threshold
    return size, threshold


def top_ranks(  # noqa: PLR0913, PLR0917 - one loop over parallel arrays
    keys: Longs, ranks: Ints, counts: Ints, order: Ints, minus: Longs, chosen: Longs
) -> int:
    """Selects the top k of counted ranks: highest count first, ties broken by `order`.

    Args:
        keys: int64, key of every rank.
        ranks: int32, the ranks to select from.
        counts: int32, count of each of these.
        order: int32, tie-break position of each key.
        minus: int64[k] output, negated counts.
        chosen: int64[k] output, keys.

    Returns:
        How many keys were written.
    """
    size = 0
    for i in range(len(ranks)):
        size = insert_key(minus, chosen, size, counts[i], keys[ranks[i]], order)
    for i in range(size):
        minus[i] >>= 32
    return size


def top_keys(  # noqa: PLR0913, PLR0917 - one loop over parallel arrays
    docs: Ints, pointers: Longs, entries: Ints, order: Ints, minus: Longs, chosen: Longs
) -> tuple[int, int, int]:
    """Counts the author keys of a few docs and selects the top k as `top_ranks` does.

    Args:
        docs: int32 doc ids.
        pointers: int64, where each doc's keys begin in `entries`, and where the last one's end.
        entries: int32 keys, distinct within a doc.
        order: see `top_ranks`.
        minus: see `top_ranks`.
        chosen: see `top_ranks`.

    Returns:
        How many keys were written, how many are distinct, and how many docs have none.
    """
    size = 0
    nameless = 0
    for i in range(len(docs)):
        length = pointers[docs[i] + 1] - pointers[docs[i]]
        size += length
        nameless += length == 0
    keys = np.empty(size, np.int32)
    size = 0
    for i in range(len(docs)):
        for j in range(pointers[docs[i]], pointers[docs[i] + 1]):
            keys[size] = entries[j]
            size += 1
    keys.sort()
    selected = 0
    distinct = 0
    start = 0
    while start < size:
        stop = start + 1
        while stop < size and keys[stop] == keys[start]:
            stop += 1
        selected = insert_key(minus, chosen, selected, stop - start, keys[start], order)
        distinct += 1
        start = stop
    for i in range(selected):
        minus[i] >>= 32
    return selected, distinct, nameless


def _insert_key(  # noqa: PLR0913, PLR0917 - the arrays and what is inserted
    sort_keys: Longs, chosen: Longs, size: int, count: int, key: int, order: Ints
) -> int:
    """Inserts a key into the sorted top k; returns how many keys it then holds.

    Args:
        sort_keys: int64[k], ascending; high half: negated count, low half: tie-break.
        chosen: int64[k], the key of each.
        size: how many are held.
        count: of the key to insert.
        key: to insert.
        order: int32, tie-break position of each key.
    """
    sort_key = np.int64(order[key]) - (np.int64(count) << 32)
    i = size
    if size == len(sort_keys):
        i = size - 1
        if sort_key >= sort_keys[i]:
            return size
    while i > 0 and sort_keys[i - 1] > sort_key:
        sort_keys[i] = sort_keys[i - 1]
        chosen[i] = chosen[i - 1]
        i -= 1
    sort_keys[i] = sort_key
    chosen[i] = key
    return min(size + 1, len(sort_keys))


def _first_rank_below(starts: Ints, low: int, threshold: int) -> int:
    """Returns the first rank from `low` on whose document frequency is below `threshold`."""
    high = len(starts) - 1
    while low < high:
        middle = (low + high) >> 1
        if starts[middle + 1] - starts[middle] >= threshold:
            low = middle + 1
        else:
            high = middle
    return low


def _count_rank(bits: Words, docs: Ints, low: int, high: int, threshold: int) -> int:
    """Returns how many docs of a rank are in a bitset; 0 once the threshold is out of reach."""
    spare = high - low - threshold
    count = 0
    i = low
    while i + 4 <= high:
        count += (
            int(bit_of(bits, docs[i]))
            + int(bit_of(bits, docs[i + 1]))
            + int(bit_of(bits, docs[i + 2]))
            + int(bit_of(bits, docs[i + 3]))
        )
        i += 4
        if i - low - count > spare:
            return 0
    while i < high:
        count += int(bit_of(bits, docs[i]))
        i += 1
    return count


def _count_ranks(  # noqa: PLR0913, PLR0917 - one loop over parallel arrays
    bits: Words,
    first: NDArray[np.integer],
    more_starts: Ints,
    more: NDArray[np.integer],
    last: int,
    counts: Ints,
) -> None:
    """Counts the ranks below `last` doc by doc; the four counts from `last` on are scratch."""
    unit = np.uint64(1)
    counts[: last + 4] = 0
    for i in range(len(bits)):
        word = bits[i]
        while word != 0:
            lowest = word & (~word + unit)
            doc = i * 64 + np.int64(count_bits(lowest - unit))
            word ^= lowest
            counts[min(first[doc, 0], last)] += 1
            counts[min(first[doc, 1], last + 1)] += 1
            counts[min(first[doc, 2], last + 2)] += 1
            counts[min(first[doc, 3], last + 3)] += 1
            for j in range(more_starts[doc], more_starts[doc + 1]):
                counts[min(more[j], last)] += 1


first_rank_below: Any = register_jitable(_first_rank_below)
insert_key: Any = register_jitable(_insert_key)
count_rank: Any = register_jitable(_count_rank)
count_ranks: Any = register_jitable(_count_ranks)
