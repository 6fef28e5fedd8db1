"""For those who run the server: is it well, and what has it done."""

from __future__ import annotations

from flask import Blueprint, Response, current_app, request

from indexer import Query
from webui.http import request_context
from webui.http.access import STRANGER
from webui.http.metrics import observations
from webui.openapi.answers import HealthJson
from webui.views.json_api import answer

_DEGRADED = (
    "The newest generation of the index is damaged; {} answers. What is wrong is in the log."
)
blueprint = Blueprint("operation", __name__)


@blueprint.get("/healthz")
def healthz() -> Response:
    """Runs a query and says that it was answered; a 503 where there is no index to ask.

    The status is "degraded" where the newest generation is damaged and an older one answers; which
    file it is stands in the log. On a private site only those who may read it learn more.
    """
    results = request_context.searcher().search(Query(per_page=1), facets=())
    degraded = bool(request_context.searcher().integrity.fallback_reason)
    status = "degraded" if degraded else "ok"
    if request.environ.get(STRANGER):
        known: HealthJson = {"status": status}
        response = answer(known)
        response.cache_control.no_store = True
        return response
    told: HealthJson = {
        "status": status,
        "generation": results.generation,
        "identity": request_context.searcher().identity,
        "papers": results.total,
        "took_ms": round(results.took_ms, 3),
    }
    if degraded:
        told["detail"] = _DEGRADED.format(results.generation)
    response = answer(told)
    response.cache_control.no_store = True
    return response


@blueprint.get("/metrics")
def metrics() -> Response:
    """Returns the counters of all workers in Prometheus's text format, version 0.0.4."""
    text = observations(current_app).text()
    response = Response(text, content_type="text/plain; version=0.0.4; charset=utf-8")
    response.cache_control.no_store = True
    return response
