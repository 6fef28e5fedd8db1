"""Where a cluster is, who asks it, and what its silence means to a reader."""

from __future__ import annotations

from pathlib import Path

import pytest
from opensearchpy.exceptions import ConnectionError as Unreachable
from opensearchpy.exceptions import ConnectionTimeout, TransportError

from indexer.backends.opensearch.connection import (
    PASSWORD,
    Breaker,
    ClusterConfig,
    connect,
)
from indexer.errors import ConfigError, IndexUnavailable


class Clock:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def silent() -> None:
    raise ConnectionTimeout("TIMEOUT", "no answer", None)


def test_every_fault_of_the_settings_is_said_at_once() -> None:
    with pytest.raises(ConfigError) as caught:
        ClusterConfig(hosts=("ftp://x", "https://me:secret@search"), name="Ünfit")

    assert len(caught.value.faults) == 3
    assert "secret" not in str(caught.value)


def test_a_password_travels_over_tls_only() -> None:
    with pytest.raises(ConfigError, match="https only"):
        ClusterConfig(hosts=("http://search:9200",), user="quiver")


def test_the_password_comes_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    config = ClusterConfig(hosts=("https://search:9200",), user="quiver")
    monkeypatch.delenv(PASSWORD, raising=False)
    with pytest.raises(ConfigError, match=PASSWORD):
        connect(config)
    monkeypatch.setenv(PASSWORD, "secret")

    client = connect(config)
    client.close()

    assert "secret" not in repr(config)


def test_a_password_file_must_be_private(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(PASSWORD, raising=False)
    file = tmp_path / "password"
    config = ClusterConfig(hosts=("https://search:9200",), user="quiver", password_file=str(file))
    with pytest.raises(ConfigError, match="password_file"):
        connect(config)
    file.write_text("secret\n", encoding="utf-8")
    file.chmod(0o644)
    with pytest.raises(ConfigError, match="chmod 600"):
        connect(config)
    file.chmod(0o600)

    connect(config).close()


def test_a_silent_cluster_is_left_alone_for_a_while() -> None:
    clock = Clock()
    breaker = Breaker(clock)
    asked = []

    def ask() -> None:
        asked.append(clock.now)
        silent()

    for _ in range(10):
        with pytest.raises(IndexUnavailable):
            breaker.call(ask)
    assert len(asked) == Breaker.LIMIT

    clock.now += Breaker.PAUSE
    with pytest.raises(IndexUnavailable):
        breaker.call(ask)
    assert len(asked) == Breaker.LIMIT + 1
    with pytest.raises(IndexUnavailable, match="of late"):
        breaker.call(ask)

    clock.now += Breaker.PAUSE
    assert breaker.call(lambda: "an answer") == "an answer"
    assert breaker.call(lambda: "another") == "another"


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (Unreachable("N/A", "refused", None), "cannot be reached"),
        (TransportError(429, "rejected", {}), "overloaded"),
        (TransportError(503, "unavailable", {}), "overloaded"),
        (TransportError(500, "search_phase_execution_exception", {}), "losing a node"),
        (TransportError(401, "who are you", {}), "refuses the user"),
    ],
)
def test_what_a_reader_is_told(error: Exception, words: str) -> None:
    def ask() -> None:
        raise error

    with pytest.raises(IndexUnavailable, match=words):
        Breaker().call(ask)


def test_a_fault_of_ours_is_not_hidden() -> None:
    def ask() -> None:
        raise TransportError(400, "parsing_exception", {})

    with pytest.raises(TransportError):
        Breaker().call(ask)
