"""The arrays a segment is made of: what the writer fills and the evaluation reads.

A segment never changes once written. Papers are numbered from 0 in the order *year falling
(missing last), then id rising*: so the number of a paper is its place among ties, a range of years
is a range of numbers, and the years' histogram is a difference of two searches. Every array may be
memory-mapped; all are little-endian and read-only.

Two families of terms point at papers: stems of title and abstract, with the places of each
occurrence and its surface form; and distinct author names, each a person as printed.

Shapes: P papers, S stems, W surface words, N distinct author names, K name words, C distinct
`name_key`s, T all stem postings, O all occurrences.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from indexer.backends.whoosh.format.packed_ints import PackedInts

Ints = NDArray[np.signedinteger[Any]]
MISSING_YEAR = -1
"""In `Segment.year`: the paper has none. It sorts after every year."""
MISSING = -1
"""In `Segment.venue` and `Segment.type`: the paper has none."""
_STEP = 64
"""Strings of a lexicon between two that are kept as objects; 60 bytes for each of these."""
HAS_BITS = ("abstract", "authors", "venue", "year", "type", "doi", "url", "keywords")
"""Bit n of `Segment.has` says whether the paper has this field."""


@dataclass(frozen=True, slots=True)
class Strings:
    """A list of strings in one block of UTF-8.

    Attributes:
        blob: uint8, all strings one after the other.
        ends: int32 or int64[n + 1], ends[0] = 0; string i is ``blob[ends[i]:ends[i + 1]]``.
    """

    blob: NDArray[np.uint8]
    ends: Ints

    def __len__(self) -> int:
        """Number of strings."""
        return len(self.ends) - 1

    def raw(self, at: int) -> bytes:
        """Returns string `at` (from 0) as UTF-8."""
        return self.blob[self.ends[at] : self.ends[at + 1]].tobytes()

    def __getitem__(self, at: int) -> str:
        """Returns string `at` (from 0)."""
        return self.raw(at).decode()

    def __iter__(self) -> Iterator[str]:
        """Returns all strings in order."""
        blob, ends = self.blob.tobytes(), self.ends.tolist()
        return (blob[a:b].decode() for a, b in pairwise(ends))

    def raws(self) -> list[bytes]:
        """Returns all strings in order, as UTF-8."""
        blob, ends = self.blob.tobytes(), self.ends.tolist()
        return [blob[a:b] for a, b in pairwise(ends)]

    @classmethod
    def of(cls, strings: list[str]) -> Self:
        """Packs strings in the order given."""
        return cls.of_raws([string.encode() for string in strings])

    @classmethod
    def of_raws(cls, raws: list[bytes]) -> Self:
        """Packs strings that are UTF-8 already, in the order given."""
        ends = np.zeros(len(raws) + 1, np.int64)
        np.cumsum([len(raw) for raw in raws], out=ends[1:])
        return cls(np.frombuffer(b"".join(raws), np.uint8), ends)


class Lexicon(Strings):
    """Distinct strings rising by UTF-8 bytes, which is by code point; its places are term ids."""

    __slots__ = ("_every",)
    _every: list[bytes]

    def find(self, term: str) -> int:
        """Returns the id of a term, -1 where it is not there."""
        return self.find_raw(term.encode(errors="surrogatepass"))  # half a pair is in no text

    def find_raw(self, key: bytes) -> int:
        """Returns the id of a term in UTF-8, -1 where it is not there."""
        low = max(0, bisect_left(self._sampled(), key) - 1) * _STEP
        at = bisect_left(_Raw(self), key, low, min(low + _STEP, len(self)))
        return at if at < len(self) and self.raw(at) == key else -1

    def _sampled(self) -> list[bytes]:
        """Returns every `_STEP`th string, made on first use: `bisect` reads a list in C."""
        try:
            return self._every
        except AttributeError:
            raws = _Raw(self)
            sampled = [raws[at] for at in range(0, len(self), _STEP)]
            object.__setattr__(self, "_every", sampled)  # the class is frozen
            return sampled

    def equal_range(self, key: bytes) -> range:
        """Returns the places of a string in UTF-8; more than one where strings repeat."""
        raws = _Raw(self)
        return range(bisect_left(raws, key), bisect_right(raws, key))

    def prefixed(self, prefix: str) -> range:
        """Returns the ids of the terms that begin with `prefix`; of all terms if it is empty."""
        key = prefix.encode(errors="surrogatepass")
        low = bisect_left(_Raw(self), key)
        high = bisect_left(_Raw(self), key + b"\xff")
        return range(low, high)


class _Raw:
    """Lets `bisect` read a lexicon without making a list of it."""

    __slots__ = ("_blob", "_ends")

    def __init__(self, strings: Strings) -> None:
        # Views give plain numbers and bytes, many times faster than arrays do one by one.
        self._blob = strings.blob.data
        self._ends = strings.ends.data

    def __len__(self) -> int:
        return len(self._ends) - 1

    def __getitem__(self, at: int) -> bytes:
        return bytes(self._blob[self._ends[at] : self._ends[at + 1]])


@dataclass(frozen=True, slots=True)
class Segment:
    """The arrays of one segment.

    What is called `…_ptr` is int32 where that holds it, int64 else, and rises from 0.

    Text (stems of title and abstract; stop words and joined compounds are stems like others):
        stems: Lexicon[S].
        stem_ptr: [S + 1] into the postings; those of one stem rise by paper.
        docs: int32[T], numbers of papers.
        title_tf, abstract_tf: PackedInts[T], occurrences of the stem in the field.
        place_ptr: [S + 1] into `places`: a stem's occurrences, paper by paper in the order of
            its postings, title before abstract, rising (title_tf then abstract_tf of each).
        places: PackedInts[O], position in its own field, from 0 (`Token.position`).
        forms: PackedInts[O], which surface word of its stem it is: `stem_words` at
            ``stem_word_ptr[stem] + form``.
        words: Lexicon[W], all surface words.
        word_stem: int32[W], the stem of each.
        word_df: int32[W], papers that hold it.
        stem_word_ptr: [S + 1]; stem_words: int32[W], words of each stem, rising.
        title_length, abstract_length: int32[P], tokens that count: neither stop words nor joined.
        compounds: Lexicon of lines "noninvasive non invasive": joined word, then its parts.
        compound_ptr: [compounds + 1]; compound_papers: int32, papers in whose title or
            abstract the compound is written so, rising, distinct.

    Authors:
        names: Strings[N], names as printed, rising by `name_key`, then by code point.
        name_rank: int32[N], the place of each name among all by code point.
        name_keys: Lexicon[C], the distinct `name_key`s of the names.
        name_key_ptr: [C + 1]; the names of one key stand together, from
            ``name_key_ptr[key]`` up to ``name_key_ptr[key + 1]``.
        name_words: Lexicon[K], words of names (`analysis.name_words`).
        name_word_ptr: [K + 1]; name_word_names: int32, names that hold the word, rising.
        paper_names_ptr: [P + 1]; paper_names: int32, names of a paper in order of
            authorship, doubles kept.
        name_papers_ptr: [N + 1]; name_papers: int32, papers of a name, rising, distinct.
        author_length: int32[P], name words of all its authors together (parts, not joined forms).

    Values:
        venues, types: Lexicon. venue, type: int32[P], place in them or -1.
        year: int32[P], falling; -1 where missing.
        has: uint8[P], bits of HAS_BITS.
        ids: Lexicon[P]; id_paper: int32[P], the paper of each id.
        title_order: int32[P], papers by case-folded title, then number.
        first_indexed, last_changed: int32 or int64[P], seconds since 1970, UTC.

    The papers themselves are in a `store`, see `document_store.py`.
    """

    stems: Lexicon
    stem_ptr: Ints
    docs: NDArray[np.int32]
    title_tf: PackedInts
    abstract_tf: PackedInts
    place_ptr: Ints
    places: PackedInts
    forms: PackedInts
    words: Lexicon
    word_stem: NDArray[np.int32]
    word_df: NDArray[np.int32]
    stem_word_ptr: Ints
    stem_words: NDArray[np.int32]
    title_length: NDArray[np.int32]
    abstract_length: NDArray[np.int32]
    compounds: Lexicon
    compound_ptr: Ints
    compound_papers: NDArray[np.int32]
    names: Strings
    name_rank: NDArray[np.int32]
    name_keys: Lexicon
    name_key_ptr: Ints
    name_words: Lexicon
    name_word_ptr: Ints
    name_word_names: NDArray[np.int32]
    paper_names_ptr: Ints
    paper_names: NDArray[np.int32]
    name_papers_ptr: Ints
    name_papers: NDArray[np.int32]
    author_length: NDArray[np.int32]
    venues: Lexicon
    types: Lexicon
    venue: NDArray[np.int32]
    type: NDArray[np.int32]
    year: NDArray[np.int32]
    has: NDArray[np.uint8]
    ids: Lexicon
    id_paper: NDArray[np.int32]
    title_order: NDArray[np.int32]
    first_indexed: Ints
    last_changed: Ints

    @property
    def papers(self) -> int:
        """Number of papers, deleted ones included."""
        return len(self.year)
