"""The filters beside a query: which papers of a segment pass each."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial, reduce
from operator import and_
from typing import Final

import numpy as np
from numpy.typing import NDArray

from indexer.backends.whoosh.format.segment import Lexicon
from indexer.backends.whoosh.postings.author_names import docs_of_names, names_of_key, union
from indexer.backends.whoosh.postings.bitset import Bits, pack_bits
from indexer.backends.whoosh.postings.segment_reader import FilterBits, SegmentReader
from indexer.backends.whoosh.scoring.scored_docs import Matches
from indexer.paper import UNKNOWN, name_key
from indexer.query import FacetField, Filter, Query

Mask = NDArray[np.bool_]

_ALL: Final[Bits] = np.zeros(0, np.uint64)


@dataclass(frozen=True, slots=True)
class FilterDocs:
    """Papers of a segment that pass: those from `first` up to `last`, or fewer.

    Attributes:
        mask: over all papers of the segment, false outside the range; None where all of it pass.
        packed: the mask as bits, where these are at hand.
    """

    first: int
    last: int
    mask: Mask | None = None
    packed: Bits | None = None

    @property
    def bits(self) -> Bits:
        """The mask as a set of bits; empty where there is none."""
        if self.packed is not None:
            return self.packed
        return _ALL if self.mask is None else pack_bits(self.mask)

    def __and__(self, other: FilterDocs) -> FilterDocs:
        """Pass both."""
        masks = [one.mask for one in (self, other) if one.mask is not None]
        first, last = max(self.first, other.first), min(self.last, other.last)
        if not masks:
            return FilterDocs(first, last)
        both = masks[0].copy() if len(masks) == 1 else masks[0] & masks[1]
        both[:first] = False
        both[max(first, last) :] = False
        return FilterDocs(first, last, both)

    def of(self, found: Matches) -> Matches:
        """Keep the papers that pass; `found` is not negated."""
        docs = found.docs
        if self.mask is None:
            bounds = np.array((self.first, max(self.first, self.last)), docs.dtype)
            low, high = np.searchsorted(docs, bounds).tolist()
            return found.part(slice(low, high))
        return found.part(np.flatnonzero(self.mask.take(docs)))


Filters = Mapping[FacetField, FilterDocs]
"""For each field with a filter: which papers of a segment pass it."""


def filters_of(reader: SegmentReader, query: Query) -> dict[FacetField, FilterDocs]:
    """Say for each filtered field which papers pass; the year range is of field "year"."""
    found: dict[FacetField, FilterDocs] = {}
    for one in query.filters:
        if one.include or one.exclude:
            marked = reader.filter_bits(one, partial(_passing, reader, one))
            passing = FilterDocs(0, reader.size, marked.mask, marked.bits)
            found[one.field] = found[one.field] & passing if one.field in found else passing
    years = query.years
    if years.low is not None or years.high is not None:
        first, last = reader.year_range(years.low, years.high)
        passing = FilterDocs(first, min(last, reader.first_without_year))
        found["year"] = found["year"] & passing if "year" in found else passing
    return found


def all_of(filters: Filters, *, but: FacetField | None = None) -> FilterDocs | None:
    """Put filters together, leaving one field out; None where everything passes."""
    passing = [one for field, one in filters.items() if field != but]
    return reduce(and_, passing) if passing else None


def _passing(reader: SegmentReader, one: Filter) -> FilterBits:
    mask = np.ones(reader.size, np.bool_)
    if one.include:
        mask = _having(reader, one.field, one.include)
    if one.exclude:
        mask = mask & ~_having(reader, one.field, one.exclude)
    return FilterBits.of(mask)


def _having(reader: SegmentReader, field: FacetField, values: tuple[str, ...]) -> Mask:
    arrays = reader.arrays
    match field:
        case "venue":
            return _coded(arrays.venues, arrays.venue, values)
        case "type":
            return _coded(arrays.types, arrays.type, values)
        case "year":
            years = [year for value in values if (year := year_of(value)) is not None]
            return np.isin(arrays.year, years)
        case "author":
            return _written(reader, values)


def year_of(value: str) -> int | None:
    """Read a value of the year facet: -1 for "unknown", None where no year is written so."""
    if value == UNKNOWN:
        return -1
    if not (value.isascii() and value.isdecimal() and len(value) <= 9):
        return None
    return int(value) if str(int(value)) == value else None


def _coded(lexicon: Lexicon, codes: NDArray[np.int32], values: tuple[str, ...]) -> Mask:
    wanted = np.zeros(len(lexicon) + 1, np.bool_)  # the last one is for -1, the missing value
    for value in values:
        at = lexicon.find(value)
        if at >= 0:
            wanted[at] = True
        elif value == UNKNOWN:
            wanted[-1] = True
    return wanted[codes]


def _written(reader: SegmentReader, values: tuple[str, ...]) -> Mask:
    keys = {name_key(value) for value in values}
    names = union(names_of_key(reader, key) for key in sorted(keys))
    wanted = np.zeros(reader.size, np.bool_)
    if len(names):
        wanted[docs_of_names(reader, names)[0]] = True
    if UNKNOWN in keys:
        wanted |= np.diff(reader.arrays.paper_names_ptr) == 0
    return wanted
