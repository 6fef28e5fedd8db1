"""Turns at making pages: a worker process makes one at a time, first come, first served.

Making a page is work for the processor, of which the interpreter gives one thread at a time a
part. Pages made side by side are therefore all finished late, together; one after the other, each
but the last is finished sooner, and the last no later. A turn does not last for ever: whoever takes
long over a page makes it beside those of others from then on.
"""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final, cast

from flask import Flask, Response, current_app, g, request

from webui.http import response_cache

LONGEST: Final = 0.1
"""Seconds that a turn lasts at most; nearly every page is made in less."""
_FREE: Final = frozenset({None, "operation"})
"""Blueprints whose answers take no work; None are static files and what is not there."""


@dataclass(slots=True, eq=False)
class Turn:
    """One turn.

    Attributes:
        waited: whether others were before.
    """

    waited: bool = False


class Turns:
    """Who may go on; safe to share between threads."""

    def __init__(
        self, longest: float = LONGEST, clock: Callable[[], float] = time.monotonic
    ) -> None:
        """Lets the first who comes go on at once.

        Args:
            longest: seconds after which others no longer wait for the one whose turn it is.
            clock: gives seconds.
        """
        self._longest = longest
        self._clock = clock
        self._changed = threading.Condition()
        self._waiting: deque[Turn] = deque()
        self._at: Turn | None = None
        self._until = 0.0

    def take(self) -> Turn:
        """Waits for a turn; `give_back` ends it."""
        mine = Turn()
        with self._changed:
            self._waiting.append(mine)
            try:
                while (left := self._seconds_to_wait(mine)) is None or left > 0:
                    mine.waited = True
                    self._changed.wait(left)
            except BaseException:  # or those behind would wait for ever
                self._waiting.remove(mine)
                self._changed.notify_all()
                raise
            self._waiting.popleft()
            self._at = mine
            self._until = self._clock() + self._longest
            # The next of those who wait has to know how long.
            self._changed.notify_all()
        return mine

    def give_back(self, turn: Turn) -> None:
        """Ends a turn, which may have been over before."""
        with self._changed:
            if self._at is turn:
                self._at = None
                self._changed.notify_all()

    def _seconds_to_wait(self, mine: Turn) -> float | None:
        """Returns the seconds to wait, or None while others are ahead in the queue."""
        if self._waiting[0] is not mine:
            return None
        return 0.0 if self._at is None else self._until - self._clock()


def register(app: Flask) -> None:
    """Makes an application render one page at a time; cached and static ones never wait."""
    app.extensions["quiver.turns"] = Turns()
    app.before_request(_take)
    app.teardown_request(_give_back)


def by_turns(pieces: Iterator[bytes]) -> Iterator[bytes]:
    """Returns the same pieces, each made in a turn of its own: pages are made between them.

    Args:
        pieces: of an answer of this request that is made while it is sent.
    """
    turns = current_app.extensions.get("quiver.turns")
    return pieces if turns is None else _by_turns(pieces, cast(Turns, turns))


def _by_turns(pieces: Iterator[bytes], turns: Turns) -> Iterator[bytes]:
    while True:
        turn = turns.take()
        try:
            piece = next(pieces, None)
        finally:
            turns.give_back(turn)
        if piece is None:
            return
        yield piece


def _turns() -> Turns:
    return cast(Turns, current_app.extensions["quiver.turns"])


def _take() -> Response | None:
    if request.blueprint in _FREE:
        return None
    g.turn = turn = _turns().take()
    # Who was before may have asked for the same page.
    return response_cache.cached_response() if turn.waited else None


def _give_back(_: BaseException | None) -> None:
    turn = g.pop("turn", None)
    if turn is not None:
        _turns().give_back(turn)
