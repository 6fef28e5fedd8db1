"""Venues and years typed as words: read as filters, shown, and never in the way of a title."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from indexer import (
    Filter,
    Match,
    Paper,
    Searcher,
    as_words,
    load_venues,
    parse_query,
    read_typed_filters,
)
from indexer.query_analysis.plain_text import MOST_WORDS
from tests.oracle import MemoryIndex

PAPERS = (
    Paper("n17", "Gossip on graphs", "Federated kites.", ("A B",), "NeurIPS", 2017),
    Paper("n21", "Kites and federated gossip", "", ("A B",), "NeurIPS", 2021),
    Paper("n23", "Transformers for kites", "", ("A B",), "NeurIPS", 2023),
    Paper("i20", "Grasping kites", "As in 2017.", ("C D",), "ICRA", 2020),
    Paper("i19", "Grasping spoons", "", ("C D",), "ICRA", 2019),
    Paper("v12", "The VOC 2012 challenge at ICML", "", ("E F",), "ICML", 2015),
    Paper("c1", "Transformers of 2023", "", ("E F",), "ICML", 2024),
    Paper("j1", "Colt breeding", "", ("E F",), "JMLR", 2010),
    Paper("k1", "Learning kites", "", ("E F",), "COLT", 2011),
)
VENUES = load_venues()


@pytest.fixture(scope="module")
def searcher() -> Iterator[Searcher]:
    with MemoryIndex.of(PAPERS).searcher() as opened:
        yield opened


@pytest.mark.parametrize(
    ("text", "ids", "typed"),
    [
        ("NIPS 2017", "n17", "NeurIPS 2017"),
        ("nips 2017", "n17", "NeurIPS 2017"),
        ("NeurIPS'17", "n17", "NeurIPS 2017"),
        ("ICRA2020", "i20", "ICRA 2020"),
        ("ICRA 2020 grasping", "i20", "ICRA 2020"),
        ("grasping at ICRA 2019", "i19", "ICRA 2019"),
        ("grasping ICRA", "i19 i20", "ICRA"),
        ("neurips federated since 2021", "n21", "NeurIPS 2021-"),
        ("federated neurips before 2020", "n17", "NeurIPS -2019"),
        ("kites 2019-2021", "i20 n21", "2019-2021"),
        ("kites between 2020 and 2021", "i20 n21", "2020-2021"),
        ("kites in 2023", "n23", "2023"),
        ("NeurIPS kites from the 2020s", "n21 n23", "NeurIPS 2020-2029"),
        ("recent ICRA papers on grasping", "i19 i20", "ICRA"),
        ("kites 2023", "n23", "2023"),
        ("gossip Advances in Neural Information Processing Systems", "n17 n21", "NeurIPS"),
        # A title with all the words is what was meant.
        ("transformers in 2023", "c1", ""),
        ("VOC 2012", "v12", ""),
        ("ICML challenge", "v12", ""),
        ("colt breeding", "j1", ""),
        ("spoons", "i19", ""),
        # A paper that says so is not hidden by a year that may be a word.
        ("kites 2017", "i20", ""),
        ('"ICRA" 2020', "", ""),
        ("2017", "i20", ""),
    ],
)
def test_venues_and_years_are_read_as_filters(
    searcher: Searcher, text: str, ids: str, typed: str
) -> None:
    query = read_typed_filters(parse_query(text), searcher, VENUES)

    found = list(searcher.ids(query))
    assert " ".join(one.value for one in query.typed) == typed
    if typed:
        assert sorted(found) == ids.split()
    elif ids:
        assert found[0] == ids
    assert query.text == text
    reasons = " ".join(repair.reason for repair in query.repairs)
    assert all(one.value in reasons for one in query.typed)


@pytest.mark.parametrize(
    ("text", "ids"),
    [
        ("that paper about grasping spoons", "i19"),
        ("show me papers on grasping kites", "i20"),
        ("I'm looking for a paper that learning kites", "k1"),
        ("are there any articles about gossip on graphs?", "n17"),
        ("papers on grasping at ICRA in 2019", "i19"),
        ("recent research on colt breeding", "j1"),
    ],
)
def test_what_only_leads_to_the_question_is_left_out(
    searcher: Searcher, text: str, ids: str
) -> None:
    query = read_typed_filters(parse_query(text, match=Match.ALL), searcher, VENUES)

    assert sorted(searcher.ids(query)) == ids.split()
    assert "was left out" in query.repairs[0].reason


@pytest.mark.parametrize("text", ["paper planes", "research on", "work", '"papers on" kites'])
def test_other_words_are_kept(searcher: Searcher, text: str) -> None:
    query = parse_query(text)
    assert read_typed_filters(query, searcher, VENUES) == query


@pytest.mark.parametrize("text", ["NIPS 2017", "ICRA 2020 grasping", "kites in 2023"])
def test_a_filter_taken_off_is_a_word(searcher: Searcher, text: str) -> None:
    query = read_typed_filters(parse_query(text), searcher, VENUES)
    for typed in query.typed:
        changed = read_typed_filters(parse_query(as_words(text, typed)), searcher, VENUES)
        assert not changed.typed


def test_a_name_of_a_venue_and_its_year_hide_no_title_with_both(searcher: Searcher) -> None:
    query = read_typed_filters(parse_query("icml 2015"), searcher, VENUES)
    assert [one.value for one in query.typed] == ["ICML", "2015"]
    assert list(searcher.ids(query)) == ["v12"]


@pytest.mark.parametrize(
    ("text", "ids"),
    [
        ("venue:NIPS", "n17 n21 n23"),
        ('venue:"Neural Information Processing Systems" federated', "n17 n21"),
        ("-venue:nips grasping", "i19 i20"),
        ("venue:(nips OR icra) kites", "i20 n17 n21 n23"),
        ("venue:ICRA", "i19 i20"),
        ("venue:nowhere", ""),
    ],
)
def test_aliases_of_venues_name_them(searcher: Searcher, text: str, ids: str) -> None:
    query = read_typed_filters(parse_query(text), searcher, VENUES)
    assert sorted(searcher.ids(query)) == ids.split()


def test_aliases_work_in_filters(searcher: Searcher) -> None:
    query = parse_query("kites", filters=(Filter("venue", include=("NIPS",)),))
    query = read_typed_filters(query, searcher, VENUES)
    assert query.filters == (Filter("venue", include=("NeurIPS",)),)
    assert sorted(searcher.ids(query)) == ["n17", "n21", "n23"]


def test_long_texts_are_left_alone(searcher: Searcher) -> None:
    query = parse_query("NIPS 2017 " + "kites " * MOST_WORDS)
    assert read_typed_filters(query, searcher, VENUES) is query
