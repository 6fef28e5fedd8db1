"""Runs: a sorted batch of papers, analysed, from which a segment is merged.

A build spills runs of some thousand papers to disk and merges them (external sorting; Witten,
Moffat & Bell 1999, "Managing Gigabytes", chapter 5), so its memory does not grow with its input. A
segment reads as a merge source too (`segment_merger`), so merging segments is the same work as
building one.
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
from indexer.backends.whoosh.format.record_terms import RecordTerms
from indexer.backends.whoosh.format.segment import HAS_BITS, MISSING, MISSING_YEAR, Ints, Strings
from indexer.backends.whoosh.indexing.bulk_tokenizer import BulkTokenizer, TokenArrays
from indexer.paper import Paper

FIELD_SHIFT: Final = 24
DOC_SHIFT: Final = FIELD_SHIFT + 1
"""An occurrence is ``doc << 25 | field << 24 | position``: field 0 is the title, 1 the abstract."""
RUN_PAPERS: Final = 1 << 13
"""Most papers of a run; bounds the memory of building it."""
StoredLine = tuple[bytes, int, int]
"""A paper as `document_store.encode` writes it; when it was first indexed and last changed, in
seconds since 1970 UTC."""


@dataclass(frozen=True, slots=True)
class DocColumns:
    """The columns of a run or a segment: one value a doc, beside its terms and authors.

    Attributes:
        ids, title_keys: paper id and case-folded title.
        venues, types: distinct values; venue, type: int32 index into them or -1.
        year: int32, CE, -1 where missing.
        has: uint8, bits of `HAS_BITS`.
        content: uint64, hash of all fields but `Paper.source`.
        first_indexed, last_changed: int64, seconds since 1970 UTC.
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
    """What a segment is merged from: a run, or another segment."""

    @property
    def papers(self) -> int:
        """Number of docs, dropped ones included."""

    @property
    def words(self) -> Strings:
        """Distinct surface forms and compounds ("noninvasive non invasive")."""

    @property
    def occurrence_counts(self) -> Ints:
        """How many occurrences `occurrences` returns for each word."""

    def occurrences(
        self, words: NDArray[np.int64], papers: range
    ) -> tuple[NDArray[np.int64], NDArray[np.uint64]]:
        """Returns all occurrences of some words; all words of a stem are asked for in one call.

        Args:
            words: int64, indexes into `words`.
            papers: docs of interest; occurrences in others may be returned too.

        Returns:
            int64, the word of each occurrence, and uint64, ``doc << 25 | field << 24 | position``.
        """

    @property
    def lengths(self) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
        """Field lengths of title and abstract, int32, one a doc: tokens that are no stop words."""

    @property
    def names(self) -> Strings:
        """Distinct author names as printed."""

    @property
    def paper_names(self) -> tuple[Ints, NDArray[np.int32]]:
        """Where each doc's names begin (docs + 1 entries), and int32 indexes into `names`."""

    @property
    def columns(self) -> DocColumns:
        """The columns of the docs."""

    @property
    def identifiers(self) -> tuple[Strings, Ints]:
        """Keys of identifiers in any order, and the paper of each."""

    @property
    def record_terms(self) -> RecordTerms:
        """The words of record fields."""

    @property
    def store(self) -> document_store.PaperStore:
        """The stored fields of the docs."""


@dataclass(frozen=True, slots=True)
class Run:
    """A `Source` made of papers; its arrays are written to a file and read back unchanged."""

    arrays: Mapping[str, NDArray[Any]]

    @property
    def papers(self) -> int:
        """Number of docs, dropped ones included."""
        return len(self.arrays["year"])

    @property
    def words(self) -> Strings:
        """Distinct surface forms and compounds."""
        return self._strings("words")

    @property
    def occurrence_counts(self) -> Ints:
        """Number of occurrences of each word."""
        return np.diff(self.arrays["word_ptr"])

    def occurrences(
        self,
        words: NDArray[np.int64],
        papers: range,  # noqa: ARG002 - a run is small: all are returned
    ) -> tuple[NDArray[np.int64], NDArray[np.uint64]]:
        """Returns all occurrences of some words, see `Source`."""
        indexes, counts = gathered(self.arrays["word_ptr"], words)
        where = self.arrays["where"][indexes]
        release(self.arrays["where"])
        return np.repeat(words, counts), where

    @property
    def lengths(self) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
        """Field lengths of title and abstract."""
        return self.arrays["title_length"], self.arrays["abstract_length"]

    @property
    def names(self) -> Strings:
        """Distinct author names as printed."""
        return self._strings("names")

    @property
    def paper_names(self) -> tuple[Ints, NDArray[np.int32]]:
        """Where each doc's names begin, and the names."""
        return self.arrays["paper_names_ptr"], self.arrays["paper_names"]

    @property
    def columns(self) -> DocColumns:
        """The columns of the docs."""
        values: dict[str, Any] = {
            field.name: self._strings(field.name)
            if field.name in ("ids", "title_keys", "venues", "types")
            else self.arrays[field.name]
            for field in fields(DocColumns)
        }
        return DocColumns(**values)

    @property
    def identifiers(self) -> tuple[Strings, Ints]:
        """Keys of identifiers in any order, and the paper of each."""
        return self._strings(KEYS), self.arrays[PAPERS]

    @property
    def record_terms(self) -> RecordTerms:
        """The words of record fields."""
        terms = RecordTerms.among(self.arrays)
        if terms is None:
            raise ValueError("a run has its record fields")
        return terms

    @property
    def store(self) -> document_store.PaperStore:
        """The stored fields of the docs."""
        arrays = self.arrays
        slot = np.arange(self.papers, dtype=np.int64)
        return document_store.PaperStore(
            arrays["packed"], arrays["packed_ends"], slot, arrays["dictionary"]
        )

    def _strings(self, name: str) -> Strings:
        return Strings(self.arrays[f"{name}.blob"], self.arrays[f"{name}.ends"])


