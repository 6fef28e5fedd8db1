"""Batches arrive whole and once, whatever happens on the way."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from typing import Any

import pytest
from opensearchpy.exceptions import ConnectionError as Unreachable

from indexer.backends.opensearch import bulk
from indexer.backends.opensearch.bulk import Batch, BulkSender, Pace
from indexer.backends.opensearch.connection import ClusterConfig
from indexer.errors import IndexError_, IndexUnavailable

CONFIG = ClusterConfig(retries=3)


class FaultyCluster:
    """Keeps documents; before each request a fault can be given to it."""

    def __init__(self, *faults: str) -> None:
        self.documents: dict[str, Any] = {}
        self.faults: Iterator[str] = iter(faults)
        self.requests = 0

    def bulk(self, *, body: str, index: str, params: dict[str, Any]) -> dict[str, Any]:
        assert index == "i"
        assert params["request_timeout"] == CONFIG.bulk_timeout
        self.requests += 1
        fault = next(self.faults, "")
        if fault == "away":
            raise Unreachable("N/A", "refused", None)
        lines = [json.loads(line) for line in body.splitlines()]
        items = []
        at = 0
        while at < len(lines):
            ((action, about),) = lines[at].items()
            busy = fault == "busy" and about["_id"] == "b"
            refused = fault == "refused" and about["_id"] == "b"
            status = 429 if busy else 400 if refused else 200
            if status == 200 and action == "index":
                self.documents[about["_id"]] = lines[at + 1]
            elif status == 200 and self.documents.pop(about["_id"], None) is None:
                status = 404
            error = {"error": {"type": "full", "reason": "too long"}} if status >= 400 else {}
            items.append({action: {"_id": about["_id"], "status": status, **error}})
            at += 2 if action == "index" else 1
        if fault == "lost answer":
            raise Unreachable("N/A", "reset", None)
        return {"items": items}


def sent(cluster: FaultyCluster, *batches: Batch) -> list[float]:
    pauses: list[float] = []
    sender = BulkSender(cluster, "i", CONFIG, sleep=pauses.append, chance=lambda: 1.0)  # type: ignore[arg-type]
    try:
        for batch in batches:
            sender.send(batch)
        sender.drain()
    finally:
        sender.close()
    return pauses


@pytest.mark.parametrize(
    ("faults", "expected"),
    [
        ((), []),
        (("busy", "busy"), [1.0, 2.0]),
        (("away",), [1.0]),
        (("lost answer",), [1.0]),
        (("away", "away", "lost answer"), [1.0, 2.0, 4.0]),
        (("away", "busy", "lost answer"), [1.0, 1.0, 2.0]),  # some arrive with the second
    ],
)
def test_all_arrives(faults: tuple[str, ...], expected: list[float]) -> None:
    cluster = FaultyCluster(*faults)

    pauses = sent(cluster, Batch({"a": {"n": 1}, "b": {"n": 2}, "c": {"n": 3}}))

    assert cluster.documents == {"a": {"n": 1}, "b": {"n": 2}, "c": {"n": 3}}
    assert pauses == expected


def test_the_last_word_on_a_paper_is_the_last() -> None:
    cluster = FaultyCluster("busy", "away")

    sent(
        cluster,
        Batch({"a": {"n": 1}, "b": {"n": 1}}),
        Batch({"b": {"n": 2}}),
        Batch({"a": None, "b": {"n": 3}}),
        Batch({"never there": None}),
    )

    assert cluster.documents == {"b": {"n": 3}}


def test_a_cluster_that_stays_away_is_given_up() -> None:
    with pytest.raises(IndexUnavailable, match="in 4 tries"):
        sent(FaultyCluster(*["away"] * 9), Batch({"a": {}}))


def test_a_refused_paper_is_named_and_not_sent_again() -> None:
    cluster = FaultyCluster("refused")

    with pytest.raises(IndexError_, match=r"paper 'b'.*too long"):
        sent(cluster, Batch({"a": {}, "b": {}}))
    assert cluster.requests == 1


def test_requests_are_small_enough(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bulk, "LARGEST", 1000)
    cluster = FaultyCluster()

    sent(cluster, Batch({str(n): {"text": "x" * 300} for n in range(7)}))
    assert cluster.requests == 4
    sent(cluster, Batch({"long": {"text": "x" * 5000}}))
    assert len(cluster.documents) == 8


def test_a_cluster_that_is_too_busy_is_pressed_less_and_then_more_again() -> None:
    pace = Pace(papers=160, requests=3)
    pace.slower()
    assert (pace.papers, pace.requests) == (80, 1)
    for _ in range(9):
        pace.slower()
    assert (pace.papers, pace.requests) == (10, 1)
    for _ in range(16):
        pace.faster()
    assert (pace.papers, pace.requests) == (160, 3)
    pace.faster()
    assert (pace.papers, pace.requests) == (160, 3)


def test_no_more_requests_are_under_way_than_the_pace_allows() -> None:
    pace = Pace(papers=10, requests=2)
    together: list[int] = []
    running = 0
    lock = threading.Lock()

    def send() -> None:
        nonlocal running
        with pace.turn():
            with lock:
                running += 1
                together.append(running)
            time.sleep(0.01)
            with lock:
                running -= 1

    threads = [threading.Thread(target=send) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(together) == 8
    assert max(together) <= 2
