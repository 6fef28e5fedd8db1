"""Keeping what was found, without an account: a shelf is its address, a search has its record.

The record holds what a systematic review has to report of a search (PRISMA-S, items 8 and 13,
doi.org/10.1186/s13643-020-01542-z): the query in full, how it was read, filters, date, what was
searched, the counts and every paper found.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any, Final

from flask import Blueprint, Response, render_template, request, url_for
from flask.typing import ResponseReturnValue

from indexer import (
    CITATION_FORMATS,
    RECORD_REMOVALS,
    FacetField,
    FacetRequest,
    Query,
    flow_json,
    flow_of,
    info_json,
    plain,
    results_json,
)
from webui.http import request_context
from webui.http.error_pages import refused
from webui.presentation import results_page
from webui.presentation.facets import chips
from webui.presentation.hit import shown
from webui.views.json_api import MOST, answer, parts, settled
from webui.views.similar import MOST_LIKED

blueprint = Blueprint("keeping", __name__)
MAX_SHELF: Final = 1_000
_COUNTED: Final[tuple[FacetField, ...]] = ("venue", "year", "type")


@blueprint.get("/shelf")
def shelf() -> str:
    """Show the papers that the address lists (``id``, repeated), in its order."""
    searcher, display = request_context.searcher(), request_context.display()
    ids = list(dict.fromkeys(request.args.getlist("id")))
    found = [searcher.get(one) for one in ids[:MAX_SHELF]]
    papers = [paper for paper in found if paper is not None]
    return render_template(
        "keeping/shelf.html",
        listed=[shown(paper, display) for paper in papers],
        gone=len(ids) - len(papers),
        formats=CITATION_FORMATS.values(),
        generation=searcher.generation,
        like_these=url_for("similar.page", id=[paper.id for paper in papers])
        if len(papers) <= MOST_LIKED
        else "",
        without={
            paper.id: url_for("keeping.shelf", id=[one.id for one in papers if one is not paper])
            for paper in papers
        }
        if len(papers) <= 100
        else {},
    )


@blueprint.get("/record")
def record() -> ResponseReturnValue:
    """Show the record of a search, to be printed or filed."""
    asked = request_context.asked()
    if asked.faults:
        return refused(asked)
    told = _record(asked.query)
    searcher = request_context.searcher()
    titles = {
        one: plain(paper.title)
        for one in told["ids"][:MAX_SHELF]
        if (paper := searcher.get(one)) is not None
    }
    page = render_template(
        "keeping/record.html",
        told=told,
        reasons=RECORD_REMOVALS,
        titles=titles,
        query=asked.query,
        chips=chips(asked.query, results_page.search_href),
        back=results_page.search_href(asked.query),
        json_href=request_context.params().write(asked.query, url_for("keeping.record_json")),
        duplicates_href=request_context.params().write(asked.query, url_for("duplicates.page")),
        diff_href=request_context.params().write(asked.query, url_for("differences.page")),
    )
    return _dated(Response(page))


@blueprint.get("/record.json")
def record_json() -> ResponseReturnValue:
    """Returns the record of a search."""
    asked = request_context.asked()
    if asked.faults:
        return refused(asked)
    return _dated(answer(_record(asked.query)))


def _record(query: Query) -> dict[str, Any]:
    searcher = request_context.searcher()
    query = replace(query, page=1, per_page=0)
    results = searcher.search(query, facets=())
    facets = tuple(FacetRequest(field, MOST) for field in _COUNTED)
    counted = searcher.search(settled(query, results), facets=facets)
    ids = list(searcher.ids(query))
    request_context.whole()
    told = results_json(results)
    parameters = {
        name: value
        for name, value in told["parameters"].items()
        if name not in ("page", "per_page")
    }
    return {
        "query": told["query"],
        "parameters": parameters,
        "address": request_context.params().write(
            replace(query, per_page=request_context.params().per_page),
            url_for("pages.search", _external=True),
        ),
        "read_as": told["receipt"]["read_as"],
        "matched": told["receipt"]["matched"],
        "clauses": told["receipt"]["clauses"],
        "repairs": told["receipt"]["repairs"],
        "asked": datetime.now(UTC).isoformat(timespec="seconds").replace("+00:00", "Z"),
        "index": info_json(request_context.info()),
        "flow": flow_json(flow_of(searcher), request_context.info().papers),
        "total": told["total"],
        "counts": {
            field: {one.value: one.count for one in parts(counted, field)} for field in _COUNTED
        },
        "ids": ids,
    }


def _dated(response: Response) -> Response:
    """Mark an answer that holds the time of asking: it is not the same twice."""
    response.cache_control.no_store = True
    return response
