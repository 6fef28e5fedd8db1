"""A run: some thousand papers, analysed, in the order in which they came.

Runs are what a build is merged from; a worker process makes them one at a time and leaves them in
a file, so the memory of a build does not grow with its dumps. A segment can be read as a run, too
(`segment_merger.py`), so that merging segments is the same work as building one.

The memory of this process, as the system sees it.
"""

from __future__ import annotations

import ctypes
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, fields
from operator import attrgetter
from typing import Any, Final, Protocol

import numpy as np
from numpy.typing import NDArray

from indexer.backends.whoosh.format import document_store
from indexer.backends.whoosh.format.array_file import release
from indexer.backends.whoosh.format.identifier_dictionary import KEYS, PAPERS, keys_of
from indexer.backends.whoosh.format.ragged_arrays import gathered, stable_order
from indexer.backends.whoosh.format.segment import HAS_BITS, MISSING, MISSING_YEAR, Ints, Strings
from indexer.backends.whoosh.indexing.bulk_tokenizer import Cuts, WordTable
from indexer.paper import Paper

FIELD_SHIFT: Final = 24
PAPER_SHIFT: Final = FIELD_SHIFT + 1
"""An occurrence is ``paper << 25 | field << 24 | position``, field 0 the title, 1 the abstract."""
RUN_PAPERS: Final = 1 << 13
"""Most papers of a run."""
Line = tuple[bytes, int, int]
"""A paper as `store.encode` writes it, and when it was first indexed and last changed."""


@dataclass(frozen=True, slots=True)
class Record:
    """What the list of papers of a run or a segment says beside their words, one entry a paper.

    Attributes:
        ids, title_keys: id and case-folded title.
        venues, types: distinct values; venue, type: place in them or -1.
        year: CE, -1 where missing.
        has: bits of `HAS_BITS`.
        content: 64 bits of a hash of all fields but `Paper.source`.
        first_indexed, last_changed: seconds since 1970, UTC.
    """

    ids: Strings
    title_keys: Strings
    venues: Strings
    types: Strings
    venue: NDArray[np.int32]
    type: NDArray[np.int32]
    year: NDArray[np.int32]
    has: NDArray[np.uint8]
    content: NDArray[np.uint64]
    first_indexed: Ints
    last_changed: Ints


class Source(Protocol):
    """What segments are merged from."""

    @property
    def papers(self) -> int:
        """Number of papers, unwanted ones included."""

    @property
    def words(self) -> Strings:
        """Distinct surface words and compounds ("noninvasive non invasive")."""

    @property
    def occurrence_counts(self) -> Ints:
        """How many occurrences `occurrences` gives for each word."""

    def occurrences(
        self, words: NDArray[np.int64], papers: range
    ) -> tuple[NDArray[np.int64], NDArray[np.uint64]]:
        """Give every occurrence of some words, all words of a stem asked for together.

        Args:
            words: their numbers.
            papers: which papers are asked about; occurrences in others may be given, too.

        Returns:
            The word of each, and where it is: ``paper << 25 | field << 24 | position``.
        """

    @property
    def lengths(self) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
        """Words that count of each title and of each abstract."""

    @property
    def names(self) -> Strings:
        """Distinct author names as printed."""

    @property
    def paper_names(self) -> tuple[Ints, NDArray[np.int32]]:
        """Where each paper's names begin (papers + 1 entries), and the names."""

    @property
    def record(self) -> Record:
        """The rest of each paper."""

    @property
    def identifiers(self) -> tuple[Strings, Ints]:
        """Keys of identifiers in any order, and the paper of each."""

    @property
    def store(self) -> document_store.PaperStore:
        """The papers as they were given."""


@dataclass(frozen=True, slots=True)
class Run:
    """A `Source` made from papers; its arrays go into a file and come back unchanged."""

    arrays: Mapping[str, NDArray[Any]]

    @property
    def papers(self) -> int:
        """Number of papers, unwanted ones included."""
        return len(self.arrays["year"])

    @property
    def words(self) -> Strings:
        """Distinct surface words and compounds."""
        return self._strings("words")

    @property
    def occurrence_counts(self) -> Ints:
        """How many occurrences each word has."""
        return np.diff(self.arrays["word_ptr"])

    def occurrences(
        self,
        words: NDArray[np.int64],
        papers: range,  # noqa: ARG002 - a run is so small that it gives all
    ) -> tuple[NDArray[np.int64], NDArray[np.uint64]]:
        """Give every occurrence of some words, see `Source`."""
        at, counts = gathered(self.arrays["word_ptr"], words)
        where = self.arrays["where"][at]
        release(self.arrays["where"])
        return np.repeat(words, counts), where

    @property
    def lengths(self) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
        """Words that count of each title and of each abstract."""
        return self.arrays["title_length"], self.arrays["abstract_length"]

    @property
    def names(self) -> Strings:
        """Distinct author names as printed."""
        return self._strings("names")

    @property
    def paper_names(self) -> tuple[Ints, NDArray[np.int32]]:
        """Where each paper's names begin, and the names."""
        return self.arrays["paper_names_ptr"], self.arrays["paper_names"]

    @property
    def record(self) -> Record:
        """The rest of each paper."""
        values: dict[str, Any] = {
            one.name: self._strings(one.name)
            if one.name in ("ids", "title_keys", "venues", "types")
            else self.arrays[one.name]
            for one in fields(Record)
        }
        return Record(**values)

    @property
    def identifiers(self) -> tuple[Strings, Ints]:
        """Keys of identifiers in any order, and the paper of each."""
        return self._strings(KEYS), self.arrays[PAPERS]

    @property
    def store(self) -> document_store.PaperStore:
        """The papers as they were given."""
        arrays = self.arrays
        slot = np.arange(self.papers, dtype=np.int64)
        return document_store.PaperStore(
            arrays["packed"], arrays["packed_ends"], slot, arrays["dictionary"]
        )

    def _strings(self, name: str) -> Strings:
        return Strings(self.arrays[f"{name}.blob"], self.arrays[f"{name}.ends"])


