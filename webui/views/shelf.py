"""Keeping what was found, without an account: a shelf is its address, a search has its record.

The record holds what a systematic review has to report of a search (PRISMA-S, items 8 and 13,
doi.org/10.1186/s13643-020-01542-z): the query in full, how it was read, filters, date, what was
searched, the counts and every paper found.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any, Final, cast
from urllib.parse import parse_qs, urlsplit

from flask import Blueprint, Response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from indexer import (
    CITATION_FORMATS,
    RECORD_REMOVALS,
    REFERENCE_STYLES,
    SEARCH_DATABASES,
    FacetField,
    FacetRequest,
    Paper,
    Query,
    flow_json,
    flow_of,
    info_json,
    labels_of,
    name_slug,
    named_paper,
    parse_query,
    plain,
    results_json,
    translate_clause,
)
from webui.http import request_context
from webui.http.error_pages import refused
from webui.openapi.answers import FlowJson, SearchRecordJson, TranslationJson
from webui.presentation.facets import chips
from webui.presentation.flow_diagram import flow_diagram
from webui.presentation.hit import shown
from webui.urls.alert_lines import shelf_line
from webui.views.json_api import MOST, answer, parts, settled
from webui.views.similar import MOST_LIKED

blueprint = Blueprint("keeping", __name__)
MAX_SHELF: Final = 1_000
_OFFERED: Final = 20
"""Papers offered to be added to a shelf at once."""
_COMPARED: Final = 280
"""Characters of an abstract in a comparison."""
_COMMON: Final = 20
"""Authors of several papers that a comparison names."""
_COUNTED: Final[tuple[FacetField, ...]] = ("venue", "year", "type")


@blueprint.get("/shelf")
def shelf() -> ResponseReturnValue:
    """Shows the papers that the address lists (``id``, repeated), in its order.

    ``add`` puts further ids, DOIs or the ids of another shelf's address into the address, ``q``
    offers papers to be added, and ``compare=1`` shows the papers side by side: a shelf is filled
    without a script, too.
    """
    searcher, display = request_context.searcher(), request_context.display()
    ids = list(dict.fromkeys(request.args.getlist("id")))[:MAX_SHELF]
    if request.args.get("add", "").strip():
        added = _ids_in(request.args["add"])
        return redirect(_href(list(dict.fromkeys(ids + added))[:MAX_SHELF]))
    found = [searcher.get(paper_id) for paper_id in ids]
    papers = [paper for paper in found if paper is not None]
    kept = [paper.id for paper in papers]
    sought = request.args.get("q", "").strip()[: request_context.params().max_text]
    comparing = request.args.get("compare") == "1"
    return render_template(
        "keeping/shelf.html",
        listed=[shown(paper, display) for paper in papers],
        ids=kept,
        gone=len(ids) - len(papers),
        formats=CITATION_FORMATS.values(),
        styles=[(name, label) for name, (label, _) in REFERENCE_STYLES.items()],
        sought=sought,
        offered=[shown(paper, display) for paper in _offered(sought, kept)],
        comparison=_comparison(papers) if comparing else None,
        compare=_href(kept) + ("" if comparing else "&compare=1") if len(kept) > 1 else "",
        here=url_for("keeping.shelf", id=kept),
        alert_line=shelf_line(ids),
        generation=searcher.generation,
        like_these=url_for("similar.page", id=kept) if len(papers) <= MOST_LIKED else "",
        without={
            paper.id: url_for(
                "keeping.shelf", id=[other.id for other in papers if other is not paper]
            )
            for paper in papers
        }
        if len(papers) <= 100
        else {},
    )


def _href(ids: list[str]) -> str:
    """Returns the address of a shelf with these papers."""
    return url_for("keeping.shelf", id=ids)


def _ids_in(text: str) -> list[str]:
    """Returns the paper ids in a text of ids, identifiers and addresses of shelves.

    What names no paper is returned as it is, so that the page can say that it is not there.
    """
    searcher = request_context.searcher()
    ids: list[str] = []
    for word in text.split()[:MAX_SHELF]:
        if listed := parse_qs(_query_of(word)).get("id"):
            ids += listed
            continue
        paper = searcher.get(word) or named_paper(searcher, word)
        ids.append(word if paper is None else paper.id)
    return ids


def _query_of(address: str) -> str:
    """Returns the query string of an address; empty where the text is none ("http://[")."""
    try:
        return urlsplit(address).query
    except ValueError:
        return ""


def _offered(text: str, kept: list[str]) -> list[Paper]:
    """Returns the best papers of a query that are not on the shelf yet."""
    if not text:
        return []
    results = request_context.searcher().search(parse_query(text, per_page=_OFFERED), facets=())
    return [hit.paper for hit in results.hits if hit.paper.id not in kept]


def _comparison(papers: list[Paper]) -> dict[str, Any]:
    """Lays out papers side by side: what each says of itself, and the authors they share."""
    display = request_context.display()
    names: dict[str, list[str]] = {}
    for paper in papers:
        for slug, name in {name_slug(name): name for name in paper.authors}.items():
            names.setdefault(slug, []).append(name)
    common = [(written[0], len(written)) for written in names.values() if len(written) > 1]
    return {
        "rows": [
            {
                "shown": shown(paper, display),
                "opening": display.opening(paper.abstract, _COMPARED)[0],
            }
            for paper in papers
        ],
        "common": sorted(common, key=lambda author: (-author[1], author[0].casefold()))[:_COMMON],
    }


@blueprint.get("/record")
def record() -> ResponseReturnValue:
    """Shows the record of a search, to be printed or filed."""
    asked = request_context.read_request()
    if asked.faults:
        return refused(asked)
    told = _record(asked.query)
    searcher = request_context.searcher()
    titles = {
        paper_id: plain(paper.title)
        for paper_id in told["ids"][:MAX_SHELF]
        if (paper := searcher.get(paper_id)) is not None
    }
    page = render_template(
        "keeping/record.html",
        told=told,
        flow=flow_diagram(told, RECORD_REMOVALS),
        reasons=RECORD_REMOVALS,
        titles=titles,
        query=asked.query,
        chips=chips(asked.query, request_context.search_href),
        back=request_context.search_href(asked.query),
        json_href=request_context.params().write(asked.query, url_for("keeping.record_json")),
        svg_href=request_context.params().write(asked.query, url_for("keeping.record_svg")),
        duplicates_href=request_context.params().write(asked.query, url_for("duplicates.page")),
        screen_href=request_context.params().write(asked.query, url_for("screening.page")),
        diff_href=request_context.params().write(asked.query, url_for("differences.page")),
    )
    return _dated(Response(page))


@blueprint.get("/record.svg")
def record_svg() -> ResponseReturnValue:
    """Returns the flow diagram of the record as a picture of its own."""
    asked = request_context.read_request()
    if asked.faults:
        return refused(asked)
    picture = flow_diagram(_record(asked.query), RECORD_REMOVALS)
    # A picture of its own is often shown on a dark ground, where its ink would not be seen.
    drawn = render_template("keeping/_flow.svg", flow=picture, ground="#fff")
    return _dated(Response(drawn, content_type="image/svg+xml; charset=utf-8"))


@blueprint.get("/record.json")
def record_json() -> ResponseReturnValue:
    """Returns the record of a search."""
    asked = request_context.read_request()
    if asked.faults:
        return refused(asked)
    return _dated(answer(_record(asked.query)))


def _record(query: Query) -> SearchRecordJson:
    searcher = request_context.searcher()
    query = replace(query, page=1, per_page=0)
    results = searcher.search(query, facets=())
    facets = tuple(FacetRequest(field, MOST) for field in _COUNTED)
    counted = searcher.search(settled(query, results), facets=facets)
    ids = list(searcher.ids(query))
    request_context.require_complete()
    labels = labels_of(searcher)
    labelled = {label: frozenset(labels.ids(label)) for label in ("included", "excluded")}
    sources = [
        replace(source, source=request_context.source_name(source.source))
        for source in flow_of(searcher)
    ]
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
        "flow": cast(FlowJson, flow_json(sources, request_context.info().papers)),
        "total": told["total"],
        "labelled": {
            label: sum(paper_id in of for paper_id in ids) for label, of in labelled.items()
        },
        "counts": {
            field: {value.value: value.count for value in parts(counted, field)}
            for field in _COUNTED
        },
        "translations": _translations(query),
        "ids": ids,
    }


def _translations(query: Query) -> list[TranslationJson]:
    """Returns the query for each database; none where it has no words."""
    if query.clause is None:
        return []
    made = (translate_clause(query.clause, database) for database in SEARCH_DATABASES)
    return [
        {
            "database": translation.database.label,
            "text": translation.text,
            "notes": [{"text": note.text, "reason": note.reason} for note in translation.notes],
        }
        for translation in made
    ]


def _dated(response: Response) -> Response:
    """Marks an answer that holds the time of asking: it is not the same twice."""
    response.cache_control.no_store = True
    return response
