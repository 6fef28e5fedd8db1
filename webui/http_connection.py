"""One connection of the server: what it has sent and not taken, and what it waits for."""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import Enum, auto
from typing import Any

from webui.receiving import Inbox
from webui.sending import Outbox


class State(Enum):
    """What a connection waits for."""

    IDLE = auto()
    HEAD = auto()
    BODY = auto()
    THREAD = auto()
    READER = auto()
    LINGER = auto()


@dataclass(slots=True)
class Answer:
    """An answer that is being made.

    Attributes:
        pieces: what is still to be made of it.
        close: to be called once it is made or given up.
        end: writes its last bytes and its line in the log.
    """

    response: Any
    pieces: Iterator[bytes]
    close: Callable[[], None]
    end: Callable[[], None]


@dataclass(slots=True, eq=False)
class Connection:
    """One connection; the loop and one thread have it by turns, never both.

    Attributes:
        deadline: when it is closed unless something moves, by the monotonic clock.
        head_only: whether the request at hand wants no body.
        closing: close it once everything is sent.
        watched: events that the loop waits for on it, 0 = none.
        held: bytes of the body of its request, for which room is taken.
    """

    sock: socket.socket
    address: Any
    server: Any
    deadline: float
    inbox: Inbox
    outbox: Outbox
    state: State = State.HEAD
    request: Any = None
    answer: Answer | None = None
    head_only: bool = False
    closing: bool = False
    watched: int = 0
    held: int = 0

    @property
    def client(self) -> str:
        """Where it comes from."""
        return str(self.address[0]) if isinstance(self.address, tuple) else ""
