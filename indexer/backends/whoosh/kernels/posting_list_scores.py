"""The compiled loops that score a list, and say where its papers and its high scores are."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from indexer.backends.whoosh.kernels.primitives import (
    Floats,
    Ints,
    Longs,
    Words,
    counts_at,
    papers_at,
)

Shorts = NDArray[np.uint16]
Tables = NDArray[np.float64]


def score_list(  # noqa: PLR0913, PLR0917 - what the formula takes
    row: Longs, lengths: Shorts, weights: Tables, limit: float, k1: float, scores: Floats
) -> None:
    """Score papers by BM25F, see `scoring.bm25f`: the same operations in the same order.

    Where a field does not hold the term it adds 0: that is faster than to ask.

    Args:
        row: addresses of the papers and of the counts (uint8) in abstract, title and author, 0
            where there are none of authors; before them, how many papers.
        lengths: uint16[3, papers of the segment], of these fields.
        weights: float64[3, lengths], what one occurrence weighs in a field of each length.
        limit: the factor on what is saturated.
        k1: see `indexer.ranking`.
        scores: gets them.
    """
    size = row[0]
    docs = papers_at(row[1], size)
    abstract = counts_at(row[2], size)
    title = counts_at(row[3], size)
    if row[4] == 0:
        for place in range(size):
            paper = np.uint32(docs[place])
            total = weights[0, lengths[0, paper]] * abstract[place]
            total += weights[1, lengths[1, paper]] * title[place]
            scores[place] = total * limit / (total + k1)
    else:
        author = counts_at(row[4], size)
        for place in range(size):
            paper = np.uint32(docs[place])
            total = weights[0, lengths[0, paper]] * abstract[place]
            total += weights[1, lengths[1, paper]] * title[place]
            total += weights[2, lengths[2, paper]] * author[place]
            scores[place] = total * limit / (total + k1)


def mark(docs: Ints, bits: Words) -> None:
    """Put papers into a set of bits, all 0 before."""
    one = np.uint64(1)
    for place in range(len(docs)):
        paper = np.uint32(docs[place])
        bits[paper >> np.uint32(6)] |= one << np.uint64(paper & np.uint32(63))


def outline(docs: Ints, scores: Floats, firsts: Ints, highest: Floats) -> None:
    """Say where each 64 papers begin in a list, and which is their highest score; see `Blocks`."""
    at = 0
    size = len(docs)
    for block in range(len(highest)):
        firsts[block] = at
        end = block * 64 + 64
        high = 0.0
        while at < size and docs[at] < end:
            high = max(high, scores[at])
            at += 1
        highest[block] = high
    firsts[len(highest)] = size
