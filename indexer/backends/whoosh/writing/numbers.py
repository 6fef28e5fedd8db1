"""Numbers for distinct values, in the order in which they are met."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

Value = TypeVar("Value")


class Numbers(dict[Value, int]):
    """Value -> its number from 0, given when it is first asked for."""

    __slots__ = ()

    def __missing__(self, value: Value) -> int:
        """Number a new value."""
        number = self[value] = len(self)
        return number

    def of(self, values: Iterable[Value]) -> NDArray[np.int64]:
        """Give the number of each value."""
        return np.fromiter(map(self.__getitem__, values), np.int64)


def distinct(values: NDArray[Any]) -> NDArray[Any]:
    """Give the distinct values, rising; sorts the array it is given.

    `numpy.unique` does the same by a hash table, many times slower.
    """
    values.sort()
    fresh = np.ones(len(values), np.bool_)
    np.not_equal(values[1:], values[:-1], out=fresh[1:])
    return values[fresh]
