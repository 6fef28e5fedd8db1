"""The writer's lock of an index, held and renewed while its block runs."""

from __future__ import annotations

import time
from threading import Event, Thread
from typing import Final

from indexer.backends.opensearch.ledger import LEASE, Ledger, Lock
from indexer.errors import IndexLocked

_LOOK_AGAIN: Final = 0.5
"""Seconds between two looks whether another writer has ended."""


class Lease:
    """Renews a writer's lock while its block runs, and knows when it was lost."""

    def __init__(self, ledger: Ledger, *, wait: float = 0.0) -> None:
        """Takes the lock.

        Args:
            ledger: where it is.
            wait: seconds to wait for another writer to end.

        Raises:
            IndexLocked: when another writer is at work.
        """
        self._ledger = ledger
        self._lock = self._acquire(time.monotonic() + wait)
        self._lost = False
        self._stop = Event()
        self._thread = Thread(target=self._renew, name="lease", daemon=True)
        self._thread.start()

    def _acquire(self, until: float) -> Lock:
        while True:
            try:
                return self._ledger.lock()
            except IndexLocked:
                if time.monotonic() >= until:
                    raise
                time.sleep(_LOOK_AGAIN)

    def check(self) -> None:
        """Makes sure that nobody else writes, right before publishing.

        Raises:
            IndexLocked: when the lock was lost.
        """
        self._halt()
        if not self._lost:
            self._once()
        if self._lost:
            raise IndexLocked(
                f"{self._ledger.name}: the writer's lock was lost, another writer has it; nothing "
                "was published"
            )

    def free(self) -> None:
        """Free the lock."""
        self._halt()
        if not self._lost:
            self._ledger.unlock(self._lock)

    def _halt(self) -> None:
        self._stop.set()
        self._thread.join()

    def _renew(self) -> None:
        while not self._stop.wait(LEASE / 4):
            self._once()

    def _once(self) -> None:
        from opensearchpy.exceptions import ConflictError, TransportError

        try:
            self._lock = self._ledger.renew(self._lock)
        except ConflictError:
            self._lost = True
        except TransportError:
            return  # the cluster is away for now; the lease lasts a while
