"""Arrays come back as they were written, and damage is told."""

from __future__ import annotations

import random
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from indexer.backends.whoosh.format.array_file import (
    ArrayFile,
    check_arrays,
    fitting,
    open_arrays,
    write_arrays,
)
from indexer.backends.whoosh.format.packed_ints import PackedInts
from indexer.errors import IndexDamaged
from tests.backends.whoosh.in_memory import MemorySink

KINDS = st.sampled_from(("u1", "i4", "u4", "i8", "u8", "f4"))
LISTS = st.dictionaries(
    st.text("abc.", min_size=1, max_size=5),
    st.tuples(KINDS, st.lists(st.integers(0, 127), max_size=20)),
    max_size=6,
)
NUMBERS = st.one_of(
    st.integers(0, 4), st.integers(0, 20), st.integers(250, 260), st.integers(0, 2**40)
)
PIECES = st.lists(st.lists(NUMBERS, max_size=12), min_size=1, max_size=6)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=50)
@given(LISTS)
def test_round_trip(tmp_path: Path, lists: dict[str, tuple[str, list[int]]]) -> None:
    arrays = {name: np.array(values, kind) for name, (kind, values) in lists.items()}
    path = tmp_path / "some.arrays"

    write_arrays(path, arrays)
    check_arrays(path)
    back = open_arrays(path)

    assert back.keys() == arrays.keys()
    for name, array in arrays.items():
        assert back[name].dtype == array.dtype
        assert np.array_equal(back[name], array)
        assert not back[name].flags.writeable


def test_shapes_are_kept(tmp_path: Path) -> None:
    write_arrays(tmp_path / "a", {"table": np.arange(12, dtype=np.int32).reshape(3, 4)})

    assert open_arrays(tmp_path / "a")["table"].tolist() == np.arange(12).reshape(3, 4).tolist()


@pytest.mark.parametrize(("highest", "kind"), [(255, "u1"), (256, "<u2"), (70_000, "<u4")])
def test_streams_are_as_narrow_as_fits(tmp_path: Path, highest: int, kind: str) -> None:
    memory = MemorySink()
    with ArrayFile(tmp_path / "a") as file:
        for sink in (file, memory):
            sink.append("counts", np.array([1, 2], np.uint32))
            sink.append("counts", np.array([], np.uint32))
            sink.append("counts", np.array([highest], np.uint32))
            sink.append("signed", np.array([1, -2], np.int32))

    for arrays in (open_arrays(tmp_path / "a"), memory.arrays()):
        assert arrays["counts"].tolist() == [1, 2, highest]
        assert arrays["counts"].dtype == np.dtype(kind)
        assert arrays["signed"].tolist() == [1, -2]
        assert arrays["signed"].dtype == np.int32


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
@given(PIECES)
def test_narrow_numbers_come_back(tmp_path: Path, pieces: list[list[int]]) -> None:
    numbers = [number for piece in pieces for number in piece]
    with ArrayFile(tmp_path / "a") as file:
        for piece in pieces:
            file.append_packed("some", np.array(piece, np.uint64), 2)
        file.append("plain", np.arange(3))
    check_arrays(tmp_path / "a")
    values = PackedInts.of(open_arrays(tmp_path / "a"), "some")

    assert len(values) == len(numbers)
    assert values[:].tolist() == numbers
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a"]


def test_a_few_large_numbers_take_little_room(tmp_path: Path) -> None:
    numbers = np.arange(80_000) % 3
    numbers[[5, 70_001]] = 90_000
    memory = MemorySink()
    with ArrayFile(tmp_path / "a") as file:
        for sink in (file, memory):
            sink.append_packed("some", numbers.astype(np.uint32), 2)

    for arrays in (open_arrays(tmp_path / "a"), memory.arrays()):
        assert arrays["some.codes"].nbytes == 20_000
        assert arrays["some.at"].dtype == arrays["some.others"].dtype == np.uint32
        assert arrays["some.at"].tolist() == [5, 70_001]
        assert arrays["some.others"].tolist() == [90_000, 90_000]


def test_what_fits_in_half_the_room(tmp_path: Path) -> None:
    write_arrays(tmp_path / "a", {"few": fitting(np.array([0, 2**31 - 1]))})
    write_arrays(tmp_path / "b", {"many": fitting(np.array([0, 2**31]))})

    assert open_arrays(tmp_path / "a")["few"].dtype == np.int32
    assert open_arrays(tmp_path / "a")["few"].tolist() == [0, 2**31 - 1]
    assert open_arrays(tmp_path / "b")["many"].tolist() == [0, 2**31]


def test_nothing_is_left_of_a_block_that_fails(tmp_path: Path) -> None:
    def fail() -> None:
        with ArrayFile(tmp_path / "a") as file:
            file.put("one", np.arange(3))
            file.append("two", np.arange(3))
            file.append_packed("three", np.arange(3, dtype=np.uint8), 8)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()

    assert list(tmp_path.iterdir()) == []


def test_what_cannot_be_stored_is_refused(tmp_path: Path) -> None:
    with pytest.raises(TypeError, match="complex128"):
        write_arrays(tmp_path / "a", {"complex": np.array([1j])})


def test_arrays_outlive_their_file(tmp_path: Path) -> None:
    path = tmp_path / "a"
    write_arrays(path, {"numbers": np.arange(10_000)})
    arrays = open_arrays(path)
    path.unlink()

    assert arrays["numbers"].sum() == 49_995_000


def test_every_damaged_byte_is_found(tmp_path: Path) -> None:
    path = tmp_path / "a"
    write_arrays(path, {"numbers": np.arange(100), "more": np.ones(7, np.uint8)})
    whole = path.read_bytes()
    arrays = open_arrays(path)
    rng = random.Random(5)
    for at in rng.sample(range(len(whole)), 300):
        path.write_bytes(
            whole[:at] + bytes([whole[at] ^ (1 << rng.randrange(8))]) + whole[at + 1 :]
        )
        try:
            check_arrays(path)
        except IndexDamaged:
            continue
        # Only padding between arrays, which holds nothing, may change unseen.
        assert all(np.array_equal(open_arrays(path)[name], arrays[name]) for name in arrays)


@pytest.mark.parametrize("length", [0, 10, 63, 64, 200, -1])
def test_a_file_cut_short_is_told(tmp_path: Path, length: int) -> None:
    path = tmp_path / "a"
    write_arrays(path, {"numbers": np.arange(100)})
    path.write_bytes(path.read_bytes()[:length])

    with pytest.raises(IndexDamaged, match="quiver"):
        open_arrays(path)
    with pytest.raises(IndexDamaged, match="quiver"):
        check_arrays(path)


def test_another_version_is_told(tmp_path: Path) -> None:
    path = tmp_path / "a"
    write_arrays(path, {"numbers": np.arange(100)})
    data = bytearray(path.read_bytes())
    data[8] = 9
    path.write_bytes(bytes(data))

    with pytest.raises(IndexDamaged, match="version 9"):
        open_arrays(path)
