"""Asks addresses of an application in this process, and notes what each answer costs."""

from __future__ import annotations

import resource
import threading
import time
import traceback
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import Final

from flask import Flask

ORDINARY: Final = (
    "/search?q=graph+neural+network",
    "/search?q=federated+learning+privacy",
    "/search?q=%22gradient+descent%22+convergence",
    "/search?q=author%3Alin+robot",
)
_ALLOWED: Final = (200, 302, 308, 400, 404, 503)
"""Statuses of what is answered, refused, or too much for the deadline; all others are failures."""


@dataclass(slots=True)
class Row:
    """What came of the trials of one family.

    Attributes:
        refused: answers that say that the search took too long (503).
        cut: answers that say that something was left out.
        cpu: most seconds of the processor until an answer began, or between two of its parts.
        whole: most seconds of the processor for all of an answer.
        wall: most seconds until the end of an answer.
        size: most bytes of an answer.
        peak: most memory of the process until then, in MB.
        private: most of it that is no mapped file, after an answer.
        slowest: the address of `cpu`.
    """

    trials: int = 0
    failures: int = 0
    refused: int = 0
    cut: int = 0
    cpu: float = 0.0
    whole: float = 0.0
    wall: float = 0.0
    size: int = 0
    peak: float = 0.0
    private: float = 0.0
    slowest: str = ""
    faults: list[str] = field(default_factory=list)

    def add(self, other: Row) -> None:
        """Counts the trials of another row, too."""
        self.trials += other.trials
        self.failures += other.failures
        self.refused += other.refused
        self.cut += other.cut
        if other.cpu > self.cpu:
            self.cpu, self.slowest = other.cpu, other.slowest
        self.whole, self.wall = max(self.whole, other.whole), max(self.wall, other.wall)
        self.size, self.peak = max(self.size, other.size), max(self.peak, other.peak)
        self.private = max(self.private, other.private)
        self.faults += other.faults


def peak_memory() -> float:
    """Returns the most memory that this process had so far, in MB, files it maps among it."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def private_memory() -> float:
    """Returns the memory that this process has for itself now, in MB: all but mapped files.

    These are the index and libraries, which all workers share. Where the system does not tell them
    apart all of the memory is counted.
    """
    try:
        text = Path("/proc/self/status").read_text(encoding="ascii")
        return int(text.partition("RssAnon:")[2].split()[0]) / 1024
    except (OSError, IndexError):
        return peak_memory()


def ask(app: Flask, address: str, row: Row, limit: float) -> None:
    """Asks for one address, reads all of the answer, and notes what it took.

    Args:
        app: the application.
        address: path and query.
        row: where it is noted.
        limit: seconds of the processor until the answer begins, and between two of its parts; an
            export is made in parts, and pages are made between these.
    """
    began = last = time.thread_time()
    wall = time.monotonic()
    longest, size, status, cut = 0.0, 0, 0, False
    row.trials += 1
    try:
        response = app.test_client().get(address, buffered=False)
        status = response.status_code
        for piece in response.iter_encoded():
            now = time.thread_time()
            longest, last = max(longest, now - last), now
            size += len(piece)
            cut = cut or b"left out: " in piece
        response.close()
    except Exception:  # noqa: BLE001 - whatever it is, it is a failure of the trial
        row.faults.append(f"{address[:300]}\n{traceback.format_exc()}")
    now = time.thread_time()
    longest = max(longest, now - last)
    if status and status not in _ALLOWED:
        row.faults.append(f"status {status}: {address[:300]}")
    if longest > limit:
        row.faults.append(f"{longest:.2f} s of the processor: {address[:300]}")
    row.failures = len(row.faults)
    row.refused += status == 503
    row.cut += cut
    if longest > row.cpu:
        row.cpu, row.slowest = longest, address
    row.whole, row.wall = max(row.whole, now - began), max(row.wall, time.monotonic() - wall)
    row.size = max(row.size, size)
    row.peak = peak_memory()
    row.private = max(row.private, private_memory())


def ask_together(
    app: Flask, addresses: Sequence[str], threads: int, limit: float
) -> tuple[Row, Row, float]:
    """Asks for addresses from several threads at once while a reader asks for ordinary pages.

    Returns:
        the row of these addresses, that of the reader, and the seconds of all.
    """
    waiting: SimpleQueue[str] = SimpleQueue()
    for address in addresses:
        waiting.put(address)
    rows = [Row() for _ in range(threads)]

    def work(row: Row) -> None:
        while True:
            try:
                address = waiting.get_nowait()
            except Empty:
                return
            ask(app, address, row, limit)

    reading = Row()
    done = threading.Event()

    def read() -> None:
        number = 0
        while not done.wait(0.05):
            ask(app, ORDINARY[number % len(ORDINARY)], reading, limit)
            number += 1

    began = time.perf_counter()
    workers = [threading.Thread(target=work, args=(row,)) for row in rows]
    for thread in (reader := threading.Thread(target=read), *workers):
        thread.start()
    for thread in workers:
        thread.join()
    seconds = time.perf_counter() - began
    done.set()
    reader.join()
    total = Row()
    for row in rows:
        total.add(row)
    return total, reading, seconds
