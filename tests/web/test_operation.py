"""Limits, counters, the access log."""

from __future__ import annotations

import dataclasses
import json
import logging

import pytest
from flask.testing import FlaskClient

from indexer import load_config
from tests.oracle import MemoryIndex
from tests.web.conftest import PAPERS
from tests.web.reading import read
from webui import create_app
from webui.limits import Buckets, client_of
from webui.observing import Observations, table


def limited(per_minute: int) -> FlaskClient:
    config = load_config()
    web = dataclasses.replace(config.web, requests_per_minute=per_minute)
    app = create_app(dataclasses.replace(config, web=web), index=MemoryIndex.of(PAPERS[:3]))
    return app.test_client()


def test_who_asks_too_much_is_told_when_to_ask_again() -> None:
    client = limited(3)
    answers = [client.get("/help") for _ in range(4)]

    assert [one.status_code for one in answers] == [200, 200, 200, 429]
    assert 0 < int(answers[3].headers["Retry-After"]) <= 20
    assert read(answers[3].text).one("search").one("form")
    assert client.get("/search.json").content_type == "application/problem+json"


def test_health_and_styles_are_never_refused() -> None:
    client = limited(1)
    client.get("/help")

    for address in ("/healthz", "/metrics", "/static/quiver.css"):
        with client.get(address) as response:
            assert response.status_code == 200


def test_a_bucket_fills_again() -> None:
    now = [0.0]
    buckets = Buckets(60, clock=lambda: now[0])
    for _ in range(60):
        assert buckets.wait("one") == 0
    assert buckets.wait("one") == 1
    assert buckets.wait("other") == 0
    now[0] = 2.5

    assert [buckets.wait("one") for _ in range(3)] == [0, 0, 1]


@pytest.mark.parametrize(
    ("address", "client"),
    [
        ("192.0.2.1", "192.0.2.1"),
        ("2001:db8:1:2:3::4", "2001:db8:1:2::/64"),
        ("nonsense", "nonsense"),
        (None, ""),
    ],
)
def test_clients_are_told_apart(address: str | None, client: str) -> None:
    assert client_of(address) == client


def test_counters_tell_of_all_workers() -> None:
    shared = table()
    one, other = Observations(shared, 0), Observations(shared, 1)
    one.count(200, 0.004)
    other.count(404, 0.2)
    other.count(200, 9.0)

    text = one.text()

    assert text == other.text()
    assert 'quiver_requests_total{status="2xx"} 2' in text
    assert 'quiver_requests_total{status="4xx"} 1' in text
    assert 'quiver_request_seconds_bucket{le="0.005"} 1' in text
    assert 'quiver_request_seconds_bucket{le="0.25"} 2' in text
    assert 'quiver_request_seconds_bucket{le="+Inf"} 3' in text
    assert "quiver_request_seconds_count 3" in text
    assert "quiver_request_seconds_sum 9.204" in text


def test_metrics_count_what_was_answered() -> None:
    client = create_app(index=MemoryIndex.of(PAPERS[:3])).test_client()
    client.get("/help")
    client.get("/nowhere")

    text = client.get("/metrics").text

    assert 'quiver_requests_total{status="2xx"} 1' in text
    assert 'quiver_requests_total{status="4xx"} 1' in text


def test_the_access_log_is_one_object_a_line(
    client: FlaskClient, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.INFO, logger="quiver.access"):
        client.get("/search?q=gossip\nforged")

    (line,) = [one.getMessage() for one in caplog.records if one.name == "quiver.access"]
    told = json.loads(line)
    assert "\n" not in line
    assert (told["method"], told["status"]) == ("GET", 200)
    assert told["path"].startswith("/search?q=gossip")
    assert told["ms"] >= 0
    assert told["generation"]


def test_the_access_log_names_the_generation_of_a_page_made_before(
    client: FlaskClient, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.INFO, logger="quiver.access"):
        client.get("/search?q=gossip")
        tag = client.get("/search?q=gossip").headers["ETag"]
        client.get("/search?q=gossip", headers={"If-None-Match": tag})

    told = [json.loads(one.getMessage()) for one in caplog.records if one.name == "quiver.access"]
    assert [one["status"] for one in told] == [200, 200, 304]
    assert len({one["generation"] for one in told}) == 1
    assert told[0]["generation"]


@pytest.mark.parametrize("host", ["a..b", "e" * 64])
def test_a_host_that_is_none_gets_an_answer(client: FlaskClient, host: str) -> None:
    answer = client.get("/search?q=gossip", headers={"Host": host})

    assert answer.status_code == 400
    assert answer.content_type == "application/problem+json"
