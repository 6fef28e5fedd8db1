"""The same addresses for machines: every page with ``.json`` at its end."""

from __future__ import annotations

import json
from typing import Any

from flask import Blueprint, Response, request

from indexer import info_json, results_json
from webui import current
from webui.faults import refused

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


def answer(body: dict[str, Any]) -> Response:
    """Write an object as JSON that any page of any site may read."""
    text = json.dumps(body, ensure_ascii=False, separators=(",", ":"))
    response = Response(text + "\n", content_type="application/json")
    response.headers["Access-Control-Allow-Origin"] = "*"
    return response
