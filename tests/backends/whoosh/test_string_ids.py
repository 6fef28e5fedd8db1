"""Lists of strings as arrays sort and are chosen from as lists of Python's do."""

from __future__ import annotations

from random import Random

import numpy as np
from hypothesis import example, given
from hypothesis import strategies as st

from indexer.backends.whoosh.format.segment import Strings
from indexer.backends.whoosh.indexing.doc_order import concatenate, order_of_strings, take_strings

LISTS = st.lists(st.one_of(st.text("ab\x00é", max_size=3), st.text("a\x00", min_size=14)))


@given(st.lists(LISTS, max_size=3), st.randoms())
@example([["a" * 17, "a" * 16, ""], ["\x00", "a" * 16]], Random(1))
def test_sorted_as_bytes(many: list[list[str]], chance: Random) -> None:
    flat = [text for one in many for text in one]
    rows = chance.sample(range(len(flat)), len(flat) - len(flat) // 4)

    order = order_of_strings([Strings.of(one) for one in many], np.array(rows, np.int64))

    expected = sorted(range(len(rows)), key=lambda at: flat[rows[at]].encode())
    assert order.tolist() == expected


@given(st.lists(LISTS, max_size=3), st.data())
def test_chosen_out_of_joined_lists(many: list[list[str]], data: st.DataObject) -> None:
    flat = [text for one in many for text in one]
    rows = data.draw(st.lists(st.sampled_from(range(len(flat))))) if flat else []

    found = take_strings(concatenate(map(Strings.of, many)), np.array(rows, np.int64))

    assert list(found) == [flat[at] for at in rows]
