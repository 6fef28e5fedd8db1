"""Many readers in a process of their own, so that they cost the server's process nothing.

    python -m tests.bench.clients PORT CLIENTS SECONDS [RATE] < addresses

Each reader keeps its connection and asks for the next address of all, one a line, as soon as it
has its answer, until the time is over or no address is left. With a rate, readers come instead: so
many a second, at random times, each with a connection of its own and one address; the time of an
answer then counts from when its reader came, and CLIENTS is how many can wait at once. The
connection is a bare socket: the clients share the cores with the server, and an HTTP library would
take a tenth of them.
"""

from __future__ import annotations

import json
import random
import re
import socket
import sys
import threading
import time
from collections.abc import Iterator

_LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)\r\n", re.IGNORECASE)


class Readers:
    """Readers of one server, and how long their answers took."""

    def __init__(self, port: int, addresses: Iterator[str], seconds: float) -> None:
        self.taken: list[float] = []
        self.faults: list[str] = []
        self._port = port
        self._addresses = addresses
        self._lock = threading.Lock()
        self._end = time.perf_counter() + seconds

    def come(self, arrivals: Iterator[float]) -> None:
        """Ask and read as one reader after the other.

        Args:
            arrivals: when the next of all readers comes, as `time.perf_counter` tells it.
        """
        mine: list[float] = []
        while True:
            with self._lock:
                due = next(arrivals)
                address = next(self._addresses, None)
            if address is None or due > self._end:
                break
            time.sleep(max(0.0, due - time.perf_counter()))
            with socket.create_connection(("127.0.0.1", self._port), timeout=60) as connection:
                status = _ask(connection, address)
            mine.append((time.perf_counter() - due) * 1000)
            if status != b"200":
                self.faults.append(f"{address}: {status.decode('latin-1')}")
                break
        with self._lock:
            self.taken += mine

    def read(self) -> None:
        """Ask and read until the end, as one reader."""
        mine: list[float] = []
        with socket.create_connection(("127.0.0.1", self._port), timeout=60) as connection:
            while time.perf_counter() < self._end:
                with self._lock:
                    address = next(self._addresses, None)
                if address is None:
                    break
                started = time.perf_counter()
                status = _ask(connection, address)
                mine.append((time.perf_counter() - started) * 1000)
                if status != b"200":
                    self.faults.append(f"{address}: {status.decode('latin-1')}")
                    break
        with self._lock:
            self.taken += mine


def _ask(connection: socket.socket, address: str) -> bytes:
    """Ask for an address and read the whole answer; gives its status."""
    request = f"GET {address} HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept-Encoding: gzip\r\n\r\n"
    connection.sendall(request.encode("ascii"))
    held = b""
    while (head := held.find(b"\r\n\r\n")) < 0:
        held += _more(connection)
    length = _LENGTH.search(held, 0, head + 2)
    if length is None:
        return b"no Content-Length"
    left = head + 4 + int(length[1]) - len(held)
    while left > 0:
        left -= len(_more(connection))
    return held.split(b" ", 2)[1]


def _more(connection: socket.socket) -> bytes:
    got = connection.recv(262_144)
    if not got:
        raise ConnectionError("the server has closed the connection")
    return got


def arrivals(rate: float, seed: int = 1) -> Iterator[float]:
    """Yields times from now on, so many a second on average, each independent of the others."""
    chance = random.Random(seed)
    due = time.perf_counter()
    while True:
        due += chance.expovariate(rate)
        yield due


def main(port: int, clients: int, seconds: float, rate: float = 0.0) -> None:
    """Read as many clients would; writes the milliseconds of every answer as JSON."""
    readers = Readers(port, iter(sys.stdin.read().split()), seconds)
    started = time.perf_counter()
    if rate:
        coming = arrivals(rate)
        threads = [threading.Thread(target=readers.come, args=(coming,)) for _ in range(clients)]
    else:
        threads = [threading.Thread(target=readers.read) for _ in range(clients)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    found = {
        "seconds": time.perf_counter() - started,
        "taken": readers.taken,
        "faults": readers.faults,
    }
    sys.stdout.write(json.dumps(found))


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]), *map(float, sys.argv[3:5]))
