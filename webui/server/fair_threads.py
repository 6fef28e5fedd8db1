"""Threads that work for clients by turns: one that asks much at once keeps only itself waiting.

Round robin over queues, one a client, is the simplest fair queueing: J. Nagle, "On packet switches
with infinite storage", RFC 970, 1985.
"""

from __future__ import annotations

import logging
import threading
from collections import OrderedDict, deque
from collections.abc import Callable

_log = logging.getLogger(__name__)


class FairThreads:
    """A few threads and what waits for them; safe to use from several threads."""

    def __init__(self, count: int, name: str) -> None:
        """Starts the threads; they end with the process, or by `close`.

        Args:
            count: of threads.
            name: what theirs begin with.
        """
        self._changed = threading.Condition()
        self._waiting: OrderedDict[str, deque[Callable[[], None]]] = OrderedDict()
        self._closed = False
        for number in range(count):
            threading.Thread(target=self._work, name=f"{name}-{number}", daemon=True).start()

    def submit(self, client: str, job: Callable[[], None]) -> None:
        """Has a job done when the client's turn comes; what it raises is logged."""
        with self._changed:
            self._waiting.setdefault(client, deque()).append(job)
            self._changed.notify()

    def close(self) -> None:
        """Ends the threads after the jobs they are at; what waits is not done."""
        with self._changed:
            self._closed = True
            self._waiting.clear()
            self._changed.notify_all()

    def _work(self) -> None:
        while True:
            with self._changed:
                while not self._waiting and not self._closed:
                    self._changed.wait()
                if self._closed:
                    return
                client, jobs = self._waiting.popitem(last=False)
                job = jobs.popleft()
                if jobs:  # the others come before its next one
                    self._waiting[client] = jobs
            try:
                job()
            except Exception:  # noqa: BLE001 - the next job is another client's
                _log.exception("a job failed")
