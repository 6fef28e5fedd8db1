"""A real cluster: nodes that go, builds that stop, writers that meet, pages that lie deep."""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
import time
from collections.abc import Iterator
from contextlib import nullcontext
from dataclasses import replace
from itertools import count

import pytest

from indexer.backends.opensearch import search_requests
from indexer.backends.opensearch.connection import ClusterConfig
from indexer.backends.opensearch.document import DocumentMaker
from indexer.backends.opensearch.index import OpenSearchIndex
from indexer.errors import IndexError_, IndexLocked, IndexMissing
from indexer.language.parse import parse_query
from indexer.paper import Paper
from indexer.query import Query, Sort
from tests.backends.opensearch.cluster import Cluster, missing

pytestmark = pytest.mark.cluster

_numbers = count()
WORDS = "deep graph federated robust convex neural sparse learning networks methods".split()


def papers(size: int) -> list[Paper]:
    """Make papers of which every two differ."""
    return [
        Paper(
            f"p{n:05}",
            f"{WORDS[n % 10]} {WORDS[n // 10 % 10]} {WORDS[n // 100 % 10]} number{n}",
            f"About {WORDS[n % 7]} and {WORDS[n % 3]} things.",
            (f"Ann Ace {n % 50:04}", "Bob Bay"),
            f"V{n % 5}",
            2000 + n % 20,
        )
        for n in range(size)
    ]


def config(hosts: tuple[str, ...]) -> ClusterConfig:
    return ClusterConfig(
        hosts=hosts, name=f"c{os.getpid()}-{next(_numbers)}", shards=3, batch=100, timeout=60
    )


def ids(index: OpenSearchIndex) -> list[str]:
    with index.searcher() as searcher:
        return list(searcher.ids(Query()))


@pytest.fixture(scope="module")
def own_cluster() -> Iterator[Cluster]:
    """A cluster whose nodes may be killed."""
    if reason := missing():
        pytest.skip(reason)
    with Cluster() as started:
        yield started


@pytest.fixture
def nodes(own_cluster: Cluster) -> Cluster:
    """The same, whole before each test, whatever the one before did to it."""
    own_cluster.revive()
    own_cluster.wait(3, status="green")
    return own_cluster


@pytest.mark.parametrize("killed_at", [0, 900])
def test_a_build_outlives_a_node(nodes: Cluster, killed_at: int) -> None:
    index = OpenSearchIndex(config(nodes.hosts))
    every = papers(2000)

    with index.writer(rebuild=True) as writing:
        for number, paper in enumerate(every):
            if number == killed_at:
                nodes.kill(2)
            writing.add(paper)

    assert sorted(ids(index)) == [paper.id for paper in every]
    nodes.revive()
    nodes.wait(3, status="green")
    assert index.verify() == len(every)


def test_searches_go_on_when_a_node_goes(nodes: Cluster) -> None:
    index = OpenSearchIndex(config(nodes.hosts))
    with index.writer() as writing:
        for paper in papers(500):
            writing.add(paper)
    nodes.wait(3, status="green")
    failed: list[Exception] = []
    answered: list[int] = []
    stop = threading.Event()

    def load() -> None:
        while not stop.is_set():
            try:
                with index.searcher() as searcher:
                    answered.append(searcher.search(parse_query("deep learning")).total)
            except Exception as error:  # noqa: BLE001 - whatever it is, it is looked at below
                failed.append(error)

    def wait_for_more() -> None:
        enough, until = len(answered) + 30, time.monotonic() + 180
        while len(answered) < enough and time.monotonic() < until and not failed:
            time.sleep(0.1)
        assert len(answered) >= enough

    thread = threading.Thread(target=load)
    thread.start()
    try:
        wait_for_more()
        nodes.kill(1)
        time.sleep(10)
        wait_for_more()
    finally:
        stop.set()
        thread.join()

    assert not failed
    assert min(answered) > 0


def _write_and_die(settings: ClusterConfig) -> None:
    index = OpenSearchIndex(settings)
    with index.writer(rebuild=True, dumps=("a.jsonl",)) as writing:
        for paper in [*papers(250), Paper("stray", "Not in the dump any more")]:
            writing.add(paper)
        writing.add(Paper("p00000", "An older title"))
        writing._flush()
        writing._sender.drain()
        os.kill(os.getpid(), signal.SIGKILL)


