"""Count what is in some segments, for `IndexInfo`: exact, and cheap where little changed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from indexer.backends.whoosh.format.segment import Lexicon, Segment


@dataclass(frozen=True, slots=True)
class Census:
    """Numbers over the live papers of an index, as in `IndexInfo`."""

    papers: int
    venues: int
    authors: int
    first_year: int | None
    last_year: int | None


def take_census(
    segments: Sequence[tuple[Segment, NDArray[np.bool_] | None]],
) -> Census:
    """Count the live papers, their distinct venues and name keys, and their span of years.

    Args:
        segments: arrays, with the deleted papers of each.
    """
    largest_first = sorted(segments, key=lambda one: -one[0].papers)
    years = []
    live = 0
    for arrays, gone in segments:
        year = arrays.year if gone is None else arrays.year[~gone]
        live += len(year)
        known = year[year >= 0]
        if len(known):
            years += [int(known.min()), int(known.max())]
    return Census(
        live,
        _distinct([(arrays.venues, _venues(arrays, gone)) for arrays, gone in largest_first]),
        _distinct([(arrays.name_keys, _keys(arrays, gone)) for arrays, gone in largest_first]),
        min(years, default=None),
        max(years, default=None),
    )


def _venues(arrays: Segment, gone: NDArray[np.bool_] | None) -> NDArray[np.bool_]:
    codes = arrays.venue if gone is None else arrays.venue[~gone]
    used = np.zeros(len(arrays.venues), np.bool_)
    used[codes[codes >= 0]] = True
    return used


def _keys(arrays: Segment, gone: NDArray[np.bool_] | None) -> NDArray[np.bool_]:
    if gone is None:
        return np.ones(len(arrays.name_keys), np.bool_)
    used = np.zeros(len(arrays.names), np.bool_)
    used[arrays.paper_names[np.repeat(~gone, np.diff(arrays.paper_names_ptr))]] = True
    return np.logical_or.reduceat(used, arrays.name_key_ptr[:-1]) if len(used) else used


def _distinct(many: Sequence[tuple[Lexicon, NDArray[np.bool_]]]) -> int:
    """Count distinct strings in use; those of the first, largest list are never read out."""
    if not many:
        return 0
    first, used = many[0]
    more = {lexicon[at] for lexicon, in_use in many[1:] for at in np.flatnonzero(in_use).tolist()}
    known = (first.find(one) for one in more)
    return int(used.sum()) + sum(at < 0 or not used[at] for at in known)
