"""Scores as they are shown, and the highest of many."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from indexer.backends.whoosh.lookup.reader import Numbers

Scores = NDArray[np.float64]
Heads = tuple[Numbers, Scores]
"""Papers and their scores, highest first."""
FEW: Final = 512
"""Fewer papers than this are sorted rather than searched for the best."""
SLACK: Final = 3e-6
"""Scores this close, relatively, may round to the same six digits."""
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


def in_order(docs: Numbers, scores: Scores, wanted: int) -> Heads:
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
