"""Facets: how many of the papers have each value, every filter counted but the facet's own."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import numpy as np

from indexer.backends.whoosh.lookup.bylines import Bylines
from indexer.backends.whoosh.lookup.matches import Matches
from indexer.backends.whoosh.lookup.reader import Numbers, SegmentReader
from indexer.paper import UNKNOWN, name_key
from indexer.query import FacetField, Query
from indexer.search import Facet, FacetRequest, FacetValue
from indexer.text.folding import fold, forms


def count_values(
    readers: Sequence[SegmentReader], field: FacetField, papers: Sequence[Numbers]
) -> Counter[str]:
    """Count the papers of each venue, type or year, missing ones as "unknown"; none of 0."""
    found: Counter[str] = Counter()
    for reader, docs in zip(readers, papers, strict=True):
        if not len(docs):
            continue
        arrays = reader.arrays
        if field == "year":
            years, starts = reader.year_starts
            bounds = np.searchsorted(docs, starts)
            counts = np.diff(np.append(bounds, len(docs)))
            for year, count in zip(years.tolist(), counts.tolist(), strict=True):
                if count:
                    found[UNKNOWN if year < 0 else str(year)] += count
            continue
        lexicon = arrays.venues if field == "venue" else arrays.types
        codes = arrays.venue if field == "venue" else arrays.type
        held = np.bincount(codes[docs] + 1, minlength=len(lexicon) + 1).tolist()
        if held[0]:
            found[UNKNOWN] += held[0]
        for at, count in enumerate(held[1:]):
            if count:
                found[lexicon[at]] += count
    return found


def facet_of(
    request: FacetRequest,
    query: Query,
    readers: tuple[SegmentReader, ...],
    bylines: Bylines,
    papers: tuple[Matches, ...],
) -> Facet:
    """Make one facet.

    Args:
        request: which, and what to show of it.
        query: for what is selected.
        readers: the segments.
        bylines: their authors.
        papers: for each segment the hits under every filter but this field's.
    """
    numbers = tuple(one.docs for one in papers)
    if request.field == "author":
        return _author_facet(request, query, bylines, numbers)
    field = request.field
    counts = count_values(readers, field, numbers)
    chosen = query.filter(field)
    part = fold(request.contains).text
    fitting = list(counts)
    if part:
        fitting = [value for value in counts if any(part in form for form in forms(value))]

    def order(value: str) -> tuple[object, ...]:
        if field == "year":
            known = value.isascii() and value.isdecimal() and len(value) <= 9
            return (value == UNKNOWN, -int(value) if known else 1, value)
        return (-counts[value], value)

    fitting.sort(key=order)
    page = fitting[_page(request)]
    held = set(page)
    more = [value for value in {*chosen.exclude, *chosen.include} if value not in held]
    if more:
        page = sorted([*page, *more], key=order)
    values = tuple(
        FacetValue(value, counts[value], value in chosen.include, value in chosen.exclude)
        for value in page
    )
    return Facet(field, values, len(fitting))


def _page(request: FacetRequest) -> slice:
    first = max(0, request.offset)
    return slice(first, first + request.limit if request.limit > 0 else None)


def _author_facet(
    request: FacetRequest, query: Query, bylines: Bylines, papers: tuple[Numbers, ...]
) -> Facet:
    counts, nameless = bylines.count(papers)
    all_counts = counts
    part = fold(request.contains).text
    if part:
        counts = np.where(bylines.containing(part), counts, 0)
    unknown = bool(nameless) and part in fold(UNKNOWN).text
    last = max(0, request.offset) + request.limit if request.limit > 0 else 0
    rows = [
        (-int(counts[at]), bylines.shown(at), bylines.key(at)) for at in bylines.first(counts, last)
    ]
    if unknown:
        rows.append((-nameless, UNKNOWN, UNKNOWN))
        rows.sort()
    rows = rows[_page(request)]
    chosen = query.filter("author")
    included = {name_key(value) for value in chosen.include}
    excluded = {name_key(value) for value in chosen.exclude}
    named = {name_key(value): value for value in (*chosen.exclude, *chosen.include)}
    held = {key for _, _, key in rows}
    missing = [key for key in named if key not in held]
    for key in missing:
        at = bylines.find(key)
        if key == UNKNOWN and nameless:
            rows.append((-nameless, UNKNOWN, key))
        elif at < 0 or not (spellings := bylines.spellings(at)):
            rows.append((0, named[key], key))
        else:
            shown = min(spellings, key=lambda name: (-spellings[name], name))
            rows.append((-int(all_counts[at]), shown, key))
    if missing:
        rows.sort()
    values = tuple(
        FacetValue(shown, -count, key in included, key in excluded) for count, shown, key in rows
    )
    return Facet("author", values, int(np.count_nonzero(counts)) + unknown)
