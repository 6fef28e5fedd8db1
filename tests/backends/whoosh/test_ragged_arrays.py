"""Numbers for values, and their order, are those of the plain ways to find them."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from indexer.backends.whoosh.format.ragged_arrays import Numbers, distinct, stable_order, turned


@given(
    st.one_of(
        st.lists(st.integers(0, 9)),
        st.lists(st.integers(0, (1 << 16) + 2)),
        st.lists(st.sampled_from([0, 1, (1 << 16) - 1, 1 << 16, (1 << 31) - 1])),
    )
)
def test_equal_numbers_stay_as_they_stand(values: list[int]) -> None:
    order = stable_order(np.array(values, np.int32))

    assert order.tolist() == sorted(range(len(values)), key=values.__getitem__)


@pytest.mark.parametrize("kind", ["i4", "i8"])
def test_many_words_are_put_in_order(kind: str) -> None:
    values: NDArray[Any] = np.random.default_rng(5).integers(0, 200_000, 50_000).astype(kind)

    assert np.array_equal(stable_order(values), np.argsort(values, kind="stable"))


@given(st.lists(st.integers(-5, 5)))
def test_distinct_values_rise(values: list[int]) -> None:
    assert distinct(np.array(values, np.int64)).tolist() == sorted(set(values))


@given(st.lists(st.text(max_size=2)))
def test_values_are_numbered_as_they_are_met(values: list[str]) -> None:
    numbers: Numbers[str] = Numbers()

    found = numbers.of(values).tolist()

    assert list(numbers) == list(dict.fromkeys(values))
    assert [list(numbers)[at] for at in found] == values


@given(st.lists(st.lists(st.integers(0, 6), max_size=4), max_size=6), st.integers(1, 9))
def test_a_ragged_array_is_turned_around(rows: list[list[int]], most: int) -> None:
    ends = np.cumsum([0, *map(len, rows)])
    flat = np.array([value for row in rows for value in row], np.int32)

    stretches = list(turned(ends, flat, 7, most))

    pairs = [pair for _, _, found in stretches for pair in found.tolist()]
    assert pairs == sorted({value << 32 | at for at, row in enumerate(rows) for value in row})
    assert [low for low, _, _ in stretches] == [0, *(high for _, high, _ in stretches[:-1])]
    assert stretches[-1][1] == 7
    for low, high, found in stretches:
        assert all(low <= pair >> 32 < high for pair in found.tolist())