def test_a_stopped_build_goes_on_where_it_was(
    cluster: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = config(cluster)
    index = OpenSearchIndex(settings)
    child = multiprocessing.get_context("spawn").Process(target=_write_and_die, args=(settings,))
    child.start()
    child.join(timeout=120)
    assert child.exitcode == -signal.SIGKILL
    assert index.generation() is None
    analysed = []
    real = DocumentMaker.document

    def counted(self: DocumentMaker, paper: Paper) -> dict[str, object]:
        analysed.append(paper.id)
        return real(self, paper)

    monkeypatch.setattr(DocumentMaker, "document", counted)
    with index.writer(rebuild=True, dumps=("a.jsonl",)) as writing:
        for paper in papers(400):
            writing.add(paper)

    assert sorted(ids(index)) == [f"p{n:05}" for n in range(400)]
    assert sorted(analysed) == ["p00000", *(f"p{n:05}" for n in range(250, 400))]
    with index.searcher() as searcher:
        assert searcher.info().dumps == ("a.jsonl",)
        assert searcher.get("p00000") == papers(1)[0]


def test_one_writer_at_a_time(cluster: tuple[str, ...]) -> None:
    settings = config(cluster)
    one, other = OpenSearchIndex(settings), OpenSearchIndex(settings)

    with one.writer() as writing:
        writing.add(papers(1)[0])
        with pytest.raises(IndexLocked, match=f"process {os.getpid()}"), other.writer():
            pytest.fail("two writers")
    with other.writer() as writing:
        writing.add(papers(2)[1])

    assert ids(one) == ["p00001", "p00000"]


def test_rolling_back_and_on(cluster: tuple[str, ...]) -> None:
    index = OpenSearchIndex(config(cluster))
    for paper in papers(3):
        with index.writer() as writing:
            writing.add(paper)
    newest = index.generation()

    back = index.rollback()
    assert back == index.generation()
    assert back > str(newest)
    assert sorted(ids(index)) == ["p00000", "p00001"]
    with index.writer() as writing:
        writing.add(papers(4)[3])
    assert sorted(ids(index)) == ["p00000", "p00001", "p00003"]
    assert index.verify() == 3


def test_what_lies_between_two_generations(cluster: tuple[str, ...]) -> None:
    index = OpenSearchIndex(config(cluster))
    first, second, third, fourth = papers(4)
    for written in ((first, second, third), (replace(second, title="New"), fourth)):
        with index.writer() as writing:
            writing.delete("p00000")
            for paper in (*written, replace(third, source="another:7")):
                writing.add(paper)
    old, new = index.generations.published()

    changes = index.changes(old)

    assert changes == index.changes(old, new)
    assert (changes.added, changes.changed, changes.gone) == (("p00003",), ("p00001",), ("p00000",))
    with pytest.raises(IndexMissing, match="g000009"):
        index.changes("g000009")


def test_a_build_that_loses_most_papers_is_refused(cluster: tuple[str, ...]) -> None:
    index = OpenSearchIndex(replace(config(cluster), most_lost=0.5))
    for size in (10, 4):
        with (
            pytest.raises(IndexError_, match=r"from 10 to 4, by more than 50%")
            if size == 4
            else nullcontext(),
            index.writer(rebuild=True, dumps=("a.jsonl",)) as writing,
        ):
            for paper in papers(size):
                writing.add(paper)

    assert len(ids(index)) == 10
    assert index._ledger.indices() == index.generations.published() == ["g000001"]


def test_a_writer_waits_for_another(cluster: tuple[str, ...]) -> None:
    settings = config(cluster)
    one, other = OpenSearchIndex(settings), OpenSearchIndex(replace(settings, wait=30))
    began = threading.Event()

    def write() -> None:
        with one.writer() as writing:
            began.set()
            time.sleep(1)
            writing.add(papers(1)[0])

    thread = threading.Thread(target=write)
    thread.start()
    began.wait()
    with other.writer() as writing:
        writing.add(papers(2)[1])
    thread.join()

    assert sorted(ids(one)) == ["p00000", "p00001"]


def test_the_first_generation_cannot_be_rolled_back(cluster: tuple[str, ...]) -> None:
    index = OpenSearchIndex(config(cluster))
    with pytest.raises(IndexMissing), index.searcher():
        pytest.fail("nothing was published")
    with index.writer() as writing:
        writing.add(papers(1)[0])
    with pytest.raises(IndexMissing, match="no generation to go back to"):
        index.rollback()


def test_old_generations_go_after_their_time(cluster: tuple[str, ...]) -> None:
    index = OpenSearchIndex(replace(config(cluster), keep=2, grace=0))
    for paper in papers(4):
        with index.writer() as writing:
            writing.add(paper)

    assert index.generations.published() == ["g000003", "g000004"]
    assert index._ledger.indices() == ["g000003", "g000004"]


@pytest.mark.parametrize("sort", list(Sort))
def test_pages_behind_the_wall(
    cluster: tuple[str, ...], sort: Sort, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What the cluster cannot count through in one request is walked to."""
    index = OpenSearchIndex(config(cluster))
    with index.writer() as writing:
        for paper in papers(100):
            writing.add(paper)
    query = parse_query("things", sort=sort, per_page=7)
    with index.searcher() as searcher:
        expected = list(searcher.ids(query))
        monkeypatch.setattr(search_requests, "WALL", 10)
        found = [
            hit.paper.id
            for page in range(1, 17)
            for hit in searcher.search(replace(query, page=page), facets=()).hits
        ]

        assert found == expected == list(searcher.ids(query))
    assert len(set(found)) == 100
