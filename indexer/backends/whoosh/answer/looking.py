"""Some hundred papers looked up in lists of papers, most of them longer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from indexer.backends.whoosh.kernels.choice import Kernels
from indexer.backends.whoosh.lookup.highest import Scores
from indexer.backends.whoosh.lookup.matches import Matches, address
from indexer.backends.whoosh.lookup.reader import Numbers

Places = NDArray[np.int64]
Span = tuple[int, int]
_Key = tuple[int, int]
"""Address and length of a list."""


class Looked:
    """Papers of one segment that are looked at; what asks for them meets many lists again.

    Attributes:
        segment: of the papers.
        papers: rising.
    """

    def __init__(
        self, segment: int, papers: Numbers, docs: Numbers, kernels: Kernels | None = None
    ) -> None:
        """Look at some papers.

        Args:
            segment: of the papers.
            papers: rising.
            docs: `Segment.docs` of their segment.
            kernels: compiled loops, if there are any.
        """
        self.segment = segment
        self.papers = np.ascontiguousarray(papers)
        self._docs = np.ascontiguousarray(docs)
        self._first = address(self._docs)
        self._kernels = kernels
        self._held: dict[_Key, Places] = {}
        # Lists whose address is known are kept, so that no other can come to be there.
        self._kept: list[Numbers] = []

    def places(self, spans: Sequence[Span], lists: Sequence[Numbers] = ()) -> Places:
        """Say where the papers stand in lists, each of which rises.

        Args:
            spans: of `Segment.docs`: the first place, and the first one behind.
            lists: others, behind these.

        Returns:
            For each list, a row, the place of each paper in it, or -1.
        """
        whole = [np.ascontiguousarray(one, np.int32) for one in lists]
        self._kept += whole
        size = self._docs.itemsize
        keys = [(self._first + size * first, last - first) for first, last in spans]
        keys += [(address(one), len(one)) for one in whole]
        new = {key: at for at, key in enumerate(keys) if key not in self._held}
        if new:
            found = self._found(new, spans, whole)
            self._held.update(zip(new, found, strict=True))
            if len(new) == len(keys):
                return found
        places = np.empty((len(keys), len(self.papers)), np.int64)
        for row, key in enumerate(keys):
            places[row] = self._held[key]
        return places

    def _found(
        self, new: Mapping[_Key, int], spans: Sequence[Span], lists: Sequence[Numbers]
    ) -> Places:
        places = np.empty((len(new), len(self.papers)), np.int64)
        if self._kernels is not None:
            self._kernels.find_papers(np.array(list(new), np.int64), self.papers, places)
            return places
        met = np.full(places.shape, -1, np.int32)
        for row, at in enumerate(new.values()):
            docs = self._docs[slice(*spans[at])] if at < len(spans) else lists[at - len(spans)]
            if len(docs):
                places[row] = docs.searchsorted(self.papers)
                docs.take(places[row], mode="clip", out=met[row])
        return np.where(met == self.papers, places, -1)

    def sums(self, parts: Sequence[Matches]) -> Scores:
        """Add up what lists give to the papers, in the order of the lists."""
        sums = np.zeros(len(self.papers))
        for one, place in zip(parts, self.places((), [one.docs for one in parts]), strict=True):
            if not one.scoreless:
                there = place >= 0
                sums[there] += one.taken(place[there])
        return sums
