"""Filters: which docs of a segment pass the facet values and years beside a query."""

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
from indexer.backends.whoosh.postings.segment_reader import MaskAndBits, SegmentReader
from indexer.backends.whoosh.scoring.scored_docs import ScoredDocs
from indexer.paper import UNKNOWN, name_key
from indexer.query import FacetField, Filter, Query

Mask = NDArray[np.bool_]

_ALL: Final[Bits] = np.zeros(0, np.uint64)


@dataclass(frozen=True, slots=True)
class FilterDocs:
    """Docs of a segment that pass: a range, or a subset of it.

    Attributes:
        first: first doc of the range.
        last: end of the range, exclusive.
        mask: bool over all docs of the segment, false outside the range; None if all of the range
            passes.
        packed: the mask as a bitset, if it is known.
    """

    first: int
    last: int
    mask: Mask | None = None
    packed: Bits | None = None

    @property
    def bits(self) -> Bits:
        """The mask as a bitset; empty if there is no mask."""
        if self.packed is not None:
            return self.packed
        return _ALL if self.mask is None else pack_bits(self.mask)

    def __and__(self, other: FilterDocs) -> FilterDocs:
        """Returns the docs that pass both."""
        masks = [part.mask for part in (self, other) if part.mask is not None]
        first, last = max(self.first, other.first), min(self.last, other.last)
        if not masks:
            return FilterDocs(first, last)
        both = masks[0].copy() if len(masks) == 1 else masks[0] & masks[1]
        both[:first] = False
        both[max(first, last) :] = False
        return FilterDocs(first, last, both)

    def of(self, unfiltered: ScoredDocs) -> ScoredDocs:
        """Returns those of some docs, not negated, that pass."""
        docs = unfiltered.docs
        if self.mask is None:
            bounds = np.array((self.first, max(self.first, self.last)), docs.dtype)
            low, high = np.searchsorted(docs, bounds).tolist()
            return unfiltered.part(slice(low, high))
        return unfiltered.part(np.flatnonzero(self.mask.take(docs)))


Filters = Mapping[FacetField, FilterDocs]
"""For each filtered field the docs of a segment that pass."""


def filters_of(reader: SegmentReader, query: Query) -> dict[FacetField, FilterDocs]:
    """Returns for each filtered field the docs that pass; the year range belongs to "year"."""
    filters: dict[FacetField, FilterDocs] = {}
    for facet_filter in query.filters:
        if facet_filter.include or facet_filter.exclude:
            mask, bits = reader.filter_bits(
                facet_filter, partial(_filter_mask, reader, facet_filter)
            )
            passing = FilterDocs(0, reader.size, mask, bits)
            field = facet_filter.field
            filters[field] = filters[field] & passing if field in filters else passing
    years = query.years
    if years.low is not None or years.high is not None:
        first, last = reader.year_range(years.low, years.high)
        passing = FilterDocs(first, min(last, reader.first_without_year))
        filters["year"] = filters["year"] & passing if "year" in filters else passing
    return filters


def all_of(filters: Filters, *, but: FacetField | None = None) -> FilterDocs | None:
    """Returns the docs that pass all filters but those of one field; None if all docs pass."""
    passing = [docs for field, docs in filters.items() if field != but]
    return reduce(and_, passing) if passing else None


def _filter_mask(reader: SegmentReader, facet_filter: Filter) -> MaskAndBits:
    mask = np.ones(reader.size, np.bool_)
    if facet_filter.include:
        mask = _having(reader, facet_filter.field, facet_filter.include)
    if facet_filter.exclude:
        mask = mask & ~_having(reader, facet_filter.field, facet_filter.exclude)
    return mask, pack_bits(mask)


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
            return _by_authors(reader, values)


def year_of(value: str) -> int | None:
    """Returns the year of a facet value, -1 for "unknown"; None if it is no year."""
    if value == UNKNOWN:
        return -1
    if not (value.isascii() and value.isdecimal() and len(value) <= 9):
        return None
    return int(value) if str(int(value)) == value else None


def _coded(lexicon: Lexicon, codes: NDArray[np.int32], values: tuple[str, ...]) -> Mask:
    passing_codes = np.zeros(
        len(lexicon) + 1, np.bool_
    )  # the last one is for -1, the missing value
    for value in values:
        code = lexicon.find(value)
        if code >= 0:
            passing_codes[code] = True
        elif value == UNKNOWN:
            passing_codes[-1] = True
    return passing_codes[codes]


def _by_authors(reader: SegmentReader, values: tuple[str, ...]) -> Mask:
    keys = {name_key(value) for value in values}
    names = union(names_of_key(reader, key) for key in sorted(keys))
    mask = np.zeros(reader.size, np.bool_)
    if len(names):
        mask[docs_of_names(reader, names)[0]] = True
    if UNKNOWN in keys:
        mask |= np.diff(reader.arrays.paper_names_ptr) == 0
    return mask
