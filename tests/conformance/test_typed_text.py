"""Names and titles typed as plain words: what comes first, what is offered, what stays a word."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from indexer import Match, Query, load_venues, name_sentence, parse_query, read_typed_text
from indexer.paper import Paper
from indexer.search import Searcher
from tests.conformance.backends import Backend

PAPERS = (
    Paper("y1", "Kites in the wind", "", ("Yang Liu", "Ann Ace"), "ICML", 2019),
    Paper("y2", "Spoons", "Liu and Yang.", ("Bo Bell", "Yang Liu"), "ICML", 2020),
    Paper("y3", "Forks of Yang and Liu", "", ("Liu Yang",), "ICML", 2021),
    Paper("y4", "Yang states", "Liu states.", ("Wei Yang", "Min Liu"), "ICML", 2022),
    Paper("j1", "Mixtures", "", ("Michael I. Jordan", "Bo Bell"), "NeurIPS", 1999),
    Paper("j2", "River Jordan", "", ("Ann Ace",), "NeurIPS", 2001),
    Paper("j3", "Cups", "", ("Jordan M. Malof",), "NeurIPS", 2011),
    Paper("k1", "Autoencoders", "", ("Diederik P. Kingma", "Max Welling"), "ICLR", 2014),
    Paper("h1", "Residuals", "", ("Kaiming He", "Jian Sun"), "CVPR", 2016),
    Paper("m1", "Cochlea", "", ("Jörg May",), "NeurIPS", 2003),
    Paper("m2", "Nerves", "", ("Bradford J. May",), "NeurIPS", 2004),
    Paper("l1", "Gradients", "", ("Yann LeCun", "Ann Ace"), "NeurIPS", 1998),
    Paper("l2", "Digits", "After LeCun.", ("Bo Bell",), "NeurIPS", 2005),
    Paper("a1", "Adam converges", "", ("Ann Ace",), "ICLR", 2015),
    Paper("a2", "Bowls", "", ("Adam Coates",), "ICML", 2011),
    Paper("d1", "Dropout: a simple way out of tents", "", ("N S",), "JMLR", 2014),
    Paper("d2", "Dropout tents", "Dropout, dropout.", ("Ann Ace",), "JMLR", 2015),
    Paper("d3", "The dropout - dropout revisited", "Dropout.", ("Ann Ace",), "JMLR", 2016),
    Paper("w1", "Wavelets and dropout? Tents", "", ("Bo Bell",), "JMLR", 2018),
)  # fmt: skip
VENUES = load_venues()


@pytest.fixture(scope="module")
def searcher(backend: Backend) -> Iterator[Searcher]:
    with backend.holding(PAPERS) as opened:
        yield opened


def typed(searcher: Searcher, text: str) -> Query:
    return read_typed_text(parse_query(text), searcher, VENUES)


def ids(searcher: Searcher, query: Query) -> list[str]:
    return [hit.paper.id for hit in searcher.search(query).hits]


@pytest.mark.parametrize(
    ("text", "first", "offered"),
    [
        ("Yang Liu", "y1 y2 | y3", "Yang Liu: 2 papers; 1 similar name: Liu Yang (1)"),
        ("yang liu", "y1 y2 | y3", "Yang Liu: 2 papers; 1 similar name: Liu Yang (1)"),
        ("Liu, Yang", "y1 y2 | y3", "Yang Liu: 2 papers; 1 similar name: Liu Yang (1)"),
        ("Liu Yang", "y3 | y1 y2", "Liu Yang: 1 paper; 1 similar name: Yang Liu (2)"),
        ("papers by Yang Liu", "y1 y2 | y3", "Yang Liu: 2 papers; 1 similar name: Liu Yang (1)"),
        ("Liu, M.", "y4", "Min Liu: 1 paper"),
        ("Jordan MI", "j1", "Michael I. Jordan: 1 paper"),
        ("Jordan M.I.", "j1", "Michael I. Jordan: 1 paper"),
        ("MI Jordan", "j1", "Michael I. Jordan: 1 paper"),
        ("D. P. Kingma", "k1", "Diederik P. Kingma: 1 paper"),
        ("DP Kingma", "k1", "Diederik P. Kingma: 1 paper"),
        ("Kingma, D.P.", "k1", "Diederik P. Kingma: 1 paper"),
        ("Kingma et al.", "k1", "Diederik P. Kingma: 1 paper"),
        ("He Kaiming", "h1", "Kaiming He: 1 paper"),
        ("he kaiming", "h1", "Kaiming He: 1 paper"),
        ("Joerg May", "m1", "Jörg May: 1 paper"),
        ("jörg may", "m1", "Jörg May: 1 paper"),
        ("May, Jörg", "m1", "Jörg May: 1 paper"),
        ("LeCun", "l1", "Yann LeCun: 1 paper"),
        ("lecun", "l1", "Yann LeCun: 1 paper"),
    ],
)
def test_papers_by_a_name_come_first_and_its_page_is_offered(
    searcher: Searcher, text: str, first: str, offered: str
) -> None:
    query = typed(searcher, text)
    found = ids(searcher, query)

    at = 0
    for tier in first.split(" | "):  # within one name, scores say which is first
        papers = set(tier.split())
        assert set(found[at : at + len(papers)]) == papers
        at += len(papers)
    assert query.author is not None
    assert query.author.is_first
    assert name_sentence(query.author) == offered
    assert any("author’s name" in repair.reason for repair in query.repairs)


@pytest.mark.parametrize("text", ["Yang Liu", "LeCun", "Liu, Y."])
def test_a_name_hides_no_paper_that_has_its_words(searcher: Searcher, text: str) -> None:
    words = [word for word in text.replace(",", "").split() if "." not in word]
    plain = set(searcher.ids(parse_query(" ".join(words), match=Match.ALL)))

    assert plain <= set(searcher.ids(typed(searcher, text)))


@pytest.mark.parametrize(
    "text",
    ["Adam", '"Yang Liu"', "author:LeCun", "kites wind", "tents", "Will Smith", "yang OR liu", "?"],
)
def test_what_is_no_name_stays_as_it_was_read(searcher: Searcher, text: str) -> None:
    query = typed(searcher, text)

    assert query.author is None
    assert query.clause == parse_query(text).clause


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("Dropout", "d1"),
        ("dropout", "d1"),
        ("the dropout", "d3"),
        ("wavelets and dropout", "w1"),
        ("Dropout: a simple way out of tents", "d1"),
        ("dropout tents", "d2"),
    ],
)
def test_a_title_without_its_subtitle_comes_first(
    searcher: Searcher, text: str, first: str
) -> None:
    query = typed(searcher, text)

    assert ids(searcher, query)[0] == first
    assert set(searcher.ids(query)) == set(searcher.ids(parse_query(text)))
