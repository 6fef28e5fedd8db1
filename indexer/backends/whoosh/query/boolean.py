"""Boolean combination of scored posting lists: intersection, union, exclusion."""

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
from indexer.backends.whoosh.scoring.scored_docs import DENSE, NOTHING, Row, ScoredDocs, Scores

_FEW: Final = 24
"""If the longest list has this many times the docs of the intersection, scores are looked up by doc
rather than summed over the whole segment. Both ways are exact."""
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
    """Scratch arrays of one thread, as long as a segment; all zero between calls.

    Attributes:
        size: number of docs of the segment, deleted ones included.
        sums: float64[size], accumulated scores.
        marks: bool[size].
    """

    def __init__(self, size: int, choice: KernelChoice | None = None) -> None:
        """Allocates the arrays for a segment of `size` docs; `choice` provides compiled loops."""
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
        """Output of the compiled loops: int32[size] docs and float64[size] scores."""
        return np.zeros(self.size, np.int32), np.zeros(self.size)

    def rows(self, parts: Sequence[ScoredDocs], *, bare: bool = False) -> NDArray[np.int64]:
        """Returns int64[len(parts), 9], the lists as compiled loops take them.

        The arrays they point at are kept alive until the next call.

        Args:
            parts: the lists.
            bare: whether docs are enough, without scores.
        """
        size = self.size
        self._lent = [part.bare_row(size) if bare else part.row(size) for part in parts]
        joined = bytearray().join([packed for packed, _ in self._lent])
        return np.frombuffer(joined, np.int64).reshape(len(parts), -1)

    def exclude(self, docs: ScoredDocs, excluded: Ids) -> ScoredDocs:
        """Returns `docs`, which are not negated, without some docs."""
        if not len(excluded) or not len(docs.docs):
            return docs
        if len(docs.docs) * _SEARCHED < len(excluded):
            remaining = ~is_member(docs.docs, excluded)
        else:
            self.marks[excluded] = True
            remaining = ~self.marks[docs.docs]
            self.marks[excluded] = False
        return docs.part(remaining)

    def intersect(self, parts: Sequence[ScoredDocs]) -> ScoredDocs:
        """Returns the docs in all parts, their scores added; all docs if there are no parts."""
        included = [part for part in parts if not part.negated]
        excluded = [part for part in parts if part.negated]
        if not included:
            return ScoredDocs(self.unite_docs([part.docs for part in excluded]), negated=True)
        shared = self._intersection(included)
        for part in excluded:
            shared = self.exclude(shared, part.docs)
        return shared

    def _intersection(self, lists: Sequence[ScoredDocs]) -> ScoredDocs:
        """Intersects lists, the shortest first; scores are computed for the docs that are left."""
        if len(lists) == 1:
            return lists[0]
        lists = sorted(lists, key=lambda part: part.count)
        kernels = self.kernels
        if kernels is None:
            at_once = all(part.is_fully_scored for part in lists)
            docs = intersection(lists, self.size)
        else:
            at_once = not mostly_unscored(lists)
            out_docs, out_scores = self.outcome
            size = kernels.intersect(self.rows(lists, bare=not at_once), out_docs, out_scores)
            docs = out_docs[:size].copy()
        scored = [part for part in lists if not part.scoreless]
        if not scored:
            return ScoredDocs(docs)
        positive = any(part.positive for part in scored)
        if kernels is not None and at_once:
            total = out_scores[:size].copy()
        elif not at_once or len(docs) * _FEW < lists[-1].count or len(docs) < 256:
            total = np.zeros(len(docs))
            for part in scored:
                add_scores(part, docs, total, self.size)
        else:
            total = self.sum_scores(docs, scored)
        return ScoredDocs(docs, total, positive=positive)

    def sum_scores(self, docs: Ids, scored: Sequence[ScoredDocs]) -> Scores:
        """Returns float64, for each doc the sum of its scores in lists that may hold more docs."""
        sums = self.sums
        for part in scored:
            scores = part.scores
            if scores is not None:
                np.add.at(sums, part.docs, scores)
        total = sums[docs]
        if sum(part.count for part in scored) * _SPARSE > self.size:
            sums.fill(0)
        else:
            for part in scored:
                sums[part.docs] = 0
        return total

    def unite(self, parts: Sequence[ScoredDocs], live: Ids) -> ScoredDocs:
        """Returns the docs in any part, their scores added.

        Args:
            parts: at least one.
            live: all live docs, needed for parts that are negated.
        """
        if len(parts) == 1:
            return parts[0]
        if any(part.negated for part in parts):
            parts = [self.materialize(part, live) for part in parts]
        if all(part.positive for part in parts):
            return ScoredUnion(parts, self)
        scored = [part for part in parts if part.scores is not None]
        docs = self.unite_docs([part.docs for part in parts])
        if not scored:
            return ScoredDocs(docs)
        return ScoredDocs(docs, self.sum_scores(docs, scored))

    def add_optional(self, docs: ScoredDocs, optional: ScoredDocs, live: Ids) -> ScoredDocs:
        """Returns `docs` with the scores of `optional` added to those that are in it."""
        docs = self.materialize(docs, live)
        if optional.scores is None or not len(docs.docs):
            return docs
        self.sums[optional.docs] = optional.scores
        added = self.sums[docs.docs]
        self.sums[optional.docs] = 0
        return ScoredDocs(docs.docs, _added(docs.scores, added), positive=docs.positive)

    def materialize(self, docs: ScoredDocs, live: Ids) -> ScoredDocs:
        """Returns the docs of a negated set as a list; other sets as they are."""
        if not docs.negated:
            return docs
        return self.exclude(ScoredDocs(live), docs.docs)

    def unite_docs(self, lists: Sequence[Ids]) -> Ids:
        """Returns the union of lists, int32, ascending."""
        nonempty = [docs for docs in lists if len(docs)]
        if len(nonempty) < 2:
            return nonempty[0] if nonempty else NOTHING.docs
        total = sum(len(docs) for docs in nonempty)
        if total * _SORTED < len(self.marks):
            joined = np.concatenate(nonempty)
            joined.sort()
            keep = np.empty(len(joined), np.bool_)
            keep[0] = True
            np.not_equal(joined[1:], joined[:-1], out=keep[1:])
            return joined[keep]
        for docs in nonempty:
            self.marks[docs] = True
        union = np.flatnonzero(self.marks).astype(np.int32)
        self.marks[union] = False
        return union

    def union_bits(self, parts: Sequence[ScoredDocs]) -> tuple[Bits, int]:
        """Returns the union of parts, none of them negated, as a bitset, and its cardinality."""
        kernels = self.kernels
        if kernels is not None:
            union = np.zeros(words_of(self.size), np.uint64)
            return union, kernels.union_bits(self.rows(parts, bare=True), union)
        marks = self.marks
        few = [part.docs for part in parts if len(part.docs) * DENSE < self.size]
        for docs in few:
            marks[docs] = True
        union = pack_bits(marks)
        for docs in few:
            marks[docs] = False
        for part in parts:
            if len(part.docs) * DENSE >= self.size:
                np.bitwise_or(union, part.bits(self.size), out=union)
        return union, cardinality(union)


