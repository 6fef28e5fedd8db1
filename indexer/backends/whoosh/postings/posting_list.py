"""The virtual postings of a term: the papers that hold it, and how often in each field.

Papers that hold a term, and how often each of their fields does.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Final, Self

import numpy as np
from numpy.typing import NDArray

from indexer.backends.whoosh.postings.author_names import (
    NOBODY,
    names_holding,
    names_meeting,
    names_saying,
    names_with,
    papers_of,
    union,
)
from indexer.backends.whoosh.postings.bitset import check_papers
from indexer.backends.whoosh.postings.positions import (
    NOWHERE,
    Integers,
    Keys,
    chains_in,
    clusters,
    distinct,
    intersect,
    stem_keys,
    tally,
)
from indexer.backends.whoosh.postings.segment_reader import Numbers, SegmentReader
from indexer.budget import Budget
from indexer.query import TextField
from indexer.query_analysis.terms import (
    CompoundTerm,
    NameTerm,
    NearTerm,
    PhraseTerm,
    StemTerm,
    TextTerm,
    UnionTerm,
    Way,
)

_TOGETHER: Final = 1 << 15
"""Papers whose occurrences are in memory at once: of the commonest word some 400,000, 13 MB."""


def postings_of(reader: SegmentReader, term: TextTerm, budget: Budget) -> Postings:
    """Find a term in a segment.

    Args:
        reader: the segment.
        term: what is asked for.
        budget: pays for what is looked at.

    Raises:
        BudgetSpent: when that would be too much.
        IndexDamaged: when its papers do not rise.
    """
    field = term.field if not isinstance(term, NameTerm) else "author"
    found = EMPTY if field == "author" else _text(reader, term, budget)
    if field in ("title", "abstract"):
        counts = found.title if field == "title" else found.abstract
        if counts is None:
            return EMPTY
        only = (
            Postings(found.docs, counts) if field == "title" else Postings(found.docs, None, counts)
        )
        found = only.kept(counts > 0)
    else:
        people = _people(reader, term, budget)
        if len(people):
            budget.spend(_entries(reader, people))
            position = term.position if isinstance(term, NameTerm) else None
            docs, counts = papers_of(reader, people, *([position] if position else []))
            found = joined(found, Postings(docs, author=counts))
    check_papers(found.docs, reader.size)
    if reader.live is not None and len(found.docs):
        found = found.kept(reader.live[found.docs])
    return found


def _entries(reader: SegmentReader, names: Numbers) -> int:
    """Count the papers on which names stand, a paper once for each name."""
    pointers = reader.arrays.name_papers_ptr
    return int(pointers[names.astype(np.int64) + 1].sum() - pointers[names].sum())


def _text(reader: SegmentReader, term: TextTerm, budget: Budget) -> Postings:
    match term:
        case StemTerm(exact=False):
            return _stem(reader, term.stem)
        case StemTerm():
            return _phrase(reader, (((term.word,),),), budget)
        case CompoundTerm():
            return _compound(reader, term, budget)
        case PhraseTerm():
            return _phrase(reader, term.steps, budget)
        case NearTerm():
            return _near(reader, term, budget)
        case UnionTerm():
            return _union(reader, term.words, budget)
    return EMPTY


def _people(reader: SegmentReader, term: TextTerm, budget: Budget) -> Numbers:
    match term:
        case StemTerm():
            return names_with(reader, term.word)
        case CompoundTerm():
            return union(names_holding(reader, way) for way in term.ways)
        case PhraseTerm() | NearTerm():
            return names_saying(reader, term, budget)
        case UnionTerm():
            return union(names_with(reader, word) for word in term.names)
    return names_meeting(reader, term, budget)


def _stem(reader: SegmentReader, stem: str) -> Postings:
    arrays = reader.arrays
    at = arrays.stems.find(stem)
    if at < 0:
        return EMPTY
    low, high = reader.stem_span(at)
    return Postings(arrays.docs[low:high], arrays.title_tf[low:high], arrays.abstract_tf[low:high])


def _compound(reader: SegmentReader, term: CompoundTerm, budget: Budget) -> Postings:
    """Count the most frequent of the ways to write it, field by field."""
    found = EMPTY
    for way in term.text_ways:
        if len(way) == 1 and not term.exact:
            one = _stem(reader, way[0])
        else:
            one = _phrase(reader, ((way,),), budget, stems=not term.exact)
        found = joined(found, one)
    return found


@dataclass(frozen=True, slots=True)
class _Looked:
    """Stems, or surface words of them, as they are looked up.

    Attributes:
        ids: for each its stem, -1 where it is not there, and the surface word, None for all.
    """

    reader: SegmentReader
    budget: Budget
    ids: Mapping[str, tuple[int, int | None]]

    @classmethod
    def of(
        cls, reader: SegmentReader, budget: Budget, words: Iterable[str], *, stems: bool
    ) -> Self:
        """Look up stems, or surface words."""
        arrays = reader.arrays
        ids: dict[str, tuple[int, int | None]] = {}
        for word in words:
            if word in ids:
                continue
            if stems:
                ids[word] = arrays.stems.find(word), None
            else:
                at = arrays.words.find(word)
                ids[word] = (int(arrays.word_stem[at]) if at >= 0 else -1), at
        return cls(reader, budget, ids)

    @property
    def weights(self) -> dict[str, int]:
        """How many papers hold the stem of each word."""
        return {word: len(self.docs(word)) for word in self.ids}

    def docs(self, word: str) -> Numbers:
        """Give the papers that hold the stem of a word."""
        stem, _ = self.ids[word]
        return self.reader.arrays.docs[slice(*self.reader.stem_span(stem))] if stem >= 0 else NOBODY

    def together(self, words: Iterable[str]) -> Numbers:
        """Give the papers that hold the stems of all of these words, wherever."""
        first, *others = sorted(
            {self.ids[word][0]: self.docs(word) for word in words}.values(), key=len
        )
        for other in others:
            if not len(first):
                break
            self.budget.spend(len(first))
            first = intersect(first, other)
        return first

    def occurrences(self, word: str, papers: Numbers) -> Keys:
        """Give where a word stands in some papers."""
        stem, form = self.ids[word]
        if stem < 0:
            return NOWHERE
        return stem_keys(self.reader, stem, self.budget, papers, form)


def _phrase(
    reader: SegmentReader,
    steps: tuple[tuple[Way, ...], ...],
    budget: Budget,
    *,
    stems: bool = False,
) -> Postings:
    """Count where a phrase stands, of surface words or of stems, each step taken in some way."""
    words = (word for ways in steps for way in ways for word in way)
    looked = _Looked.of(reader, budget, words, stems=stems)
    weights = looked.weights
    if all(len(ways) == 1 for ways in steps):
        if not all(weights.values()):
            return EMPTY
        papers = looked.together(weights)
    else:
        holding = [union(looked.together(way) for way in ways) for ways in steps]
        papers, *others = sorted(holding, key=len)
        for other in others:
            budget.spend(min(len(papers), len(other)))
            papers = intersect(papers, other)
    return _tallied(papers, lambda some: chains_in(steps, some, looked.occurrences, weights))


def _near(reader: SegmentReader, term: NearTerm, budget: Budget) -> Postings:
    looked = _Looked.of(reader, budget, (w for one in term.readings for w in one), stems=False)

    def near(some: Numbers) -> Keys:
        found: list[Keys] = []
        for words in term.readings:
            once = sorted(set(words))
            columns = [looked.occurrences(word, some) for word in once]
            needed = [words.count(word) for word in once]
            found.append(clusters(columns, needed, len(words) + term.slop, budget))
        return distinct(np.concatenate(found))

    return _tallied(union(looked.together(words) for words in term.readings), near)


def _tallied(papers: Numbers, keys: Callable[[Numbers], Keys]) -> Postings:
    """Count what stands in papers, so many at once that their occurrences take little memory."""
    found = [
        tally(some)
        for first in range(0, len(papers), _TOGETHER)
        if len(some := keys(papers[first : first + _TOGETHER]))
    ]
    if not found:
        return EMPTY
    return Postings(*(np.concatenate(columns) for columns in zip(*found, strict=True)))


def _union(reader: SegmentReader, words: tuple[str, ...], budget: Budget) -> Postings:
    """Count the occurrences of any of these surface words."""
    if not words:
        return EMPTY
    arrays = reader.arrays
    wanted = np.zeros(len(arrays.words), np.bool_)
    wanted[[at for at in map(arrays.words.find, words) if at >= 0]] = True
    titles = np.zeros(reader.size, np.int32)
    abstracts = np.zeros(reader.size, np.int32)
    for stem in distinct(arrays.word_stem[wanted].astype(np.int64)).tolist():
        docs, title, abstract = _of_forms(reader, stem, wanted, budget)
        titles[docs] += title
        abstracts[docs] += abstract
    found = np.flatnonzero(titles + abstracts)
    if not len(found):
        return EMPTY
    return Postings(found.astype(np.int32), _narrow(titles[found]), _narrow(abstracts[found]))


def _narrow(counts: NDArray[np.int32]) -> Counts:
    """Give counts in the smallest type that holds them."""
    return counts.astype(np.min_scalar_type(int(counts.max(initial=0))))


def _of_forms(
    reader: SegmentReader, stem: int, wanted: NDArray[np.bool_], budget: Budget
) -> tuple[Numbers, Counts, Counts]:
    """Count those occurrences of a stem whose surface word is wanted, for each paper that has it.

    Args:
        reader: the segment.
        stem: its id.
        wanted: bool[W], the words.
        budget: pays for the occurrences.
    """
    arrays = reader.arrays
    low, high = reader.stem_span(stem)
    budget.spend(high - low)
    docs = arrays.docs[low:high]
    title, abstract = arrays.title_tf[low:high], arrays.abstract_tf[low:high]
    first, last = arrays.stem_word_ptr[stem : stem + 2].tolist()
    taken = wanted[arrays.stem_words[first:last]]
    if taken.all():
        return docs, title, abstract
    start, end = arrays.place_ptr[stem : stem + 2].tolist()
    budget.spend(end - start)
    held = np.zeros(end - start + 1, np.int32)
    np.cumsum(taken[arrays.forms[start:end]], out=held[1:])
    begins = reader.occurrences_before(stem)[:-1]
    middles = begins + title
    ends = middles + abstract
    return docs, held[middles] - held[begins], held[ends] - held[middles]


Counts = NDArray[np.integer[Any]]
TEXT_FIELDS: Final[tuple[TextField, ...]] = ("title", "abstract", "author")
_PIECES: Final = 2000
"""A list is put together from fewer pieces than this; else numbers are moved one by one."""


@dataclass(frozen=True, slots=True)
class Postings:
    """Where a term is found; live papers only.

    Attributes:
        docs: papers, rising.
        title, abstract, author: for each of them how often the field holds the term; None where
            no paper's does, or the field was not asked for.
    """

    docs: Numbers
    title: Counts | None = None
    abstract: Counts | None = None
    author: Counts | None = None

    @property
    def bytes(self) -> int:
        """Size in memory, without what is in the index on disk."""
        held = (self.docs, self.title, self.abstract, self.author)
        return sum(_owned(one) for one in held if one is not None)

    def counts(self, field: TextField) -> Counts | None:
        """Give how often each paper holds the term in a field; None where none does."""
        if field == "title":
            return self.title
        return self.abstract if field == "abstract" else self.author

    def at(self, places: NDArray[np.integer[Any]]) -> Postings:
        """Keep the papers at some places of the list."""
        return Postings(
            self.docs.take(places),
            None if self.title is None else self.title.take(places),
            None if self.abstract is None else self.abstract.take(places),
            None if self.author is None else self.author.take(places),
        )

    def kept(self, mask: NDArray[np.bool_]) -> Postings:
        """Keep the papers where the mask is true."""
        if mask.all():
            return self
        return Postings(
            self.docs[mask],
            None if self.title is None else self.title[mask],
            None if self.abstract is None else self.abstract[mask],
            None if self.author is None else self.author[mask],
        )


EMPTY = Postings(np.zeros(0, np.int32))


def joined(first: Postings, second: Postings) -> Postings:
    """Put two lists together; where both know a field, the larger count stays."""
    if len(first.docs) < len(second.docs):
        first, second = second, first
    if not len(second.docs):
        return first
    at = first.docs.searchsorted(second.docs)
    new = first.docs.take(at, mode="clip") != second.docs
    gaps = at[new]
    docs = _widened(first.docs, gaps, second.docs[new])
    place = docs.searchsorted(second.docs)
    columns: list[Counts | None] = []
    for field in TEXT_FIELDS:
        long: Counts | None = getattr(first, field)
        short: Counts | None = getattr(second, field)
        if long is None and short is None:
            columns.append(None)
            continue
        merged = np.zeros(len(docs), np.uint8) if long is None else _widened(long, gaps, None)
        if short is not None:
            room = np.promote_types(merged.dtype, np.min_scalar_type(int(short.max())))
            merged = merged.astype(room, copy=False)
            merged[place] = np.maximum(merged[place], short)
        columns.append(merged)
    return Postings(docs, *columns)


def _widened(array: NDArray[Any], gaps: Integers, more: NDArray[Any] | None) -> NDArray[Any]:
    """Put numbers, or zeros, before those at some places, which rise."""
    if not len(gaps):
        return array.copy()
    if len(gaps) > _PIECES:
        return np.insert(array, gaps, 0 if more is None else more)
    filled = np.zeros(len(gaps), array.dtype) if more is None else more
    joined = [array[: gaps[0]]]
    for at, (low, high) in enumerate(pairwise([*gaps.tolist(), len(array)])):
        joined += (filled[at : at + 1], array[low:high])
    return np.concatenate(joined)


def _owned(array: NDArray[Any]) -> int:
    """Give the bytes of an array that is not a view of something else, such as a file."""
    root: object = array
    while isinstance(root, np.ndarray) and root.base is not None:
        root = root.base
    return array.nbytes if isinstance(root, np.ndarray) else 0
