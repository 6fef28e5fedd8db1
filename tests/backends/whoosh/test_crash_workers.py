"""A build with worker processes, killed at any moment: the old index whole, nothing left over."""

from __future__ import annotations

import contextlib
import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from indexer.backends.whoosh.format.directory import Policy
from indexer.backends.whoosh.index import WhooshIndex
from tests.effort import effort

PAPERS = 600
BUILD = """
import random, sys
from indexer.backends.whoosh.index import WhooshIndex
from indexer.backends.whoosh.format.directory import Policy
from indexer.backends.whoosh.indexing import run_builder as collect
from indexer.paper import Paper

collect.RUN_PAPERS = 60  # many runs, each in a file of its own
folder, state, papers = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
rng = random.Random(1)
words = [f"word{at}" for at in range(500)]
with WhooshIndex(folder, policy=Policy(workers=2)).writer(rebuild=True) as writer:
    print("begun", flush=True)
    for at in range(papers):
        text = " ".join(rng.choices(words, k=60))
        writer.add(Paper(f"p{at}", f"state {state} {text}", text, (f"Author {at % 50}",)))
print("published", flush=True)
"""


def start(folder: Path, state: int) -> subprocess.Popen[str]:
    """Begin a build of the papers in some state; returns once its writer is at work."""
    process = subprocess.Popen(
        [sys.executable, "-c", BUILD, str(folder), str(state), str(PAPERS)],
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout
    assert process.stdout.readline() == "begun\n"
    return process


def children(process: int) -> list[int]:
    found: list[int] = []
    for task in Path(f"/proc/{process}/task").iterdir():
        with contextlib.suppress(FileNotFoundError, ProcessLookupError):  # the thread has ended
            found += map(int, (task / "children").read_text(encoding="ascii").split())
    return found


def first_workers(process: subprocess.Popen[str]) -> list[int]:
    """Wait until a build has workers; none where it ended before it was seen with any."""
    workers: list[int] = []
    while process.poll() is None and not workers:
        workers = children(process.pid)
    return workers


def running(process: int) -> bool:
    try:
        return "\nState:\tZ" not in Path(f"/proc/{process}/status").read_text(encoding="ascii")
    except OSError:
        return False


def state_of(index: WhooshIndex) -> int:
    """The one state all papers are in."""
    (segment,) = index.opened().segments
    states = {segment.store.paper(at).title.split()[1] for at in range(PAPERS)}
    (state,) = states
    return int(state)


def kill_at_random(folder: Path, times: int, seed: int) -> None:
    index = WhooshIndex(folder, policy=Policy(workers=2))
    started = time.monotonic()
    first = start(folder, 0)
    assert first.communicate()[0] == "published\n"
    longest = time.monotonic() - started
    rng = random.Random(seed)
    state, with_workers = 0, 0
    for turn in range(1, times + 1):
        process = start(folder, turn)
        if turn == 1:  # on a busy machine all other moments may be those without workers
            first_workers(process)
        else:
            time.sleep(rng.uniform(0.0, longest))
        workers = children(process.pid) if process.poll() is None else []
        process.kill()
        said = process.communicate()[0]

        found = state_of(index)
        assert found in (state, turn)
        assert found == turn or said != "published\n"
        assert index.verify() == PAPERS
        state = found
        with_workers += bool(workers)
        until = time.monotonic() + 120  # on a busy machine a worker may still be starting
        while any(map(running, workers)):  # their input has ended, so they end by themselves
            assert time.monotonic() < until, "a worker outlived its build"
            time.sleep(0.05)
    assert with_workers, "no build was killed while it had workers"
    assert start(folder, times + 1).communicate()[0] == "published\n"
    assert state_of(index) == times + 1
    left = {entry.name for entry in (folder / "generations").iterdir()}
    assert left == set(index.generations.published())


pytestmark = pytest.mark.skipif(
    not Path(f"/proc/{os.getpid()}/task/{os.getpid()}/children").exists(),
    reason="the system does not tell which processes a process has started",
)


@pytest.mark.slow
def test_killed_at_some_moments(tmp_path: Path) -> None:
    kill_at_random(tmp_path, times=4, seed=int(time.time()))


@pytest.mark.slow
def test_killed_at_many_moments(tmp_path: Path) -> None:
    kill_at_random(tmp_path, times=effort(16, 80), seed=80)


def test_a_worker_that_is_killed_ends_the_build_and_changes_nothing(tmp_path: Path) -> None:
    index = WhooshIndex(tmp_path)
    assert start(tmp_path, 0).communicate()[0] == "published\n"
    process = start(tmp_path, 1)
    for worker in first_workers(process):
        os.kill(worker, signal.SIGKILL)

    process.communicate()

    assert process.returncode != 0
    assert state_of(index) == 0
    assert index.verify() == PAPERS
