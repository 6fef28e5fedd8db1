"""Posting lists of terms: the docs that contain a term, and its tf in each field.

The list of a stem is a slice of the segment's arrays; those of exact words, compounds, phrases,
near words, expansions and names are computed from it, positions and the author index.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Final, Self

import numpy as np
from numpy.typing import NDArray

from indexer.backends.whoosh.format.ragged_arrays import distinct
from indexer.backends.whoosh.postings.author_names import (
    NO_NAMES,
    docs_of_names,
    names_matching,
    names_with_phrase,
    names_with_word,
    names_with_words,
    union,
)
from indexer.backends.whoosh.postings.bitset import check_docs
from indexer.backends.whoosh.postings.positions import (
    NOWHERE,
    Integers,
    PositionKeys,
    count_by_doc,
    intersect,
    phrase_starts_any_way,
    stem_positions,
    window_starts,
)
from indexer.backends.whoosh.postings.segment_reader import Ids, SegmentReader
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

_BATCH_DOCS: Final = 1 << 15
"""Docs whose positions are in memory at a time: some 400,000 positions of the most frequent word,
13 MB."""


def find_postings(reader: SegmentReader, term: TextTerm, budget: Budget) -> PostingList:
    """Returns the posting list of a term in a segment, live docs only.

    Args:
        reader: the segment.
        term: to look up.
        budget: charged for what is read.

    Raises:
        BudgetSpent: when that is too much.
        IndexDamaged: when the doc ids do not ascend.
    """
    field = term.field if not isinstance(term, NameTerm) else "author"
    postings = EMPTY if field == "author" else _text_postings(reader, term, budget)
    if field in ("title", "abstract"):
        counts = postings.title if field == "title" else postings.abstract
        if counts is None:
            return EMPTY
        only = (
            PostingList(postings.docs, counts)
            if field == "title"
            else PostingList(postings.docs, None, counts)
        )
        postings = only.filtered(counts > 0)
    else:
        names = _matching_names(reader, term, budget)
        if len(names):
            budget.spend(_count_entries(reader, names))
            position = term.position if isinstance(term, NameTerm) else None
            docs, counts = docs_of_names(reader, names, *([position] if position else []))
            postings = merge_postings(postings, PostingList(docs, author=counts))
    check_docs(postings.docs, reader.size)
    if reader.live is not None and len(postings.docs):
        postings = postings.filtered(reader.live[postings.docs])
    return postings


def _count_entries(reader: SegmentReader, names: Ids) -> int:
    """Returns the number of docs of some names, a doc once for each name."""
    pointers = reader.arrays.name_papers_ptr
    return int(pointers[names.astype(np.int64) + 1].sum() - pointers[names].sum())


def _text_postings(reader: SegmentReader, term: TextTerm, budget: Budget) -> PostingList:
    """Returns the posting list of a term in title and abstract."""
    match term:
        case StemTerm(exact=False):
            return _stem_postings(reader, term.stem)
        case StemTerm():
            return _phrase_postings(reader, (((term.word,),),), budget)
        case CompoundTerm():
            return _compound_postings(reader, term, budget)
        case PhraseTerm():
            return _phrase_postings(reader, term.steps, budget)
        case NearTerm():
            return _near_postings(reader, term, budget)
        case UnionTerm():
            return _union_postings(reader, term.words, budget)
    return EMPTY


def _matching_names(reader: SegmentReader, term: TextTerm, budget: Budget) -> Ids:
    """Returns the ids of the names that a term matches."""
    match term:
        case StemTerm():
            return names_with_word(reader, term.word)
        case CompoundTerm():
            return union(names_with_words(reader, way) for way in term.ways)
        case PhraseTerm() | NearTerm():
            return names_with_phrase(reader, term, budget)
        case UnionTerm():
            return union(names_with_word(reader, word) for word in term.names)
    return names_matching(reader, term, budget)


def _stem_postings(reader: SegmentReader, stem: str) -> PostingList:
    """Returns the posting list of a stem, a view of the segment's arrays."""
    arrays = reader.arrays
    stem_id = arrays.stems.find(stem)
    if stem_id < 0:
        return EMPTY
    low, high = reader.posting_range(stem_id)
    return PostingList(
        arrays.docs[low:high], arrays.title_tf[low:high], arrays.abstract_tf[low:high]
    )


