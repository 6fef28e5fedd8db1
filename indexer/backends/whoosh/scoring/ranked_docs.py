"""The total order of hits over all segments, and the page that is taken from it."""

from __future__ import annotations

import heapq
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import reduce
from itertools import islice
from typing import Final

import numpy as np
from numpy.typing import NDArray

from indexer.backends.whoosh.postings.segment_reader import Ids, SegmentReader
from indexer.backends.whoosh.scoring.scored_docs import ScoredDocs, Scores, rounded
from indexer.query import Sort

TOGETHER: Final = 1024
"""Docs rescored at a time, to bound memory."""


@dataclass(frozen=True, slots=True)
class RankedDoc:
    """One hit: segment, doc id, and its score rounded to six significant digits."""

    segment: int
    doc: int
    score: float


@dataclass(frozen=True, slots=True)
class Ranked:
    """Hits of several segments, in some order.

    Attributes:
        segments: int64, segment of each.
        docs: int32, its doc id there.
        scores: float64, rounded to six significant digits.
    """

    segments: NDArray[np.int64]
    docs: Ids
    scores: Scores

    def __len__(self) -> int:
        """Number of hits."""
        return len(self.docs)

    def take(self, ranks: slice | NDArray[np.int64]) -> Ranked:
        """Returns the hits at some ranks."""
        return Ranked(self.segments[ranks], self.docs[ranks], self.scores[ranks])

    def then(self, others: Ranked) -> Ranked:
        """Returns these hits followed by others."""
        if not len(others):
            return self
        return Ranked(
            np.concatenate((self.segments, others.segments)),
            np.concatenate((self.docs, others.docs)),
            np.concatenate((self.scores, others.scores)),
        )

    def rising(self) -> Iterator[tuple[int, NDArray[np.int64]]]:
        """Yields each segment with the ranks of its hits, in doc id order.

        At most `TOGETHER` a time, so that what is computed from them takes no more memory.
        """
        order = np.lexsort((self.docs, self.segments))
        segments = self.segments[order]
        for segment in range(int(segments[0]), int(segments[-1]) + 1) if len(order) else ():
            low, high = segments.searchsorted((segment, segment + 1)).tolist()
            for begin in range(low, high, TOGETHER):
                yield segment, order[begin : min(begin + TOGETHER, high)]

    def rows(self) -> list[tuple[int, int, float]]:
        """Returns segment, doc id and score of each hit."""
        columns = (self.segments.tolist(), self.docs.tolist(), self.scores.tolist())
        return list(zip(*columns, strict=True))

    def as_docs(self) -> list[RankedDoc]:
        """Returns the hits as objects."""
        return [RankedDoc(*row) for row in self.rows()]

    def lazily(self) -> Iterator[RankedDoc]:
        """Yields the hits as objects, created block by block."""
        for start in range(0, len(self), TOGETHER):
            yield from self.take(slice(start, start + TOGETHER)).as_docs()


class RankOrder:
    """Sorts hits of several segments into one total order."""

    def __init__(self, readers: Sequence[SegmentReader]) -> None:
        """Sorts hits of these segments."""
        self._readers = readers

    def best(self, matches: Sequence[ScoredDocs], k: int) -> Ranked:
        """Returns the top k by score; ties go to the newer year, then the lower paper id."""
        nonempty = [(segment, part) for segment, part in enumerate(matches) if not part.empty]
        if len(nonempty) == 1:
            segment, only = nonempty[0]
            docs, scores = only.ordered(k)
            return Ranked(np.full(len(docs), segment), docs, scores)
        parts = [Ranked(np.zeros(0, np.int64), np.zeros(0, np.int32), np.zeros(0))]
        for segment, part in nonempty:
            docs, scores = part.best(k)
            parts.append(Ranked(np.full(len(docs), segment), docs, rounded(scores)))
        return self.tied(reduce(Ranked.then, parts), k)

    def tied(self, ranked: Ranked, k: int | None = None) -> Ranked:
        """Returns hits sorted by score; ties go to the newer year, then the lower paper id.

        Args:
            ranked: hits in any order.
            k: how many are needed; None for all.
        """
        if len(self._readers) == 1:
            return ranked.take(np.lexsort((ranked.docs, -ranked.scores))[:k])
        order = np.argsort(-ranked.scores, kind="stable")
        negated = -ranked.scores[order]
        (tie_starts,) = np.nonzero(negated[1:] == negated[:-1])
        tie_end = 0
        for begin in tie_starts.tolist():
            if begin < tie_end:
                continue
            if k is not None and begin >= k:
                break
            tie_end = int(negated.searchsorted(negated[begin], "right"))
            tied = order[begin:tie_end].tolist()
            tied.sort(key=lambda i: self._tie(int(ranked.segments[i]), int(ranked.docs[i])))
            order[begin:tie_end] = tied
        return ranked.take(order[:k])

    def _tie(self, segment: int, doc: int) -> tuple[int, str]:
        """Returns the tie-break key of a doc."""
        reader = self._readers[segment]
        return -int(reader.arrays.year[doc]), reader.paper_id(doc)

    def listed(self, matches: Sequence[ScoredDocs], sort: Sort) -> Iterator[RankedDoc]:
        """Yields all hits in a sort order but relevance; their scores are 0."""
        nonempty = [(segment, part) for segment, part in enumerate(matches) if len(part.docs)]
        if len(nonempty) == 1:
            return self._sorted(*nonempty[0], sort)
        return heapq.merge(
            *(self._sorted(segment, part, sort) for segment, part in nonempty),
            key=lambda hit: self._key(hit, sort),
        )

    def page(
        self, matches: Sequence[ScoredDocs], sort: Sort, first: int, last: int
    ) -> list[RankedDoc]:
        """Returns the hits of ranks `first` up to `last` in a sort order but relevance."""
        nonempty = [(segment, part) for segment, part in enumerate(matches) if len(part.docs)]
        if len(nonempty) == 1 and last * 4 < len(nonempty[0][1].docs):
            segment, part = nonempty[0]
            order, ranks = self._readers[segment].order(sort)
            part_ranks = ranks[part.docs]
            nearest = np.sort(np.partition(part_ranks, last)[:last])[first:]
            return [RankedDoc(segment, doc, 0.0) for doc in order[nearest].tolist()]
        return list(islice(self.listed(matches, sort), first, last))

    def _sorted(self, segment: int, part: ScoredDocs, sort: Sort) -> Iterator[RankedDoc]:
        """Yields the hits of one segment in a sort order."""
        order, ranks = self._readers[segment].order(sort)
        for rank in np.sort(ranks[part.docs]):
            yield RankedDoc(segment, int(order[rank]), 0.0)

    def _key(self, hit: RankedDoc, sort: Sort) -> tuple[object, ...]:
        """Returns the sort key of a hit, the same in every segment."""
        reader = self._readers[hit.segment]
        year = int(reader.arrays.year[hit.doc])
        title = reader.store.paper(hit.doc).title.casefold()
        paper_id = reader.paper_id(hit.doc)
        if sort is Sort.NEWEST:
            return (-year, title, paper_id)
        if sort is Sort.OLDEST:
            return (year < 0, year, title, paper_id)
        if sort is Sort.ADDED:
            return (-int(reader.arrays.first_indexed[hit.doc]), -year, title, paper_id)
        return (title, -year, paper_id)
