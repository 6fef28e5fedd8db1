"""Compiled scan of binary vectors: the Hamming distance of each to a query.

The loop reads the rows once, in order, and holds a row's words in registers; NumPy makes a pass
over all rows per word. Both give the same numbers. Only `kernels.dispatch` imports this module.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from indexer.backends.whoosh.kernels.primitives import Longs, Words, count_bits


def sign_distances(signs: Any, query: Words, rows: Longs, distances: NDArray[np.uint16]) -> None:
    """Writes in how many bits rows differ from a query.

    Args:
        signs: uint64[n, width], one bit a number of each vector.
        query: uint64[width].
        rows: int64, the rows to read; empty for all.
        distances: uint16, written: one a row that is read.
    """
    width = len(query)
    for i in range(len(distances)):
        row = rows[i] if len(rows) else i
        differing = np.uint64(0)
        for column in range(width):
            differing += count_bits(signs[row, column] ^ query[column])
        distances[i] = differing
