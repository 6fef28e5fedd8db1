"""Hostile requests: heads, addresses and parameters that no browser sends, from one client each.

A failure is a status of 500 or above other than 503, a traceback in the log, no answer to a head
that is whole, or one that takes the server more than two seconds of the processor: requests come
one after the other, so what its processes use meanwhile is for that one, however busy the machine.
"""

from __future__ import annotations

import argparse
import random
import socket
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final
from urllib.parse import quote

from tests.stress.server import make_index, processor_time, serving

LIMIT: Final = 2.0
"""Seconds of the processor for an answer: a query's own deadline."""
_PAGES: Final = (
    *("/", "/search", "/search.json", "/search.atom", "/search.bib", "/search.csv", "/advanced"),
    *("/author/ada-byron", "/author/ada-byron.json", "/venue/icml", "/paper/p1", "/paper/p1.bib"),
    *(
        "/facet/author",
        "/suggest",
        "/suggest.json",
        "/similar",
        "/trends",
        "/shelf",
        "/record/diff",
    ),
    *("/info.json", "/healthz", "/metrics", "/help", "/connection", "/sitemap.xml", "/robots.txt"),
    *("/api/query", "/opensearch.xml", "/static/quiver.css", "/static/../app.py", "/nowhere"),
)
_NAMES: Final = (
    *("q", "page", "per_page", "sort", "match", "venue", "year", "type", "author", "explain"),
    *("search_query", "id_list", "start", "max_results", "ids", "id", "from", "to", "of", "by"),
)
_ODD: Final = (
    *("", " ", "\0", "\x1b[2J", "\u202e", "\ud7ff", "\U0010ffff", "%", "%00", "%ff", "../" * 20),
    *("'\"><script>alert(1)</script>", "{{7*7}}", "${jndi:x}", "a" * 3000, "(" * 500, '"' * 501),
    *("-" * 400, "*" * 50, "a*" * 200, "a~ " * 250, "NOT " * 300, "year:" + "9" * 400, "1e999"),
    *("-1", "0", "99999999999999999999", "٣", "nan", "\r\nSet-Cookie: a=b", "AND OR NOT", "[[]]"),
)
_HEADERS: Final = (
    *("Host: ", "Host: xn--", "Host: a..b", "Host: [::1", "Host: x\r\nHost: y"),
    "Range: bytes=0-,-1",
    *("Accept-Encoding: gzip;q=nan, *;q=0", "Accept: */*;q=x", "Cookie: " + "a=b; " * 400),
    *("If-None-Match: " + '"x",' * 500, "If-Modified-Since: never", "Content-Length: -1"),
    *("Content-Length: 5\r\nContent-Length: 6", "Transfer-Encoding: chunked, identity"),
    *("X-Forwarded-For: " + "1.2.3.4, " * 100, "X-Forwarded-Proto: javascript"),
    "Expect: 100-continue",
    *("Connection: close, upgrade\r\nUpgrade: h2c", "Accept-Language: " + "x" * 4000, "\x80: y"),
    *("Authorization: Basic " + "=" * 100, "Origin: null", "Referer: \xff\xfe", " folded: y"),
)  # fmt: skip
_METHODS: Final = ("GET",) * 9 + (
    "HEAD",
    "POST",
    "PUT",
    "DELETE",
    "OPTIONS",
    "TRACE",
    "get",
    "G\xc9T",
)


@dataclass(slots=True)
class Row:
    """What came of the requests of one kind; `worst` and `cpu` are in seconds."""

    trials: int = 0
    worst: float = 0.0
    cpu: float = 0.0
    statuses: Counter[str] = field(default_factory=Counter)
    faults: list[str] = field(default_factory=list)


def _text(rng: random.Random) -> str:
    return "".join(rng.choice(_ODD) for _ in range(rng.randint(1, 3)))[:6000]


def _parameters(rng: random.Random) -> bytes:
    pairs = (
        f"{rng.choice(_NAMES)}={quote(_text(rng), errors='replace')}"
        for _ in range(rng.choice((1, 2, 3, 300)))
    )
    return _head(rng.choice(_PAGES) + "?" + "&".join(pairs)[:8000])


def _path(rng: random.Random) -> bytes:
    odd = quote(_text(rng)[:2000], safe=rng.choice(("", "/%", "/.;~")), errors="replace")
    return _head(rng.choice(_PAGES) + rng.choice(("", "/", ".", "//")) + odd)


