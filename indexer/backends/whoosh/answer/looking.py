"""Some hundred papers looked up in lists of papers, most of them longer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from indexer.backends.whoosh.kernels.choice import Kernels
from indexer.backends.whoosh.lookup.matches import Matches, Scores, address
from indexer.backends.whoosh.lookup.reader import Numbers

Places = NDArray[np.int64]
_Key = tuple[int, int]
"""Address and length of a list."""


class Looked:
    """Papers of one segment that are looked at; what asks for them meets many lists again.

    Attributes:
        segment: of the papers.
        papers: rising.
    """

    def __init__(self, segment: int, papers: Numbers, kernels: Kernels | None = None) -> None:
        """Look at these papers, with compiled loops if there are any."""
        self.segment = segment
        self.papers = np.ascontiguousarray(papers)
        self._kernels = kernels
        # With the lists, so that no other can come to be at the address of one.
        self._held: dict[_Key, tuple[Numbers, Places]] = {}

    def places(self, lists: Sequence[Numbers]) -> Places:
        """Say where the papers stand in lists, each of which rises.

        Returns:
            For each list, a row, the place of each paper in it, or -1.
        """
        whole = [np.ascontiguousarray(one, np.int32) for one in lists]
        keys = [(address(one), len(one)) for one in whole]
        new = {key: one for key, one in zip(keys, whole, strict=True) if key not in self._held}
        if new:
            self._held.update(
                zip(new, zip(new.values(), self._found(new), strict=True), strict=True)
            )
        places = np.empty((len(keys), len(self.papers)), np.int64)
        for row, key in enumerate(keys):
            places[row] = self._held[key][1]
        return places

    def _found(self, lists: Mapping[_Key, Numbers]) -> Places:
        places = np.empty((len(lists), len(self.papers)), np.int64)
        if self._kernels is not None:
            self._kernels.find_papers(np.array(list(lists), np.int64), self.papers, places)
            return places
        met = np.full(places.shape, -1, np.int32)
        for row, docs in enumerate(lists.values()):
            if len(docs):
                places[row] = docs.searchsorted(self.papers)
                docs.take(places[row], mode="clip", out=met[row])
        return np.where(met == self.papers, places, -1)

    def sums(self, parts: Sequence[Matches]) -> Scores:
        """Add up what lists give to the papers, in the order of the lists."""
        sums = np.zeros(len(self.papers))
        for one, place in zip(parts, self.places([one.docs for one in parts]), strict=True):
            if one.scores is not None and not one.empty:
                sums += one.scores.take(place, mode="clip") * (place >= 0)
        return sums
