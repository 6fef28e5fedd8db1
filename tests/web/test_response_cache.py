"""Tags, 304s and compression."""

from __future__ import annotations

import gzip
from dataclasses import replace

import pytest
from flask.testing import FlaskClient

from tests.oracle import MemoryIndex, MemorySearcher
from tests.web.conftest import PAPERS
from webui import create_app

ADDRESSES = ("/", "/search?q=learning", "/search.json?q=learning", "/paper/p1", "/author/tao-lin",
             "/venue/icml", "/robots.txt", "/sitemap.xml")  # fmt: skip


@pytest.mark.parametrize("address", ADDRESSES)
def test_a_known_answer_is_not_sent_again(client: FlaskClient, address: str) -> None:
    tag = client.get(address).headers["ETag"]

    again = client.get(address, headers={"If-None-Match": tag})

    assert again.status_code == 304
    assert not again.data
    assert again.headers["ETag"] == tag


def test_nothing_is_searched_for_a_known_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    client = create_app(index=MemoryIndex.of(PAPERS)).test_client()
    tag = client.get("/search?q=learning").headers["ETag"]

    def never(*_: object, **__: object) -> None:
        pytest.fail("it was searched")

    monkeypatch.setattr(MemorySearcher, "search", never)

    assert client.get("/search?q=learning", headers={"If-None-Match": tag}).status_code == 304


def test_a_new_generation_has_new_tags() -> None:
    index = MemoryIndex.of(PAPERS)
    client = create_app(index=index).test_client()
    tag = client.get("/search?q=gossip").headers["ETag"]
    with index.writer() as writer:
        writer.add(replace(PAPERS[2], id="another"))

    again = client.get("/search?q=gossip", headers={"If-None-Match": tag})

    assert again.status_code == 200
    assert again.headers["ETag"] != tag


def test_order_of_parameters_does_not_change_a_tag(client: FlaskClient) -> None:
    one = client.get("/search?q=learning&venue=ICML").headers["ETag"]
    other = client.get("/search?venue=ICML&q=learning").headers["ETag"]
    third = client.get("/search?venue=ICLR&q=learning").headers["ETag"]

    assert one == other != third


def test_faults_are_never_tagged(client: FlaskClient) -> None:
    for address in ("/search?page=x", "/nowhere", "/healthz"):
        assert "ETag" not in client.get(address).headers


@pytest.mark.parametrize("address", ["/search?q=learning", "/author/tao-lin.json", "/nowhere"])
def test_pages_are_compressed_for_those_who_take_it(client: FlaskClient, address: str) -> None:
    small = client.get(address, headers={"Accept-Encoding": "gzip"})
    whole = client.get(address)

    assert small.headers["Content-Encoding"] == "gzip"
    assert "Content-Encoding" not in whole.headers
    assert "Accept-Encoding" in small.vary
    assert "Accept-Encoding" in whole.vary
    assert len(small.data) == int(small.headers["Content-Length"])
    assert gzip.decompress(small.data)[:60] == whole.data[:60]


def test_a_result_page_of_ten_hits_is_light(client: FlaskClient) -> None:
    with client.get("/static/quiver.css", headers={"Accept-Encoding": "gzip"}) as sheet:
        page = client.get("/search?q=learning&per_page=10", headers={"Accept-Encoding": "gzip"})

        assert len(page.data) + len(sheet.data) < 60_000
