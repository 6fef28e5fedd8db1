"""Who is before the server: what proxies say of a reader, and the address the site is known by.

Anybody can send ``X-Forwarded-For`` and ``X-Forwarded-Proto``, so only proxies that the settings
name are believed. And anybody can send any ``Host``: with ``web.public_url`` set, no address that
the site writes depends on what was sent.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit

from flask import Flask
from werkzeug.sansio.utils import get_host

from indexer import Network, networks_of
from webui.http.error_pages import problem

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

_HOST: Final = re.compile(r"([A-Za-z0-9._-]{1,255}|\[[0-9A-Fa-f:.]{2,45}\])(:[0-9]{0,5})?")
"""Name, IPv4 or IPv6 address, and port (RFC 3986, 3.2.2)."""
_PORTS: Final = {"http": "80", "https": "443"}


def register(app: Flask, trusted: str, public_url: str) -> None:
    """Makes an application see clients as its proxies do, under its public address.

    Args:
        app: the application.
        trusted: addresses and networks of its proxies, a comma between them.
        public_url: what the addresses of its pages begin with; empty to take them as asked for.
    """
    networks = networks_of(trusted)
    inner: WSGIApplication = app.wsgi_app
    scheme, host, root = _parts(public_url)

    def outer(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        _believe(environ, networks)
        if host:
            _publish(environ, scheme, host, root)
        elif not _is_host(environ):
            refused = problem(400, "This address cannot be read", "Its host name is not valid.")
            return refused(environ, start_response)
        return inner(environ, start_response)

    app.wsgi_app = outer  # type: ignore[method-assign] # as Flask's documentation does


def reader_of(address: str, forwarded: str, trusted: tuple[Network, ...]) -> str:
    """Returns the address of whoever asked, as far as it can be believed.

    Args:
        address: where the connection comes from.
        forwarded: ``X-Forwarded-For``: each proxy adds at the end where its connection came from.
        trusted: networks of proxies that are believed.
    """
    hops = [hop for hop in map(str.strip, forwarded.split(",")) if hop]
    while hops and is_trusted(address, trusted):
        address = hops.pop()
    return address


def is_trusted(address: str, trusted: tuple[Network, ...]) -> bool:
    """Returns whether an address is that of a proxy that is believed; any text is allowed."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return False
    if isinstance(parsed, ipaddress.IPv6Address) and parsed.ipv4_mapped is not None:
        parsed = parsed.ipv4_mapped
    return any(parsed in network for network in trusted)


def _believe(environ: dict[str, Any], trusted: tuple[Network, ...]) -> None:
    """Replaces the address and scheme of the connection by those a trusted proxy reports."""
    address = str(environ.get("REMOTE_ADDR") or "")
    if not is_trusted(address, trusted):
        return
    forwarded = str(environ.get("HTTP_X_FORWARDED_FOR", ""))
    environ["REMOTE_ADDR"] = reader_of(address, forwarded, trusted)
    scheme = str(environ.get("HTTP_X_FORWARDED_PROTO", "")).rpartition(",")[2].strip().lower()
    if scheme in _PORTS:
        environ["wsgi.url_scheme"] = scheme


def _publish(environ: dict[str, Any], scheme: str, host: str, root: str) -> None:
    """Makes every address begin with the public one, whatever the client or proxy sent."""
    environ["wsgi.url_scheme"] = scheme
    environ["HTTP_HOST"] = host
    if root:
        path = str(environ.get("PATH_INFO", ""))
        environ["SCRIPT_NAME"] = root
        if path == root or path.startswith(f"{root}/"):  # a proxy that leaves the path whole
            environ["PATH_INFO"] = path[len(root) :] or "/"


def _is_host(environ: dict[str, Any]) -> bool:
    """Returns whether addresses can be written with the host that was sent; it may be anything.

    Without any, as in HTTP/1.0, they begin with the address that the server listens on; so they do
    where it has an underscore, as services in containers have, which Werkzeug does not write.
    """
    sent = str(environ.get("HTTP_HOST", "")).strip()
    if sent and not _HOST.fullmatch(sent):
        return False
    if not sent or "_" in sent:
        environ.pop("HTTP_HOST", None)
    try:
        sent.encode("ascii").decode("idna")
        host = get_host(environ["wsgi.url_scheme"], environ.get("HTTP_HOST"), _server(environ))
        return bool(host) and urlsplit(f"//{host}").port != 0
    except ValueError:  # of `port`, as UnicodeError is one of both conversions
        return False


def _server(environ: dict[str, Any]) -> tuple[str, int]:
    return str(environ["SERVER_NAME"]), int(environ["SERVER_PORT"])


def _parts(public_url: str) -> tuple[str, str, str]:
    parts = urlsplit(public_url.strip())
    return parts.scheme.lower(), parts.netloc, parts.path.rstrip("/")
