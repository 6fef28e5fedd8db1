"""The total order of the hits, and the stretch of it that a page shows."""

from __future__ import annotations

import heapq
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

import numpy as np
from numpy.typing import NDArray

from indexer.backends.whoosh.lookup.matches import Matches, Scores, rounded
from indexer.backends.whoosh.lookup.reader import SegmentReader
from indexer.query import Sort


@dataclass(frozen=True, slots=True)
class Place:
    """One paper of the result, and its score (rounded to six digits)."""

    segment: int
    doc: int
    score: float


class Order:
    """Puts papers of several segments into the one total order of a sort."""

    def __init__(self, readers: Sequence[SegmentReader]) -> None:
        """Order papers of these segments."""
        self._readers = readers

    def best(self, found: Sequence[Matches], wanted: int) -> list[Place]:
        """Give the first by score, newer year, then id."""
        held = [(segment, one) for segment, one in enumerate(found) if not one.empty]
        if len(held) == 1:
            segment, only = held[0]
            return [Place(segment, doc, -score) for score, doc in only.ordered(wanted)]
        parts = []
        for segment, one in held:
            docs, scores = one.best(wanted)
            parts.append((segment, docs, rounded(scores)))
        return self._merged(parts, wanted)

    def _merged(
        self, parts: list[tuple[int, NDArray[np.int32], Scores]], wanted: int
    ) -> list[Place]:
        if not parts:
            return []
        segments = np.concatenate([np.full(len(docs), segment) for segment, docs, _ in parts])
        docs = np.concatenate([docs for _, docs, _ in parts])
        scores = np.concatenate([scores for _, _, scores in parts])
        order = np.argsort(-scores, kind="stable")
        places: list[Place] = []
        start = 0
        while start < len(order) and len(places) < wanted:
            score = scores[order[start]]
            end = start + 1
            while end < len(order) and scores[order[end]] == score:
                end += 1
            tied = order[start:end]
            ranked = sorted(
                tied.tolist(), key=lambda at: self._tie(int(segments[at]), int(docs[at]))
            )
            places += [Place(int(segments[at]), int(docs[at]), float(score)) for at in ranked]
            start = end
        return places[:wanted]

    def _tie(self, segment: int, doc: int) -> tuple[int, str]:
        reader = self._readers[segment]
        return -int(reader.arrays.year[doc]), reader.paper_id(doc)

    def tied(self, places: list[Place]) -> list[Place]:
        """Sort by score, newer year, then id."""
        if len(self._readers) == 1:
            return sorted(places, key=lambda one: (-one.score, one.doc))
        return sorted(places, key=lambda one: (-one.score, self._tie(one.segment, one.doc)))

    def listed(self, found: Sequence[Matches], sort: Sort) -> Iterator[Place]:
        """Give all papers in an order but relevance, lazily; their scores are 0 here."""
        held = [(segment, one) for segment, one in enumerate(found) if len(one.docs)]
        if len(held) == 1:
            return self._sorted(*held[0], sort)
        return heapq.merge(
            *(self._sorted(segment, one, sort) for segment, one in held),
            key=lambda place: self._key(place, sort),
        )

    def page(self, found: Sequence[Matches], sort: Sort, first: int, last: int) -> list[Place]:
        """Give the papers of places `first` up to `last` in an order but relevance."""
        held = [(segment, one) for segment, one in enumerate(found) if len(one.docs)]
        if len(held) == 1 and last * 4 < len(held[0][1].docs):
            segment, one = held[0]
            order, ranks = self._readers[segment].order(sort)
            mine = ranks[one.docs]
            nearest = np.sort(np.partition(mine, last)[:last])[first:]
            return [Place(segment, doc, 0.0) for doc in order[nearest].tolist()]
        return list(islice(self.listed(found, sort), first, last))

    def _sorted(self, segment: int, one: Matches, sort: Sort) -> Iterator[Place]:
        order, ranks = self._readers[segment].order(sort)
        for rank in np.sort(ranks[one.docs]):
            yield Place(segment, int(order[rank]), 0.0)

    def _key(self, place: Place, sort: Sort) -> tuple[object, ...]:
        reader = self._readers[place.segment]
        year = int(reader.arrays.year[place.doc])
        title = reader.store.paper(place.doc).title.casefold()
        paper_id = reader.paper_id(place.doc)
        if sort is Sort.NEWEST:
            return (-year, title, paper_id)
        if sort is Sort.OLDEST:
            return (year < 0, year, title, paper_id)
        if sort is Sort.ADDED:
            return (-int(reader.arrays.first_indexed[place.doc]), -year, title, paper_id)
        return (title, -year, paper_id)
