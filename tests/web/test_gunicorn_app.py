"""The production server as a process: answers, long addresses, several workers, a graceful stop."""

from __future__ import annotations

import http.client
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from indexer import QuiverError, load_config
from webui.server.gunicorn_app import serve

SCRIPT = """
import dataclasses, sys
from indexer import load_config
from webui.server.gunicorn_app import serve

config = load_config()
index = dataclasses.replace(config.index, dir=sys.argv[1])
web = dataclasses.replace(config.web, port=0, workers=2, threads=4)
serve(
    dataclasses.replace(config, index=index, web=web),
    ready=lambda address: print(address, flush=True),
)
"""


@pytest.fixture
def server(tmp_path: Path, checkout: Path) -> Iterator[tuple[subprocess.Popen[str], int]]:
    """A server of an index that was never built; its process and port."""
    process = subprocess.Popen(
        [sys.executable, "-c", SCRIPT, str(tmp_path / "index")],
        cwd=checkout,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=os.environ | {"PYTHONUNBUFFERED": "1"},
    )
    with process:
        assert process.stdout is not None
        address = process.stdout.readline().strip()
        assert address.startswith("http://127.0.0.1:"), process.stderr and process.stderr.read()
        yield process, int(address.rstrip("/").rpartition(":")[2])
        if process.poll() is None:
            process.kill()


def get(port: int, address: str) -> tuple[int, str]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=120)
    connection.request("GET", address)
    response = connection.getresponse()
    body = response.read().decode()
    connection.close()
    return response.status, body


def test_it_answers_and_stops_gracefully(server: tuple[subprocess.Popen[str], int]) -> None:
    process, port = server

    assert get(port, "/help")[0] == 200
    assert get(port, "/search?q=x")[0] == 503
    process.send_signal(signal.SIGTERM)
    assert process.wait(timeout=120) == 0


def test_an_address_too_long_to_read_still_gets_the_form(
    server: tuple[subprocess.Popen[str], int],
) -> None:
    _, port = server

    status, body = get(port, "/search?q=" + "word+" * 60_000)

    assert status == 400
    assert '<form action="/search"' in body
    assert get(port, "/help")[0] == 200


def test_several_requests_are_answered_at_once(server: tuple[subprocess.Popen[str], int]) -> None:
    _, port = server
    # Connections that ask for nothing must not keep others waiting.
    idle = [socket.create_connection(("127.0.0.1", port)) for _ in range(4)]
    seen: list[int] = []
    began = time.monotonic()
    threads = [
        threading.Thread(target=lambda: seen.append(get(port, "/help")[0])) for _ in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for one in idle:
        one.close()

    assert seen == [200] * 8
    assert time.monotonic() - began < 10


def _is_socket(descriptor: Path) -> bool:
    try:
        return str(descriptor.readlink()).startswith("socket:")
    except OSError:  # closed meanwhile
        return False


@pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="asks Linux for the children")
def test_connections_are_shared_out(server: tuple[subprocess.Popen[str], int]) -> None:
    process, port = server
    assert get(port, "/help")[0] == 200
    children = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()

    def sockets() -> list[int]:
        """Count the sockets of every worker."""
        return [sum(map(_is_socket, Path(f"/proc/{pid}/fd").iterdir())) for pid in children]

    def is_up() -> bool:
        """Returns whether both workers are there: each has as many connections as the other."""
        before = sockets()
        pair = [socket.create_connection(("127.0.0.1", port)) for _ in range(2)]
        time.sleep(0.3)
        taken = [now - was for now, was in zip(sockets(), before, strict=True)]
        for one in pair:
            one.close()
        time.sleep(0.3)
        return taken == [1, 1]

    for _ in range(30):
        if is_up():
            break
    most = []
    for _ in range(5):
        before = sockets()
        held = [socket.create_connection(("127.0.0.1", port)) for _ in range(8)]
        time.sleep(0.4)
        most.append(max(now - was for now, was in zip(sockets(), before, strict=True)))
        for one in held:
            one.close()
        time.sleep(0.3)

    # On a busy machine a worker may not wake in time for its share, but not every time.
    assert sorted(most)[2] <= 5


def test_a_port_in_use_is_an_error_with_its_remedy() -> None:
    import dataclasses

    config = load_config()
    with socket.create_server(("127.0.0.1", 0)) as taken:
        web = dataclasses.replace(config.web, port=taken.getsockname()[1])
        with pytest.raises(QuiverError, match="--port"):
            serve(dataclasses.replace(config, web=web))
