"""Facets: how many of the papers have each value, every filter counted but the facet's own."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Literal

import numpy as np

from indexer.backends.whoosh.kernels.choice import Kernels
from indexer.backends.whoosh.lookup.bylines import Bylines
from indexer.backends.whoosh.lookup.matches import Matches
from indexer.backends.whoosh.lookup.reader import Numbers, SegmentReader
from indexer.backends.whoosh.lookup.tally import Tally
from indexer.paper import UNKNOWN, name_key
from indexer.query import Query
from indexer.search import Facet, FacetRequest, FacetValue
from indexer.text.folding import fold, forms

CodedField = Literal["venue", "year", "type"]


def count_values(
    readers: Sequence[SegmentReader],
    field: CodedField,
    papers: Sequence[Numbers],
    kernels: Kernels | None = None,
) -> dict[str, int]:
    """Count the papers of each venue, type or year, missing ones as "unknown"; none of 0.

    Returns:
        The values in the order of their facet: years falling, others by their papers.
    """
    found: dict[str, int] = {}
    for reader, docs in zip(readers, papers, strict=True):
        if len(docs):
            names, counts = _counted(reader, field, docs, kernels)
            for name, count in zip(names, counts, strict=True):
                if count:
                    found[name] = found.get(name, 0) + count
    if field == "year":
        return found if len(readers) == 1 else {one: found[one] for one in sorted(found, key=_age)}
    rows = sorted((-count, name) for name, count in found.items())
    return {name: -count for count, name in rows}


def _counted(
    reader: SegmentReader, field: CodedField, docs: Numbers, kernels: Kernels | None
) -> tuple[tuple[str, ...], list[int]]:
    """Give the values of a segment and the papers of each; the years fall, "unknown" is last."""
    arrays = reader.arrays
    if field == "year":
        names, starts = reader.year_starts
        bounds = [*np.searchsorted(docs, starts).tolist(), len(docs)]
        return names, [after - before for before, after in pairwise(bounds)]
    names = reader.values(field)
    codes = arrays.venue if field == "venue" else arrays.type
    if kernels is not None:
        held = np.zeros(len(names), np.int64)
        kernels.count_codes(docs, codes, held)
        return names, held.tolist()
    # A missing value has code -1: it comes first, and after the move last.
    first, *others = np.bincount(codes.take(docs) + 1, minlength=len(names)).tolist()
    return names, [*others, first]


def _age(year: str) -> tuple[bool, int, str]:
    """Order years, the newest first, what is no year last."""
    known = year.isascii() and year.isdecimal() and len(year) <= 9
    return year == UNKNOWN, -int(year) if known else 1, year


def facet_of(  # noqa: PLR0913, PLR0917 - what a facet is made of
    request: FacetRequest,
    query: Query,
    readers: tuple[SegmentReader, ...],
    bylines: Bylines,
    papers: tuple[Matches, ...],
    kernels: Kernels | None = None,
) -> Facet:
    """Make one facet.

    Args:
        request: which, and what to show of it.
        query: for what is selected.
        readers: the segments.
        bylines: their authors.
        papers: for each segment the hits under every filter but this field's.
        kernels: compiled loops, if there are any.
    """
    if request.field == "author":
        return _author_facet(request, query, bylines, bylines.tally(papers, kernels))
    field = request.field
    counts = count_values(readers, field, tuple(one.docs for one in papers), kernels)
    part = fold(request.contains).text if request.contains else ""
    fitting = list(counts)
    if part:
        fitting = [value for value in counts if any(part in form for form in forms(value))]
    page = fitting[_page(request)]
    chosen = query.filter(field)
    if not (chosen.include or chosen.exclude):
        return Facet(field, tuple(FacetValue(one, counts[one]) for one in page), len(fitting))
    page = list({*page, *chosen.exclude, *chosen.include})
    page.sort(key=_age if field == "year" else lambda value: (-counts.get(value, 0), value))
    values = tuple(
        FacetValue(value, counts.get(value, 0), value in chosen.include, value in chosen.exclude)
        for value in page
    )
    return Facet(field, values, len(fitting))


def _page(request: FacetRequest) -> slice:
    first = max(0, request.offset)
    return slice(first, first + request.limit if request.limit > 0 else None)


def _author_facet(request: FacetRequest, query: Query, bylines: Bylines, tally: Tally) -> Facet:
    nameless = tally.nameless
    fitting = tally
    part = fold(request.contains).text if request.contains else ""
    if part:
        fitting = tally.kept(bylines.containing(part))
    unknown = bool(nameless) and part in UNKNOWN
    last = max(0, request.offset) + request.limit if request.limit > 0 else 0
    first = bylines.first(fitting, last)
    distinct = fitting.distinct + unknown
    if unknown:
        first.append((-nameless, UNKNOWN, -1))
        first.sort()
    first = first[_page(request)]
    chosen = query.filter("author")
    if not (chosen.include or chosen.exclude):
        shown_only = tuple(FacetValue(shown, -count) for count, shown, _ in first)
        return Facet("author", shown_only, distinct)
    rows = [(count, shown, bylines.key(at) if at >= 0 else UNKNOWN) for count, shown, at in first]
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
            rows.append((-tally.of(at), shown, key))
    if missing:
        rows.sort()
    values = tuple(
        FacetValue(shown, -count, key in included, key in excluded) for count, shown, key in rows
    )
    return Facet("author", values, distinct)
