"""A misspelt query corrects itself where nothing has all that was typed, and says so."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from indexer import Paper, Searcher, parse_query, search_corrected
from indexer.backends.whoosh.index import WhooshIndex
from tests.web.reading import read
from webui import create_app

PAPERS = (
    *(Paper(f"f{at}", "Federated learning of kites", "", ("Martin Jaggi",)) for at in range(12)),
    Paper("d", "Demos of federated kites on graphs", "", ("Ann DeVos",)),
    Paper("g", "Gossip on graphs"),
)


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> WhooshIndex:
    folder: Path = tmp_path_factory.mktemp("index")
    index = WhooshIndex(folder)
    with index.writer() as writer:
        for paper in PAPERS:
            writer.add(paper)
    return index


@pytest.fixture(scope="module")
def searcher(index: WhooshIndex) -> Iterator[Searcher]:
    with index.searcher() as opened:
        yield opened


@pytest.mark.parametrize(
    ("text", "searched", "total"),
    [
        ("fedreated", "federated", 13),
        ("Fedreated lerning", "Federated learning", 12),
        ("author:Jagi", "author:Jaggi", 12),
        ('author:"Martin Jagi" kites', 'author:"Martin Jaggi" AND kites', 12),
        ("title:kitez", "title:kites", 13),
        ("federated", "federated", 13),
        ("gossip graphs", "gossip graphs", 2),
        ('"fedreated"', '"fedreated"', 0),
        ("zzzzzz", "zzzzzz", 0),
    ],
)
def test_a_query_is_corrected_where_it_finds_nothing(
    searcher: Searcher, text: str, searched: str, total: int
) -> None:
    results = search_corrected(searcher, parse_query(text))

    assert (results.query.text, results.total) == (searched, total)
    said = any(searched in one.reason for one in results.receipt.repairs)
    assert said is (text != searched)


def test_the_whole_correction_is_offered_first_with_its_count(searcher: Searcher) -> None:
    first = searcher.search(parse_query("Fedreated lerning")).receipt.alternatives[0]
    assert (first.label, first.total) == ("Did you mean Federated learning?", 12)


def test_a_title_is_spelt_right(searcher: Searcher) -> None:
    for paper in PAPERS[-2:]:
        receipt = searcher.search(parse_query(paper.title)).receipt
        assert not [one for one in receipt.alternatives if "Did you mean" in one.label]


def test_a_page_says_what_was_searched_and_leads_back(index: WhooshIndex) -> None:
    pages: FlaskClient = create_app(index=index).test_client()
    page = read(pages.get("/search?q=fedreated").text)

    assert page.all("h2", id="total")[0].text.startswith("13 ")
    notices = list(page.all("p", class_="notice"))
    assert any("was searched instead" in one.text for one in notices)
    back = next(one for one in notices if "as typed" in one.text).all("a")[0].attrs["href"]
    typed = read(pages.get(back).text)
    assert typed.all("h2", id="total")[0].text.startswith("0 ")
    assert "Did you mean federated?" in typed.all("ul", class_="alternatives")[0].text
