"""Matching docs of a segment with their scores, their top k, and the block maxima of long lists.

Scores are rounded to six significant digits before they are compared, so that the order in which a
sum was added up cannot reorder hits.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from struct import pack
from typing import Any, Final, Self

import numpy as np
from numpy.typing import NDArray

from indexer.backends.whoosh.kernels import SLACK, address
from indexer.backends.whoosh.postings.bitset import Bits, pack_bits
from indexer.backends.whoosh.postings.segment_reader import Ids

ROW: Final = "9q"
"""Format of the nine integers by which compiled loops take a list."""
Row = tuple[bytes, tuple[object, ...]]
"""These integers, packed, and the arrays whose addresses they are."""
_STRIDE: Final = 1 << 14
"""Docs marked at a time: as int64 indexes they take 128 KiB, which stays in the L2 cache."""
DENSE: Final = 32
"""A list with more than one in this many docs also gets a bitset: 32 bits a doc or fewer."""
MOST_TOP_DOCS: Final = 256
"""Best docs cached with a list: enough for a page, and for rescoring."""


class ScoredDocs:
    """Matching docs of one segment.

    What is derived from them is cached in them: those of a term serve many queries.

    Attributes:
        negated: all other live docs match, with score 0.
        positive: every score is known to be above 0.
        lasting: they serve many queries, so deriving more from them pays off.
    """

    __slots__ = (
        "_bits",
        "_blocks",
        "_docs",
        "_head",
        "_highest",
        "_rows",
        "_scores",
        "_top_docs",
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
        """Holds docs and scores.

        Args:
            docs: int32, ascending, live.
            scores: float64, one each; None where all are 0.
            negated: see the class.
            positive: see the class.
            lasting: see the class.
        """
        self._docs = docs
        self._scores = scores
        self.negated = negated
        self.positive = positive
        self.lasting = lasting
        self._bits: Bits | None = None
        self._head: TopDocs | None = None
        self._top_docs: TopDocs | None = None
        self._blocks: Blocks | None = None
        self._highest = -1.0
        self._rows: list[Row] = []

    @property
    def docs(self) -> Ids:
        """The docs, int32, ascending."""
        return self._docs

    @property
    def scores(self) -> Scores | None:
        """float64, one a doc; None where all are 0."""
        return self._scores

    @property
    def count(self) -> int:
        """Number of docs in `docs`."""
        return len(self._docs)

    @property
    def empty(self) -> bool:
        """Whether `docs` is known to be empty, without counting."""
        return not len(self._docs)

    @property
    def scoreless(self) -> bool:
        """Whether all scores are 0."""
        return self.scores is None

    @property
    def cached_scores(self) -> Scores | None:
        """The scores; None where they would have to be computed."""
        return self.scores

    @property
    def is_fully_scored(self) -> bool:
        """Whether all scores are in memory, so that `scores` costs nothing."""
        return True

    @property
    def has_bounds(self) -> bool:
        """Whether `highest`, `top_docs` and `blocks` are known, or need no scoring."""
        return True

    @property
    def limit(self) -> float:
        """Upper bound of the scores: the highest, where that is known."""
        return self.highest

    @property
    def highest(self) -> float:
        """The highest score; 0 where there is none."""
        if self._highest < 0:
            scores = self.scores
            self._highest = 0.0 if scores is None or not len(scores) else float(scores.max())
        return self._highest

    def bits(self, size: int) -> Bits:
        """Returns the docs as a bitset over a segment of `size` docs.

        That of a short lasting list is not cached: it takes more memory than the list.
        """
        if self._bits is not None:
            return self._bits
        mask = np.zeros(size, np.bool_)
        docs = self.docs
        for low in range(0, len(docs), _STRIDE):
            mask[docs[low : low + _STRIDE].astype(np.intp)] = True
        bits = pack_bits(mask)
        if not self.lasting or self.count * DENSE >= size:
            self._bits = bits
        return bits

    def blocks(self, size: int) -> Blocks | None:
        """Returns the block maxima over a segment of `size` docs; None for a short list."""
        if self._blocks is None and len(self.docs) * DENSE >= size and self.scores is not None:
            self._blocks = Blocks.of(self.bits(size), self.scores)
        return self._blocks

    def weight(self, size: int) -> int:
        """Returns about how many bytes will be derived, over a segment of `size` docs."""
        long = size * 5 // 16 if self.count * DENSE >= size else 0
        return 1000 + long + 24 * min(self.count, MOST_TOP_DOCS)

    def row(self, size: int) -> Row:
        """Returns the list as compiled loops take it; see `kernels.intersection`.

        The caller keeps the row, and with it the arrays, until the loop is done. Of two threads
        that are here at once the arrays of the first stay.
        """
        if not self._rows:
            self._rows.append(self._row(self.scores, size))
        return self._rows[0]

    def bare_row(self, size: int) -> Row:
        """Returns the row of the docs alone, without computing scores."""
        return self.row(size)

    def _row(self, scores: Scores | None, size: int) -> Row:
        docs = np.ascontiguousarray(self.docs)
        scores = None if scores is None else np.ascontiguousarray(scores)
        long = self.lasting and len(docs) * DENSE >= size
        blocks = self.blocks(size) if long and scores is not None else None
        bits = self.bits(size) if long else None
        heads = self.top_docs if self.lasting and scores is not None else None
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

    def take_scores(self, indexes: NDArray[np.integer[Any]]) -> Scores:
        """Returns the scores at some indexes of `docs`."""
        scores = self.scores
        if scores is None:
            return np.zeros(len(indexes))
        return scores.take(indexes)

    def boosted(self, factor: float) -> ScoredDocs:
        """Returns the docs with their scores multiplied."""
        if self.scores is None or factor == 1:
            return self
        return ScoredDocs(self.docs, self.scores * factor, positive=self.positive and factor > 0)

    def best(self, k: int) -> tuple[Ids, Scores]:
        """Returns docs and scores: the top k, all that may round to equals, and more."""
        docs, scores = self.docs, self.scores
        if scores is None:
            return docs[:k], np.zeros(min(k, len(docs)))
        if len(docs) <= max(FEW, k):
            return docs, scores
        indexes = candidates(scores, k)
        return docs[indexes], scores[indexes]

    def ordered(self, k: int) -> TopDocs:
        """Returns the top k by rounded score, then doc id, with the rounded scores."""
        if not self.lasting or k > MOST_TOP_DOCS:
            return in_order(*self.best(k), k)
        if self._head is None:
            self._head = in_order(*self.best(MOST_TOP_DOCS), MOST_TOP_DOCS)
        docs, scores = self._head
        return docs[:k], scores[:k]

    @property
    def summands(self) -> Sequence[ScoredDocs]:
        """Lists whose scores add up to these."""
        return (self,)

    def reached(self, k: int) -> float:
        """Returns a score that at least k docs reach; 0 where there are fewer."""
        if self.count < k or k > MOST_TOP_DOCS:
            return 0.0
        return float(self.top_docs[1][k - 1])

    @property
    def top_docs(self) -> TopDocs:
        """The docs of the highest scores, at most `MOST_TOP_DOCS`, with their scores."""
        if self._top_docs is None:
            docs, scores = self.best(MOST_TOP_DOCS)
            order = np.argsort(-scores)[:MOST_TOP_DOCS]
            self._top_docs = docs[order], scores[order]
        return self._top_docs

    def part(self, indexes: slice | NDArray[Any]) -> ScoredDocs:
        """Returns the docs at some ascending indexes, or where a mask is true."""
        scores = None if self.scores is None else self.scores[indexes]
        return ScoredDocs(self.docs[indexes], scores, positive=self.positive)


NOTHING: Final = ScoredDocs(np.zeros(0, np.int32))
EVERYTHING: Final = ScoredDocs(np.zeros(0, np.int32), negated=True)


Scores = NDArray[np.float64]
TopDocs = tuple[Ids, Scores]
"""Docs and their scores, highest first."""
FEW: Final = 512
"""Docs below which all are sorted, without selecting the best first."""
_FARTHEST: Final = 300
_POWERS: Final = 10.0 ** np.arange(-_FARTHEST, _FARTHEST + 1)
"""Powers of ten by exponent, from ``10 ** -_FARTHEST``."""


def rounded(scores: Scores) -> Scores:
    """Returns scores rounded to six significant digits.

    >>> rounded(np.array([1.23456789, 0.0])).tolist()
    [1.23457, 0.0]
    """
    magnitude = np.minimum(np.maximum(np.abs(scores), 10.0**-_FARTHEST), 10.0**_FARTHEST)
    digits = _FARTHEST + 5 - np.floor(np.log10(magnitude)).astype(np.intp)
    factor = _POWERS.take(digits, mode="clip")
    rounded_scores: Scores = np.rint(scores * factor) / factor
    return rounded_scores


def rounded_score(score: float) -> float:
    """Returns one score rounded as it is shown."""
    return float(f"{score:.6g}")


def in_order(docs: Ids, scores: Scores, k: int) -> TopDocs:
    """Returns the top k docs of a segment: highest rounded score first, ties by doc id.

    Args:
        docs: int32, in any order.
        scores: float64, one each.
        k: how many at most.

    Returns:
        Docs, and their rounded scores.
    """
    if len(docs) > k:
        threshold = reached(scores, k)
        reaching = scores >= threshold - abs(threshold) * SLACK
        docs, scores = docs[reaching], scores[reaching]
    final = rounded(scores)
    order = np.lexsort((docs, -final))[:k]
    return docs[order], final[order]


def reached(scores: Scores, k: int) -> float:
    """Returns the k-th highest score; 0 where there are fewer."""
    index = len(scores) - k
    return float(np.partition(scores, index)[index]) if index >= 0 else 0.0


def candidates(scores: Scores, k: int) -> NDArray[np.int64]:
    """Returns the indexes of the top k scores, and of all that may round to equals.

    The maxima of many strides bound the k-th score from below; comparing with that bound first is
    many times faster than partitioning all scores.
    """
    size = len(scores)
    if size <= max(FEW, k):
        return np.arange(size)
    height = size // max(256, 4 * k)
    if height > 1:
        width = size // height
        heads = scores[: width * height].reshape(height, width).max(0)
    else:
        heads = scores
    threshold = float(np.partition(heads, len(heads) - k)[len(heads) - k])
    indexes = np.flatnonzero(scores >= threshold - abs(threshold) * SLACK)
    if len(indexes) > 4 * k and len(indexes) > FEW and height > 1:
        selected = scores[indexes]
        threshold = float(np.partition(selected, len(selected) - k)[len(selected) - k])
        indexes = indexes[selected >= threshold - abs(threshold) * SLACK]
    return indexes


@dataclass(frozen=True, slots=True)
class Blocks:
    """Where each block of 64 docs begins in a posting list, and its block maximum.

    A block is a word of the list's bitset, so the index of a doc follows from the bits below its
    own ("rank", Jacobson 1989, "Space-efficient static trees and graphs",
    https://doi.org/10.1109/SFCS.1989.63533); block maxima let most docs be skipped (Ding & Suel
    2011, "Faster top-k document retrieval using block-max indexes",
    https://doi.org/10.1145/2009916.2010048).

    Attributes:
        firsts: int32[blocks + 1], index in the list of the first doc of each block.
        highest: float64[blocks], block maximum; 0 for an empty block.
    """

    firsts: NDArray[np.int32]
    highest: NDArray[np.float64]

    @classmethod
    def of(cls, bits: Bits, scores: NDArray[np.float64]) -> Self:
        """Computes the blocks of a list.

        Args:
            bits: its docs as a bitset.
            scores: float64, one a doc in ascending order; none below 0.
        """
        counts = np.bitwise_count(bits)
        firsts = np.zeros(len(bits) + 1, np.int32)
        np.cumsum(counts, out=firsts[1:])
        highest = np.zeros(len(bits))
        nonempty = np.flatnonzero(counts)
        if len(nonempty):
            highest[nonempty] = np.maximum.reduceat(scores, firsts[nonempty])
        return cls(firsts, highest)
