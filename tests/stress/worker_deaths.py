"""Workers that die in the middle of requests: how many answers are lost, and how late others are.

A worker is killed (SIGKILL, as the system does when memory runs out) again and again while readers
ask for pages. Each death may cost the requests that this worker was answering, one for each reader;
the readers that ask the other worker, and those who ask afterwards, must be answered.
"""

from __future__ import annotations

import argparse
import os
import signal
import tempfile
import threading
from contextlib import suppress
from pathlib import Path
from typing import Final

from tests.stress.connections import read_pages
from tests.stress.server import make_index, serving

READERS: Final = 4
"""Readers at once; each has one request under way."""
LIMIT: Final = 5.0
"""Seconds for a page while a worker is replaced, on a busy machine."""


def workers_of(process: int) -> list[int]:
    """Returns the ids of the living children of a process, oldest first."""
    found: list[int] = []
    for task in Path(f"/proc/{process}/task").iterdir():
        with suppress(OSError):
            found += map(int, (task / "children").read_text(encoding="ascii").split())
    return sorted(found)


def run(deaths: int, pause: float) -> tuple[list[float], list[str], int]:
    """Reads pages while workers are killed.

    Args:
        deaths: workers that are killed.
        pause: seconds between two of them, in which the next one has to come up.

    Returns:
        seconds that each answer took, ascending; what went wrong; and how many were killed.
    """
    killed: list[int] = []
    done = threading.Event()
    with tempfile.TemporaryDirectory() as room:
        place = Path(room)
        make_index(place / "index", 2_000)
        with serving(place / "index", place / "log", requests_per_minute=0) as (process, port):
            read_pages(port, 3.0)  # both workers have come up

            def kill() -> None:
                while len(killed) < deaths and not done.wait(pause):
                    with suppress(ProcessLookupError, IndexError):
                        worker = workers_of(process.pid)[0]
                        os.kill(worker, signal.SIGKILL)
                        killed.append(worker)

            killer = threading.Thread(target=kill)
            killer.start()
            taken, faults = read_pages(port, pause * (deaths + 1), READERS)
            done.set()
            killer.join()
            _, late = read_pages(port, 1.0, READERS)
            faults += [f"after the last: {fault}" for fault in late]
            if process.poll() is not None:
                faults.append("the server ended")
    return taken, faults, len(killed)


def main(given: list[str]) -> int:
    """Runs the trial and prints its table; returns 1 where more was lost than was under way."""
    parser = argparse.ArgumentParser(prog="python -m tests.stress workers", description=__doc__)
    parser.add_argument("--deaths", type=int, default=12)
    parser.add_argument("--pause", type=float, default=10.0, help="seconds between two deaths")
    parser.add_argument("--short", action="store_true", help="2 deaths")
    options = parser.parse_args(given)
    taken, faults, killed = run(2 if options.short else options.deaths, options.pause)
    cut = sum("after" not in fault and "ended" not in fault for fault in faults)
    failed = cut > READERS * killed or cut < len(faults) or taken[-1] > LIMIT
    p99 = taken[len(taken) * 99 // 100]
    figures = f"{p99 * 1000:>7,.0f} {taken[-1] * 1000:>11,.0f}"
    lines = [
        f"{'workers killed':>14} {'pages':>7} {'cut':>5} {'failures':>8}  p99 ms  longest ms",
        f"{killed:>14} {len(taken):>7,} {cut:>5} {int(failed):>8} {figures}",
        *(faults[:5] if failed else ()),
    ]
    print("\n".join(lines))  # noqa: T201 - a program
    return int(failed)
