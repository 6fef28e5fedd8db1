"""Compiled loops that score one posting list and derive its bitset and block maxima."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from indexer.backends.whoosh.kernels.primitives import (
    Floats,
    Ints,
    Longs,
    Words,
    docs_at,
    tfs_at,
)

Shorts = NDArray[np.uint16]
Tables = NDArray[np.float64]


def score_postings(  # noqa: PLR0913, PLR0917 - what the formula takes
    row: Longs, lengths: Shorts, weights: Tables, limit: float, k1: float, scores: Floats
) -> None:
    """Scores a posting list by BM25F: the operations of `scoring.bm25f`, in the same order.

    A field without the term adds 0; that is faster than a branch.

    Args:
        row: int64[5]: number of postings; addresses of the doc ids, and of the term frequencies
            (uint8) in abstract, title and author; the last is 0 where no author field matches.
        lengths: uint16[3, docs of the segment], length steps of these fields.
        weights: float64[3, steps], weight of one occurrence in a field of each length.
        limit: boost times idf times (k1 + 1), the score that saturation approaches.
        k1: saturation of term frequency, see `indexer.ranking`.
        scores: float64 output, one a posting.
    """
    size = row[0]
    doc_ids = docs_at(row[1], size)
    abstract = tfs_at(row[2], size)
    title = tfs_at(row[3], size)
    if row[4] == 0:
        for i in range(size):
            doc = np.uint32(doc_ids[i])
            total = weights[0, lengths[0, doc]] * abstract[i]
            total += weights[1, lengths[1, doc]] * title[i]
            scores[i] = total * limit / (total + k1)
    else:
        author = tfs_at(row[4], size)
        for i in range(size):
            doc = np.uint32(doc_ids[i])
            total = weights[0, lengths[0, doc]] * abstract[i]
            total += weights[1, lengths[1, doc]] * title[i]
            total += weights[2, lengths[2, doc]] * author[i]
            scores[i] = total * limit / (total + k1)


def set_bits(docs: Ints, bits: Words) -> None:
    """Sets the bits of some docs in a bitset that is all 0 on entry."""
    unit = np.uint64(1)
    for i in range(len(docs)):
        doc = np.uint32(docs[i])
        bits[doc >> np.uint32(6)] |= unit << np.uint64(doc & np.uint32(63))


def find_block_maxima(docs: Ints, scores: Floats, firsts: Ints, highest: Floats) -> None:
    """Writes where each block of 64 docs begins in a posting list, and its block maximum.

    See `scoring.scored_docs.Blocks`.

    Args:
        docs: int32, ascending.
        scores: float64, one a posting.
        firsts: int32[blocks + 1] output, index of the first posting of each block.
        highest: float64[blocks] output, 0.0 for a block without postings.
    """
    i = 0
    size = len(docs)
    for block in range(len(highest)):
        firsts[block] = i
        end = block * 64 + 64
        maximum = 0.0
        while i < size and docs[i] < end:
            maximum = max(maximum, scores[i])
            i += 1
        highest[block] = maximum
    firsts[len(highest)] = size
