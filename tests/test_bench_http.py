"""The benchmark of the pages: what it asks for is new or not, and the clients time every answer."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from tests.bench.clients import arrivals
from tests.bench.http import Addresses
from tests.bench.questions import Question


def _addresses(count: int) -> Addresses:
    return Addresses([Question("kw", ("word", str(number))) for number in range(count)], 1)


def test_new_addresses_are_given_once() -> None:
    addresses = _addresses(30)
    first = addresses.next("new", 20)
    addresses.asked("new", 12)
    second = addresses.next("new", 10)
    addresses.asked("new", 10)

    assert len(set(first)) == 20
    assert not set(first[:12]) & set(second)
    assert first[12:] == second[:8]
    assert set(addresses.next("again", 50)) <= {*first[:12], *second}


def test_every_second_of_a_mix_was_asked_for_before() -> None:
    mixed = _addresses(40).next("mixed", 40)

    assert len(set(mixed[::2])) == 40
    for at in range(1, 80, 2):
        assert mixed[at] in mixed[:at]


def test_asking_beyond_the_last_question_is_an_error() -> None:
    addresses = _addresses(3)
    addresses.next("new", 9)
    addresses.asked("new", 3)

    with pytest.raises(RuntimeError, match="draw more"):
        addresses.next("new", 1)


class _Answers(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        body = b"x" * 300_000
        self.send_response(404 if self.path == "/none" else 200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


@pytest.fixture
def port() -> Iterator[int]:
    with ThreadingHTTPServer(("127.0.0.1", 0), _Answers) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield server.server_port
        server.shutdown()
        thread.join()


def _read(port: int, addresses: list[str], *rate: str) -> dict[str, list[object]]:
    command = [sys.executable, "-m", "tests.bench.clients", str(port), "3", "20", *rate]
    given = "\n".join(addresses)
    done = subprocess.run(command, input=given, capture_output=True, text=True, check=True)
    found: dict[str, list[object]] = json.loads(done.stdout)
    return found


def test_clients_time_every_answer(port: int) -> None:
    found = _read(port, ["/one", "/two"] * 20)

    assert len(found["taken"]) == 40
    assert found["faults"] == []


def test_clients_tell_what_was_not_answered(port: int) -> None:
    assert _read(port, ["/one", "/none"])["faults"] == ["/none: 404"]


def test_readers_come_by_themselves(port: int) -> None:
    began = time.perf_counter()
    found = _read(port, ["/one", "/two"] * 20, "40")
    took = time.perf_counter() - began

    assert len(found["taken"]) == 40
    assert found["faults"] == []
    assert took > 0.3  # a second on average, and never all at once
    assert _read(port, ["/none"], "40")["faults"] == ["/none: 404"]


def test_as_many_come_as_the_rate_says() -> None:
    coming = arrivals(1_000)
    first = time.perf_counter()
    times = [next(coming) for _ in range(4_000)]

    assert times == sorted(times)
    assert 3.6 < times[-1] - first < 4.4
