"""Positional postings as sorted integers: phrases and windows become arithmetic on them.

A position key is one int64, ``doc << 33 | field << 32 | position``, field 0 the title and 1 the
abstract. So the next token of the same field is the next integer, and no sum leads from one field
into another, as a field has fewer than 2**31 tokens.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from indexer.backends.whoosh.format.ragged_arrays import concatenate_ranges, distinct
from indexer.backends.whoosh.postings.segment_reader import Ids, SegmentReader
from indexer.budget import Budget

Integers = NDArray[np.signedinteger[Any]]
PositionKeys = NDArray[np.int64]
"""Position keys, ascending."""
NOWHERE: PositionKeys = np.zeros(0, np.int64)


def is_member(values: Integers, sorted_values: Integers) -> NDArray[np.bool_]:
    """Returns for each value whether it is in a sorted array, bool.

    Args:
        values: in any order.
        sorted_values: ascending.
    """
    if not len(sorted_values):
        return np.zeros(len(values), np.bool_)
    index = np.searchsorted(sorted_values, values)
    member: NDArray[np.bool_] = sorted_values.take(index, mode="clip") == values
    return member


def intersect(first: Ids, second: Ids) -> Ids:
    """Returns the intersection of two ascending lists."""
    if len(first) > len(second):
        first, second = second, first
    return first[is_member(first, second)]


def stem_positions(
    reader: SegmentReader,
    stem: int,
    budget: Budget,
    docs: Ids | None = None,
    word: int | None = None,
) -> PositionKeys:
    """Returns the position keys of a stem.

    Args:
        reader: the segment.
        stem: its id.
        budget: charged for the occurrences.
        docs: only in these docs, ascending; None for all.
        word: only of this surface form, an id; None for all forms.

    Raises:
        BudgetSpent: when there are too many.
    """
    arrays = reader.arrays
    low, high = reader.posting_range(stem)
    list_docs = arrays.docs[low:high]
    first = int(arrays.place_ptr[stem])
    if docs is None:
        title = arrays.title_tf[low:high]
        counts = title.astype(np.int64) + arrays.abstract_tf[low:high]
        last = int(arrays.place_ptr[stem + 1])
        budget.spend(last - first)
        positions = arrays.places[first:last]
        within = concatenate_ranges(np.zeros(len(counts), np.int64), counts)
        indexes: slice | NDArray[np.int64] = slice(first, last)
    else:
        budget.spend(min(len(list_docs), len(docs)))
        if len(list_docs) < len(docs):
            rows = np.flatnonzero(is_member(list_docs, docs))
        else:
            rows = np.searchsorted(list_docs, docs)
            rows = rows[list_docs.take(rows, mode="clip") == docs] if len(list_docs) else rows[:0]
        before = reader.position_offsets(stem)
        list_docs, title = list_docs[rows], arrays.title_tf[low + rows]
        starts = before[rows].astype(np.int64)
        counts = before[rows + 1] - starts
        budget.spend(int(counts.sum()))
        within = concatenate_ranges(np.zeros(len(counts), np.int64), counts)
        indexes = np.repeat(first + starts, counts) + within
        positions = arrays.places[indexes]
    in_abstract = within >= np.repeat(title, counts)
    keys: PositionKeys = np.repeat(list_docs.astype(np.int64) << 33, counts)
    keys += positions.astype(np.int64)
    keys += in_abstract.astype(np.int64) << 32
    if word is not None:
        stem_words = arrays.stem_words[arrays.stem_word_ptr[stem] : arrays.stem_word_ptr[stem + 1]]
        if len(stem_words) > 1:
            keys = keys[arrays.forms[indexes] == int(np.searchsorted(stem_words, word))]
    return keys


def docs_in(keys: PositionKeys) -> Ids:
    """Returns the docs of position keys, int32, ascending."""
    docs = keys >> 33
    if len(docs):
        docs = docs[np.concatenate(([True], docs[1:] != docs[:-1]))]
    return docs.astype(np.int32)


FindPositions = Callable[[str, Ids], PositionKeys]
"""Returns the position keys of a word in some docs."""


def phrase_starts(
    words: Sequence[str], docs: Ids, occurrences: FindPositions, weights: Mapping[str, int]
) -> PositionKeys:
    """Returns the position keys where a phrase begins: its words at consecutive positions.

    The rarest word is looked up first, every other one only in the docs that are left.

    Args:
        words: at least one.
        docs: docs to look in, ascending.
        occurrences: returns the position keys of a word in some docs.
        weights: document frequency of each word.
    """
    starts: PositionKeys | None = None
    for step in sorted(range(len(words)), key=lambda step: weights[words[step]]):
        positions = occurrences(words[step], docs)
        # The step may lead before the field: the lookup of the first word rules that out.
        starts = positions - step if starts is None else starts[is_member(starts + step, positions)]
        if not len(starts):
            return NOWHERE
        if len(starts) < len(docs):
            docs = docs_in(starts + step)
    return NOWHERE if starts is None else starts


def phrase_starts_any_way(
    steps: Sequence[Sequence[Sequence[str]]],
    docs: Ids,
    occurrences: FindPositions,
    weights: Mapping[str, int],
) -> PositionKeys:
    """Returns the position keys where a phrase begins whose steps may be spelled in several ways.

    Args:
        steps: for each step its ways, each a sequence of words.
        docs: docs to look in, ascending.
        occurrences: returns the position keys of a word in some docs.
        weights: document frequency of each word, 0 for an unknown one.
    """
    if all(len(ways) == 1 for ways in steps):
        return phrase_starts([word for (way,) in steps for word in way], docs, occurrences, weights)
    begins: PositionKeys | None = None
    for ways in reversed(steps):
        parts: list[PositionKeys] = []
        for way in ways:
            if not all(weights[word] for word in way):
                continue
            starts = phrase_starts(way, docs, occurrences, weights)
            if begins is not None:
                starts = starts[is_member(starts + len(way), begins)]
            parts.append(starts)
        if not parts:
            return NOWHERE
        begins = parts[0] if len(parts) == 1 else distinct(np.concatenate(parts), in_runs=True)
        if len(begins) < len(docs):
            docs = docs_in(begins)
    return NOWHERE if begins is None else begins


def window_starts(
    columns: Sequence[PositionKeys], needed: Sequence[int], width: int, budget: Budget
) -> PositionKeys:
    """Returns where windows begin that contain every word often enough, in any order.

    Unordered windows as in the sequential dependence model (Metzler & Croft 2005,
    https://doi.org/10.1145/1076034.1076115).

    Args:
        columns: position keys of each distinct word.
        needed: how often a window must contain each.
        width: of the window, in tokens.
        budget: charged for the positions tested.

    Returns:
        The position keys of the first word of each window, distinct.

    Raises:
        BudgetSpent: when there are too many.
    """
    starts = distinct(np.concatenate(columns), in_runs=True) if len(columns) > 1 else columns[0]
    pairs = zip(columns, needed, strict=True)
    for column, minimum in sorted(
        pairs, key=lambda pair: len(pair[0])
    ):  # the rarest leave the fewest starts
        budget.spend(2 * len(starts))
        counts = np.searchsorted(column, starts + width) - np.searchsorted(column, starts)
        starts = starts[counts >= minimum]
    return starts


def count_by_doc(keys: PositionKeys) -> tuple[Ids, NDArray[np.int64], NDArray[np.int64]]:
    """Returns the docs of position keys, int32, and their tf in title and in abstract, int64."""
    if not len(keys):
        none = np.zeros(0, np.int64)
        return np.zeros(0, np.int32), none, none
    docs = keys >> 33
    first = np.flatnonzero(np.concatenate(([True], docs[1:] != docs[:-1])))
    counts = np.diff(np.append(first, len(keys)))
    abstract = np.add.reduceat((keys >> 32) & 1, first)
    return docs[first].astype(np.int32), counts - abstract, abstract
