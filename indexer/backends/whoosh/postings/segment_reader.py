"""One segment with what is derived from its arrays once and then kept.

A field of one value a paper, laid out for counting: a code each, and the runs of equal codes.

Papers stand in order of year and, within a year, of their ids, which often begin with the venue:
so equal values stand side by side, and runs are few.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from typing import Any, Final, Literal, Self

import numpy as np
from numpy.typing import NDArray

from indexer.backends.whoosh.format.generation import LoadedSegment, Store
from indexer.backends.whoosh.format.identifier_dictionary import IdentifierDictionary
from indexer.backends.whoosh.format.segment import Segment
from indexer.backends.whoosh.postings.bitset import Bits, damaged, packed
from indexer.backends.whoosh.postings.cache_sizes import FILTER_BYTES, OCCURRENCE_BYTES, STORE_BYTES
from indexer.backends.whoosh.postings.caches import BoundedCache
from indexer.paper import UNKNOWN, Paper
from indexer.query import Filter, Sort
from indexer.query_analysis.terms import value_key
from indexer.search import PaperTimes

CodedField = Literal["venue", "year", "type"]
Numbers = NDArray[np.int32]
"""Paper numbers (or name ids), rising and distinct unless said otherwise."""
_PAPER_OCCURRENCE_BYTES: Final = 64
"""Where there are many papers, so much for each."""


class KeptPapers:
    """A store that keeps the papers shown last, so that they are not unpacked again."""

    def __init__(self, store: Store, budget: int) -> None:
        """Read papers from this store and keep some, up to `budget` bytes."""
        self._store = store
        self._kept: BoundedCache[Paper] = BoundedCache(budget, _weigh)

    def paper(self, number: int) -> Paper:
        """Give back the paper of this number."""
        return self._kept.get(number, lambda: self._store.paper(number))


def _weigh(paper: Paper) -> int:
    return 1000 + 2 * (len(paper.title) + len(paper.abstract)) + 100 * len(paper.authors)


class SegmentReader:
    """Reads one segment; everything derived is made on first use, so that opening costs nothing.

    Attributes:
        arrays: the segment. store: its papers.
        live: bool[P], papers that are not deleted; None where all are there.
        papers: live papers.
    """

    def __init__(self, loaded: LoadedSegment, share: float = 1.0) -> None:
        """Read this segment.

        Args:
            loaded: the segment.
            share: of the papers of the collection, and so of the memory for its caches.
        """
        self.arrays: Segment = loaded.arrays
        self._loaded = loaded
        self.store: Store = KeptPapers(loaded.store, int(share * STORE_BYTES))
        deleted = loaded.deleted
        self._before: BoundedCache[NDArray[np.int32]] = BoundedCache(
            max(int(share * OCCURRENCE_BYTES), _PAPER_OCCURRENCE_BYTES * self.arrays.papers),
            lambda before: before.nbytes,
        )
        self._passing: BoundedCache[Marked] = BoundedCache(
            int(share * FILTER_BYTES), lambda one: one.bytes
        )
        self._columns: dict[CodedField, Column] = {}
        self.live = ~deleted if deleted is not None and deleted.any() else None
        self.size = self.arrays.papers
        self.papers = self.size if self.live is None else int(np.count_nonzero(self.live))

    @cached_property
    def every(self) -> Numbers:
        """All live papers."""
        if self.live is None:
            return np.arange(self.size, dtype=np.int32)
        return np.flatnonzero(self.live).astype(np.int32)

    def find(self, paper_id: str) -> int | None:
        """Give the number of the live paper with this id."""
        at = self.arrays.ids.find(paper_id)
        number = int(self.arrays.id_paper[at]) if at >= 0 else -1
        return number if at >= 0 and (self.live is None or self.live[number]) else None

    def identified(self, key: str) -> Numbers:
        """Returns the papers that have an identifier, by its key; rising, deleted ones included."""
        return self._identifiers.papers_of(key)

    @cached_property
    def _identifiers(self) -> IdentifierDictionary:
        # Segments written before there was a dictionary have none: it is made of their papers.
        written = self._loaded.identifiers
        if written is not None:
            return written
        return IdentifierDictionary.of_papers(map(self._loaded.store.paper, range(self.size)))

    def times(self, number: int) -> PaperTimes:
        """Give the times of a paper."""
        first, last = self.arrays.first_indexed[number], self.arrays.last_changed[number]
        return PaperTimes(_told(int(first)), _told(int(last)))

    def living(self, docs: Numbers) -> Numbers:
        """Drop deleted papers."""
        return docs if self.live is None else docs[self.live[docs]]

    def total_length(self, lengths: NDArray[np.int32]) -> int:
        """Add up a field's lengths over the live papers."""
        kept = lengths if self.live is None else lengths[self.live]
        return int(kept.sum(dtype=np.int64))

    def years(self, low: int | None, high: int | None) -> tuple[int, int]:
        """Give the range of numbers of the papers from year `low` to `high`.

        A missing year is in no range, unless both are open.
        """
        if low is None and high is None:
            return 0, self.size
        rising = self._falling_years
        # Years fall, their negatives rise; a missing one is the largest of all.
        # Of the same type, or all of them would be converted first.
        first = 0 if high is None else int(rising.searchsorted(np.int32(-_bounded(high)), "left"))
        last_year = -_bounded(low) if low is not None else 0
        last = int(rising.searchsorted(np.int32(last_year), "right"))
        return first, max(first, last)

    def passing(self, one: Filter, compute: Callable[[], Marked]) -> Marked:
        """Give the papers that pass a filter; `compute` says it the first time."""
        return self._passing.get(one, compute)

    def stem_span(self, stem: int) -> tuple[int, int]:
        """Give the postings of a stem by its id: the first place, and the first one behind.

        Raises:
            IndexDamaged: when they are not within the segment: compiled loops believe it.
        """
        first, last = self.arrays.stem_ptr[stem : stem + 2].tolist()
        if not 0 <= first <= last <= len(self.arrays.docs):
            raise damaged()
        return first, last

    def occurrences_before(self, stem: int) -> NDArray[np.int32]:
        """Give for each posting of a stem how many of its occurrences are before; then all."""
        return self._before.get(stem, lambda: self._count_before(stem))

    def _count_before(self, stem: int) -> NDArray[np.int32]:
        arrays = self.arrays
        span = slice(*self.stem_span(stem))
        before = np.zeros(span.stop - span.start + 1, np.int32)
        here = arrays.title_tf[span].astype(np.int32) + arrays.abstract_tf[span]
        np.cumsum(here, out=before[1:])
        return before

    @cached_property
    def _falling_years(self) -> NDArray[np.int32]:
        years = self.arrays.year
        return np.where(years < 0, np.int32(2**31 - 1), -years).astype(np.int32)

    @cached_property
    def unknown_years(self) -> int:
        """The first number of the papers without a year; they are the last ones."""
        return int(np.searchsorted(self._falling_years, 1, "left"))

    @cached_property
    def paper_ids(self) -> NDArray[np.int32]:
        """int32[P], the place of each paper's id in `Segment.ids`."""
        places = np.empty(self.size, np.int32)
        places[self.arrays.id_paper] = np.arange(self.size, dtype=np.int32)
        return places

    def paper_id(self, number: int) -> str:
        """Give the id of a paper."""
        return self.arrays.ids[int(self.paper_ids[number])]

    @cached_property
    def folded_ids(self) -> dict[str, list[int]]:
        """Places in `Segment.ids` by the folded id."""
        found: dict[str, list[int]] = {}
        for at, paper_id in enumerate(self.arrays.ids):
            found.setdefault(value_key(paper_id), []).append(at)
        return found

    @cached_property
    def name_key(self) -> NDArray[np.int32]:
        """int32[N], the place of each name's key in `Segment.name_keys`."""
        counts = np.diff(self.arrays.name_key_ptr)
        return np.repeat(np.arange(len(counts), dtype=np.int32), counts)

    @cached_property
    def name_owner(self) -> NDArray[np.int32]:
        """For each entry of `Segment.paper_names` the paper it stands in."""
        counts = np.diff(self.arrays.paper_names_ptr)
        return np.repeat(np.arange(self.size, dtype=np.int32), counts)

    @cached_property
    def paper_keys(self) -> NDArray[np.int32]:
        """For each entry of `Segment.paper_names` its name's key."""
        return self.name_key[self.arrays.paper_names]

    @cached_property
    def doubled_names(self) -> NDArray[np.bool_]:
        """bool[P], papers that have two authors of exactly the same name."""
        distinct = np.bincount(self.arrays.name_papers, minlength=self.size)
        doubled: NDArray[np.bool_] = distinct != np.diff(self.arrays.paper_names_ptr)
        return doubled

    @cached_property
    def distinct_keys(self) -> tuple[NDArray[np.int64], NDArray[np.int32]]:
        """int64[P + 1] and the keys of each paper's authors from there on, each once, rising."""
        # Nearly in order already: merging is four times as fast as the usual way.
        both = np.sort(self.name_owner.astype(np.int64) << 32 | self.paper_keys, kind="stable")
        if len(both):
            both = both[np.concatenate(([True], both[1:] != both[:-1]))]
        pointers = np.searchsorted(both, np.arange(self.size + 1, dtype=np.int64) << 32)
        return pointers, (both & 0xFFFFFFFF).astype(np.int32)

    def column(self, field: CodedField) -> Column:
        """Give a field as it is counted: years fall, others rise; a missing value is "unknown"."""
        found = self._columns.get(field)
        if found is None:
            found = self._columns[field] = self._column(field)
        return found

    def _column(self, field: CodedField) -> Column:
        arrays = self.arrays
        if field == "year":
            years = arrays.year
            starts = first_of_runs(years)
            names = tuple(UNKNOWN if one < 0 else str(one) for one in years[starts].tolist())
            return Column.of(
                names, np.repeat(np.arange(len(starts)), np.diff(starts, append=self.size))
            )
        values, codes = (
            (arrays.venues, arrays.venue) if field == "venue" else (arrays.types, arrays.type)
        )
        known, codes = list(values), codes.astype(np.int32)
        at = bisect_left(known, UNKNOWN)
        if known[at : at + 1] == [UNKNOWN]:
            return Column.of(tuple(known), np.where(codes < 0, at, codes))
        known.insert(at, UNKNOWN)
        return Column.of(tuple(known), np.where(codes < 0, at, codes + (codes >= at)))

    @cached_property
    def _by_sort(self) -> dict[Sort, tuple[NDArray[np.int32], NDArray[np.int32]]]:
        return {}

    def order(self, sort: Sort) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
        """Give (papers in this order, place of each paper in it); `sort` is not RELEVANCE."""
        found = self._by_sort.get(sort)
        if found is None:
            found = self._by_sort[sort] = self._sorted(sort)
        return found

    def _sorted(self, sort: Sort) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
        order = self.arrays.title_order
        if sort is not Sort.TITLE:
            years = self._falling_years[order]
            if sort is Sort.OLDEST:
                years = np.where(years < 1, -years, years)
            order = order[np.argsort(years, kind="stable")]
        if sort is Sort.ADDED:
            order = order[np.argsort(-self.arrays.first_indexed[order], kind="stable")]
        ranks = np.empty(self.size, np.int32)
        ranks[order] = np.arange(self.size, dtype=np.int32)
        return order, ranks


