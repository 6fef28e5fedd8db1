"""Terms with their scores: made for all papers of a term, or for those that matter.

To score a list of half a million papers takes milliseconds, and the scores take megabytes. So the
papers of a term, and what a few numbers say of its scores, are kept apart from the scores: whoever
needs those of some papers only has them made for these, and scores that fall out of memory leave
behind what says where the high ones are.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from indexer.backends.whoosh.kernels.dispatch import Kernels
from indexer.backends.whoosh.postings.bitset import Bits, words_of
from indexer.backends.whoosh.postings.caches import FrequentCache, Kept
from indexer.backends.whoosh.postings.posting_list import Postings
from indexer.backends.whoosh.scoring.bm25f import Bm25f
from indexer.backends.whoosh.scoring.scored_docs import DENSE, Blocks, Matches, Row, Scores
from indexer.budget import UNLIMITED, Budget, BudgetSpent
from indexer.query_analysis.terms import TextTerm

_DEAR: Final = 4
"""A score that is made by itself costs as much as so many that are made together,"""
_CALL: Final = 16_000
"""and to begin with that as much as so many;"""
_DEARER: Final = 4
"""where compiled loops make those together, so many times as much."""


@dataclass(frozen=True, slots=True)
class Whole:
    """All scores of a term in a segment, and the row of the list: none until it is asked for."""

    scores: Scores
    rows: list[Row] = field(default_factory=list)


class _Key:
    """A term in a segment; its hash is made once, for terms may be long."""

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
        key: under which they are kept.
        kept: the scores that are in memory.
        postings: where the term is.
        formula: scores it.
        segment: place of the segment. size: its papers.
        limit: a score that none exceeds.
    """

    key: _Key
    kept: FrequentCache[Whole]
    postings: Postings
    formula: Bm25f
    segment: int
    size: int
    limit: float

    def whole(self) -> tuple[Kept[Whole] | None, Whole]:
        """Give all scores, and where they are kept."""
        return self.kept.place(self.key, self._made)

    def _made(self) -> Whole:
        return Whole(self.formula.scores(self.segment, self.postings, self.limit))

    def some(self, places: NDArray[np.integer[Any]]) -> Scores:
        """Make the scores at some places of the list, and no others."""
        return self.formula.scores(self.segment, self.postings.at(places), self.limit)


class TermMatches(Matches):
    """The papers of a term in one segment."""

    __slots__ = ("_bare", "_long", "_looked", "_made", "_source")

    def __init__(self, source: ScoreSource) -> None:
        """Say where the papers, rising and live, and their scores come from."""
        docs = np.ascontiguousarray(source.postings.docs)
        super().__init__(docs, positive=source.formula.positive, lasting=True)
        self._source = source
        self._long = len(docs) * DENSE >= source.size
        self._looked = 0
        self._made: Kept[Whole] | None = None
        self._bare: list[Row] = []
        if not self.positive:
            self.positive = not len(docs) or bool(self.scores.min() > 0)

    @property
    def scores(self) -> Scores:
        """One each."""
        return self._whole.scores

    @property
    def scoreless(self) -> bool:
        """No: there are scores."""
        return False

    @property
    def whole(self) -> bool:
        """Whether all scores are in memory."""
        return self._held is not None

    @property
    def at_hand(self) -> Scores | None:
        """The scores, unless they would have to be made."""
        held = self._held
        return None if held is None else held.scores

    @property
    def known(self) -> bool:
        """Whether `highest`, `heads` and `blocks` are, or cost no scoring."""
        if self._held is not None:
            return True
        return self._heads is not None and (self._blocks is not None or not self._long)

    @property
    def limit(self) -> float:
        """A score that none exceeds: the highest, where that is known."""
        if self._highest >= 0:
            return self._highest
        return self.highest if self.known else self._source.limit

    @property
    def highest(self) -> float:
        """The highest score; 0 where there is none."""
        if self._highest < 0:
            self._highest = float(self.heads[1][0]) if self.count else 0.0
        return self._highest

    @property
    def _held(self) -> Whole | None:
        """All scores, if they are in memory: the cache need not be asked."""
        return None if self._made is None else self._made.value

    @property
    def _whole(self) -> Whole:
        whole = self._held
        if whole is None:
            self._made, whole = self._source.whole()
        return whole

    def used(self) -> None:
        """Note that a query uses the scores, if they are in memory."""
        if self._made is not None:
            self._made.use()

    @property
    def _kernels(self) -> Kernels | None:
        return self._source.formula.kernels

    def bits(self, size: int) -> Bits:
        """Give the papers as a set of bits over a segment of `size` papers."""
        if self._bits is not None:
            return self._bits
        kernels = self._kernels
        if kernels is None:
            return super().bits(size)
        found = np.zeros(words_of(size), np.uint64)
        kernels.mark(self._docs, found)
        if self._long:
            self._bits = found
        return found

    def blocks(self, size: int) -> Blocks | None:
        """Give what is known of each 64 papers of a segment of `size`; None of short lists."""
        if self._blocks is not None or not self._long:
            return self._blocks
        kernels = self._kernels
        if kernels is None:
            return super().blocks(size)
        scores = self.scores
        found = Blocks(np.empty(words_of(size) + 1, np.int32), np.empty(words_of(size)))
        kernels.outline(self._docs, scores, found.firsts, found.highest)
        self._blocks = found
        return found

    def row(self, size: int) -> Row:
        """Give the list as compiled loops take it."""
        whole = self._whole
        if not whole.rows:
            whole.rows.append(self._row(whole.scores, size))
        return whole.rows[0]

    def bare_row(self, size: int) -> Row:
        """Give the row of the papers alone, unless the scores are in memory."""
        held = self._held
        if held is not None and held.rows:
            return held.rows[0]
        if not self._bare:
            self._bare.append(self._row(None, size))
        return self._bare[0]

    def part(self, places: slice | NDArray[Any]) -> Matches:
        """Keep the papers at some places of `docs`, rising, or where a mask over it is true."""
        if self._held is not None:
            return super().part(places)
        kept = np.arange(self.count)[places]
        return Matches(self.docs[kept], self.taken(kept), positive=self.positive)

    def taken(self, places: NDArray[np.integer[Any]]) -> Scores:
        """Give the scores at some places of `docs`; those of many papers are made for all."""
        if self._held is None:
            cost = _CALL + _DEAR * len(places)
            self._looked += cost if self._kernels is None else cost * _DEARER
            if self._looked < self.count:
                return self._source.some(places)
            self._looked = 0
        return self.scores.take(places)


