"""Finished pages: who gets one that was made before, and who must not."""

from __future__ import annotations

import gzip
from dataclasses import replace

import pytest
from flask import Flask

from indexer import load_config
from tests.oracle import MemoryIndex, MemorySearcher
from tests.web.conftest import PAPERS
from webui import create_app
from webui.http.response_cache import FinishedPage, PageCache

NAMES = ("Content-Type", "ETag", "Vary", "Cache-Control", "Content-Security-Policy")
Searches = list[int]


@pytest.fixture
def searches(monkeypatch: pytest.MonkeyPatch) -> Searches:
    """Counts what is searched."""
    made: Searches = []
    search = MemorySearcher.search

    def counted(*given: object, **named: object) -> object:
        made.append(1)
        return search(*given, **named)  # type: ignore[arg-type]

    monkeypatch.setattr(MemorySearcher, "search", counted)
    return made


def _app(index: MemoryIndex | None = None, **web: int) -> Flask:
    config = load_config()
    config = replace(config, web=replace(config.web, **web))  # type: ignore[arg-type]
    return create_app(config, index=index or MemoryIndex.of(PAPERS))


@pytest.mark.parametrize("address", ["/search?q=learning", "/search.json?q=learning", "/"])
@pytest.mark.parametrize("encoding", ["gzip", "identity"])
def test_a_page_is_made_once(searches: Searches, address: str, encoding: str) -> None:
    client = _app().test_client()
    headers = {"Accept-Encoding": encoding}
    first = client.get(address, headers=headers)
    made = len(searches)

    again = client.get(address, headers=headers)
    head = client.head(address, headers=headers)

    assert len(searches) == made > 0
    assert again.status_code == head.status_code == 200
    assert again.data == first.data
    assert head.data == b""
    for name in (*NAMES, "Content-Length", "Content-Encoding"):
        assert again.headers.getlist(name) == first.headers.getlist(name)
        assert head.headers.getlist(name) == first.headers.getlist(name)


def test_who_takes_no_gzip_gets_none() -> None:
    client = _app().test_client()
    packed = client.get("/search?q=learning", headers={"Accept-Encoding": "gzip"})

    plain = client.get("/search?q=learning")

    assert "Content-Encoding" not in plain.headers
    assert b"<title>" in plain.data
    assert gzip.decompress(packed.data).count(b"<li") == plain.data.count(b"<li")


def test_a_kept_page_answers_304_to_who_has_it(searches: Searches) -> None:
    client = _app().test_client()
    tag = client.get("/search?q=learning").headers["ETag"]
    assert client.get("/search?q=learning").headers["ETag"] == tag

    answer = client.get("/search?q=learning", headers={"If-None-Match": tag})

    assert answer.status_code == 304
    assert len(searches) == 1


def test_a_new_generation_has_new_pages() -> None:
    index = MemoryIndex.of(PAPERS)
    client = _app(index).test_client()
    assert client.get("/search.json?q=gossip").json["total"] == 1  # type: ignore[index]
    with index.writer() as writer:
        writer.add(replace(PAPERS[2], id="another"))

    assert client.get("/search.json?q=gossip").json["total"] == 2  # type: ignore[index]


def test_a_page_that_was_overtaken_is_not_the_page_of_the_new_generation(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    index = MemoryIndex.of(PAPERS)
    client = _app(index).test_client()
    search = MemorySearcher.search

    def overtaken(*given: object, **named: object) -> object:
        found = search(*given, **named)  # type: ignore[arg-type]
        monkeypatch.setattr(MemorySearcher, "search", search)
        with index.writer() as writer:
            writer.add(replace(PAPERS[2], id="another"))
        return found

    monkeypatch.setattr(MemorySearcher, "search", overtaken)
    assert client.get("/search.json?q=gossip").json["total"] == 1  # type: ignore[index]

    assert client.get("/search.json?q=gossip").json["total"] == 2  # type: ignore[index]


def test_another_host_has_its_own_addresses() -> None:
    client = _app().test_client()
    client.get("/feed.atom?q=learning", base_url="http://one.example")

    other = client.get("/feed.atom?q=learning", base_url="http://two.example")

    assert b"two.example" in other.data
    assert b"one.example" not in other.data


def test_the_order_of_what_is_repeated_shows() -> None:
    client = _app().test_client()
    one = client.get("/trends.csv?q=gossip&q=federated")

    other = client.get("/trends.csv?q=federated&q=gossip")

    assert one.data != other.data
    assert one.headers["ETag"] != other.headers["ETag"]


@pytest.mark.parametrize(
    "address", ["/healthz", "/record?q=learning", "/search?page=x", "/search.csv?q=learning"]
)
def test_what_may_change_or_is_at_fault_or_streams_is_made_anew(
    searches: Searches, address: str
) -> None:
    app = _app()
    client = app.test_client()
    for _ in range(2):
        client.get(address).get_data()
    kept = app.extensions["quiver.page_cache"]

    assert not kept._pages
    assert len(searches) != 1


def test_pages_made_before_count_for_the_limit_and_in_the_metrics() -> None:
    client = _app(requests_per_minute=3).test_client()

    answers = [client.get("/search?q=learning").status_code for _ in range(5)]

    assert answers == [200, 200, 200, 429, 429]
    told = client.get("/metrics").get_data(as_text=True)
    assert 'quiver_requests_total{status="2xx"} 3' in told


def test_no_page_is_kept_where_there_is_no_room(searches: Searches) -> None:
    client = _app(page_cache=0).test_client()
    for _ in range(3):
        client.get("/search?q=learning")

    assert len(searches) == 3


def test_a_long_address_takes_no_room() -> None:
    app = _app()
    client = app.test_client()
    client.get("/suggest?q=a")
    cache = app.extensions["quiver.page_cache"]
    client.get("/suggest?q=a&z=" + "z" * 8_000)

    assert len(cache._pages) == 2
    assert sum(len(str(key)) for key in cache._pages) < 200


def _page(size: int) -> FinishedPage:
    return FinishedPage((("Content-Type", "text/html"),), b"x" * size)


def test_the_page_unasked_for_longest_makes_room() -> None:
    one = _page(2_000)
    cache = PageCache(one.size * 20)
    for number in range(20):
        cache.keep(number, one)
    assert cache.find(0) is one

    cache.keep("new", one)

    assert cache.find(1) is None
    assert cache.find(0) is one
    assert cache.find("new") is one


def test_a_page_kept_again_is_counted_once() -> None:
    one = _page(2_000)
    cache = PageCache(one.size * 20)
    for _ in range(100):
        cache.keep("same", one)
    for number in range(19):
        cache.keep(number, one)

    assert cache.find("same") is one


def test_a_page_that_would_push_out_many_is_not_kept() -> None:
    cache = PageCache(100_000)
    cache.keep("large", _page(50_000))

    assert cache.find("large") is None
