"""Author keys by falling number of papers: counts that need not look at most of them.

Most keys have a single paper. They are counted by paper, without looking at each. Of the others
those that many papers have are found from the top: a key with fewer papers in all than the last
one wanted has among those that match cannot come in, nor can any after it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final, Self

import numpy as np
from numpy.typing import NDArray

from indexer.backends.whoosh.facets.author_counts import LazyTally, Longs, highest
from indexer.backends.whoosh.kernels.dispatch import Kernels
from indexer.backends.whoosh.postings.bitset import Bits, counted, packed, unpacked
from indexer.backends.whoosh.postings.positions import spread
from indexer.backends.whoosh.postings.segment_reader import SegmentReader
from indexer.backends.whoosh.scoring.scored_docs import Matches

WIDTH: Final = 4
"""So many keys of a paper stand in a row of a table; few papers have more."""
_TRIED: Final = 128
"""Ranks that are counted first together; then it is known which others may matter."""
_PER_PAPER: Final = 7
"""What it costs to count the ranks of a paper, as many times as looking at a paper of a rank."""
_FIRST: Final = 128
"""More keys than this are put in order by numpy."""
_LONGER, _ALONE = 1, 2


@dataclass(frozen=True, slots=True)
class RankedKeys:
    """The keys of a segment with at least two papers, ranked by them; deleted papers count, too.

    Attributes:
        keys: the key of each rank.
        starts: int32[K + 1], where each rank's papers begin in `papers`.
        papers: int32, those of each rank rising.
        falls: int32[K], minus the number of papers of each.
        first: [P, WIDTH], ranks of each paper's first keys, K where it has fewer. uint16 if K fits
            in, else int32.
        more_starts: int32[P + 1], where the ranks of each paper's other keys begin in `more`.
        more: of the type of `first`.
        notes: int32[P], twice the number of keys that have no other paper, 1 more where the
            paper has ranks in `more`.
        nameless: papers without any author; None where each has one.
    """

    keys: Longs
    starts: NDArray[np.int32]
    papers: NDArray[np.int32]
    falls: NDArray[np.int32]
    first: NDArray[Any]
    more_starts: NDArray[np.int32]
    more: NDArray[Any]
    notes: NDArray[np.int32]
    nameless: Bits | None

    @classmethod
    def of(cls, reader: SegmentReader) -> Self:
        """Rank the keys of a segment."""
        pointers, entries = reader.distinct_keys
        totals = np.bincount(entries, minlength=len(reader.arrays.name_keys))
        keys = np.argsort(-totals, kind="stable")
        several = int(np.searchsorted(-totals[keys], -1))
        ranks = np.empty(len(keys), np.int32)
        ranks[keys] = np.arange(len(keys), dtype=np.int32)
        ranked = ranks[entries]
        kept = ranked < several
        before = np.concatenate(([0], np.cumsum(kept)))[pointers]
        held, ranked = np.diff(before), ranked[kept]
        owner = np.repeat(np.arange(reader.size, dtype=np.int32), held)
        starts = np.concatenate(([0], np.cumsum(totals[keys[:several]])))
        kind = np.uint16 if several < 1 << 16 else np.int32
        column = np.arange(len(ranked)) - before[owner]
        near = column < WIDTH
        first = np.full((reader.size, WIDTH), several, kind)
        for at in range(WIDTH):
            rows = held > at
            first[rows, at] = ranked[before[:-1][rows] + at]
        more_starts = np.concatenate(([0], np.cumsum(np.maximum(held - WIDTH, 0))))
        alone = np.diff(pointers) - held
        notes = alone * _ALONE + (held > WIDTH) * _LONGER
        nameless = np.diff(pointers) == 0
        return cls(
            keys[:several],
            starts.astype(np.int32),
            owner[np.argsort(ranked, kind="stable")],
            -totals[keys[:several]].astype(np.int32),
            first,
            more_starts.astype(np.int32),
            ranked[~near].astype(kind),
            notes.astype(np.int32),
            packed(nameless) if nameless.any() else None,
        )


class RankedTally(LazyTally):
    """Papers of each key among many papers; what only a full count tells is counted when asked."""

    def __init__(
        self, ranked: RankedKeys, reader: SegmentReader, found: Matches, kernels: Kernels | None
    ) -> None:
        """Count the keys of some papers.

        Args:
            ranked: of the segment.
            reader: the segment.
            found: the papers.
            kernels: compiled loops, if there are any.
        """
        nameless = 0
        if ranked.nameless is not None:
            bits = found.bits(reader.size)
            if kernels is None:
                nameless = counted(bits & ranked.nameless)
            else:
                nameless = kernels.count_shared(bits, ranked.nameless)
        super().__init__(reader, found, nameless)
        self._ranked = ranked
        self._kernels = kernels

    @property
    def distinct(self) -> int:
        """How many keys have papers."""
        if self._distinct < 0:
            self._distinct = self._count_distinct()
        return self._distinct

    def _count_distinct(self) -> int:
        ranked, docs = self._ranked, self._found.docs
        seen = np.zeros(len(ranked.keys) + 1, np.uint8)
        if self._kernels is None:
            return _see_keys(docs, ranked, seen)
        return self._kernels.see_keys(
            docs,
            ranked.first,
            ranked.more_starts,
            ranked.more,
            ranked.notes,
            seen,
            np.empty(len(docs), np.int32),
        )

    def most(self, limit: int, prolific: Longs) -> tuple[Longs, NDArray[np.signedinteger]]:
        """Returns the keys with the highest counts; see `Tally.most`."""
        if 0 < limit <= len(self._ranked.keys):
            ranks, counts, least = self._from_the_top(limit)
            # Of the keys that have one of the papers some may not be ranked.
            if len(counts) >= limit and least > 1:
                return self._ranked.keys[ranks], counts
        return super().most(limit, prolific)

    def in_order(
        self, limit: int, order: NDArray[np.int32], prolific: Longs
    ) -> tuple[list[int], list[int]]:
        """Returns the negated highest counts and their keys; see `Tally.in_order`."""
        if self._kernels is not None and 0 < limit <= min(_FIRST, len(self._ranked.keys)):
            ranks, counts, least = self._from_the_top(limit)
            if len(counts) >= limit and least > 1:
                minus, numbers = np.empty((2, limit), np.int64)
                self._kernels.first_ranks(self._ranked.keys, ranks, counts, order, minus, numbers)
                return minus.tolist(), numbers.tolist()
        return super().in_order(limit, order, prolific)

    def _from_the_top(self, limit: int) -> tuple[NDArray[Any], NDArray[np.signedinteger], int]:
        """Returns the ranks with the highest counts, the counts, and the least of them."""
        ranked, found = self._ranked, self._found
        bits = found.bits(self._reader.size)
        if self._kernels is None:
            return _most_frequent(ranked, limit, found, unpacked(bits, self._reader.size))
        ranks, counts = np.empty((2, len(ranked.keys) + WIDTH), np.int32)
        size, least = self._kernels.most_frequent(
            bits,
            found.count,
            ranked.starts,
            ranked.papers,
            ranked.first,
            ranked.more_starts,
            ranked.more,
            ranks,
            counts,
            np.empty(limit, np.int64),
        )
        return ranks[:size], counts[:size], least


def _see_keys(docs: NDArray[np.int32], ranked: RankedKeys, seen: NDArray[np.uint8]) -> int:
    """Do what `kernels.authors.see_keys` does."""
    notes = ranked.notes.take(docs)
    for ranks in _ranks_of(docs, ranked, notes):
        seen[ranks] = 1
    return int(np.count_nonzero(seen[:-1])) + int((notes >> 1).sum())


def _ranks_of(
    docs: NDArray[np.int32], ranked: RankedKeys, notes: NDArray[np.int32]
) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Returns the ranks of the first keys of some papers, K for none, and those of the others."""
    longer = docs.take(np.flatnonzero(notes & _LONGER))
    starts = ranked.more_starts.take(longer)
    counts = ranked.more_starts[1:].take(longer) - starts
    more = ranked.more.take(spread(starts.astype(np.int64), counts))
    # As numpy counts places: others would be turned into these one by one.
    return ranked.first.take(docs, axis=0).ravel().astype(np.intp), more.astype(np.intp)


