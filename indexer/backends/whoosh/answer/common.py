"""The papers that several lists share."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from indexer.backends.whoosh.lookup.bits import listed
from indexer.backends.whoosh.lookup.matches import DENSE, Matches
from indexer.backends.whoosh.lookup.occurrences import contained
from indexer.backends.whoosh.lookup.reader import Numbers

_MANY: Final = 50_000
"""Compiled loops make so many scores in less time than it takes to look for those that matter."""


def common(held: Sequence[Matches], size: int) -> Numbers:
    """Give the papers that are in all lists.

    Args:
        held: the lists, the shortest first; none is negated.
        size: papers of the segment.
    """
    if held[0].count * DENSE > size:
        shared = held[0].bits(size)
        for one in held[1:]:
            shared = shared & one.bits(size)
        return listed(shared, size)
    docs = held[0].docs
    for one in held[1:]:
        docs = docs[_among(docs, one, size)]
    return docs


def unmade(parts: Sequence[Matches]) -> bool:
    """Whether the scores of many papers would have to be made for these lists."""
    return sum(one.count for one in parts if not one.whole) > _MANY


def _among(docs: Numbers, other: Matches, size: int) -> NDArray[np.bool_]:
    """Say which papers are in a list."""
    if other.count * DENSE < size:
        return contained(docs, other.docs)
    words = other.bits(size)
    held = words[docs >> 6] >> (docs & 63).astype(np.uint64) & np.uint64(1)
    among: NDArray[np.bool_] = held.astype(np.bool_)
    return among