def _compound_postings(reader: SegmentReader, term: CompoundTerm, budget: Budget) -> PostingList:
    """Returns the posting list of a compound: the highest tf of its ways of writing, by field."""
    merged = EMPTY
    for way in term.text_ways:
        if len(way) == 1 and not term.exact:
            postings = _stem_postings(reader, way[0])
        else:
            postings = _phrase_postings(reader, ((way,),), budget, stems=not term.exact)
        merged = merge_postings(merged, postings)
    return merged


@dataclass(frozen=True, slots=True)
class _PositionLookup:
    """Looks positions of stems, or of surface forms, up.

    Attributes:
        reader: the segment.
        budget: charged for what is read.
        ids: for each word its stem id, -1 where unknown, and its surface form id, None for all
            forms.
    """

    reader: SegmentReader
    budget: Budget
    ids: Mapping[str, tuple[int, int | None]]

    @classmethod
    def of(
        cls, reader: SegmentReader, budget: Budget, words: Iterable[str], *, stems: bool
    ) -> Self:
        """Looks the ids of stems, or of surface forms, up."""
        arrays = reader.arrays
        ids: dict[str, tuple[int, int | None]] = {}
        for word in words:
            if word in ids:
                continue
            if stems:
                ids[word] = arrays.stems.find(word), None
            else:
                form = arrays.words.find(word)
                ids[word] = (int(arrays.word_stem[form]) if form >= 0 else -1), form
        return cls(reader, budget, ids)

    @property
    def weights(self) -> dict[str, int]:
        """Document frequency of the stem of each word."""
        return {word: len(self.docs(word)) for word in self.ids}

    def docs(self, word: str) -> Ids:
        """Returns the docs that contain the stem of a word."""
        stem, _ = self.ids[word]
        return (
            self.reader.arrays.docs[slice(*self.reader.posting_range(stem))]
            if stem >= 0
            else NO_NAMES
        )

    def together(self, words: Iterable[str]) -> Ids:
        """Returns the docs that contain the stems of all of these words, anywhere."""
        docs, *others = sorted(
            {self.ids[word][0]: self.docs(word) for word in words}.values(), key=len
        )
        for other in others:
            if not len(docs):
                break
            self.budget.spend(len(docs))
            docs = intersect(docs, other)
        return docs

    def occurrences(self, word: str, docs: Ids) -> PositionKeys:
        """Returns the position keys of a word in some docs."""
        stem, form = self.ids[word]
        if stem < 0:
            return NOWHERE
        return stem_positions(self.reader, stem, self.budget, docs, form)


def _phrase_postings(
    reader: SegmentReader,
    steps: tuple[tuple[Way, ...], ...],
    budget: Budget,
    *,
    stems: bool = False,
) -> PostingList:
    """Returns the posting list of a phrase of surface forms or stems.

    Args:
        reader: the segment.
        steps: for each step the ways to spell it, each a sequence of words.
        budget: charged for what is read.
        stems: whether the words are stems.
    """
    words = (word for ways in steps for way in ways for word in way)
    lookup = _PositionLookup.of(reader, budget, words, stems=stems)
    weights = lookup.weights
    if all(len(ways) == 1 for ways in steps):
        if not all(weights.values()):
            return EMPTY
        docs = lookup.together(weights)
    else:
        holding = [union(lookup.together(way) for way in ways) for ways in steps]
        docs, *others = sorted(holding, key=len)
        for other in others:
            budget.spend(min(len(docs), len(other)))
            docs = intersect(docs, other)
    return _count_in_batches(
        docs, lambda batch: phrase_starts_any_way(steps, batch, lookup.occurrences, weights)
    )


