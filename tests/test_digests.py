"""A table of digests answers as a dictionary of the strings would."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.record import digests
from indexer.record.digests import NONE, DigestTable

CHANGES = st.lists(st.tuples(st.text("ab\ud800é", max_size=4), st.integers(NONE, 2**31 - 1)))


@given(CHANGES, st.sampled_from([0, 1, digests._LOW]))
def test_it_answers_as_a_dictionary_does(changes: list[tuple[str, int]], low: int) -> None:
    known: dict[str, int] = {}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(digests, "_LOW", low)  # so few bits that strings share them
        table = DigestTable()
        for text, number in changes:
            assert table.number(text) == known.get(text, NONE)
            assert table.swap(text, number) == known.get(text, NONE)
            known[text] = number

        assert [table.number(text) for text in known] == list(known.values())
        assert len(table) == len(known)
        assert table.number("another") == NONE


def test_it_grows() -> None:
    table = DigestTable()
    for at in range(20_000):
        assert table.swap(f"p{at}", at) == NONE

    assert [table.number(f"p{at}") for at in range(20_001)] == [*range(20_000), NONE]
    assert len(table) == 20_000
