"""The same addresses for machines: every page with ``.json`` at its end."""

from __future__ import annotations

import json
from typing import Any

from flask import Blueprint, Response, abort, redirect, request, url_for
from flask.typing import ResponseReturnValue

from indexer import (
    FacetRequest,
    Filter,
    Query,
    Sort,
    YearRange,
    cluster_json,
    info_json,
    paper_json,
    results_json,
)
from webui import current
from webui.faults import refused
from webui.lookup import Moved, find_author, find_venue

blueprint = Blueprint("api", __name__)


@blueprint.get("/info.json")
def info() -> Response:
    """Say what is in the index."""
    return answer(info_json(current.searcher().info()))


@blueprint.get("/search.json")
def search() -> Response:
    """Give one page of an answer, as ``quiver search --json`` prints it."""
    asked = current.asked(min_per_page=0)
    if asked.faults:
        return refused(asked)
    explain = request.args.get("explain") == "1"
    results = current.searcher().search(asked.query, explain=explain)
    return answer(results_json(results) | {"notices": list(asked.notices)})


@blueprint.get("/paper/<address:address>.json")
def paper(address: str) -> ResponseReturnValue:
    """Give one paper.

    Raises:
        NotFound: when no paper has this id.
    """
    searcher = current.searcher()
    if searcher.get(f"{address}.json") is not None:
        # An id that ends like a representation is the paper itself.
        from webui.pages import paper as page

        return page(f"{address}.json")
    found = searcher.get(address)
    if found is None:
        abort(404)
    return answer(paper_json(found))


@blueprint.get("/author/<slug>.json")
def author(slug: str) -> ResponseReturnValue:
    """Give the papers of one exact author name.

    Raises:
        NotFound: when no name folds to this one.
    """
    cluster = find_author(current.searcher(), slug)
    if cluster is None:
        abort(404)
    if isinstance(cluster, Moved):
        return redirect(url_for("api.author", slug=cluster.slug))
    return answer(cluster_json(cluster))


@blueprint.get("/venue/<slug>.json", defaults={"year": None})
@blueprint.get("/venue/<slug>/<int(max=9999):year>.json")
def venue(slug: str, year: int | None) -> ResponseReturnValue:
    """Give the papers of one venue, newest first.

    Raises:
        NotFound: when no venue folds to this name, or it has no paper in the year.
    """
    searcher = current.searcher()
    name = find_venue(searcher, slug)
    if name is None:
        abort(404)
    if isinstance(name, Moved):
        return redirect(url_for("api.venue", slug=name.slug, year=year))
    asked = current.asked(min_per_page=0)
    if asked.faults:
        return refused(asked)
    query = Query(
        filters=(Filter("venue", (name,)),),
        years=YearRange(year, year),
        sort=Sort.NEWEST if year is None else Sort.TITLE,
        page=asked.query.page,
        per_page=asked.query.per_page,
    )
    wanted = (FacetRequest("year", 0), FacetRequest("author", 20), FacetRequest("type", 0))
    results = searcher.search(query, facets=wanted)
    if not results.total:
        abort(404)
    return answer({"venue": name} | results_json(results))


def answer(body: dict[str, Any]) -> Response:
    """Write an object as JSON that any page of any site may read."""
    text = json.dumps(body, ensure_ascii=False, separators=(",", ":"))
    response = Response(text + "\n", content_type="application/json")
    response.headers["Access-Control-Allow-Origin"] = "*"
    return response
