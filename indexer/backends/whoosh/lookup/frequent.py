"""Keep what is asked for often, up to a number of bytes."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from dataclasses import dataclass
from heapq import heappop, heappush
from threading import Lock
from typing import Final, Generic, TypeVar

Value = TypeVar("Value")
_CALL: Final = 100_000
"""To make a value takes the time of so many bytes, and that of its own."""


@dataclass(slots=True)
class _Entry(Generic[Value]):
    """A value that is kept.

    Attributes:
        weight: bytes. number: the how manieth that came in.
        worth: what one use of it counts. used: what all have counted.
        rank: that, and the cache's age at the last one.
    """

    value: Value
    weight: int
    number: int
    worth: float
    used: float
    rank: float


class FrequentCache(Generic[Value]):
    """A cache bounded by bytes that drops what is of least use; safe for several threads.

    Greedy dual size with frequency (Cherkasova 1998, "Improving WWW Proxies Performance with
    Greedy-Dual-Size-Frequency Caching Policy"): uses are counted, each as much as the work that it
    saves, for each byte that is kept; work is taken to be a part for the call and one that grows
    with the bytes. What is dropped leaves its rank behind as the cache's age, on top of which uses
    count from then on. So a query of many words that nobody else asks for does not push out
    those that everybody does, and what was asked for often long ago goes at last. A value larger
    than a quarter of the whole budget is given back but not kept.
    """

    def __init__(self, budget: int, weigh: Callable[[Value], int]) -> None:
        """Bound the cache to `budget` bytes, as `weigh` counts them."""
        self._budget = budget
        self._weigh = weigh
        self._held: dict[Hashable, _Entry[Value]] = {}
        self._order: list[tuple[float, int, Hashable]] = []
        self._bytes = 0
        self._age = 0.0
        self._number = 0
        self._lock = Lock()

    @property
    def bytes(self) -> int:
        """Bytes held now."""
        return self._bytes

    def held(self, key: Hashable) -> Value | None:
        """Give the value of a key, if it is held; that is a use."""
        with self._lock:
            entry = self._held.get(key)
            if entry is None:
                return None
            entry.used += entry.worth
            entry.rank = self._age + entry.used
            return entry.value

    def get(self, key: Hashable, compute: Callable[[], Value]) -> Value:
        """Give the value of a key, computing it where it is not held."""
        found = self.held(key)
        if found is not None:
            return found
        value = compute()
        weight = self._weigh(value) + 300  # the key and the entry
        if weight > self._budget // 4:
            return value
        with self._lock:
            if key not in self._held:
                self._number += 1
                worth = 1 + _CALL / weight
                rank = self._age + worth
                self._held[key] = _Entry(value, weight, self._number, worth, worth, rank)
                heappush(self._order, (rank, self._number, key))
                self._bytes += weight
                self._drop()
        return value

    def _drop(self) -> None:
        """Drop what ranks lowest until the rest fits; ranks in `_order` may have risen since."""
        while self._bytes > self._budget:
            rank, number, key = heappop(self._order)
            entry = self._held[key]
            if entry.rank > rank:
                heappush(self._order, (entry.rank, number, key))
                continue
            del self._held[key]
            self._bytes -= entry.weight
            self._age = rank
