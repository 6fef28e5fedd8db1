"""Is what an answer was read from what was written? Kept beside every open generation.

An engine over memory-mapped files cannot check everything when it opens an index: reading a
gigabyte takes a second. It checks what is small at once and leaves the rest to `Integrity.check`,
which a server runs in the background. An exception in an answer makes it check, too, so that damage
is told as damage (`IndexDamaged`, a file and a remedy) and a fault of the program as a fault.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from functools import wraps
from typing import Concatenate, Final, ParamSpec, Protocol, TypeVar

from indexer.errors import IndexDamaged, QuiverError

P = ParamSpec("P")
T = TypeVar("T")
_CHECK_AGAIN: Final = 60.0
"""Seconds after which an exception makes all files be read again; a fault of the program that every
query meets would otherwise keep the disk busy."""


class Integrity:
    """What is known of the files of one open generation; safe to use from several threads.

    Attributes:
        fallback_reason: why an older generation than the newest is read; empty where the newest
            is.
        unchecked: bytes that nobody has compared with their checksums yet.
    """

    def __init__(self, checks: tuple[Callable[[], None], ...] = (), *, unchecked: int = 0) -> None:
        """Begins without any known damage.

        Args:
            checks: each reads a file whole and raises `IndexDamaged` where it is not what was
                written; none for an engine whose store checks what it reads by itself.
            unchecked: bytes that were not checked when the generation was opened.
        """
        self.fallback_reason = ""
        self.unchecked = unchecked
        self._checks = checks
        self._damage = ""
        self._checked = float("-inf")
        self._lock = threading.Lock()

    @property
    def damage(self) -> str:
        """What was found damaged, with its file and remedy; empty where nothing was."""
        return self._damage

    def check(self) -> None:
        """Reads every file whole and compares it with its checksums.

        Raises:
            IndexDamaged: where one is not what was written; from then on every answer raises it.
        """
        with self._lock:
            self.refuse()
            try:
                for check in self._checks:
                    check()
            except IndexDamaged as error:
                self._damage = str(error)
                raise
            self._checked = time.monotonic()
            self.unchecked = 0

    def refuse(self) -> None:
        """Raises `IndexDamaged` where damage is known: no answer is read from it."""
        if self._damage:
            raise IndexDamaged(self._damage)

    def explain(self, error: Exception) -> None:
        """Finds out whether damage is the reason for an exception in an answer.

        Raises:
            IndexDamaged: where it is.
        """
        if isinstance(error, IndexDamaged):
            self._damage = self._damage or str(error)
        elif not isinstance(error, QuiverError):
            if time.monotonic() - self._checked < _CHECK_AGAIN:
                self.refuse()
                return
            try:
                self.check()
            except IndexDamaged as damage:
                raise damage from error


class Guarded(Protocol):
    """A searcher whose answers are guarded."""

    @property
    def integrity(self) -> Integrity:
        """What is known of its files."""


S = TypeVar("S", bound=Guarded)


def guarded(method: Callable[Concatenate[S, P], T]) -> Callable[Concatenate[S, P], T]:
    """Lets a method of a searcher raise `IndexDamaged` where damage is why it fails."""

    @wraps(method)
    def answer(searcher: S, /, *args: P.args, **more: P.kwargs) -> T:
        searcher.integrity.refuse()
        try:
            return method(searcher, *args, **more)
        except Exception as error:
            searcher.integrity.explain(error)
            raise

    return answer


def guarded_items(
    method: Callable[Concatenate[S, P], Iterator[T]],
) -> Callable[Concatenate[S, P], Iterator[T]]:
    """Does what `guarded` does, for a method that returns an iterator.

    The method itself runs at once, so that its caller can see whether the deadline has cut it.
    """
    begin = guarded(method)

    @wraps(method)
    def answer(searcher: S, /, *args: P.args, **more: P.kwargs) -> Iterator[T]:
        return explained(searcher, begin(searcher, *args, **more))

    def explained(searcher: S, items: Iterator[T]) -> Iterator[T]:
        try:
            yield from items
        except Exception as error:
            searcher.integrity.explain(error)
            raise

    return answer
