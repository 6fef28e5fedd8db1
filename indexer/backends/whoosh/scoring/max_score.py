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
from numpy.typing import NDArray

from indexer.backends.whoosh.format.ragged_arrays import SLACK
from indexer.backends.whoosh.postings.bitset import words_of
from indexer.backends.whoosh.postings.positions import concatenate_ranges
from indexer.backends.whoosh.postings.segment_reader import Ids
from indexer.backends.whoosh.scoring.scored_docs import Matches, Scores, reached

Places = NDArray[np.int64]
_SHARE: Final = 4
"""Lists of more than one in this many papers together are read off the whole segment's sums."""
_FILLED: Final = 12
"""Room for more than one in this many papers is emptied by filling all of it with zeros."""
_MANY: Final = 2048
"""Where more papers than this have to be looked up in the rest, it may be better added up."""
_DEAR: Final = 2
"""A paper that is looked up costs as much as so many that are added."""
_SEEDED: Final = 3
"""The first papers of this many lists are added up first."""
_SEARCHED: Final = 256
"""So many papers are searched for in a list; more are found in its bits."""
_BIT: Final = np.uint64(1)
_LONG: Final = 50_000
"""Lists longer than this, together, are worth some work before they are added up."""


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
    def of(cls, parts: Sequence[Matches], wanted: int, size: int) -> Self:
        """Look at lists with scores above 0, of which the `wanted` best sums are needed.

        Args:
            parts: the lists.
            wanted: how many.
            size: papers of the segment.
        """
        lists = len(parts)
        if not all(one.lasting for one in parts):
            return cls(parts, [inf] * lists + [0.0], lists, 0.0)
        least = _learned(parts, wanted) * (1 - SLACK)
        limits = sorted(((-one.limit, at) for at, one in enumerate(parts)))
        ranked = [parts[at] for _, at in limits]
        rest = [0.0] * (lists + 1)
        for at in range(lists - 1, -1, -1):
            rest[at] = rest[at + 1] - limits[at][0]
        if 1 < lists <= _SEEDED + 1 and sum(one.count for one in ranked) > _LONG:
            least = max(least, _seeded(ranked, wanted, size) * (1 - SLACK))
        added = next((at for at in range(lists) if rest[at] < least), lists)
        return cls(ranked, rest, added, least)


def _learned(parts: Sequence[Matches], wanted: int) -> float:
    """Look at the highest scores of lists, the shortest first, as long as that is of use.

    Once enough papers reach more than all other lists together can give, these need not be scored:
    they are looked into.

    Returns:
        A score that `wanted` papers reach, 0 where none is known.
    """
    unknown = [one for one in parts if not one.known]
    if not unknown:
        return max(one.reached(wanted) for one in parts)
    least = max((one.reached(wanted) for one in parts if one not in unknown), default=0.0)
    left = sum(one.limit for one in unknown)
    for one in sorted(unknown, key=lambda one: one.count):
        if left < least * (1 - SLACK):
            break
        left -= one.limit
        least = max(least, one.reached(wanted))
        if not one.known:
            one.highest  # noqa: B018 - of fewer papers than are wanted nothing was looked at
    return least


def _seeded(ranked: Sequence[Matches], wanted: int, size: int) -> float:
    """Give a score that `wanted` papers reach: add up what the first lists say are the best.

    It is 0 where of none of them the best are known.
    """
    heads = [one.heads[0][: 3 * wanted] for one in ranked[:_SEEDED] if one.known]
    if not heads:
        return 0.0
    docs = np.unique(np.concatenate(heads))
    sums = np.zeros(len(docs))
    for one in ranked:
        add_scores(one, docs, sums, size)
    return reached(sums, wanted)


