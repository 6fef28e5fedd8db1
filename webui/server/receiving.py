"""The bytes of one connection that have come in and not been read: whole requests only go on.

An event loop puts in what arrives, without waiting; the parser of a request takes out of it what
belongs to that request and nothing of the next one.
"""

from __future__ import annotations

from tempfile import SpooledTemporaryFile
from typing import IO, Final

LONGEST_HEAD: Final = 65_536
"""Bytes of a request line with its header fields; browsers send fewer than 8,000."""
_IN_MEMORY: Final = 65_536
"""Bytes of a body that stay in memory; what goes beyond is in a temporary file."""
_END: Final = b"\r\n\r\n"


class Inbox:
    """What one client has sent.

    Attributes:
        body_left: bytes of the body of the request at hand that have not come in yet.
        body_size: bytes of that body that have come in.
    """

    def __init__(self) -> None:
        """Begins with nothing."""
        self._waiting = bytearray()
        self._searched = 0
        self._head = b""
        self._body: IO[bytes] | None = None
        self.body_left = 0
        self.body_size = 0

    def __len__(self) -> int:
        """Bytes that belong to no request yet."""
        return len(self._waiting)

    def put(self, data: bytes) -> None:
        """Adds bytes that have come in: first to the body that is awaited, then to what follows."""
        if self.body_left:
            taken = data[: self.body_left]
            self._keep(taken)
            data = data[len(taken) :]
        self._waiting += data

    def take_head(self) -> bool:
        """Set aside the next request line and header fields, for `recv` to give.

        Returns:
            whether they are there whole, or are longer than `LONGEST_HEAD`.
        """
        end = self._waiting.find(_END, self._searched)
        if end < 0 and len(self._waiting) <= LONGEST_HEAD:
            self._searched = max(0, len(self._waiting) - len(_END) + 1)
            return False
        end = len(self._waiting) if end < 0 else end + len(_END)
        self._head = bytes(self._waiting[:end])
        del self._waiting[:end]
        self._searched = 0
        return True

    def expect(self, size: int) -> None:
        """Awaits a body of so many bytes; what is there already counts."""
        self._body = SpooledTemporaryFile(max_size=_IN_MEMORY)  # noqa: SIM115 - `end` closes it
        self.body_left = size
        self.body_size = 0
        self._keep(bytes(self._waiting[:size]))
        del self._waiting[:size]
        if not self.body_left:
            self.rewind()

    def rewind(self) -> None:
        """Lets `recv` give the body from its beginning."""
        if self._body is not None:
            self._body.seek(0)

    @property
    def asks_for_head(self) -> bool:
        """Whether the head that was taken last, and not read yet, begins as a HEAD request does."""
        return self._head.startswith(b"HEAD ")

    def recv(self, size: int) -> bytes:
        """Reads as a socket does: head, then body, then nothing more."""
        if self._head:
            given, self._head = self._head[:size], self._head[size:]
            return given
        return self._body.read(size) if self._body is not None else b""

    def end(self) -> None:
        """Forgets the request at hand; what follows it stays."""
        self._head = b""
        self.body_left = self.body_size = 0
        if self._body is not None:
            self._body.close()
            self._body = None

    def _keep(self, data: bytes) -> None:
        assert self._body is not None  # noqa: S101 - `expect` made it
        self._body.write(data)
        self.body_left -= len(data)
        self.body_size += len(data)
        if not self.body_left:
            self._body.seek(0)
