"""Lists of strings as arrays sort and are chosen from as lists of Python's do."""

from __future__ import annotations

import numpy as np
from hypothesis import example, given
from hypothesis import strategies as st

from indexer.backends.whoosh.storage.segment import Strings
from indexer.backends.whoosh.writing.strings import chosen, joined, order_of_strings

LISTS = st.lists(st.one_of(st.text("ab\x00é", max_size=3), st.text("a\x00", min_size=14)))


@given(LISTS)
@example(["a" * 17, "a" * 16, "", "\x00", "a" * 16])
def test_sorted_as_bytes(strings: list[str]) -> None:
    order = order_of_strings(Strings.of(strings))

    assert order.tolist() == sorted(range(len(strings)), key=lambda at: strings[at].encode())


@given(st.lists(LISTS, max_size=3), st.data())
def test_chosen_out_of_joined_lists(many: list[list[str]], data: st.DataObject) -> None:
    flat = [text for one in many for text in one]
    rows = data.draw(st.lists(st.sampled_from(range(len(flat))))) if flat else []

    found = chosen(joined(map(Strings.of, many)), np.array(rows, np.int64))

    assert list(found) == [flat[at] for at in rows]
