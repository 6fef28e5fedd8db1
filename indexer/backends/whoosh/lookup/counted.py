"""Papers that hold a term, and how often each of their fields does."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from indexer.backends.whoosh.lookup.occurrences import Integers
from indexer.backends.whoosh.lookup.reader import Numbers
from indexer.query import TextField

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
