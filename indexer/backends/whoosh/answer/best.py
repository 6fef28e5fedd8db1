"""The best of a union of scored lists, without adding up all of it (MaxScore).

After Turtle & Flood 1995, "Query Evaluation: Strategies and Optimizations": once a score is known
that enough papers reach, a paper that is only in lists whose highest scores do not add up to it
can be passed over. So only the other lists are added up, and what is left of their papers is
looked up in the rest.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import inf
from typing import Final, Self

import numpy as np

from indexer.backends.whoosh.lookup.matches import SLACK, Matches, Scores, reached
from indexer.backends.whoosh.lookup.reader import Numbers

_SHARE: Final = 4
"""Lists of more than one in this many papers together are read off the whole segment's sums."""
_FILLED: Final = 12
"""Room for more than one in this many papers is emptied by filling all of it with zeros."""
_MANY: Final = 2048
"""If more papers than this would have to be looked up in the rest, the rest is added up instead."""


@dataclass(frozen=True, slots=True)
class Bounds:
    """What is known of the sums of some lists before anything is added up.

    Attributes:
        ranked: the lists, those of the highest scores first where these are known.
        rest: for each list the highest scores of it and those behind it together, then 0.
        added: how many of them must be added up in full.
        least: a score that enough papers reach.
    """

    ranked: Sequence[Matches]
    rest: Sequence[float]
    added: int
    least: float

    @classmethod
    def of(cls, parts: Sequence[Matches], wanted: int) -> Self:
        """Look at lists with scores above 0, of which the `wanted` best sums are needed.

        Args:
            parts: the lists.
            wanted: how many.
        """
        size = len(parts)
        if not all(one.lasting for one in parts):
            return cls(parts, [inf] * size + [0.0], size, 0.0)
        ranked = sorted(parts, key=lambda one: -one.highest)
        rest = [0.0] * (size + 1)
        for at in range(size - 1, -1, -1):
            rest[at] = rest[at + 1] + ranked[at].highest
        least = max(one.reached(wanted) for one in ranked) * (1 - SLACK)
        added = next((at for at in range(size) if rest[at] < least), size)
        return cls(ranked, rest, added, least)


def best_of_any(bounds: Bounds, wanted: int, sums: Scores) -> tuple[Numbers, Scores]:
    """Give papers and scores: the `wanted` highest sums, all that may round to equals, and more.

    Args:
        bounds: of the lists.
        wanted: how many are needed at least.
        sums: room for one sum a paper of the segment, all 0; so it is left.
    """
    ranked, rest, added, least = bounds.ranked, bounds.rest, bounds.added, bounds.least
    docs, found = _added(ranked[:added], wanted, sums, least, rest[added])
    if len(docs) > _MANY and added < len(ranked):
        return _added(ranked, wanted, sums, least, 0.0)
    for at in range(added, len(ranked)):
        add_scores(ranked[at], docs, found)
        if len(docs) > wanted:
            least = max(least, reached(found, wanted) * (1 - SLACK))
            kept = found >= least - rest[at + 1]
            docs, found = docs[kept], found[kept]
    return docs, found


def _added(
    parts: Sequence[Matches], wanted: int, sums: Scores, least: float, rest: float
) -> tuple[Numbers, Scores]:
    """Add lists up; give the papers that can be among the best if `rest` more can come."""
    total = 0
    for one in parts:
        scores = one.scores
        if scores is not None:
            np.add.at(sums, one.docs, scores)
            total += len(scores)
    if total * _SHARE > len(sums):
        least = max(least, _reached_by_far(sums, wanted) * (1 - SLACK))
        places = np.flatnonzero(sums >= max(least - rest, 5e-324))
        found = sums[places]
        sums.fill(0)
        return places.astype(np.int32), found
    docs = parts[0].docs if len(parts) == 1 else np.concatenate([one.docs for one in parts])
    found = sums.take(docs)
    if total * _FILLED > len(sums):
        sums.fill(0)
    else:
        sums[docs] = 0
    # A paper may be here once a list, so that many of the highest are of `wanted` papers.
    bar = max(least, _reached_by_far(found, wanted * len(parts)) * (1 - SLACK)) - rest
    if bar > 0:
        kept = np.flatnonzero(found >= bar)
        docs, found = docs[kept], found[kept]
    if len(parts) > 1:
        docs, first = np.unique(docs, return_index=True)
        found = found[first]
    return docs, found


def _reached_by_far(sums: Scores, wanted: int) -> float:
    """Give a sum that at least `wanted` papers reach, found by the highest of each stride."""
    height = len(sums) // max(256, 4 * wanted)
    if height > 1:
        width = len(sums) // height
        sums = sums[: width * height].reshape(height, width).max(0)
    return reached(sums, wanted)


def add_scores(one: Matches, docs: Numbers, sums: Scores) -> None:
    """Add to the sums of some papers, in any order, what one list gives them."""
    held, scores = one.docs, one.scores
    if scores is None or not len(held):
        return
    at = np.searchsorted(held, docs)
    there = held.take(at, mode="clip") == docs
    sums += scores.take(at, mode="clip") * there
