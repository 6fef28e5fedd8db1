"""A cluster that is away or slow: a clear page at once, and the command line says why."""

from __future__ import annotations

import socket
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner
from flask.testing import FlaskClient
from opensearchpy.exceptions import TransportError

from indexer.backends.opensearch.connection import Breaker, ClusterConfig
from indexer.backends.opensearch.index import OpenSearchIndex
from indexer.backends.opensearch.ledger import Ledger, Lock
from indexer.errors import IndexUnavailable
from tests.backends.opensearch.cluster import free_ports
from webui import create_app
from webui.cli import quiver


def client(host: str, timeout: float = 10.0) -> FlaskClient:
    """Ask the pages of an index in a cluster."""
    config = ClusterConfig(hosts=(host,), timeout=timeout)
    return create_app(index=OpenSearchIndex(config)).test_client()


@pytest.fixture
def away() -> str:
    """An address where nothing listens."""
    return f"http://127.0.0.1:{free_ports(1)[0]}"


@pytest.fixture
def slow() -> Iterator[str]:
    """An address where every connection is taken and nothing ever answered."""
    with socket.create_server(("127.0.0.1", 0), backlog=50) as listening:
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"


@pytest.mark.parametrize("path", ["/", "/search?q=deep", "/paper/p1", "/author/ann-ace"])
def test_a_cluster_that_is_away_is_a_clear_page(away: str, path: str) -> None:
    answer = client(away).get(path)

    assert answer.status_code == 503
    assert answer.headers["Retry-After"] == "5"
    assert answer.headers["Cache-Control"] == "no-store"
    assert "is not responding" in answer.text
    assert 'name="q"' in answer.text
    assert "quiver build" not in answer.text


def test_machines_are_told_as_a_problem(away: str) -> None:
    answer = client(away).get("/search.json?q=deep")

    assert answer.status_code == 503
    assert answer.content_type == "application/problem+json"
    assert answer.json is not None
    assert answer.json["title"] == "The index is not responding"


def test_a_slow_cluster_is_waited_for_no_longer_than_said_and_then_not_at_all(slow: str) -> None:
    asking = client(slow, timeout=0.3)
    seconds: list[float] = []
    for _ in range(Breaker.LIMIT + 2):
        began = time.monotonic()
        assert asking.get("/search?q=deep").status_code == 503
        seconds.append(time.monotonic() - began)

    assert min(seconds[: Breaker.LIMIT]) >= 0.3
    assert max(seconds[Breaker.LIMIT :]) < 0.3


@pytest.mark.parametrize("line", ["search deep", "info", "build {dump}", "rollback", "verify"])
def test_the_command_line_says_what_to_look_at(away: str, line: str, tmp_path: Path) -> None:
    dump = tmp_path / "papers.jsonl"
    dump.write_text('{"id": "a", "title": "One"}\n', encoding="utf-8")
    settings = tmp_path / "my.yaml"
    settings.write_text(
        f"index: {{backend: opensearch}}\ncluster: {{hosts: '{away}'}}\n", encoding="utf-8"
    )

    words = [dump.as_posix() if word == "{dump}" else word for word in line.split()]
    ran = CliRunner().invoke(quiver(), ["--config", str(settings), *words])

    assert ran.exit_code == 1
    assert "Error: the search cluster cannot be reached; is it running at cluster.hosts?" in (
        ran.stderr
    )


def test_a_cluster_that_fails_in_the_midst_of_a_build_is_said_in_words(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    index = OpenSearchIndex(ClusterConfig())
    monkeypatch.setattr(Ledger, "prepare", lambda _: None)
    monkeypatch.setattr(Ledger, "lock", lambda _: Lock(1, 1))
    monkeypatch.setattr(Ledger, "unlock", lambda *_: None)

    def full(_: Ledger) -> None:
        raise TransportError(507, "disk_full_exception", {})

    monkeypatch.setattr(Ledger, "current", full)
    with pytest.raises(IndexUnavailable, match="507: disk_full"), index.writer():
        pytest.fail("began to write")
