"""Features of pairs of papers of one name: evidence that both are one person's, as numbers.

The features are those of the literature (Torvik & Smalheiser 2009; S2AND, Subramanian et al. 2021,
https://arxiv.org/abs/2103.07534): shared co-authors weighted by how rare their names are, also in
two steps; topic words; venues; years; how common the name is.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Final

import numpy as np

from indexer.authors.clustering.collection_arrays import (
    CollectionArrays,
    Floats,
    HashedSet,
    Ints,
    Longs,
    distinct,
    expand,
    expand_pairs,
)
from indexer.authors.clustering.name_ambiguity import NameAmbiguity, measure_ambiguity

FEATURES: Final = (
    "shares a co-author",
    "rarity of shared co-authors",
    "shares an abbreviated co-author",
    "co-authors wrote together",
    "rarity of co-authors who wrote together",
    "topic",
    "topic, up to .3",
    "venues",
    "years apart",
    "more than eight years apart",
    "expected bearers",
    "names like it",
    "letters of the given names",
    "initials only",
    "papers of the name",
    "expected bearers, with a shared co-author",
    "names like it, with a shared co-author",
    "expected bearers, with the venues",
)
LATE: Final = (3, 4, 5, 6)
"""Features that cost most; they only speak for one person, so pairs that are one person's without
them need not be looked at."""
_VENUES: Final = 256
"""Venues whose habits are learnt, those with most papers."""
_RARE: Final = 0.5
"""Expected bearers up to which a name is taken for one person's, to learn from."""
MOST_PAPERS: Final = 1_000
"""Papers of a name up to which it is clustered: pairs grow with the square, 1,000 papers have half
a million. Larger names are left whole."""
_BATCH: Final = 100_000
"""Pairs that are looked at together: some 60 MB."""
_PAIRS: Final = 4096
"""Pairs whose terms are compared at once: 4096 * 24 * 24 bytes is 2.4 MB."""


@dataclass(frozen=True, slots=True)
class Pairs:
    """Pairs of papers of one name.

    Attributes:
        name: int32, name id.
        one, other: int64, papers; `one` < `other`.
    """

    name: Ints
    one: Longs
    other: Longs

    def __len__(self) -> int:
        """Number of pairs."""
        return len(self.name)

    def take(self, places: Longs) -> Pairs:
        """Returns some of the pairs."""
        return Pairs(self.name[places], self.one[places], self.other[places])


