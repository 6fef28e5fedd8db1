"""The loops that count over all matches, compiled as those of `kernels.intersection`.

The loops that count the authors of matches, compiled as those of `kernels.intersection`.

For the arrays see `facets.author_ranks`.
"""

from __future__ import annotations

from typing import Any, Final

import numpy as np
from numba.extending import register_jitable
from numpy.typing import NDArray

from indexer.backends.whoosh.kernels.primitives import Ints, Longs, Words, bit_of, count_bits, put


def count_codes(docs: Ints, codes: NDArray[np.integer], counts: Longs) -> None:
    """Count the codes of some papers; `counts` is all 0 before."""
    for at in range(len(docs)):
        counts[codes[docs[at]]] += 1


def count_runs(bits: Words, starts: Ints, runs: Ints, counts: Longs) -> None:
    """Count the codes of some papers that stand in runs.

    Args:
        bits: the papers.
        starts: the first paper of each run, rising from 0.
        runs: the code of each.
        counts: of each code, all 0 before.
    """
    word = 0
    total = 0
    before = 0
    for at in range(1, len(starts)):
        start = starts[at]
        while word < start >> 6:
            total += count_bits(bits[word])
            word += 1
        below = (np.uint64(1) << np.uint64(start & 63)) - np.uint64(1)
        here = total + count_bits(bits[word] & below)
        counts[runs[at - 1]] += here - before
        before = here
    for place in range(word, len(bits)):
        total += count_bits(bits[place])
    if len(runs) > 0:
        counts[runs[-1]] += total - before


def count_shared(bits: Words, others: Words) -> int:
    """Count the papers that are in two sets."""
    total = 0
    for at in range(len(bits)):
        total += count_bits(bits[at] & others[at])
    return total


TRIED: Final = 24
"""So many ranks more than twice those wanted are counted before it is decided how to go on."""
PER_RANK: Final = 8
"""What a rank costs, beside its papers, as many times as looking at one of them."""
PER_PAPER: Final = 6
"""What it costs to count the ranks of a paper, likewise."""


def see_keys(  # noqa: PLR0913, PLR0917 - one loop over what is kept in several arrays
    docs: Ints,
    first: NDArray[np.integer],
    more_starts: Ints,
    more: NDArray[np.integer],
    notes: Ints,
    seen: NDArray[np.uint8],
    room: Ints,
) -> int:
    """Count the distinct author keys of some papers; for the arrays see `facets.author_ranks`.

    Papers with more than four ranked keys are put aside first: what the loop does for the others
    does not depend on the paper, so that the processor never guesses wrong.

    Args:
        docs: the papers.
        first: of the ranked keys.
        more_starts: likewise.
        more: likewise.
        notes: likewise.
        seen: one for each rank and one more, all 0 before.
        room: as long as `docs`, or longer.
    """
    distinct = 0
    longer = 0
    for at in range(len(docs)):
        paper = docs[at]
        note = notes[paper]
        distinct += note >> 1
        room[longer] = paper
        longer += note & 1
        seen[first[paper, 0]] = 1
        seen[first[paper, 1]] = 1
        seen[first[paper, 2]] = 1
        seen[first[paper, 3]] = 1
    for at in range(longer):
        paper = room[at]
        for place in range(more_starts[paper], more_starts[paper + 1]):
            seen[more[place]] = 1
    for rank in range(len(seen) - 1):
        distinct += seen[rank]
    return distinct


def most_frequent(  # noqa: PLR0913, PLR0917 - one loop over what is kept in several arrays
    bits: Words,
    total: int,
    starts: Ints,
    papers: Ints,
    first: NDArray[np.integer],
    more_starts: Ints,
    more: NDArray[np.integer],
    ranks: Ints,
    counts: Ints,
    heap: Longs,
) -> tuple[int, int]:
    """Find the keys that most of some papers have, all that equal the last of them.

    Ranks fall by their papers, so that the search ends where a key has fewer papers in all than
    the last one wanted has among these. Once enough of the first are counted it is known how much
    is left to look at; where going through the papers is less work, that is done instead.

    Args:
        bits: the papers looked at.
        total: how many these are.
        starts: of the ranked keys; see `facets.author_ranks`.
        papers: likewise.
        first: likewise.
        more_starts: likewise.
        more: likewise.
        ranks: gets the ranks found, rising; as long as `counts`.
        counts: gets how many of the papers each has; as long as there are ranks, and four more.
        heap: as long as many are wanted.

    Returns:
        How many ranks were found, and the count that is needed to be among those wanted: 1 where
        fewer have any of the papers.
    """
    wanted = len(heap)
    tried = 2 * wanted + TRIED
    held = 0
    least = 1
    rank = 0
    last = len(starts) - 1
    while rank < last and starts[rank + 1] - starts[rank] >= least:
        if rank == tried:
            last = reaching(starts, rank, least)
            work = starts[last] - starts[rank] + (last - rank) * (PER_RANK - least)
            if work > total * PER_PAPER:
                count_ranks(bits, first, more_starts, more, last, counts)
                held = 0
                for one in range(last):
                    if counts[one] >= least:
                        held = put(heap, held, wanted, np.int64(counts[one]))
                rank = last
                break
        count = held_of(bits, papers, starts[rank], starts[rank + 1], least)
        counts[rank] = count
        if count >= least:
            held = put(heap, held, wanted, np.int64(count))
            if held == wanted:
                least = max(least, heap[0])
        rank += 1
    if held == wanted:
        least = max(least, heap[0])
    found = 0
    for one in range(rank):
        count = counts[one]
        ranks[found] = one
        counts[found] = count
        found += count >= least
    return found, least


