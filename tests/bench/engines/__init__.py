"""What a peer has to do to be measured, and who they are."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Protocol

from indexer.paper import Paper
from tests.bench.questions import Question

Hits = tuple[int, list[str], dict[str, int]]
"""Number of matches (-1 where the engine does not count them), titles of the best ten, and how
many papers of each venue match, where facets were asked for."""


class Engine(Protocol):
    """One engine over one index on disk."""

    def build(self, papers: Iterable[Paper], folder: Path) -> None:
        """Index papers in an empty folder."""

    def open(self, folder: Path) -> Callable[[Question], Hits | None]:
        """Open an index; gives what answers a question, None where the engine cannot."""


MODULES = {
    "quiver": "",
    "quiver-fast": "numba",
    "quiver-top": "",
    "quiver-top-fast": "numba",
    "quiver-default": "",
    "quiver-default-fast": "numba",
    "quiver-page": "",
    "quiver-page-fast": "numba",
    "tantivy": "tantivy",
    "bm25s": "bm25s",
    "sqlite": "sqlite3",
    "xapian": "xapian",
    "whoosh": "whoosh",
}
"""Engine -> the package it needs beyond the project's own."""
CHANGES = ("quiver", "tantivy", "sqlite", "whoosh")
"""Those whose updates are measured."""


def available(name: str) -> bool:
    """Returns whether what an engine needs is installed."""
    return not MODULES[name] or find_spec(MODULES[name]) is not None


def engine(name: str) -> Engine:
    """Make an engine by name."""
    module = import_module(f"tests.bench.engines.{name.partition('-')[0]}_")
    made: Engine = module.make(name)
    return made


def index_of(name: str) -> str:
    """Returns the name of the engine that builds the index another reads."""
    return name.partition("-")[0]
