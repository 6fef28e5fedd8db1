"""Author keys by descending document frequency, so that counting stops early.

Most keys have one doc; these are counted by doc, without visiting each key. The others are visited
from the most frequent on: once the df of a key is below the k-th highest count so far, neither it
nor any later one can enter the top k (a threshold algorithm: Fagin, Lotem & Naor 2003,
https://doi.org/10.1016/S0022-0000(03)00026-6).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final, Self

import numpy as np
from numpy.typing import NDArray

from indexer.backends.whoosh.facets.author_counts import LazyAuthorCounts, Longs, kth_highest
from indexer.backends.whoosh.format.ragged_arrays import concatenate_ranges
from indexer.backends.whoosh.kernels.dispatch import Kernels
from indexer.backends.whoosh.postings.bitset import Bits, cardinality, pack_bits, unpack_bits
from indexer.backends.whoosh.postings.segment_reader import SegmentReader
from indexer.backends.whoosh.scoring.scored_docs import ScoredDocs

WIDTH: Final = 4
"""Ranked keys of a doc in the fixed-width table; few docs have more."""
_PROBED_RANKS: Final = 128
"""Ranks counted in the first step, which sets the threshold for the rest."""
_PER_DOC: Final = 7
"""Cost of counting all ranks of a matching doc, in units of testing one doc of a rank. Choosing
between two exact methods, it need not be precise."""
_MOST_INSERTED: Final = 128
"""Most keys that the compiled loop sorts by insertion; NumPy sorts more."""
_HAS_MORE, _SINGLE = 1, 2


@dataclass(frozen=True, slots=True)
class RankedKeys:
    """The keys of a segment with at least two docs, by descending df; tombstones count as docs.

    Attributes:
        keys: int64[K], key id of each rank.
        starts: int32[K + 1], where the docs of each rank begin in `docs`.
        docs: int32, ascending within a rank.
        negated_df: int32[K], ascending.
        first: [docs, WIDTH], ranks of each doc's first keys, K where it has fewer; uint16 where K
            fits, else int32.
        more_starts: int32[docs + 1], where the ranks of each doc's further keys begin in `more`.
        more: further ranks, of the dtype of `first`.
        unranked: int32[docs], twice the number of keys without another doc, plus 1 where the doc
            has ranks in `more`.
        nameless: bitset of the docs without an author; None where each has one.
    """

    keys: Longs
    starts: NDArray[np.int32]
    docs: NDArray[np.int32]
    negated_df: NDArray[np.int32]
    first: NDArray[Any]
    more_starts: NDArray[np.int32]
    more: NDArray[Any]
    unranked: NDArray[np.int32]
    nameless: Bits | None

    @classmethod
    def of(cls, reader: SegmentReader) -> Self:
        """Ranks the keys of a segment."""
        pointers, entries = reader.distinct_keys
        totals = np.bincount(entries, minlength=len(reader.arrays.name_keys))
        keys = np.argsort(-totals, kind="stable")
        ranks_count = int(np.searchsorted(-totals[keys], -1))
        ranks = np.empty(len(keys), np.int32)
        ranks[keys] = np.arange(len(keys), dtype=np.int32)
        ranked = ranks[entries]
        is_ranked = ranked < ranks_count
        before = np.concatenate(([0], np.cumsum(is_ranked)))[pointers]
        doc_ranks, ranked = np.diff(before), ranked[is_ranked]
        owner = np.repeat(np.arange(reader.size, dtype=np.int32), doc_ranks)
        starts = np.concatenate(([0], np.cumsum(totals[keys[:ranks_count]])))
        kind = np.uint16 if ranks_count < 1 << 16 else np.int32
        position = np.arange(len(ranked)) - before[owner]
        fits = position < WIDTH
        first = np.full((reader.size, WIDTH), ranks_count, kind)
        for column in range(WIDTH):
            rows = doc_ranks > column
            first[rows, column] = ranked[before[:-1][rows] + column]
        more_starts = np.concatenate(([0], np.cumsum(np.maximum(doc_ranks - WIDTH, 0))))
        single_keys = np.diff(pointers) - doc_ranks
        unranked = single_keys * _SINGLE + (doc_ranks > WIDTH) * _HAS_MORE
        nameless = np.diff(pointers) == 0
        return cls(
            keys[:ranks_count],
            starts.astype(np.int32),
            owner[np.argsort(ranked, kind="stable")],
            -totals[keys[:ranks_count]].astype(np.int32),
            first,
            more_starts.astype(np.int32),
            ranked[~fits].astype(kind),
            unranked.astype(np.int32),
            pack_bits(nameless) if nameless.any() else None,
        )


class RankedAuthorCounts(LazyAuthorCounts):
    """Counts over many docs; what only a complete count tells is counted when asked for."""

    def __init__(
        self,
        ranked: RankedKeys,
        reader: SegmentReader,
        matches: ScoredDocs,
        kernels: Kernels | None,
    ) -> None:
        """Counts the docs without an author; keys are counted when asked for.

        Args:
            ranked: the keys of the segment.
            reader: the segment.
            matches: the matching docs.
            kernels: compiled loops, or None for NumPy's.
        """
        nameless = 0
        if ranked.nameless is not None:
            bits = matches.bits(reader.size)
            if kernels is None:
                nameless = cardinality(bits & ranked.nameless)
            else:
                nameless = kernels.count_intersection(bits, ranked.nameless)
        super().__init__(reader, matches, nameless)
        self._ranked = ranked
        self._kernels = kernels

    @property
    def distinct(self) -> int:
        """Number of keys with at least one doc."""
        if self._distinct < 0:
            self._distinct = self._count_distinct()
        return self._distinct

    def _count_distinct(self) -> int:
        ranked, docs = self._ranked, self._matches.docs
        seen = np.zeros(len(ranked.keys) + 1, np.uint8)
        if self._kernels is None:
            return _count_distinct_keys(docs, ranked, seen)
        return self._kernels.count_distinct_keys(
            docs,
            ranked.first,
            ranked.more_starts,
            ranked.more,
            ranked.unranked,
            seen,
            np.empty(len(docs), np.int32),
        )

    def top(self, limit: int, prolific: Longs) -> tuple[Longs, NDArray[np.signedinteger]]:
        """Returns the top k keys in no order; see `AuthorCounts.top`."""
        if 0 < limit <= len(self._ranked.keys):
            ranks, counts, threshold = self._top_ranks(limit)
            # With a threshold of 1, keys that are not ranked may tie.
            if len(counts) >= limit and threshold > 1:
                return self._ranked.keys[ranks], counts
        return super().top(limit, prolific)

    def top_sorted(
        self, limit: int, order: NDArray[np.int32], prolific: Longs
    ) -> tuple[list[int], list[int]]:
        """Returns the top k keys, sorted; see `AuthorCounts.top_sorted`."""
        if self._kernels is not None and 0 < limit <= min(_MOST_INSERTED, len(self._ranked.keys)):
            ranks, counts, threshold = self._top_ranks(limit)
            if len(counts) >= limit and threshold > 1:
                minus, key_ids = np.empty((2, limit), np.int64)
                self._kernels.top_ranks(self._ranked.keys, ranks, counts, order, minus, key_ids)
                return minus.tolist(), key_ids.tolist()
        return super().top_sorted(limit, order, prolific)

    def _top_ranks(self, limit: int) -> tuple[NDArray[Any], NDArray[np.signedinteger], int]:
        """Returns ranks of the top k keys with ties, ascending, their counts, and the threshold."""
        ranked, matches = self._ranked, self._matches
        bits = matches.bits(self._reader.size)
        if self._kernels is None:
            return _most_frequent(ranked, limit, matches, unpack_bits(bits, self._reader.size))
        ranks, counts = np.empty((2, len(ranked.keys) + WIDTH), np.int32)
        size, threshold = self._kernels.most_frequent(
            bits,
            matches.count,
            ranked.starts,
            ranked.docs,
            ranked.first,
            ranked.more_starts,
            ranked.more,
            ranks,
            counts,
            np.empty(limit, np.int64),
        )
        return ranks[:size], counts[:size], threshold


def _count_distinct_keys(
    docs: NDArray[np.int32], ranked: RankedKeys, seen: NDArray[np.uint8]
) -> int:
    """NumPy's `kernels.facet_counts.count_distinct_keys`."""
    unranked = ranked.unranked.take(docs)
    for ranks in _ranks_of(docs, ranked, unranked):
        seen[ranks] = 1
    return int(np.count_nonzero(seen[:-1])) + int((unranked >> 1).sum())


