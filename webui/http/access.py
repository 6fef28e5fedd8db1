"""A private site: every request needs its password, its token, or a proxy that knows the reader.

There are no accounts and no cookies. A browser is asked for the password (RFC 7617) and sends it
with each request; programs send it as a bearer token (RFC 6750), and feed readers, which can do
neither, as the parameter ``token``, which no page and no log of the application sees.
"""

from __future__ import annotations

import base64
import binascii
import hmac
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import parse_qsl, urlencode

from flask import Flask

from indexer import Config, ConfigError, Network, networks_of
from webui.http.error_pages import problem
from webui.http.proxies import is_trusted

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

SHORTEST: Final = 8
"""Fewest characters of a password: shorter ones are guessed."""
_OPEN: Final = frozenset({"/healthz", "/robots.txt"})
"""What monitors and crawlers may ask for; it says nothing of the collection."""


def register(app: Flask, config: Config) -> None:
    """Restrict an application to known readers; leave it open where the settings name none.

    Must be registered after `proxies`, whose word on the address of a reader is not the proxy's.

    Raises:
        ConfigError: when the password cannot be read, or is too short.
    """
    web = config.web
    password = _password(web.password_file, config.source)
    if not password and not web.user_header:
        return
    variable = f"HTTP_{web.user_header.upper().replace('-', '_')}" if web.user_header else ""
    trusted = networks_of(web.trusted_proxies)
    inner: WSGIApplication = app.wsgi_app

    def outer(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        token = _token_taken(environ) if password else ""
        known = environ.get("PATH_INFO") in _OPEN
        known = known or _is_named(environ, variable, trusted)
        known = known or _is_told(environ, token, password)
        if known:
            return inner(environ, _private(start_response))
        if not password:
            answer = problem(403, "This site is private", "The proxy named no reader.")
            return answer(environ, start_response)
        answer = problem(401, "This site is private", "Enter its password; any user name will do.")
        answer.headers["WWW-Authenticate"] = 'Basic realm="papers", charset="UTF-8"'
        answer.headers["Cache-Control"] = "no-store"
        return answer(environ, start_response)

    app.wsgi_app = outer  # type: ignore[method-assign] # as Flask's documentation does


def _is_named(environ: WSGIEnvironment, variable: str, trusted: tuple[Network, ...]) -> bool:
    """Returns whether a trusted proxy, and nobody else, names the reader."""
    if not variable or not str(environ.get(variable, "")).strip():
        return False
    return is_trusted(str(environ.get("REMOTE_ADDR") or ""), trusted)


def _is_told(environ: WSGIEnvironment, token: str, password: bytes) -> bool:
    """Returns whether a request has the password; each comparison takes the same time."""
    if not password:
        return False
    scheme, _, value = str(environ.get("HTTP_AUTHORIZATION", "")).partition(" ")
    given = [token.encode()]
    if scheme.lower() == "bearer":
        given.append(value.strip().encode("latin-1", "replace"))
    elif scheme.lower() == "basic":
        try:
            given.append(base64.b64decode(value, validate=True).partition(b":")[2])
        except (binascii.Error, ValueError):
            given.append(b"")
    # All are compared, so that the time says nothing of which one it was.
    return sum(hmac.compare_digest(one, password) for one in given) > 0


def _token_taken(environ: dict[str, Any]) -> str:
    """Take the parameter ``token`` out of a request and return it."""
    text = str(environ.get("QUERY_STRING", ""))
    if "token=" not in text:
        return ""
    pairs = parse_qsl(text, keep_blank_values=True)
    environ["QUERY_STRING"] = urlencode([pair for pair in pairs if pair[0] != "token"])
    return next((value for name, value in pairs if name == "token"), "")


def _private(start_response: StartResponse) -> Callable[..., Any]:
    """Mark responses as private, so that shared caches do not keep them."""

    def start(status: str, headers: list[tuple[str, str]], *rest: Any) -> Any:
        kept = [
            (name, value.replace("public", "private") if name == "Cache-Control" else value)
            for name, value in headers
        ]
        return start_response(status, [*kept, ("Vary", "Authorization")], *rest)

    return start


def _password(name: str, source: str) -> bytes:
    if not name:
        return b""
    try:
        lines = Path(name).read_bytes()[:10_000].splitlines()
    except OSError as error:
        reason = f"{source}: web.password_file: cannot read {name}: {error.strerror}"
        raise ConfigError((reason,)) from None
    password = lines[0].strip() if lines else b""
    if len(password) < SHORTEST:
        reason = f"{source}: web.password_file: expected {SHORTEST} characters or more in {name}"
        raise ConfigError((reason,))
    return password
