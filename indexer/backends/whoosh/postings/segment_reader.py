"""Reads one segment: its arrays, and what is derived from them at first use.

A `Column` holds one value a doc, laid out for counting: a code each, and the runs of equal codes.
Docs are ordered by year and, within a year, by paper id, which often begins with the venue: so
equal values are adjacent, and runs are few.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from typing import Any, Final, Literal, Self

import numpy as np
from numpy.typing import NDArray

from indexer.backends.whoosh.format.generation import LoadedSegment, Store
from indexer.backends.whoosh.format.identifier_dictionary import IdentifierDictionary
from indexer.backends.whoosh.format.record_terms import RecordTerms
from indexer.backends.whoosh.format.segment import Segment
from indexer.backends.whoosh.postings.bitset import Bits, damaged
from indexer.backends.whoosh.postings.cache_sizes import FILTER_BYTES, OCCURRENCE_BYTES, STORE_BYTES
from indexer.backends.whoosh.postings.caches import BoundedCache, Cache
from indexer.paper import UNKNOWN, Paper
from indexer.query import Filter, Sort
from indexer.query_analysis.terms import value_key
from indexer.search import PaperTimes

CodedField = Literal["venue", "year", "type"]
Ids = NDArray[np.int32]
"""Doc ids (or name ids): int32, ascending and distinct unless said otherwise."""
MaskAndBits = tuple[NDArray[np.bool_], Bits]
"""The docs of a segment that pass a filter, twice: bool[size], and the same as a bitset."""
_PAPER_OCCURRENCE_BYTES: Final = 64
"""Least bytes of the position offsets' cache, a doc."""


class CachedStore:
    """A document store that caches the papers shown last, so they need not be decoded again."""

    def __init__(self, store: Store, budget: int) -> None:
        """Reads from a store, and caches up to `budget` bytes."""
        self._store = store
        self.cache: BoundedCache[Paper] = BoundedCache(budget, _weigh)

    def paper(self, doc: int) -> Paper:
        """Returns the paper of a doc id."""
        return self.cache.get(doc, lambda: self._store.paper(doc))


def _weigh(paper: Paper) -> int:
    """Returns the approximate size of a paper in memory, in bytes."""
    return 1000 + 2 * (len(paper.title) + len(paper.abstract)) + 100 * len(paper.authors)


