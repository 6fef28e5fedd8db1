"""Papers to runs: in this process for a few, in worker processes and files for many."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from indexer.analysis import Analyzer
from indexer.backends.whoosh.format.array_file import open_arrays, write_arrays
from indexer.backends.whoosh.format.directory import faults_told
from indexer.backends.whoosh.format.document_store import dictionary_for
from indexer.backends.whoosh.indexing.bulk_tokenizer import WordTable
from indexer.backends.whoosh.indexing.parallel_merge import Share, run_file
from indexer.backends.whoosh.indexing.runs import RUN_PAPERS, Line, Run, give_back, run_of
from indexer.backends.whoosh.indexing.worker_pool import Workers
from indexer.paper import Paper

RUN_BYTES: Final = 1 << 25
"""A run ends early when its papers are this long together."""
_LEAST: Final = 500
"""Papers that are worth a run of their own."""


def cores() -> int:
    """Count the cores this process may run on."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


class Collector:
    """Takes papers one by one and makes runs of them; what does not fit one run goes to disk."""

    def __init__(
        self, analyzer: Analyzer, folder: Path, workers: int = 1, dictionary: bytes = b""
    ) -> None:
        """Begin with no papers.

        Args:
            analyzer: how texts become terms.
            folder: where files of runs may be put; whoever gave it removes them.
            workers: processes that analyse once there is more than one run; 0 = one a core, 1 =
                this one only.
            dictionary: that of the store; empty = one is made of the first papers.
        """
        self._dictionary = dictionary
        self._analyzer = analyzer
        self._folder = folder
        self._count = workers or cores()
        self._workers: Workers | None = None
        self._table = WordTable(analyzer)
        self._papers: list[Paper] = []
        self._lines: list[Line] = []
        self._size = 0
        self._runs: list[Run] = []
        self._files = 0

    def add(self, paper: Paper, line: Line) -> None:
        """Take the next paper, and what is stored of it."""
        if len(self._lines) >= RUN_PAPERS or self._size >= RUN_BYTES:
            self._spill()
        if self._workers is None:
            self._papers.append(paper)
        self._lines.append(line)
        self._size += len(line[0])

    def finish(self) -> list[Run]:
        """Give all runs; their papers are those added, in that order.

        Raises:
            IndexError_: when a worker process failed.
        """
        if self._workers is not None:
            self._spill_rest()
            for path in self._workers.finish():
                self._open(path)
        elif self._lines:
            self._runs.append(self._run())
        self._lines, self._papers = [], []
        self._table.forget()
        if self._files:
            give_back()
        return self._runs

    def stems(self, words: Sequence[str]) -> list[str]:
        """Give the stem of each word; after `finish`.

        Raises:
            IndexError_: when a worker process failed.
        """
        if self._workers is None:
            return self._analyzer.stems(words)
        return self._workers.stems(words)

    def share(self) -> Share | None:
        """Give what has the runs merged by worker processes; None where there are none."""
        if self._workers is None:
            return None
        return Share(self._workers, self._folder, len(self._runs))

    def close_workers(self) -> None:
        """End the worker processes, whatever they do."""
        if self._workers is not None:
            self._workers.close()

    def close(self) -> None:
        """End the worker processes and let go of everything."""
        self.close_workers()
        self._lines, self._papers = [], []
        self._runs = []

    def _spill(self) -> None:
        path = run_file(self._folder, self._files)
        self._files += 1
        with faults_told(path):
            if self._count > 1:
                if self._workers is None:
                    self._learn()
                    self._workers = Workers(self._analyzer, self._count, self._dictionary)
                self._workers.give(path, self._lines)
            else:
                write_arrays(path, self._run().arrays, lasting=False)
                self._open(path)
        self._lines, self._papers = [], []
        self._size = 0

    def _spill_rest(self) -> None:
        """Share the last papers out among all workers, lest most of them wait for one."""
        rest = self._lines
        share = max(_LEAST, -(-len(rest) // self._count))
        for at in range(0, len(rest), share):
            self._lines = rest[at : at + share]
            self._spill()

    def _run(self) -> Run:
        self._learn()
        return run_of(self._papers, self._lines, self._table, self._dictionary)

    def _learn(self) -> None:
        """Make a dictionary, if there is none yet."""
        if not self._dictionary:
            self._dictionary = dictionary_for([line for line, _, _ in self._lines])

    def _open(self, path: Path) -> None:
        with faults_told(path):
            self._runs.append(Run(open_arrays(path)))
