"""Pages during a rebuild: how long readers wait without, beside, and beside one that is nice.

The build reads made-up papers with as many workers as there are cores, again and again, and
publishes each time, so that the server opens new generations meanwhile. Readers ask each page over
a connection of its own; an answer that is cut is a failure, and so are late ones: one in a hundred
beyond the limit, or in the short form, which has too few for that, half of them.
"""

from __future__ import annotations

import argparse
import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from tests.stress.connections import read_pages
from tests.stress.server import CHECKOUT, make_index, serving

LIMIT: Final = 1.0
"""Seconds for the 99th percentile of answers beside a build that stands back; on a machine that is
busy with other things, half as long again as without a build."""
_BUILD: Final = """
import random, sys
from indexer.backends.whoosh.format.directory import Policy
from indexer.backends.whoosh.index import WhooshIndex
from indexer.paper import Paper
from indexer.system.priority import stand_back

folder, nice, papers = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
stand_back(nice)
rng = random.Random(1)
words = [f"gossip{number}" for number in range(5000)]
while True:
    with WhooshIndex(folder).writer(rebuild=True) as writer:
        for number in range(papers):
            text = " ".join(rng.choices(words, k=150))
            names = (f"Ada {number % 997}",)
            writer.add(Paper(f"p{number}", f"Gossip paper {number}", text, names))
"""


@contextmanager
def building(folder: Path, nice: int, papers: int) -> Iterator[None]:
    """Builds an index anew, over and over, until the block ends."""
    process = subprocess.Popen(
        [sys.executable, "-c", _BUILD, str(folder), str(nice), str(papers)],
        cwd=CHECKOUT,
        start_new_session=True,
    )
    try:
        yield
    finally:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def run(seconds: float, papers: int) -> list[tuple[str, list[float], list[str]]]:
    """Reads pages without a build, beside one and beside one that stands back."""
    rows = []
    with tempfile.TemporaryDirectory() as room:
        place = Path(room)
        make_index(place / "index", 2_000)
        with serving(place / "index", place / "log", requests_per_minute=0) as (_, port):
            read_pages(port, 3.0)  # both workers have come up
            rows.append(("no build", *read_pages(port, seconds)))
            for nice in (0, 10):
                with building(place / "index", nice, papers):
                    read_pages(port, 2.0)
                    rows.append((f"beside a build, nice {nice}", *read_pages(port, seconds)))
        log = (place / "log").read_text()
    rows[-1][2].extend(line for line in log.splitlines() if line.startswith("Traceback"))
    return rows


def main(given: list[str]) -> int:
    """Runs the trial and prints its table; returns 1 where an answer failed or many were late."""
    parser = argparse.ArgumentParser(prog="python -m tests.stress rebuild", description=__doc__)
    parser.add_argument("--seconds", type=float, default=20.0, help="of reading, each time")
    parser.add_argument("--papers", type=int, default=20_000, help="of each build")
    parser.add_argument("--short", action="store_true", help="4 seconds, 3,000 papers")
    options = parser.parse_args(given)
    seconds, papers = (4.0, 3_000) if options.short else (options.seconds, options.papers)
    usual = 0.0
    judged = 0 if options.short else 1
    lines = [f"{'pages':<28} {'trials':>7} {'failures':>8}  p50 ms  p99 ms  longest ms"]
    failed = False
    for name, taken, faults in run(seconds, papers):
        at = [taken[min(len(taken) - 1, int(len(taken) * share))] * 1000 for share in (0.5, 0.99)]
        usual = usual or at[judged] / 1000
        late = "nice 10" in name and at[judged] / 1000 > max(LIMIT, usual * 1.5)
        failed |= bool(faults) or late
        lines.append(
            f"{name:<28} {len(taken):>7,} {len(faults) + late:>8,} {at[0]:>7,.0f} {at[1]:>7,.0f} "
            f"{taken[-1] * 1000:>11,.0f}"
        )
        lines += faults[:3]
    print("\n".join(lines))  # noqa: T201 - a program
    return int(failed)