class ScoredUnion(ScoredDocs):
    """The union of lists with positive scores, computed lazily.

    Its top k need neither all docs nor all scores.
    """

    __slots__ = ("_count", "_mask", "_parts", "_span", "_workspace")

    def __init__(
        self,
        parts: Sequence[ScoredDocs],
        workspace: Workspace,
        *,
        span: tuple[int, int] | None = None,
        mask: Bits = _ALL,
    ) -> None:
        """Holds the union of parts, or of those of their docs that pass a filter.

        Args:
            parts: none negated, all scores positive.
            workspace: scratch arrays of this thread.
            span: first doc that passes, and the end of the range; None for all docs.
            mask: bitset of the docs that pass; empty for all docs.
        """
        super().__init__(NOTHING.docs, positive=True)
        self._parts = parts
        self._workspace = workspace
        self._span = span or (0, workspace.size)
        self._mask = mask
        self._count = -1

    @property
    def docs(self) -> Ids:
        """The docs, int32, ascending."""
        if self.count and not len(self._docs):
            workspace = self._workspace
            if workspace.kernels is not None:
                self._docs = np.empty(self.count, np.int32)
                workspace.kernels.bitset_to_docs(self.bits(workspace.size), self._docs)
            else:
                self._docs = list_docs(self.bits(workspace.size), workspace.size)
        return self._docs

    @property
    def scores(self) -> Scores:
        """float64, one a doc, positive."""
        if self._scores is None:
            self._scores = self._workspace.sum_scores(self.docs, self._parts)
        return self._scores

    @property
    def count(self) -> int:
        """Number of docs in `docs`."""
        if self._count < 0:
            self.bits(self._workspace.size)
        return self._count

    @property
    def empty(self) -> bool:
        """Whether `docs` is known to be empty, without counting."""
        return all(part.empty for part in self._parts)

    def under(self, passing: FilterDocs) -> ScoredUnion:
        """Returns the docs that pass a filter.

        Raises:
            ValueError: if it was filtered already.
        """
        if self._filtered:
            raise ValueError("filtered already")
        if self._workspace.kernels is None:
            return ScoredUnion([passing.of(part) for part in self._parts], self._workspace)
        return ScoredUnion(
            self._parts, self._workspace, span=(passing.first, passing.last), mask=passing.bits
        )

    @property
    def _filtered(self) -> bool:
        return len(self._mask) > 0 or self._span != (0, self._workspace.size)

    def bits(self, size: int) -> Bits:  # noqa: ARG002 - the workspace knows it
        """Returns the docs as a bitset over a segment of `size` docs."""
        if self._bits is None:
            union, count = self._workspace.union_bits(self._parts)
            if self._filtered:
                if self._span != (0, self._workspace.size):
                    union = clip(union, *self._span)
                if len(self._mask):
                    union &= self._mask
                count = cardinality(union)
            self._bits, self._count = union, count
        return self._bits

    @property
    def summands(self) -> Sequence[ScoredDocs]:
        """Lists whose scores add up to these; they also hold docs that do not pass the filter."""
        return self._parts if self._scores is None else (self,)

    def best(self, k: int) -> tuple[Ids, Scores]:
        """Returns docs and scores: the top k, all that may round to equals, and more."""
        if self._scores is not None:
            return super().best(k)
        workspace = self._workspace
        if workspace.kernels is None or (not self._filtered and mostly_unscored(self._parts)):
            bounds = Bounds.of(self._parts, k, workspace.size)
            if workspace.kernels is None or not all(part.has_bounds for part in self._parts):
                return best_of_any(bounds, k, workspace.sums)
        k = min(k, workspace.size + 1)
        docs, scores = workspace.outcome
        size = workspace.kernels.top_k_of_union(
            workspace.rows(self._parts),
            k,
            *self._span,
            self._mask,
            docs,
            scores,
            np.empty(k),
        )
        return docs[:size].copy(), scores[:size].copy()


