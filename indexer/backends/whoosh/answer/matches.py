"""Sets of papers with scores put together: all of them, any of them, without some."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from indexer.backends.whoosh.answer.best import add_scores, best_of_any
from indexer.backends.whoosh.lookup.bits import Bits, counted, listed, packed
from indexer.backends.whoosh.lookup.matches import NOTHING, Matches, Scores
from indexer.backends.whoosh.lookup.occurrences import contained
from indexer.backends.whoosh.lookup.reader import Numbers

_FEW = 24
"""A list this many times longer than another is looked into, not walked through."""
_DENSE = 32
"""A list of more than one in this many papers is kept as bits, too."""
_SPARSE = 8
"""Lists of less than one in this many papers together are sorted rather than marked."""


class Desk:
    """Room for one thread to work in: arrays as long as a segment, made once, clean when idle."""

    def __init__(self, size: int) -> None:
        """Make room for a segment of `size` papers."""
        self.size = size
        self.sums = np.zeros(size)
        self.marks = np.zeros(size, np.bool_)

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
        return kept.part(left)

    def every(self, parts: Sequence[Matches]) -> Matches:
        """Give the papers that are in all parts; all papers where there are none."""
        held = [one for one in parts if not one.negated]
        gone = [one for one in parts if one.negated]
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
        longest = len(held[-1].docs)
        if len(held[0].docs) * _DENSE > self.size:
            shared = held[0].bits(self.size)
            for one in held[1:]:
                shared = shared & one.bits(self.size)
            docs = listed(shared, self.size)
        else:
            docs = held[0].docs
            for one in held[1:]:
                docs = docs[contained(docs, one.docs)]
        scored = [one for one in held if one.scores is not None]
        if not scored:
            return Matches(docs)
        positive = any(one.positive for one in scored)
        if len(docs) * _FEW < longest or len(docs) < 256:
            total = np.zeros(len(docs))
            for one in scored:
                add_scores(one, docs, total)
        else:
            total = self.looked_up(docs, scored)
        return Matches(docs, total, positive=positive)

    def looked_up(self, docs: Numbers, scored: Sequence[Matches]) -> Scores:
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
            return Sum(parts, self)
        scored = [one for one in parts if one.scores is not None]
        docs = self.union([one.docs for one in parts])
        if not scored:
            return Matches(docs)
        return Matches(docs, self.looked_up(docs, scored))

    def preferred(self, found: Matches, wished: Matches, every: Numbers) -> Matches:
        """Add the scores of `wished` to those of `found` it holds; none is taken away."""
        found = self.plain(found, every)
        if wished.scores is None or not len(found.docs):
            return found
        self.sums[wished.docs] = wished.scores
        more = self.sums[found.docs]
        self.sums[wished.docs] = 0
        return Matches(found.docs, _added(found.scores, more), positive=found.positive)

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
        if total * _SPARSE < len(self.marks):
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

    def joined(self, parts: Sequence[Matches]) -> Bits:
        """Give what is in any of the parts, none of them negated, as bits."""
        marks = self.marks
        few = [one.docs for one in parts if len(one.docs) * _DENSE < self.size]
        for docs in few:
            marks[docs] = True
        found = packed(marks)
        for docs in few:
            marks[docs] = False
        for one in parts:
            if len(one.docs) * _DENSE >= self.size:
                np.bitwise_or(found, one.bits(self.size), out=found)
        return found


class Sum(Matches):
    """Any of some lists with scores above 0: written out only where all of it is looked at."""

    __slots__ = ("_count", "_desk", "_known", "_parts")

    def __init__(self, parts: Sequence[Matches], desk: Desk, *, known: bool = True) -> None:
        """Add up these parts.

        Args:
            parts: none negated, all positive.
            desk: of the thread that asks.
            known: the parts are those of terms; see `best_of_any`.
        """
        super().__init__(NOTHING.docs, positive=True)
        self._parts = parts
        self._desk = desk
        self._known = known
        self._count = -1

    @property
    def docs(self) -> Numbers:
        """The papers, rising."""
        if self.count and not len(self._docs):
            self._docs = listed(self.bits(self._desk.size), self._desk.size)
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
            self._count = counted(self.bits(self._desk.size))
        return self._count

    def under(self, keep: Callable[[Matches], Matches]) -> Sum:
        """Keep some papers of each part."""
        return Sum([keep(one) for one in self._parts], self._desk, known=False)

    def bits(self, size: int) -> Bits:  # noqa: ARG002 - one signature
        """Give the papers as a set of bits over a segment of `size` papers."""
        if self._bits is None:
            self._bits = self._desk.joined(self._parts)
        return self._bits

    def best(self, wanted: int) -> tuple[Numbers, Scores]:
        """Give papers and scores: the `wanted` highest, all that may round to equals, and more."""
        if self._scores is not None:
            return super().best(wanted)
        return best_of_any(self._parts, wanted, self._desk.sums, known=self._known)


def _added(first: Scores | None, second: Scores | None) -> Scores | None:
    if first is None or second is None:
        return second if first is None else first
    return first + second
