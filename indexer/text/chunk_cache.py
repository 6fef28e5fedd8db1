"""A cache of what is computed from chunks, the pieces of text between two spaces.

Nearly every chunk of a text was met before, so texts are read chunk by chunk: highlighting keeps
the words of each, pseudo-relevance feedback the stems.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, Generic, TypeVar

Value = TypeVar("Value")
CHUNK_BYTES: Final = 24 << 20
"""Memory of one such cache, in bytes: some 100,000 chunks. With fewer, chunks are read again more
often (`python -m tests.bench`); with twice as many nothing is gained up to 100,000 papers."""
LONGEST: Final = 64
"""Characters; longer chunks are rare and are not cached."""


class ChunkCache(dict[str, Value], Generic[Value]):
    """Maps a chunk to what is read from it, computed when it is first looked up.

    Bounded by bytes: it is emptied when it grows beyond its limit.
    """

    def __init__(
        self,
        read: Callable[[str], Value],
        weigh: Callable[[Value], int],
        limit: int = CHUNK_BYTES,
    ) -> None:
        """Starts empty.

        Args:
            read: computes the value of a chunk.
            weigh: returns about how many bytes a value takes beside the entry and its chunk.
            limit: bytes of all entries together.
        """
        super().__init__()
        self._read = read
        self._weigh = weigh
        self._limit = limit
        self._bytes = 0

    def __missing__(self, chunk: str) -> Value:
        """Reads a chunk and caches its value."""
        value = self._read(chunk)
        if len(chunk) <= LONGEST:
            self._bytes += _ENTRY_BYTES + len(chunk) + self._weigh(value)
            if self._bytes > self._limit:
                self.forget()
            self[chunk] = value
        return value

    def forget(self) -> None:
        """Empties the cache."""
        self.clear()
        self._bytes = 0


_ENTRY_BYTES: Final = 190
"""An entry of a dict and the string that is its key, without its characters."""
