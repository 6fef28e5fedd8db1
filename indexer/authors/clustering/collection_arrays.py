"""A collection as arrays: who wrote which paper, when and where; the input of disambiguation.

P papers, A names. A name is a `name_key`; its id is its place in `name_keys`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int32]
Longs = NDArray[np.int64]
Floats = NDArray[np.float32]
TERMS: Final = 24
"""Terms a paper that are compared, those of highest weight; with 12 the pairs of one person share a
term half as often."""


@dataclass(frozen=True, slots=True)
class PaperTerms:
    """The most telling terms of some papers.

    Attributes:
        ids: int32[papers, TERMS], term ids; -1 where a paper has fewer.
        weights: float32[papers, TERMS], tf-idf divided by the norm of the whole paper, so that
            the sum of products over equal terms is a lower bound of the cosine.
    """

    ids: Ints
    weights: Floats


@dataclass(frozen=True)
class CollectionArrays:
    """The papers of a collection and their author names.

    Attributes:
        name_keys: the distinct `name_key`s.
        author_ptr: int64[P + 1] into `authors`.
        authors: int32, the name ids of each paper, ascending and distinct.
        year: int32[P], CE; -1 where unknown.
        venue: int32[P], from 0; -1 where unknown.
        fingerprint: uint64[P], a hash of the paper's content.
        terms_of: returns the terms of papers (int64, ascending).
    """

    name_keys: Sequence[str]
    author_ptr: Longs
    authors: Ints
    year: Ints
    venue: Ints
    fingerprint: NDArray[np.uint64]
    terms_of: Callable[[Longs], PaperTerms]

    @property
    def papers(self) -> int:
        """Number of papers."""
        return len(self.year)

    @cached_property
    def paper_of_author(self) -> Longs:
        """int64, the paper of each item of `authors`."""
        return np.repeat(np.arange(self.papers, dtype=np.int64), np.diff(self.author_ptr))

    @cached_property
    def by_name(self) -> tuple[Longs, Longs]:
        """Pointers int64[A + 1] into the papers of each name, int64, ascending."""
        order = np.argsort(self.authors, kind="stable")
        counts = np.bincount(self.authors, minlength=len(self.name_keys))
        ptr = np.zeros(len(self.name_keys) + 1, np.int64)
        np.cumsum(counts, out=ptr[1:])
        return ptr, self.paper_of_author[order]

    @cached_property
    def papers_a_name(self) -> Longs:
        """int64[A], number of papers of each name."""
        return np.diff(self.by_name[0])

    @cached_property
    def name_fingerprints(self) -> NDArray[np.uint64]:
        """uint64[A], the sum of the fingerprints of a name's papers, modulo 2**64."""
        ptr, papers = self.by_name
        sums = np.zeros(len(papers) + 1, np.uint64)
        np.cumsum(self.fingerprint[papers], out=sums[1:])
        return sums[ptr[1:]] - sums[ptr[:-1]]

    def papers_of(self, name: int) -> Longs:
        """Returns the papers of a name id, ascending."""
        ptr, papers = self.by_name
        return papers[ptr[name] : ptr[name + 1]]


def expand(ptr: NDArray[Any], rows: NDArray[Any]) -> tuple[Longs, Longs]:
    """Returns the items of some rows of a ragged array.

    Args:
        ptr: where each row begins, and the end of the last.
        rows: row numbers, in any order.

    Returns:
        For each item the place of its row in `rows`, and its place among all items.
    """
    starts = ptr[rows].astype(np.int64)
    sizes = ptr[rows + 1].astype(np.int64) - starts
    owner = np.repeat(np.arange(len(rows), dtype=np.int64), sizes)
    items = np.arange(int(sizes.sum()), dtype=np.int64)
    return owner, items + np.repeat(starts - (np.cumsum(sizes) - sizes), sizes)


def expand_pairs(ptr: NDArray[Any], rows: NDArray[Any]) -> tuple[Longs, Longs, Longs]:
    """Returns the pairs of items of each row of a ragged array, each as `numpy.triu_indices`.

    Args:
        ptr: where each row begins, and the end of the last.
        rows: row numbers, in any order.

    Returns:
        For each pair the place of its row in `rows`, and the places of its two items among all.
    """
    owner, items = expand(ptr, rows)
    following = ptr[rows + 1].astype(np.int64)[owner] - items - 1
    first = np.repeat(items, following)
    second = np.arange(len(first), dtype=np.int64)
    second += np.repeat(items + 1 - (np.cumsum(following) - following), following)
    return np.repeat(owner, following), first, second


def distinct(numbers: Longs) -> Longs:
    """Returns the distinct numbers, ascending; `numpy.unique` hashes them, which is slower."""
    ordered = np.sort(numbers)
    if not len(ordered):
        return ordered
    first = np.empty(len(ordered), np.bool_)
    first[0] = True
    np.not_equal(ordered[1:], ordered[:-1], out=first[1:])
    return ordered[first]


class HashedSet:
    """A set of int64 that answers for millions at once: a hashed bitmap before a binary search."""

    _BITS: Final = 24

    def __init__(self, ascending: Longs) -> None:
        """Holds distinct numbers, ascending."""
        self._numbers = ascending
        self._may: NDArray[np.bool_] = np.zeros(1 << self._BITS, np.bool_)
        self._may[self._hash(ascending)] = True

    def places(self, wanted: Longs) -> Longs:
        """Returns the places in `wanted` of the numbers that are in the set, ascending."""
        if not len(self._numbers):
            return np.zeros(0, np.int64)
        candidates = np.flatnonzero(self._may[self._hash(wanted)])
        numbers = wanted[candidates]
        at = np.searchsorted(self._numbers, numbers)
        at[at == len(self._numbers)] = 0
        return np.asarray(candidates[self._numbers[at] == numbers], np.int64)

    def _hash(self, numbers: Longs) -> Longs:
        # Fibonacci hashing (Knuth, The Art of Computer Programming, volume 3, section 6.4).
        mixed = numbers.astype(np.uint64) * np.uint64(0x9E3779B97F4A7C15)
        return (mixed >> np.uint64(64 - self._BITS)).astype(np.int64)
