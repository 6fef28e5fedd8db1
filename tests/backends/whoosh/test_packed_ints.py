"""Numbers in few bits read as the numbers they are, by stretch and by place, whatever the width."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.backends.whoosh.format.packed_ints import WIDTHS, PackedInts, best_width, reaching
from tests.backends.whoosh.in_memory import arrays_of_narrow, narrow_of

EDGES = tuple((1 << bits) - 1 for bits in WIDTHS)
NUMBER = st.one_of(
    st.integers(0, 3),
    st.integers(0, 300),
    st.sampled_from([edge + more for edge in EDGES for more in (-1, 0, 1)]),
    st.integers(0, 2**63 - 1),
)
NUMBERS = st.lists(NUMBER, max_size=40)
BITS = st.sampled_from((*WIDTHS, None))


@given(NUMBERS, BITS, st.data())
def test_stretches_and_places(numbers: list[int], bits: int | None, data: st.DataObject) -> None:
    values = narrow_of(np.array(numbers, np.uint64), bits)
    size = len(numbers)
    low, high = data.draw(st.integers(0, size)), data.draw(st.integers(0, size + 5))
    at = data.draw(st.lists(st.integers(0, size - 1), max_size=20)) if size else []

    assert len(values) == size
    assert values[:].tolist() == numbers
    assert values[low:high].tolist() == numbers[low:high]
    assert values[np.array(at, np.int64)].tolist() == [numbers[one] for one in at]
    assert values[np.array(at, np.int32)].tolist() == [numbers[one] for one in at]


@given(st.lists(NUMBERS, min_size=1, max_size=6), BITS)
def test_how_it_was_cut_changes_nothing(pieces: list[list[int]], bits: int | None) -> None:
    whole = np.array([number for piece in pieces for number in piece], np.uint64)
    cut = arrays_of_narrow("some", [np.array(piece, np.uint64) for piece in pieces], bits)
    once = arrays_of_narrow("some", [whole], bits)

    assert {name: array.tolist() for name, array in cut.items()} == {
        name: array.tolist() for name, array in once.items()
    }
    assert [number for piece in PackedInts.of(cut, "some").pieces() for number in piece] == [*whole]


@given(NUMBERS)
def test_numbers_past_each_width_are_counted(numbers: list[int]) -> None:
    found = reaching(np.array(numbers, np.uint64))

    assert found.tolist() == [sum(one >= edge for one in numbers) for edge in EDGES]


@pytest.mark.parametrize(
    ("numbers", "bits"),
    [
        ([0, 1, 2] * 100, 2),
        ([0, 1, 2] * 100 + [9], 2),
        ([0, 5, 14] * 100, 4),
        ([0, 5, 14] * 100 + [3000], 4),
        ([0, 100, 254] * 100, 8),
        ([0, 300, 2000] * 100, 16),
        ([0, 70_000, 90_000] * 100, 32),
    ],
)
def test_the_width_that_takes_the_least_room(numbers: list[int], bits: int) -> None:
    values = np.array(numbers, np.uint64)

    assert best_width(len(values), reaching(values), 2) == bits
    assert best_width(len(values), reaching(values), 8) == max(bits, 8)
    assert narrow_of(values)[:].tolist() == numbers


def test_kinds_are_as_narrow_as_the_numbers_read() -> None:
    values = narrow_of(np.array([1, 2, 300, 1] * 9), 8)

    assert values[0:2].dtype == np.uint8
    assert values[0:4].tolist() == [1, 2, 300, 1]
