"""Time limits of a whole conversation: a server that sends a byte at a time must not hold a run."""

from __future__ import annotations

import contextlib
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Timer
from typing import Any, Final

from indexer.alerts.notice import one_line, shortened

_LONGEST: Final = 200
"""Characters of what a server says that are repeated."""


@contextmanager
def closed_after(client: Any, seconds: float) -> Iterator[None]:
    """Closes a connection that is still in use after some time; whoever reads it gets an error.

    The timeout of a socket holds for each of its reads alone.

    Args:
        client: of smtplib or http.client, whose attribute `sock` is the connection at the time.
        seconds: for the whole block.
    """

    def close() -> None:
        with contextlib.suppress(OSError, AttributeError):  # it is closed, or not there any more
            client.sock.shutdown(socket.SHUT_RDWR)

    timer = Timer(seconds, close)
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()
        timer.join()


def reply_text(words: str | bytes) -> str:
    """Returns what a server says in one line of printable text, cut where nobody reads on."""
    text = words.decode("utf-8", "replace") if isinstance(words, bytes) else words
    return shortened(one_line(text), _LONGEST)
