"""Merges runs in worker processes: the authors in one, ranges of stems in others.

All they need is in files beside the runs: the order of the docs and the mapping of words to stems.
Each part leaves a file of arrays, which this process copies into the segment.
"""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import Future
from itertools import pairwise
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from indexer.backends.whoosh.format.array_file import (
    ArrayFile,
    Sink,
    open_arrays,
    release,
    write_arrays,
)
from indexer.backends.whoosh.format.packed_ints import PackedInts
from indexer.backends.whoosh.indexing.author_index_writer import write_authors
from indexer.backends.whoosh.indexing.doc_order import DocOrder
from indexer.backends.whoosh.indexing.postings_writer import (
    PACKED,
    PostingCounts,
    WordMapping,
    write_postings,
)
from indexer.backends.whoosh.indexing.runs import Run
from indexer.backends.whoosh.indexing.worker_pool import WorkerPool

Arrays = dict[str, NDArray[Any]]
_PARTS: Final = 2
"""Parts of the postings per process: with more parts the last one to end is shorter."""
_STEP: Final = 1 << 20
"""Entries copied at a time."""
_COUNTS: Final = ("postings", "places_of", "papers_of")


def run_path(folder: Path, number: int) -> Path:
    """Returns the path of a run, numbered from 0."""
    return folder / f"run-{number}.arrays"


class ParallelMerge:
    """A merge of runs in parts; used by the process that writes the segment."""

    def __init__(self, workers: WorkerPool, folder: Path, runs: int) -> None:
        """Prepares a merge.

        Args:
            workers: processes that do the work.
            folder: contains the runs, see `run_path`; files are added.
            runs: how many there are.
        """
        self._workers = workers
        self._folder = folder
        self._runs = runs

    def begin_authors(self, order: DocOrder) -> Future[str]:
        """Starts the merge of the authors; to be called first."""
        arrays: Arrays = {
            "flat": order.source_positions,
            "by_id": order.by_id,
            "ranks": np.concatenate(order.doc_ids),
        }
        write_arrays(self._folder / "order.arrays", arrays, lasting=False)
        return self._workers.submit("people", str(self._folder), self._runs)

    def end_authors(self, future: Future[str], sink: Sink) -> None:
        """Waits for the authors and writes their arrays."""
        future.result()
        for name, array in open_arrays(self._folder / "people.arrays").items():
            sink.put(name, array)

    def begin_postings(self, mapping: WordMapping, weights: NDArray[np.int64]) -> list[Future[str]]:
        """Starts the merge of all postings, in parts of about equally many occurrences.

        Args:
            mapping: words and stems.
            weights: int64, occurrences of each stem.
        """
        arrays: Arrays = {
            "word_stem": mapping.word_stem,
            "form": mapping.form,
            "stem_word_ptr": mapping.stem_word_ptr,
            "stem_words": mapping.stem_words,
            "word_tables": np.concatenate(mapping.word_tables),
            "table_lengths": np.array([len(table) for table in mapping.word_tables], np.int64),
        }
        write_arrays(self._folder / "numbering.arrays", arrays, lasting=False)
        parts = self._workers.count * _PARTS
        before = np.concatenate([[0], np.cumsum(weights)])
        cuts = np.searchsorted(before, np.linspace(0, before[-1], parts + 1)[1:-1])
        bounds = np.unique([0, *cuts.tolist(), mapping.stems]).tolist()
        ranges = list(pairwise(bounds)) or [(0, 0)]
        return [
            self._workers.submit("postings", str(self._folder), self._runs, low, high, number)
            for number, (low, high) in enumerate(ranges)
        ]

    def end_postings(self, futures: list[Future[str]], sink: Sink) -> Iterator[PostingCounts]:
        """Waits for the postings, part by part, and writes them; yields the counts of each part."""
        for number, future in enumerate(futures):
            future.result()
            arrays = open_arrays(self._folder / f"postings-{number}.arrays")
            for low in range(0, max(1, len(arrays["docs"])), _STEP):
                sink.append("docs", arrays["docs"][low : low + _STEP])
            for name, least in PACKED:
                for piece in PackedInts.of(arrays, name).pieces():
                    sink.append_packed(name, piece, least)
            yield PostingCounts(*(arrays[name].copy() for name in _COUNTS))
            release(arrays["docs"])


def merge_authors(folder: Path, runs: int) -> None:
    """Merges the authors, in a worker process; see `ParallelMerge.begin_authors`."""
    sources, order = _sources(folder, runs), _order(folder, runs)
    with ArrayFile(folder / "people.arrays", lasting=False) as file:
        write_authors(sources, order, file)


def merge_postings(folder: Path, runs: int, low: int, high: int, number: int) -> None:
    """Merges the postings of a range of stems, in a worker process."""
    sources, order = _sources(folder, runs), _order(folder, runs)
    arrays = open_arrays(folder / "numbering.arrays")
    mapping = WordMapping(
        arrays["word_stem"],
        arrays["form"],
        arrays["stem_word_ptr"],
        arrays["stem_words"],
        tuple(np.split(arrays["word_tables"], np.cumsum(arrays["table_lengths"])[:-1])),
    )
    with ArrayFile(folder / f"postings-{number}.arrays", lasting=False) as file:
        counts = write_postings(sources, order.doc_ids, mapping, range(low, high), file)
        for name, array in zip(
            _COUNTS, (counts.postings, counts.places, counts.papers), strict=True
        ):
            file.put(name, array)


def _sources(folder: Path, runs: int) -> list[Run]:
    """Opens all runs."""
    return [Run(open_arrays(run_path(folder, number))) for number in range(runs)]


def _order(folder: Path, runs: int) -> DocOrder:
    """Reads the order of the docs."""
    arrays = open_arrays(folder / "order.arrays")
    counts = [source.papers for source in _sources(folder, runs)]
    doc_ids = tuple(np.split(arrays["ranks"], np.cumsum(counts)[:-1]))
    return DocOrder(arrays["flat"], doc_ids, arrays["by_id"])