class SegmentReader:
    """Reads one segment; everything derived is made at first use, so opening costs nothing.

    Attributes:
        arrays: the segment.
        store: its papers.
        live: bool[size], docs without a tombstone; None where there are no tombstones.
        size: docs, deleted ones included.
        papers: live docs.
        meaning: their vectors; None where there are none.
    """

    def __init__(self, loaded: LoadedSegment, share: float = 1.0) -> None:
        """Reads a segment.

        Args:
            loaded: the segment.
            share: share of this segment in the docs of the index, and so in the memory of the
                caches.
        """
        self.arrays: Segment = loaded.arrays
        self._loaded = loaded
        self.meaning = loaded.meaning
        self._stored = CachedStore(loaded.store, int(share * STORE_BYTES))
        self.store: Store = self._stored
        deleted = loaded.deleted
        self._offsets: BoundedCache[NDArray[np.int32]] = BoundedCache(
            max(int(share * OCCURRENCE_BYTES), _PAPER_OCCURRENCE_BYTES * self.arrays.papers),
            lambda before: before.nbytes,
        )
        self._filters: BoundedCache[MaskAndBits] = BoundedCache(
            int(share * FILTER_BYTES), lambda passing: passing[0].nbytes + passing[1].nbytes
        )
        self._columns: dict[CodedField, Column] = {}
        self._named_ids: dict[str, Ids] = {}
        self.live = ~deleted if deleted is not None and deleted.any() else None
        self.size = self.arrays.papers
        self.papers = self.size if self.live is None else int(np.count_nonzero(self.live))

    @property
    def caches(self) -> tuple[Cache, ...]:
        """The caches of this segment."""
        return self._offsets, self._filters, self._stored.cache

    @cached_property
    def live_docs(self) -> Ids:
        """Live docs."""
        if self.live is None:
            return np.arange(self.size, dtype=np.int32)
        return np.flatnonzero(self.live).astype(np.int32)

    def find(self, paper_id: str) -> int | None:
        """Returns the live doc of a paper id, None where there is none."""
        index = self.arrays.ids.find(paper_id)
        doc = int(self.arrays.id_paper[index]) if index >= 0 else -1
        return doc if index >= 0 and (self.live is None or self.live[doc]) else None

    def with_ids(self, name: str, ids: Sequence[str]) -> Ids:
        """Returns the live docs of some paper ids, rising; remembered by their name."""
        docs = self._named_ids.get(name)
        if docs is None:
            found = sorted({doc for one in ids if (doc := self.find(one)) is not None})
            docs = self._named_ids[name] = np.array(found, dtype=np.int32)
        return docs

    def identified(self, key: str) -> Ids:
        """Returns the papers that have an identifier, by its key; rising, deleted ones included."""
        return self._identifiers.papers_of(key)

    @cached_property
    def _identifiers(self) -> IdentifierDictionary:
        # Segments written before there was a dictionary have none: it is made of their papers.
        written = self._loaded.identifiers
        if written is not None:
            return written
        return IdentifierDictionary.of_papers(map(self._loaded.store.paper, range(self.size)))

    def with_record_words(self, keys: Sequence[str]) -> Ids:
        """Returns the papers with a value that has all these keys of `record_fields`.

        Rising, deleted ones included.
        """
        return self._record_terms.papers_of(keys)

    @cached_property
    def _record_terms(self) -> RecordTerms:
        written = self._loaded.record_terms
        if written is not None:
            return written
        return RecordTerms.of_papers(map(self._loaded.store.paper, range(self.size)))

    def times(self, doc: int) -> PaperTimes:
        """Returns when a doc was first indexed and last changed."""
        first, last = self.arrays.first_indexed[doc], self.arrays.last_changed[doc]
        return PaperTimes(_iso_time(int(first)), _iso_time(int(last)))

    def drop_deleted(self, docs: Ids) -> Ids:
        """Returns the docs without a tombstone."""
        return docs if self.live is None else docs[self.live[docs]]

    def total_length(self, lengths: NDArray[np.int32]) -> int:
        """Returns the sum of a field's lengths over the live docs."""
        live_lengths = lengths if self.live is None else lengths[self.live]
        return int(live_lengths.sum(dtype=np.int64))

    def year_range(self, low: int | None, high: int | None) -> tuple[int, int]:
        """Returns the range of docs from year `low` to `high`: first, and one after the last.

        A missing year is in no range, unless both ends are open.
        """
        if low is None and high is None:
            return 0, self.size
        negated = self._negated_years
        # Years descend, so negated years ascend; a missing one is the largest of all. The sought
        # year is int32 like the array, which would be converted otherwise.
        first = (
            0 if high is None else int(negated.searchsorted(np.int32(-_clamp_year(high)), "left"))
        )
        last_year = -_clamp_year(low) if low is not None else 0
        last = int(negated.searchsorted(np.int32(last_year), "right"))
        return first, max(first, last)

    def filter_bits(self, condition: Filter, compute: Callable[[], MaskAndBits]) -> MaskAndBits:
        """Returns the docs that pass a filter; `compute` is called where they are not cached."""
        return self._filters.get(condition, compute)

    def posting_range(self, stem: int) -> tuple[int, int]:
        """Returns the range of a stem's postings in `Segment.docs`: first, and one after the last.

        Raises:
            IndexDamaged: when it is not within the segment; compiled loops rely on it.
        """
        first, last = self.arrays.stem_ptr[stem : stem + 2].tolist()
        if not 0 <= first <= last <= len(self.arrays.docs):
            raise damaged()
        return first, last

    def position_offsets(self, stem: int) -> NDArray[np.int32]:
        """Returns for each posting of a stem the number of positions before it, then the total."""
        return self._offsets.get(stem, lambda: self._position_offsets_of(stem))

    def _position_offsets_of(self, stem: int) -> NDArray[np.int32]:
        """Counts the positions before each posting of a stem."""
        arrays = self.arrays
        span = slice(*self.posting_range(stem))
        before = np.zeros(span.stop - span.start + 1, np.int32)
        tfs = arrays.title_tf[span].astype(np.int32) + arrays.abstract_tf[span]
        np.cumsum(tfs, out=before[1:])
        return before

    @cached_property
    def _negated_years(self) -> NDArray[np.int32]:
        """int32, negated years in doc id order: ascending; the largest int32 where missing."""
        years = self.arrays.year
        return np.where(years < 0, np.int32(2**31 - 1), -years).astype(np.int32)

    @cached_property
    def first_without_year(self) -> int:
        """First of the docs without a year, which are the last ones."""
        return int(np.searchsorted(self._negated_years, 1, "left"))

    @cached_property
    def paper_ids(self) -> NDArray[np.int32]:
        """int32[size], index of each doc's paper id in `Segment.ids`."""
        indexes = np.empty(self.size, np.int32)
        indexes[self.arrays.id_paper] = np.arange(self.size, dtype=np.int32)
        return indexes

    def paper_id(self, doc: int) -> str:
        """Returns the paper id of a doc."""
        return self.arrays.ids[int(self.paper_ids[doc])]

    @cached_property
    def folded_ids(self) -> dict[str, list[int]]:
        """Indexes in `Segment.ids` by folded paper id."""
        folded: dict[str, list[int]] = {}
        for index, paper_id in enumerate(self.arrays.ids):
            folded.setdefault(value_key(paper_id), []).append(index)
        return folded

    @cached_property
    def name_key(self) -> NDArray[np.int32]:
        """int32, index of each name's key in `Segment.name_keys`."""
        counts = np.diff(self.arrays.name_key_ptr)
        return np.repeat(np.arange(len(counts), dtype=np.int32), counts)

    @cached_property
    def name_owner(self) -> NDArray[np.int32]:
        """int32, the doc of each entry of `Segment.paper_names`."""
        counts = np.diff(self.arrays.paper_names_ptr)
        return np.repeat(np.arange(self.size, dtype=np.int32), counts)

    @cached_property
    def paper_keys(self) -> NDArray[np.int32]:
        """int32, the name key of each entry of `Segment.paper_names`."""
        return self.name_key[self.arrays.paper_names]

    @cached_property
    def has_doubled_name(self) -> NDArray[np.bool_]:
        """bool[size], docs with two authors of exactly the same name."""
        distinct = np.bincount(self.arrays.name_papers, minlength=self.size)
        doubled: NDArray[np.bool_] = distinct != np.diff(self.arrays.paper_names_ptr)
        return doubled

    @cached_property
    def distinct_keys(self) -> tuple[NDArray[np.int64], NDArray[np.int32]]:
        """The distinct name keys of each doc, as a ragged array.

        int64[size + 1], where the keys of each doc begin; int32, keys, ascending within a doc.
        """
        # Nearly sorted already: a merge sort is four times as fast as quicksort.
        both = np.sort(self.name_owner.astype(np.int64) << 32 | self.paper_keys, kind="stable")
        if len(both):
            both = both[np.concatenate(([True], both[1:] != both[:-1]))]
        pointers = np.searchsorted(both, np.arange(self.size + 1, dtype=np.int64) << 32)
        return pointers, (both & 0xFFFFFFFF).astype(np.int32)

    def column(self, field: CodedField) -> Column:
        """Returns a column for counting; years descend, others ascend, missing is "unknown"."""
        column = self._columns.get(field)
        if column is None:
            column = self._columns[field] = self._column(field)
        return column

    def _column(self, field: CodedField) -> Column:
        """Builds a column.

        Raises:
            ValueError: when the field has none.
        """
        arrays = self.arrays
        if field == "year":
            years = arrays.year
            starts = run_starts(years)
            names = tuple(UNKNOWN if year < 0 else str(year) for year in years[starts].tolist())
            return Column.of(
                names, np.repeat(np.arange(len(starts)), np.diff(starts, append=self.size))
            )
        if field == "venue":
            values, codes = arrays.venues, arrays.venue
        elif field == "type":
            values, codes = arrays.types, arrays.type
        else:
            raise ValueError(f"{field} has no column")
        sorted_values, codes = list(values), codes.astype(np.int32)
        unknown_code = bisect_left(sorted_values, UNKNOWN)
        if sorted_values[unknown_code : unknown_code + 1] == [UNKNOWN]:
            return Column.of(tuple(sorted_values), np.where(codes < 0, unknown_code, codes))
        sorted_values.insert(unknown_code, UNKNOWN)
        return Column.of(
            tuple(sorted_values), np.where(codes < 0, unknown_code, codes + (codes >= unknown_code))
        )

    @cached_property
    def _by_sort(self) -> dict[Sort, tuple[NDArray[np.int32], NDArray[np.int32]]]:
        """Orders that were computed."""
        return {}

    def order(self, sort: Sort) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
        """Returns the docs in a sort order, and the rank of each doc in it; not for RELEVANCE."""
        orders = self._by_sort.get(sort)
        if orders is None:
            orders = self._by_sort[sort] = self._sorted(sort)
        return orders

    def _sorted(self, sort: Sort) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
        """Computes a sort order."""
        order = self.arrays.title_order
        if sort is not Sort.TITLE:
            years = self._negated_years[order]
            if sort is Sort.OLDEST:
                years = np.where(years < 1, -years, years)
            order = order[np.argsort(years, kind="stable")]
        if sort is Sort.ADDED:
            order = order[np.argsort(-self.arrays.first_indexed[order], kind="stable")]
        ranks = np.empty(self.size, np.int32)
        ranks[order] = np.arange(self.size, dtype=np.int32)
        return order, ranks


