"""All real papers: a node is killed while they are written, and another while they are searched."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from indexer.backends.opensearch.connection import ClusterConfig
from indexer.backends.opensearch.index import OpenSearchIndex
from indexer.language.parse import parse_query
from indexer.paper import Paper
from indexer.query import Query, Sort
from tests.backends.opensearch.cluster import Cluster, missing
from tests.conformance.test_real import read

pytestmark = pytest.mark.cluster

PAPERS = int(os.environ.get("QUIVER_KILL_PAPERS", "86867"))
TIMEOUT = 20.0
"""Seconds that a search may take; the copies of a dead node's parts take over within them."""
LOAD = 30.0
"""Seconds that searches go on after a node was killed."""
QUESTIONS = ("deep learning", "visual slam", "author:Jaggi", '"neural network"', "graph venue:ICML")


@pytest.fixture(scope="module")
def papers(shared_data: Path) -> list[Paper]:
    return list(read(shared_data))[:PAPERS]


@pytest.fixture(scope="module")
def nodes() -> Iterator[Cluster]:
    if reason := missing():
        pytest.skip(reason)
    with Cluster() as started:
        yield started


@pytest.fixture(scope="module")
def index(nodes: Cluster, papers: list[Paper]) -> OpenSearchIndex:
    """The index of all papers; node 2 dies when half of them are sent, and comes back after."""
    config = ClusterConfig(
        hosts=nodes.hosts, name=f"kill{os.getpid()}", shards=3, timeout=TIMEOUT, keep=1
    )
    built = OpenSearchIndex(config)
    began = time.monotonic()
    with built.writer(rebuild=True, dumps=("papers.jsonl.gz",)) as writing:
        for number, paper in enumerate(papers):
            if number == len(papers) // 2:
                nodes.kill(2)
            writing.add(paper)
    print(f"{len(papers):,} papers: {time.monotonic() - began:.0f} s")  # noqa: T201 - shown by -s
    nodes.start(2)
    nodes.wait(3, status="green", seconds=600)
    return built


def test_every_paper_is_there_once(index: OpenSearchIndex, papers: list[Paper]) -> None:
    with index.searcher() as searcher:
        found = list(searcher.ids(Query(sort=Sort.TITLE)))
        some = [searcher.get(paper.id) for paper in papers[::500]]

    assert len(found) == len(papers)
    assert set(found) == {paper.id for paper in papers}
    assert some == papers[::500]
    assert index.verify() == len(papers)


def test_no_search_fails_when_a_node_does(index: OpenSearchIndex, nodes: Cluster) -> None:
    with index.searcher() as searcher:
        totals = {text: searcher.search(parse_query(text)).total for text in QUESTIONS}
    seconds: list[float] = []
    failed: list[Exception] = []
    stop = threading.Event()

    def load(first: int) -> None:
        at = first
        while not stop.is_set():
            text = QUESTIONS[at % len(QUESTIONS)]
            began = time.monotonic()
            try:
                with index.searcher() as searcher:
                    assert searcher.search(parse_query(text)).total == totals[text]
            except Exception as error:  # noqa: BLE001 - whatever it is, it is looked at below
                failed.append(error)
            seconds.append(time.monotonic() - began)
            at += 1

    threads = [threading.Thread(target=load, args=(first,)) for first in range(3)]
    for thread in threads:
        thread.start()
    while len(seconds) < 2 * len(QUESTIONS) * len(threads) and not failed:
        time.sleep(0.5)
    before = len(seconds)
    nodes.kill(1)
    time.sleep(LOAD)
    stop.set()
    for thread in threads:
        thread.join()
    print(  # noqa: T201 - shown by -s
        f"{len(seconds)} searches, {len(failed)} failed; slowest {max(seconds):.1f} s, "
        f"before the kill {max(seconds[:before]):.1f} s"
    )

    assert not failed
    assert len(seconds) > before
    assert max(seconds) < 2 * TIMEOUT  # a page is a few requests
