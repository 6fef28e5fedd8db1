"""Keep what was computed, up to a number of bytes.

Keep what is asked for often, up to a number of bytes.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from heapq import heappop, heappush
from threading import Lock
from typing import Final, Generic, TypeVar

Value = TypeVar("Value")


class BoundedCache(Generic[Value]):
    """A least-recently-used cache bounded by bytes; safe to use from several threads.

    Two threads that miss the same key at once both compute it, and one result stays. A value
    larger than a quarter of the whole budget is given back but not kept.
    """

    def __init__(self, budget: int, weigh: Callable[[Value], int]) -> None:
        """Bound the cache to `budget` bytes, as `weigh` counts them."""
        self._budget = budget
        self._weigh = weigh
        self._held: OrderedDict[Hashable, tuple[Value, int]] = OrderedDict()
        self._bytes = 0
        self._lock = Lock()

    @property
    def bytes(self) -> int:
        """Bytes held now."""
        return self._bytes

    def held(self, key: Hashable) -> Value | None:
        """Give the value of a key, if it is held; that is a use."""
        with self._lock:
            held = self._held.get(key)
            if held is None:
                return None
            self._held.move_to_end(key)
            return held[0]

    def get(self, key: Hashable, compute: Callable[[], Value]) -> Value:
        """Give the value of a key, computing it where it is not held."""
        with self._lock:
            held = self._held.get(key)
            if held is not None:
                self._held.move_to_end(key)
                return held[0]
        value = compute()
        weight = self._weigh(value) + 200  # the key and the entry
        if weight > self._budget // 4:
            return value
        with self._lock:
            if key not in self._held:
                self._held[key] = (value, weight)
                self._bytes += weight
            while self._bytes > self._budget:
                _, (_, dropped) = self._held.popitem(last=False)
                self._bytes -= dropped
        return value


_PLACE: Final = 300
"""Bytes of a key and its place."""
_CALL: Final = 100_000
"""To make a value takes the time of so many bytes, and that of its own."""


@dataclass(slots=True)
class _Age:
    """The rank of what was dropped last."""

    now: float = 0.0


@dataclass(slots=True)
class Kept(Generic[Value]):
    """A place in a cache.

    Attributes:
        value: what is kept there; None once it was dropped.
        weight: bytes.
        worth: what one use of it counts.
        used: what all uses have counted.
        rank: that, and the cache's age at the last one.
    """

    value: Value | None
    weight: int
    worth: float
    used: float
    rank: float
    age: _Age

    def use(self) -> None:
        """Count a use; where two threads do at once, one may be lost."""
        self.used += self.worth
        self.rank = self.age.now + self.used


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
        self._held: dict[Hashable, Kept[Value]] = {}
        self._order: list[tuple[float, int, Hashable]] = []
        self._bytes = 0
        self._age = _Age()
        self._number = 0
        self._lock = Lock()

    @property
    def bytes(self) -> int:
        """Bytes held now."""
        return self._bytes

    def held(self, key: Hashable) -> Value | None:
        """Give the value of a key, if it is held; that is a use."""
        kept = self._held.get(key)
        if kept is None:
            return None
        kept.use()
        return kept.value

    def get(self, key: Hashable, compute: Callable[[], Value]) -> Value:
        """Give the value of a key, computing it where it is not held."""
        return self.place(key, compute)[1]

    def place(
        self, key: Hashable, compute: Callable[[], Value]
    ) -> tuple[Kept[Value] | None, Value]:
        """Give the value of a key, and its place: whoever keeps that need not ask again.

        Returns:
            The place, None where the value is too large to be kept; the value.
        """
        kept = self._held.get(key)
        value = None if kept is None else kept.value
        if kept is not None and value is not None:
            kept.use()
            return kept, value
        value = compute()
        weight = self._weigh(value) + _PLACE
        if weight > self._budget // 4:
            return None, value
        worth = 1 + _CALL / weight
        with self._lock:
            kept = self._held.get(key)
            if kept is not None and kept.value is not None:  # another thread was faster
                return kept, kept.value
            kept = Kept(value, weight, worth, worth, self._age.now + worth, self._age)
            self._held[key] = kept
            self._number += 1
            heappush(self._order, (kept.rank, self._number, key))
            self._bytes += weight
            self._drop()
        return kept, value

    def _drop(self) -> None:
        """Drop what ranks lowest until the rest fits; ranks in `_order` may have risen since."""
        while self._bytes > self._budget:
            rank, number, key = heappop(self._order)
            kept = self._held[key]
            if kept.rank > rank:
                heappush(self._order, (kept.rank, number, key))
                continue
            del self._held[key]
            kept.value = None
            self._bytes -= kept.weight
            self._age.now = rank
