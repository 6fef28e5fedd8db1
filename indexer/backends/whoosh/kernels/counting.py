"""The loops that count over all matches, compiled as those of `kernels.compiled`."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from indexer.backends.whoosh.kernels.pieces import Ints, Words, count_bits, put

Longs = NDArray[np.int64]


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


def see_keys(  # noqa: PLR0913, PLR0917 - one loop over what is kept in several arrays
    docs: Ints,
    first: NDArray[np.integer],
    more_starts: Ints,
    more: NDArray[np.integer],
    notes: Ints,
    seen: NDArray[np.uint8],
    room: Ints,
) -> tuple[int, int]:
    """Count the distinct author keys of some papers; for the arrays see `lookup.ranked`.

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

    Returns:
        How many keys differ, and how many papers have none.
    """
    distinct = 0
    without = 0
    longer = 0
    for at in range(len(docs)):
        paper = docs[at]
        note = notes[paper]
        distinct += note >> 2
        without += note & 1
        room[longer] = paper
        longer += (note >> 1) & 1
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
    return distinct, without


def count_ranks(
    docs: Ints,
    first: NDArray[np.integer],
    more_starts: Ints,
    more: NDArray[np.integer],
    counts: Ints,
) -> None:
    """Count the ranked author keys of some papers; `counts` is all 0 before, its last one void."""
    for at in range(len(docs)):
        paper = docs[at]
        for column in range(first.shape[1]):
            counts[first[paper, column]] += 1
        for place in range(more_starts[paper], more_starts[paper + 1]):
            counts[more[place]] += 1


def most_frequent(  # noqa: PLR0913, PLR0917 - one loop over what is kept in several arrays
    bits: Words,
    starts: Ints,
    papers: Ints,
    counts: Ints,
    heap: Longs,
    counted: bool,  # noqa: FBT001 - numba takes no keywords only
) -> tuple[int, int]:
    """Find the keys that most of some papers have, all that equal the last of them.

    Ranks fall by their papers, so that the search ends where a key has fewer papers in all than
    the last one wanted has among these.

    Args:
        bits: the papers looked at.
        starts: where each rank's papers begin in `papers`, and where the last one's end.
        papers: of the ranks.
        counts: gets how many of the papers looked at each rank has; one for each.
        heap: as long as many are wanted.
        counted: `counts` holds that already.

    Returns:
        How many ranks were looked at, and the count that is needed to be among those wanted: 1
        where fewer have any of the papers.
    """
    wanted = len(heap)
    held = 0
    least = 1
    ranks = len(starts) - 1
    for rank in range(ranks):
        low = starts[rank]
        high = starts[rank + 1]
        if high - low < least:
            ranks = rank
            break
        count = np.int64(0)
        if counted:
            count = np.int64(counts[rank])
        else:
            for place in range(low, high):
                paper = papers[place]
                count += np.int64((bits[paper >> 6] >> np.uint64(paper & 63)) & np.uint64(1))
            counts[rank] = count
        if count >= least:
            held = put(heap, held, wanted, count)
            if held == wanted:
                least = max(least, heap[0])
    return ranks, least
