"""The loops that count over all matches, compiled as those of `kernels.compiled`."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from indexer.backends.whoosh.kernels.pieces import Ints, Longs, Words, count_bits


def count_codes(docs: Ints, codes: NDArray[np.integer], counts: Longs) -> None:
    """Count the codes of some papers; `counts` is all 0 before."""
    for at in range(len(docs)):
        counts[codes[docs[at]]] += 1


def count_runs(bits: Words, starts: Ints, runs: Ints, counts: Longs) -> None:
    """Count the codes of some papers that stand in runs.

    Args:
        bits: the papers.
        starts: the first paper of each run, rising from 0.
        runs: the code of each.
        counts: of each code, all 0 before.
    """
    word = 0
    total = 0
    before = 0
    for at in range(1, len(starts)):
        start = starts[at]
        while word < start >> 6:
            total += count_bits(bits[word])
            word += 1
        below = (np.uint64(1) << np.uint64(start & 63)) - np.uint64(1)
        here = total + count_bits(bits[word] & below)
        counts[runs[at - 1]] += here - before
        before = here
    for place in range(word, len(bits)):
        total += count_bits(bits[place])
    if len(runs) > 0:
        counts[runs[-1]] += total - before


def count_shared(bits: Words, others: Words) -> int:
    """Count the papers that are in two sets."""
    total = 0
    for at in range(len(bits)):
        total += count_bits(bits[at] & others[at])
    return total
