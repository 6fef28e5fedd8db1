"""Papers like one, papers like several, and the words they were found by."""

from __future__ import annotations

from flask.testing import FlaskClient

from indexer import Paper
from indexer.more_like_this import related_papers
from tests.oracle import MemoryIndex
from tests.web.conftest import PAPERS
from tests.web.reading import Element, hits, read


def titles(page: Element) -> list[str]:
    return [one.text for one in page.all("p", class_="line-title")]


def test_papers_like_one_are_found_by_words_that_make_a_query(client: FlaskClient) -> None:
    page = read(client.get("/similar?id=p1").text)

    assert titles(page)[0] == PAPERS[0].title
    assert PAPERS[1].title in titles(page)[1:]
    terms = page.one("p", class_="terms")
    assert "federated" in terms.text
    change = terms.all("a")[-1].attrs["href"]
    assert hits(read(client.get(change).text)) >= len(titles(page))


def test_a_set_is_taken_together_and_each_can_be_left_out(client: FlaskClient) -> None:
    page = read(client.get("/similar?id=p1&id=p2&id=p1&id=none").text)

    assert titles(page)[:2] == [PAPERS[0].title, PAPERS[1].title]
    assert not {PAPERS[0].title, PAPERS[1].title} & set(titles(page)[2:])
    assert "1 of the papers asked for is not" in page.one("p", class_="notice").text
    out = [one.one("a").attrs["href"] for one in page.all("p", class_="take-off")]
    assert out == ["/similar?id=p2", "/similar?id=p1"]


def test_it_is_reached_from_a_paper_and_from_the_shelf(client: FlaskClient) -> None:
    for address, expected in (
        ("/paper/p1", "/similar?id=p1"),
        ("/shelf?id=p1&id=p3", "/similar?id=p1&id=p3"),
    ):
        links = read(client.get(address).text).all("a")
        assert expected in [one.attrs.get("href") for one in links]


def test_nothing_asked_and_nothing_shared_are_said(client: FlaskClient) -> None:
    assert "No paper was given" in client.get("/similar").text
    assert client.get("/similar?" + "&".join(f"id={at}" for at in range(200))).status_code == 200


def test_no_paper_of_a_set_outweighs_the_others() -> None:
    long = Paper("long", "Gossip", "gossip rumour " * 200)
    short = Paper("short", "Cabbage", "Fermentation in a jar.")
    others = [
        Paper("a", "Rumour mills", "gossip"),
        Paper("b", "Jar of cabbage", "fermentation"),
        *(Paper(f"n{at}", f"Number {at}", "nothing of the sort") for at in range(9)),
    ]
    with MemoryIndex.of([long, short, *others]).searcher() as searcher:
        found = related_papers(searcher, long, short)

    assert {hit.paper.id for hit in found.hits} == {"a", "b"}
    assert {"gossip", "cabbage", "fermentation", "jar"} <= set(found.terms)
