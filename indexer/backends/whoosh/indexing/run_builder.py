"""Builds runs from papers: in this process for a few, in worker processes and files for many."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from indexer.analysis import Analyzer
from indexer.backends.whoosh.format.array_file import open_arrays, write_arrays
from indexer.backends.whoosh.format.directory import os_errors_reported
from indexer.backends.whoosh.format.document_store import dictionary_for
from indexer.backends.whoosh.indexing.bulk_tokenizer import BulkTokenizer
from indexer.backends.whoosh.indexing.parallel_merge import ParallelMerge, run_path
from indexer.backends.whoosh.indexing.runs import (
    RUN_PAPERS,
    Run,
    StoredLine,
    build_run,
    release_memory,
)
from indexer.backends.whoosh.indexing.worker_pool import WorkerPool
from indexer.paper import Paper

RUN_BYTES: Final = 1 << 25
"""Bytes of stored papers at which a run ends early; bounds memory for long abstracts."""
_LEAST: Final = 500
"""Fewest papers of a run when the rest is shared out among the workers."""


def cores() -> int:
    """Returns the number of cores that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


class RunBuilder:
    """Takes papers one by one and builds runs; all but a single run are spilled to disk."""

    def __init__(
        self, analyzer: Analyzer, folder: Path, workers: int = 1, dictionary: bytes = b""
    ) -> None:
        """Starts empty.

        Args:
            analyzer: analyses titles and abstracts.
            folder: takes the files of runs; the caller removes it.
            workers: processes that build runs once there is more than one; 0 = one a core, 1 = this
                process only.
            dictionary: zstd dictionary of the document store; empty = trained on the first papers.
        """
        self._dictionary = dictionary
        self._analyzer = analyzer
        self._folder = folder
        self._count = workers or cores()
        self._workers: WorkerPool | None = None
        self._tokenizer = BulkTokenizer(analyzer)
        self._papers: list[Paper] = []
        self._lines: list[StoredLine] = []
        self._size = 0
        self._runs: list[Run] = []
        self._files = 0

    def add(self, paper: Paper, line: StoredLine) -> None:
        """Adds the next paper and its stored form."""
        if len(self._lines) >= RUN_PAPERS or self._size >= RUN_BYTES:
            self._spill()
        if self._workers is None:
            self._papers.append(paper)
        self._lines.append(line)
        self._size += len(line[0])

    def finish(self) -> list[Run]:
        """Returns all runs; together they hold the papers added, in that order.

        Raises:
            IndexError_: when a worker process failed.
        """
        if self._workers is not None:
            self._spill_rest()
            for path in self._workers.finish():
                self._open(path)
        elif self._lines:
            self._runs.append(self._build_run())
        self._lines, self._papers = [], []
        self._tokenizer.clear()
        if self._files:
            release_memory()
        return self._runs

    def stems(self, words: Sequence[str]) -> list[str]:
        """Returns the stem of each word; to be called after `finish`.

        Raises:
            IndexError_: when a worker process failed.
        """
        if self._workers is None:
            return self._analyzer.stems(words)
        return self._workers.stems(words)

    def parallel_merge(self) -> ParallelMerge | None:
        """Returns the merge by worker processes; None where there are none."""
        if self._workers is None:
            return None
        return ParallelMerge(self._workers, self._folder, len(self._runs))

    def close_workers(self) -> None:
        """Kills the worker processes."""
        if self._workers is not None:
            self._workers.close()

    def close(self) -> None:
        """Kills the worker processes and drops everything."""
        self.close_workers()
        self._lines, self._papers = [], []
        self._runs = []

    def _spill(self) -> None:
        """Builds a run of the papers in memory and writes it to disk."""
        path = run_path(self._folder, self._files)
        self._files += 1
        with os_errors_reported(path):
            if self._count > 1:
                if self._workers is None:
                    self._train_dictionary()
                    self._workers = WorkerPool(self._analyzer, self._count, self._dictionary)
                self._workers.submit_run(path, self._lines)
            else:
                write_arrays(path, self._build_run().arrays, lasting=False)
                self._open(path)
        self._lines, self._papers = [], []
        self._size = 0

    def _spill_rest(self) -> None:
        """Shares the last papers out among all workers, so that none idles."""
        rest = self._lines
        run_size = max(_LEAST, -(-len(rest) // self._count))
        for low in range(0, len(rest), run_size):
            self._lines = rest[low : low + run_size]
            self._spill()

    def _build_run(self) -> Run:
        """Builds a run of the papers in memory."""
        self._train_dictionary()
        return build_run(self._papers, self._lines, self._tokenizer, self._dictionary)

    def _train_dictionary(self) -> None:
        """Trains the dictionary, if there is none yet."""
        if not self._dictionary:
            self._dictionary = dictionary_for([line for line, _, _ in self._lines])

    def _open(self, path: Path) -> None:
        """Opens a run file."""
        with os_errors_reported(path):
            self._runs.append(Run(open_arrays(path)))