def _told(seconds: int) -> str:
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="seconds")


def _bounded(year: int) -> int:
    """Keep a typed year within what the arrays can hold."""
    return min(max(year, -(10**6)), 10**6)


_NARROW: Final = (np.dtype(np.uint8), np.dtype(np.uint16), np.dtype(np.int32))


@dataclass(frozen=True, slots=True)
class Column:
    """The values of a field in one segment.

    Attributes:
        names: the values, by code.
        codes: of each paper, of the narrowest type of uint8, uint16 and int32 that holds them.
        starts: int32[R], the first paper of each run, rising; the first one is 0.
        runs: int32[R], the code of each run.
        words: int64[R], the word of a set of bits that holds the first paper of each run.
        below: uint64[R], the bits of that word that stand for papers before it.
    """

    names: tuple[str, ...]
    codes: NDArray[Any]
    starts: NDArray[np.int32]
    runs: NDArray[np.int32]
    words: NDArray[np.int64]
    below: NDArray[np.uint64]

    @classmethod
    def of(cls, names: tuple[str, ...], codes: NDArray[Any]) -> Self:
        """Lay out the codes of all papers, none below 0.

        Raises:
            IndexDamaged: when one has no value: compiled loops believe it.
        """
        if len(codes) and int(codes.max()) >= len(names):
            raise damaged("the venues, years or types")
        kind = next(one for one in _NARROW if len(names) <= np.iinfo(one).max)
        starts = first_of_runs(codes)
        return cls(
            names,
            codes.astype(kind),
            starts.astype(np.int32),
            codes[starts].astype(np.int32),
            starts.astype(np.int64) >> 6,
            (np.uint64(1) << (starts & 63).astype(np.uint64)) - np.uint64(1),
        )


@dataclass(frozen=True, slots=True)
class Marked:
    """Some papers of a segment.

    Attributes:
        mask: bool[P], true for them.
        bits: the same, packed.
    """

    mask: NDArray[np.bool_]
    bits: Bits

    @classmethod
    def of(cls, mask: NDArray[np.bool_]) -> Self:
        """Mark them."""
        return cls(mask, packed(mask))

    @property
    def bytes(self) -> int:
        """Size in memory."""
        return self.mask.nbytes + self.bits.nbytes


def first_of_runs(values: NDArray[Any]) -> NDArray[np.intp]:
    """Give the places where another value stands than at the place before; 0 is the first."""
    changes = np.empty(len(values), np.bool_)
    changes[:1] = True
    np.not_equal(values[1:], values[:-1], out=changes[1:])
    return changes.nonzero()[0]
