"""Counts of author keys over matching docs, and the top k of them.

An author key is the case-folded exact name (`indexer.paper.name_key`); its key id is its number in
the segment, or in the whole index where there are several segments (`facets.author_index`).
"""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from indexer.backends.whoosh.format.ragged_arrays import concatenate_ranges
from indexer.backends.whoosh.kernels.dispatch import Kernels
from indexer.backends.whoosh.postings.segment_reader import Ids, SegmentReader, run_starts
from indexer.backends.whoosh.scoring.scored_docs import ScoredDocs

Longs = NDArray[np.int64]
PROLIFIC: Final = 8
"""Document frequency from which a key is tried first for the top k. Any value is exact: too high
falls back to all keys more often, too low tries more of them."""
_SPARSE: Final = 32
"""Fewer key ids than one in this many keys are sorted, more are counted by `bincount`. Derived by
`python -m tests.bench --tune`, about 39; half of it would cost twice the count."""
_SPARE: Final = 64
"""Keys beyond k that are sorted along before a partition pays off."""
_NEARLY: Final = 8
"""The threshold is not computed for fewer than this many times k keys."""


class AuthorCounts:
    """Document counts of author keys: dense, one a key, or sparse, of the keys that occur."""

    def __init__(
        self,
        counts: NDArray[np.signedinteger],
        nameless: int,
        key_ids: Longs | None = None,
        *,
        distinct: int = -1,
    ) -> None:
        """Holds counts that are known.

        Args:
            counts: one a key; or one for each of `key_ids`, all above 0.
            nameless: docs without an author.
            key_ids: int64, ascending ids of the keys that occur, where `counts` is sparse.
            distinct: number of keys that occur; -1 where it is not known.
        """
        self._counts = counts
        self._key_ids = key_ids
        self.nameless = nameless
        self._distinct = distinct if key_ids is None else len(key_ids)

    @property
    def distinct(self) -> int:
        """Number of keys with at least one doc."""
        if self._distinct < 0:
            self._distinct = int(np.count_nonzero(self._counts))
        return self._distinct

    def count_of(self, key_id: int) -> int:
        """Returns the number of docs of one key."""
        if self._key_ids is None:
            return int(self._counts[key_id])
        index = int(np.searchsorted(self._key_ids, key_id))
        present = index < len(self._key_ids) and self._key_ids[index] == key_id
        return int(self._counts[index]) if present else 0

    def filtered(self, mask: NDArray[np.bool_]) -> AuthorCounts:
        """Returns the counts of the keys that a mask selects.

        Args:
            mask: bool, one a key of the index.
        """
        if self._key_ids is None:
            return AuthorCounts(np.where(mask, self._counts, 0), self.nameless)
        selected = mask[self._key_ids]
        return AuthorCounts(self._counts[selected], self.nameless, self._key_ids[selected])

    def top(self, limit: int, prolific: Longs) -> tuple[Longs, NDArray[np.signedinteger]]:
        """Returns ids and counts of the top k keys and of all that tie with the last, in no order.

        Keys of lower counts may be among them where few keys occur.

        Args:
            limit: k; 0 for all keys that occur.
            prolific: int64, the keys of the index with at least `PROLIFIC` docs.
        """
        key_ids, counts = self._key_ids, self._counts
        if key_ids is None:
            if 0 < limit <= len(prolific):
                prolific_counts = counts[prolific]
                threshold = kth_highest(prolific_counts, limit)
                if threshold >= PROLIFIC:
                    selected = prolific_counts >= threshold
                    return prolific[selected], prolific_counts[selected]
            key_ids = np.flatnonzero(counts)
            counts = counts[key_ids]
        if 0 < limit * _NEARLY < len(key_ids):
            selected = counts >= kth_highest(counts, limit)
            return key_ids[selected], counts[selected]
        return key_ids, counts

    def top_sorted(
        self, limit: int, order: NDArray[np.int32], prolific: Longs
    ) -> tuple[list[int], list[int]]:
        """Returns negated counts and ids of the top k keys: highest count first, ties by `order`.

        Args:
            limit: k; 0 for all keys that occur.
            order: int32, tie-break position of each key.
            prolific: see `top`.
        """
        key_ids, counts = self.top(limit, prolific)
        # High half: the negated count; low half: the tie-break. Both orders in one sort.
        sort_keys = order.take(key_ids) - (counts.astype(np.int64) << 32)
        if 0 < limit < len(key_ids):
            if len(key_ids) > limit + _SPARE:
                nearest = sort_keys.argpartition(limit - 1)[:limit]
                key_ids, sort_keys = key_ids[nearest], sort_keys[nearest]
            order_of_keys = sort_keys.argsort()[:limit]
        else:
            order_of_keys = sort_keys.argsort()
        return (sort_keys[order_of_keys] >> 32).tolist(), key_ids[order_of_keys].tolist()


