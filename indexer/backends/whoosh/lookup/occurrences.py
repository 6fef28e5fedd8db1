"""Where words stand: occurrences as sorted integers, and phrases as arithmetic on them.

An occurrence is one int64, ``paper << 33 | field << 32 | position`` with field 0 for the title and
1 for the abstract: so the next word of the same field is the next integer, and no sum leads from
one field into another (a field of more than 2^31 words cannot be).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from indexer.backends.whoosh.lookup.reader import Numbers, SegmentReader
from indexer.budget import Budget

Integers = NDArray[np.signedinteger[Any]]
Keys = NDArray[np.int64]
"""Occurrences, rising."""
NOWHERE: Keys = np.zeros(0, np.int64)


def distinct(values: NDArray[Any]) -> NDArray[Any]:
    """Give the values once each, rising; `values` may be written to."""
    values.sort(kind="stable")  # what is put together of rising lists, this merges
    if len(values) < 2:
        return values
    keep = np.empty(len(values), np.bool_)
    keep[0] = True
    np.not_equal(values[1:], values[:-1], out=keep[1:])
    return values[keep]


def contained(wanted: Integers, among: Integers) -> NDArray[np.bool_]:
    """Say of each of `wanted` whether it is among others, which rise."""
    if not len(among):
        return np.zeros(len(wanted), np.bool_)
    at = np.searchsorted(among, wanted)
    found: NDArray[np.bool_] = among.take(at, mode="clip") == wanted
    return found


def intersect(first: Numbers, second: Numbers) -> Numbers:
    """Give what two rising lists share."""
    if len(first) > len(second):
        first, second = second, first
    return first[contained(first, second)]


def spread(starts: Integers, counts: Integers) -> NDArray[np.int64]:
    """Give ``starts[i], starts[i] + 1, …``, `counts[i]` of them, for every i in turn."""
    total = int(counts.sum())
    if not total:
        return np.zeros(0, np.int64)
    skipped = np.cumsum(counts) - counts
    return np.repeat(starts - skipped, counts) + np.arange(total)


def stem_keys(
    reader: SegmentReader,
    stem: int,
    budget: Budget,
    papers: Numbers | None = None,
    word: int | None = None,
) -> Keys:
    """Give the occurrences of a stem, in these papers only, and of one surface word only.

    Args:
        reader: the segment.
        stem: its id.
        budget: pays for the occurrences.
        papers: rising; None for all.
        word: id of a surface word of this stem; None for all forms.

    Raises:
        BudgetSpent: when there are too many.
    """
    arrays = reader.arrays
    low, high = reader.stem_span(stem)
    docs = arrays.docs[low:high]
    first = int(arrays.place_ptr[stem])
    if papers is None:
        title = arrays.title_tf[low:high]
        counts = title.astype(np.int64) + arrays.abstract_tf[low:high]
        last = int(arrays.place_ptr[stem + 1])
        budget.spend(last - first)
        places = arrays.places[first:last]
        within = spread(np.zeros(len(counts), np.int64), counts)
        at: slice | NDArray[np.int64] = slice(first, last)
    else:
        budget.spend(min(len(docs), len(papers)))
        if len(docs) < len(papers):
            chosen = np.flatnonzero(contained(docs, papers))
        else:
            chosen = np.searchsorted(docs, papers)
            chosen = chosen[docs.take(chosen, mode="clip") == papers] if len(docs) else chosen[:0]
        before = reader.occurrences_before(stem)
        docs, title = docs[chosen], arrays.title_tf[low + chosen]
        starts = before[chosen].astype(np.int64)
        counts = before[chosen + 1] - starts
        budget.spend(int(counts.sum()))
        within = spread(np.zeros(len(counts), np.int64), counts)
        at = np.repeat(first + starts, counts) + within
        places = arrays.places[at]
    later = within >= np.repeat(title, counts)
    keys: Keys = np.repeat(docs.astype(np.int64) << 33, counts)
    keys += places.astype(np.int64)
    keys += later.astype(np.int64) << 32
    if word is not None:
        span = arrays.stem_words[arrays.stem_word_ptr[stem] : arrays.stem_word_ptr[stem + 1]]
        if len(span) > 1:
            keys = keys[arrays.forms[at] == int(np.searchsorted(span, word))]
    return keys


def papers_in(keys: Keys) -> Numbers:
    """Give the papers of some occurrences, rising."""
    papers = keys >> 33
    if len(papers):
        papers = papers[np.concatenate(([True], papers[1:] != papers[:-1]))]
    return papers.astype(np.int32)


Occurrences = Callable[[str, Numbers], Keys]
"""Gives where a word stands in some papers."""


def run_in(
    words: Sequence[str], papers: Numbers, occurrences: Occurrences, weights: Mapping[str, int]
) -> Keys:
    """Give where the first of some words stands with the others right behind it, in order.

    The rarest word is looked up first, and each other one only where those before it stand.

    Args:
        words: at least one.
        papers: where to look, rising.
        occurrences: gives where a word stands in some papers.
        weights: how many papers hold each.
    """
    kept: Keys | None = None
    for step in sorted(range(len(words)), key=lambda at: weights[words[at]]):
        column = occurrences(words[step], papers)
        # Before the beginning of a field nothing stands: the first word is looked up, too.
        kept = column - step if kept is None else kept[contained(kept + step, column)]
        if not len(kept):
            return NOWHERE
        if len(kept) < len(papers):
            papers = papers_in(kept + step)
    return NOWHERE if kept is None else kept


def chains_in(
    steps: Sequence[Sequence[Sequence[str]]],
    papers: Numbers,
    occurrences: Occurrences,
    weights: Mapping[str, int],
) -> Keys:
    """Give where a phrase begins whose steps may each be taken in several ways.

    Args:
        steps: for each step its ways, each of them words in a row.
        papers: where to look, rising.
        occurrences: gives where a word stands in some papers.
        weights: how many papers hold each word; one that is not there has 0.
    """
    if all(len(ways) == 1 for ways in steps):
        return run_in([word for (way,) in steps for word in way], papers, occurrences, weights)
    begins: Keys | None = None
    for ways in reversed(steps):
        found: list[Keys] = []
        for way in ways:
            if not all(weights[word] for word in way):
                continue
            starts = run_in(way, papers, occurrences, weights)
            if begins is not None:
                starts = starts[contained(starts + len(way), begins)]
            found.append(starts)
        if not found:
            return NOWHERE
        begins = found[0] if len(found) == 1 else distinct(np.concatenate(found))
        if len(begins) < len(papers):
            papers = papers_in(begins)
    return NOWHERE if begins is None else begins


def clusters(
    columns: Sequence[Keys], needed: Sequence[int], width: int, budget: Budget
) -> Keys:
    """Give where stretches begin that hold every word often enough, in any order.

    Args:
        columns: the occurrences of each distinct word.
        needed: how many of each the stretch must hold.
        width: the longest stretch, in words.
        budget: pays for the places that are looked at.

    Returns:
        The positions of a first word of such a stretch, distinct.

    Raises:
        BudgetSpent: when there are too many.
    """
    starts = distinct(np.concatenate(columns)) if len(columns) > 1 else columns[0]
    pairs = zip(columns, needed, strict=True)
    for column, least in sorted(pairs, key=lambda pair: len(pair[0])):  # the rarest leave fewest
        budget.spend(2 * len(starts))
        held = np.searchsorted(column, starts + width) - np.searchsorted(column, starts)
        starts = starts[held >= least]
    return starts


def tally(keys: Keys) -> tuple[Numbers, NDArray[np.int64], NDArray[np.int64]]:
    """Count occurrences: (papers, how many in the title, how many in the abstract)."""
    if not len(keys):
        none = np.zeros(0, np.int64)
        return np.zeros(0, np.int32), none, none
    papers = keys >> 33
    first = np.flatnonzero(np.concatenate(([True], papers[1:] != papers[:-1])))
    counts = np.diff(np.append(first, len(keys)))
    abstract = np.add.reduceat((keys >> 32) & 1, first)
    return papers[first].astype(np.int32), counts - abstract, abstract
