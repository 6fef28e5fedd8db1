"""For those who run the server: is it well."""

from __future__ import annotations

from flask import Blueprint, Response

from indexer import Query
from webui import current
from webui.api import answer

blueprint = Blueprint("operation", __name__)


@blueprint.get("/healthz")
def healthz() -> Response:
    """Run a query and say that it was answered; a 503 where there is no index to ask."""
    results = current.searcher().search(Query(per_page=1), facets=())
    response = answer(
        {
            "status": "ok",
            "generation": results.generation,
            "papers": results.total,
            "took_ms": round(results.took_ms, 3),
        }
    )
    response.cache_control.no_store = True
    return response
