"""Ids, keys and slugs: the same for the same words, whatever else is in the index."""

from __future__ import annotations

import re
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.paper import Paper, name_key, name_of_slug, name_slug, paper_id, unnumbered
from tests.strategies import NAMES

names = st.sampled_from(NAMES) | st.text(max_size=20)


def test_a_paper_is_a_value() -> None:
    one = Paper("p", "Title", authors=("Ann Ace",))

    assert one == Paper("p", "Title", authors=("Ann Ace",))
    assert len({one, Paper("p", "Title", authors=("Ann Ace",))}) == 1
    with pytest.raises(AttributeError):
        one.title = "Other"  # type: ignore[misc]


def test_an_id_depends_on_the_words_alone() -> None:
    first = paper_id("A Title", ("Ann Ace", "Bob Bay"), "NeurIPS", 2020)

    assert re.fullmatch(r"neurips2020-[0-9a-f]{12}", first)
    assert first == paper_id("a  title", ("ANN ACE",), "NeurIPS", 2020)
    others = {
        paper_id("B Title", ("Ann Ace",), "NeurIPS", 2020),
        paper_id("A Title", ("Bob Bay",), "NeurIPS", 2020),
        paper_id("A Title", ("Ann Ace",), "ICML", 2020),
        paper_id("A Title", ("Ann Ace",), "NeurIPS", None),
        first,
    }
    assert len(others) == 5
    assert paper_id("A", (), "", None).startswith("paper-")


texts = st.text(st.characters(exclude_categories=["Cs"]))


@given(texts, st.lists(texts, max_size=2).map(tuple), texts, st.integers(1000, 3000))
def test_any_record_has_a_printable_id(
    title: str, authors: tuple[str, ...], venue: str, year: int
) -> None:
    made = paper_id(title, authors, venue, year)

    assert made.isascii()
    assert made.isprintable()
    assert " " not in made


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("Yang LIU", "yang  liu", True),
        ("François Fleuret", unicodedata.normalize("NFD", "François Fleuret"), True),
        ("François Fleuret", "Francois Fleuret", False),
        ("Tao Lin", "Tao Lin 0004", False),
        ("STRASSE", "Straße", True),
    ],
)
def test_keys(one: str, other: str, same: bool) -> None:  # noqa: FBT001
    assert (name_key(one) == name_key(other)) is same
    assert (name_slug(one) == name_slug(other)) is same


@given(names)
def test_a_key_is_its_own_key(name: str) -> None:
    assert name_key(name) == name_key(name_key(name))


@given(names)
def test_a_slug_leads_back_to_its_key(name: str) -> None:
    name = name.encode("utf-8", "ignore").decode()

    assert name_key(name) == name_of_slug(name_slug(name))
    assert not set(name_slug(name)) & set(" /?#%&\"'<>\\")


@given(st.text(max_size=20))
def test_any_slug_is_read(slug: str) -> None:
    assert name_of_slug(slug) == name_key(name_of_slug(slug))


def test_numbers_of_homonyms() -> None:
    assert unnumbered("Tao Lin 0004") == "Tao Lin"
    assert unnumbered("Tao Lin") == "Tao Lin"
    assert unnumbered("Agent 47") == "Agent 47"
