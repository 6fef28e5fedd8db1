"""One build in a process of its own, so that its memory is its own."""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, replace
from itertools import chain
from pathlib import Path
from typing import Self

from indexer.analysis import leave_out_scipy
from indexer.paper import Paper
from tests.bench import corpus
from tests.bench.engines import engine
from tests.bench.memory import Watch, memory_of


@dataclass(frozen=True, slots=True)
class Build:
    """What a build took.

    Attributes:
        seconds: from the first paper to the last byte; reading the corpus is not in it.
        cpu: seconds of processors, all processes together; on a machine in use, compare these.
        megabytes: on disk.
        peak: most resident memory of the process and of all it started, in MB, above what it had
            with the corpus read; pages they share count in each of them.
        share: the same with shared pages counted once.
    """

    engine: str
    papers: int
    seconds: float
    cpu: float
    megabytes: float
    peak: float = 0.0
    share: float = 0.0


def run(name: str, source: Path, papers: int, folder: Path, seed: int) -> Build:
    """Build an index in a new process and say what it took."""
    arguments = [name, str(source), str(papers), str(folder), str(seed)]
    with subprocess.Popen(
        [sys.executable, "-m", "tests.bench.build", *arguments],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        if process.stdin is None or process.stdout is None:
            raise AssertionError("no pipes")
        process.stdout.readline()  # the corpus is read
        before = memory_of(process.pid)
        with Watch(process.pid) as watch:
            said = process.communicate("go\n")[0]
    if process.returncode:
        raise subprocess.CalledProcessError(process.returncode, arguments)
    made = Build(**json.loads(said.splitlines()[-1]))
    return replace(
        made,
        peak=watch.peak.resident - before.resident,
        share=watch.peak.proportional - before.proportional,
    )


def build_here(
    name: str,
    source: Path,
    count: int,
    folder: Path,
    seed: int,
    *,
    ready: Callable[[], None] = lambda: None,
) -> Build:
    """Build an index in this process; calls `ready` when the corpus is read."""
    papers = corpus.read(source, count)
    every = corpus.grown(papers, count, seed) if count > len(papers) else iter(papers)
    every = chain([next(every)], every)  # what it needs is there now
    ready()
    spent = Spent()

    def timed() -> Iterator[Paper]:
        """Yields the papers; what it takes to make one up is not the engine's."""
        while True:
            with spent:
                paper = next(every, None)
            if paper is None:
                return
            yield paper

    with Spent() as whole:
        engine(name).build(timed() if count > len(papers) else papers, folder)
    size = sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
    return Build(
        name, count or len(papers), whole.wall - spent.wall, whole.cpu - spent.cpu, size / 1e6
    )


class Spent:
    """Adds up what its blocks took.

    Attributes:
        wall: seconds.
        cpu: seconds of processors, those of processes that ended meanwhile with them.
    """

    def __init__(self) -> None:
        self.wall = self.cpu = 0.0

    def __enter__(self) -> Self:
        self._wall, self._cpu = time.perf_counter(), self._processors()
        return self

    def __exit__(self, *_: object) -> None:
        self.wall += time.perf_counter() - self._wall
        self.cpu += self._processors() - self._cpu

    def _processors(self) -> float:
        times = os.times()
        return times.user + times.system + times.children_user + times.children_system


def _wait() -> None:
    """Say that the corpus is read, and wait to be told to go on."""
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    sys.stdin.readline()


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("name")
    parser.add_argument("source", type=Path)
    parser.add_argument("papers", type=int)
    parser.add_argument("folder", type=Path)
    parser.add_argument("seed", type=int)
    given = parser.parse_args()
    if given.name == "quiver":
        leave_out_scipy()  # as the command does
    made = build_here(given.name, given.source, given.papers, given.folder, given.seed, ready=_wait)
    sys.stdout.write(json.dumps(asdict(made)) + "\n")
