"""Author keys by falling number of papers: a count that need not look at most of them.

Most keys have a single paper. They are counted by paper, without looking at each; the others are
numbered so that those of many papers, which most entries are of, stand close together.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Self

import numpy as np
from numpy.typing import NDArray

from indexer.backends.whoosh.kernels.choice import Kernels
from indexer.backends.whoosh.lookup.occurrences import spread
from indexer.backends.whoosh.lookup.reader import Numbers, SegmentReader
from indexer.backends.whoosh.lookup.tally import PROLIFIC, Longs, Tally, highest, tally


@dataclass(frozen=True, slots=True)
class RankedKeys:
    """The keys of a segment with at least two papers, ranked by them.

    Attributes:
        keys: the key of each rank.
        prolific: how many of them have at least `PROLIFIC` papers.
        pointers: int32[P + 1], where each paper's ranks begin in `entries`.
        entries: ranks.
        alone: how many keys each paper has that have no other paper.
    """

    keys: Longs
    prolific: int
    pointers: NDArray[np.int32]
    entries: NDArray[np.int32]
    alone: NDArray[np.uint16]

    @classmethod
    def of(cls, reader: SegmentReader) -> Self:
        """Rank the keys of a segment; deleted papers count, too."""
        pointers, entries = reader.distinct_keys
        totals = np.bincount(entries, minlength=len(reader.arrays.name_keys))
        keys = np.argsort(-totals, kind="stable")
        sizes = totals[keys]
        several = int(np.searchsorted(-sizes, -1))
        ranks = np.empty(len(keys), np.int32)
        ranks[keys] = np.arange(len(keys), dtype=np.int32)
        ranked = ranks[entries]
        kept = ranked < several
        before = np.concatenate(([0], np.cumsum(kept)))[pointers]
        alone = np.diff(pointers) - np.diff(before)
        prolific = int(np.searchsorted(-sizes, -PROLIFIC, "right"))
        return cls(
            keys[:several],
            prolific,
            before.astype(np.int32),
            ranked[kept],
            alone.astype(np.uint16),
        )


class RankedTally(Tally):
    """Papers of each key among many papers; what only a full count tells is counted when asked."""

    def __init__(
        self, ranked: RankedKeys, reader: SegmentReader, docs: Numbers, kernels: Kernels | None
    ) -> None:
        """Count the keys of some papers.

        Args:
            ranked: of the segment.
            reader: the segment.
            docs: the papers.
            kernels: compiled loops, if there are any.
        """
        self._ranked = ranked
        self._reader = reader
        self._docs = docs
        if kernels is not None:
            found = np.zeros(len(ranked.keys), np.int32)
            distinct, nameless = kernels.count_keys(
                docs, ranked.pointers, ranked.entries, ranked.alone, found
            )
            super().__init__(found, nameless, distinct=distinct)
            return
        starts = ranked.pointers.take(docs)
        counts = ranked.pointers[1:].take(docs) - starts
        alone = ranked.alone.take(docs)
        several = np.bincount(
            ranked.entries.take(spread(starts.astype(np.int64), counts)), minlength=len(ranked.keys)
        )
        nameless = len(docs) - int(np.count_nonzero(counts + alone))
        distinct = int(np.count_nonzero(several)) + int(alone.sum())
        super().__init__(several, nameless, distinct=distinct)

    @cached_property
    def _full(self) -> Tally:
        return tally(self._reader, self._docs)

    def of(self, number: int) -> int:
        """Give the papers of one key."""
        return self._full.of(number)

    def kept(self, mask: NDArray[np.bool_]) -> Tally:
        """Keep the keys where the mask, over all keys, is true."""
        return self._full.kept(mask)

    def most(self, limit: int, prolific: Longs) -> tuple[Longs, NDArray[np.signedinteger]]:
        """Give the keys of the highest counts; see `Tally.most`."""
        first = self._counts[: self._ranked.prolific]
        if 0 < limit <= len(first):
            least = highest(first, limit)
            if least >= PROLIFIC:
                places = np.flatnonzero(first >= least)
                return self._ranked.keys[places], first[places]
            places = np.flatnonzero(self._counts)
            found = self._counts[places]
            if len(places) >= limit and (least := highest(found, limit)) > 1:
                places = places[found >= least]
                return self._ranked.keys[places], self._counts[places]
        return self._full.most(limit, prolific)
