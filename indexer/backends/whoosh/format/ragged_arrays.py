"""Numbers for distinct values, in the order in which they are met."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import pairwise
from typing import Any, Final, TypeVar

import numpy as np
from numpy.typing import NDArray

from indexer.backends.whoosh.format.segment import Ints

Value = TypeVar("Value")
_LOW: Final = (1 << 16) - 1
_MOST: Final = 1 << 20


class Numbers(dict[Value, int]):
    """Value -> its number from 0, given when it is first asked for."""

    __slots__ = ()

    def __missing__(self, value: Value) -> int:
        """Number a new value."""
        number = self[value] = len(self)
        return number

    def of(self, values: Iterable[Value]) -> NDArray[np.int64]:
        """Returns the number of each value."""
        return np.fromiter(map(self.__getitem__, values), np.int64)


def stable_order(values: NDArray[Any]) -> NDArray[np.int64]:
    """Returns the places of numbers from 0 up to 2**32 by rising number, equal ones as they stand.

    `numpy.argsort` of 16 bits is a radix sort, so one or two of them take a fraction of the time
    that comparing takes.
    """
    order = np.argsort((values & _LOW).astype(np.uint16), kind="stable")
    if values.max(initial=0) > _LOW:
        order = order[np.argsort((values >> 16).astype(np.uint16)[order], kind="stable")]
    return order


def distinct(values: NDArray[Any], *, in_runs: bool = False) -> NDArray[Any]:
    """Returns the distinct values, ascending; `values` is sorted in place.

    `numpy.unique` does the same by a hash table, many times slower.

    Args:
        values: in any order.
        in_runs: they are ascending lists one after the other, which a merge sort merges.
    """
    values.sort(kind="stable" if in_runs else None)
    if len(values) < 2:
        return values
    is_first = np.empty(len(values), np.bool_)
    is_first[0] = True
    np.not_equal(values[1:], values[:-1], out=is_first[1:])
    return values[is_first]


def turned(
    ends: NDArray[np.signedinteger[Any]], flat: NDArray[np.int32], count: int, most: int = _MOST
) -> Iterator[tuple[int, int, NDArray[np.int64]]]:
    """Turns a ragged array of numbers around, so many entries at a time that memory is bounded.

    Args:
        ends: where each row begins and the next one with it, rows + 1 entries.
        flat: the numbers of all rows, from 0 up to `count`.
        count: how many numbers there are.
        most: about how many entries are sorted together.

    Yields:
        Of a stretch of numbers the first, the one after the last, and the distinct pairs
        ``number << 32 | row``, rising.
    """
    row = np.repeat(np.arange(len(ends) - 1, dtype=np.int32), np.diff(ends))
    group = np.cumsum(np.bincount(flat, minlength=count)) // most
    cuts = (np.flatnonzero(np.diff(group)) + 1).tolist()
    for low, high in pairwise([0, *cuts, count]):
        at = np.flatnonzero((flat >= low) & (flat < high)) if cuts else slice(None)
        yield low, high, distinct((flat[at].astype(np.int64) << 32) | row[at])


def gathered(ends: Ints, rows: NDArray[np.int64]) -> tuple[NDArray[np.int64], Ints]:
    """Finds the entries of some rows of a ragged array.

    Args:
        ends: where each row begins and the next one with it, rows + 1 entries.
        rows: numbers of rows, in the order wanted.

    Returns:
        Places of all entries, row by row, and the number of entries of each row.
    """
    first = ends[rows]
    counts = ends[rows + 1] - first
    return concatenate_ranges(first, counts), counts


def concatenate_ranges(
    starts: NDArray[np.signedinteger[Any]], counts: NDArray[np.signedinteger[Any]]
) -> NDArray[np.int64]:
    """Returns the ranges of `counts[i]` integers from ``starts[i]`` on, one after the other.

    >>> concatenate_ranges(np.array([5, 1]), np.array([2, 3])).tolist()
    [5, 6, 1, 2, 3]
    """
    total = int(counts.sum())
    if not total:
        return np.zeros(0, np.int64)
    before = np.cumsum(counts) - counts
    return np.repeat(starts - before, counts) + np.arange(total)
