"""Answers to requests that cannot be met: a page that still carries the form, or problem+json.

The JSON form is RFC 9457's problem details.
"""

from __future__ import annotations

import json
import logging
from datetime import UTC, datetime
from typing import Any, Final, cast

from flask import Flask, Response, current_app, make_response, render_template, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import BadHost, HTTPException

from indexer import (
    IndexDamaged,
    IndexError_,
    IndexMissing,
    IndexUnavailable,
    QueryTimedOut,
    QuiverError,
)
from webui.http import request_context
from webui.presentation.atom import ATOM, legal, permanent_id
from webui.urls.query_params import SearchRequest

_HEADINGS: Final = {
    400: "This address is not valid",
    404: "Page not found",
    405: "This method is not allowed",
    413: "This is too large",
    414: "This address is too long",
    429: "Too many requests",
    500: "Something went wrong",
    503: "There is no index yet",
}
_LINES: Final = {
    404: (
        "There is no paper, author or venue at this address.",
        "Check the address, or search for what you are looking for.",
    ),
    405: ("Only GET is supported here.",),
    500: ("The error is on our side and has been logged. Please try again, or try other words.",),
}
_TIMED_OUT: Final = (
    "An incomplete list would be misleading. Use fewer wildcards, phrases or fuzzy words."
)
_DAMAGED: Final = (
    "One of its files has changed since it was written, so nothing is read from it. Which file it "
    "is, and how to repair the index, is in the server's log."
)
_JSON_ONLY: Final = ("api", "api_description", "operation", "suggest")
"""Blueprints whose addresses have no other representation."""
_log = logging.getLogger(__name__)


def register(app: Flask, build_command: str) -> None:
    """Register the error pages of an application.

    Args:
        app: the application.
        build_command: what the page without an index tells its owner to run.
    """
    app.extensions["quiver.build_command"] = build_command
    app.register_error_handler(HTTPException, _http_fault)
    app.register_error_handler(QuiverError, _quiver_fault)


def refused(asked: SearchRequest) -> Response:
    """Answer a request whose parameters have no meaning: 400, with what each should be."""
    answer = _for_programs(
        400,
        _HEADINGS[400],
        "; ".join(str(fault) for fault in asked.faults),
        errors=[{"parameter": fault.parameter, "detail": str(fault)} for fault in asked.faults],
    )
    return answer or _page(
        400,
        query=asked.query,
        faults=[
            {"parameter": fault.parameter, "reason": str(fault).partition(": ")[2]}
            for fault in asked.faults
        ],
        mended=request_context.params().write(asked.query, url_for("pages.search")),
    )


def too_many(per_minute: int, seconds: int) -> Response:
    """Answer a client that asks too much: 429, and when to ask again."""
    told = f"You can make {per_minute:,} requests per minute. Try again in {seconds} seconds."
    return wait_a_while(told, seconds)


def wait_a_while(told: str, seconds: int) -> Response:
    """Answer a client that has to wait: 429, with a sentence and the seconds to wait."""
    answer = _for_programs(429, _HEADINGS[429], told) or _page(429, lines=(told,))
    answer.headers["Retry-After"] = str(seconds)
    return answer


def busy(heading: str, seconds: int, told: str = "") -> Response:
    """Answer a request for work that cannot be done now: 503, and when to ask again."""
    told = f"{told} Try again in {seconds} seconds.".lstrip()
    answer = _for_programs(503, heading, told) or _page(503, heading=heading, lines=(told,))
    answer.headers["Retry-After"] = str(seconds)
    return answer


def problem(status: int, title: str, detail: str, **more: Any) -> Response:
    """Returns a problem document (RFC 9457)."""
    body = {"type": "about:blank", "title": title, "status": status, "detail": detail} | more
    return Response(
        json.dumps(body, ensure_ascii=False) + "\n",
        status=status,
        content_type="application/problem+json",
    )


def _for_programs(status: int, title: str, detail: str, **more: Any) -> Response | None:
    """Returns an error in the form of the address asked for; None where that is a page."""
    if request.blueprint == "arxiv_api":
        return _atom_error(status, detail)
    return problem(status, title, detail, **more) if _wants_json() else None


def _wants_json() -> bool:
    """Returns whether the address names a representation in JSON."""
    return request.blueprint in _JSON_ONLY or request.path.endswith(".json")


def _atom_error(status: int, detail: str) -> Response:
    """Returns an error as arXiv's API writes it: a feed with one entry, whose title is "Error".

    See "Errors" in the manual, info.arxiv.org/help/api/user-manual.html.
    """
    text = render_template(
        "feeds/error.xml",
        detail=legal(detail),
        address=legal(request.url),
        id=permanent_id("error", detail),
        updated=datetime.now(UTC).isoformat(timespec="seconds").replace("+00:00", "Z"),
    )
    answer = Response(text, status, content_type=f"{ATOM}; charset=utf-8")
    answer.cache_control.no_store = True
    return answer


def _http_fault(error: HTTPException) -> ResponseReturnValue:
    if error.code is None or error.code < 400:
        return error
    status = error.code
    lines = _LINES.get(status, (error.description or "",))
    # Under a host that is none no address can be written, so no page drawn.
    heading = _HEADINGS.get(status, error.name)
    if isinstance(request.routing_exception, BadHost):
        answer = problem(status, heading, lines[0])
    else:
        answer = _for_programs(status, heading, lines[0]) or _page(status, lines=lines)
    for name, value in error.get_headers():
        if name.lower() not in ("content-type", "content-length"):
            answer.headers[name] = value
    return answer


def _quiver_fault(error: QuiverError) -> ResponseReturnValue:
    if isinstance(error, QueryTimedOut):
        return busy("This search took too long", 5, _TIMED_OUT)
    missing, away = isinstance(error, IndexMissing), isinstance(error, IndexUnavailable)
    status = 503 if isinstance(error, IndexError_) else 400
    damaged = isinstance(error, IndexDamaged)
    heading = _HEADINGS[status] if missing or status == 400 else "The index cannot be read"
    if away:
        heading = "The index is not responding"
    elif damaged:
        heading = "The index is damaged"
    if status == 503 and not missing:
        _log.error("index at fault: %s", error)
    command = cast(str, current_app.extensions["quiver.build_command"]) if missing else ""
    lines = (
        ("Build one from a dump of papers with this command, then reload this page.",)
        if missing
        else ("Try again in a few seconds.",)
        if away
        else (_DAMAGED,)
        if damaged
        else ("The server's log has the details.",)
        if status == 503
        else (str(error),)
    )
    more = {"command": command} if command else {}
    answer = _for_programs(status, heading, lines[0], **more)
    answer = answer or _page(status, heading=heading, lines=lines, command=command)
    if status == 503:
        answer.headers["Retry-After"] = "5" if away else "30"
    return answer


def _page(status: int, **words: Any) -> Response:
    words = {"heading": _HEADINGS.get(status, "This did not work"), "query": None} | words
    answer = make_response(render_template("error.html", status=status, **words), status)
    answer.cache_control.no_store = True
    return answer