def _ranks_of(
    docs: NDArray[np.int32], ranked: RankedKeys, unranked: NDArray[np.int32]
) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Returns the first ranks of some docs, K for each that is missing, and their further ones."""
    docs_with_more = docs.take(np.flatnonzero(unranked & _HAS_MORE))
    starts = ranked.more_starts.take(docs_with_more)
    counts = ranked.more_starts[1:].take(docs_with_more) - starts
    more = ranked.more.take(concatenate_ranges(starts.astype(np.int64), counts))
    # intp, the dtype NumPy indexes with: any other would be converted element by element.
    return ranked.first.take(docs, axis=0).ravel().astype(np.intp), more.astype(np.intp)


def _count_rank_range(ranked: RankedKeys, mask: NDArray[np.bool_], low: int, high: int) -> Longs:
    """Returns how many docs of each rank from `low` up to `high` are in a mask, bool[docs]."""
    starts = ranked.starts
    in_mask = mask.take(ranked.docs[starts[low] : starts[high]])
    counts: Longs = np.add.reduceat(in_mask, starts[low:high] - starts[low], dtype=np.int64)
    return counts


def _most_frequent(
    ranked: RankedKeys, k: int, matches: ScoredDocs, mask: NDArray[np.bool_]
) -> tuple[NDArray[Any], NDArray[np.signedinteger], int]:
    """NumPy's `kernels.facet_counts.most_frequent`.

    Args:
        ranked: the keys of the segment.
        k: how many keys are wanted.
        matches: the matching docs.
        mask: bool[docs], true for these.

    Returns:
        Ranks, ascending, their counts, and the threshold.
    """
    starts, size = ranked.starts, len(ranked.keys)
    last, threshold = size, 1
    counts = _count_rank_range(ranked, mask, 0, min(size, max(k, _PROBED_RANKS)))
    while True:
        probed = len(counts)
        if probed >= k:
            threshold = max(threshold, kth_highest(counts, k))
            last = int(np.searchsorted(ranked.negated_df, -threshold, "right"))
        if probed >= last:
            break
        if starts[last] - starts[probed] > matches.count * _PER_DOC:
            ranks = np.concatenate(
                _ranks_of(matches.docs, ranked, ranked.unranked.take(matches.docs))
            )
            counts = np.bincount(np.minimum(ranks, last, out=ranks), minlength=last)[:last]
        else:
            more = _count_rank_range(ranked, mask, probed, last)
            counts = np.concatenate((counts, more))
    ranks = (counts >= threshold).nonzero()[0]
    return ranks, counts[ranks], threshold
