"""Topics of a result: true counts, each a link."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient

from indexer import Paper, parse_query, topics_of
from tests.oracle import MemoryIndex
from tests.web.reading import hits, read
from webui import create_app

KINDS = ("attention heads", "message passing", "spectral filters")
PAPERS = tuple(
    Paper(f"t{at}", f"Graph learning with {KINDS[at % 3]}", f"Study {'abcde'[at % 5]}.", ())
    for at in range(40)
)


@pytest.fixture(scope="module")
def client() -> FlaskClient:
    index = MemoryIndex()
    with index.writer() as writing:
        for paper in PAPERS:
            writing.add(paper)
    return create_app(index=index).test_client()


def test_each_topic_has_the_hits_it_says(client: FlaskClient) -> None:
    rows = read(client.get("/topics?q=graph").text).one("tbody").all("tr")
    told = {row.one("a").text: row for row in rows}

    assert set(KINDS) <= set(told)
    for row in rows:
        found = hits(read(client.get(row.one("a").attrs["href"]).text))
        assert found == int(row.all("td")[1].text)
        assert 0 < found < len(PAPERS)
    said = client.get("/topics.json?q=graph").get_json()
    assert [topic["phrase"] for topic in said["topics"]] == [row.one("a").text for row in rows]
    assert said["total"] == len(PAPERS)


def test_few_papers_have_no_topics(client: FlaskClient) -> None:
    assert "do not fall into topics" in client.get("/topics?q=nothing").text
    assert client.get("/topics?page=x").status_code == 400


def test_topics_of_few_papers_take_singular_and_plural_together() -> None:
    """With so few papers each, a query would be read as asking for some of its words."""
    kinds = ("robot arm", "robot arms", "depth camera", "laser scanner", "mirror galvanometers")
    index = MemoryIndex()
    with index.writer() as writing:
        for at in range(40):
            title = f"Hand-eye calibration of {kinds[at % 5]}"
            writing.add(Paper(f"c{at}", title, "", ()))
            writing.add(Paper(f"o{at}", f"Welding {at}", "Hand in hand.", ()))
    with index.searcher() as searcher:
        topics = topics_of(searcher, parse_query("hand-eye calibration"))

        assert {topic.phrase: topic.total for topic in topics} == {
            "robot arm": 16, "depth camera": 8, "laser scanner": 8, "mirror galvanometers": 8,
        }  # fmt: skip
        assert topics[0].query.text == 'hand-eye calibration ("robot arm" OR "robot arms")'
        assert all(searcher.count(topic.query) == topic.total for topic in topics)


def test_a_part_of_a_longer_phrase_is_no_topic() -> None:
    index = MemoryIndex()
    with index.writer() as writing:
        for at in range(20):
            of = "visual question answering" if at % 2 else "reading comprehension"
            writing.add(Paper(f"q{at}", f"Benchmarks of {of}", "", ()))
    with index.searcher() as searcher:
        phrases = [topic.phrase for topic in topics_of(searcher, parse_query("benchmarks"))]

    assert phrases == ["reading comprehension", "visual question answering"]
