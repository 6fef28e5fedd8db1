"""Lists of author names, in the ways dumps write them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.cleaning.names import (
    halved,
    is_nobody,
    is_others,
    is_usual,
    natural_order,
    spelled_out,
    split_names,
    unglued,
    unmarked,
    without_et_al,
)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Ann Lee; Bo Xu", ("Ann Lee", "Bo Xu")),
        ("Lee, Ann; Xu, Bo;", ("Ann Lee", "Bo Xu")),
        ("Ann Lee and Bo Xu", ("Ann Lee", "Bo Xu")),
        ("Lee, Ann and van der Xu, Bo", ("Ann Lee", "Bo van der Xu")),
        ("Ann Lee, Bo Xu and Cy Dee", ("Ann Lee", "Bo Xu", "Cy Dee")),
        ("Ann Lee, Bo Xu, and Cy Dee", ("Ann Lee", "Bo Xu", "Cy Dee")),
        ("Ann Lee, Bo Xu", ("Ann Lee", "Bo Xu")),
        ("Lee, A., Xu, B. C., Dee, D.", ("A. Lee", "B. C. Xu", "D. Dee")),
        ("Lee, Ann", ("Ann Lee",)),
        ("C. Balázs, E. L. Berger, C.-P. Yuan", ("C. Balázs", "E. L. Berger", "C.-P. Yuan")),
        ("Ann Lee, Jr., Bo Xu", ("Ann Lee, Jr.", "Bo Xu")),
        ("Plato", ("Plato",)),
        ("", ()),
        (" ; ", ()),
    ],
)
def test_lists_in_one_text(text: str, expected: tuple[str, ...]) -> None:
    assert expected == split_names(text)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Jaggi, Martin", "Martin Jaggi"),
        ("de la Cruz, Ana", "Ana de la Cruz"),
        ("King, Jr., Martin Luther", "Martin Luther King, Jr."),
        ("Martin Luther King, Jr.", "Martin Luther King, Jr."),
        ("Plato", "Plato"),
        ("a, b, c, d", "a, b, c, d"),
    ],
)
def test_natural_order(name: str, expected: str) -> None:
    assert expected == natural_order(name)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("and Ann Lee", "Ann Lee"),
        ("and Ann Lée*", "Ann Lée"),
        ("Andrea Anders", "Andrea Anders"),
        ("Tao Lin 0004", "Tao Lin 0004"),
    ],
)
def test_what_is_no_part_of_a_name_goes(name: str, expected: str) -> None:
    assert expected == unmarked(name)


@given(st.lists(st.sampled_from(["A", "B", "C"]), max_size=8))
def test_halving_undoes_doubling_and_nothing_else(names: list[str]) -> None:
    given_names = tuple(names)

    kept = halved(given_names)
    times = len(given_names) // len(kept) if kept else 1

    assert halved(given_names + given_names) == kept
    assert kept * times == given_names
    assert times.bit_count() == 1
    assert halved(kept) == kept


@given(st.text(max_size=40))
def test_no_text_is_too_odd_for_a_list_of_names(text: str) -> None:
    assert all(isinstance(name, str) for name in split_names(text))
    assert unmarked(unmarked(text)) is not None


_WORDS = st.sampled_from(
    ["Ann", "al", "Al.", "AL", "Et", "et", "and", "And", "Others", "Unknown", "Author", "Lee1"]
)


@given(st.lists(_WORDS | st.text("aB.-\\&é1 ", max_size=4), max_size=4).map(" ".join))
def test_no_rule_changes_a_usual_name(name: str) -> None:
    if is_usual(name):
        assert unglued((name,)) == (name,)
        assert without_et_al(spelled_out(unmarked(name))) == name
        assert not is_others(name)
        assert not is_nobody(name)


@pytest.mark.parametrize("name", ["Ann Lee", "J. P. McKay", "Ann-Kathrin Lee", "DJ Strouse-Boyd"])
def test_names_of_latin_words_with_a_capital_each_are_usual(name: str) -> None:
    assert is_usual(name)