@dataclass(frozen=True, slots=True)
class ScoredTerm:
    """A term with its score in every paper that holds it.

    Attributes:
        papers: how many live papers of the collection hold it.
        parts: for each segment those that do.
        postings: for each segment how often they do.
        cost: postings and positions that were looked at to find it.
        bytes: of its postings and scores beyond what is in the index on disk.
    """

    papers: int
    parts: tuple[TermMatches, ...]
    postings: tuple[Postings, ...]
    cost: int = 0
    bytes: int = 0


class ScoredTerms:
    """The terms of a collection with their scores, kept as far as they fit into memory."""

    def __init__(
        self,
        sizes: tuple[int, ...],
        postings: Callable[[TextTerm, Budget], tuple[Postings, ...]],
        formula: Bm25f,
        *,
        known: int,
        whole: int,
    ) -> None:
        """Score terms.

        Args:
            sizes: papers of each segment.
            postings: finds a term in each segment.
            formula: scores it.
            known: bytes for what is known of terms.
            whole: bytes for their scores.
        """
        self._sizes = sizes
        self._find = postings
        self._formula = formula
        self._known: FrequentCache[ScoredTerm] = FrequentCache(known, self._weigh)
        self._whole: FrequentCache[Whole] = FrequentCache(whole, _weigh_whole)

    def get(self, term: TextTerm, budget: Budget | None = None) -> ScoredTerm:
        """Find a term and score it in each segment.

        Raises:
            BudgetSpent: when the budget does not suffice.
        """
        known = self._known.held(term)
        if known is None:
            # What finds a term stops where it would cost more than is left; it is paid for below.
            if budget is not None:
                budget.check()
            trial = Budget(UNLIMITED) if budget is None else budget.rest()
            try:
                known = self._known.get(term, lambda: self._found(term, trial))
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

    def _found(self, term: TextTerm, budget: Budget) -> ScoredTerm:
        found = self._find(term, budget)
        holding = sum(len(one.docs) for one in found)
        limit = self._formula.limit(holding)
        parts = []
        for segment, (one, size) in enumerate(zip(found, self._sizes, strict=True)):
            key = _Key(term, segment)
            source = ScoreSource(key, self._whole, one, self._formula, segment, size, limit)
            parts.append(TermMatches(source))
        owned = sum(one.bytes for one in found)
        size = owned + 8 * holding if owned else 0
        return ScoredTerm(holding, tuple(parts), found, budget.postings + holding, size)

    def _weigh(self, scored: ScoredTerm) -> int:
        derived = sum(map(Matches.weight, scored.parts, self._sizes))
        return derived + sum(one.bytes for one in scored.postings)


def _weigh_whole(whole: Whole) -> int:
    return 500 + whole.scores.nbytes
