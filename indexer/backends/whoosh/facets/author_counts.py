"""How many of some papers each author key has, and which keys have most.

Authors of a few papers, counted by one compiled loop.
"""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from indexer.backends.whoosh.kernels.dispatch import Kernels
from indexer.backends.whoosh.postings.positions import spread
from indexer.backends.whoosh.postings.segment_reader import Numbers, SegmentReader, first_of_runs
from indexer.backends.whoosh.scoring.scored_docs import Matches

Longs = NDArray[np.int64]
PROLIFIC: Final = 8
"""Keys of at least so many papers are looked at first: as a rule the most frequent are there."""
_SPARSE: Final = 32
"""Fewer authors than one in this many keys are sorted rather than counted key by key."""
_SPARE: Final = 64
"""So many more keys than are wanted are put in order with them."""
_NEARLY: Final = 8
"""Among fewer keys than this many times those wanted the highest are not looked for."""


class Tally:
    """Papers of each key, either for every key or for those alone that have any."""

    def __init__(
        self,
        counts: NDArray[np.signedinteger],
        nameless: int,
        numbers: Longs | None = None,
        *,
        distinct: int = -1,
    ) -> None:
        """Say what was counted.

        Args:
            counts: of every key; or of those in `numbers`, all above 0.
            nameless: papers without any author.
            numbers: the keys that have any, rising.
            distinct: how many these are, where that is known.
        """
        self._counts = counts
        self._numbers = numbers
        self.nameless = nameless
        self._distinct = distinct if numbers is None else len(numbers)

    @property
    def distinct(self) -> int:
        """How many keys have papers."""
        if self._distinct < 0:
            self._distinct = int(np.count_nonzero(self._counts))
        return self._distinct

    def of(self, number: int) -> int:
        """Returns the number of papers of one key."""
        if self._numbers is None:
            return int(self._counts[number])
        at = int(np.searchsorted(self._numbers, number))
        there = at < len(self._numbers) and self._numbers[at] == number
        return int(self._counts[at]) if there else 0

    def kept(self, mask: NDArray[np.bool_]) -> Tally:
        """Keep the keys where the mask, over all keys, is true."""
        if self._numbers is None:
            return Tally(np.where(mask, self._counts, 0), self.nameless)
        there = mask[self._numbers]
        return Tally(self._counts[there], self.nameless, self._numbers[there])

    def most(self, limit: int, prolific: Longs) -> tuple[Longs, NDArray[np.signedinteger]]:
        """Returns the keys with the highest counts, ties with the last included, and the counts.

        Where there are few others, these may be given, too.

        Args:
            limit: how many are wanted; 0 = all that have papers.
            prolific: the keys with at least `PROLIFIC` papers, of whatever kind.
        """
        numbers, counts = self._numbers, self._counts
        if numbers is None:
            if 0 < limit <= len(prolific):
                found = counts[prolific]
                least = highest(found, limit)
                if least >= PROLIFIC:
                    kept = found >= least
                    return prolific[kept], found[kept]
            numbers = np.flatnonzero(counts)
            counts = counts[numbers]
        if 0 < limit * _NEARLY < len(numbers):
            kept = counts >= highest(counts, limit)
            return numbers[kept], counts[kept]
        return numbers, counts

    def in_order(
        self, limit: int, order: NDArray[np.int32], prolific: Longs
    ) -> tuple[list[int], list[int]]:
        """Returns the negated highest counts and their keys; ties as `order` says.

        Args:
            limit: how many are wanted; 0 = all that have papers.
            order: the place of each key among equals.
            prolific: see `most`.
        """
        numbers, counts = self.most(limit, prolific)
        # One number that rises as the keys are to stand.
        places = order.take(numbers) - (counts.astype(np.int64) << 32)
        if 0 < limit < len(numbers):
            if len(numbers) > limit + _SPARE:
                near = places.argpartition(limit - 1)[:limit]
                numbers, places = numbers[near], places[near]
            sorted_ = places.argsort()[:limit]
        else:
            sorted_ = places.argsort()
        return (places[sorted_] >> 32).tolist(), numbers[sorted_].tolist()


def highest(counts: NDArray[np.signedinteger], wanted: int) -> int:
    """Returns the `wanted`-th highest of at least so many counts."""
    # Most counts are equal, which is where partitioning is slow.
    held = np.bincount(counts)
    return len(held) - 1 - int(np.searchsorted(np.cumsum(held[::-1]), wanted))


def tally(reader: SegmentReader, docs: Numbers) -> Tally:
    """Count the papers of each key of a segment."""
    size = len(reader.arrays.name_keys)
    pointers, entries = reader.distinct_keys
    starts, stops = pointers.take(docs), pointers[1:].take(docs)
    nameless = len(docs) - int(np.count_nonzero(starts < stops))
    if len(docs) * 2 > reader.size:
        chosen = np.zeros(reader.size, np.bool_)
        chosen[docs] = True
        keys = entries[np.repeat(chosen, np.diff(pointers))]
    else:
        keys = entries.take(spread(starts, stops - starts))
    if len(keys) * _SPARSE < size:
        keys.sort()
        firsts = first_of_runs(keys)
        sums = np.full(len(firsts), len(keys))
        sums[:-1] = firsts[1:]
        return Tally(sums - firsts, nameless, keys[firsts].astype(np.int64))
    return Tally(np.bincount(keys, minlength=size), nameless)


class LazyTally(Tally):
    """Says what is known of papers of one segment; the rest is counted when asked for."""

    def __init__(
        self, reader: SegmentReader, found: Matches, nameless: int, *, distinct: int = -1
    ) -> None:
        """Say what is known.

        Args:
            reader: the segment.
            found: the papers.
            nameless: those without any author.
            distinct: how many keys have papers, where that is known.
        """
        super().__init__(np.zeros(0, np.int64), nameless, distinct=distinct)
        self._reader = reader
        self._found = found
        self._counted: Tally | None = None

    @property
    def _full(self) -> Tally:
        # Not a `cached_property`: that of Python 3.11 lets one thread count at a time.
        if self._counted is None:
            self._counted = tally(self._reader, self._found.docs)
        return self._counted

    def of(self, number: int) -> int:
        """Returns the number of papers of one key."""
        return self._full.of(number)

    def kept(self, mask: NDArray[np.bool_]) -> Tally:
        """Keep the keys where the mask, over all keys, is true."""
        return self._full.kept(mask)

    def most(self, limit: int, prolific: Longs) -> tuple[Longs, NDArray[np.signedinteger]]:
        """Returns the keys with the highest counts; see `Tally.most`."""
        return self._full.most(limit, prolific)


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
        """Returns the negated highest counts and their keys; see `Tally.in_order`."""
        minus, numbers = self._first
        if 0 < limit <= _FIRST or self.distinct <= _FIRST:
            last = limit if limit > 0 else None
            return minus[:last], numbers[:last]
        return super().in_order(limit, order, prolific)
