"""Sets of papers with scores, and the best of them.

Scores as they are shown, and the highest of many.

A long list of scored papers, ready to be looked into: where each 64 papers begin in it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from struct import pack
from typing import Any, Final, Self

import numpy as np
from numpy.typing import NDArray

from indexer.backends.whoosh.format.ragged_arrays import SLACK, address
from indexer.backends.whoosh.postings.bitset import Bits, pack_bits
from indexer.backends.whoosh.postings.segment_reader import Ids

ROW: Final = "9q"
"""The nine integers that compiled loops take of a list."""
Row = tuple[bytes, tuple[object, ...]]
"""These integers, and the arrays that they are addresses of."""
_STRIDE: Final = 1 << 14
"""So many papers are marked at once: their places as long integers fit into fast memory."""
DENSE: Final = 32
"""A list of more than one in this many papers is kept as bits, too."""
HEADS: Final = 256
"""Best papers that are kept with a long list: enough for a page, and for the signals."""


class Matches:
    """Papers of one segment that match.

    What is derived from them is kept with them: those of a term serve many queries.

    Attributes:
        negated: it is all other live papers that match, with score 0.
        positive: every score is known to be above 0.
        lasting: they serve many queries, so what is derived from them is worth some more work.
    """

    __slots__ = (
        "_bits",
        "_blocks",
        "_docs",
        "_head",
        "_heads",
        "_highest",
        "_rows",
        "_scores",
        "lasting",
        "negated",
        "positive",
    )

    def __init__(
        self,
        docs: Ids,
        scores: Scores | None = None,
        negated: bool = False,  # noqa: FBT001, FBT002 - the third of four columns
        *,
        positive: bool = False,
        lasting: bool = False,
    ) -> None:
        """Name the papers, rising and live, and their scores; None where all are 0."""
        self._docs = docs
        self._scores = scores
        self.negated = negated
        self.positive = positive
        self.lasting = lasting
        self._bits: Bits | None = None
        self._head: Heads | None = None
        self._heads: Heads | None = None
        self._blocks: Blocks | None = None
        self._highest = -1.0
        self._rows: list[Row] = []

    @property
    def docs(self) -> Ids:
        """The papers, rising."""
        return self._docs

    @property
    def scores(self) -> Scores | None:
        """One each; None where all are 0."""
        return self._scores

    @property
    def count(self) -> int:
        """How many papers there are in `docs`."""
        return len(self._docs)

    @property
    def empty(self) -> bool:
        """Whether `docs` is known to be empty, without counting."""
        return not len(self._docs)

    @property
    def scoreless(self) -> bool:
        """Whether there are no scores: all are 0."""
        return self.scores is None

    @property
    def at_hand(self) -> Scores | None:
        """The scores, unless they would have to be made."""
        return self.scores

    @property
    def whole(self) -> bool:
        """Whether all scores are at hand, so that to ask for `scores` costs nothing."""
        return True

    @property
    def known(self) -> bool:
        """Whether `highest`, `heads` and `blocks` are, or cost no scoring."""
        return True

    @property
    def limit(self) -> float:
        """A score that none exceeds: the highest, where that is known."""
        return self.highest

    @property
    def highest(self) -> float:
        """The highest score; 0 where there is none."""
        if self._highest < 0:
            scores = self.scores
            self._highest = 0.0 if scores is None or not len(scores) else float(scores.max())
        return self._highest

    def bits(self, size: int) -> Bits:
        """Give the papers as a set of bits over a segment of `size` papers.

        Those of a short list that lasts are not kept: they take more room than the list.
        """
        if self._bits is not None:
            return self._bits
        mask = np.zeros(size, np.bool_)
        docs = self.docs
        for first in range(0, len(docs), _STRIDE):
            mask[docs[first : first + _STRIDE].astype(np.intp)] = True
        found = pack_bits(mask)
        if not self.lasting or self.count * DENSE >= size:
            self._bits = found
        return found

    def blocks(self, size: int) -> Blocks | None:
        """Give what is known of each 64 papers of a segment of `size`; None of short lists."""
        if self._blocks is None and len(self.docs) * DENSE >= size and self.scores is not None:
            self._blocks = Blocks.of(self.bits(size), self.scores)
        return self._blocks

    def weight(self, size: int) -> int:
        """Give about how many bytes will be derived from it, over a segment of `size` papers."""
        long = size * 5 // 16 if self.count * DENSE >= size else 0
        return 1000 + long + 24 * min(self.count, HEADS)

    def row(self, size: int) -> Row:
        """Give the list as compiled loops take it; see `kernels.intersection`.

        Whoever takes the row keeps it until the loop is done, and the arrays with it. Of two
        threads that come here at once the first one's arrays stay.
        """
        if not self._rows:
            self._rows.append(self._row(self.scores, size))
        return self._rows[0]

    def bare_row(self, size: int) -> Row:
        """Give the row of the papers alone: their scores are not looked at, so not made."""
        return self.row(size)

    def _row(self, scores: Scores | None, size: int) -> Row:
        docs = np.ascontiguousarray(self.docs)
        scores = None if scores is None else np.ascontiguousarray(scores)
        long = self.lasting and len(docs) * DENSE >= size
        blocks = self.blocks(size) if long and scores is not None else None
        bits = self.bits(size) if long else None
        heads = self.heads if self.lasting and scores is not None else None
        row = (
            address(docs),
            address(scores),
            len(docs),
            address(bits),
            0 if blocks is None else address(blocks.firsts),
            0 if blocks is None else address(blocks.highest),
            0 if heads is None else address(heads[0]),
            0 if heads is None else address(heads[1]),
            0 if heads is None else len(heads[0]),
        )
        return pack(ROW, *row), (docs, scores, bits, blocks, heads)

    def taken(self, places: NDArray[np.integer[Any]]) -> Scores:
        """Give the scores at some places of `docs`."""
        scores = self.scores
        if scores is None:
            return np.zeros(len(places))
        return scores.take(places)

    def boosted(self, factor: float) -> Matches:
        """Multiply the scores."""
        if self.scores is None or factor == 1:
            return self
        return Matches(self.docs, self.scores * factor, positive=self.positive and factor > 0)

    def best(self, wanted: int) -> tuple[Ids, Scores]:
        """Give papers and scores: the `wanted` highest, all that may round to equals, and more."""
        docs, scores = self.docs, self.scores
        if scores is None:
            return docs[:wanted], np.zeros(min(wanted, len(docs)))
        if len(docs) <= max(FEW, wanted):
            return docs, scores
        places = candidates(scores, wanted)
        return docs[places], scores[places]

    def ordered(self, wanted: int) -> Heads:
        """Give the first by score, then number, with their scores as they are shown."""
        if not self.lasting or wanted > HEADS:
            return in_order(*self.best(wanted), wanted)
        if self._head is None:
            self._head = in_order(*self.best(HEADS), HEADS)
        docs, scores = self._head
        return docs[:wanted], scores[:wanted]

    @property
    def summands(self) -> Sequence[Matches]:
        """Lists whose scores add up to these."""
        return (self,)

    def reached(self, wanted: int) -> float:
        """Give a score that at least `wanted` of the papers reach; 0 where there are fewer."""
        if self.count < wanted or wanted > HEADS:
            return 0.0
        return float(self.heads[1][wanted - 1])

    @property
    def heads(self) -> Heads:
        """The papers of the highest scores, at most `HEADS`."""
        if self._heads is None:
            docs, scores = self.best(HEADS)
            order = np.argsort(-scores)[:HEADS]
            self._heads = docs[order], scores[order]
        return self._heads

    def part(self, places: slice | NDArray[Any]) -> Matches:
        """Keep the papers at some places of `docs`, rising, or where a mask over it is true."""
        scores = None if self.scores is None else self.scores[places]
        return Matches(self.docs[places], scores, positive=self.positive)


NOTHING: Final = Matches(np.zeros(0, np.int32))
EVERYTHING: Final = Matches(np.zeros(0, np.int32), negated=True)


Scores = NDArray[np.float64]
Heads = tuple[Ids, Scores]
"""Papers and their scores, highest first."""
FEW: Final = 512
"""Fewer papers than this are sorted rather than searched for the best."""
_FARTHEST: Final = 300
_POWERS: Final = 10.0 ** np.arange(-_FARTHEST, _FARTHEST + 1)
"""Powers of ten by exponent, from ``10 ** -_FARTHEST``."""


def rounded(scores: Scores) -> Scores:
    """Round to six significant digits, so that the order of a sum cannot reorder hits."""
    size = np.minimum(np.maximum(np.abs(scores), 10.0**-_FARTHEST), 10.0**_FARTHEST)
    digits = _FARTHEST + 5 - np.floor(np.log10(size)).astype(np.intp)
    factor = _POWERS.take(digits, mode="clip")
    result: Scores = np.rint(scores * factor) / factor
    return result


def shown(score: float) -> float:
    """Round one score as it is shown."""
    return float(f"{score:.6g}")


def in_order(docs: Ids, scores: Scores, wanted: int) -> Heads:
    """Put papers of one segment in order; their numbers are their order among equals.

    Args:
        docs: the papers, in any order.
        scores: one each.
        wanted: how many to give at most.

    Returns:
        Papers, and their scores as they are shown.
    """
    if len(docs) > wanted:
        least = reached(scores, wanted)
        near = scores >= least - abs(least) * SLACK
        docs, scores = docs[near], scores[near]
    final = rounded(scores)
    order = np.lexsort((docs, -final))[:wanted]
    return docs[order], final[order]


def reached(scores: Scores, wanted: int) -> float:
    """Give the `wanted` highest of some scores; 0 where there are fewer."""
    at = len(scores) - wanted
    return float(np.partition(scores, at)[at]) if at >= 0 else 0.0


def candidates(scores: Scores, wanted: int) -> NDArray[np.int64]:
    """Give places that hold the `wanted` highest scores, and all that may round to equals.

    The highest of each of many strides bound the wanted score from below; looking at them first
    is many times faster than partitioning everything.
    """
    size = len(scores)
    if size <= max(FEW, wanted):
        return np.arange(size)
    height = size // max(256, 4 * wanted)
    if height > 1:
        width = size // height
        heads = scores[: width * height].reshape(height, width).max(0)
    else:
        heads = scores
    least = float(np.partition(heads, len(heads) - wanted)[len(heads) - wanted])
    found = np.flatnonzero(scores >= least - abs(least) * SLACK)
    if len(found) > 4 * wanted and len(found) > FEW and height > 1:
        held = scores[found]
        least = float(np.partition(held, len(held) - wanted)[len(held) - wanted])
        found = found[held >= least - abs(least) * SLACK]
    return found


@dataclass(frozen=True, slots=True)
class Blocks:
    """What is known of a list for every 64 papers of its segment, a word of its bits each.

    So a paper's place in the list is known from the bits before its own in its word ("rank",
    Jacobson 1989, "Space-efficient Static Trees and Graphs"), and most papers can be passed over
    by what the best of their block gets (Ding & Suel 2011, "Faster Top-k Document Retrieval Using
    Block-Max Indexes").

    Attributes:
        firsts: int32[blocks + 1], the place in the list of the first paper of each block.
        highest: float64[blocks], the highest score of each block; 0 where it has no paper.
    """

    firsts: NDArray[np.int32]
    highest: NDArray[np.float64]

    @classmethod
    def of(cls, bits: Bits, scores: NDArray[np.float64]) -> Self:
        """Look through a list.

        Args:
            bits: its papers, as a set.
            scores: one a paper, as the papers rise; none below 0.
        """
        counts = np.bitwise_count(bits)
        firsts = np.zeros(len(bits) + 1, np.int32)
        np.cumsum(counts, out=firsts[1:])
        highest = np.zeros(len(bits))
        there = np.flatnonzero(counts)
        if len(there):
            highest[there] = np.maximum.reduceat(scores, firsts[there])
        return cls(firsts, highest)
