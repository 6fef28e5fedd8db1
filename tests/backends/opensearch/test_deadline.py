"""The deadline of a page as a cluster is told of it; no cluster is needed."""

from __future__ import annotations

from typing import Any, cast

import pytest

from indexer.analysis import Analyzer
from indexer.backends.opensearch.execution import Finder
from indexer.backends.opensearch.scoring import Collection
from indexer.backends.opensearch.term_dictionary import WordFacts
from indexer.budget import PATIENCE, Budget, Deadline, Limits
from indexer.language.parse import parse_query
from indexer.query import Match
from indexer.ranking import Ranking

NOBODY = {"hits": {"total": {"value": 0}, "hits": []}, "aggregations": {}}


class Cluster:
    """Finds nothing, and says that it took too long if it is told to."""

    def __init__(self, *, timed_out: bool = False) -> None:
        self.timed_out = timed_out
        self.asked: list[dict[str, Any]] = []

    def __call__(self, body: dict[str, Any], **_: Any) -> dict[str, Any]:
        self.asked.append(body)
        return {**NOBODY, "hits": dict(NOBODY["hits"]), "timed_out": self.timed_out}


def finder(cluster: Cluster, limits: Limits) -> Finder:
    collection = Collection(100, {"title": 10.0, "abstract": 100.0, "author": 3.0})
    words = WordFacts(cast("Any", cluster), Analyzer())
    return Finder(cast("Any", cluster), words, collection, Ranking(), limits)


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.mark.parametrize("timed_out", [False, True])
def test_the_cluster_is_told_what_time_is_left(timed_out: bool) -> None:  # noqa: FBT001
    cluster, clock = Cluster(timed_out=timed_out), Clock()
    budget = Budget(Limits(), Deadline(1.0, clock=clock, wall=clock))
    clock.now = 0.5

    finder(cluster, Limits()).find(parse_query("", match=Match.ALL), 0, 10, budget=budget)

    pages = [body for body in cluster.asked if body.get("track_total_hits")]
    assert [body["timeout"] for body in pages] == [f"{(PATIENCE - 0.5) * 1000:.0f}ms"]
    assert budget.late is timed_out


def test_what_is_listed_whole_takes_the_time_that_it_needs() -> None:
    cluster = Cluster()

    assert not list(finder(cluster, Limits()).ids(parse_query("")))
    assert not any("timeout" in body for body in cluster.asked)
