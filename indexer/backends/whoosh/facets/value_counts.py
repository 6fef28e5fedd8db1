"""Counts of venues, types and years over matching docs."""

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
from indexer.backends.whoosh.scoring.scored_docs import ScoredDocs
from indexer.paper import UNKNOWN

ValueCounts = list[tuple[str, int]]
"""Distinct values with their document counts."""
_COUNT_OF_ROW: Final = itemgetter(1)
_FEW: Final = 64
"""Matches below which a Python `Counter` is faster than an array of all codes. Derived by
`python -m tests.bench --tune`, about 90; off by two, such a count takes up to 1.6 times as long."""


def count_values(
    readers: Sequence[SegmentReader],
    field: CodedField,
    matches: Sequence[ScoredDocs],
    kernels: Kernels | None = None,
) -> ValueCounts:
    """Counts the matching docs of each venue, type or year; a missing value counts as "unknown".

    Args:
        readers: the segments.
        field: "venue", "type" or "year".
        matches: matching docs of each segment, not negated.
        kernels: compiled loops, or None for NumPy's.

    Returns:
        Values of at least one doc in facet order: years descending, others by descending count,
            ties
        by value.
    """
    pairs = zip(readers, matches, strict=True)
    parts = [count_column(reader.column(field), docs, kernels) for reader, docs in pairs]
    rows = (
        parts[0]
        if len(parts) == 1
        else _merge_counts(parts, year_sort_key if field == "year" else None)
    )
    if field != "year":
        rows.sort(key=_COUNT_OF_ROW, reverse=True)
    return rows


def _merge_counts(
    parts: list[ValueCounts], key: Callable[[str], tuple[bool, int, str]] | None
) -> ValueCounts:
    """Merges the counts of several segments, and sorts the values."""
    total: Counter[str] = Counter()
    for rows in parts:
        total.update(dict(rows))
    return [(name, total[name]) for name in sorted(total, key=key)]


def year_sort_key(year: str) -> tuple[bool, int, str]:
    """Returns the sort key of a year: newest first, then what is no year, unknown last."""
    numeric = year.isascii() and year.isdecimal() and len(year) <= 9
    return year == UNKNOWN, -int(year) if numeric else 1, year


def count_column(column: Column, matches: ScoredDocs, kernels: Kernels | None) -> ValueCounts:
    """Returns values of a segment's column with their counts, by ascending code; none of 0."""
    if matches.count < _FEW:
        counter = Counter(column.codes.take(matches.docs).tolist())
        return [(column.names[code], counter[code]) for code in sorted(counter)]
    counts = _count_codes(column, matches, kernels).tolist()
    return list(zip(compress(column.names, counts), filter(None, counts), strict=True))


def _count_codes(column: Column, matches: ScoredDocs, kernels: Kernels | None) -> NDArray[np.int64]:
    """Returns the matching docs of each code, int64.

    Where there are more matches than runs of equal codes, the bitset is counted run by run, 64 docs
    at a time.
    """
    size, names = len(column.codes), len(column.names)
    by_run = matches.count > len(column.starts)
    if kernels is None:
        if by_run:
            return _count_runs(matches.bits(size), column)
        return np.bincount(column.codes.take(matches.docs), minlength=names)
    counts = np.zeros(names, np.int64)
    if by_run:
        kernels.count_runs(matches.bits(size), column.starts, column.runs, counts)
    else:
        kernels.count_codes(matches.docs, column.codes, counts)
    return counts


def _count_runs(bits: Bits, column: Column) -> NDArray[np.int64]:
    """NumPy's `kernels.facet_counts.count_runs`."""
    before = np.zeros(len(bits) + 1, np.int64)
    np.cumsum(np.bitwise_count(bits), out=before[1:])
    within = np.bitwise_count(bits.take(column.words) & column.below)
    bounds = np.empty(len(within) + 1, np.int64)
    np.add(before.take(column.words), within, out=bounds[:-1])
    bounds[-1] = before[-1]
    sums = np.bincount(column.runs, weights=bounds[1:] - bounds[:-1], minlength=len(column.names))
    return sums.astype(np.int64)