def best_of_any(bounds: Bounds, wanted: int, sums: Scores) -> tuple[Ids, Scores]:
    """Give papers and scores: the `wanted` highest sums, all that may round to equals, and more.

    Args:
        bounds: of the lists.
        wanted: how many are needed at least.
        sums: room for one sum a paper of the segment, all 0; so it is left.
    """
    ranked, rest, added, least = bounds.ranked, bounds.rest, bounds.added, bounds.least
    near = _near(bounds, len(sums))
    parts = [_part(one, near, len(sums)) for one in ranked[:added]]
    docs, found = _added(parts, wanted, sums, least, rest[added])
    left = sum(one.count for one in ranked[added:])
    if len(docs) > _MANY and left:
        hopes = _hopes(ranked[added:], len(sums)).take(docs >> 6)
        likely = found + hopes >= least
        docs, found = docs[likely], found[likely]
    if len(docs) > _MANY and len(docs) * _DEAR > left > 0:
        parts += [_part(one, near, len(sums)) for one in ranked[added:]]
        return _added(parts, wanted, sums, least, 0.0)
    for at in range(added, len(ranked)):
        add_scores(ranked[at], docs, found, len(sums))
        if len(docs) > wanted:
            least = max(least, reached(found, wanted) * (1 - SLACK))
            kept = found >= least - rest[at + 1]
            docs, found = docs[kept], found[kept]
    return docs, found


def _near(bounds: Bounds, size: int) -> Places | None:
    """Give the blocks of 64 papers that may hold one of the best; None where all of them may."""
    many = len(bounds.ranked) > _SEEDED + 1
    if not bounds.least or many or sum(one.count for one in bounds.ranked) < _LONG:
        return None
    hopes = _hopes(bounds.ranked, size)
    near = np.flatnonzero(hopes >= bounds.least)
    return near if len(near) * 2 < len(hopes) else None


def _hopes(lists: Sequence[Matches], size: int) -> Scores:
    """Give for each block of 64 papers a sum that none of them exceeds."""
    hopes = np.zeros(words_of(size))
    for one in lists:
        if not one.known:
            hopes += one.limit
        elif (blocks := one.blocks(size)) is not None:
            hopes += blocks.highest
        else:
            there = np.zeros(len(hopes))
            there[one.docs >> 6] = one.highest
            hopes += there
    return hopes


def _part(one: Matches, near: Places | None, size: int) -> tuple[Ids, Scores]:
    """Give the papers and scores of a list that are in some blocks; all of a short one's."""
    blocks = None if near is None else one.blocks(size)
    if near is None or blocks is None:
        scores = one.scores
        if scores is None:
            raise ValueError("a list without scores is not added up")
        return one.docs, scores
    firsts = blocks.firsts[near]
    places = concatenate_ranges(firsts, blocks.firsts[near + 1] - firsts)
    return one.docs.take(places), one.taken(places)


def _added(
    parts: Sequence[tuple[Ids, Scores]], wanted: int, sums: Scores, least: float, rest: float
) -> tuple[Ids, Scores]:
    """Add lists up; give the papers that can be among the best if `rest` more can come."""
    total = 0
    for docs, scores in parts:
        np.add.at(sums, docs, scores)
        total += len(docs)
    if total * _SHARE > len(sums):
        least = max(least, _reached_by_far(sums, wanted) * (1 - SLACK))
        places = np.flatnonzero(sums >= max(least - rest, 5e-324))
        found = sums[places]
        sums.fill(0)
        return places.astype(np.int32), found
    docs = parts[0][0] if len(parts) == 1 else np.concatenate([docs for docs, _ in parts])
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


def add_scores(one: Matches, docs: Ids, sums: Scores, size: int) -> None:
    """Add to the sums of some papers, in any order, what one list gives them.

    Args:
        one: the list.
        docs: the papers.
        sums: theirs.
        size: papers of the segment.
    """
    held, scores = one.docs, one.at_hand
    if not len(held) or (scores is None and one.scoreless):
        return
    blocks = one.blocks(size) if one.lasting and one.known and len(docs) > _SEARCHED else None
    if blocks is None:
        at = np.searchsorted(held, docs)
        there = held.take(at, mode="clip") == docs
        if scores is not None:
            sums += scores.take(at, mode="clip") * there
        else:
            sums[there] += one.taken(at[there])
        return
    block, place = docs >> 6, (docs & 63).astype(np.uint64)
    words = one.bits(size)[block]
    before = np.bitwise_count(words & ((_BIT << place) - _BIT))
    at = blocks.firsts[block] + before
    if scores is not None:
        sums += scores.take(at, mode="clip") * (words >> place & _BIT)
    else:
        there = (words >> place & _BIT).astype(np.bool_)
        sums[there] += one.taken(at[there])
