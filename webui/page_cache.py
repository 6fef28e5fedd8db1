"""Finished pages kept in memory: people go back and forth, and links are shared."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Hashable
from dataclasses import dataclass
from typing import Final

_SHARE: Final = 16
"""A page that takes more than this part of the room would push out too many others."""
_OVERHEAD: Final = 1_500
"""Bytes that a page takes beside its body and the texts of its headers, about."""


@dataclass(frozen=True, slots=True)
class FinishedPage:
    """An answer as it was sent.

    Attributes:
        headers: names and values, in order.
        body: as it was encoded.
    """

    headers: tuple[tuple[str, str], ...]
    body: bytes

    @property
    def size(self) -> int:
        """Bytes of memory that it takes, about."""
        return _OVERHEAD + len(self.body) + sum(len(one) + len(two) for one, two in self.headers)


class PageCache:
    """Pages by what they depend on; safe to share between threads.

    Bounded by bytes: the page that was not asked for the longest goes first.
    """

    def __init__(self, room: int) -> None:
        """Keep nothing yet, and at most `room` bytes."""
        self._room = room
        self._taken = 0
        self._pages: OrderedDict[Hashable, FinishedPage] = OrderedDict()
        self._lock = threading.Lock()

    def find(self, key: Hashable) -> FinishedPage | None:
        """Give the page that was kept under a key."""
        with self._lock:
            page = self._pages.get(key)
            if page is not None:
                self._pages.move_to_end(key)
            return page

    def keep(self, key: Hashable, page: FinishedPage) -> None:
        """Keep a page, unless it is too large."""
        if page.size * _SHARE > self._room:
            return
        with self._lock:
            was = self._pages.pop(key, None)
            self._pages[key] = page
            self._taken += page.size - (was.size if was is not None else 0)
            while self._taken > self._room:
                self._taken -= self._pages.popitem(last=False)[1].size