def _added(first: Scores | None, second: Scores | None) -> Scores | None:
    if first is None or second is None:
        return second if first is None else first
    return first + second


_MANY: Final = 50_000
"""Postings that compiled loops score in less time than MaxScore takes to skip them."""


def intersection(lists: Sequence[ScoredDocs], size: int) -> Ids:
    """Returns the docs in all lists, int32, ascending.

    Args:
        lists: the shortest first; none is negated.
        size: number of docs of the segment.
    """
    if lists[0].count * DENSE > size:
        bits = lists[0].bits(size)
        for other in lists[1:]:
            bits = bits & other.bits(size)
        return list_docs(bits, size)
    docs = lists[0].docs
    for other in lists[1:]:
        docs = docs[_among(docs, other, size)]
    return docs


def mostly_unscored(parts: Sequence[ScoredDocs]) -> bool:
    """Whether many docs of these lists have no score in memory."""
    return sum(part.count for part in parts if not part.is_fully_scored) > _MANY


def _among(docs: Ids, other: ScoredDocs, size: int) -> NDArray[np.bool_]:
    """Returns for each doc whether it is in a list, bool."""
    if other.count * DENSE < size:
        return is_member(docs, other.docs)
    words = other.bits(size)
    bits = words[docs >> 6] >> (docs & 63).astype(np.uint64) & np.uint64(1)
    among: NDArray[np.bool_] = bits.astype(np.bool_)
    return among
