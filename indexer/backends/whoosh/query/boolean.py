"""Sets of papers with scores put together: all of them, any of them, without some.

The papers that several lists share.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import Final

import numpy as np
from numpy.typing import NDArray

from indexer.backends.whoosh.kernels.dispatch import KernelChoice, Kernels
from indexer.backends.whoosh.postings.bitset import (
    Bits,
    cardinality,
    clip,
    list_docs,
    pack_bits,
    words_of,
)
from indexer.backends.whoosh.postings.positions import is_member
from indexer.backends.whoosh.postings.segment_reader import Ids
from indexer.backends.whoosh.query.filters import FilterDocs
from indexer.backends.whoosh.scoring.max_score import Bounds, add_scores, best_of_any
from indexer.backends.whoosh.scoring.scored_docs import DENSE, NOTHING, Matches, Row, Scores

_FEW: Final = 24
"""Where the longest list has this many times the docs that all lists share, their scores are looked
up by doc rather than added over the whole segment. Both ways are exact."""
_SEARCHED: Final = 6
"""A list this many times longer than another is searched rather than marked. Derived by
`python -m tests.bench --tune`, 2 to 5 for segments of 10,000 to 400,000 docs; exact either way."""
_ALL: Final = np.zeros(0, np.uint64)
_SORTED: Final = 4
"""Lists of less than one in this many docs together are sorted rather than marked. Derived by
`python -m tests.bench --tune`, 2.4 and less where NumPy sorts by vector instructions; twice as many
cost up to 3 times the union."""
_SPARSE: Final = 8
"""Sums of more than one in this many docs are cleared by one fill, see `max_score`."""


class Workspace:
    """Room for one thread to work in: arrays as long as a segment, made once, clean when idle."""

    def __init__(self, size: int, choice: KernelChoice | None = None) -> None:
        """Make room for a segment of `size` papers; compiled loops are used where there are any."""
        self.size = size
        self._choice = choice
        self.sums = np.zeros(size)
        self.marks = np.zeros(size, np.bool_)
        self._lent: list[Row] = []

    @property
    def kernels(self) -> Kernels | None:
        """The compiled loops, if there are any."""
        return None if self._choice is None else self._choice.ready

    @cached_property
    def outcome(self) -> tuple[Ids, Scores]:
        """Room for what compiled loops give: papers and scores."""
        return np.zeros(self.size, np.int32), np.zeros(self.size)

    def rows(self, parts: Sequence[Matches], *, bare: bool = False) -> NDArray[np.int64]:
        """Returns lists as compiled loops take them, `bare` where their papers are enough.

        Their arrays stay until the next are given.
        """
        size = self.size
        self._lent = [part.bare_row(size) if bare else part.row(size) for part in parts]
        joined = bytearray().join([numbers for numbers, _ in self._lent])
        return np.frombuffer(joined, np.int64).reshape(len(parts), -1)

    def dropped(self, kept: Matches, gone: Ids) -> Matches:
        """Take papers away; `kept` is not negated."""
        if not len(gone) or not len(kept.docs):
            return kept
        if len(kept.docs) * _SEARCHED < len(gone):
            left = ~is_member(kept.docs, gone)
        else:
            self.marks[gone] = True
            left = ~self.marks[kept.docs]
            self.marks[gone] = False
        return kept.part(left)

    def every(self, parts: Sequence[Matches]) -> Matches:
        """Returns the papers that are in all parts; all papers where there are none."""
        held = [part for part in parts if not part.negated]
        gone = [part for part in parts if part.negated]
        if not held:
            return Matches(self.union([one.docs for one in gone]), negated=True)
        found = self._shared(held)
        for one in gone:
            found = self.dropped(found, one.docs)
        return found

    def _shared(self, held: Sequence[Matches]) -> Matches:
        """Intersect lists, the shortest first; scores are added up for what is left."""
        if len(held) == 1:
            return held[0]
        held = sorted(held, key=lambda one: one.count)
        kernels = self.kernels
        whole = not unmade(held) if kernels is not None else all(one.whole for one in held)
        if kernels is None:
            docs = common(held, self.size)
        else:
            room, scores = self.outcome
            size = kernels.intersect(self.rows(held, bare=not whole), room, scores)
            docs = room[:size].copy()
        scored = [one for one in held if not one.scoreless]
        if not scored:
            return Matches(docs)
        positive = any(one.positive for one in scored)
        if kernels is not None and whole:
            total = scores[:size].copy()
        elif not whole or len(docs) * _FEW < held[-1].count or len(docs) < 256:
            total = np.zeros(len(docs))
            for one in scored:
                add_scores(one, docs, total, self.size)
        else:
            total = self.looked_up(docs, scored)
        return Matches(docs, total, positive=positive)

    def looked_up(self, docs: Ids, scored: Sequence[Matches]) -> Scores:
        """Add up what lists give to these papers; they hold others, too."""
        sums = self.sums
        for one in scored:
            scores = one.scores
            if scores is not None:
                np.add.at(sums, one.docs, scores)
        total = sums[docs]
        if sum(one.count for one in scored) * _SPARSE > self.size:
            sums.fill(0)
        else:
            for one in scored:
                sums[one.docs] = 0
        return total

    def either(self, parts: Sequence[Matches], every: Ids) -> Matches:
        """Returns the papers that are in any part, scores added.

        Args:
            parts: none may be negated, or all papers are needed:
            every: all live papers.
        """
        if len(parts) == 1:
            return parts[0]
        if any(part.negated for part in parts):
            parts = [self.plain(part, every) for part in parts]
        if all(part.positive for part in parts):
            return ScoredUnion(parts, self)
        scored = [part for part in parts if part.scores is not None]
        docs = self.union([part.docs for part in parts])
        if not scored:
            return Matches(docs)
        return Matches(docs, self.looked_up(docs, scored))

    def preferred(self, found: Matches, wished: Matches, every: Ids) -> Matches:
        """Add the scores of `wished` to those of `found` it holds; none is taken away."""
        found = self.plain(found, every)
        if wished.scores is None or not len(found.docs):
            return found
        self.sums[wished.docs] = wished.scores
        more = self.sums[found.docs]
        self.sums[wished.docs] = 0
        return Matches(found.docs, _added(found.scores, more), positive=found.positive)

    def plain(self, found: Matches, every: Ids) -> Matches:
        """Write a negated set out."""
        if not found.negated:
            return found
        return self.dropped(Matches(every), found.docs)

    def union(self, lists: Sequence[Ids]) -> Ids:
        """Returns what is in any of the lists, rising."""
        held = [one for one in lists if len(one)]
        if len(held) < 2:
            return held[0] if held else NOTHING.docs
        total = sum(len(one) for one in held)
        if total * _SORTED < len(self.marks):
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

    def joined(self, parts: Sequence[Matches]) -> tuple[Bits, int]:
        """Returns the union of the parts, none of them negated, as bits, and its size."""
        kernels = self.kernels
        if kernels is not None:
            union = np.zeros(words_of(self.size), np.uint64)
            return union, kernels.union_bits(self.rows(parts, bare=True), union)
        marks = self.marks
        few = [part.docs for part in parts if len(part.docs) * DENSE < self.size]
        for docs in few:
            marks[docs] = True
        found = pack_bits(marks)
        for docs in few:
            marks[docs] = False
        for part in parts:
            if len(part.docs) * DENSE >= self.size:
                np.bitwise_or(found, part.bits(self.size), out=found)
        return found, cardinality(found)


class ScoredUnion(Matches):
    """Any of some lists with scores above 0: written out only where all of it is looked at."""

    __slots__ = ("_count", "_desk", "_mask", "_parts", "_span")

    def __init__(
        self,
        parts: Sequence[Matches],
        desk: Workspace,
        *,
        span: tuple[int, int] | None = None,
        mask: Bits = _ALL,
    ) -> None:
        """Add up these parts.

        Args:
            parts: none negated, all positive.
            desk: of the thread that asks.
            span: the first paper that counts, and the first one behind it that does not; None =
                all count.
            mask: over all papers of the segment, those that count; of no words = all.
        """
        super().__init__(NOTHING.docs, positive=True)
        self._parts = parts
        self._desk = desk
        self._span = span or (0, desk.size)
        self._mask = mask
        self._count = -1

    @property
    def docs(self) -> Ids:
        """The papers, rising."""
        if self.count and not len(self._docs):
            desk = self._desk
            if desk.kernels is not None:
                self._docs = np.empty(self.count, np.int32)
                desk.kernels.bitset_to_docs(self.bits(desk.size), self._docs)
            else:
                self._docs = list_docs(self.bits(desk.size), desk.size)
        return self._docs

    @property
    def scores(self) -> Scores:
        """One each, above 0."""
        if self._scores is None:
            self._scores = self._desk.looked_up(self.docs, self._parts)
        return self._scores

    @property
    def count(self) -> int:
        """How many papers there are in `docs`."""
        if self._count < 0:
            self.bits(self._desk.size)
        return self._count

    @property
    def empty(self) -> bool:
        """Whether `docs` is known to be empty, without counting."""
        return all(part.empty for part in self._parts)

    def under(self, passing: FilterDocs) -> ScoredUnion:
        """Keep the papers that pass a filter.

        Raises:
            ValueError: when it has passed one already.
        """
        if self._filtered:
            raise ValueError("filtered already")
        if self._desk.kernels is None:
            return ScoredUnion([passing.of(part) for part in self._parts], self._desk)
        return ScoredUnion(
            self._parts, self._desk, span=(passing.first, passing.last), mask=passing.bits
        )

    @property
    def _filtered(self) -> bool:
        return len(self._mask) > 0 or self._span != (0, self._desk.size)

    def bits(self, size: int) -> Bits:  # noqa: ARG002 - the desk knows it
        """Returns the papers as a set of bits over a segment of `size` papers."""
        if self._bits is None:
            found, count = self._desk.joined(self._parts)
            if self._filtered:
                if self._span != (0, self._desk.size):
                    found = clip(found, *self._span)
                if len(self._mask):
                    found &= self._mask
                count = cardinality(found)
            self._bits, self._count = found, count
        return self._bits

    @property
    def summands(self) -> Sequence[Matches]:
        """Lists whose scores add up to these; of papers that do not pass a filter, too."""
        return self._parts if self._scores is None else (self,)

    def best(self, wanted: int) -> tuple[Ids, Scores]:
        """Returns papers and scores: the `wanted` highest, all that may round alike, and more."""
        if self._scores is not None:
            return super().best(wanted)
        desk = self._desk
        if desk.kernels is None or (not self._filtered and unmade(self._parts)):
            bounds = Bounds.of(self._parts, wanted, desk.size)
            if desk.kernels is None or not all(part.known for part in self._parts):
                return best_of_any(bounds, wanted, desk.sums)
        wanted = min(wanted, desk.size + 1)
        docs, scores = desk.outcome
        size = desk.kernels.top_k_of_union(
            desk.rows(self._parts),
            wanted,
            *self._span,
            self._mask,
            docs,
            scores,
            np.empty(wanted),
        )
        return docs[:size].copy(), scores[:size].copy()


def _added(first: Scores | None, second: Scores | None) -> Scores | None:
    if first is None or second is None:
        return second if first is None else first
    return first + second


_MANY: Final = 50_000
"""Compiled loops make so many scores in less time than it takes to look for those that matter."""


def common(held: Sequence[Matches], size: int) -> Ids:
    """Returns the papers that are in all lists.

    Args:
        held: the lists, the shortest first; none is negated.
        size: papers of the segment.
    """
    if held[0].count * DENSE > size:
        shared = held[0].bits(size)
        for one in held[1:]:
            shared = shared & one.bits(size)
        return list_docs(shared, size)
    docs = held[0].docs
    for one in held[1:]:
        docs = docs[_among(docs, one, size)]
    return docs


def unmade(parts: Sequence[Matches]) -> bool:
    """Whether the scores of many papers would have to be made for these lists."""
    return sum(part.count for part in parts if not part.whole) > _MANY


def _among(docs: Ids, other: Matches, size: int) -> NDArray[np.bool_]:
    """Returns which papers are in a list."""
    if other.count * DENSE < size:
        return is_member(docs, other.docs)
    words = other.bits(size)
    held = words[docs >> 6] >> (docs & 63).astype(np.uint64) & np.uint64(1)
    among: NDArray[np.bool_] = held.astype(np.bool_)
    return among
