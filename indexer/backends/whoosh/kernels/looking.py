"""The compiled loop that looks papers up in lists; see `answer.looking`."""

from __future__ import annotations

import numpy as np

from indexer.backends.whoosh.kernels.pieces import Ints, Longs, papers_at


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
