"""The open searcher that the requests of one application share.

A searcher reads one generation of the index and never changes. When a newer one is published the
next request opens it; the old searcher closes when the last request that uses it is done, so that
no answer mixes two generations and none is cut short.
"""

from __future__ import annotations

import gc
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

from indexer import Index, Searcher


class _Snapshot:
    """One open searcher and how many requests hold it.

    Attributes:
        published: identity and generation that were newest when it was opened.
    """

    def __init__(self, index: Index, published: tuple[str | None, str | None]) -> None:
        self._open = ExitStack()
        self.searcher = self._open.enter_context(index.searcher())
        self.published = published
        self.holders = 0

    def close(self) -> None:
        self._open.close()
        # What is known of a generation refers to itself: without this it would stay, and its
        # files with it, until Python looks for such cycles.
        del self.searcher
        gc.collect()


class Snapshots:
    """Lends the newest searcher of an index to threads."""

    def __init__(self, index: Index) -> None:
        """Open nothing yet: the index may be built after the server has started."""
        self._index = index
        self._lock = threading.Lock()
        self._current: _Snapshot | None = None

    @contextmanager
    def lent(self) -> Iterator[Searcher]:
        """Lend the searcher of the newest generation for one request.

        Raises:
            IndexMissing: when nothing was published yet.
            IndexDamaged: when the newest generation cannot be read and no older one is open.
        """
        snapshot = self._take()
        try:
            yield snapshot.searcher
        finally:
            self._give_back(snapshot)

    @contextmanager
    def earlier(self, generation: str) -> Iterator[Searcher]:
        """Open a kept generation for one request; asked for seldom, so it is not shared.

        Raises:
            IndexMissing: when it is not kept.
        """
        with self._index.searcher(generation) as searcher:
            yield searcher

    def kept(self) -> tuple[str, ...]:
        """Name the generations that can be opened, oldest first."""
        return self._index.published()

    def published(self) -> str | None:
        """Name the newest published generation; None where there is none."""
        return self._index.generation()

    def identity(self) -> str | None:
        """Returns the identity of the index that is there now; None where there is none."""
        return self._index.identity()

    def close(self) -> None:
        """Close the current searcher as soon as nobody holds it."""
        with self._lock:
            old, self._current = self._current, None
            if old is not None and old.holders == 0:
                old.close()

    def _take(self) -> _Snapshot:
        newest = self._index.identity(), self._index.generation()
        with self._lock:
            current = self._current
            if current is None or current.published != newest:
                # Opening under the lock makes others wait, but only once a generation, and two
                # threads never map the same files twice.
                opened = _Snapshot(self._index, newest)
                if current is not None and current.holders == 0:
                    current.close()
                self._current = current = opened
            current.holders += 1
            return current

    def _give_back(self, snapshot: _Snapshot) -> None:
        with self._lock:
            snapshot.holders -= 1
            if snapshot.holders == 0 and snapshot is not self._current:
                snapshot.close()