def kth_highest(counts: NDArray[np.signedinteger], k: int) -> int:
    """Returns the k-th highest of at least k counts."""
    # Most counts are equal, and partition is slow on equal values; a histogram is not.
    counts_of_counts = np.bincount(counts)
    return len(counts_of_counts) - 1 - int(np.searchsorted(np.cumsum(counts_of_counts[::-1]), k))


def count_author_keys(reader: SegmentReader, docs: Ids) -> AuthorCounts:
    """Counts the author keys of some docs of a segment.

    Args:
        reader: the segment.
        docs: int32 doc ids, ascending.
    """
    size = len(reader.arrays.name_keys)
    pointers, entries = reader.distinct_keys
    starts, stops = pointers.take(docs), pointers[1:].take(docs)
    nameless = len(docs) - int(np.count_nonzero(starts < stops))
    if len(docs) * 2 > reader.size:
        chosen = np.zeros(reader.size, np.bool_)
        chosen[docs] = True
        keys = entries[np.repeat(chosen, np.diff(pointers))]
    else:
        keys = entries.take(concatenate_ranges(starts, stops - starts))
    if len(keys) * _SPARSE < size:
        keys.sort()
        firsts = run_starts(keys)
        ends = np.full(len(firsts), len(keys))
        ends[:-1] = firsts[1:]
        return AuthorCounts(ends - firsts, nameless, keys[firsts].astype(np.int64))
    return AuthorCounts(np.bincount(keys, minlength=size), nameless)


class LazyAuthorCounts(AuthorCounts):
    """Counts of which some figures are known; the others are counted when first asked for."""

    def __init__(
        self, reader: SegmentReader, matches: ScoredDocs, nameless: int, *, distinct: int = -1
    ) -> None:
        """Holds what is known.

        Args:
            reader: the segment.
            matches: the matching docs.
            nameless: docs without an author.
            distinct: number of keys that occur; -1 where it is not known.
        """
        super().__init__(np.zeros(0, np.int64), nameless, distinct=distinct)
        self._reader = reader
        self._matches = matches
        self._complete: AuthorCounts | None = None

    @property
    def _all_counts(self) -> AuthorCounts:
        """The counts of all keys."""
        # Not a `cached_property`: Python 3.11's holds a lock while one thread counts.
        if self._complete is None:
            self._complete = count_author_keys(self._reader, self._matches.docs)
        return self._complete

    def count_of(self, key_id: int) -> int:
        """Returns the number of docs of one key."""
        return self._all_counts.count_of(key_id)

    def filtered(self, mask: NDArray[np.bool_]) -> AuthorCounts:
        """Returns the counts of the keys that a mask selects; see `AuthorCounts.filtered`."""
        return self._all_counts.filtered(mask)

    def top(self, limit: int, prolific: Longs) -> tuple[Longs, NDArray[np.signedinteger]]:
        """Returns the top k keys in no order; see `AuthorCounts.top`."""
        return self._all_counts.top(limit, prolific)


_FIRST: Final = 32
"""Keys that the compiled loop selects; a facet shows fewer as a rule."""


class TopAuthorCounts(LazyAuthorCounts):
    """The top keys of few docs, counted by one compiled loop; others when asked for."""

    def __init__(
        self, reader: SegmentReader, matches: ScoredDocs, order: NDArray[np.int32], kernels: Kernels
    ) -> None:
        """Counts the keys of some docs.

        Args:
            reader: the segment.
            matches: the matching docs.
            order: int32, tie-break position of each key.
            kernels: compiled loops.
        """
        minus, key_ids = np.empty((2, _FIRST), np.int64)
        pointers, entries = reader.distinct_keys
        size, distinct, nameless = kernels.top_keys(
            matches.docs, pointers, entries, order, minus, key_ids
        )
        super().__init__(reader, matches, nameless, distinct=distinct)
        self._first = minus[:size].tolist(), key_ids[:size].tolist()

    def top_sorted(
        self, limit: int, order: NDArray[np.int32], prolific: Longs
    ) -> tuple[list[int], list[int]]:
        """Returns the top k keys, sorted; see `AuthorCounts.top_sorted`."""
        minus, key_ids = self._first
        if 0 < limit <= _FIRST or self.distinct <= _FIRST:
            last = limit if limit > 0 else None
            return minus[:last], key_ids[:last]
        return super().top_sorted(limit, order, prolific)
