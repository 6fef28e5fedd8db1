"""Statistics of an index for `IndexInfo`: exact, and cheap where little changed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from indexer.backends.whoosh.format.segment import Lexicon, Segment


@dataclass(frozen=True, slots=True)
class CollectionStats:
    """Statistics over the live docs of an index, as in `IndexInfo`.

    Attributes:
        papers: live docs.
        venues, authors: distinct venues and name keys of live docs.
        first_year, last_year: CE, None where no doc has a year.
    """

    papers: int
    venues: int
    authors: int
    first_year: int | None
    last_year: int | None


def collect_stats(
    segments: Sequence[tuple[Segment, NDArray[np.bool_] | None]],
) -> CollectionStats:
    """Counts the live docs, their distinct venues and name keys, and their span of years.

    Args:
        segments: arrays of each segment with its tombstones, bool[docs], None where there are none.
    """
    largest_first = sorted(segments, key=lambda segment: -segment[0].papers)
    years = []
    live = 0
    for arrays, tombstones in segments:
        year = arrays.year if tombstones is None else arrays.year[~tombstones]
        live += len(year)
        known_years = year[year >= 0]
        if len(known_years):
            years += [int(known_years.min()), int(known_years.max())]
    return CollectionStats(
        live,
        _count_distinct(
            [
                (arrays.venues, _venues_in_use(arrays, tombstones))
                for arrays, tombstones in largest_first
            ]
        ),
        _count_distinct(
            [
                (arrays.name_keys, _keys_in_use(arrays, tombstones))
                for arrays, tombstones in largest_first
            ]
        ),
        min(years, default=None),
        max(years, default=None),
    )


def _venues_in_use(arrays: Segment, tombstones: NDArray[np.bool_] | None) -> NDArray[np.bool_]:
    """Returns bool, one a venue of the segment: whether a live doc has it."""
    codes = arrays.venue if tombstones is None else arrays.venue[~tombstones]
    used = np.zeros(len(arrays.venues), np.bool_)
    used[codes[codes >= 0]] = True
    return used


def _keys_in_use(arrays: Segment, tombstones: NDArray[np.bool_] | None) -> NDArray[np.bool_]:
    """Returns bool, one a name key of the segment: whether a live doc has it."""
    if tombstones is None:
        return np.ones(len(arrays.name_keys), np.bool_)
    used = np.zeros(len(arrays.names), np.bool_)
    used[arrays.paper_names[np.repeat(~tombstones, np.diff(arrays.paper_names_ptr))]] = True
    return np.logical_or.reduceat(used, arrays.name_key_ptr[:-1]) if len(used) else used


def _count_distinct(lexicons: Sequence[tuple[Lexicon, NDArray[np.bool_]]]) -> int:
    """Counts the distinct strings in use over several lexicons.

    The strings of the first, largest lexicon are never decoded: the others are looked up in it.
    """
    if not lexicons:
        return 0
    first, used = lexicons[0]
    more = {
        lexicon[index]
        for lexicon, in_use in lexicons[1:]
        for index in np.flatnonzero(in_use).tolist()
    }
    indexes = (first.find(string) for string in more)
    return int(used.sum()) + sum(index < 0 or not used[index] for index in indexes)
