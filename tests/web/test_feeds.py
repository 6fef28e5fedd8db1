"""Atom feeds, read by feedparser, and arXiv's API, asked by arXiv's own client."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from urllib.parse import urlsplit

import arxiv
import feedparser
import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.serving import make_server

from indexer import Paper
from tests.oracle import MemoryIndex
from tests.web.conftest import PAPERS
from tests.web.reading import read
from webui import create_app
from webui.views.arxiv_api import in_our_syntax


def path(address: str) -> str:
    parts = urlsplit(address)
    return f"{parts.path}?{parts.query}"


@pytest.mark.parametrize(
    "address",
    ["/feed.atom", "/search.atom?q=learning", "/author/ada-byron.atom", "/venue/icml.atom",
     "/feed.atom?q=zzz", "/feed.atom?q=%00%01"],
)  # fmt: skip
def test_feeds_are_well_formed_and_complete(client: FlaskClient, address: str) -> None:
    response = client.get(address)
    found = feedparser.parse(response.data)

    assert response.mimetype == "application/atom+xml"
    assert not found.bozo
    assert found.version == "atom10"
    assert found.feed.id
    assert found.feed.title
    assert found.feed.updated_parsed
    assert found.feed.author
    for entry in found.entries:
        assert entry.id.startswith("urn:uuid:")
        assert client.get(path(entry.link)).status_code == 200
        assert entry.updated_parsed


def test_a_reader_that_comes_again_finds_what_was_added_first_and_dated() -> None:
    """Whatever its year; what was there keeps its times, what was mended says so."""
    index = MemoryIndex.of(PAPERS)
    client = create_app(index=index).test_client()
    before = feedparser.parse(client.get("/feed.atom?q=learning").data)
    time.sleep(1.1)  # times are whole seconds
    late = Paper("late", "Learning of long ago, typed in today", year=1971)
    mended = replace(PAPERS[0], title="Federated learning on very small devices")
    with index.writer() as writer:
        writer.add(late)
        writer.add(mended)
    after = feedparser.parse(client.get("/feed.atom?q=learning").data)

    was, now = ({one.id: one for one in feed.entries} for feed in (before, after))
    assert after.entries[0].title == late.title
    (new,) = now.keys() - was.keys()
    assert new == after.entries[0].id
    changed = {one for one in was if one in now and was[one].updated != now[one].updated}
    assert [now[one].title for one in changed] == [mended.title]
    assert all(was[one].published == now[one].published for one in was.keys() & now.keys())
    assert all(one.published <= one.updated for one in after.entries)
    assert after.feed.updated == max(one.updated for one in after.entries) > before.feed.updated
    with index.searcher() as searcher:
        times = searcher.times("late")
        assert times is not None
        assert now[new].published == now[new].updated == times.first_indexed

    listed = client.get("/search.json?q=learning&sort=-added").json
    assert listed is not None
    assert listed["hits"][0]["title"] == late.title
    sitemap = client.get("/sitemap-papers-1.xml").text
    assert sitemap.count(f"<lastmod>{times.last_changed}</lastmod>") == 2


def test_the_pages_of_a_feed_are_the_hits_of_its_query_last_added_first(
    client: FlaskClient,
) -> None:
    address = "/feed.atom?q=rate&per_page=25"
    titles: list[str] = []
    while address:
        found = feedparser.parse(client.get(address).data)
        titles += [entry.title for entry in found.entries]
        links = {link.rel: link.href for link in found.feed.links}
        address = path(links["next"]) if "next" in links else ""

    expected = client.get("/search.json?q=rate&per_page=100&sort=-added").json
    assert expected is not None
    assert titles == [hit["title"] for hit in expected["hits"]]
    assert found.feed.opensearch_totalresults == "60"


def test_the_entry_of_a_paper(client: FlaskClient) -> None:
    (entry,) = feedparser.parse(client.get("/feed.atom?q=%22gossip+without%22").data).entries

    assert entry.title == PAPERS[2].title
    assert [author.name for author in entry.authors] == list(PAPERS[2].authors)
    assert [tag.term for tag in entry.tags] == ["JMLR"]


def test_pages_name_their_feeds(client: FlaskClient) -> None:
    for address in ("/search?q=learning", "/author/ada-byron", "/venue/icml"):
        page = read(client.get(address).text)
        links = page.all("link", type="application/atom+xml")
        assert client.get(links[0].attrs["href"]).status_code == 200


@pytest.mark.parametrize(
    ("theirs", "ours"),
    [
        ("all:electron", "electron"),
        ("ti:gossip AND au:lin", "title:gossip AND author:lin"),
        ("au:del_maestro ANDNOT ti:checkerboard",
         'author:"del maestro" AND NOT title:checkerboard'),
        ('abs:"weight decay" OR cat:ICML', 'abstract:"weight decay" OR venue:ICML'),
        ("submittedDate:[201901010000 TO 202112312359]", "year:2019-2021"),
        ("plain words", "plain words"),
    ],
)  # fmt: skip
def test_queries_of_arxiv_are_understood(theirs: str, ours: str) -> None:
    assert in_our_syntax(theirs) == ours


@pytest.mark.parametrize(
    "bad", ["start=-1", "max_results=x", "max_results=3000", "sortBy=luck", "sortOrder=sideways"]
)
def test_faults_are_told_as_arxiv_tells_them(client: FlaskClient, bad: str) -> None:
    response = client.get(f"/api/query?search_query=x&{bad}")
    found = feedparser.parse(response.data)

    assert (response.status_code, response.mimetype) == (400, "application/atom+xml")
    assert not found.bozo
    assert found.feed.opensearch_totalresults == "1"
    (entry,) = found.entries
    assert entry.title == "Error"
    assert entry.summary.startswith(f"{bad.partition('=')[0]}: expected")
    assert client.get(path(entry.link)).status_code == 200


def test_an_api_of_arxiv_without_an_index_says_so_in_atom() -> None:
    response = create_app(index=MemoryIndex()).test_client().get("/api/query?search_query=x")

    assert (response.status_code, response.mimetype) == (503, "application/atom+xml")
    assert response.headers["Retry-After"]
    assert [entry.title for entry in feedparser.parse(response.data).entries] == ["Error"]


@pytest.mark.parametrize(
    "address", ["/feed.atom?q=learning&per_page=5", "/author/ada-byron.atom", "/venue/icml.atom"]
)
def test_ids_are_the_same_on_every_host_and_page(client: FlaskClient, address: str) -> None:
    def ids(base: str, page: int = 1) -> list[str]:
        joint = "&" if "?" in address else "?"
        text = client.get(f"{address}{joint}page={page}", base_url=base).data
        found = feedparser.parse(text)
        return [found.feed.id, *(entry.id for entry in found.entries)]

    here = ids("http://localhost/")
    assert here == ids("https://papers.example.org:8080/sub/")
    assert ids("http://localhost/", 2)[0] == here[0]
    assert len(set(here)) == len(here)
    assert not any("localhost" in one or "example" in one for one in here)


SHAPES = (
    Paper("bare", "Nothing but a title"),
    Paper("hep-th/9901001", "An old number", "Text.", ("A. Person",), year=1999),
    Paper("2107.05580v2", "A second version", "", ("B. Person",), "arXiv", 2021),
    Paper("undated", "No year", "Text.", ("C. Person",), "ICML", None),
    Paper("anonymous", "No author", "Text.", (), "ICML", 2020),
)
"""Papers that lack what every paper of arXiv has, and identifiers of all its ages."""


@pytest.mark.parametrize("paper", SHAPES, ids=lambda paper: paper.id)
def test_an_entry_has_all_that_clients_of_arxiv_require(paper: Paper) -> None:
    """`arxiv` 1.4, 2.1 and others read these without asking whether they are there."""
    client = create_app(index=MemoryIndex.of(SHAPES)).test_client()
    address = f"/api/query?id_list={paper.id}"
    (entry,) = feedparser.parse(client.get(address).data).entries

    assert entry.id == entry.link
    assert entry.title == paper.title
    assert entry.summary == paper.abstract
    assert [one.name for one in entry.authors] == [*paper.authors] or ["Unknown"]
    assert entry.arxiv_primary_category["term"] == entry.tags[0].term
    assert entry.published_parsed
    assert entry.updated_parsed


@pytest.fixture
def site(app: Flask) -> Iterator[str]:
    """The application behind a real address."""
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


def test_the_client_of_arxiv_reads_the_whole_answer_unchanged(site: str) -> None:
    asking = arxiv.Client(page_size=20, delay_seconds=0, num_retries=0)
    asking.query_url_format = f"{site}/api/query?{{}}"
    wanted = arxiv.Search(query="all:rate AND cat:ICML", sort_by=arxiv.SortCriterion.SubmittedDate)

    found = list(asking.results(wanted))
    one = next(asking.results(arxiv.Search(id_list=["p1"])))

    assert len(found) == 20
    assert len({each.entry_id for each in found}) == 20
    years = [each.published.year for each in found]
    assert years == sorted(years, reverse=True)
    assert one.title == PAPERS[0].title
    assert [author.name for author in one.authors] == list(PAPERS[0].authors)
    assert one.doi == PAPERS[0].doi
    assert one.journal_ref == "ICML 2019"
    assert one.summary.strip() == PAPERS[0].abstract.strip()
