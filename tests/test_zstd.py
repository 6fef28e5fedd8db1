"""Frames of papers read the same by every package that may be installed."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.system import zstd

LINES = [
    f'["p{number}","A title of paper {number}","gossip learning"]'.encode() for number in range(900)
]
DICTIONARY = zstd.train(LINES, 4096)
MOST = 1 << 16
READERS = [zstd._new_contexts, *([zstd._cached_context] if zstd.zstandard else [])]


@pytest.mark.parametrize("reader", READERS)
@pytest.mark.parametrize("dictionary", [b"", DICTIONARY], ids=["plain", "dictionary"])
@given(lines=st.lists(st.binary(max_size=300), max_size=5))
def test_what_is_compressed_is_read_back(
    reader: Callable[[bytes, int], zstd.FrameReader], dictionary: bytes, lines: list[bytes]
) -> None:
    read = reader(dictionary, MOST)
    frames = zstd.compress_each(lines, dictionary)
    assert [read(memoryview(frame)) for frame in frames] == lines


@pytest.mark.parametrize("reader", READERS)
def test_damage_is_a_value_error_and_the_reader_goes_on(
    reader: Callable[[bytes, int], zstd.FrameReader],
) -> None:
    read = reader(DICTIONARY, MOST)
    (frame,) = zstd.compress_each(LINES[:1], DICTIONARY)
    for damaged in (frame[:-3], b"\0" * 20, frame[:5] + b"\xff" * 9 + frame[14:], b""):
        with pytest.raises(ValueError, match=r"\w"):
            read(damaged)
    assert read(frame) == LINES[0]


@pytest.mark.parametrize("reader", READERS)
def test_a_frame_that_unpacks_to_too_much_is_refused(
    reader: Callable[[bytes, int], zstd.FrameReader],
) -> None:
    (frame,) = zstd.compress_each([b"a" * 100_000])
    with pytest.raises(ValueError, match=r"\w"):
        reader(b"", 1000)(frame)


def test_a_dictionary_is_small_and_helps() -> None:
    assert 0 < len(DICTIONARY) <= 4096
    assert sum(map(len, zstd.compress_each(LINES, DICTIONARY))) < sum(
        map(len, zstd.compress_each(LINES))
    )


def test_too_little_to_learn_from_is_no_dictionary() -> None:
    assert zstd.train([b"a"], 100) == b""
