"""Bitsets of docs: uint64 words, so that whole sets are combined and counted 64 docs at a time.

Bit n, counted from the low end of each word, is doc n. A bitset over P docs has ``words_of(P)``
words; unused bits of the last one are 0. `check_docs` and `damaged` are for arrays that compiled
loops index without bounds checks.
"""

from __future__ import annotations

import sys
from typing import Final

import numpy as np
from numpy.typing import NDArray

from indexer.errors import IndexDamaged

Bits = NDArray[np.uint64]
_SWAPPED: Final = sys.byteorder == "big"
_WORD: Final = np.dtype("<u8")


def words_of(size: int) -> int:
    """Returns the number of words of a bitset over `size` docs."""
    return (size + 63) // 64


def pack_bits(mask: NDArray[np.bool_]) -> Bits:
    """Returns the bitset of the docs where a mask is true.

    >>> pack_bits(np.array([True, False, True])).tolist()
    [5]
    """
    padded = np.zeros(words_of(len(mask)) * 8, np.uint8)
    padded[: (len(mask) + 7) // 8] = np.packbits(mask, bitorder="little")
    words = padded.view(_WORD)
    return words.astype(np.uint64) if _SWAPPED else words


def unpack_bits(bits: Bits, size: int) -> NDArray[np.bool_]:
    """Returns a bitset as a mask, bool[size]."""
    little = bits.astype(_WORD) if _SWAPPED else bits
    mask: NDArray[np.bool_] = np.unpackbits(
        little.view(np.uint8), count=size, bitorder="little"
    ).view(np.bool_)
    return mask


def list_docs(bits: Bits, size: int) -> NDArray[np.int32]:
    """Returns the docs of a bitset, int32, ascending."""
    return np.flatnonzero(unpack_bits(bits, size)).astype(np.int32)


def cardinality(bits: Bits) -> int:
    """Returns the number of docs in a bitset."""
    return int(np.bitwise_count(bits).sum())


def clip(bits: Bits, first: int, last: int) -> Bits:
    """Returns a copy of a bitset with only the docs from `first` up to `last`."""
    clipped = np.zeros_like(bits)
    if first < last:
        low, high = first >> 6, (last + 63) >> 6
        clipped[low:high] = bits[low:high]
        clipped[low] &= np.uint64(2**64 - (1 << (first & 63)))
        clipped[high - 1] &= np.uint64(2**64 - 1 >> (-last & 63))
    return clipped


def check_docs(docs: NDArray[np.int32], size: int) -> None:
    """Checks that doc ids ascend within a segment of `size` docs; compiled loops rely on it.

    Raises:
        IndexDamaged: when they do not.
    """
    if len(docs) and (docs[0] < 0 or docs[-1] >= size or not (docs[1:] > docs[:-1]).all()):
        raise damaged()


def damaged(what: str = "the papers of a word") -> IndexDamaged:
    """Returns the error for arrays that no writer can have written."""
    return IndexDamaged(
        f"{what} are not what was written; run `quiver verify`, then `quiver rollback` or "
        "`quiver build`"
    )