def run_of(
    papers: Sequence[Paper], lines: Sequence[Line], table: WordTable, dictionary: bytes = b""
) -> Run:
    """Analyse papers into a run.

    Args:
        papers: at most `RUN_PAPERS`.
        lines: the same papers, with their times.
        table: the words met so far in this process; grows.
        dictionary: that of the store.
    """
    arrays: dict[str, NDArray[Any]] = {}
    _add_words(arrays, table.cut(_texts(papers)), table)
    _add_names(arrays, papers)
    _add_values(arrays, papers)
    arrays["content"] = np.array(
        [document_store.content_hash(line) for line, _, _ in lines], np.uint64
    )
    arrays["first_indexed"] = np.array([first for _, first, _ in lines], np.int64)
    arrays["last_changed"] = np.array([last for _, _, last in lines], np.int64)
    packed = document_store.pack((line for line, _, _ in lines), dictionary)
    arrays["packed"], arrays["packed_ends"] = packed
    arrays["dictionary"] = np.frombuffer(dictionary, np.uint8)
    return Run(arrays)


def _texts(papers: Sequence[Paper]) -> list[str]:
    return [text for paper in papers for text in (paper.title, paper.abstract)]


def _add_words(arrays: dict[str, NDArray[Any]], cuts: Cuts, table: WordTable) -> None:
    """Sort the occurrences by word; `Cuts.text` is 2 * paper + field already."""
    seen = np.bincount(cuts.word, minlength=len(table.words))
    used = np.flatnonzero(seen)
    local = np.zeros(len(seen), np.int32)
    local[used] = np.arange(len(used), dtype=np.int32)
    # Occurrences come in the order of their places, so the order of words is all there is to find.
    order = stable_order(local[cuts.word])
    where = cuts.text[order].astype(np.uint64) << np.uint64(FIELD_SHIFT)
    where |= np.minimum(cuts.position, (1 << FIELD_SHIFT) - 1)[order].astype(np.uint64)
    arrays["where"] = where
    arrays["word_ptr"] = np.concatenate([np.zeros(1, np.int64), np.cumsum(seen[used])])
    put_strings(arrays, "words", [table.words[at] for at in used.tolist()])
    arrays["title_length"] = cuts.lengths[0::2].copy()
    arrays["abstract_length"] = cuts.lengths[1::2].copy()


def _add_names(arrays: dict[str, NDArray[Any]], papers: Sequence[Paper]) -> None:
    ids: dict[str, int] = {}
    flat = [ids.setdefault(name, len(ids)) for paper in papers for name in paper.authors]
    ends = np.zeros(len(papers) + 1, np.int64)
    np.cumsum([len(paper.authors) for paper in papers], out=ends[1:])
    put_strings(arrays, "names", list(ids))
    arrays["paper_names"] = np.array(flat, np.int32)
    arrays["paper_names_ptr"] = ends


def _add_values(arrays: dict[str, NDArray[Any]], papers: Sequence[Paper]) -> None:
    put_strings(arrays, "ids", [paper.id for paper in papers])
    put_strings(arrays, "title_keys", [paper.title.casefold() for paper in papers])
    for name, values in (
        ("venue", [paper.venue for paper in papers]),
        ("type", [paper.type for paper in papers]),
    ):
        ids: dict[str, int] = {}
        codes = [ids.setdefault(value, len(ids)) if value else MISSING for value in values]
        arrays[name] = np.array(codes, np.int32)
        put_strings(arrays, f"{name}s", list(ids))
    years = [MISSING_YEAR if paper.year is None else paper.year for paper in papers]
    arrays["year"] = np.array(years, np.int32)
    has = np.zeros(len(papers), np.uint8)
    for bit, name in enumerate(HAS_BITS):
        there = [value not in ("", (), None) for value in map(attrgetter(name), papers)]
        has |= np.array(there, np.uint8) << np.uint8(bit)
    arrays["has"] = has
    keys, arrays[PAPERS] = keys_of(papers)
    arrays[f"{KEYS}.blob"], arrays[f"{KEYS}.ends"] = keys.blob, keys.ends


def put_strings(arrays: dict[str, NDArray[Any]], name: str, strings: list[str]) -> None:
    """Put a list of strings as the two arrays ``name.blob`` and ``name.ends``."""
    packed = Strings.of(strings)
    arrays[f"{name}.blob"] = packed.blob
    arrays[f"{name}.ends"] = packed.ends


def give_back() -> None:
    """Give memory that is free back to the system, which else stays with the C library."""
    with suppress(AttributeError, OSError, TypeError):  # where there is no glibc
        ctypes.CDLL(None).malloc_trim(0)