def batches(collection: CollectionArrays, names: Longs) -> Iterable[Longs]:
    """Yields names, ascending, so that those of a batch have some `_BATCH` pairs together."""
    names = np.sort(names)
    counts = collection.papers_a_name[names]
    total = np.cumsum(counts * (counts - 1) // 2)
    if len(names):
        yield from np.split(names, np.flatnonzero(np.diff(total // _BATCH)) + 1)


def all_pairs(collection: CollectionArrays, names: Longs) -> Pairs:
    """Returns the pairs of papers of each name, name by name, each as `numpy.triu_indices`."""
    ptr, papers = collection.by_name
    owner, first, second = expand_pairs(ptr, names)
    return Pairs(names[owner].astype(np.int32), papers[first], papers[second])


class PairFeatures:
    """Computes the features of pairs; what it needs of the collection is made once."""

    def __init__(self, collection: CollectionArrays) -> None:
        """Reads the names of a collection.

        Args:
            collection: all papers, also those without a name that is asked for.
        """
        self._collection = collection
        self.ambiguity: NameAmbiguity = measure_ambiguity(collection.name_keys)
        papers = collection.papers
        self._rarity = _log_ratio(papers, collection.papers_a_name)
        self._names = max(1, len(collection.name_keys))
        short = self.ambiguity.short
        self._shorts = int(short.max(initial=0)) + 1
        self._short_keys = distinct(
            collection.paper_of_author * self._shorts + short[collection.authors]
        )
        self._short_ptr = np.searchsorted(
            self._short_keys, np.arange(papers + 1, dtype=np.int64) * self._shorts
        )
        self._short_of = self._short_keys % self._shorts
        self._short_rarity = _log_ratio(papers, np.bincount(self._short_of, minlength=self._shorts))

    @cached_property
    def _author_set(self) -> HashedSet:
        collection = self._collection
        return HashedSet(collection.paper_of_author * self._names + collection.authors)

    @cached_property
    def _short_set(self) -> HashedSet:
        return HashedSet(self._short_keys)

    @cached_property
    def _edges(self) -> HashedSet:
        """Pairs of names that wrote a paper together."""
        collection = self._collection
        _, first, second = expand_pairs(collection.author_ptr, np.arange(collection.papers))
        one, other = collection.authors[first].astype(np.int64), collection.authors[second]
        return HashedSet(distinct(one * self._names + other))

    @cached_property
    def _venue_habit(self) -> Floats:
        """float32[V + 1, V + 1], log of how often one person publishes at two venues, over chance.

        Learnt from the names that one person at most is expected to bear. The last row and column
        are for venues that are unknown or too small.
        """
        collection = self._collection
        known = min(_VENUES, int(collection.venue.max(initial=-1)) + 1)
        habit = np.zeros((known + 1, known + 1), np.float32)
        counts = collection.papers_a_name
        rare = (self.ambiguity.bearers < _RARE) & (counts > 1) & (counts <= MOST_PAPERS)
        if not known or not rare.any():
            return habit
        both = np.zeros((known + 1, known + 1))
        for batch in batches(collection, np.flatnonzero(rare)):
            pairs = all_pairs(collection, batch)
            one, other = self._venue_code[pairs.one], self._venue_code[pairs.other]
            share = 1 / (counts[pairs.name] - 1)  # the pairs of a paper count as one
            both += np.bincount(one * (known + 1) + other, share, both.size).reshape(both.shape)
        both += both.T + 1.0
        both /= both.sum()
        single = both.sum(axis=1)
        habit[:] = np.log(both / np.outer(single, single))
        habit[known, :] = habit[:, known] = 0
        return habit

    @cached_property
    def _venue_code(self) -> Longs:
        """int64[P], venues by number of papers; the last code is for all others."""
        venue = self._collection.venue
        kinds = int(venue.max(initial=-1)) + 1
        known = min(_VENUES, kinds)
        counts = np.bincount(venue[venue >= 0], minlength=kinds)
        code = np.full(kinds + 1, known, np.int64)
        code[np.argsort(-counts, kind="stable")[:known]] = np.arange(known)
        return code[venue]

    def early(self, pairs: Pairs) -> Floats:
        """Returns float32[pairs, FEATURES]; the `LATE` ones are 0."""
        collection, ambiguity = self._collection, self.ambiguity
        owner, items = expand(collection.author_ptr, pairs.one)
        names = collection.authors[items].astype(np.int64)
        others = names != pairs.name[owner]
        owner, names = owner[others], names[others]
        hits = self._author_set.places(pairs.other[owner] * self._names + names)
        size = len(pairs)
        count = np.bincount(owner[hits], minlength=size)
        rarity = np.bincount(owner[hits], self._rarity[names[hits]], size)
        owner, items = expand(self._short_ptr, pairs.one)
        shorts = self._short_of[items]
        others = shorts != ambiguity.short[pairs.name[owner]]
        owner, shorts = owner[others], shorts[others]
        hits = self._short_set.places(pairs.other[owner] * self._shorts + shorts)
        short_rarity = np.bincount(owner[hits], self._short_rarity[shorts[hits]], size)
        year = collection.year
        apart = np.abs(year[pairs.one] - year[pairs.other]).astype(np.float64)
        apart[(year[pairs.one] < 0) | (year[pairs.other] < 0)] = 0
        habit = self._venue_habit[self._venue_code[pairs.one], self._venue_code[pairs.other]]
        bearers = np.log(ambiguity.bearers[pairs.name] + 1e-3)
        kin = np.log(ambiguity.kin[pairs.name])
        shared = count > 0
        features = np.zeros((size, len(FEATURES)), np.float32)
        columns = {
            0: shared,
            1: np.sqrt(rarity),
            2: np.clip(short_rarity - rarity, 0, 12) / 6,
            7: habit,
            8: np.minimum(apart, 15) / 5,
            9: apart > 8,
            10: bearers,
            11: kin,
            12: np.minimum(ambiguity.given_length[pairs.name], 10) / 5,
            13: ambiguity.initials[pairs.name],
            14: np.log(collection.papers_a_name[pairs.name]),
            15: bearers * shared,
            16: kin * shared,
            17: bearers * habit,
        }
        for column, values in columns.items():
            features[:, column] = values
        return features

    def add_late(self, pairs: Pairs, features: Floats) -> None:
        """Fills the `LATE` features of pairs in, in place."""
        apart = np.flatnonzero(features[:, 0] == 0)
        steps = self._two_steps(pairs.take(apart))
        features[apart, 3] = steps > 0
        features[apart, 4] = np.log1p(steps)
        topic = self.topics(pairs)
        features[:, 5] = np.sqrt(topic)
        features[:, 6] = np.minimum(topic, 0.3)

    def _two_steps(self, pairs: Pairs) -> Floats:
        """Returns the rarity of pairs of co-authors, one of each paper, who wrote together."""
        collection = self._collection
        owner, items = expand(collection.author_ptr, pairs.one)
        first = collection.authors[items].astype(np.int64)
        others = first != pairs.name[owner]
        owner, first = owner[others], first[others]
        inner, items = expand(collection.author_ptr, pairs.other[owner])
        second = collection.authors[items].astype(np.int64)
        owner, first = owner[inner], first[inner]
        others = second != pairs.name[owner]
        owner, first, second = owner[others], first[others], second[others]
        low, high = np.minimum(first, second), np.maximum(first, second)
        hits = self._edges.places(low * self._names + high)
        weight = np.minimum(self._rarity[first[hits]], self._rarity[second[hits]])
        return np.bincount(owner[hits], weight, len(pairs)).astype(np.float32)

    def topics(self, pairs: Pairs) -> Floats:
        """Returns the cosine of the papers' most telling terms, float32."""
        papers = distinct(np.concatenate((pairs.one, pairs.other)))
        terms = self._collection.terms_of(papers)
        one, other = (np.searchsorted(papers, side) for side in (pairs.one, pairs.other))
        cosine = np.zeros(len(pairs), np.float32)
        for low in range(0, len(pairs), _PAIRS):
            part = slice(low, low + _PAIRS)
            left, right = terms.ids[one[part]], terms.ids[other[part]]
            equal = (left[:, :, None] == right[:, None, :]) & (left >= 0)[:, :, None]
            pair, i, j = np.nonzero(equal)
            product = terms.weights[one[part]][pair, i] * terms.weights[other[part]][pair, j]
            cosine[part] = np.bincount(pair, product, len(left))
        return np.clip(cosine, 0, 1)


def _log_ratio(papers: int, counts: Longs) -> Floats:
    return np.log(max(1, papers) / np.maximum(counts, 1)).astype(np.float32)