def _held(ranked: RankedKeys, mask: NDArray[np.bool_], low: int, high: int) -> Longs:
    """Count the papers that some ranks have among those of a mask."""
    starts = ranked.starts
    held = mask.take(ranked.papers[starts[low] : starts[high]])
    sums: Longs = np.add.reduceat(held, starts[low:high] - starts[low], dtype=np.int64)
    return sums


def _most_frequent(
    ranked: RankedKeys, wanted: int, found: Matches, mask: NDArray[np.bool_]
) -> tuple[NDArray[Any], NDArray[np.signedinteger], int]:
    """Do what `kernels.authors.most_frequent` does; the mask is of the papers found."""
    starts, size = ranked.starts, len(ranked.keys)
    last, least = size, 1
    counts = _held(ranked, mask, 0, min(size, max(wanted, _TRIED)))
    while True:
        looked = len(counts)
        if looked >= wanted:
            least = max(least, highest(counts, wanted))
            last = int(np.searchsorted(ranked.falls, -least, "right"))
        if looked >= last:
            break
        if starts[last] - starts[looked] > found.count * _PER_PAPER:
            ranks = np.concatenate(_ranks_of(found.docs, ranked, ranked.notes.take(found.docs)))
            counts = np.bincount(np.minimum(ranks, last, out=ranks), minlength=last)[:last]
        else:
            more = _held(ranked, mask, looked, last)
            counts = np.concatenate((counts, more))
    ranks = (counts >= least).nonzero()[0]
    return ranks, counts[ranks], least
