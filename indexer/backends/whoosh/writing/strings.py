"""Long lists of strings joined, sorted and chosen from without an object for each."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from itertools import accumulate
from typing import Final

import numpy as np
from numpy.typing import NDArray

from indexer.backends.whoosh.storage.segment import Strings

_PREFIX: Final = 16
_STEP: Final = 1 << 13


def joined(many: Iterable[Strings]) -> Strings:
    """Put lists of strings one after the other."""
    blobs, ends = [np.zeros(0, np.uint8)], [np.zeros(1, np.int64)]
    length = 0
    for one in many:
        blobs.append(one.blob)
        ends.append(one.ends[1:].astype(np.int64) + length)
        length += len(one.blob)
    return Strings(np.concatenate(blobs), np.concatenate(ends))


def order_of_strings(many: Sequence[Strings], rows: NDArray[np.int64]) -> NDArray[np.int64]:
    """Give the places of some strings by rising UTF-8 bytes; of equal ones the first comes first.

    They are sorted by their first bytes as numbers, and only those that begin alike as strings.

    Args:
        many: lists of strings, as if one stood after the other.
        rows: which strings of them all; places are places in this list.
    """
    begin = np.concatenate([np.zeros((0, _PREFIX), np.uint8), *map(_beginnings, many)])[rows]
    high, low = begin.view(">u8").astype(np.uint64).T
    del begin
    order = np.lexsort((low, high))
    alike = (high[order][1:] == high[order][:-1]) & (low[order][1:] == low[order][:-1])
    edges = np.flatnonzero(np.diff(np.concatenate([[False], alike, [False]]).astype(np.int8)))
    starts = list(accumulate(map(len, many), initial=0))

    def raw(place: int) -> bytes:
        row = int(rows[place])
        among = bisect_right(starts, row) - 1
        return many[among].raw(row - starts[among])

    for start, last in edges.reshape(-1, 2).tolist():
        stretch = slice(start, last + 1)
        order[stretch] = sorted(order[stretch].tolist(), key=raw)
    return order


def _beginnings(strings: Strings) -> NDArray[np.uint8]:
    """Give the first bytes of each string, zeros after those that are shorter."""
    first, length = strings.ends[:-1], np.diff(strings.ends)
    begin = np.zeros((len(strings), _PREFIX), np.uint8)
    for at in range(_PREFIX):
        reaches = length > at
        begin[reaches, at] = strings.blob[first[reaches] + at]
    return begin


def chosen(strings: Strings, rows: NDArray[np.int64]) -> Strings:
    """Give some of the strings, in the order asked for."""
    length = np.diff(strings.ends)[rows]
    ends = np.zeros(len(rows) + 1, np.int64)
    np.cumsum(length, out=ends[1:])
    blob = np.empty(int(ends[-1]), np.uint8)
    for low in range(0, len(rows), _STEP):
        high = min(low + _STEP, len(rows))
        shift = strings.ends[rows[low:high]] - ends[low:high]
        at = np.arange(ends[low], ends[high]) + np.repeat(shift, length[low:high])
        blob[ends[low] : ends[high]] = strings.blob[at]
    return Strings(blob, ends)