def build_run(
    papers: Sequence[Paper],
    lines: Sequence[StoredLine],
    tokenizer: BulkTokenizer,
    dictionary: bytes = b"",
) -> Run:
    """Builds a run.

    Args:
        papers: at most `RUN_PAPERS`.
        lines: the same papers as stored, with their times.
        tokenizer: of this process; learns the words of the papers.
        dictionary: zstd dictionary of the document store.
    """
    arrays: dict[str, NDArray[Any]] = {}
    _add_words(arrays, tokenizer.tokenize(_texts(papers)), tokenizer)
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
    """Returns title and abstract of each paper in turn: text ``2 * doc + field``."""
    return [text for paper in papers for text in (paper.title, paper.abstract)]


def _add_words(
    arrays: dict[str, NDArray[Any]], tokens: TokenArrays, tokenizer: BulkTokenizer
) -> None:
    """Adds the occurrences, sorted by word, and the field lengths."""
    counts = np.bincount(tokens.word, minlength=len(tokenizer.words))
    used = np.flatnonzero(counts)
    local = np.zeros(len(counts), np.int32)
    local[used] = np.arange(len(used), dtype=np.int32)
    # Tokens come in the order of their positions, so a stable sort by word completes the order.
    order = stable_order(local[tokens.word])
    where = tokens.text[order].astype(np.uint64) << np.uint64(FIELD_SHIFT)
    where |= np.minimum(tokens.position, (1 << FIELD_SHIFT) - 1)[order].astype(np.uint64)
    arrays["where"] = where
    arrays["word_ptr"] = np.concatenate([np.zeros(1, np.int64), np.cumsum(counts[used])])
    store_strings(arrays, "words", [tokenizer.words[word] for word in used.tolist()])
    arrays["title_length"] = tokens.lengths[0::2].copy()
    arrays["abstract_length"] = tokens.lengths[1::2].copy()


def _add_names(arrays: dict[str, NDArray[Any]], papers: Sequence[Paper]) -> None:
    """Adds the distinct author names and each doc's names."""
    ids: dict[str, int] = {}
    flat = [ids.setdefault(name, len(ids)) for paper in papers for name in paper.authors]
    ends = np.zeros(len(papers) + 1, np.int64)
    np.cumsum([len(paper.authors) for paper in papers], out=ends[1:])
    store_strings(arrays, "names", list(ids))
    arrays["paper_names"] = np.array(flat, np.int32)
    arrays["paper_names_ptr"] = ends


def _add_values(arrays: dict[str, NDArray[Any]], papers: Sequence[Paper]) -> None:
    """Adds the columns."""
    store_strings(arrays, "ids", [paper.id for paper in papers])
    store_strings(arrays, "title_keys", [paper.title.casefold() for paper in papers])
    for name, values in (
        ("venue", [paper.venue for paper in papers]),
        ("type", [paper.type for paper in papers]),
    ):
        ids: dict[str, int] = {}
        codes = [ids.setdefault(value, len(ids)) if value else MISSING for value in values]
        arrays[name] = np.array(codes, np.int32)
        store_strings(arrays, f"{name}s", list(ids))
    years = [MISSING_YEAR if paper.year is None else paper.year for paper in papers]
    arrays["year"] = np.array(years, np.int32)
    has = np.zeros(len(papers), np.uint8)
    for bit, name in enumerate(HAS_BITS):
        present = [value not in ("", (), None) for value in map(attrgetter(name), papers)]
        has |= np.array(present, np.uint8) << np.uint8(bit)
    arrays["has"] = has
    keys, arrays[PAPERS] = keys_of(papers)
    arrays[f"{KEYS}.blob"], arrays[f"{KEYS}.ends"] = keys.blob, keys.ends
    arrays.update(RecordTerms.of_papers(papers).arrays())


def store_strings(arrays: dict[str, NDArray[Any]], name: str, strings: list[str]) -> None:
    """Stores strings as the two arrays ``name.blob`` and ``name.ends``."""
    packed = Strings.of(strings)
    arrays[f"{name}.blob"] = packed.blob
    arrays[f"{name}.ends"] = packed.ends


def release_memory() -> None:
    """Returns free memory to the system, which glibc otherwise keeps (malloc_trim(3))."""
    with suppress(AttributeError, OSError, TypeError):  # no glibc
        ctypes.CDLL(None).malloc_trim(0)
