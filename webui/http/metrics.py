"""What the server does, in numbers and in lines: Prometheus counters and an access log.

The counters lie in memory that all workers of a server share, each in a row of its own, so that
no lock is needed between processes and ``/metrics`` of any worker tells of all of them.
"""

from __future__ import annotations

import json
import logging
import mmap
import sys
import threading
import time
from bisect import bisect_left
from typing import Final, cast

from flask import Flask, Response, current_app, g, request

from webui.http import request_context

ROWS: Final = 64
"""Workers with a row of their own; later ones go on with the row of one that has ended."""
_CLASSES: Final = ("1xx", "2xx", "3xx", "4xx", "5xx")
_BOUNDS: Final = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5)
"""Upper bounds of the classes of duration, in seconds."""
_WIDTH: Final = len(_CLASSES) + len(_BOUNDS) + 2
_log = logging.getLogger("quiver.access")


class Observations:
    """Counters of requests by status and of their durations; rows of one shared table."""

    def __init__(self, shared: mmap.mmap | None = None, row: int = 0) -> None:
        """Counts in a row of a shared table, or in a table of its own."""
        self._memory = shared if shared is not None else table()
        self._cells = memoryview(self._memory).cast("d")
        self._start = row % ROWS * _WIDTH
        self._lock = threading.Lock()

    def count(self, status: int, seconds: float) -> None:
        """Counts one answer."""
        place = bisect_left(_BOUNDS, seconds)
        with self._lock:
            self._cells[self._start + min(max(status // 100 - 1, 0), 4)] += 1
            self._cells[self._start + len(_CLASSES) + place] += 1
            self._cells[self._start + _WIDTH - 1] += seconds

    def text(self) -> str:
        """Writes the sums over all rows in Prometheus's text format."""
        sums = [
            sum(self._cells[row * _WIDTH + column] for row in range(ROWS))
            for column in range(_WIDTH)
        ]
        lines = [
            "# HELP quiver_requests_total Requests answered, by class of status.",
            "# TYPE quiver_requests_total counter",
        ]
        lines += [
            f'quiver_requests_total{{status="{name}"}} {sums[place]:.0f}'
            for place, name in enumerate(_CLASSES)
        ]
        lines += [
            "# HELP quiver_request_seconds Time to answer a request.",
            "# TYPE quiver_request_seconds histogram",
        ]
        running = 0.0
        for place, bound in enumerate((*_BOUNDS, float("inf"))):
            running += sums[len(_CLASSES) + place]
            shown = "+Inf" if bound == float("inf") else f"{bound:g}"
            lines.append(f'quiver_request_seconds_bucket{{le="{shown}"}} {running:.0f}')
        lines.append(f"quiver_request_seconds_sum {sums[-1]:.6f}")
        lines.append(f"quiver_request_seconds_count {running:.0f}")
        return "\n".join(lines) + "\n"


def table() -> mmap.mmap:
    """Returns a table of zeros that processes forked later share."""
    return mmap.mmap(-1, ROWS * _WIDTH * 8)


def register(app: Flask) -> None:
    """Registers the counting and logging of an application's responses."""
    app.extensions["quiver.observations"] = Observations()
    app.before_request(_begin)
    app.after_request(_end)


def observations(app: Flask) -> Observations:
    """Returns the counters of an application."""
    return cast(Observations, app.extensions["quiver.observations"])


def share(app: Flask, shared: mmap.mmap, row: int) -> None:
    """Makes an application count in its row of a table shared by all workers."""
    app.extensions["quiver.observations"] = Observations(shared, row)


def log_access() -> None:
    """Writes one JSON object an answer to standard error, as the server's access log."""
    writer = logging.StreamHandler(sys.stderr)
    writer.setFormatter(logging.Formatter("%(message)s"))
    _log.addHandler(writer)
    _log.setLevel(logging.INFO)
    _log.propagate = False


def _begin() -> None:
    g.began = time.perf_counter()


def _end(response: Response) -> Response:
    seconds = time.perf_counter() - g.get("began", time.perf_counter())
    observations(current_app).count(response.status_code, seconds)
    if _log.isEnabledFor(logging.INFO):
        line = {
            "time": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
            "method": request.method,
            "path": request.full_path.rstrip("?")[:2_000],
            "status": response.status_code,
            "bytes": response.content_length,
            "ms": round(seconds * 1000, 1),
            "generation": request_context.used() or g.get("published"),
        }
        _log.info("%s", json.dumps(line, ensure_ascii=False))
    return response
