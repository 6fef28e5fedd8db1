"""The pages for readers: home, results, all values of a facet, how to search, what is here."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from urllib.parse import urlencode

from flask import Blueprint, render_template, request, url_for
from flask.typing import ResponseReturnValue

from indexer import (
    SYNTAX,
    UNKNOWN,
    FacetField,
    FacetRequest,
    IndexMissing,
    Match,
    Query,
    Results,
    Sort,
    labels_of,
    parse_query,
    put_together,
    search_corrected,
)
from webui.http import request_context
from webui.http.error_pages import refused
from webui.presentation.coverage import coverage, example_queries
from webui.presentation.facets import PLURALS, facet_panel
from webui.presentation.hit import shown
from webui.presentation.label_choices import LabelChoice, label_choices
from webui.presentation.person_facet import person_panels
from webui.presentation.results_page import histogram, results_page
from webui.urls import query_edits

blueprint = Blueprint("pages", __name__)
_FIELDS = ("abstract", "authors", "venue", "year", "type", "doi", "url", "keywords")
"""What a record may lack, as the query language names it."""
_AS_TYPED = "as_typed"
"""The parameter that keeps a query from being corrected."""
_NEWEST = 5
"""Papers that the first page shows as added last."""
_ENGINES = {
    "whoosh": "The index is searched within this server.",
    "opensearch": "The index is searched by an OpenSearch cluster.",
}
_VALUES = 200
"""Values on a page of all values of a facet."""


@blueprint.get("/")
def home() -> str:
    """Shows the search form and what is in the index."""
    searcher = request_context.searcher()
    everything = Query(per_page=0)
    wanted = (FacetRequest("venue", 60), FacetRequest("year", 0))
    results = searcher.search(everything, facets=wanted)
    venues = [value for value in results.facets["venue"].values if value.value != UNKNOWN]
    newest = searcher.search(Query(sort=Sort.ADDED, per_page=_NEWEST), facets=())
    display = request_context.display()
    return render_template(
        "pages/home.html",
        info=searcher.info(),
        examples=request_context.derived("examples", example_queries),
        newest=[shown(hit.paper, display) for hit in newest.hits],
        histogram=histogram(
            replace(everything, per_page=request_context.params().per_page),
            results,
            request_context.urls(),
            width=672,
            height=120,
        ),
        venues=venues,
    )


@blueprint.get("/search")
def search() -> ResponseReturnValue:
    """Shows one page of an answer with its filters."""
    asked = request_context.read_request()
    if asked.faults:
        return refused(asked)
    query = asked.query
    explain = request.args.get("explain") == "1"
    searcher = request_context.searcher()
    as_typed = request.args.get(_AS_TYPED) == "1"
    answer = searcher.search if as_typed else partial(search_corrected, searcher)
    results = answer(query, explain=explain)
    typed = None if results.query.text == query.text else _typed(query)
    together = request_context.params().together
    works = put_together(searcher, results, explain=explain) if together else None
    people = person_panels(searcher, results.query, request_context.search_href)
    page = results_page(results, request_context.urls(), request_context.display(), works, people)
    return render_template(
        "pages/search.html",
        notices=asked.notices,
        typed=typed,
        labels=_labels(results),
        screen_href=request_context.params().write(query, url_for("screening.page")),
        **page.variables(),
    )


def _labels(results: Results) -> tuple[LabelChoice, ...]:
    """Returns the labels of screened papers beside an answer; none where no paper has one."""
    searcher = request_context.searcher()
    if not request_context.derived("labels", labels_of).order:
        return ()
    return label_choices(
        replace(results.query, match=Match(results.receipt.matched)),
        request_context.typed_read,
        searcher.count,
        request_context.search_href,
    )


def _typed(query: Query) -> dict[str, str]:
    """Returns what leads back to a query as it was typed, before its correction."""
    href = request_context.search_href(query)
    return {"text": query.text, "href": f"{href}{'&' if '?' in href else '?'}{_AS_TYPED}=1"}


@blueprint.get("/facet/<any(venue, type, author):field>")
def facet(field: FacetField) -> ResponseReturnValue:
    """Lists all values of one facet of an answer, with a search among them."""
    asked = request_context.read_request()
    if asked.faults:
        return refused(asked)
    query = replace(asked.query, page=1)
    contains = request.args.get("contains", "").strip()[:100]
    page = request_context.page("values_page")
    # One value more than a page holds tells whether another page follows.
    offset = (page - 1) * _VALUES
    wanted = FacetRequest(field, limit=_VALUES + 1, offset=offset, contains=contains)
    results = request_context.searcher().search(replace(query, per_page=0), facets=(wanted,))
    found = results.facets[field]
    chosen = set(query.filter(field).include) | set(query.filter(field).exclude)
    listed = [value for value in found.values if value.value not in chosen]
    more = len(listed) > _VALUES
    rest = set(listed[:_VALUES])
    kept_values = tuple(value for value in found.values if value in rest or value.value in chosen)

    def turn(to: int) -> str:
        pairs = [
            *request_context.params().pairs(query),
            ("contains", contains),
            ("values_page", str(to)),
        ]
        written = urlencode([pair for pair in pairs if pair[1] and pair != ("values_page", "1")])
        return f"{url_for('pages.facet', field=field)}?{written}"

    return render_template(
        "pages/facet.html",
        query=query,
        notices=asked.notices,
        panel=facet_panel(query, replace(found, values=kept_values), request_context.urls().around),
        total=results.total,
        contains=contains,
        kept=request_context.params().pairs(query),
        narrowed_by=query_edits.filtered(query_edits.without_field(query, field)),
        plural=PLURALS,
        back=request_context.search_href(query),
        previous=turn(page - 1) if page > 1 else "",
        next=turn(page + 1) if more else "",
        generation=results.generation,
    )


@blueprint.get("/help")
def help_page() -> str:
    """Explain the query language, with examples of this collection where there is an index."""
    try:
        examples = request_context.derived("examples", example_queries)
    except IndexMissing:
        examples = ()
    return render_template("pages/help_page.html", syntax=SYNTAX, examples=examples)


@blueprint.get("/about")
def about() -> str:
    """Returns the page about the index: its size, age and sources, and what its records lack."""
    searcher, params = request_context.searcher(), request_context.params()
    lacking = []
    for field in _FIELDS:
        query = parse_query(f"no:{field}", per_page=params.per_page)
        lacking.append(
            {
                "field": field,
                "count": searcher.count(query),
                "href": request_context.search_href(query),
            }
        )
    return render_template(
        "pages/about.html",
        info=request_context.info(),
        lacking=lacking,
        coverage=request_context.derived("coverage", coverage),
        engine=_ENGINES.get(request_context.info().backend, ""),
    )
