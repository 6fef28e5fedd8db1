"""Filters, orders and facets over the papers that match."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from indexer.paper import UNKNOWN, Paper, name_key
from indexer.query import FacetField, Filter, Query, Sort, YearRange
from indexer.search import Facet, FacetRequest, FacetValue
from indexer.text.folding import fold, forms
from tests.oracle.document import Collection

Key = tuple[object, ...]


def values_of(paper: Paper, field: FacetField) -> frozenset[str]:
    """Returns the values of a paper in a facet, authors by `name_key`, or "unknown"."""
    match field:
        case "venue":
            return frozenset([paper.venue or UNKNOWN])
        case "type":
            return frozenset([paper.type or UNKNOWN])
        case "year":
            return frozenset([UNKNOWN if paper.year is None else str(paper.year)])
        case "author":
            return frozenset(map(name_key, paper.authors)) or frozenset([UNKNOWN])


def key_of(value: str, field: FacetField) -> str:
    return name_key(value) if field == "author" else value


def passes(paper: Paper, query: Query, *, but: FacetField | None = None) -> bool:
    """Returns whether a paper passes every filter, but those of one facet."""
    if but != "year" and not _within(paper.year, query.years):
        return False
    return all(_passes(paper, one) for one in query.filters if one.field != but)


def _within(year: int | None, years: YearRange) -> bool:
    if years.low is None and years.high is None:
        return True
    return (
        year is not None
        and (years.low is None or years.low <= year)
        and (years.high is None or year <= years.high)
    )


def _passes(paper: Paper, one: Filter) -> bool:
    values = values_of(paper, one.field)
    included = {key_of(value, one.field) for value in one.include}
    excluded = {key_of(value, one.field) for value in one.exclude}
    return (not included or bool(values & included)) and not values & excluded


def rounded(score: float) -> float:
    """Round to six significant digits, so that the order of a sum cannot reorder hits."""
    return float(f"{score:.6g}")


def ordered(papers: list[tuple[Paper, float]], sort: Sort) -> list[tuple[Paper, float]]:
    """Put papers with their scores in the total order asked for."""
    if sort is Sort.RELEVANCE and not any(score for _, score in papers):
        sort = Sort.NEWEST

    def key(one: tuple[Paper, float]) -> Key:
        paper, score = one
        title = paper.title.casefold()
        newest = -(paper.year if paper.year is not None else -1)
        match sort:
            case Sort.RELEVANCE:
                return (-score, newest, paper.id)
            case Sort.NEWEST | Sort.ADDED:  # the times are the searcher's, who sorts by them after
                return (newest, title, paper.id)
            case Sort.OLDEST:
                return (paper.year is None, paper.year or 0, title, paper.id)
            case Sort.TITLE:
                return (title, newest, paper.id)

    return sorted(papers, key=key)


def facet(
    request: FacetRequest,
    matching: Iterable[Paper],
    some: Iterable[Paper],
    query: Query,
    collection: Collection,
) -> Facet:
    """Count one facet over the papers of the clause under every filter but its own.

    A value that a filter names and none of them has is counted over `some`.
    """
    field = request.field
    counts, others = (
        Counter(
            value
            for paper in papers
            if passes(paper, query, but=field)
            for value in values_of(paper, field)
        )
        for papers in (matching, some)
    )
    chosen = query.filter(field)
    named = {key_of(value, field): value for value in (*chosen.exclude, *chosen.include)}

    def shown(key: str) -> str:
        if field != "author":
            return key
        return collection.spellings.get(key, named.get(key, key))

    part = fold(request.contains).text

    def fits(key: str) -> bool:
        return any(part in form for form in forms(shown(key)))

    fitting = [key for key in counts if fits(key)]

    def order(key: str) -> Key:
        if field == "year":
            return (key == UNKNOWN, -int(key) if key.isdecimal() else 1, key)
        return (-counts[key], shown(key))

    fitting.sort(key=order)
    last = request.offset + request.limit if request.limit else None
    page = fitting[request.offset : last]
    page += [key for key in named if key not in page]
    more = {key: others[key] for key in named if not counts[key] and others[key]}
    counts |= more
    page.sort(key=order)
    included = {key_of(value, field) for value in chosen.include}
    excluded = {key_of(value, field) for value in chosen.exclude}
    values = tuple(
        FacetValue(shown(key), counts[key], key in included, key in excluded) for key in page
    )
    return Facet(field, values, len(fitting) + sum(map(fits, more)))


def listed(field: FacetField, papers: Iterable[Paper], collection: Collection) -> list[FacetValue]:
    """List the values of a field over all papers, most papers first; a missing one is none."""
    counts = Counter(value for paper in papers for value in values_of(paper, field))
    counts.pop(UNKNOWN, None)
    shown = collection.spellings if field == "author" else {}
    values = [FacetValue(shown.get(key, key), count) for key, count in counts.items()]
    return sorted(values, key=lambda one: (-one.count, one.value))
