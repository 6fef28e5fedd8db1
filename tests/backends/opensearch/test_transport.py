"""One search, asked again where the cluster failed in the midst of it."""

from __future__ import annotations

from typing import Any, cast

import pytest
from opensearchpy import OpenSearch
from opensearchpy.exceptions import ConnectionTimeout, TransportError

from indexer.backends.opensearch.connection import Breaker
from indexer.backends.opensearch.ledger import Ledger
from indexer.backends.opensearch.transport import ClusterTransport
from indexer.errors import IndexUnavailable


class Failing:
    """A cluster that fails some times, then answers."""

    def __init__(self, *faults: Exception) -> None:
        self.faults = list(faults)
        self.asked: list[dict[str, Any]] = []

    def search(self, *, index: str, body: object, params: dict[str, Any]) -> dict[str, Any]:
        assert index == "papers-g000001"
        self.asked.append(params)
        if self.faults:
            raise self.faults.pop(0)
        return {"hits": body}


def transport(cluster: Failing, timeout: float = 10.0) -> ClusterTransport:
    client = cast("OpenSearch", cluster)
    return ClusterTransport(client, Ledger(client, "papers"), "g000001", Breaker(), timeout)


def lost(status: int) -> TransportError:
    return TransportError(status, "search_phase_execution_exception", {})


def test_a_search_that_lost_a_node_is_asked_again() -> None:
    cluster = Failing(lost(500), lost(503))

    assert transport(cluster).search({"size": 0}) == {"hits": {"size": 0}}
    assert len(cluster.asked) == 3
    left = [one["request_timeout"] for one in cluster.asked]
    assert 10 >= left[0] > left[1] > left[2] > 8


@pytest.mark.parametrize(
    ("fault", "times"),
    [(lost(500), 4), (lost(429), 1), (ConnectionTimeout("TIMEOUT", "slow", None), 1)],
)
def test_not_for_ever_and_not_what_would_make_it_worse(fault: Exception, times: int) -> None:
    cluster = Failing(*[fault] * 9)

    with pytest.raises(IndexUnavailable):
        transport(cluster).search({})
    assert len(cluster.asked) == times


def test_not_beyond_the_time_out() -> None:
    cluster = Failing(*[lost(503)] * 9)

    with pytest.raises(IndexUnavailable):
        transport(cluster, timeout=0.2).search({})
    assert len(cluster.asked) == 2


def test_parts_that_are_missing_are_no_answer() -> None:
    cluster = Failing()
    transport(cluster).search({"include_named_queries_score": True})

    assert cluster.asked[0]["allow_partial_search_results"] == "false"
    assert cluster.asked[0]["include_named_queries_score"] == "true"


class Late:
    """A cluster that answers in part."""

    def __init__(self, **answer: Any) -> None:
        self.answer = answer
        self.asked: list[dict[str, Any]] = []

    def search(self, *, index: str, body: object, params: dict[str, Any]) -> dict[str, Any]:
        del index, body
        self.asked.append(params)
        return self.answer


def test_what_has_a_time_out_may_be_answered_in_part() -> None:
    cluster = Late(timed_out=True, hits={})

    answer = transport(cast("Failing", cluster)).search({"timeout": "100ms"})

    assert answer["timed_out"]
    assert cluster.asked[0]["allow_partial_search_results"] == "true"


def test_but_not_without_a_shard_that_failed() -> None:
    cluster = Late(timed_out=False, hits={}, _shards={"total": 2, "failed": 1})

    with pytest.raises(IndexUnavailable):
        transport(cast("Failing", cluster), timeout=0.2).search({"timeout": "100ms"})
    assert len(cluster.asked) == 2
