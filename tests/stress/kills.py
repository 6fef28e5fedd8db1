"""Builds that are killed at random moments: the old generation or the new one, whole, each time.

A build with worker processes runs in a group of its own, which is killed at once (SIGKILL). After
each kill the index must be one state, verify must pass, and at the end a build that is let run must
publish and leave nothing of the dead ones.
"""

from __future__ import annotations

import argparse
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path
from typing import Final

from indexer.backends.whoosh.index import WhooshIndex
from indexer.errors import IndexMissing, QuiverError
from indexer.query import Query
from tests.stress.server import CHECKOUT

_BUILD: Final = """
import random, sys
from indexer.backends.whoosh.format.directory import Policy
from indexer.backends.whoosh.index import WhooshIndex
from indexer.backends.whoosh.indexing import run_builder
from indexer.paper import Paper

folder, state, papers = sys.argv[1], sys.argv[2], int(sys.argv[3])
run_builder.RUN_PAPERS = min(run_builder.RUN_PAPERS, max(60, papers // 10))
rng = random.Random(1)
words = [f"word{number}" for number in range(3000)]
index = WhooshIndex(folder, policy=Policy(workers=2))
with index.writer(rebuild=int(state) % 3 != 0) as writer:
    for number in range(papers):
        text = " ".join(rng.choices(words, k=80))
        writer.add(Paper(f"p{number}", f"state {state} of {number}", text, (f"Ada {number % 97}",)))
"""


def start(folder: Path, state: int, papers: int) -> subprocess.Popen[bytes]:
    """Begin a build of the papers in a state, in a process group of its own."""
    return subprocess.Popen(
        [sys.executable, "-c", _BUILD, str(folder), str(state), str(papers)],
        cwd=CHECKOUT,
        start_new_session=True,
        stderr=subprocess.DEVNULL,
    )


def state_of(index: WhooshIndex) -> int:
    """Returns the state that all papers are in; -1 where nothing was published yet.

    Raises:
        ValueError: where two states are mixed.
    """
    try:
        with index.searcher() as searcher:
            total = searcher.count(Query())
            hits = searcher.search(Query(per_page=min(total, 1000))).hits
    except IndexMissing:
        return -1
    states = {int(hit.paper.title.split()[1]) for hit in hits}
    if len(states) != 1:
        raise ValueError(f"states {sorted(states)} are mixed")
    return states.pop()


def run(
    kills: int, papers: int, seed: int, folder: Path, minutes: float
) -> tuple[Counter[str], list[str]]:
    """Runs the trial, at most so many minutes.

    Returns:
        how often which state was found after a kill, and the faults.
    """
    rng = random.Random(seed)
    counts: Counter[str] = Counter()
    faults: list[str] = []
    began = time.monotonic()
    start(folder, 1, papers).wait()
    longest = time.monotonic() - began
    state = 1
    for number in range(kills):
        if time.monotonic() - began > 60 * minutes:
            break
        build = start(folder, state + 1, papers)
        time.sleep(rng.uniform(0.0, longest * 1.05))
        ended = build.poll() is not None
        if not ended:
            os.killpg(build.pid, signal.SIGKILL)
        build.wait()
        index = WhooshIndex(folder)
        try:
            found = state_of(index)
            whole = index.verify()
        except (QuiverError, ValueError) as error:
            faults.append(f"kill {number}: {error!r}")
            continue
        if found not in (state, state + 1) or whole != papers:
            faults.append(f"kill {number}: state {found} of {whole} papers, not {state}")
        counts["ended before" if ended else "new" if found > state else "old"] += 1
        state = max(found, state)
    start(folder, state + 1, papers).wait()
    index = WhooshIndex(folder)
    if state_of(index) != state + 1:
        faults.append("the last build did not publish")
    left = {entry.name for entry in (folder / "generations").iterdir()}
    if left != set(index.published()):
        faults.append(f"left over: {sorted(left - set(index.published()))}")
    return counts, faults


def main(given: list[str]) -> int:
    """Runs the trial and prints its table; returns 1 where something failed."""
    parser = argparse.ArgumentParser(prog="python -m tests.stress kills", description=__doc__)
    parser.add_argument("--kills", type=int, default=60)
    parser.add_argument("--papers", type=int, default=2_000, help="of each build")
    parser.add_argument("--minutes", type=float, default=90.0, help="no kill after so many")
    parser.add_argument("--short", action="store_true", help="6 kills of 300 papers")
    parser.add_argument("--seed", type=int, default=14)
    options = parser.parse_args(given)
    kills, papers = (6, 300) if options.short else (options.kills, options.papers)
    with tempfile.TemporaryDirectory() as room:
        counts, faults = run(kills, papers, options.seed, Path(room) / "index", options.minutes)
    found = ", ".join(f"{count:,} {state}" for state, count in counts.items())
    lines = [f"{'trial':<36} {'trials':>7} {'failures':>8}  found after the kill"]
    what = f"builds of {papers:,} papers killed"
    lines.append(f"{what:<36} {counts.total():>7,} {len(faults):>8,}  {found}")
    print("\n".join([*lines, *faults[:10]]))  # noqa: T201 - a program
    return int(bool(faults))
