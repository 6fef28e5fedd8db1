"""Sets of papers as bits: whole sets are joined and counted 64 papers at a time.

Bit n of the set, counted from the low end of each word, is paper n; a set of P papers has
``words_of(P)`` words, and what is left over in the last one is 0.

What cannot have been written: compiled loops believe what they are given, so it is looked at.
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
    """Give the number of words of a set of `size` papers."""
    return (size + 63) // 64


def packed(mask: NDArray[np.bool_]) -> Bits:
    """Give the set of the places where a mask is true."""
    tight = np.zeros(words_of(len(mask)) * 8, np.uint8)
    tight[: (len(mask) + 7) // 8] = np.packbits(mask, bitorder="little")
    words = tight.view(_WORD)
    return words.astype(np.uint64) if _SWAPPED else words


def unpacked(bits: Bits, size: int) -> NDArray[np.bool_]:
    """Give the set as a mask over `size` papers."""
    little = bits.astype(_WORD) if _SWAPPED else bits
    mask: NDArray[np.bool_] = np.unpackbits(
        little.view(np.uint8), count=size, bitorder="little"
    ).view(np.bool_)
    return mask


def listed(bits: Bits, size: int) -> NDArray[np.int32]:
    """Give the papers of a set, rising."""
    return np.flatnonzero(unpacked(bits, size)).astype(np.int32)


def counted(bits: Bits) -> int:
    """Count the papers of a set."""
    return int(np.bitwise_count(bits).sum())


def spanned(bits: Bits, first: int, last: int) -> Bits:
    """Keep those from paper `first` up to `last`, in a set of its own."""
    kept = np.zeros_like(bits)
    if first < last:
        low, high = first >> 6, (last + 63) >> 6
        kept[low:high] = bits[low:high]
        kept[low] &= np.uint64(2**64 - (1 << (first & 63)))
        kept[high - 1] &= np.uint64(2**64 - 1 >> (-last & 63))
    return kept


def check_papers(docs: NDArray[np.int32], size: int) -> None:
    """Make sure that papers rise within a segment: loops that are compiled believe it.

    Raises:
        IndexDamaged: when they do not.
    """
    if len(docs) and (docs[0] < 0 or docs[-1] >= size or not (docs[1:] > docs[:-1]).all()):
        raise damaged()


def damaged(what: str = "the papers of a word") -> IndexDamaged:
    """Say that what was read cannot be what was written."""
    return IndexDamaged(
        f"{what} are not what was written; run `quiver verify`, then `quiver rollback` or "
        "`quiver build`"
    )
