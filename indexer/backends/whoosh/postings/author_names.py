"""Author names that match a query, and the docs that print them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

import numpy as np
from numpy.typing import NDArray

from indexer.analysis import MAX_PARTS, name_tokens, plain_words
from indexer.backends.whoosh.format.ragged_arrays import concatenate_ranges, distinct
from indexer.backends.whoosh.postings.positions import intersect, is_member
from indexer.backends.whoosh.postings.segment_reader import Ids, SegmentReader
from indexer.budget import Budget
from indexer.paper import unnumbered
from indexer.query import Position
from indexer.query_analysis.terms import NameTerm, NearTerm, PhraseTerm, Way

NO_NAMES: Ids = np.zeros(0, np.int32)
_READ: Final = 1_000
"""Cost of tokenizing a name, in postings, the unit of the query budget."""


def union(lists: Iterable[Ids]) -> Ids:
    """Returns the union of ascending lists."""
    nonempty = [ids for ids in lists if len(ids)]
    if not nonempty:
        return NO_NAMES
    return nonempty[0] if len(nonempty) == 1 else distinct(np.concatenate(nonempty), in_runs=True)


def names_with_word(reader: SegmentReader, word: str) -> Ids:
    """Returns the ids of names that contain a folded word."""
    arrays = reader.arrays
    term = arrays.name_words.find(word)
    if term < 0:
        return NO_NAMES
    return arrays.name_word_names[arrays.name_word_ptr[term] : arrays.name_word_ptr[term + 1]]


def names_with_prefix(reader: SegmentReader, prefix: str) -> Ids:
    """Returns the ids of names with a word of this prefix."""
    arrays = reader.arrays
    words = arrays.name_words.prefixed(prefix)
    low, high = arrays.name_word_ptr[words.start], arrays.name_word_ptr[words.stop]
    return distinct(np.array(arrays.name_word_names[low:high]), in_runs=True)


def names_with_words(reader: SegmentReader, way: Way) -> Ids:
    """Returns the ids of names that contain all of these words, in any order."""
    names = names_with_word(reader, way[0])
    for word in way[1:]:
        if not len(names):
            break
        names = intersect(names, names_with_word(reader, word))
    return names


def is_name(reader: SegmentReader, words: Way) -> bool:
    """Returns whether a live doc has an author of exactly these words, in this order."""
    arrays = reader.arrays
    for name in names_with_words(reader, words).tolist():
        low, high = arrays.name_papers_ptr[name : name + 2].tolist()
        if plain_words(unnumbered(arrays.names[name])) == words and len(
            reader.drop_deleted(arrays.name_papers[low:high])
        ):
            return True
    return False


def names_of_key(reader: SegmentReader, key: str) -> Ids:
    """Returns the ids of the spellings of a `name_key`."""
    arrays = reader.arrays
    number = arrays.name_keys.find(key)
    if number < 0:
        return NO_NAMES
    return np.arange(arrays.name_key_ptr[number], arrays.name_key_ptr[number + 1], dtype=np.int32)


def names_matching(reader: SegmentReader, term: NameTerm, budget: Budget) -> Ids:
    """Returns the ids of names that match a name as typed: see `indexer.query.AuthorName`.

    Raises:
        BudgetSpent: when too many names must be read.
    """
    if term.key is not None:
        return names_of_key(reader, term.key)
    words = term.words
    answers = [
        [names_with_word(reader, word) for word in dict.fromkeys(pair)]
        for pair in zip(words, term.spelled or words, strict=True)
    ]
    for start in range(len(words)):
        for end in range(start + 2, min(len(words), start + MAX_PARTS) + 1):
            joined = names_with_word(reader, "".join(words[start:end]))
            if len(joined):
                for i in range(start, end):
                    answers[i].append(joined)
    exact = [union(answer) for answer in answers]
    budget.spend(sum(map(len, exact)))
    expanded = exact
    if term.opened:
        expanded = [_with_initials(reader, words, exact, i, budget) for i in range(len(words))]
    expanded.sort(key=len)
    names = expanded[0]
    for other in expanded[1:]:
        names = intersect(names, other)
    return names


def _with_initials(
    reader: SegmentReader, words: tuple[str, ...], exact: list[Ids], i: int, budget: Budget
) -> Ids:
    """Returns the names that contain word `i`, and those that match it by an initial."""
    word = words[i]
    if not word[0].isalpha():
        return exact[i]
    if len(word) == 1:
        prefixed = names_with_prefix(reader, word)
        budget.spend(len(prefixed))
        return union((exact[i], prefixed))
    others = [
        exact[j]
        for j, other in enumerate(words)
        if j != i and len(other) > 1 and other[0].isalpha()
    ]
    if not any(len(other) for other in others):
        return exact[i]
    initials = names_with_word(reader, word[0])
    budget.spend(sum(min(len(initials), len(other)) for other in others))
    return union((exact[i], *(intersect(initials, other) for other in others)))


def names_with_phrase(reader: SegmentReader, term: PhraseTerm | NearTerm, budget: Budget) -> Ids:
    """Returns the ids of names that contain a phrase, or words near each other.

    Raises:
        BudgetSpent: when too many names may contain it.
    """
    candidates: Ids | None = None
    if isinstance(term, PhraseTerm):
        for ways in term.steps:
            step = union(names_with_words(reader, way) for way in ways)
            candidates = step if candidates is None else intersect(candidates, step)
            if not len(candidates):
                return NO_NAMES
    else:
        candidates = union(names_with_words(reader, way) for way in term.readings)
    if candidates is None:
        return NO_NAMES
    budget.spend(len(candidates) * _READ)
    names = reader.arrays.names
    matching = [name for name in candidates.tolist() if _has_phrase(names[name], term)]
    return np.array(matching, np.int32)


def _has_phrase(name: str, term: PhraseTerm | NearTerm) -> bool:
    """Returns whether a name contains a phrase or near words."""
    if isinstance(term, PhraseTerm):
        return _in_sequence(name, term)
    tokens = name_tokens(name)
    for words in term.readings:
        width = len(words) + term.slop
        for first in {token.position for token in tokens}:
            inside = [token.word for token in tokens if first <= token.position < first + width]
            if all(inside.count(word) >= words.count(word) for word in words):
                return True
    return False


def _in_sequence(name: str, term: PhraseTerm) -> bool:
    """Returns whether a name contains the steps of a phrase in sequence."""
    tokens = {(token.position, token.word) for token in name_tokens(name)}
    ends = {position for position, _ in tokens}
    for ways in term.steps:
        ends = {
            end + len(way)
            for end in ends
            for way in ways
            if all((end + step, word) in tokens for step, word in enumerate(way))
        }
    return bool(ends)


def docs_of_names(
    reader: SegmentReader, names: Ids, position: Position = Position.ANY
) -> tuple[Ids, NDArray[np.int64]]:
    """Returns the docs that print any of these names, and how many authors of each match.

    Args:
        reader: the segment.
        names: name ids, ascending.
        position: matches the first or the last author only.

    Returns:
        int32, ascending doc ids, deleted ones included; int64, authors.
    """
    arrays = reader.arrays
    if len(names) == 1:
        low, high = arrays.name_papers_ptr[names[0]], arrays.name_papers_ptr[names[0] + 1]
        docs = arrays.name_papers[low:high]
        counts = np.ones(len(docs), np.int64)
    else:
        starts = arrays.name_papers_ptr[names]
        entries = concatenate_ranges(
            starts, arrays.name_papers_ptr[names.astype(np.int64) + 1] - starts
        )
        all_docs = np.sort(arrays.name_papers[entries], kind="stable")
        docs = distinct(all_docs, in_runs=True)
        bounds = np.searchsorted(all_docs, docs)
        counts = np.diff(np.append(bounds, len(all_docs)))
    if not len(docs):
        return NO_NAMES, np.zeros(0, np.int64)
    if position is not Position.ANY:
        pointers = arrays.paper_names_ptr
        authors = pointers[docs] if position is Position.FIRST else pointers[docs + 1] - 1
        docs = docs[is_member(arrays.paper_names[authors], names)]
        return docs, np.ones(len(docs), np.int64)
    doubled = np.flatnonzero(reader.has_doubled_name[docs])
    if len(doubled):
        matching = np.zeros(len(arrays.names), np.bool_)
        matching[names] = True
        doubled_docs = docs[doubled].astype(np.int64)
        starts = arrays.paper_names_ptr[doubled_docs]
        sizes = arrays.paper_names_ptr[doubled_docs + 1] - starts
        matches = matching[arrays.paper_names[concatenate_ranges(starts, sizes)]]
        counts[doubled] = np.add.reduceat(matches, np.cumsum(sizes) - sizes, dtype=np.int64)
    return docs, counts
