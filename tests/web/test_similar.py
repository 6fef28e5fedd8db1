"""Papers like one, papers like several, and the words they were found by."""

from __future__ import annotations

from pathlib import Path

from flask.testing import FlaskClient

from indexer import Paper
from indexer.backends.whoosh.index import WhooshIndex
from indexer.related.more_like_this import related_papers
from tests.backends.whoosh.semantic import choice, encoder
from tests.oracle import MemoryIndex
from tests.web.conftest import PAPERS
from tests.web.reading import Element, hits, read
from webui import create_app


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
    assert "Find similar papers</h1>" in client.get("/similar").text
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


def test_a_pasted_text_is_compared_and_not_kept(client: FlaskClient) -> None:
    text = "Federated learning on phones sends few weights."
    answer = client.post("/similar", data={"text": text})
    page = read(answer.text)

    assert PAPERS[0].title in titles(page)[:2]
    assert page.one("textarea").text.strip() == text
    assert "federated" in page.one("p", class_="terms").text
    assert text not in client.get("/similar").text
    assert client.post("/similar", data={"text": " "}).status_code == 400
    assert client.post("/similar", data={"text": "a" * 20_001}).status_code == 413


def test_shares_of_words_and_meaning_are_shown(tmp_path: Path) -> None:
    index = WhooshIndex(tmp_path, encoder=choice())
    with index.writer(rebuild=True) as writer:
        for paper in PAPERS:
            writer.add(paper)
        writer.add(Paper("car", "A car for every garage", "The automobile and its engine."))
    index.encode_meaning(encoder())
    client = create_app(index=index).test_client()
    found = read(client.post("/similar", data={"text": "A vehicle with an engine"}).text)
    assert titles(found)[0] == "A car for every garage"
    shown = [one.text for one in found.all("p", class_="line-authors") if "meaning" in one.text]
    assert shown[0] == "Words 0%, meaning 100%"

    page = client.get("/search?q=car+vehicle+garage+engine&match=all")
    assert "Close in meaning, without all your words" in page.text  # where nothing has them, too
    assert "A car for every garage" in page.text
    page = client.get("/search?q=federated+learning+on&match=all")
    told = client.get("/search.json?q=federated+learning+on&match=all").get_json()
    assert "Ordered by words and meaning (test, first 128 word pieces)" in page.text
    assert told["receipt"]["ordered_by"] == "test, first 128 word pieces"
    close = {one["id"] for one in told.get("close", ())}
    assert not close & {one["id"] for one in told["hits"]}
    assert ("Close in meaning, without all your words" in page.text) is bool(close)


def test_a_pasted_text_is_kept_by_no_cache(client: FlaskClient) -> None:
    tag = client.get("/similar").headers["ETag"]
    page = client.post("/similar", data={"text": "federated"}, headers={"If-None-Match": tag})
    assert page.status_code == 200
    assert page.headers["Cache-Control"] == "no-store"
    assert "ETag" not in page.headers