def _iso_time(seconds: int) -> str:
    """Returns seconds since 1970 as ISO 8601 in UTC."""
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="seconds")


def _clamp_year(year: int) -> int:
    """Returns a typed year within what the arrays can hold."""
    return min(max(year, -(10**6)), 10**6)


_NARROW: Final = (np.dtype(np.uint8), np.dtype(np.uint16), np.dtype(np.int32))


@dataclass(frozen=True, slots=True)
class Column:
    """A column of one segment.

    Attributes:
        names: the values, by code.
        codes: [docs], in the narrowest of uint8, uint16 and int32.
        starts: int32[runs], first doc of each run, ascending from 0.
        runs: int32[runs], code of each run.
        words: int64[runs], the bitset word that contains the first doc of each run.
        below: uint64[runs], the bits of that word below that doc.
    """

    names: tuple[str, ...]
    codes: NDArray[Any]
    starts: NDArray[np.int32]
    runs: NDArray[np.int32]
    words: NDArray[np.int64]
    below: NDArray[np.uint64]

    @classmethod
    def of(cls, names: tuple[str, ...], codes: NDArray[Any]) -> Self:
        """Returns the column of some codes, none below 0.

        Raises:
            IndexDamaged: when a code has no value; compiled loops rely on it.
        """
        if len(codes) and int(codes.max()) >= len(names):
            raise damaged("the venues, years or types")
        narrowest = next(dtype for dtype in _NARROW if len(names) <= np.iinfo(dtype).max)
        starts = run_starts(codes)
        return cls(
            names,
            codes.astype(narrowest),
            starts.astype(np.int32),
            codes[starts].astype(np.int32),
            starts.astype(np.int64) >> 6,
            (np.uint64(1) << (starts & 63).astype(np.uint64)) - np.uint64(1),
        )


def run_starts(values: NDArray[Any]) -> NDArray[np.intp]:
    """Returns the first index of each run of equal values, ascending from 0."""
    changes = np.empty(len(values), np.bool_)
    changes[:1] = True
    np.not_equal(values[1:], values[:-1], out=changes[1:])
    return changes.nonzero()[0]
