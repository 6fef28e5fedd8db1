"""Papers to runs: in this process for a few, in worker processes and files for many."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from indexer.analysis import Analyzer
from indexer.backends.whoosh.disk import faults_told
from indexer.backends.whoosh.files import open_arrays, write_arrays
from indexer.backends.whoosh.run import RUN_PAPERS, Run, run_of
from indexer.backends.whoosh.words import WordTable
from indexer.paper import Paper

Line = tuple[Paper, int, int]
"""A paper, when it was first indexed and when it last changed (seconds since 1970, UTC)."""
RUN_CHARACTERS: Final = 1 << 25
"""A run ends early when its texts are this long together."""


class Collector:
    """Takes papers one by one and makes runs of them; what does not fit one run goes to disk."""

    def __init__(self, analyzer: Analyzer, folder: Path) -> None:
        """Begin with no papers.

        Args:
            analyzer: how texts become terms.
            folder: where files of runs may be put; whoever gave it removes them.
        """
        self._folder = folder
        self._table = WordTable(analyzer)
        self._lines: list[Line] = []
        self._size = 0
        self._runs: list[Run] = []

    def add(self, line: Line) -> None:
        """Take the next paper."""
        if len(self._lines) >= RUN_PAPERS or self._size >= RUN_CHARACTERS:
            self._spill()
        self._lines.append(line)
        self._size += len(line[0].title) + len(line[0].abstract)

    def finish(self) -> list[Run]:
        """Give all runs; their papers are those added, in that order."""
        if self._lines:
            self._runs.append(run_of(self._lines, self._table))
            self._lines = []
        return self._runs

    def close(self) -> None:
        """Let go of everything."""
        self._lines = []
        self._runs = []

    def _spill(self) -> None:
        path = self._folder / f"run-{len(self._runs)}.arrays"
        with faults_told(path):
            write_arrays(path, run_of(self._lines, self._table).arrays)
            self._runs.append(Run(open_arrays(path)))
        path.unlink()  # the memory map keeps it; nothing is left should we die
        self._lines = []
        self._size = 0
