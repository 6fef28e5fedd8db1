"""How much one client may ask: a bucket of requests that fills at a steady rate, and connections.

Each worker process counts for itself, so with several workers a client may ask a little more.
And how long a path may be: nothing here has a longer name.
"""

from __future__ import annotations

import ipaddress
import math
import threading
import time
from collections import Counter, OrderedDict
from collections.abc import Callable
from typing import Final

from flask import Flask, Response, request
from werkzeug.exceptions import BadRequest

from indexer import Network
from webui.http.error_pages import problem, too_many
from webui.http.proxies import is_trusted, reader_of

_CLIENTS: Final = 10_000
"""Clients remembered; the one that has been quiet for longest is forgotten first."""
_LONGEST_PATH: Final = 4_000
_FREE: Final = frozenset({"static", "operation.healthz", "operation.metrics"})


class Buckets:
    """One bucket a client; safe to share between threads.

    Attributes:
        per_minute: requests that a bucket gains in a minute, and holds at most.
    """

    def __init__(self, per_minute: int, clock: Callable[[], float] = time.monotonic) -> None:
        """Begins with full buckets."""
        self.per_minute = per_minute
        self._clock = clock
        self._lock = threading.Lock()
        self._kept: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def wait(self, client: str, cost: int = 1) -> int:
        """Takes one request from a client's bucket.

        Args:
            client: whose bucket.
            cost: requests that are taken; 0 only asks.

        Returns:
            0, or the seconds until the bucket holds one again.
        """
        now = self._clock()
        with self._lock:
            level, at = self._kept.pop(client, (float(self.per_minute), now))
            level = min(self.per_minute, level + (now - at) * self.per_minute / 60)
            allowed = level >= 1
            self._kept[client] = (level - cost if allowed else level, now)
            while len(self._kept) > _CLIENTS:
                self._kept.popitem(last=False)
        return 0 if allowed else math.ceil((1 - level) * 60 / self.per_minute)


class ClientConnections:
    """How many connections each client has to one worker process; used by one thread."""

    def __init__(self, most: int, trusted: tuple[Network, ...]) -> None:
        """Begins without connections.

        Args:
            most: connections that a client may have; 0 = no limit.
            trusted: proxies, each of which stands for many clients.
        """
        self._most = most
        self._trusted = trusted
        self._open: Counter[str] = Counter()

    def enter(self, address: str) -> bool:
        """Counts a new connection; returns whether its client may have as many."""
        client = client_of(address)
        self._open[client] += 1
        return (
            not self._most or self._open[client] <= self._most or is_trusted(address, self._trusted)
        )

    def reader(self, address: str, forwarded: str) -> str:
        """Returns what tells the readers behind connections apart; see `reader_of`."""
        return client_of(reader_of(address, forwarded, self._trusted))

    def leave(self, address: str) -> None:
        """Counts a connection less."""
        client = client_of(address)
        self._open[client] -= 1
        if self._open[client] <= 0:
            del self._open[client]


def register(app: Flask, per_minute: int) -> None:
    """Limits what one client may ask of an application; 0 sets no limit."""
    app.before_request(_check_host)
    app.before_request(_check_path)
    if not per_minute:
        return
    buckets = Buckets(per_minute)

    def check() -> Response | None:
        if request.endpoint in _FREE:
            return None
        seconds = buckets.wait(client_of(request.remote_addr))
        return too_many(per_minute, seconds) if seconds else None

    app.before_request(check)


def _check_host() -> Response | None:
    """Refuses a host that is no name (``xn--``): no absolute address can be written under it."""
    try:
        _ = request.url
    except UnicodeError:
        return problem(
            400, "This address cannot be read", "The Host header is not a valid host name."
        )
    return None


def _check_path() -> None:
    if len(request.path) > _LONGEST_PATH:
        raise BadRequest(f"A path may have at most {_LONGEST_PATH:,} characters.")


def client_of(address: str | None) -> str:
    """Returns what tells clients apart: the address as `webui.http.proxies` has seen to it.

    Addresses of IPv6 count by their network of 64 bits, which one client has for itself.
    """
    seen = address or ""
    try:
        parsed = ipaddress.ip_address(seen)
    except ValueError:
        return seen
    if parsed.version == 6:
        return str(ipaddress.ip_network((parsed, 64), strict=False))
    return seen
