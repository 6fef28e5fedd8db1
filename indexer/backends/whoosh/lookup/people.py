"""Which author names answer what was asked, and which papers they stand on."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

import numpy as np
from numpy.typing import NDArray

from indexer.analysis import MAX_PARTS, name_tokens, plain_words
from indexer.backends.whoosh.lookup.occurrences import contained, distinct, intersect, spread
from indexer.backends.whoosh.lookup.reader import Numbers, SegmentReader
from indexer.budget import Budget
from indexer.matching.terms import NameTerm, NearTerm, PhraseTerm, Way
from indexer.paper import unnumbered
from indexer.query import Position

NOBODY: Numbers = np.zeros(0, np.int32)
_READ: Final = 1_000
"""To cut a name into words takes as long as so many postings."""


def union(lists: Iterable[Numbers]) -> Numbers:
    """Give what is in any of the rising lists."""
    held = [one for one in lists if len(one)]
    if not held:
        return NOBODY
    return held[0] if len(held) == 1 else distinct(np.concatenate(held))


def names_with(reader: SegmentReader, word: str) -> Numbers:
    """Give the names that hold a folded word."""
    arrays = reader.arrays
    at = arrays.name_words.find(word)
    if at < 0:
        return NOBODY
    return arrays.name_word_names[arrays.name_word_ptr[at] : arrays.name_word_ptr[at + 1]]


def names_beginning(reader: SegmentReader, prefix: str) -> Numbers:
    """Give the names with a word that begins so."""
    arrays = reader.arrays
    words = arrays.name_words.prefixed(prefix)
    low, high = arrays.name_word_ptr[words.start], arrays.name_word_ptr[words.stop]
    return distinct(np.array(arrays.name_word_names[low:high]))


def names_holding(reader: SegmentReader, way: Way) -> Numbers:
    """Give the names that hold every one of these words, in any order."""
    found = names_with(reader, way[0])
    for word in way[1:]:
        if not len(found):
            break
        found = intersect(found, names_with(reader, word))
    return found


def is_name(reader: SegmentReader, words: Way) -> bool:
    """Say whether a live paper has an author of just these words, in this order."""
    arrays = reader.arrays
    for name in names_holding(reader, words).tolist():
        low, high = arrays.name_papers_ptr[name : name + 2].tolist()
        if plain_words(unnumbered(arrays.names[name])) == words and len(
            reader.living(arrays.name_papers[low:high])
        ):
            return True
    return False


def names_of_key(reader: SegmentReader, key: str) -> Numbers:
    """Give the spellings of one `name_key`."""
    arrays = reader.arrays
    at = arrays.name_keys.find(key)
    if at < 0:
        return NOBODY
    return np.arange(arrays.name_key_ptr[at], arrays.name_key_ptr[at + 1], dtype=np.int32)


def names_meeting(reader: SegmentReader, term: NameTerm, budget: Budget) -> Numbers:
    """Give the names that answer a name as typed: see `indexer.query.AuthorName`.

    Raises:
        BudgetSpent: when that would be too much to look through.
    """
    if term.key is not None:
        return names_of_key(reader, term.key)
    words = term.words
    answers = [
        [names_with(reader, one) for one in dict.fromkeys(pair)]
        for pair in zip(words, term.spelled or words, strict=True)
    ]
    for start in range(len(words)):
        for end in range(start + 2, min(len(words), start + MAX_PARTS) + 1):
            joined = names_with(reader, "".join(words[start:end]))
            if len(joined):
                for at in range(start, end):
                    answers[at].append(joined)
    full = [union(answer) for answer in answers]
    budget.spend(sum(map(len, full)))
    opened = full
    if term.opened:
        opened = [_opened(reader, words, full, at, budget) for at in range(len(words))]
    opened.sort(key=len)
    found = opened[0]
    for other in opened[1:]:
        found = intersect(found, other)
    return found


def _opened(
    reader: SegmentReader, words: tuple[str, ...], full: list[Numbers], at: int, budget: Budget
) -> Numbers:
    """Add to the names that hold word `at` those that meet it by an initial."""
    word = words[at]
    if not word[0].isalpha():
        return full[at]
    if len(word) == 1:
        beginning = names_beginning(reader, word)
        budget.spend(len(beginning))
        return union((full[at], beginning))
    others = [
        full[place]
        for place, other in enumerate(words)
        if place != at and len(other) > 1 and other[0].isalpha()
    ]
    if not any(len(other) for other in others):
        return full[at]
    initials = names_with(reader, word[0])
    budget.spend(sum(min(len(initials), len(other)) for other in others))
    return union((full[at], *(intersect(initials, other) for other in others)))


def names_saying(reader: SegmentReader, term: PhraseTerm | NearTerm, budget: Budget) -> Numbers:
    """Give the names in which a phrase stands, words in sequence or near each other.

    Raises:
        BudgetSpent: when too many names may hold it.
    """
    candidates: Numbers | None = None
    if isinstance(term, PhraseTerm):
        for ways in term.steps:
            step = union(names_holding(reader, way) for way in ways)
            candidates = step if candidates is None else intersect(candidates, step)
            if not len(candidates):
                return NOBODY
    else:
        candidates = union(names_holding(reader, way) for way in term.readings)
    if candidates is None:
        return NOBODY
    budget.spend(len(candidates) * _READ)
    names = reader.arrays.names
    kept = [at for at in candidates.tolist() if _says(names[at], term)]
    return np.array(kept, np.int32)


def _says(name: str, term: PhraseTerm | NearTerm) -> bool:
    if isinstance(term, PhraseTerm):
        return _in_sequence(name, term)
    tokens = name_tokens(name)
    for words in term.readings:
        width = len(words) + term.slop
        for first in {token.position for token in tokens}:
            inside = [one.word for one in tokens if first <= one.position < first + width]
            if all(inside.count(word) >= words.count(word) for word in words):
                return True
    return False


def _in_sequence(name: str, term: PhraseTerm) -> bool:
    held = {(token.position, token.word) for token in name_tokens(name)}
    ends = {position for position, _ in held}
    for ways in term.steps:
        ends = {
            end + len(way)
            for end in ends
            for way in ways
            if all((end + step, word) in held for step, word in enumerate(way))
        }
    return bool(ends)


def papers_of(
    reader: SegmentReader, names: Numbers, position: Position = Position.ANY
) -> tuple[Numbers, NDArray[np.int64]]:
    """Give the papers on which any of these names stands, and how many authors of each do.

    Args:
        reader: the segment.
        names: rising.
        position: count the first, or the last, author only.
    """
    arrays = reader.arrays
    if len(names) == 1:
        low, high = arrays.name_papers_ptr[names[0]], arrays.name_papers_ptr[names[0] + 1]
        papers = arrays.name_papers[low:high]
        counts = np.ones(len(papers), np.int64)
    else:
        starts = arrays.name_papers_ptr[names]
        entries = spread(starts, arrays.name_papers_ptr[names.astype(np.int64) + 1] - starts)
        all_papers = np.sort(arrays.name_papers[entries], kind="stable")
        papers = distinct(all_papers)
        bounds = np.searchsorted(all_papers, papers)
        counts = np.diff(np.append(bounds, len(all_papers)))
    if not len(papers):
        return NOBODY, np.zeros(0, np.int64)
    if position is not Position.ANY:
        pointers = arrays.paper_names_ptr
        at = pointers[papers] if position is Position.FIRST else pointers[papers + 1] - 1
        papers = papers[contained(arrays.paper_names[at], names)]
        return papers, np.ones(len(papers), np.int64)
    again = np.flatnonzero(reader.doubled_names[papers])
    if len(again):
        asked = np.zeros(len(arrays.names), np.bool_)
        asked[names] = True
        twice = papers[again].astype(np.int64)
        starts = arrays.paper_names_ptr[twice]
        sizes = arrays.paper_names_ptr[twice + 1] - starts
        held = asked[arrays.paper_names[spread(starts, sizes)]]
        counts[again] = np.add.reduceat(held, np.cumsum(sizes) - sizes, dtype=np.int64)
    return papers, counts
