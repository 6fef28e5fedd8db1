"""What every answer carries, and which generation it is made of."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from indexer import IndexMissing, Paper
from tests.oracle import MemoryIndex, MemorySearcher
from tests.web.conftest import PAPERS
from tests.web.reading import hits, read
from webui import create_app
from webui.http.searcher_pool import Snapshots

PAGES = ("/", "/search?q=learning", "/paper/p1", "/author/tao-lin", "/nowhere", "/search.json",
         "/search?page=x", "/help", "/static/quiver.css")  # fmt: skip


@pytest.mark.parametrize("address", PAGES)
def test_no_page_loads_anything_from_elsewhere_or_keeps_a_cookie(
    client: FlaskClient, address: str
) -> None:
    with client.get(address) as response:
        headers = response.headers
        assert "Set-Cookie" not in headers
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["Referrer-Policy"] == "same-origin"
        assert "default-src 'none'" in headers["Content-Security-Policy"]
        assert "unsafe" not in headers["Content-Security-Policy"]


@pytest.mark.parametrize("address", PAGES[:6])
def test_no_page_holds_inline_code_or_style(client: FlaskClient, address: str) -> None:
    page = read(client.get(address).text)

    def check(element: object) -> None:
        attrs = getattr(element, "attrs", {})
        assert not [name for name in attrs if name == "style" or name.startswith("on")]
        if getattr(element, "tag", "") == "script":
            assert attrs.get("src") or attrs.get("type") == "application/ld+json"
        assert getattr(element, "tag", "") != "style"
        for child in getattr(element, "children", ()):
            check(child)

    if address != "/search.json":
        check(page)


def test_static_files_may_be_kept_for_ever_under_their_hash(client: FlaskClient) -> None:
    sheet = read(client.get("/").text).one("link", rel="stylesheet").attrs["href"]

    with client.get(sheet) as response:
        assert response.cache_control.immutable
        assert response.cache_control.max_age == 31_536_000


def test_an_index_that_is_not_there_yet_is_a_503_with_the_command(tmp_path: Path) -> None:
    index = MemoryIndex()
    client = create_app(index=index).test_client()

    before = client.get("/search?q=learning")
    for_machines = client.get("/search.json?q=learning")
    with index.writer() as writer:
        writer.add(PAPERS[0])
    after = client.get("/search?q=learning")

    assert before.status_code == 503
    assert before.headers["Retry-After"]
    assert "quiver build" in read(before.text).one("pre").text
    assert read(before.text).one("search").one("form")
    assert for_machines.status_code == 503
    assert for_machines.content_type == "application/problem+json"
    assert after.status_code == 200


def test_a_new_generation_is_seen_on_the_next_request() -> None:
    index = MemoryIndex.of(PAPERS)
    client = create_app(index=index).test_client()

    before = hits(read(client.get("/search?q=gossip").text))
    with index.writer() as writer:
        writer.add(replace(PAPERS[2], id="another"))
    after = hits(read(client.get("/search?q=gossip").text))

    assert (before, after) == (1, 2)


class _CountingIndex(MemoryIndex):
    """Counts how many searchers are open."""

    def __init__(self) -> None:
        super().__init__()
        self.open = 0

    @contextmanager
    def searcher(self, generation: str | None = None) -> Iterator[MemorySearcher]:
        with super().searcher(generation) as searcher:
            self.open += 1
            try:
                yield searcher
            finally:
                self.open -= 1


def publish(index: MemoryIndex, paper: Paper) -> None:
    with index.writer() as writer:
        writer.add(paper)


def test_an_old_generation_closes_with_its_last_request() -> None:
    index = _CountingIndex()
    publish(index, PAPERS[0])
    snapshots = Snapshots(index)

    with snapshots.lent() as old:
        with snapshots.lent() as same:
            assert same is old
        publish(index, PAPERS[1])
        with snapshots.lent() as new:
            assert new is not old
            assert index.open == 2
            assert old.get("p2") is None
    assert index.open == 1
    snapshots.close()
    assert index.open == 0


def test_nothing_published_raises_and_leaves_nothing_open() -> None:
    index = _CountingIndex()
    with pytest.raises(IndexMissing), Snapshots(index).lent():
        pass
    assert index.open == 0


def test_requests_during_publication_see_whole_generations() -> None:
    index = MemoryIndex()
    first = [replace(PAPERS[0], id=f"a{number}") for number in range(5)]
    with index.writer() as writer:
        for paper in first:
            writer.add(paper)
    app = create_app(index=index)
    seen: list[int] = []
    faults: list[str] = []
    stop = threading.Event()

    def ask() -> None:
        client = app.test_client()
        while not stop.is_set():
            response = client.get("/search.json?q=federated")
            if response.status_code == 200 and response.json is not None:
                seen.append(response.json["total"])
            else:
                faults.append(response.text)

    threads = [threading.Thread(target=ask) for _ in range(3)]
    for thread in threads:
        thread.start()
    for turn in range(1, 6):
        with index.writer() as writer:
            for number in range(5):
                writer.add(replace(PAPERS[0], id=f"b{turn}-{number}"))
    stop.set()
    for thread in threads:
        thread.join()

    assert not faults
    assert seen
    assert all(total % 5 == 0 for total in seen)
