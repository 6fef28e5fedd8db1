"""How hard a cluster is pressed: less as soon as it says that it is too much, more again by and by.

Additive increase, multiplicative decrease, as TCP does it (Chiu & Jain 1989, "Analysis of the
Increase and Decrease Algorithms for Congestion Avoidance"), of both the requests on their way and
the papers in each.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from threading import Condition
from typing import Final

LEAST: Final = 10
"""Papers that a request has at least, where there are so many."""
CALM: Final = 8
"""Requests in a row that must go well before one more goes at the same time."""


class Pace:
    """The papers of a request and the requests on their way; safe to use from several threads."""

    def __init__(self, *, papers: int, requests: int) -> None:
        """Begin at the most: `papers` in a request, `requests` on their way."""
        self._most = (papers, requests)
        self._papers = papers
        self._requests = requests
        self._under_way = 0
        self._well = 0
        self._changed = Condition()

    @property
    def papers(self) -> int:
        """Papers that the next request may have."""
        return self._papers

    @property
    def requests(self) -> int:
        """Requests that may be on their way."""
        return self._requests

    @contextmanager
    def turn(self) -> Iterator[None]:
        """Wait until one more request may be sent, and be it for the length of a block."""
        with self._changed:
            self._changed.wait_for(lambda: self._under_way < self._requests)
            self._under_way += 1
        try:
            yield
        finally:
            with self._changed:
                self._under_way -= 1
                self._changed.notify_all()

    def slower(self) -> None:
        """Halve both: a request was too much, or was lost."""
        with self._changed:
            self._papers = max(min(LEAST, self._most[0]), self._papers // 2)
            self._requests = max(1, self._requests // 2)
            self._well = 0

    def faster(self) -> None:
        """Go up by a little: a request went well."""
        with self._changed:
            most_papers, most_requests = self._most
            self._papers = min(most_papers, self._papers + max(1, most_papers // 16))
            self._well += 1
            if self._well >= CALM and self._requests < most_requests:
                self._well = 0
                self._requests += 1
                self._changed.notify_all()
