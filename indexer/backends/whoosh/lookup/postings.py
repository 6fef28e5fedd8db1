"""The virtual postings of a term: the papers that hold it, and how often in each field."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Final, Self

import numpy as np
from numpy.typing import NDArray

from indexer.backends.whoosh.lookup.counted import EMPTY, Counts, Postings, joined
from indexer.backends.whoosh.lookup.damage import check_papers
from indexer.backends.whoosh.lookup.occurrences import (
    NOWHERE,
    Keys,
    chains_in,
    clusters,
    distinct,
    intersect,
    stem_keys,
    tally,
)
from indexer.backends.whoosh.lookup.people import (
    NOBODY,
    names_holding,
    names_meeting,
    names_saying,
    names_with,
    papers_of,
    union,
)
from indexer.backends.whoosh.lookup.reader import Numbers, SegmentReader
from indexer.budget import Budget
from indexer.matching.terms import (
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
    return _tallied(
        papers, lambda some: chains_in(steps, some, looked.occurrences, weights)
    )


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
