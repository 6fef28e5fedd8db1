"""How many of some papers have each venue, type or year."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from itertools import compress
from operator import itemgetter
from typing import Final

import numpy as np
from numpy.typing import NDArray

from indexer.backends.whoosh.kernels.dispatch import Kernels
from indexer.backends.whoosh.postings.bitset import Bits
from indexer.backends.whoosh.postings.segment_reader import CodedField, Column, SegmentReader
from indexer.backends.whoosh.scoring.scored_docs import Matches
from indexer.paper import UNKNOWN

Rows = list[tuple[str, int]]
"""Values, each once, and how many papers have each."""
_PAPERS: Final = itemgetter(1)
_FEW: Final = 64
"""Fewer papers than this are counted one by one."""


def count_values(
    readers: Sequence[SegmentReader],
    field: CodedField,
    papers: Sequence[Matches],
    kernels: Kernels | None = None,
) -> Rows:
    """Count the papers of each venue, type or year, missing ones as "unknown"; none of 0.

    Args:
        readers: the segments.
        field: which.
        papers: of each segment, not negated.
        kernels: compiled loops, if there are any.

    Returns:
        The values and their papers in the order of their facet: years falling, others by their
        papers, of equals by name.
    """
    pairs = zip(readers, papers, strict=True)
    found = [count_column(reader.column(field), those, kernels) for reader, those in pairs]
    rows = found[0] if len(found) == 1 else _added(found, age if field == "year" else None)
    if field != "year":
        rows.sort(key=_PAPERS, reverse=True)
    return rows


def _added(found: list[Rows], key: Callable[[str], tuple[bool, int, str]] | None) -> Rows:
    """Add up the counts of some segments, and put the values in order."""
    total: Counter[str] = Counter()
    for rows in found:
        total.update(dict(rows))
    return [(name, total[name]) for name in sorted(total, key=key)]


def age(year: str) -> tuple[bool, int, str]:
    """Order years, the newest first, what is no year last."""
    known = year.isascii() and year.isdecimal() and len(year) <= 9
    return year == UNKNOWN, -int(year) if known else 1, year


def count_column(column: Column, found: Matches, kernels: Kernels | None) -> Rows:
    """Count the papers of each value of a segment that any of them has, by rising code."""
    if found.count < _FEW:
        each = Counter(column.codes.take(found.docs).tolist())
        return [(column.names[code], each[code]) for code in sorted(each)]
    held = _counted(column, found, kernels).tolist()
    return list(zip(compress(column.names, held), filter(None, held), strict=True))


def _counted(column: Column, found: Matches, kernels: Kernels | None) -> NDArray[np.int64]:
    """Returns the number of papers of each code.

    Where more papers match than there are runs, their bits are counted run by run, 64 papers at a
    time, without looking at any of them.
    """
    size, names = len(column.codes), len(column.names)
    by_run = found.count > len(column.starts)
    if kernels is None:
        if by_run:
            return _count_runs(found.bits(size), column)
        return np.bincount(column.codes.take(found.docs), minlength=names)
    held = np.zeros(names, np.int64)
    if by_run:
        kernels.count_runs(found.bits(size), column.starts, column.runs, held)
    else:
        kernels.count_codes(found.docs, column.codes, held)
    return held


def _count_runs(bits: Bits, column: Column) -> NDArray[np.int64]:
    """Do what `kernels.counting.count_runs` does."""
    before = np.zeros(len(bits) + 1, np.int64)
    np.cumsum(np.bitwise_count(bits), out=before[1:])
    within = np.bitwise_count(bits.take(column.words) & column.below)
    bounds = np.empty(len(within) + 1, np.int64)
    np.add(before.take(column.words), within, out=bounds[:-1])
    bounds[-1] = before[-1]
    sums = np.bincount(column.runs, weights=bounds[1:] - bounds[:-1], minlength=len(column.names))
    return sums.astype(np.int64)
