"""What is asked for often stays, within the budget."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.backends.whoosh.postings.caches import GdsfCache

ENTRY = 300
"""What the cache counts for a key and its entry."""


def cache_of(entries: int, weight: int) -> GdsfCache[bytes]:
    """Make a cache in which so many values of this weight find room."""
    return GdsfCache(entries * (weight + ENTRY), len)


def test_a_value_is_made_once() -> None:
    cache = cache_of(10, 100)
    assert cache.get("a", lambda: b"1" * 100) == b"1" * 100
    assert cache.get("a", lambda: pytest.fail("made again")) == b"1" * 100
    assert cache.lookup("a") == b"1" * 100
    assert cache.lookup("b") is None
    assert cache.bytes == 100 + ENTRY


def test_what_is_asked_for_often_outlives_what_came_last() -> None:
    cache = cache_of(10, 100)
    for _ in range(5):
        cache.get("often", lambda: b"o" * 100)
    for number in range(30):
        cache.get(number, lambda: b"n" * 100)

    assert cache.lookup("often") is not None
    assert cache.lookup(0) is None
    assert cache.lookup(29) is not None


def test_what_was_asked_for_often_long_ago_goes_at_last() -> None:
    cache = cache_of(4, 100)
    for _ in range(5):
        cache.get("often", lambda: b"o" * 100)
    for number in range(100):
        cache.get(number % 9, lambda: b"n" * 100)

    assert cache.lookup("often") is None


def test_of_two_that_are_asked_for_alike_the_larger_goes() -> None:
    """A small one saves more for each of its bytes."""
    cache: GdsfCache[bytes] = GdsfCache(1_000_000, len)
    cache.get("small", lambda: b"s")
    for number in range(20):
        cache.get(number, lambda: b"n" * 200_000)

    assert cache.lookup("small") is not None
    assert cache.lookup(0) is None


def test_what_is_larger_than_a_quarter_is_not_kept() -> None:
    cache: GdsfCache[bytes] = GdsfCache(10_000, len)
    assert cache.get("large", lambda: b"l" * 5000) == b"l" * 5000
    assert cache.lookup("large") is None
    assert cache.bytes == 0


@given(st.lists(st.tuples(st.integers(0, 30), st.integers(0, 2000)), max_size=200))
def test_it_stays_within_its_budget(asked: list[tuple[int, int]]) -> None:
    cache: GdsfCache[bytes] = GdsfCache(8000, len)
    for key, size in asked:
        made = cache.get(key, lambda size=size: b"x" * size)  # type: ignore[misc]
        held = cache.lookup(key)
        assert held is None or held == made
        assert 0 <= cache.bytes <= 8000


def test_threads_may_share_it() -> None:
    cache = cache_of(5, 100)

    def ask(start: int) -> None:
        for number in range(2000):
            key = (start * number) % 17
            assert cache.get(key, lambda: bytes([key]) * 100) == bytes([key]) * 100  # noqa: B023

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(ask, range(1, 5)))
    assert cache.bytes <= 5 * (100 + ENTRY)
