"""Answers that pages of other sites may read (CORS, fetch.spec.whatwg.org/#http-cors-protocol).

What anybody may read, any page may: there are no cookies, so an answer does not depend on who is
asking. Nothing is allowed where the collection is private, and nothing at ``/mcp``, which checks
the origin itself.
"""

from __future__ import annotations

from typing import Final

from flask import Flask, Response, request
from werkzeug.wrappers import Response as AnyResponse

READABLE: Final = ("Content-Disposition", "ETag", "Link", "Retry-After")
"""Headers of an answer that a page may read beside those that the standard always allows."""
SENDABLE: Final = ("Accept", "If-None-Match", "If-Modified-Since")
"""Headers that a page may send; the second makes a browser ask first."""
_METHODS: Final = ("GET", "HEAD")
_REMEMBERED: Final = 86_400
"""Seconds for which a browser need not ask again: a day."""
_OWN_RULES: Final = frozenset({"assistant"})
"""Blueprints that decide themselves which origins they answer."""


def register(app: Flask, *, private: bool) -> None:
    """Lets pages of any site read what an application answers to GET.

    Must be registered before whatever refuses requests, so that a refusal can be read, too.

    Args:
        app: the application.
        private: answers are for known readers only, so that no page of another site may read them.
    """
    if private:
        return
    app.before_request(_preflight)
    app.after_request(_allow)


def _preflight() -> Response | None:
    """Answers the question that a browser asks before a request with headers of its own."""
    asked = request.headers.get("Access-Control-Request-Method")
    if request.method != "OPTIONS" or not asked or "Origin" not in request.headers:
        return None
    if request.blueprint in _OWN_RULES:
        return None
    response = Response(status=204)
    response.headers["Access-Control-Allow-Methods"] = ", ".join(_METHODS)
    response.headers["Access-Control-Allow-Headers"] = ", ".join(SENDABLE)
    response.headers["Access-Control-Max-Age"] = str(_REMEMBERED)
    return response


def _allow(response: AnyResponse) -> AnyResponse:
    if request.method not in (*_METHODS, "OPTIONS") or request.blueprint in _OWN_RULES:
        return response
    response.headers["Access-Control-Allow-Origin"] = "*"
    if request.method != "OPTIONS":
        response.headers["Access-Control-Expose-Headers"] = ", ".join(READABLE)
    return response
