"""Some hundred papers looked up in lists that are longer, or not."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from indexer.backends.whoosh.kernels.choice import Kernels
from indexer.backends.whoosh.lookup.matches import Matches, Scores, address
from indexer.backends.whoosh.lookup.reader import Numbers


def places_in(
    lists: Sequence[Numbers], papers: Numbers, kernels: Kernels | None = None
) -> NDArray[np.int64]:
    """Say where papers stand in lists.

    Args:
        lists: of papers, each rising.
        papers: to be found, rising.
        kernels: compiled loops, if there are any.

    Returns:
        For each list, a row, the place of each paper in it, or -1.
    """
    places = np.empty((len(lists), len(papers)), np.int64)
    if kernels is not None:
        # Kept alive by this list while their addresses are used.
        whole = [np.ascontiguousarray(one, np.int32) for one in lists]
        rows = np.array([(address(one), len(one)) for one in whole], np.int64)
        kernels.find_papers(rows.reshape(-1, 2), np.ascontiguousarray(papers), places)
        return places
    met = np.full(places.shape, -1, np.int32)
    for row, docs in enumerate(lists):
        if len(docs):
            places[row] = docs.searchsorted(papers)
            docs.take(places[row], mode="clip", out=met[row])
    return np.where(met == papers, places, -1)


def sums_in(parts: Sequence[Matches], papers: Numbers, kernels: Kernels | None = None) -> Scores:
    """Add up what lists give to some papers, in the order of the lists.

    Args:
        parts: the lists.
        papers: rising.
        kernels: compiled loops, if there are any.
    """
    sums = np.zeros(len(papers))
    places = places_in([one.docs for one in parts], papers, kernels)
    for one, place in zip(parts, places, strict=True):
        if one.scores is not None and not one.empty:
            sums += one.scores.take(place, mode="clip") * (place >= 0)
    return sums
