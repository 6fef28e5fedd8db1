"""Top-k of a disjunction in NumPy: MaxScore over scored posting lists.

MaxScore (Turtle & Flood 1995, "Query evaluation: strategies and optimizations",
https://doi.org/10.1016/0306-4573(95)00020-H): once k docs are known to reach a threshold, docs that
occur only in lists whose upper bounds add up to less need not be scored. So only the other,
essential lists are added up, and the docs that remain are looked up in the rest. The compiled loop
is `kernels.union_top_k`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import inf
from typing import Final, Self

import numpy as np
from numpy.typing import NDArray

from indexer.backends.whoosh.format.ragged_arrays import concatenate_ranges
from indexer.backends.whoosh.kernels import SLACK
from indexer.backends.whoosh.postings.bitset import words_of
from indexer.backends.whoosh.postings.segment_reader import Ids
from indexer.backends.whoosh.scoring.scored_docs import ScoredDocs, Scores, reached

Indexes = NDArray[np.int64]
_DENSE_SUMS: Final = 4
"""Lists with more than one in this many docs are collected from the sums of the whole segment."""
_FILLED: Final = 12
"""Sums of more than one in this many docs are cleared by one fill. Derived by
`python -m tests.bench --tune`, about 20; half of it would cost 3 times the clearing."""
_MANY: Final = 2048
"""Candidates from which adding up the non-essential lists may cost less than looking up."""
_LOOKUP_COST: Final = 2
"""Cost of looking one doc up, in postings added up."""
_SEEDED: Final = 3
"""Lists whose best docs seed the threshold."""
_SEARCHED: Final = 256
"""Most docs looked up by binary search; more are looked up in the list's bitset."""
_BIT: Final = np.uint64(1)
_LONG: Final = 50_000
"""Postings from which seeding a threshold and block maxima pay off."""


@dataclass(frozen=True, slots=True)
class Bounds:
    """Upper bounds of some lists, and a threshold, before anything is added up.

    Attributes:
        ranked: the lists, by descending upper bound where these are known.
        rest: for each list the sum of its upper bound and those of the lists after it, then 0.
        added: number of essential lists, the first ones.
        least: threshold, a score that k docs reach.
    """

    ranked: Sequence[ScoredDocs]
    rest: Sequence[float]
    added: int
    least: float

    @classmethod
    def of(cls, parts: Sequence[ScoredDocs], k: int, size: int) -> Self:
        """Bounds lists with scores above 0.

        Args:
            parts: the lists.
            k: how many of the best sums are needed.
            size: docs of the segment.
        """
        lists = len(parts)
        if not all(part.lasting for part in parts):
            return cls(parts, [inf] * lists + [0.0], lists, 0.0)
        threshold = _threshold_of_lists(parts, k) * (1 - SLACK)
        bounds = sorted(((-part.limit, i) for i, part in enumerate(parts)))
        ranked = [parts[i] for _, i in bounds]
        rest = [0.0] * (lists + 1)
        for i in range(lists - 1, -1, -1):
            rest[i] = rest[i + 1] - bounds[i][0]
        if 1 < lists <= _SEEDED + 1 and sum(part.count for part in ranked) > _LONG:
            threshold = max(threshold, _seed_threshold(ranked, k, size) * (1 - SLACK))
        essential = next((i for i in range(lists) if rest[i] < threshold), lists)
        return cls(ranked, rest, essential, threshold)


def _threshold_of_lists(parts: Sequence[ScoredDocs], k: int) -> float:
    """Returns a threshold from the scores of single lists, the shortest first while that helps.

    Once k docs reach more than all other lists together can add, these lists need not be scored:
    they are only looked up. 0 where no threshold is known.
    """
    unknown = [part for part in parts if not part.has_bounds]
    if not unknown:
        return max(part.reached(k) for part in parts)
    threshold = max((part.reached(k) for part in parts if part not in unknown), default=0.0)
    remaining = sum(part.limit for part in unknown)
    for part in sorted(unknown, key=lambda part: part.count):
        if remaining < threshold * (1 - SLACK):
            break
        remaining -= part.limit
        threshold = max(threshold, part.reached(k))
        if not part.has_bounds:
            part.highest  # noqa: B018 - a list of fewer than k docs is scored here
    return threshold


def _seed_threshold(ranked: Sequence[ScoredDocs], k: int, size: int) -> float:
    """Returns a threshold that k docs reach, from full sums of the best docs of the first lists.

    0 where the best docs of none of them are known.
    """
    best_docs = [part.top_docs[0][: 3 * k] for part in ranked[:_SEEDED] if part.has_bounds]
    if not best_docs:
        return 0.0
    docs = np.unique(np.concatenate(best_docs))
    sums = np.zeros(len(docs))
    for part in ranked:
        add_scores(part, docs, sums, size)
    return reached(sums, k)


def best_of_any(bounds: Bounds, k: int, sums: Scores) -> tuple[Ids, Scores]:
    """Returns docs and sums: the top k, all that may round to the score of one of them, and more.

    Args:
        bounds: of the lists.
        k: how many are needed at least.
        sums: float64 scratch, one a doc of the segment; all 0 on entry and on return.
    """
    ranked, rest, essential, threshold = bounds.ranked, bounds.rest, bounds.added, bounds.least
    blocks = _promising_blocks(bounds, len(sums))
    parts = [_postings_in(part, blocks, len(sums)) for part in ranked[:essential]]
    docs, scores = _add_up(parts, k, sums, threshold, rest[essential])
    remaining = sum(part.count for part in ranked[essential:])
    if len(docs) > _MANY and remaining:
        block_bounds = _block_bounds(ranked[essential:], len(sums)).take(docs >> 6)
        passing = scores + block_bounds >= threshold
        docs, scores = docs[passing], scores[passing]
    if len(docs) > _MANY and len(docs) * _LOOKUP_COST > remaining > 0:
        parts += [_postings_in(part, blocks, len(sums)) for part in ranked[essential:]]
        return _add_up(parts, k, sums, threshold, 0.0)
    for i in range(essential, len(ranked)):
        add_scores(ranked[i], docs, scores, len(sums))
        if len(docs) > k:
            threshold = max(threshold, reached(scores, k) * (1 - SLACK))
            reaching = scores >= threshold - rest[i + 1]
            docs, scores = docs[reaching], scores[reaching]
    return docs, scores


