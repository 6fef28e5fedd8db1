"""The same addresses for machines: results, what is in the index, what can be asked.

``/search.json`` takes the parameters of ``/search`` and besides ``fields`` (keys of each hit),
``group_by`` (counts of one facet, in OpenAlex's shape) and ``cursor`` (the whole answer, page by
page, of one generation).
"""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

from flask import Blueprint, Response, current_app, request
from flask.typing import ResponseReturnValue

from indexer import (
    FACET_FIELDS,
    IndexMissing,
    QueryError,
    Results,
    hit_json,
    info_json,
    put_together,
    results_json,
)
from webui import current
from webui.cursor import Cursor, digest, read_cursor
from webui.faults import problem, refused
from webui.groups import grouped
from webui.openapi import describe
from webui.pager import last_page

blueprint = Blueprint("api", __name__)


@blueprint.get("/api")
def api() -> Response:
    """Describe this interface (OpenAPI 3.1)."""
    return answer(describe(current_app, current.params()))


@blueprint.get("/info.json")
def info() -> Response:
    """Say what is in the index."""
    return answer(info_json(current.info()))


@blueprint.get("/search.json")
def search() -> ResponseReturnValue:
    """Give one page of an answer, as ``quiver search --json`` prints it.

    Raises:
        QueryError: when ``fields``, ``group_by``, ``cursor`` or ``explain`` has no meaning.
    """
    asked = current.asked(min_per_page=0)
    if asked.faults:
        return refused(asked)
    if "group_by" in request.args:
        field = next((one for one in FACET_FIELDS if one == request.args["group_by"]), None)
        if field is None:
            raise QueryError("group_by", f"expected one of {', '.join(FACET_FIELDS)}")
        return answer(grouped(current.searcher(), asked.query, field))
    if request.args.get("explain", "") not in ("", "0", "1"):
        raise QueryError("explain", "expected 0 or 1")
    explain = request.args.get("explain") == "1"
    query = asked.query
    more: dict[str, Any] = {"notices": list(asked.notices)}
    if "cursor" in request.args:
        question = digest(repr(current.params().pairs(replace(query, page=1))))
        newest = current.searcher()
        given = request.args["cursor"]
        cursor = read_cursor(given, newest.identity, newest.generation, question)
        try:
            if cursor.identity != newest.identity:
                raise IndexMissing("the index was made anew")  # noqa: TRY301 - the same answer
            searcher = current.of_generation(cursor.generation)
        except IndexMissing:
            return problem(
                410,
                "The index has changed",
                f"This cursor belongs to generation {cursor.generation[:40]}, which is not kept "
                "any more; begin again with *.",
            )
        query = replace(query, page=cursor.page, per_page=max(1, query.per_page))
        results = searcher.search(query, explain=explain)
        more["next_cursor"] = _next(results, searcher.identity, question)
    else:
        results = current.searcher().search(query, explain=explain)
    found = results_json(results) | more
    if "cursor" not in request.args and current.params().together:
        found |= _together(results, explain=explain)
    if request.args.get("fields"):
        found["hits"] = _selected(found["hits"], request.args["fields"])
    return answer(found)


def _together(results: Results, *, explain: bool) -> dict[str, Any]:
    """Write the hits of a page of works, each with the ids of its other versions."""
    works = put_together(current.searcher(), results, explain=explain)
    hits = []
    for hit in works.hits:
        others = works.others.get(hit.paper.id, ())
        hits.append(hit_json(hit) | {"versions": [paper.id for paper in others]})
    return {"works": works.total, "hits": hits}


def _next(results: Results, identity: str, question: str) -> str | None:
    """Give the cursor of the page after this one; None at the end."""
    query = results.query
    if query.page >= last_page(results.total, query.per_page):
        return None
    return str(Cursor(identity, results.generation, query.page + 1, question))


def _selected(hits: list[dict[str, Any]], fields: str) -> list[dict[str, Any]]:
    wanted = [one.strip() for one in fields.split(",") if one.strip()]
    known = {key for hit in hits for key in hit}
    unknown = [one for one in wanted if one not in known]
    if hits and unknown:
        raise QueryError("fields", f"expected some of {', '.join(sorted(known))}")
    return [{key: hit[key] for key in wanted} for hit in hits]


def answer(body: dict[str, Any]) -> Response:
    """Write an object as JSON that any page of any site may read."""
    text = json.dumps(body, ensure_ascii=False, separators=(",", ":"))
    response = Response(text + "\n", content_type="application/json")
    response.headers["Access-Control-Allow-Origin"] = "*"
    return response