def _near_postings(reader: SegmentReader, term: NearTerm, budget: Budget) -> PostingList:
    """Returns the posting list of words near each other, in any order."""
    lookup = _PositionLookup.of(
        reader, budget, (word for reading in term.readings for word in reading), stems=False
    )

    def near(batch: Ids) -> PositionKeys:
        parts: list[PositionKeys] = []
        for words in term.readings:
            terms = sorted(set(words))
            columns = [lookup.occurrences(word, batch) for word in terms]
            needed = [words.count(word) for word in terms]
            parts.append(window_starts(columns, needed, len(words) + term.slop, budget))
        return distinct(np.concatenate(parts), in_runs=True)

    return _count_in_batches(union(lookup.together(words) for words in term.readings), near)


def _count_in_batches(docs: Ids, keys: Callable[[Ids], PositionKeys]) -> PostingList:
    """Returns the posting list of position keys, computed batch by batch to bound memory."""
    parts = [
        count_by_doc(batch)
        for first in range(0, len(docs), _BATCH_DOCS)
        if len(batch := keys(docs[first : first + _BATCH_DOCS]))
    ]
    if not parts:
        return EMPTY
    return PostingList(*(np.concatenate(columns) for columns in zip(*parts, strict=True)))


def _union_postings(reader: SegmentReader, words: tuple[str, ...], budget: Budget) -> PostingList:
    """Returns the posting list of the union of surface forms: their tfs add up."""
    if not words:
        return EMPTY
    arrays = reader.arrays
    selected = np.zeros(len(arrays.words), np.bool_)
    selected[[form for form in map(arrays.words.find, words) if form >= 0]] = True
    titles = np.zeros(reader.size, np.int32)
    abstracts = np.zeros(reader.size, np.int32)
    for stem in distinct(arrays.word_stem[selected].astype(np.int64)).tolist():
        stem_docs, title, abstract = _stem_forms(reader, stem, selected, budget)
        titles[stem_docs] += title
        abstracts[stem_docs] += abstract
    docs = np.flatnonzero(titles + abstracts)
    if not len(docs):
        return EMPTY
    return PostingList(docs.astype(np.int32), _narrowest(titles[docs]), _narrowest(abstracts[docs]))


def _narrowest(counts: NDArray[np.int32]) -> Counts:
    """Returns counts in the smallest dtype that holds them."""
    return counts.astype(np.min_scalar_type(int(counts.max(initial=0))))


def _stem_forms(
    reader: SegmentReader, stem: int, selected: NDArray[np.bool_], budget: Budget
) -> tuple[Ids, Counts, Counts]:
    """Returns the docs of a stem, and the tf of the selected forms in title and in abstract.

    Args:
        reader: the segment.
        stem: its id.
        selected: bool, one a surface form of the segment.
        budget: charged for the occurrences.
    """
    arrays = reader.arrays
    low, high = reader.posting_range(stem)
    budget.spend(high - low)
    docs = arrays.docs[low:high]
    title, abstract = arrays.title_tf[low:high], arrays.abstract_tf[low:high]
    first, last = arrays.stem_word_ptr[stem : stem + 2].tolist()
    selected_forms = selected[arrays.stem_words[first:last]]
    if selected_forms.all():
        return docs, title, abstract
    start, end = arrays.place_ptr[stem : stem + 2].tolist()
    budget.spend(end - start)
    before = np.zeros(end - start + 1, np.int32)
    np.cumsum(selected_forms[arrays.forms[start:end]], out=before[1:])
    begins = reader.position_offsets(stem)[:-1]
    middles = begins + title
    ends = middles + abstract
    return docs, before[middles] - before[begins], before[ends] - before[middles]


