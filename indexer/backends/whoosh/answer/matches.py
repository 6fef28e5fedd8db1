"""Sets of papers with scores, and how they are put together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from indexer.backends.whoosh.lookup.occurrences import contained
from indexer.backends.whoosh.lookup.reader import Numbers

Scores = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Matches:
    """Papers of one segment that match.

    Attributes:
        docs: rising, live.
        scores: one each; None where all are 0.
        negated: it is all other live papers that match, with score 0.
        positive: every score is known to be above 0.
    """

    docs: Numbers
    scores: Scores | None = None
    negated: bool = False
    positive: bool = False

    def boosted(self, factor: float) -> Matches:
        """Multiply the scores."""
        if self.scores is None or factor == 1:
            return self
        return Matches(self.docs, self.scores * factor, positive=self.positive and factor > 0)


NOTHING = Matches(np.zeros(0, np.int32))
EVERYTHING = Matches(np.zeros(0, np.int32), negated=True)
_FEW = 24
"""A list this many times longer than another is looked into, not walked through."""


class Desk:
    """Room for one thread to work in: arrays as long as a segment, made once, clean when idle."""

    def __init__(self, size: int) -> None:
        """Make room for a segment of `size` papers."""
        self.sums = np.zeros(size)
        self.marks = np.zeros(size, np.bool_)

    def common(self, first: Matches, second: Matches) -> Matches:
        """Give the papers of both, scores added; neither is negated."""
        if len(first.docs) > len(second.docs):
            first, second = second, first
        if not len(first.docs):
            return NOTHING
        if len(first.docs) * _FEW < len(second.docs) or second.scores is None:
            at = np.searchsorted(second.docs, first.docs)
            found = second.docs.take(at, mode="clip") == first.docs
            docs, mine = first.docs[found], _chosen(first.scores, found)
            others = None if second.scores is None else second.scores[at[found]]
            return Matches(docs, _added(mine, others))
        self.marks[first.docs] = True
        found = self.marks[second.docs]
        self.marks[first.docs] = False
        docs, others = second.docs[found], second.scores[found]
        if first.scores is None:
            return Matches(docs, others)
        self.sums[first.docs] = first.scores
        mine = self.sums[docs]
        self.sums[first.docs] = 0
        return Matches(docs, mine + others)

    def dropped(self, kept: Matches, gone: Numbers) -> Matches:
        """Take papers away; `kept` is not negated."""
        if not len(gone) or not len(kept.docs):
            return kept
        if len(kept.docs) * _FEW < len(gone):
            left = ~contained(kept.docs, gone)
        else:
            self.marks[gone] = True
            left = ~self.marks[kept.docs]
            self.marks[gone] = False
        return Matches(kept.docs[left], _chosen(kept.scores, left))

    def every(self, parts: Sequence[Matches]) -> Matches:
        """Give the papers that are in all parts; all papers where there are none."""
        held = sorted((one for one in parts if not one.negated), key=lambda one: len(one.docs))
        gone = [one for one in parts if one.negated]
        if not held:
            return Matches(self.union([one.docs for one in gone]), negated=True)
        found = held[0]
        for other in held[1:]:
            found = self.common(found, other)
        for one in gone:
            found = self.dropped(found, one.docs)
        return found

    def either(self, parts: Sequence[Matches], every: Numbers) -> Matches:
        """Give the papers that are in any part, scores added.

        Args:
            parts: none may be negated, or all papers are needed:
            every: all live papers.
        """
        if len(parts) == 1:
            return parts[0]
        if any(one.negated for one in parts):
            parts = [self.plain(one, every) for one in parts]
        if all(one.positive for one in parts):
            found = self._summed(parts)
            if found is not None:
                return found
        scored = [one for one in parts if one.scores is not None]
        docs = self.union([one.docs for one in parts])
        if not scored:
            return Matches(docs)
        return Matches(docs, self.added(docs, scored))

    def _summed(self, parts: Sequence[Matches]) -> Matches | None:
        """Give the union of long lists: where the sum of the scores is above 0."""
        sums = self.sums
        if sum(len(one.docs) for one in parts) * 8 < len(sums):
            return None
        for one in parts:
            if one.scores is not None:
                np.add.at(sums, one.docs, one.scores)
        docs = np.flatnonzero(sums > 0)
        total = sums[docs]
        sums.fill(0)
        return Matches(docs.astype(np.int32), total, positive=True)

    def added(self, docs: Numbers, parts: Sequence[Matches]) -> Scores:
        """Add up the scores the parts give to these papers; parts hold no others."""
        sums = self.sums
        for one in parts:
            if one.scores is not None:
                np.add.at(sums, one.docs, one.scores)
        total = sums[docs]
        sums[docs] = 0
        return total

    def preferred(self, found: Matches, wished: Matches, every: Numbers) -> Matches:
        """Add the scores of `wished` to those of `found` it holds; none is taken away."""
        found = self.plain(found, every)
        if wished.scores is None or not len(found.docs):
            return found
        self.sums[wished.docs] = wished.scores
        more = self.sums[found.docs]
        self.sums[wished.docs] = 0
        return Matches(found.docs, _added(found.scores, more))

    def plain(self, found: Matches, every: Numbers) -> Matches:
        """Write a negated set out."""
        if not found.negated:
            return found
        return self.dropped(Matches(every), found.docs)

    def union(self, lists: Sequence[Numbers]) -> Numbers:
        """Give what is in any of the lists, rising."""
        held = [one for one in lists if len(one)]
        if len(held) < 2:
            return held[0] if held else NOTHING.docs
        total = sum(len(one) for one in held)
        if total * 8 < len(self.marks):
            joined = np.concatenate(held)
            joined.sort()
            keep = np.empty(len(joined), np.bool_)
            keep[0] = True
            np.not_equal(joined[1:], joined[:-1], out=keep[1:])
            return joined[keep]
        for one in held:
            self.marks[one] = True
        found = np.flatnonzero(self.marks).astype(np.int32)
        self.marks[found] = False
        return found


def _chosen(scores: Scores | None, mask: NDArray[np.bool_]) -> Scores | None:
    return None if scores is None else scores[mask]


def _added(first: Scores | None, second: Scores | None) -> Scores | None:
    if first is None or second is None:
        return second if first is None else first
    return first + second
