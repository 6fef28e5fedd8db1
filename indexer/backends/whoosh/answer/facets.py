"""Facets: how many of the papers have each value, every filter counted but the facet's own."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from itertools import starmap

from indexer.backends.whoosh.kernels.choice import Kernels
from indexer.backends.whoosh.lookup.bylines import Bylines
from indexer.backends.whoosh.lookup.counts import age, count_values
from indexer.backends.whoosh.lookup.matches import Matches
from indexer.backends.whoosh.lookup.reader import SegmentReader
from indexer.backends.whoosh.lookup.tally import Tally
from indexer.paper import UNKNOWN, name_key
from indexer.query import Query
from indexer.search import Facet, FacetRequest, FacetValue
from indexer.text.folding import fold, forms

Values = tuple[FacetValue, ...]
Some = Callable[[], tuple[Matches, ...]]


def facet_of(  # noqa: PLR0913, PLR0917 - what a facet is made of
    request: FacetRequest,
    query: Query,
    readers: tuple[SegmentReader, ...],
    bylines: Bylines,
    papers: tuple[Matches, ...],
    kernels: Kernels | None = None,
    some: Some | None = None,
) -> Facet:
    """Make one facet; for the arguments see `values_of`."""
    values, distinct = values_of(request, query, readers, bylines, papers, kernels, some)
    return Facet(request.field, values, distinct())


def values_of(  # noqa: PLR0913, PLR0917 - what a facet is made of
    request: FacetRequest,
    query: Query,
    readers: tuple[SegmentReader, ...],
    bylines: Bylines,
    papers: tuple[Matches, ...],
    kernels: Kernels | None = None,
    some: Some | None = None,
) -> tuple[Values, Callable[[], int]]:
    """Give the values of one facet, and what counts how many differ, which may take longer.

    Args:
        request: which, and what to show of it.
        query: for what is selected.
        readers: the segments.
        bylines: their authors.
        papers: for each segment the hits under every filter but this field's.
        kernels: compiled loops, if there are any.
        some: finds the papers with some of the words of a query that asks for all of them; these
            are the hits of a selected or excluded value that none of `papers` has.
    """
    if request.field == "author":

        def tally_some() -> Tally | None:
            return None if some is None else bylines.tally(some(), kernels)

        return _authors(request, query, bylines, bylines.tally(papers, kernels), tally_some)
    field = request.field
    rows = count_values(readers, field, papers, kernels)
    part = fold(request.contains).text if request.contains else ""
    fitting = rows
    if part:
        fitting = [one for one in rows if any(part in form for form in forms(one[0]))]
    shown = fitting[_page(request)]
    chosen = query.filter(field)
    if not (chosen.include or chosen.exclude):
        return tuple(starmap(FacetValue, shown)), fitting.__len__
    counts = dict(rows)
    missing = {*chosen.exclude, *chosen.include} - counts.keys()
    more = 0
    if missing and some is not None:
        found = {
            value: count
            for value, count in count_values(readers, field, some(), kernels)
            if value in missing
        }
        counts |= found
        more = sum(any(part in form for form in forms(value)) for value in found)
    page = list({*(value for value, _ in shown), *chosen.exclude, *chosen.include})
    page.sort(key=age if field == "year" else lambda value: (-counts.get(value, 0), value))
    values = tuple(
        FacetValue(value, counts.get(value, 0), value in chosen.include, value in chosen.exclude)
        for value in page
    )
    return values, lambda: len(fitting) + more


def _page(request: FacetRequest) -> slice:
    first = max(0, request.offset)
    return slice(first, first + request.limit if request.limit > 0 else None)


def _authors(
    request: FacetRequest,
    query: Query,
    bylines: Bylines,
    tally: Tally,
    tally_some: Callable[[], Tally | None],
) -> tuple[Values, Callable[[], int]]:
    nameless = tally.nameless
    fitting = tally
    part = fold(request.contains).text if request.contains else ""
    if part:
        fitting = tally.kept(bylines.containing(part))
    unknown = bool(nameless) and part in UNKNOWN
    last = max(0, request.offset) + request.limit if request.limit > 0 else 0
    first = bylines.first(fitting, last)

    more = 0

    def distinct() -> int:
        return fitting.distinct + unknown + more

    if unknown:
        first.append((-nameless, UNKNOWN, -1))
        first.sort()
    first = first[_page(request)]
    chosen = query.filter("author")
    if not (chosen.include or chosen.exclude):
        return tuple([FacetValue(shown, -count) for count, shown, _ in first]), distinct
    rows = [(count, shown, bylines.key(at) if at >= 0 else UNKNOWN) for count, shown, at in first]
    included = {name_key(value) for value in chosen.include}
    excluded = {name_key(value) for value in chosen.exclude}
    named = {name_key(value): value for value in (*chosen.exclude, *chosen.include)}
    held = {key for _, _, key in rows}
    missing = [key for key in named if key not in held]
    wider: Tally | None = None
    for key in missing:
        at = bylines.find(key)
        spellings = bylines.spellings(at) if at >= 0 else Counter[str]()
        count, shown = 0, named[key]
        if key == UNKNOWN and nameless:
            count, shown = nameless, UNKNOWN
        elif spellings:
            count = tally.of(at)
            shown = min(spellings, key=lambda name: (-spellings[name], name))
        if not count and (spellings or key == UNKNOWN):
            wider = wider or tally_some()
            if wider is not None:
                count = wider.of(at) if spellings else wider.nameless
                more += bool(count) and any(part in form for form in forms(shown))
        rows.append((-count, shown, key))
    if missing:
        rows.sort()
    values = tuple(
        FacetValue(shown, -count, key in included, key in excluded) for count, shown, key in rows
    )
    return values, distinct
