"""The total order of the hits, and the stretch of it that a page shows."""

from __future__ import annotations

import heapq
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import reduce
from itertools import islice
from typing import Final

import numpy as np
from numpy.typing import NDArray

from indexer.backends.whoosh.postings.segment_reader import Numbers, SegmentReader
from indexer.backends.whoosh.scoring.scored_docs import Matches, Scores, rounded
from indexer.query import Sort

TOGETHER: Final = 1024
"""So many papers are looked at together at most."""


@dataclass(frozen=True, slots=True)
class Place:
    """One paper of the result, and its score (rounded to six digits)."""

    segment: int
    doc: int
    score: float


@dataclass(frozen=True, slots=True)
class Ranked:
    """Papers of several segments and their scores, in some order.

    Attributes:
        segments: of each paper.
        docs: its number there.
        scores: its score, rounded to six digits.
    """

    segments: NDArray[np.int64]
    docs: Numbers
    scores: Scores

    def __len__(self) -> int:
        """Number of papers."""
        return len(self.docs)

    def at(self, wanted: slice | NDArray[np.int64]) -> Ranked:
        """Give the papers at some places of the order."""
        return Ranked(self.segments[wanted], self.docs[wanted], self.scores[wanted])

    def then(self, more: Ranked) -> Ranked:
        """Put others behind these."""
        if not len(more):
            return self
        return Ranked(
            np.concatenate((self.segments, more.segments)),
            np.concatenate((self.docs, more.docs)),
            np.concatenate((self.scores, more.scores)),
        )

    def rising(self) -> Iterator[tuple[int, NDArray[np.int64]]]:
        """Give each segment with the places of its papers here, so that these rise.

        They come by at most `TOGETHER`, so that what is found out of them takes no more room.
        """
        order = np.lexsort((self.docs, self.segments))
        segments = self.segments[order]
        for segment in range(int(segments[0]), int(segments[-1]) + 1) if len(order) else ():
            low, high = segments.searchsorted((segment, segment + 1)).tolist()
            for first in range(low, high, TOGETHER):
                yield segment, order[first : min(first + TOGETHER, high)]

    def rows(self) -> list[tuple[int, int, float]]:
        """Give segment, number and score of each paper."""
        columns = (self.segments.tolist(), self.docs.tolist(), self.scores.tolist())
        return list(zip(*columns, strict=True))

    def places(self) -> list[Place]:
        """Write the papers out."""
        return [Place(*row) for row in self.rows()]


class RankOrder:
    """Puts papers of several segments into the one total order of a sort."""

    def __init__(self, readers: Sequence[SegmentReader]) -> None:
        """Order papers of these segments."""
        self._readers = readers

    def best(self, found: Sequence[Matches], wanted: int) -> Ranked:
        """Give the first by score, newer year, then id."""
        held = [(segment, one) for segment, one in enumerate(found) if not one.empty]
        if len(held) == 1:
            segment, only = held[0]
            docs, scores = only.ordered(wanted)
            return Ranked(np.full(len(docs), segment), docs, scores)
        parts = [Ranked(np.zeros(0, np.int64), np.zeros(0, np.int32), np.zeros(0))]
        for segment, one in held:
            docs, scores = one.best(wanted)
            parts.append(Ranked(np.full(len(docs), segment), docs, rounded(scores)))
        return self.tied(reduce(Ranked.then, parts), wanted)

    def tied(self, ranked: Ranked, wanted: int | None = None) -> Ranked:
        """Sort by score, newer year, then id.

        Args:
            ranked: papers in any order.
            wanted: how many are needed; None for all.
        """
        if len(self._readers) == 1:
            return ranked.at(np.lexsort((ranked.docs, -ranked.scores))[:wanted])
        order = np.argsort(-ranked.scores, kind="stable")
        falling = -ranked.scores[order]
        (begins,) = np.nonzero(falling[1:] == falling[:-1])
        done = 0
        for begin in begins.tolist():
            if begin < done:
                continue
            if wanted is not None and begin >= wanted:
                break
            done = int(falling.searchsorted(falling[begin], "right"))
            equal = order[begin:done].tolist()
            equal.sort(key=lambda at: self._tie(int(ranked.segments[at]), int(ranked.docs[at])))
            order[begin:done] = equal
        return ranked.at(order[:wanted])

    def _tie(self, segment: int, doc: int) -> tuple[int, str]:
        reader = self._readers[segment]
        return -int(reader.arrays.year[doc]), reader.paper_id(doc)

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
