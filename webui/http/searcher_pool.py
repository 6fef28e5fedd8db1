"""The open searcher that the requests of one application share.

A searcher reads one generation of the index and never changes. When a newer one is published the
next request opens it; the old searcher closes when the last request that uses it is done, so that
no answer mixes two generations and none is cut short.

What was not compared with its checksums at opening is read in the background. Where the newest
generation is damaged, the older one that is open, or that is kept, answers instead; the log and
`/healthz` say so.
"""

from __future__ import annotations

import gc
import logging
import os
import sys
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from typing import Final

from indexer import GenerationHistory, Index, IndexDamaged, Integrity, Searcher, history_of

_LOWEST: Final = 19
"""Nice value of a thread that gives way to all others (setpriority(2))."""
_HISTORIES: Final = 4
"""Generations whose past is remembered."""
_log = logging.getLogger(__name__)


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
        if self.searcher.integrity.fallback_reason:
            _log.error("index damaged: %s", self.searcher.integrity.fallback_reason)
        if self.searcher.integrity.unchecked:
            threading.Thread(
                target=_check, args=(self.searcher.integrity,), name="checksums", daemon=True
            ).start()

    def close(self) -> None:
        self._open.close()
        # What is known of a generation refers to itself: without this it would stay, and its
        # files with it, until Python looks for such cycles.
        del self.searcher
        gc.collect()


def _check(integrity: Integrity) -> None:
    """Reads what was not checked yet, behind everything else that this machine does."""
    if hasattr(os, "setpriority") and sys.platform == "linux":  # elsewhere of the whole process
        with suppress(OSError):
            os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), _LOWEST)
    try:
        integrity.check()
    except IndexDamaged as error:
        _log.error("index damaged: %s", error)


class Snapshots:
    """Lends the newest searcher of an index to threads."""

    def __init__(self, index: Index) -> None:
        """Opens nothing yet: the index may be built after the server has started."""
        self._index = index
        self._lock = threading.Lock()
        self._current: _Snapshot | None = None
        self._history_lock = threading.Lock()
        self._histories: dict[tuple[str, str], GenerationHistory] = {}

    @contextmanager
    def lent(self) -> Iterator[Searcher]:
        """Lend the searcher of the newest generation for one request.

        Raises:
            IndexMissing: when nothing was published yet.
            IndexDamaged: when the newest generation is damaged and no older one is open or kept.
        """
        snapshot = self._take()
        try:
            yield snapshot.searcher
        finally:
            self._give_back(snapshot)

    @contextmanager
    def earlier(self, generation: str) -> Iterator[Searcher]:
        """Opens a kept generation for one request; asked for seldom, so it is not shared.

        Raises:
            IndexMissing: when it is not kept.
        """
        with self._index.searcher(generation) as searcher:
            yield searcher

    def history(self, searcher: Searcher) -> GenerationHistory:
        """Returns the past of the generation that a searcher reads; the latest are remembered."""
        key = (searcher.identity, searcher.generation)
        with self._history_lock:
            history = self._histories.get(key)
            if history is None:
                history = history_of(self._index, searcher.generation)
                if len(self._histories) >= _HISTORIES:
                    del self._histories[next(iter(self._histories))]
                self._histories[key] = history
            return history

    def kept_generations(self) -> tuple[str, ...]:
        """Returns the names of the generations that can be opened, oldest first."""
        return self._index.published()

    def published(self) -> str | None:
        """Returns the name of the newest published generation, or None.

        Where that is damaged it is the one that answers instead.
        """
        return self._answering()[1]

    def identity(self) -> str | None:
        """Returns the identity of the index that is there now; None where there is none."""
        return self._answering()[0]

    def close(self) -> None:
        """Closes the current searcher as soon as nobody holds it."""
        with self._lock:
            old, self._current = self._current, None
            if old is not None and old.holders == 0:
                old.close()

    def _take(self) -> _Snapshot:
        with self._lock:
            current = self._current
            newest = self._newest()
            if current is None or current.published != newest or current.searcher.integrity.damage:
                current = self._current = self._replaced(current, newest)
            current.holders += 1
            return current

    def _answering(self) -> tuple[str | None, str | None]:
        """Returns what names the content that the next request reads; nothing if it is damaged."""
        newest, current = self._newest(), self._current
        if current is None or current.published != newest:
            return newest
        searcher = current.searcher
        if searcher.integrity.damage:
            return None, None
        if searcher.integrity.fallback_reason:
            return searcher.identity, searcher.generation
        return newest

    def _newest(self) -> tuple[str | None, str | None]:
        """Returns what names the newest content; a pointer that names nothing is a content, too."""
        try:
            return self._index.identity(), self._index.generation()
        except IndexDamaged:
            return None, ""

    def _replaced(
        self, current: _Snapshot | None, newest: tuple[str | None, str | None]
    ) -> _Snapshot:
        """Opens the newest content; returns the snapshot before where that is whole and it is not.

        Opening under the lock makes others wait, but only once a generation, and two threads never
        map the same files twice.
        """
        try:
            opened = _Snapshot(self._index, newest)
        except IndexDamaged as error:
            if current is None or current.searcher.integrity.damage:
                raise
            integrity = current.searcher.integrity
            integrity.fallback_reason = (
                f"the newest generation is damaged, so {current.searcher.generation}, which was "
                f"open, answers: {error}"
            )
            _log.error("index damaged: %s", integrity.fallback_reason)
            current.published = newest
            return current
        if current is not None and current.holders == 0:
            current.close()
        return opened

    def _give_back(self, snapshot: _Snapshot) -> None:
        with self._lock:
            snapshot.holders -= 1
            if snapshot.holders == 0 and snapshot is not self._current:
                snapshot.close()
