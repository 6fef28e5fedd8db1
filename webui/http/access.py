"""A private site: every request needs its password, its token, or a proxy that knows the reader.

There are no accounts and no cookies. A browser is asked for the password (RFC 7617) and sends it
with each request; programs send it as a bearer token (RFC 6750), and feed readers, which can do
neither, as the parameter ``token``, which no page and no log of the application sees.
"""

from __future__ import annotations

import base64
import binascii
import codecs
import hmac
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import unquote_plus, unquote_to_bytes, urlsplit

from flask import Flask, Response

from indexer import Config, ConfigError, Network, networks_of
from webui.http.private_page import refusal
from webui.http.proxies import is_trusted, reader_of
from webui.http.rate_limit import Buckets, client_of

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

SHORTEST: Final = 8
"""Fewest characters of a password: shorter ones are guessed."""
GUESSES: Final = 60
"""Wrong passwords that one client may send in a minute; a worker process counts for itself."""
STRANGER: Final = "quiver.stranger"
"""Key of the WSGI environment of a request that is answered although nobody knows the reader."""
_OPEN: Final = frozenset({"/healthz", "/robots.txt"})
"""What monitors and crawlers may ask for; it says nothing of the collection."""


def is_private(config: Config) -> bool:
    """Returns whether the settings restrict the site to known readers."""
    return bool(config.web.password_file or config.web.user_header)


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
    guesses = Buckets(GUESSES)
    root = urlsplit(web.public_url).path.rstrip("/")
    unguarded = _OPEN | {f"{root}{path}" for path in _OPEN}
    inner: WSGIApplication = app.wsgi_app

    def refused(environ: WSGIEnvironment, token: bytes) -> Response | None:
        """Returns the answer to a reader who is not known; None for one who is."""
        if _is_named(environ, variable, trusted):
            return None
        if not password:
            return refusal(environ, 403, "The proxy named no reader.")
        if token or environ.get("HTTP_AUTHORIZATION"):
            client = _client(environ, trusted)
            # Asked first: with an empty bucket even the right password would be a guess.
            if seconds := guesses.wait(client, cost=0):
                return _too_many_guesses(environ, seconds)
            if _has_password(environ, token, password):
                return None
            guesses.wait(client)
        answer = refusal(environ, 401, "Enter its password; any user name will do.")
        answer.headers["WWW-Authenticate"] = 'Basic realm="papers", charset="UTF-8"'
        return answer

    def outer(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        token = _pop_token(environ) if password else b""
        answer = refused(environ, token)
        if answer is None or environ.get("PATH_INFO") in unguarded:
            environ[STRANGER] = answer is not None
            return inner(environ, _private(start_response))
        answer.headers["Cache-Control"] = "no-store"
        answer.headers["X-Content-Type-Options"] = "nosniff"
        return answer(environ, start_response)

    app.wsgi_app = outer  # type: ignore[method-assign] # as Flask's documentation does


def _client(environ: WSGIEnvironment, trusted: tuple[Network, ...]) -> str:
    forwarded = str(environ.get("HTTP_X_FORWARDED_FOR", ""))
    return client_of(reader_of(str(environ.get("REMOTE_ADDR") or ""), forwarded, trusted))


def _too_many_guesses(environ: WSGIEnvironment, seconds: int) -> Response:
    told = f"Too many wrong passwords. Try again in {seconds} seconds."
    answer = refusal(environ, 429, told, title="Too many requests")
    answer.headers["Retry-After"] = str(seconds)
    return answer


def _is_named(environ: WSGIEnvironment, variable: str, trusted: tuple[Network, ...]) -> bool:
    """Returns whether a trusted proxy, and nobody else, names the reader."""
    if not variable or not str(environ.get(variable, "")).strip():
        return False
    return is_trusted(str(environ.get("REMOTE_ADDR") or ""), trusted)


def _has_password(environ: WSGIEnvironment, token: bytes, password: bytes) -> bool:
    """Returns whether a request has the password; each comparison takes the same time."""
    scheme, _, value = str(environ.get("HTTP_AUTHORIZATION", "")).partition(" ")
    given = [token]
    if scheme.lower() == "bearer":
        given.append(value.strip().encode("latin-1", "replace"))
    elif scheme.lower() == "basic":
        try:
            given.append(base64.b64decode(value, validate=True).partition(b":")[2])
        except (binascii.Error, ValueError):
            given.append(b"")
    # All are compared, so that the time says nothing of which one it was.
    return sum(hmac.compare_digest(secret, password) for secret in given) > 0


def _pop_token(environ: dict[str, Any]) -> bytes:
    """Take the parameter ``token`` out of a request and return it; the others stay as sent."""
    pairs = [pair.partition("=") for pair in str(environ.get("QUERY_STRING", "")).split("&")]
    tokens = [value for name, _, value in pairs if unquote_plus(name) == "token"]
    if not tokens:
        return b""
    kept = ("".join(pair) for pair in pairs if unquote_plus(pair[0]) != "token")
    environ["QUERY_STRING"] = "&".join(kept)
    return unquote_to_bytes(tokens[0].replace("+", " ").encode("latin-1", "replace"))


def _private(start_response: StartResponse) -> Callable[..., Any]:
    """Mark responses as private, so that shared caches do not keep them."""

    def start(status: str, headers: list[tuple[str, str]], *rest: Any) -> Any:
        told = [value for name, value in headers if name.lower() == "cache-control"]
        kept = [(name, value) for name, value in headers if name.lower() != "cache-control"]
        kept += [("Cache-Control", _only_private(", ".join(told))), ("Vary", "Authorization")]
        return start_response(status, kept, *rest)

    return start


def _only_private(value: str) -> str:
    """Returns the directives of ``Cache-Control`` that let only the reader's own browser keep.

    >>> _only_private("public, max-age=60"), _only_private(""), _only_private("no-store")
    ('max-age=60, private', 'private', 'no-store')
    """
    directives = [part.strip() for part in value.split(",")]
    kept = [
        part
        for part in directives
        if part and part != "public" and not part.lower().startswith("s-maxage")
    ]
    return ", ".join(kept if {"private", "no-store"} & set(kept) else [*kept, "private"])


def _password(name: str, source: str) -> bytes:
    if not name:
        return b""
    try:
        with Path(name).open("rb") as file:
            lines = file.read(10_000).removeprefix(codecs.BOM_UTF8).splitlines()
    except OSError as error:
        reason = f"{source}: web.password_file: cannot read {name}: {error.strerror}"
        raise ConfigError((reason,)) from None
    password = lines[0].strip() if lines else b""
    if len(password) < SHORTEST:
        reason = f"{source}: web.password_file: expected {SHORTEST} characters or more in {name}"
        raise ConfigError((reason,))
    return password
