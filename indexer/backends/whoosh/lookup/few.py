"""Authors of a few papers, counted by one compiled loop."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from indexer.backends.whoosh.kernels.choice import Kernels
from indexer.backends.whoosh.lookup.matches import Matches
from indexer.backends.whoosh.lookup.reader import SegmentReader
from indexer.backends.whoosh.lookup.tally import LazyTally, Longs

_FIRST: Final = 32
"""So many keys are put in order at once."""


class FewTally(LazyTally):
    """The first keys of a few papers; whoever asks for others has them counted anew."""

    def __init__(
        self, reader: SegmentReader, found: Matches, order: NDArray[np.int32], kernels: Kernels
    ) -> None:
        """Count the keys of some papers.

        Args:
            reader: their segment.
            found: the papers.
            order: the place of each key among those of equal counts.
            kernels: compiled loops.
        """
        minus, numbers = np.empty((2, _FIRST), np.int64)
        pointers, entries = reader.distinct_keys
        given, distinct, nameless = kernels.first_keys(
            found.docs, pointers, entries, order, minus, numbers
        )
        super().__init__(reader, found, nameless, distinct=distinct)
        self._first = minus[:given].tolist(), numbers[:given].tolist()

    def in_order(
        self, limit: int, order: NDArray[np.int32], prolific: Longs
    ) -> tuple[list[int], list[int]]:
        """Give minus the highest counts and their keys; see `Tally.in_order`."""
        minus, numbers = self._first
        if 0 < limit <= _FIRST or self.distinct <= _FIRST:
            last = limit if limit > 0 else None
            return minus[:last], numbers[:last]
        return super().in_order(limit, order, prolific)
