"""What it costs to change a few papers of a large index, until the next search sees it."""

from __future__ import annotations

import shutil
import tempfile
import time
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from indexer.paper import Paper
from tests.bench.engines import engine
from tests.bench.questions import Question

PROBE = "zyzzyva"
"""A word that only changed papers hold."""


@dataclass(frozen=True, slots=True)
class Update:
    """Replacing `papers` papers, from the first write to the answer that shows them."""

    engine: str
    papers: int
    seconds: float


def measure(name: str, built: Path, papers: list[Paper], count: int) -> Update:
    """Replace some papers in a copy of an index.

    Raises:
        AssertionError: when a search after the update does not find all of them.
    """
    changed = [replace(paper, title=f"{PROBE} {paper.title}") for paper in papers[:count]]
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / "index"
        shutil.copytree(built, copy)
        peer: Any = engine(name)
        started = time.perf_counter()
        peer.update(changed, copy)
        hits = peer.open(copy)(Question("probe", (PROBE,)))
        seconds = time.perf_counter() - started
    assert hits is not None
    assert hits[0] in (count, -1), f"{name}: {hits[0]} of {count} changed papers are found"
    return Update(name, count, seconds)
