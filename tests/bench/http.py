"""Pages over HTTP: requests a second and how long they take, with many clients at once."""

from __future__ import annotations

import http.client
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlencode

from tests.bench.questions import Question

CLIENTS = (1, 8, 32)
PATHS = ("/search", "/search.json")


@dataclass(frozen=True, slots=True)
class Load:
    """What one address does under load; times in milliseconds."""

    path: str
    clients: int
    per_second: float
    p50: float
    p99: float


@contextmanager
def serving(index: Path) -> Iterator[int]:
    """Serve an index as ``quiver serve`` does; gives the port."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-c", "from webui.cli import main; main()", "serve"]
    command += ["--index", str(index), "--port", str(port), "--workers", "2"]
    process = subprocess.Popen(
        command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, text=True
    )
    try:
        _wait(port, process)
        yield port
    finally:
        process.terminate()
        process.wait(60)


def _wait(port: int, process: subprocess.Popen[str]) -> None:
    for _ in range(600):
        if process.poll() is not None:
            raise RuntimeError(f"quiver serve ended with {process.returncode}")
        try:
            with socket.create_connection(("127.0.0.1", port), timeout=1):
                return
        except OSError:
            time.sleep(0.1)
    raise RuntimeError("quiver serve does not answer")


def measure(index: Path, questions: list[Question], seconds: float) -> list[Load]:
    """Load every address with every number of clients for a while."""
    with serving(index) as port:
        addresses = [f"?{urlencode({'q': ' '.join(one.words)})}" for one in questions]
        _load(port, "/search", addresses, 4, seconds / 2)
        return [
            _load(port, path, addresses, clients, seconds) for path in PATHS for clients in CLIENTS
        ]


def _load(port: int, path: str, addresses: list[str], clients: int, seconds: float) -> Load:
    taken: list[float] = []
    lock = threading.Lock()
    end = time.perf_counter() + seconds

    def client(number: int) -> None:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        mine: list[float] = []
        at = number * 7
        while time.perf_counter() < end:
            started = time.perf_counter()
            connection.request("GET", path + addresses[at % len(addresses)])
            answer = connection.getresponse()
            answer.read()
            if answer.status != 200:
                raise RuntimeError(f"{path}: status {answer.status}")
            mine.append((time.perf_counter() - started) * 1000)
            at += 1
        connection.close()
        with lock:
            taken.extend(mine)

    threads = [threading.Thread(target=client, args=(number,)) for number in range(clients)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    taken.sort()
    if not taken:
        raise RuntimeError(f"{path}: no answer in {seconds} s")
    last = len(taken) - 1
    rate = len(taken) / seconds
    return Load(path, clients, rate, taken[int(last * 0.5)], taken[int(last * 0.99)])
