"""``/mcp``: the collection as tools of an assistant (Model Context Protocol, streamable HTTP).

Off by default (``web.mcp``). Every request stands alone: no session is kept, answers are JSON. The
SDK's own transport reads the request and checks Host and Origin, so that no page of another site
can reach a server on the reader's machine (DNS rebinding).
"""

from __future__ import annotations

import asyncio
from collections.abc import MutableMapping
from typing import Any, Final, cast
from urllib.parse import urlsplit

from flask import Blueprint, Flask, Response, current_app, request

from indexer import Collection, Venues, __version__, assistant_server
from webui.http.searcher_pool import Snapshots

blueprint = Blueprint("assistant", __name__)
LARGEST: Final = 256_000
"""Bytes of one request."""
_LOOPBACK: Final = ("127.0.0.1", "localhost", "[::1]")


class AssistantServers:
    """Makes the protocol's server once for each address by which the site is asked."""

    def __init__(self, snapshots: Snapshots, venues: Venues, title: str, public_url: str) -> None:
        """Starts without servers.

        Args:
            snapshots: lends searchers.
            venues: the table of venue names.
            title: of the site.
            public_url: the address of the site; empty for one that only its own machine asks.
        """
        self._snapshots = snapshots
        self._venues = venues
        self._title = title
        self.public_url = public_url.rstrip("/")
        self._made: tuple[str, Any] | None = None

    def server(self, address: str) -> Any:
        """Returns the server that writes links to this address, without a final slash."""
        made = self._made
        if made is None or made[0] != address:
            collection = Collection(self._venues, address)
            server = assistant_server(
                self._snapshots.lent, collection, title=self._title, version=__version__
            )
            made = self._made = (address, server)
        return made[1]

    def hosts(self) -> list[str]:
        """Returns the values of Host that are answered; ``:*`` stands for any port."""
        own = urlsplit(self.public_url).netloc
        return [*_LOOPBACK, *(f"{host}:*" for host in _LOOPBACK), *([own] if own else [])]

    def origins(self) -> list[str]:
        """Returns the values of Origin that are answered."""
        own = urlsplit(self.public_url)
        public = [f"{own.scheme}://{own.netloc}"] if own.netloc else []
        return [*(f"http://{host}" for host in self.hosts()), *public]


def register(app: Flask, title: str, public_url: str) -> None:
    """Adds the address to an application, after its searchers.

    Raises:
        ExtraMissing: when the extra `mcp` is not installed.
    """
    snapshots = cast(Snapshots, app.extensions["quiver.snapshots"])
    venues = cast(Venues, app.extensions["quiver.venues"])
    servers = AssistantServers(snapshots, venues, title, public_url)
    servers.server(servers.public_url)  # a missing extra is said when the server starts
    app.extensions["quiver.assistant"] = servers
    app.register_blueprint(blueprint)


@blueprint.post("/mcp")
def answer() -> Response:
    """Answers one message of the protocol."""
    servers = cast(AssistantServers, current_app.extensions["quiver.assistant"])
    address = servers.public_url or request.url_root.rstrip("/")
    body = request.stream.read(LARGEST + 1)
    status, headers, answered = asyncio.run(_exchange(servers, address, _scope(), body))
    response = Response(answered, status=status)
    for name, value in headers:
        if name.lower() != "content-length":
            response.headers[name] = value
    response.headers["Cache-Control"] = "no-store"
    return response


def _scope() -> dict[str, Any]:
    """Returns the request as an ASGI scope (asgi.readthedocs.io, HTTP connection scope)."""
    return {
        "type": "http",
        "asgi": {"version": "3.0", "spec_version": "2.4"},
        "http_version": "1.1",
        "method": "POST",
        "scheme": request.scheme,
        "path": "/mcp",
        "raw_path": b"/mcp",
        "query_string": b"",
        "root_path": "",
        "headers": [
            (name.lower().encode("latin-1"), value.encode("latin-1", "replace"))
            for name, value in request.headers
        ],
        "client": None,
        "server": None,
    }


async def _exchange(
    servers: AssistantServers, address: str, scope: dict[str, Any], body: bytes
) -> tuple[int, list[tuple[str, str]], bytes]:
    """Returns status, headers and body of what the SDK's transport answers."""
    from mcp.server.transport_security import TransportSecuritySettings

    application = servers.server(address).streamable_http_app(
        stateless_http=True,
        json_response=True,
        max_request_body_size=LARGEST,
        transport_security=TransportSecuritySettings(
            allowed_hosts=servers.hosts(), allowed_origins=servers.origins()
        ),
    )
    pending = [{"type": "http.request", "body": body, "more_body": False}]
    status = 500
    headers: list[tuple[str, str]] = []
    pieces: list[bytes] = []

    async def receive() -> dict[str, Any]:
        if pending:
            return pending.pop()
        await asyncio.Event().wait()  # the client stays until it is answered
        raise AssertionError

    async def send(message: MutableMapping[str, Any]) -> None:
        nonlocal status
        if message["type"] == "http.response.start":
            status = message["status"]
            headers.extend(
                (name.decode("latin-1"), value.decode("latin-1"))
                for name, value in message.get("headers", ())
            )
        elif message["type"] == "http.response.body":
            pieces.append(message.get("body", b""))

    async with application.router.lifespan_context(application):
        await application(scope, receive, send)
    return status, headers, b"".join(pieces)