def first_ranks(  # noqa: PLR0913, PLR0917 - one loop over what is kept in several arrays
    keys: Longs, ranks: Ints, counts: Ints, order: Ints, minus: Longs, chosen: Longs
) -> int:
    """Put ranked keys in order: most papers first, of equals as `order` says.

    Args:
        keys: of all ranks.
        ranks: those to put in order.
        counts: of each of these.
        order: the place of each key among equals.
        minus: gets minus the counts, of as many keys as there is room for.
        chosen: gets these keys; as long as `minus`.

    Returns:
        How many keys were given.
    """
    held = 0
    for at in range(len(ranks)):
        held = insert(minus, chosen, held, counts[at], keys[ranks[at]], order)
    for at in range(held):
        minus[at] >>= 32
    return held


def first_keys(  # noqa: PLR0913, PLR0917 - one loop over what is kept in several arrays
    docs: Ints, pointers: Longs, entries: Ints, order: Ints, minus: Longs, chosen: Longs
) -> tuple[int, int, int]:
    """Count the keys of a few papers, and give the first as `first_ranks` does.

    Args:
        docs: the papers.
        pointers: where each paper's keys begin in `entries`, and where the last one's end.
        entries: keys, those of one paper distinct.
        order: see `first_ranks`.
        minus: likewise.
        chosen: likewise.

    Returns:
        How many keys were given, how many differ, and how many papers have none.
    """
    size = 0
    nameless = 0
    for at in range(len(docs)):
        length = pointers[docs[at] + 1] - pointers[docs[at]]
        size += length
        nameless += length == 0
    found = np.empty(size, np.int32)
    size = 0
    for at in range(len(docs)):
        for place in range(pointers[docs[at]], pointers[docs[at] + 1]):
            found[size] = entries[place]
            size += 1
    found.sort()
    held = 0
    distinct = 0
    start = 0
    while start < size:
        stop = start + 1
        while stop < size and found[stop] == found[start]:
            stop += 1
        held = insert(minus, chosen, held, stop - start, found[start], order)
        distinct += 1
        start = stop
    for at in range(held):
        minus[at] >>= 32
    return held, distinct, nameless


def _insert(  # noqa: PLR0913, PLR0917 - where it stands, and what is put there
    places: Longs, chosen: Longs, held: int, count: int, key: int, order: Ints
) -> int:
    """Put a key among the first ones, if it is one of them; gives how many there are then."""
    place = np.int64(order[key]) - (np.int64(count) << 32)
    at = held
    if held == len(places):
        at = held - 1
        if place >= places[at]:
            return held
    while at > 0 and places[at - 1] > place:
        places[at] = places[at - 1]
        chosen[at] = chosen[at - 1]
        at -= 1
    places[at] = place
    chosen[at] = key
    return min(held + 1, len(places))


def _reaching(starts: Ints, low: int, least: int) -> int:
    """Returns the first rank from `low` on that has fewer papers than `least`."""
    high = len(starts) - 1
    while low < high:
        middle = (low + high) >> 1
        if starts[middle + 1] - starts[middle] >= least:
            low = middle + 1
        else:
            high = middle
    return low


def _held_of(bits: Words, papers: Ints, low: int, high: int, least: int) -> int:
    """Count papers that are in the set; 0 as soon as they can no longer be `least`."""
    spare = high - low - least
    count = 0
    place = low
    while place + 4 <= high:
        count += (
            int(bit_of(bits, papers[place]))
            + int(bit_of(bits, papers[place + 1]))
            + int(bit_of(bits, papers[place + 2]))
            + int(bit_of(bits, papers[place + 3]))
        )
        place += 4
        if place - low - count > spare:
            return 0
    while place < high:
        count += int(bit_of(bits, papers[place]))
        place += 1
    return count


def _count_ranks(  # noqa: PLR0913, PLR0917 - one loop over what is kept in several arrays
    bits: Words,
    first: NDArray[np.integer],
    more_starts: Ints,
    more: NDArray[np.integer],
    last: int,
    counts: Ints,
) -> None:
    """Count the ranks below `last` of some papers; the four after them are void."""
    one = np.uint64(1)
    counts[: last + 4] = 0
    for at in range(len(bits)):
        word = bits[at]
        while word != 0:
            lowest = word & (~word + one)
            paper = at * 64 + np.int64(count_bits(lowest - one))
            word ^= lowest
            counts[min(first[paper, 0], last)] += 1
            counts[min(first[paper, 1], last + 1)] += 1
            counts[min(first[paper, 2], last + 2)] += 1
            counts[min(first[paper, 3], last + 3)] += 1
            for place in range(more_starts[paper], more_starts[paper + 1]):
                counts[min(more[place], last)] += 1


reaching: Any = register_jitable(_reaching)
insert: Any = register_jitable(_insert)
held_of: Any = register_jitable(_held_of)
count_ranks: Any = register_jitable(_count_ranks)
