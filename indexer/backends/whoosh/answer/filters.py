"""The filters beside a query, as masks over papers."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from indexer.backends.whoosh.lookup.people import names_of_key, papers_of, union
from indexer.backends.whoosh.lookup.reader import Numbers, SegmentReader
from indexer.backends.whoosh.storage.segment import Lexicon
from indexer.paper import UNKNOWN, name_key
from indexer.query import FacetField, Filter, Query, YearRange

Mask = NDArray[np.bool_]
Masks = Mapping[FacetField, Mask]
"""For each field with a filter: which of the papers pass it."""


def masks_of(reader: SegmentReader, query: Query, docs: Numbers) -> dict[FacetField, Mask]:
    """Say for each filtered field which of the papers pass; the year range is of field "year"."""
    masks: dict[FacetField, Mask] = {}
    for one in query.filters:
        if one.include or one.exclude:
            mask = _passing(reader, one, docs)
            held = masks.get(one.field)
            masks[one.field] = mask if held is None else held & mask
    years = _within(reader, query.years, docs)
    if years is not None:
        masks["year"] = years & masks["year"] if "year" in masks else years
    return masks


def passed(masks: Masks, size: int, *, but: FacetField | None = None) -> Mask | None:
    """Combine masks, leaving one field out; None where everything passes."""
    found: Mask | None = None
    for field, mask in masks.items():
        if field != but:
            found = mask if found is None else found & mask
    return found if size else None


def _passing(reader: SegmentReader, one: Filter, docs: Numbers) -> Mask:
    mask = np.ones(len(docs), np.bool_)
    if one.include:
        mask = _having(reader, one.field, one.include, docs)
    if one.exclude:
        mask = mask & ~_having(reader, one.field, one.exclude, docs)
    return mask


def _having(
    reader: SegmentReader, field: FacetField, values: tuple[str, ...], docs: Numbers
) -> Mask:
    arrays = reader.arrays
    match field:
        case "venue":
            return _coded(arrays.venues, arrays.venue, values, docs)
        case "type":
            return _coded(arrays.types, arrays.type, values, docs)
        case "year":
            years = [year for value in values if (year := year_of(value)) is not None]
            return np.isin(arrays.year[docs], years)
        case "author":
            return _written(reader, values, docs)


def year_of(value: str) -> int | None:
    """Read a value of the year facet: -1 for "unknown", None where no year is written so."""
    if value == UNKNOWN:
        return -1
    if not (value.isascii() and value.isdecimal() and len(value) <= 9):
        return None
    return int(value) if str(int(value)) == value else None


def _coded(
    lexicon: Lexicon, codes: NDArray[np.int32], values: tuple[str, ...], docs: Numbers
) -> Mask:
    wanted = np.zeros(len(lexicon) + 1, np.bool_)  # the last one is for -1, the missing value
    for value in values:
        at = lexicon.find(value)
        if at >= 0:
            wanted[at] = True
        elif value == UNKNOWN:
            wanted[-1] = True
    return wanted[codes[docs]]


def _written(reader: SegmentReader, values: tuple[str, ...], docs: Numbers) -> Mask:
    keys = {name_key(value) for value in values}
    names = union(names_of_key(reader, key) for key in sorted(keys))
    wanted = np.zeros(reader.size, np.bool_)
    if len(names):
        wanted[papers_of(reader, names)[0]] = True
    if UNKNOWN in keys:
        wanted |= np.diff(reader.arrays.paper_names_ptr) == 0
    return wanted[docs]


def _within(reader: SegmentReader, years: YearRange, docs: Numbers) -> Mask | None:
    if years.low is None and years.high is None:
        return None
    first, last = reader.years(years.low, years.high)
    last = min(last, reader.unknown_years)
    mask: Mask = (docs >= first) & (docs < last)
    return mask
