"""Slow clients: they send a byte at a time, or read nothing, and other readers must not notice.

Half of them never finish a request, half never read their answer, an export of megabytes; they
come from several addresses (127.0.x.y, as Linux has them). One address opens more connections than
it may have. Meanwhile ordinary readers ask for pages, each with a new connection.
"""

from __future__ import annotations

import argparse
import contextlib
import http.client
import socket
import tempfile
import threading
import time
from pathlib import Path

from tests.stress.server import make_index, serving

Row = tuple[str, int, int, str]
"""What was tried, how often, how often it failed, and figures."""
_EXPORT = b"GET /search.jsonl?q=gossip+OR+learn HTTP/1.1\r\nHost: x\r\n\r\n"
_STARTS = (
    b"",
    b"GET /help HTTP/1.1\r\nHost: x\r\n",
    b"POST /record/diff HTTP/1.1\r\nHost: x\r\nContent-Length: 900000\r\n\r\n",
)
"""Beginnings of requests that never end: nothing, a head, a body."""


class SlowClients:
    """Many connections that are slow; a thread moves a byte on each, once a second."""

    def __init__(self, port: int, count: int, each: int) -> None:
        """Connect.

        Args:
            port: of the server.
            count: connections; half of them send, half of them read.
            each: connections from one address.
        """
        self.sockets: list[socket.socket] = []
        self._stop = threading.Event()
        for number in range(count):
            source = (f"127.0.{1 + number // each // 250}.{1 + number // each % 250}", 0)
            sender = number % 2 == 0
            connection = connect(port, source, small=not sender)
            connection.sendall(_STARTS[number // 2 % len(_STARTS)] if sender else _EXPORT)
            connection.setblocking(False)  # noqa: FBT003 - the standard library's
            self.sockets.append(connection)
        self._thread = threading.Thread(target=self._move, daemon=True)
        self._thread.start()

    def _move(self) -> None:
        while not self._stop.wait(1.0):
            for number, connection in enumerate(self.sockets):
                with contextlib.suppress(OSError):
                    if number % 2 == 0:
                        connection.send(b"X")
                    elif number % 4 == 1:
                        connection.recv(1)

    def close(self) -> None:
        """Stop, and close all connections."""
        self._stop.set()
        self._thread.join()
        for connection in self.sockets:
            connection.close()


def connect(port: int, source: tuple[str, int] = ("127.0.0.1", 0), *, small: bool) -> socket.socket:
    """Connect from an address; with a small buffer little is read ahead of the program."""
    connection = socket.socket()
    if small:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2_048)
    connection.bind(source)
    connection.settimeout(10)
    connection.connect(("127.0.0.1", port))
    return connection


def read_pages(port: int, seconds: float, readers: int = 4) -> tuple[list[float], list[str]]:
    """Ask for pages as ordinary readers do.

    Returns:
        seconds that each answer took, ascending, and what went wrong.
    """
    taken: list[float] = []
    faults: list[str] = []
    end = time.monotonic() + seconds

    def read(reader: int) -> None:
        number = 0
        while time.monotonic() < end:
            number += 1
            began = time.monotonic()
            try:
                connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
                connection.request("GET", f"/search?q=gossip+paper+{reader}{number}")
                answer = connection.getresponse()
                answer.read()
                connection.close()
                if answer.status != 200:
                    faults.append(f"status {answer.status}")
            except (OSError, http.client.HTTPException) as error:
                faults.append(repr(error))
            taken.append(time.monotonic() - began)
            time.sleep(0.05)

    threads = [threading.Thread(target=read, args=(reader,)) for reader in range(readers)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sorted(taken), faults


def greedy(port: int, count: int) -> int:
    """Opens connections from one address; returns how many of them were answered or closed."""
    opened = [connect(port, ("127.0.9.9", 0), small=False) for _ in range(count)]
    time.sleep(2)
    refused = 0
    for connection in opened:
        connection.setblocking(False)  # noqa: FBT003 - the standard library's
        with contextlib.suppress(BlockingIOError):
            refused += connection.recv(100)[:12] in (b"HTTP/1.1 429", b"")
        connection.close()
    return refused


def run(*, short: bool = False) -> list[Row]:
    """Run the trial; short with a tenth of the connections and of the time."""
    count, seconds, cap = (50, 4.0, 10) if short else (500, 25.0, 20)
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        make_index(place / "index", 2_000)
        web: dict[str, str | int] = {"trusted_proxies": "", "connections_per_client": cap}
        with serving(place / "index", place / "log", **web) as (_, port):
            read_pages(port, 6.0)  # both workers have come up
            before, _ = read_pages(port, seconds / 4)
            slow = SlowClients(port, count, cap)
            first, faults = read_pages(port, seconds / 4)
            taken, more = read_pages(port, seconds)
            faults += more
            slow.close()
            asked = 6 * cap
            refused = greedy(port, asked)
            after, late = read_pages(port, seconds / 4)
        log = (place / "log").read_text()
    late += [line for line in log.splitlines() if line.startswith("Traceback")]
    limit = sum(one > 1.0 for one in taken) > len(taken) // 100
    return [
        (f"pages beside {count} slow clients", len(taken), len(faults) + limit, _figures(taken)),
        ("pages while they come", len(first), 0, _figures(first)),
        ("pages before them", len(before), 0, _figures(before)),
        ("pages after them", len(after), len(late), _figures(after)),
        # Each of two workers lets a client have as many as the cap.
        (f"connections of one address, cap {cap}", asked, max(0, asked - 2 * cap - refused),
         f"{refused} refused"),
    ]  # fmt: skip


def _figures(taken: list[float]) -> str:
    def at(share: float) -> float:
        return taken[min(len(taken) - 1, int(len(taken) * share))] * 1000

    return f"p50 {at(0.5):.0f} ms, p99 {at(0.99):.0f} ms, longest {at(1):.0f} ms"


def main(given: list[str]) -> int:
    """Runs the trial and prints its table; returns 1 where something failed."""
    parser = argparse.ArgumentParser(prog="python -m tests.stress connections", description=__doc__)
    parser.add_argument("--short", action="store_true", help="a tenth of it, in a few seconds")
    rows = run(short=parser.parse_args(given).short)
    print(f"{'trial':<48} {'trials':>8} {'failures':>8}  figures")  # noqa: T201 - a program
    for trial, count, failures, figures in rows:
        print(f"{trial:<48} {count:>8,} {failures:>8,}  {figures}")  # noqa: T201 - a program
    return int(any(failures for _, _, failures, _ in rows))
