"""Pages of queries that take too long, and what a page says of a clause that was cut."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from indexer import Paper, parse_query
from indexer.backends.whoosh.index import WhooshIndex
from indexer.budget import TIME_NOTE, Limits
from indexer.cli.terminal import results_lines
from webui import create_app

PAPERS = tuple(
    Paper(
        id=f"p{number}",
        title=f"Learning a{number:04} of graphs",
        abstract=" ".join(f"c{number * 7 + step:05}" for step in range(7)) + " the of the",
        authors=(f"Ann Lee{number}",),
        venue="ICML",
        year=2000 + number % 20,
    )
    for number in range(100)
)
PAGES = ("/search?q=learning", "/search.json?q=learning", "/facet/venue?q=learning",
         "/similar?id=p1")  # fmt: skip
WHOLE = ("/search.bib?q=learning", "/export?q=learning&format=ris", "/search.atom?q=learning",
         "/trends?q=learning", "/trends.csv?q=learning", "/record.json?q=learning",
         "/search.json?q=learning&cursor=*", "/search.json?q=learning&group_by=venue",
         "/record/diff?q=learning&since=g000001")  # fmt: skip


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("deadline")
    with WhooshIndex(folder).writer() as writer:
        for paper in PAPERS:
            writer.add(paper)
    return folder


@pytest.fixture(scope="module")
def late(folder: Path) -> FlaskClient:
    """A client of a server whose queries are late as soon as they begin."""
    return create_app(index=WhooshIndex(folder, limits=Limits(seconds=-1.0))).test_client()


@pytest.fixture(scope="module")
def client(folder: Path) -> FlaskClient:
    return create_app(index=WhooshIndex(folder)).test_client()


@pytest.mark.parametrize("address", PAGES)
def test_a_page_in_part_is_neither_kept_nor_tagged(late: FlaskClient, address: str) -> None:
    for _ in range(2):
        response = late.get(address)
        assert response.status_code == 200
        assert "ETag" not in response.headers
        assert response.cache_control.no_store
        told = response.get_data(as_text=True)
        assert ('"timed_out":true' if "json" in address else "took too long") in told


@pytest.mark.parametrize("address", WHOLE)
def test_what_lists_or_compares_all_papers_is_not_given_in_part(
    late: FlaskClient, client: FlaskClient, address: str
) -> None:
    response = late.get(address)

    assert response.status_code == 503
    assert response.headers["Retry-After"] == "5"
    assert "took too long" in response.get_data(as_text=True)
    assert client.get(address).status_code == 200


def test_a_list_begun_in_time_is_whole_however_slowly_it_is_taken(folder: Path) -> None:
    with WhooshIndex(folder).searcher() as searcher:
        page = searcher.for_page()
        ids = page.ids(parse_query("learning"))
        assert page._deadline is not None
        page._deadline.late = True
        assert len(list(ids)) == len(PAPERS)
    with WhooshIndex(folder, limits=Limits(seconds=-1.0)).searcher() as searcher:
        page = searcher.for_page()
        page.ids(parse_query("learning"))
        assert page.timed_out  # before the first is taken


@pytest.mark.parametrize("address", PAGES)
def test_a_page_in_time_is_tagged(client: FlaskClient, address: str) -> None:
    response = client.get(address)

    assert "ETag" in response.headers
    told = response.get_data(as_text=True)
    assert "took too long" not in told
    assert "timed_out" not in told


@pytest.mark.parametrize("others", ["", " learning graphs"])
def test_what_was_cut_of_a_pattern_is_said_everywhere(
    client: FlaskClient, folder: Path, others: str
) -> None:
    text = f"c*{others}"
    note = "stopped at 512 of 700 words"

    page = client.get("/search", query_string={"q": text}).get_data(as_text=True)
    assert f'<p class="notice">c*: {note}</p>' in page

    told = json.loads(client.get("/search.json", query_string={"q": text}).data)
    clauses = told["receipt"]["clauses"]
    assert [one["note"] for one in clauses if one["text"] == "c*"] == [note]

    with WhooshIndex(folder).searcher() as searcher:
        lines = "\n".join(results_lines(searcher.search(parse_query(text))))
    assert f"c*: {note}" in lines


def test_many_clauses_that_were_cut_are_counted(client: FlaskClient) -> None:
    text = " OR ".join(f"*{number:02}?" for number in range(36))

    page = client.get("/search", query_string={"q": text}).get_data(as_text=True)

    assert page.count('<p class="notice">*') == 3
    assert "1 more part of the query is left out or cut" in page


def test_every_clause_that_was_late_is_named_or_counted(late: FlaskClient) -> None:
    page = late.get("/search?q=learning+graphs").get_data(as_text=True)

    assert page.count(f"{TIME_NOTE}</p>") == 2
