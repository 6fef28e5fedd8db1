"""Pages over HTTP: requests a second and how long they take, with many clients at once.

``new`` are pages that nobody has asked for before, ``again`` those that somebody has, ``mixed``
half of each in turn. Clients share the cores with the server, so what a page costs the server's
processes is told beside what its readers wait.

Clients that ask for the next page as soon as they have one keep the server at its limit, where
waiting tells how many they are. So there are also readers who come by themselves, a fixed number a
second on average, as most sites have them: what these wait is what a reader sees.
"""

from __future__ import annotations

import json
import os
import random
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlencode

from tests.bench.questions import Question

CLIENTS = (1, 8, 32)
RATES = (10, 30)
"""Readers that come in a second, where they do not come one after the other."""
WAITING = 100
"""Readers of these that can wait at once."""
PATHS = ("/search", "/search.json")
MIXES = ("new", "mixed", "again")
KINDS = ("kw", "and", "one_rare")
"""Classes of the questions: plain words, as people type them."""
MOST = 1_000
"""Addresses a second that are laid ready: more than two cores answer."""


@dataclass(frozen=True, slots=True)
class Load:
    """What one address does under load; times in milliseconds.

    Attributes:
        mix: whether the pages were asked for before; see the module.
        clients: how many ask again and again; 0 where readers come by themselves.
        server: CPU time that the server's processes took for one answer.
        rate: how many readers come in a second; 0 where clients ask again and again.
    """

    path: str
    mix: str
    clients: int
    per_second: float
    p50: float
    p99: float
    server: float
    rate: float = 0.0


@contextmanager
def serving(index: Path) -> Iterator[tuple[int, int]]:
    """Serve an index as ``quiver serve`` does; gives its port and process."""
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
        yield port, process.pid
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


class Addresses:
    """Addresses of ten hits a page, each given out as new but once."""

    def __init__(self, questions: list[Question], seed: int) -> None:
        texts = dict.fromkeys(" ".join(one.words) for one in questions)
        self._all = [urlencode({"q": text, "per_page": 10}) for text in texts]
        self._given = 0
        self._chance = random.Random(seed)

    def next(self, mix: str, most: int) -> list[str]:
        """Returns addresses of a mix; `asked` says how many of them were asked for."""
        if mix == "again":
            known = self._all[: self._given]
            return self._chance.choices(known[-200:], k=most)
        new = self._all[self._given : self._given + most]
        if not new:
            raise RuntimeError("all questions are asked: draw more of each class")
        if mix == "new":
            return new
        return [
            one
            for at, new_one in enumerate(new)
            for one in (new_one, new[self._chance.randrange(at + 1)])
        ]

    def asked(self, mix: str, count: int) -> None:
        """Take note of how many addresses of the last list were asked for."""
        self._given += {"new": count, "mixed": -(-count // 2), "again": 0}[mix]


def measure(index: Path, questions: list[Question], seconds: float, seed: int) -> list[Load]:
    """Load every address with every mix and every number of clients for a while."""
    with serving(index) as (port, process):
        loads = []
        for path in PATHS:
            addresses = Addresses(questions, seed)
            # Not counted: the workers make their compiled loops ready while they answer.
            _load(port, process, path, addresses, mix="new", clients=8, seconds=seconds + 5)
            loads += [
                _load(port, process, path, addresses, mix=mix, clients=clients, seconds=seconds)
                for mix in MIXES
                for clients in CLIENTS
            ]
            loads += [
                _load(port, process, path, addresses, mix=mix, rate=rate, seconds=seconds)
                for mix in ("new", "again")
                for rate in RATES
            ]
        return loads


def _load(
    port: int,
    process: int,
    path: str,
    addresses: Addresses,
    *,
    mix: str,
    seconds: float,
    clients: int = 0,
    rate: float = 0.0,
) -> Load:
    asked = [f"{path}?{one}" for one in addresses.next(mix, int(seconds * MOST))]
    before = _cpu_seconds(process)
    given = (port, clients or WAITING, seconds, rate)
    done = subprocess.run(
        [sys.executable, "-m", "tests.bench.clients", *map(str, given)],
        input="\n".join(asked),
        capture_output=True,
        text=True,
        check=True,
    )
    used = _cpu_seconds(process) - before
    found = json.loads(done.stdout)
    taken = sorted(found["taken"])
    if found["faults"] or not taken:
        raise RuntimeError(f"{path}: {found['faults'] or 'no answer'}")
    addresses.asked(mix, len(taken))
    last = len(taken) - 1
    return Load(
        path,
        mix,
        clients,
        len(taken) / found["seconds"],
        taken[int(last * 0.5)],
        taken[int(last * 0.99)],
        used * 1000 / len(taken),
        rate,
    )


def _cpu_seconds(process: int) -> float:
    """Add up the CPU time of a process and of its descendants that live."""
    ticks = 0
    waiting = [process]
    while waiting:
        folder = Path("/proc") / str(waiting.pop())
        # The name of the program, in parentheses, may hold anything; utime and stime are the
        # 14th and 15th field.
        told = (folder / "stat").read_text(encoding="utf-8").rpartition(")")[2].split()
        ticks += int(told[11]) + int(told[12])
        for task in (folder / "task").iterdir():
            waiting += map(int, (task / "children").read_text(encoding="ascii").split())
    return ticks / os.sysconf("SC_CLK_TCK")
