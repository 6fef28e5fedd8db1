"""A long list of scored papers, ready to be looked into: where each 64 papers begin in it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

from indexer.backends.whoosh.lookup.bits import Bits


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