def _promising_blocks(bounds: Bounds, size: int) -> Indexes | None:
    """Returns the blocks of 64 docs that may hold a top-k doc; None where most of them may."""
    many = len(bounds.ranked) > _SEEDED + 1
    if not bounds.least or many or sum(part.count for part in bounds.ranked) < _LONG:
        return None
    block_bounds = _block_bounds(bounds.ranked, size)
    passing = np.flatnonzero(block_bounds >= bounds.least)
    return passing if len(passing) * 2 < len(block_bounds) else None


def _block_bounds(lists: Sequence[ScoredDocs], size: int) -> Scores:
    """Returns for each block of 64 docs an upper bound of the sums in it."""
    block_bounds = np.zeros(words_of(size))
    for part in lists:
        if not part.has_bounds:
            block_bounds += part.limit
        elif (blocks := part.blocks(size)) is not None:
            block_bounds += blocks.highest
        else:
            maxima = np.zeros(len(block_bounds))
            maxima[part.docs >> 6] = part.highest
            block_bounds += maxima
    return block_bounds


def _postings_in(part: ScoredDocs, selected: Indexes | None, size: int) -> tuple[Ids, Scores]:
    """Returns docs and scores of a list within some blocks; all of a short list."""
    blocks = None if selected is None else part.blocks(size)
    if selected is None or blocks is None:
        scores = part.scores
        if scores is None:
            raise ValueError("a list without scores is not added up")
        return part.docs, scores
    firsts = blocks.firsts[selected]
    indexes = concatenate_ranges(firsts, blocks.firsts[selected + 1] - firsts)
    return part.docs.take(indexes), part.take_scores(indexes)


def _add_up(
    parts: Sequence[tuple[Ids, Scores]], k: int, sums: Scores, threshold: float, rest: float
) -> tuple[Ids, Scores]:
    """Adds lists up.

    Args:
        parts: docs and scores of each.
        k: how many of the best sums are needed.
        sums: float64 scratch, one a doc of the segment; all 0 on entry and on return.
        threshold: a score that k docs reach.
        rest: upper bound of what other lists can still add.

    Returns:
        Candidates and their sums.
    """
    total = 0
    for docs, part_scores in parts:
        np.add.at(sums, docs, part_scores)
        total += len(docs)
    if total * _DENSE_SUMS > len(sums):
        threshold = max(threshold, _threshold_of_strides(sums, k) * (1 - SLACK))
        reaching = np.flatnonzero(sums >= max(threshold - rest, 5e-324))
        scores = sums[reaching]
        sums.fill(0)
        return reaching.astype(np.int32), scores
    docs = parts[0][0] if len(parts) == 1 else np.concatenate([docs for docs, _ in parts])
    scores = sums.take(docs)
    if total * _FILLED > len(sums):
        sums.fill(0)
    else:
        sums[docs] = 0
    # A doc occurs once a list here, so the highest k times `parts` sums belong to k docs at least.
    needed = max(threshold, _threshold_of_strides(scores, k * len(parts)) * (1 - SLACK)) - rest
    if needed > 0:
        passing = np.flatnonzero(scores >= needed)
        docs, scores = docs[passing], scores[passing]
    if len(parts) > 1:
        docs, first = np.unique(docs, return_index=True)
        scores = scores[first]
    return docs, scores


def _threshold_of_strides(sums: Scores, k: int) -> float:
    """Returns a sum that at least k docs reach, from the maxima of strides."""
    height = len(sums) // max(256, 4 * k)
    if height > 1:
        width = len(sums) // height
        sums = sums[: width * height].reshape(height, width).max(0)
    return reached(sums, k)


def add_scores(part: ScoredDocs, docs: Ids, sums: Scores, size: int) -> None:
    """Adds to the sums of some docs what a list scores them.

    Args:
        part: the list.
        docs: int32, in any order.
        sums: float64, one each.
        size: docs of the segment.
    """
    list_docs, scores = part.docs, part.cached_scores
    if not len(list_docs) or (scores is None and part.scoreless):
        return
    blocks = (
        part.blocks(size) if part.lasting and part.has_bounds and len(docs) > _SEARCHED else None
    )
    if blocks is None:
        indexes = np.searchsorted(list_docs, docs)
        present = list_docs.take(indexes, mode="clip") == docs
        if scores is not None:
            sums += scores.take(indexes, mode="clip") * present
        else:
            sums[present] += part.take_scores(indexes[present])
        return
    block, bit = docs >> 6, (docs & 63).astype(np.uint64)
    words = part.bits(size)[block]
    before = np.bitwise_count(words & ((_BIT << bit) - _BIT))
    indexes = blocks.firsts[block] + before
    if scores is not None:
        sums += scores.take(indexes, mode="clip") * (words >> bit & _BIT)
    else:
        present = (words >> bit & _BIT).astype(np.bool_)
        sums[present] += part.take_scores(indexes[present])
