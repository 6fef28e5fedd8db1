"""Inner loops over arrays, compiled by numba where it is installed; they import no other folder."""

from __future__ import annotations

from typing import Any, Final

from numpy.typing import NDArray

SLACK: Final = 3e-6
"""Relative difference of two scores that may round to the same six digits."""


def address(array: NDArray[Any] | None) -> int:
    """Returns the address of an array's first number, 0 where there is no array."""
    if array is None:
        return 0
    where: int = array.__array_interface__["data"][0]
    return where