def _headers(rng: random.Random) -> bytes:
    more = "".join(f"{rng.choice(_HEADERS)}\r\n" for _ in range(rng.randint(1, 3)))
    return _head(rng.choice(_PAGES), rng.choice(_METHODS), more)


def _raw(rng: random.Random) -> bytes:
    data = bytearray(_head(rng.choice(_PAGES) + "?q=gossip"))
    for _ in range(rng.randint(1, 5)):
        at = rng.randrange(len(data))
        data[at : at + rng.randint(0, 3)] = rng.randbytes(rng.randint(0, 3))
    return bytes(data) + b"\r\n\r\n"


def _head(target: str, method: str = "GET", more: str = "") -> bytes:
    host = "" if more.startswith("Host") else "Host: x.example\r\n"
    text = f"{method} {target} HTTP/1.1\r\n{host}{more}Connection: close\r\n\r\n"
    return text.encode("latin-1", "replace")


KINDS: Final[dict[str, Callable[[random.Random], bytes]]] = {
    "parameters": _parameters, "paths": _path, "headers": _headers, "bytes": _raw
}  # fmt: skip


def answer(port: int, request: bytes) -> tuple[bytes, float]:
    """Sends a request; returns the first bytes of the answer, and the seconds until its end."""
    began = time.monotonic()
    with socket.create_connection(("127.0.0.1", port), timeout=30) as connection:
        start = b""
        try:
            connection.sendall(request)
            connection.shutdown(socket.SHUT_WR)
            while data := connection.recv(65_536):
                start = start or data[:200]
        except (ConnectionError, TimeoutError):
            pass
    return start, time.monotonic() - began


def run(count: int, seed: int, *, limit: float = LIMIT) -> dict[str, Row]:
    """Sends so many requests to a server of its own; returns a row for each kind."""
    rng = random.Random(seed)
    rows: dict[str, Row] = defaultdict(Row)
    with tempfile.TemporaryDirectory() as room:
        place = Path(room)
        make_index(place / "index", 1_000)
        with serving(place / "index", place / "log", requests_per_minute=0) as (process, port):
            for _ in range(10):  # both workers have come up
                answer(port, _head("/search?q=gossip"))
            for number in range(count):
                kind = list(KINDS)[number % len(KINDS)]
                request, row = KINDS[kind](rng), rows[kind]
                before = processor_time(process.pid)
                start, seconds = answer(port, request)
                cpu = processor_time(process.pid) - before
                row.trials += 1
                row.cpu = max(row.cpu, cpu)
                row.worst = max(row.worst, seconds)
                status = start[9:12].decode("latin-1") if start.startswith(b"HTTP/") else "none"
                row.statuses[status] += 1
                wrong = status >= "500" and status not in ("503", "505", "501", "none")
                if wrong or (status == "none" and kind not in ("bytes", "headers")):
                    row.faults.append(f"status {status}: {request[:300]!r}")
                elif cpu > limit:
                    row.faults.append(f"{cpu:.1f} s of the processor: {request[:300]!r}")
            if process.poll() is not None:
                rows["server"].faults.append("it ended")
        log = (place / "log").read_text(errors="replace")
    rows["log"].faults += [line for line in log.splitlines() if line.startswith("Traceback")]
    return dict(rows)


def main(given: list[str]) -> int:
    """Runs the trial and prints its table; returns 1 where something failed."""
    parser = argparse.ArgumentParser(prog="python -m tests.stress requests", description=__doc__)
    parser.add_argument("--requests", type=int, default=21_000)
    parser.add_argument("--short", action="store_true", help="400 requests")
    parser.add_argument("--seed", type=int, default=14)
    parser.add_argument("--limit", type=float, default=LIMIT, help="seconds for an answer")
    options = parser.parse_args(given)
    rows = run(400 if options.short else options.requests, options.seed, limit=options.limit)
    lines = [f"{'requests':<12} {'trials':>7} {'failures':>8} {'CPU s':>6} {'wall s':>7}  statuses"]
    for kind, row in rows.items():
        told = ", ".join(f"{count:,} {status}" for status, count in row.statuses.most_common())
        figures = f"{row.trials:>7,} {len(row.faults):>8,} {row.cpu:>6.2f} {row.worst:>7.2f}"
        lines.append(f"{kind:<12} {figures}  {told}")
    lines += [fault for row in rows.values() for fault in row.faults[:5]]
    print("\n".join(lines))  # noqa: T201 - a program
    return int(any(row.faults for row in rows.values()))
