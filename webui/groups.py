"""Counting the papers of an answer by one facet, in the shape of OpenAlex's ``group_by``."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Final

from indexer import (
    UNKNOWN,
    And,
    AuthorName,
    Clause,
    FacetField,
    FacetRequest,
    FacetValue,
    Has,
    Match,
    Not,
    Or,
    Query,
    Results,
    Searcher,
)
from webui.facets import facet_label

MOST: Final = 10_000
"""Groups in one answer, the largest first."""


def grouped(searcher: Searcher, query: Query, field: FacetField) -> dict[str, Any]:
    """Count papers by the values of a facet, every filter holding, the facet's own, too.

    The counts beside a result leave a facet's own filter aside, for there they say what a click
    would bring; these say what the answer is made of.
    """
    query = settled(query, searcher.search(replace(query, page=1, per_page=0), facets=()))
    counted = _without_author_filter(query) if field == "author" else query
    wanted = FacetRequest(field, MOST)
    results = searcher.search(replace(counted, page=1, per_page=0), facets=(wanted,))
    values = parts(results, field)
    return {
        "meta": {"count": results.total, "generation": results.generation, "group_by": field},
        "group_by": [
            {"key": one.value, "key_display_name": facet_label(one.value), "count": one.count}
            for one in values
        ],
    }


def settled(query: Query, results: Results) -> Query:
    """Returns a query with its reading fixed as its results have it, for `parts`.

    Under `Match.AUTO` a facet may be read otherwise without its own filter than the answer is.
    """
    return replace(query, match=Match(results.receipt.matched))


def parts(results: Results, field: FacetField) -> list[FacetValue]:
    """Give the values of a facet that the papers of an answer have, largest first.

    Args:
        results: with this facet; its query is `settled`, and has no filter of authors where the
            facet is author.
        field: the facet.
    """
    values = [one for one in results.facets[field].values if one.count]
    if field == "author":
        return values
    return [one for one in values if _is_chosen(results.query, field, one)]


def _is_chosen(query: Query, field: FacetField, value: FacetValue) -> bool:
    """Say whether the papers with a value of a single-valued facet are in the answer."""
    if value.excluded or (query.filter(field).include and not value.selected):
        return False
    low, high = query.years.low, query.years.high
    if field != "year" or (low is None and high is None):
        return True
    return value.value.isdecimal() and (low or 0) <= int(value.value) <= (high or 9999)


def _without_author_filter(query: Query) -> Query:
    """Say by clauses what the filter of authors says, so that it holds for its own facet."""
    was = query.filter("author")
    clauses: list[Clause] = [] if query.clause is None else [query.clause]
    if was.include:
        clauses.append(Or(tuple(_named(one) for one in was.include)))
    clauses += [Not(_named(one)) for one in was.exclude]
    if not was.include and not was.exclude:
        return query
    others = tuple(one for one in query.filters if one != was)
    return replace(query, clause=And(tuple(clauses)), filters=others)


def _named(name: str) -> Clause:
    return Not(Has("authors")) if name == UNKNOWN else AuthorName(name, exact=True)
