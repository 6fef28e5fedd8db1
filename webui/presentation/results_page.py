"""An answer laid out for its page: what the templates of results show, and where it all leads.

Works within a request: the addresses are those of the application at hand.

Turning pages: which page links a result carries.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, Final

from indexer import (
    CITATION_FORMATS,
    MOST_TOGETHER,
    FacetField,
    Filter,
    Match,
    Paper,
    Query,
    Results,
    Sort,
    Works,
    YearRange,
    identifier_answer,
    relaxation_sentence,
    versions_among,
)
from webui.http import request_context
from webui.presentation.charts import Histogram, year_histogram
from webui.presentation.facets import PLURALS, WriteAround, chips, facet_panel
from webui.presentation.hit import Entry, entry, shown
from webui.urls import query_edits

_SORTS: Final = (
    (Sort.RELEVANCE, "relevance"),
    (Sort.NEWEST, "newest"),
    (Sort.OLDEST, "oldest"),
    (Sort.TITLE, "title"),
    (Sort.ADDED, "recently added"),
)
_SIZES: Final = (10, 20, 50, 100)
_LISTED: Final[tuple[FacetField, ...]] = ("venue", "type", "author")
"""Facets shown as lists of values; the year has its histogram."""
_FORM: Final = frozenset(
    "venue venue_not type type_not author author_not year_from year_to page".split()
)
"""Parameters that the filter form shows, and the page that it resets; others travel hidden."""


def carried(query: Query) -> tuple[tuple[str, str], ...]:
    """List what a search form must carry along so that new words keep the filters."""
    pairs = request_context.params().pairs(query)
    return tuple(pair for pair in pairs if pair[0] not in ("q", "page"))


def search_href(query: Query) -> str:
    """Returns the address of the results of a query."""
    return search_writer()(query)


def search_writer() -> Callable[[Query], str]:
    """Returns a function from queries to the addresses of their results."""
    return partial(request_context.params().write, path=request_context.address("pages.search"))


def search_around() -> WriteAround:
    """Returns a writer of the addresses of results that differ in one filter."""
    return partial(request_context.params().around, path=request_context.address("pages.search"))


def answer(results: Results, works: Works | None = None) -> dict[str, Any]:
    """Lay out an answer: everything the result page needs, by name.

    Args:
        results: the answer.
        works: its page with the versions of each work put together, where that was asked for.
    """
    query = results.query
    params = request_context.params()
    facets = results.facets
    path = request_context.address("pages.search")
    write, around = search_writer(), search_around()
    turned = params.turning(query, path)
    first_page = params.turning(query, "")(page=1)
    unpaged = params.turning(query, "")(page=1, per_page=params.per_page)
    here = turned()
    total = results.total if works is None or works.total is None else works.total
    return {
        "query": query,
        "results": results,
        "entries": entries(results, works),
        "works": works,
        "close": [shown(hit.paper, request_context.display()) for hit in results.close],
        "others": _others(results, works),
        "most_together": MOST_TOGETHER,
        "together_href": replace(params, together=works is None).turning(query, path)(page=1),
        "first": first(results),
        "kept": [pair for pair in params.pairs(query) if pair[0] not in _FORM],
        "panels": [facet_panel(query, facets[field], around) for field in _LISTED],
        "plural": PLURALS,
        "all_values": {
            field: request_context.address("pages.facet", field=field) + first_page
            for field in _LISTED
        },
        "years": facet_panel(query, facets["year"], around),
        "years_asked": query.years != YearRange() or query.filter("year") != Filter("year"),
        "histogram": histogram(query, results),
        "chips": chips(query, write),
        "clear": write(query_edits.cleared(query)),
        "alternatives": [
            {"label": one.label, "total": one.total, "href": write(one.query)}
            for one in results.receipt.alternatives
        ],
        "identified": identifier_answer(results),
        "cut": _cut(results),
        "relaxed": {
            "sentence": relaxation_sentence(results),
            "all_words": results.receipt.all_words,
            "href": write(replace(query, match=Match.ALL, page=1)),
        },
        "sorts": [
            {
                "label": label,
                "href": turned(sort=sort, page=1),
                "current": sort is query.sort,
            }
            for sort, label in _SORTS
        ],
        "sizes": [
            {
                "label": size,
                "href": turned(page=1, per_page=size),
                "current": size == query.per_page,
            }
            for size in _SIZES
        ],
        "pager": pager(
            query.page,
            query.per_page,
            total,
            lambda page: turned(page=page),
        ),
        "last_href": turned(page=last_page(total, query.per_page)),
        "canonical": here,
        "json_href": params.write(query, request_context.address("api.search")),
        "follow_href": request_context.address("feeds.search") + unpaged,
        "record_href": request_context.address("keeping.record") + unpaged,
        "formats": [
            {
                "name": one.name,
                "label": one.label,
                "media": one.media_type.partition(";")[0],
                "href": request_context.address("exports.search", suffix=one.suffix) + unpaged,
            }
            for one in CITATION_FORMATS.values()
        ],
        "explained": {
            "on": bool(results.hits and results.hits[0].why),
            "href": f"{here}{'&' if '?' in here else '?'}explain=1",
        },
    }


def entries(results: Results, works: Works | None = None) -> list[Entry]:
    """Lay out the hits of a page, numbered by their place in the whole answer."""
    display = request_context.display()
    hits = results.hits if works is None else works.hits
    return [entry(hit, number, display) for number, hit in enumerate(hits, first(results))]


def _others(results: Results, works: Works | None) -> Mapping[str, list[dict[str, str]]]:
    """Returns the other versions of each hit: those among the results, or else on this page."""
    found = versions_among([hit.paper for hit in results.hits]) if works is None else works.others
    hits = results.hits if works is None else works.hits
    return {
        hit.paper.id: [
            {
                "name": _place(other),
                "href": request_context.address("records.paper", address=other.id),
            }
            for other in found[hit.paper.id]
        ]
        for hit in hits
        if hit.paper.id in found
    }


def _place(paper: Paper) -> str:
    """Word where a version appeared."""
    words = [one for one in (paper.venue, str(paper.year or "")) if one]
    return " ".join(words) or "another record"


def first(results: Results) -> int:
    """Returns the rank of the first hit of a page among all hits, from 1."""
    return (results.query.page - 1) * results.query.per_page + 1


def histogram(
    query: Query, results: Results, *, width: int = 272, height: int = 72
) -> Histogram | None:
    """Returns the histogram of the years of a result; each bar links to its year alone."""
    low, high = query.years.low, query.years.high
    asked = query.years != YearRange()
    return year_histogram(
        results.facets["year"],
        request_context.params().around_year(
            query_edits.without_field(query, "year"), request_context.address("pages.search")
        ),
        lambda year: asked and (low is None or low <= year) and (high is None or year <= high),
        width=width,
        height=height,
    )


@dataclass(frozen=True, slots=True)
class PageLink:
    """One link of the pager.

    Attributes:
        page: from 1; 0 stands for pages left out.
        href: empty for the current page and for a gap.
    """

    page: int
    href: str


@dataclass(frozen=True, slots=True)
class Pager:
    """The pager below a result; `previous` and `next` are empty where there is none."""

    page: int
    last: int
    turns: tuple[PageLink, ...]
    previous: str
    next: str


def last_page(total: int, per_page: int) -> int:
    """Returns the number of the last page with hits, 1 if there are none."""
    return max(1, -(-total // max(1, per_page)))


def pager(page: int, per_page: int, total: int, href: Callable[[int], str]) -> Pager:
    """Lay out the pages around one: the first, the last and two on either side.

    Args:
        page: the current one, from 1; it may lie past the last.
        per_page: hits a page, at least 1.
        total: hits in all.
        href: gives the address of a page.
    """
    last = last_page(total, per_page)
    wanted = {1, last, *range(max(1, page - 2), min(last, page + 2) + 1)}
    turns: list[PageLink] = []
    before = 0
    for one in sorted(wanted):
        if one == before + 2:
            turns.append(PageLink(before + 1, href(before + 1)))
        elif one > before + 2:
            turns.append(PageLink(0, ""))
        turns.append(PageLink(one, "" if one == page else href(one)))
        before = one
    return Pager(
        page=page,
        last=last,
        turns=tuple(turns),
        previous=href(min(page - 1, last)) if page > 1 else "",
        next=href(page + 1) if page < last else "",
    )


_SHOWN_CUTS: Final = 3
"""Clauses that are left out or cut and stand on the page by themselves."""


def _cut(results: Results) -> dict[str, Any]:
    """Returns the clauses that are left out or cut: the first few, and the number of the others."""
    cut = [(clause.text, clause.note) for clause in results.receipt.clauses if clause.cut]
    return {"first": cut[:_SHOWN_CUTS], "others": len(cut[_SHOWN_CUTS:])}