Counts = NDArray[np.integer[Any]]
TEXT_FIELDS: Final[tuple[TextField, ...]] = ("title", "abstract", "author")
_MOST_SLICES: Final = 100
"""Slices from which `numpy.insert` is faster than concatenating them. Derived by
`python -m tests.bench --tune`, 23 to 360 for lists of 10,000 to 400,000 postings; off by two, an
insertion takes up to twice as long."""


@dataclass(frozen=True, slots=True)
class PostingList:
    """The posting list of a term; live docs only.

    Attributes:
        docs: int32, ascending doc ids.
        title, abstract, author: tf of each doc in the field; None where no doc has the term in it,
            or the field was not asked for.
    """

    docs: Ids
    title: Counts | None = None
    abstract: Counts | None = None
    author: Counts | None = None

    @property
    def bytes(self) -> int:
        """Size in memory, without views of the index on disk."""
        arrays = (self.docs, self.title, self.abstract, self.author)
        return sum(_owned(array) for array in arrays if array is not None)

    def tf(self, field: TextField) -> Counts | None:
        """Returns the tf of each doc in a field; None where no doc has the term in it."""
        if field == "title":
            return self.title
        return self.abstract if field == "abstract" else self.author

    def take(self, indexes: NDArray[np.integer[Any]]) -> PostingList:
        """Returns the postings at some indexes."""
        return PostingList(
            self.docs.take(indexes),
            None if self.title is None else self.title.take(indexes),
            None if self.abstract is None else self.abstract.take(indexes),
            None if self.author is None else self.author.take(indexes),
        )

    def filtered(self, mask: NDArray[np.bool_]) -> PostingList:
        """Returns the postings where a mask is true."""
        if mask.all():
            return self
        return PostingList(
            self.docs[mask],
            None if self.title is None else self.title[mask],
            None if self.abstract is None else self.abstract[mask],
            None if self.author is None else self.author[mask],
        )


EMPTY = PostingList(np.zeros(0, np.int32))


def merge_postings(first: PostingList, second: PostingList) -> PostingList:
    """Returns the union of two posting lists, with the higher tf where both have a doc."""
    if len(first.docs) < len(second.docs):
        first, second = second, first
    if not len(second.docs):
        return first
    indexes = first.docs.searchsorted(second.docs)
    is_new = first.docs.take(indexes, mode="clip") != second.docs
    gaps = indexes[is_new]
    docs = _insert(first.docs, gaps, second.docs[is_new])
    targets = docs.searchsorted(second.docs)
    columns: list[Counts | None] = []
    for field in TEXT_FIELDS:
        long: Counts | None = getattr(first, field)
        short: Counts | None = getattr(second, field)
        if long is None and short is None:
            columns.append(None)
            continue
        merged = np.zeros(len(docs), np.uint8) if long is None else _insert(long, gaps, None)
        if short is not None:
            dtype = np.promote_types(merged.dtype, np.min_scalar_type(int(short.max())))
            merged = merged.astype(dtype, copy=False)
            merged[targets] = np.maximum(merged[targets], short)
        columns.append(merged)
    return PostingList(docs, *columns)


def _insert(array: NDArray[Any], gaps: Integers, more: NDArray[Any] | None) -> NDArray[Any]:
    """Returns an array with values inserted before some indexes.

    Args:
        array: to insert into.
        gaps: ascending indexes.
        more: the values; None for zeros.
    """
    if not len(gaps):
        return array.copy()
    if len(gaps) > _MOST_SLICES:
        return np.insert(array, gaps, 0 if more is None else more)
    filled = np.zeros(len(gaps), array.dtype) if more is None else more
    merge_postings = [array[: gaps[0]]]
    for i, (low, high) in enumerate(pairwise([*gaps.tolist(), len(array)])):
        merge_postings += (filled[i : i + 1], array[low:high])
    return np.concatenate(merge_postings)


def _owned(array: NDArray[Any]) -> int:
    """Returns the bytes of an array that is not a view of a file."""
    root: object = array
    while isinstance(root, np.ndarray) and root.base is not None:
        root = root.base
    return array.nbytes if isinstance(root, np.ndarray) else 0
