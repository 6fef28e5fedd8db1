"""Keep what was computed, up to a number of bytes."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable
from threading import Lock
from typing import Generic, TypeVar

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
