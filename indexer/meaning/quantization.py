"""Vectors in eight bits a number and in one, and the cosines between them.

A vector of length 1 is kept as int8 and one scale: its largest number becomes 127. The product of
two such vectors is a whole number below 2**24 for up to 1,040 numbers, so a sum of float32 is exact
in any order: every machine and every number of threads gives the same cosines. One bit a number,
its sign, is enough to choose candidates (Charikar 2002, "Similarity estimation techniques from
rounding algorithms", https://doi.org/10.1145/509907.509965).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from indexer.meaning.weights import Floats

Codes = NDArray[np.int8]
Signs = NDArray[np.uint64]
SignScan = Callable[[Signs, Signs, NDArray[np.int64], NDArray[np.uint16]], None]
"""A compiled `distances`: signs, those of the query (one row), rows (empty = all), output."""
_LARGEST: Final = 127
_STEP: Final = 4096
"""Rows whose codes are turned into float32 at once: 6 MB."""


@dataclass(frozen=True, slots=True)
class Quantized:
    """Vectors in eight bits.

    Attributes:
        codes: int8[n, width].
        scales: float32[n], the factor on the codes; 0 where there is no vector.
    """

    codes: Codes
    scales: Floats

    def __len__(self) -> int:
        """Number of vectors."""
        return len(self.scales)

    def take(self, rows: NDArray[np.integer]) -> Quantized:
        """Returns the vectors of some rows."""
        return Quantized(self.codes[rows], self.scales[rows])


def quantize(vectors: Floats) -> Quantized:
    """Returns vectors in eight bits; a row of zeros has the scale 0.

    Args:
        vectors: float32[n, width].
    """
    largest = np.abs(vectors).max(axis=1, initial=0)
    scales = (largest / _LARGEST).astype(np.float32)
    safe = np.where(scales > 0, scales, 1)
    return Quantized(np.rint(vectors / safe[:, None]).astype(np.int8), scales)


def signs_of(codes: Codes) -> Signs:
    """Returns the sign of each number, one bit each: uint64[n, width / 64], padded with 0."""
    bits = np.packbits(codes >= 0, axis=1)
    padded = np.zeros((len(bits), -(-bits.shape[1] // 8) * 8), np.uint8)
    padded[:, : bits.shape[1]] = bits
    return padded.view("<u8")


def cosines(vectors: Quantized, query: Quantized) -> NDArray[np.float64]:
    """Returns the cosine of each vector with a query, -1 to 1, five digits: float64[n].

    Args:
        vectors: float32 scales of vectors whose length was 1.
        query: a single one.
    """
    other = query.codes[0].astype(np.float32)
    products = np.empty(len(vectors), np.float32)
    for low in range(0, len(vectors), _STEP):
        some = vectors.codes[low : low + _STEP]
        products[low : low + _STEP] = some.astype(np.float32) @ other
    exact = products.astype(np.float64) * vectors.scales * float(query.scales[0])
    rounded: NDArray[np.float64] = np.round(exact, 5)
    return rounded


def distances(signs: Signs, query: Signs) -> NDArray[np.uint16]:
    """Returns in how many bits each vector differs from a query: uint16[n]."""
    differing = np.zeros(len(signs), np.uint16)
    for column in range(signs.shape[1]):
        differing += np.bitwise_count(signs[:, column] ^ query[0, column])
    return differing


def nearest_signs(
    signs: Signs,
    query: Signs,
    k: int,
    rows: NDArray[np.int64] | None = None,
    scan: SignScan | None = None,
) -> NDArray[np.int64]:
    """Returns the k rows whose signs differ least from a query's, and all at the k-th's distance.

    Args:
        signs: uint64[n, width / 64], of all vectors.
        query: uint64[1, width / 64].
        k: how many are needed.
        rows: int64, the rows that are compared, ascending; None for all.
        scan: a compiled loop in the place of `distances`.
    """
    size = len(signs) if rows is None else len(rows)
    if size <= k:
        return np.arange(size) if rows is None else rows
    if scan is None:
        apart = distances(signs if rows is None else signs[rows], query)
    else:
        apart = np.empty(size, np.uint16)
        every = np.zeros(0, np.int64)
        scan(signs, query[0].copy(), every if rows is None else rows, apart)
    counts = np.bincount(apart)
    limit = int(np.cumsum(counts).searchsorted(k))
    near = np.flatnonzero(apart <= limit)
    return near if rows is None else rows[near]
