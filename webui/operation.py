"""For those who run the server: is it well, and what has it done."""

from __future__ import annotations

from flask import Blueprint, Response, current_app

from indexer import Query
from webui import current
from webui.api import answer
from webui.observing import observations

blueprint = Blueprint("operation", __name__)


@blueprint.get("/healthz")
def healthz() -> Response:
    """Run a query and say that it was answered; a 503 where there is no index to ask."""
    results = current.searcher().search(Query(per_page=1), facets=())
    response = answer(
        {
            "status": "ok",
            "generation": results.generation,
            "identity": current.searcher().identity,
            "papers": results.total,
            "took_ms": round(results.took_ms, 3),
        }
    )
    response.cache_control.no_store = True
    return response


@blueprint.get("/metrics")
def metrics() -> Response:
    """Give the counters of all workers in Prometheus's text format, version 0.0.4."""
    text = observations(current_app).text()
    response = Response(text, content_type="text/plain; version=0.0.4; charset=utf-8")
    response.cache_control.no_store = True
    return response
