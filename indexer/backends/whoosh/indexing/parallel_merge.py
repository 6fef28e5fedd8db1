"""The work of merging runs, shared out among worker processes.

Everything they need lies in files beside the runs: the order of the papers and the numbering of
the words. Each part of the work leaves a file of arrays.
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
from indexer.backends.whoosh.format.packed_ints import Narrow
from indexer.backends.whoosh.indexing.author_index_writer import put_people
from indexer.backends.whoosh.indexing.doc_order import Order
from indexer.backends.whoosh.indexing.postings_writer import NARROW, Counts, Numbering, put_postings
from indexer.backends.whoosh.indexing.runs import Run
from indexer.backends.whoosh.indexing.worker_pool import Workers

Arrays = dict[str, NDArray[Any]]
_PARTS: Final = 2
"""Parts of the postings for each process: the last to end must not keep the others waiting."""
_STEP: Final = 1 << 20
"""Entries copied at once."""
_COUNTS: Final = ("postings", "places_of", "papers_of")


def run_file(folder: Path, number: int) -> Path:
    """Name the file of a run, numbered from 0."""
    return folder / f"run-{number}.arrays"


class Share:
    """Parts of a merge of runs, as one process gives them to others."""

    def __init__(self, workers: Workers, folder: Path, runs: int) -> None:
        """Share a merge.

        Args:
            workers: who does the work.
            folder: where the runs are, in `run_file`; files are added.
            runs: how many there are.
        """
        self._workers = workers
        self._folder = folder
        self._runs = runs

    def begin_people(self, order: Order) -> Future[str]:
        """Have the arrays of the authors made; to be called first."""
        arrays: Arrays = {
            "flat": order.flat,
            "by_id": order.by_id,
            "ranks": np.concatenate(order.ranks),
        }
        write_arrays(self._folder / "order.arrays", arrays, lasting=False)
        return self._workers.begin("people", str(self._folder), self._runs)

    def end_people(self, begun: Future[str], sink: Sink) -> None:
        """Wait for the arrays of the authors and write them."""
        begun.result()
        for name, array in open_arrays(self._folder / "people.arrays").items():
            sink.put(name, array)

    def begin_postings(self, known: Numbering, weights: NDArray[np.int64]) -> list[Future[str]]:
        """Have the postings of all stems made, in parts that hold about as many occurrences.

        Args:
            known: the words.
            weights: occurrences of each stem.
        """
        arrays: Arrays = {
            "word_stem": known.word_stem,
            "form": known.form,
            "stem_word_ptr": known.stem_word_ptr,
            "stem_words": known.stem_words,
            "word_tables": np.concatenate(known.word_tables),
            "table_lengths": np.array([len(one) for one in known.word_tables], np.int64),
        }
        write_arrays(self._folder / "numbering.arrays", arrays, lasting=False)
        parts = self._workers.count * _PARTS
        before = np.concatenate([[0], np.cumsum(weights)])
        cuts = np.searchsorted(before, np.linspace(0, before[-1], parts + 1)[1:-1])
        bounds = np.unique([0, *cuts.tolist(), known.stems]).tolist()
        stretches = list(pairwise(bounds)) or [(0, 0)]
        return [
            self._workers.begin("postings", str(self._folder), self._runs, low, high, number)
            for number, (low, high) in enumerate(stretches)
        ]

    def end_postings(self, begun: list[Future[str]], sink: Sink) -> Iterator[Counts]:
        """Wait for the postings, part by part, and write them."""
        for number, one in enumerate(begun):
            one.result()
            arrays = open_arrays(self._folder / f"postings-{number}.arrays")
            for at in range(0, max(1, len(arrays["docs"])), _STEP):
                sink.append("docs", arrays["docs"][at : at + _STEP])
            for name, least in NARROW:
                for piece in Narrow.of(arrays, name).pieces():
                    sink.append_narrow(name, piece, least)
            yield Counts(*(arrays[name].copy() for name in _COUNTS))
            release(arrays["docs"])


def make_people(folder: Path, runs: int) -> None:
    """Do in a worker process what `Share.begin_people` asks for."""
    sources, order = _sources(folder, runs), _order(folder, runs)
    with ArrayFile(folder / "people.arrays", lasting=False) as file:
        put_people(sources, order, file)


def make_postings(folder: Path, runs: int, low: int, high: int, number: int) -> None:
    """Do in a worker process a part of what `Share.begin_postings` asks for."""
    sources, order = _sources(folder, runs), _order(folder, runs)
    arrays = open_arrays(folder / "numbering.arrays")
    known = Numbering(
        arrays["word_stem"],
        arrays["form"],
        arrays["stem_word_ptr"],
        arrays["stem_words"],
        tuple(np.split(arrays["word_tables"], np.cumsum(arrays["table_lengths"])[:-1])),
    )
    with ArrayFile(folder / f"postings-{number}.arrays", lasting=False) as file:
        counts = put_postings(sources, order.ranks, known, range(low, high), file)
        for name, array in zip(
            _COUNTS, (counts.postings, counts.places, counts.papers), strict=True
        ):
            file.put(name, array)


def _sources(folder: Path, runs: int) -> list[Run]:
    return [Run(open_arrays(run_file(folder, number))) for number in range(runs)]


def _order(folder: Path, runs: int) -> Order:
    arrays = open_arrays(folder / "order.arrays")
    papers = [source.papers for source in _sources(folder, runs)]
    ranks = tuple(np.split(arrays["ranks"], np.cumsum(papers)[:-1]))
    return Order(arrays["flat"], ranks, arrays["by_id"])
