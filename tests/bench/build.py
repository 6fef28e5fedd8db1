"""One build in a process of its own, so that its memory is its own."""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import time
from dataclasses import asdict, dataclass
from pathlib import Path

from tests.bench import corpus
from tests.bench.engines import engine


@dataclass(frozen=True, slots=True)
class Build:
    """What a build took.

    Attributes:
        seconds: from the first paper to the last byte; reading the corpus is not in it.
        megabytes: on disk.
        peak: most resident memory of the process, in MB, above what it had with the corpus read.
    """

    engine: str
    papers: int
    seconds: float
    megabytes: float
    peak: float


def run(name: str, source: Path, papers: int, folder: Path, seed: int) -> Build:
    """Build an index in a new process and say what it took."""
    arguments = [name, str(source), str(papers), str(folder), str(seed)]
    done = subprocess.run(
        [sys.executable, "-m", "tests.bench.build", *arguments],
        check=True,
        capture_output=True,
        text=True,
    )
    return Build(**json.loads(done.stdout.splitlines()[-1]))


def build_here(name: str, source: Path, count: int, folder: Path, seed: int) -> Build:
    """Build an index in this process."""
    papers = corpus.read(source, count)
    if count > len(papers):
        papers = list(corpus.grown(papers, count, seed))
    before = _memory()
    started = time.perf_counter()
    engine(name).build(papers, folder)
    seconds = time.perf_counter() - started
    size = sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
    return Build(name, len(papers), seconds, size / 1e6, _memory() - before)


def _memory() -> float:
    """Give the peak of this process and of the largest of its children, in MB."""
    return sum(
        resource.getrusage(who).ru_maxrss / 1024
        for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    )


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("name")
    parser.add_argument("source", type=Path)
    parser.add_argument("papers", type=int)
    parser.add_argument("folder", type=Path)
    parser.add_argument("seed", type=int)
    given = parser.parse_args()
    made = build_here(given.name, given.source, given.papers, given.folder, given.seed)
    sys.stdout.write(json.dumps(asdict(made)) + "\n")
