"""Long lists of strings joined, sorted and chosen from without an object for each."""

from __future__ import annotations

from collections.abc import Iterable
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


def order_of_strings(strings: Strings) -> NDArray[np.int64]:
    """Give the places of strings by rising UTF-8 bytes; of equal ones the first comes first.

    They are sorted by their first bytes as numbers, and only those that begin alike as strings.
    """
    first, length = strings.ends[:-1], np.diff(strings.ends)
    begin = np.zeros((len(strings), _PREFIX), np.uint8)
    for at in range(_PREFIX):
        reaches = length > at
        begin[reaches, at] = strings.blob[first[reaches] + at]
    high, low = begin.view(">u8").astype(np.uint64).T
    order = np.lexsort((low, high))
    alike = (high[order][1:] == high[order][:-1]) & (low[order][1:] == low[order][:-1])
    edges = np.flatnonzero(np.diff(np.concatenate([[False], alike, [False]]).astype(np.int8)))
    for start, last in edges.reshape(-1, 2).tolist():
        stretch = slice(start, last + 1)
        order[stretch] = sorted(order[stretch].tolist(), key=strings.raw)
    return order


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
