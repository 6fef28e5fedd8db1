"""Segments that stand on no disk, made by the writer's own merge."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from indexer.analysis import Analyzer
from indexer.backends.whoosh.format import document_store
from indexer.backends.whoosh.format.array_file import Array, little, narrowest
from indexer.backends.whoosh.format.generation import segment_from
from indexer.backends.whoosh.format.packed_ints import (
    WIDTHS,
    PackedInts,
    best_width,
    code_kind,
    encode,
    reaching,
)
from indexer.backends.whoosh.format.segment import Segment
from indexer.backends.whoosh.indexing.bulk_tokenizer import BulkTokenizer
from indexer.backends.whoosh.indexing.runs import RUN_PAPERS, build_run
from indexer.backends.whoosh.indexing.segment_merger import merge
from indexer.paper import Paper


class MemorySink:
    """A sink that keeps the arrays."""

    def __init__(self) -> None:
        """Begin with no arrays."""
        self._arrays: dict[str, Array] = {}
        self._pieces: dict[str, list[Array]] = {}
        self._narrow: dict[str, int] = {}

    def put(self, name: str, array: Array) -> None:
        """Take a whole array."""
        self._arrays[name] = little(array)

    def append(self, name: str, piece: Array) -> None:
        """Take the next piece of an array."""
        self._pieces.setdefault(name, []).append(piece)

    def append_packed(self, name: str, piece: Array, least: int) -> None:
        """Take the next piece of a list that is kept as `PackedInts`."""
        self._narrow[name] = least
        self.append(name, piece)

    def arrays(self) -> dict[str, Array]:
        """Returns all arrays, pieces joined."""
        for name, pieces in self._pieces.items():
            joined = np.concatenate(pieces)
            if name in self._narrow:
                self._arrays |= arrays_of_narrow(name, [joined], least=self._narrow[name])
                continue
            if joined.dtype.kind == "u":
                joined = joined.astype(narrowest(int(joined.max(initial=0))))
            self._arrays[name] = little(joined)
        self._pieces.clear()
        return self._arrays


def arrays_of_narrow(
    name: str, pieces: Sequence[NDArray[Any]], bits: int | None = None, *, least: int = WIDTHS[0]
) -> dict[str, NDArray[Any]]:
    """Make the arrays of a `PackedInts` of some pieces, of so many bits or of the best."""
    length = sum(map(len, pieces))
    width = bits or best_width(length, np.sum([reaching(one) for one in pieces], axis=0), least)
    codes, *beside = (list(column) for column in zip(*encode(pieces, width), strict=True))
    at, others = (np.concatenate(one) for one in beside)
    return {
        f"{name}.kind": np.array([length, width]),
        f"{name}.codes": np.concatenate([np.zeros(0, code_kind(width)), *codes]),
        f"{name}.at": at.astype(narrowest(int(at.max(initial=0)))),
        f"{name}.others": others.astype(narrowest(int(others.max(initial=0)))),
    }


def narrow_of(numbers: NDArray[Any], bits: int | None = None) -> PackedInts:
    """Make a `PackedInts` of numbers, of so many bits or of the best."""
    return PackedInts.of(arrays_of_narrow("some", [numbers.astype(np.uint64)], bits), "some")


def segment_of(papers: Iterable[Paper], analyzer: Analyzer) -> Segment:
    """Make a segment in memory; of papers with the same id the last one counts."""
    return segment_from(arrays_of(papers, analyzer))


def arrays_of(papers: Iterable[Paper], analyzer: Analyzer) -> dict[str, NDArray[Any]]:
    """Make all arrays of a segment and its store in memory; of equal ids the last one counts."""
    unique = {paper.id: paper for paper in papers}
    kept = list(unique.values())
    lines = [(document_store.encode(paper), 0, 0) for paper in kept]
    table = BulkTokenizer(analyzer)
    dictionary = document_store.dictionary_for([line for line, _, _ in lines])
    runs = [
        build_run(kept[at : at + RUN_PAPERS], lines[at : at + RUN_PAPERS], table, dictionary)
        for at in range(0, max(1, len(lines)), RUN_PAPERS)
    ]
    sink = MemorySink()
    merge(runs, [None] * len(runs), lambda words: [analyzer.stem(one) for one in words], sink)
    return sink.arrays()
