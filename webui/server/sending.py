"""The bytes of one connection that wait to be sent, so that no thread waits for a slow reader."""

from __future__ import annotations

import socket
from collections import deque


class ClientGone(Exception):  # noqa: N818 - no fault of ours
    """The client has closed the connection, or the network has lost it."""


class Outbox:
    """What one client has not taken yet; used by one thread at a time.

    It stands where gunicorn writes to a socket: `sendall` never waits.

    Attributes:
        waiting: bytes that have not been sent.
    """

    def __init__(self, sock: socket.socket) -> None:
        """Sends through a socket that does not block."""
        self._socket = sock
        self._pieces: deque[memoryview] = deque()
        self.waiting = 0

    def sendall(self, data: bytes) -> None:
        """Adds bytes; `flush` sends them."""
        if data:
            self._pieces.append(memoryview(data))
            self.waiting += len(data)

    def send(self, data: bytes) -> int:
        """Drops an interim answer, for which gunicorn calls this: the event loop has sent it."""
        return len(data)

    def cut_body(self) -> None:
        """Leaves away what follows the header fields of the one answer that waits, as HEAD asks."""
        whole = b"".join(self._pieces)
        head = whole[: whole.find(b"\r\n\r\n") + 4]
        self._pieces.clear()
        self.waiting = 0
        self.sendall(head)

    def gettimeout(self) -> float:
        """Returns 0: nothing here blocks. gunicorn asks this of a socket."""
        return 0.0

    def flush(self) -> int:
        """Sends as much as the socket takes without waiting.

        Returns:
            bytes that it took.

        Raises:
            ClientGone: when nothing can be sent any more.
        """
        sent = 0
        while self._pieces:
            # One call for an answer of many small pieces: each gives up the interpreter's lock.
            pieces = [self._pieces[place] for place in range(min(len(self._pieces), 64))]
            try:
                count = self._socket.sendmsg(pieces)
            except (BlockingIOError, InterruptedError):
                break
            except OSError as error:
                raise ClientGone(str(error)) from error
            sent += count
            self._drop(count)
        return sent

    def _drop(self, count: int) -> None:
        self.waiting -= count
        while count:
            first = self._pieces[0]
            if count < len(first):
                self._pieces[0] = first[count:]
                return
            count -= len(first)
            self._pieces.popleft()
