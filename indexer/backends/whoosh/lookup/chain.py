"""How two authors are connected: the shortest chain of papers written together.

A search in breadth from the far end, level by level over whole arrays: the levels of a collection
of a hundred thousand papers are a handful, so it takes milliseconds.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from indexer.backends.whoosh.lookup.bylines import Bylines
from indexer.backends.whoosh.lookup.occurrences import distinct, spread
from indexer.backends.whoosh.lookup.reader import SegmentReader
from indexer.backends.whoosh.lookup.tally import Longs


def shortest_chain(
    readers: tuple[SegmentReader, ...], bylines: Bylines, start: int, goal: int
) -> tuple[int, ...]:
    """Give the keys of the shortest chain, both ends among them; nothing where there is none.

    Of equally short ones, at each step from `start` the key with most papers; of equals the
    lowest by code points.

    Args:
        readers: the segments.
        bylines: their authors, with the numbers that are taken and given.
        start: number of the first key.
        goal: number of the last key.
    """
    if not bylines.totals.of(start) or not bylines.totals.of(goal):
        return ()
    distance = np.full(bylines.size, -1, np.int32)
    distance[goal] = 0
    front: Longs = np.array([goal], np.int64)
    while len(front) and distance[start] < 0:
        steps = distance[front[0]] + 1
        around = _around(readers, bylines, front)
        front = around[distance[around] < 0]
        distance[front] = steps
    if distance[start] < 0:
        return ()
    chain = [start]
    while chain[-1] != goal:
        around = _around(readers, bylines, np.array(chain[-1:], np.int64))
        nearer = around[distance[around] == distance[chain[-1]] - 1]
        chain.append(_foremost(bylines, nearer))
    return tuple(chain)


def _around(readers: tuple[SegmentReader, ...], bylines: Bylines, keys: Longs) -> Longs:
    """Give everybody on the papers of some keys, themselves included; rising, distinct."""
    found: list[Longs] = []
    for reader, numbers, places in zip(readers, bylines.numbers, bylines.places, strict=True):
        arrays = reader.arrays
        here = places[keys]
        here = here[here >= 0]
        # The names of one key stand together, and so do the lists of their papers.
        starts = arrays.name_papers_ptr[arrays.name_key_ptr[here]]
        counts = arrays.name_papers_ptr[arrays.name_key_ptr[here + 1]] - starts
        papers = reader.living(distinct(np.array(arrays.name_papers[spread(starts, counts)])))
        first = arrays.paper_names_ptr[papers]
        sizes = arrays.paper_names_ptr[papers.astype(np.int64) + 1] - first
        held: NDArray[np.bool_] = np.zeros(len(numbers), np.bool_)
        held[reader.paper_keys[spread(first, sizes)]] = True
        found.append(numbers[held])
    return distinct(np.concatenate(found)) if found else keys[:0]


def _foremost(bylines: Bylines, keys: Longs) -> int:
    numbers: list[int] = keys.tolist()
    return min(numbers, key=lambda number: (-bylines.totals.of(number), bylines.key(number)))
