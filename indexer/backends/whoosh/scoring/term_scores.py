"""Posting lists that are scored lazily: for all docs of a term, or only for those that matter.

Scoring half a million postings takes milliseconds, and the scores take megabytes. So the docs of a
term, and a few figures about its scores, are cached apart from the scores: a query that needs those
of some docs computes only these, and scores that are evicted leave their block maxima behind.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from indexer.backends.whoosh.kernels.dispatch import Kernels
from indexer.backends.whoosh.postings.bitset import Bits, words_of
from indexer.backends.whoosh.postings.caches import Cache, CacheEntry, GdsfCache
from indexer.backends.whoosh.postings.posting_list import PostingList
from indexer.backends.whoosh.scoring.bm25f import Bm25f
from indexer.backends.whoosh.scoring.scored_docs import DENSE, Blocks, Row, ScoredDocs, Scores
from indexer.budget import UNLIMITED, Budget, BudgetSpent
from indexer.query_analysis.terms import TextTerm

_DEAR: Final = 4
"""Cost of a score that is computed by index, in scores computed for the whole list,"""
_CALL: Final = 16_000
"""and the fixed cost of such a call, in the same unit;"""
_DEARER: Final = 4
"""both times this where compiled loops score whole lists. Either way the scores are equal."""


@dataclass(frozen=True, slots=True)
class FullScores:
    """All scores of a term in a segment, and their row for compiled loops, once there is one."""

    scores: Scores
    rows: list[Row] = field(default_factory=list)


class _Key:
    """A term in a segment; hashed once, as terms may be long."""

    __slots__ = ("_hash", "_told")

    def __init__(self, term: TextTerm, segment: int) -> None:
        self._told = term, segment
        self._hash = hash(self._told)

    def __hash__(self) -> int:
        return self._hash

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Key) and self._told == other._told


@dataclass(frozen=True, slots=True)
class ScoreSource:
    """Where the scores of a term in one segment come from.

    Attributes:
        key: of the score cache.
        kept: the score cache.
        postings: of the term.
        formula: scores them.
        segment: index of the segment.
        size: its docs.
        limit: upper bound of the scores.
    """

    key: _Key
    kept: GdsfCache[FullScores]
    postings: PostingList
    formula: Bm25f
    segment: int
    size: int
    limit: float

    def full_scores(self) -> tuple[CacheEntry[FullScores] | None, FullScores]:
        """Returns the cache entry and all scores."""
        return self.kept.entry(self.key, self._compute_all)

    def _compute_all(self) -> FullScores:
        """Computes all scores."""
        return FullScores(self.formula.scores(self.segment, self.postings, self.limit))

    def some(self, indexes: NDArray[np.integer[Any]]) -> Scores:
        """Computes the scores at some indexes of the list, and no others."""
        return self.formula.scores(self.segment, self.postings.take(indexes), self.limit)


class TermMatches(ScoredDocs):
    """The docs of a term in one segment, scored lazily."""

    __slots__ = ("_bare", "_entry", "_long", "_looked", "_source")

    def __init__(self, source: ScoreSource) -> None:
        """Takes docs and scores from a source."""
        docs = np.ascontiguousarray(source.postings.docs)
        super().__init__(docs, positive=source.formula.positive, lasting=True)
        self._source = source
        self._long = len(docs) * DENSE >= source.size
        self._looked = 0
        self._entry: CacheEntry[FullScores] | None = None
        self._bare: list[Row] = []
        if not self.positive:
            self.positive = not len(docs) or bool(self.scores.min() > 0)

    @property
    def scores(self) -> Scores:
        """float64, one a doc."""
        return self._full_scores.scores

    @property
    def scoreless(self) -> bool:
        """False: there are scores."""
        return False

    @property
    def is_fully_scored(self) -> bool:
        """Whether all scores are in memory."""
        return self._scores_in_memory is not None

    @property
    def cached_scores(self) -> Scores | None:
        """The scores; None where they would have to be computed."""
        whole = self._scores_in_memory
        return None if whole is None else whole.scores

    @property
    def has_bounds(self) -> bool:
        """Whether `highest`, `top_docs` and `blocks` are known, or need no scoring."""
        if self._scores_in_memory is not None:
            return True
        return self._top_docs is not None and (self._blocks is not None or not self._long)

    @property
    def limit(self) -> float:
        """Upper bound of the scores: the highest, where that is known."""
        if self._highest >= 0:
            return self._highest
        return self.highest if self.has_bounds else self._source.limit

    @property
    def highest(self) -> float:
        """The highest score; 0 where there is none."""
        if self._highest < 0:
            self._highest = float(self.top_docs[1][0]) if self.count else 0.0
        return self._highest

    @property
    def _scores_in_memory(self) -> FullScores | None:
        """All scores if they are in memory, without asking the cache."""
        return None if self._entry is None else self._entry.value

    @property
    def _full_scores(self) -> FullScores:
        whole = self._scores_in_memory
        if whole is None:
            self._entry, whole = self._source.full_scores()
        return whole

    def used(self) -> None:
        """Counts a use of the scores in the cache, if they are there."""
        if self._entry is not None:
            self._entry.use()

    @property
    def _kernels(self) -> Kernels | None:
        return self._source.formula.kernels

    def bits(self, size: int) -> Bits:
        """Returns the docs as a bitset over a segment of `size` docs."""
        if self._bits is not None:
            return self._bits
        kernels = self._kernels
        if kernels is None:
            return super().bits(size)
        bits = np.zeros(words_of(size), np.uint64)
        kernels.set_bits(self._docs, bits)
        if self._long:
            self._bits = bits
        return bits

    def blocks(self, size: int) -> Blocks | None:
        """Returns the block maxima over a segment of `size` docs; None for a short list."""
        if self._blocks is not None or not self._long:
            return self._blocks
        kernels = self._kernels
        if kernels is None:
            return super().blocks(size)
        scores = self.scores
        blocks = Blocks(np.empty(words_of(size) + 1, np.int32), np.empty(words_of(size)))
        kernels.find_block_maxima(self._docs, scores, blocks.firsts, blocks.highest)
        self._blocks = blocks
        return blocks

    def row(self, size: int) -> Row:
        """Returns the list as compiled loops take it."""
        whole = self._full_scores
        if not whole.rows:
            whole.rows.append(self._row(whole.scores, size))
        return whole.rows[0]

    def bare_row(self, size: int) -> Row:
        """Returns the row of the docs alone, unless one with scores exists."""
        whole = self._scores_in_memory
        if whole is not None and whole.rows:
            return whole.rows[0]
        if not self._bare:
            self._bare.append(self._row(None, size))
        return self._bare[0]

    def part(self, indexes: slice | NDArray[Any]) -> ScoredDocs:
        """Returns the docs at some ascending indexes, or where a mask is true."""
        if self._scores_in_memory is not None:
            return super().part(indexes)
        selected = np.arange(self.count)[indexes]
        return ScoredDocs(self.docs[selected], self.take_scores(selected), positive=self.positive)

    def take_scores(self, indexes: NDArray[np.integer[Any]]) -> Scores:
        """Returns the scores at some indexes; once many were asked for, all are computed."""
        if self._scores_in_memory is None:
            cost = _CALL + _DEAR * len(indexes)
            self._looked += cost if self._kernels is None else cost * _DEARER
            if self._looked < self.count:
                return self._source.some(indexes)
            self._looked = 0
        return self.scores.take(indexes)


@dataclass(frozen=True, slots=True)
class ScoredTerm:
    """A term with its posting lists and scores in every segment.

    Attributes:
        papers: its document frequency, live docs only.
        parts: its docs in each segment.
        postings: its posting list in each segment.
        cost: postings and positions read to find it.
        bytes: of postings and scores, without what is on disk.
    """

    papers: int
    parts: tuple[TermMatches, ...]
    postings: tuple[PostingList, ...]
    cost: int = 0
    bytes: int = 0


class ScoredTerms:
    """The terms of an index with their scores, cached as far as memory allows."""

    def __init__(
        self,
        sizes: tuple[int, ...],
        postings: Callable[[TextTerm, Budget], tuple[PostingList, ...]],
        formula: Bm25f,
        *,
        known: int,
        whole: int,
    ) -> None:
        """Scores terms.

        Args:
            sizes: docs of each segment.
            postings: returns the posting lists of a term.
            formula: scores them.
            known: bytes for terms without their scores.
            whole: bytes for scores.
        """
        self._sizes = sizes
        self._find = postings
        self._formula = formula
        self._known: GdsfCache[ScoredTerm] = GdsfCache(known, self._weigh)
        self._score_cache: GdsfCache[FullScores] = GdsfCache(whole, _weigh_whole)

    @property
    def caches(self) -> tuple[Cache, ...]:
        """The caches of terms and of their scores."""
        return self._known, self._score_cache

    def get(self, term: TextTerm, budget: Budget | None = None) -> ScoredTerm:
        """Finds a term and score it in each segment.

        Raises:
            BudgetSpent: when the budget does not suffice.
        """
        known = self._known.lookup(term)
        if known is None:
            # What finds a term stops where it would cost more than is left; it is paid for below.
            if budget is not None:
                budget.check()
            trial = Budget(UNLIMITED) if budget is None else budget.rest()
            try:
                known = self._known.get(term, lambda: self._look_up(term, trial))
            except BudgetSpent:
                if budget is not None:
                    budget.exhaust()
                raise
        if budget is not None:
            budget.spend(known.cost)
            budget.hold(known.bytes)
        for part in known.parts:
            part.used()
        return known

    def _look_up(self, term: TextTerm, budget: Budget) -> ScoredTerm:
        """Looks a term up in every segment."""
        lists = self._find(term, budget)
        df = sum(len(postings.docs) for postings in lists)
        limit = self._formula.limit(df)
        parts = []
        for segment, (postings, size) in enumerate(zip(lists, self._sizes, strict=True)):
            key = _Key(term, segment)
            source = ScoreSource(
                key, self._score_cache, postings, self._formula, segment, size, limit
            )
            parts.append(TermMatches(source))
        owned = sum(postings.bytes for postings in lists)
        size = owned + 8 * df if owned else 0
        return ScoredTerm(df, tuple(parts), lists, budget.postings + df, size)

    def _weigh(self, scored: ScoredTerm) -> int:
        """Returns the size of a term in memory, without its scores."""
        derived = sum(map(ScoredDocs.weight, scored.parts, self._sizes))
        return derived + sum(postings.bytes for postings in scored.postings)


def _weigh_whole(whole: FullScores) -> int:
    """Returns the size of scores in memory."""
    return 500 + whole.scores.nbytes
