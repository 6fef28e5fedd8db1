"""Patterns and edit distances over a whole lexicon, against one word at a time."""

from __future__ import annotations

import time

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.backends.whoosh.format.segment import Lexicon
from indexer.backends.whoosh.postings.term_expansion import LexiconScan
from tests.oracle.expansion import edits, fits

letters = st.text("abcé中", max_size=7)
lexicons = st.sets(letters.filter(bool), max_size=40).map(sorted)


@given(lexicons, st.text("abcé*?", min_size=1, max_size=8))
def test_patterns(words: list[str], pattern: str) -> None:
    found = LexiconScan(Lexicon.of(words)).matching_wildcard(pattern).tolist()
    assert [words[at] for at in found] == [word for word in words if fits(pattern)(word)]


@given(lexicons, letters.filter(bool), st.integers(1, 2))
def test_distances(words: list[str], asked: str, distance: int) -> None:
    found = LexiconScan(Lexicon.of(words)).within_edits(asked, distance).tolist()
    assert [words[at] for at in found] == [word for word in words if edits(asked, word) <= distance]


def test_swapped_neighbours_are_one_edit() -> None:
    scan = LexiconScan(Lexicon.of(["gropu", "group", "grup"]))
    assert scan.within_edits("group", 1).tolist() == [0, 1, 2]


def test_a_hostile_pattern_takes_linear_time() -> None:
    words = sorted("a" * length + "c" for length in range(1, 64))
    scan = LexiconScan(Lexicon.of(words))
    started = time.perf_counter()

    found = scan.matching_wildcard("*a" * 20 + "*b")

    assert found.dtype == np.int64
    assert not len(found)
    assert time.perf_counter() - started < 1


@pytest.mark.parametrize("size", [0, 1, 2, 63, 64, 65, 128, 129, 700])
def test_a_lexicon_finds_each_of_its_terms_and_no_other(size: int) -> None:
    words = sorted(f"w{number:03d}" for number in range(size))
    lexicon = Lexicon.of(words)

    assert [lexicon.find(word) for word in words] == list(range(size))
    assert {lexicon.find(word) for word in ("", "a", "w", "w0000", "w0635", "z")} == {-1}
