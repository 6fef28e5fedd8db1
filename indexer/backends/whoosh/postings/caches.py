"""Caches bounded by bytes: least recently used, and greedy dual size with frequency (GDSF)."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from heapq import heappop, heappush
from threading import Lock
from typing import Final, Generic, Protocol, TypeVar

Value = TypeVar("Value")


class BoundedCache(Generic[Value]):
    """A least-recently-used cache bounded by bytes; safe to use from several threads.

    Two threads that miss the same key at once both compute it, and one result stays. A value larger
    than a quarter of the budget is returned but not cached.
    """

    def __init__(self, budget: int, weigh: Callable[[Value], int]) -> None:
        """Bounds the cache to `budget` bytes, as `weigh` counts them."""
        self._budget = budget
        self._weigh = weigh
        self._entries: OrderedDict[Hashable, tuple[Value, int]] = OrderedDict()
        self._bytes = 0
        self._lock = Lock()

    @property
    def bytes(self) -> int:
        """Bytes in use."""
        return self._bytes

    @property
    def budget(self) -> int:
        """Bytes that may be in use."""
        return self._budget

    def resize(self, budget: int) -> None:
        """Bounds the cache to other bytes; what no longer fits is evicted at once."""
        with self._lock:
            self._budget = budget
            self._evict()

    def _evict(self) -> None:
        """Evicts the least recently used entries until the rest fits."""
        while self._bytes > self._budget:
            _, (_, dropped) = self._entries.popitem(last=False)
            self._bytes -= dropped

    def lookup(self, key: Hashable) -> Value | None:
        """Returns the value of a key, None where it is not cached; counts as a use."""
        with self._lock:
            entry = self._entries.get(key)
            if entry is None:
                return None
            self._entries.move_to_end(key)
            return entry[0]

    def get(self, key: Hashable, compute: Callable[[], Value]) -> Value:
        """Returns the value of a key; computes it where it is not cached."""
        with self._lock:
            entry = self._entries.get(key)
            if entry is not None:
                self._entries.move_to_end(key)
                return entry[0]
        value = compute()
        weight = self._weigh(value) + 200  # the key and the entry
        if weight > self._budget // 4:
            return value
        with self._lock:
            if key not in self._entries:
                self._entries[key] = (value, weight)
                self._bytes += weight
            self._evict()
        return value


class Cache(Protocol):
    """What bounds all caches alike, whatever they hold and evict."""

    @property
    def bytes(self) -> int:
        """Bytes in use."""

    @property
    def budget(self) -> int:
        """Bytes that may be in use."""

    def resize(self, budget: int) -> None:
        """Bounds the cache to other bytes; what no longer fits is evicted at once."""


_ENTRY_BYTES: Final = 300
"""Bytes of a key and its entry."""
_CALL_BYTES: Final = 100_000
"""Fixed cost of computing a value, in bytes of a value that would take as long. Only the order of
evictions depends on it."""


@dataclass(slots=True)
class _Clock:
    """The cache's age.

    Attributes:
        now: rank of the entry evicted last.
    """

    now: float = 0.0


@dataclass(slots=True)
class CacheEntry(Generic[Value]):
    """An entry of a `GdsfCache`.

    Attributes:
        value: the cached value; None once evicted.
        weight: bytes.
        worth: what one use adds to the rank.
        used: sum over all uses.
        rank: `used` plus the cache's age at the last use; the lowest is evicted first.
    """

    value: Value | None
    weight: int
    worth: float
    used: float
    rank: float
    age: _Clock

    def use(self) -> None:
        """Counts a use; of two threads that do so at once, one may be lost."""
        self.used += self.worth
        self.rank = self.age.now + self.used


class GdsfCache(Generic[Value]):
    """A cache bounded by bytes that evicts what saves least; safe to use from several threads.

    Greedy dual size with frequency (Cherkasova 1998, "Improving WWW Proxies Performance with
    Greedy-Dual-Size-Frequency Caching Policy", HP Labs HPL-98-69R1): an entry ranks by the work
    that its uses have saved for each byte it takes. An eviction raises the cache's age to the rank
    of the evicted entry, and later uses count on top of it, so entries that are no longer used
    leave in the end. One query of many rare terms does not evict the terms of every query. A value
    larger than a quarter of the budget is returned but not cached.
    """

    def __init__(self, budget: int, weigh: Callable[[Value], int]) -> None:
        """Bounds the cache to `budget` bytes, as `weigh` counts them."""
        self._budget = budget
        self._weigh = weigh
        self._entries: dict[Hashable, CacheEntry[Value]] = {}
        self._order: list[tuple[float, int, Hashable]] = []
        self._bytes = 0
        self._age = _Clock()
        self._number = 0
        self._lock = Lock()

    @property
    def bytes(self) -> int:
        """Bytes in use."""
        return self._bytes

    @property
    def budget(self) -> int:
        """Bytes that may be in use."""
        return self._budget

    def resize(self, budget: int) -> None:
        """Bounds the cache to other bytes; what no longer fits is evicted at once."""
        with self._lock:
            self._budget = budget
            self._evict()

    def lookup(self, key: Hashable) -> Value | None:
        """Returns the value of a key, None where it is not cached; counts as a use."""
        entry = self._entries.get(key)
        if entry is None:
            return None
        entry.use()
        return entry.value

    def get(self, key: Hashable, compute: Callable[[], Value]) -> Value:
        """Returns the value of a key; computes it where it is not cached."""
        return self.entry(key, compute)[1]

    def entry(
        self, key: Hashable, compute: Callable[[], Value]
    ) -> tuple[CacheEntry[Value] | None, Value]:
        """Returns the entry and the value of a key; an entry at hand needs no further lookup.

        The entry is None where the value is too large to be cached.
        """
        entry = self._entries.get(key)
        value = None if entry is None else entry.value
        if entry is not None and value is not None:
            entry.use()
            return entry, value
        value = compute()
        weight = self._weigh(value) + _ENTRY_BYTES
        if weight > self._budget // 4:
            return None, value
        worth = 1 + _CALL_BYTES / weight
        with self._lock:
            entry = self._entries.get(key)
            if entry is not None and entry.value is not None:  # another thread was faster
                return entry, entry.value
            entry = CacheEntry(value, weight, worth, worth, self._age.now + worth, self._age)
            self._entries[key] = entry
            self._number += 1
            heappush(self._order, (entry.rank, self._number, key))
            self._bytes += weight
            self._evict()
        return entry, value

    def _evict(self) -> None:
        """Evicts the lowest ranks until the rest fits; ranks in `_order` may be out of date."""
        while self._bytes > self._budget:
            rank, number, key = heappop(self._order)
            entry = self._entries[key]
            if entry.rank > rank:
                heappush(self._order, (entry.rank, number, key))
                continue
            del self._entries[key]
            entry.value = None
            self._bytes -= entry.weight
            self._age.now = rank
