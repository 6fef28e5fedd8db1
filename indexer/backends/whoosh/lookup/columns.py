"""A field of one value a paper, laid out for counting: a code each, and the runs of equal codes.

Papers stand in order of year and, within a year, of their ids, which often begin with the venue:
so equal values stand side by side, and runs are few.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final, Self

import numpy as np
from numpy.typing import NDArray

from indexer.backends.whoosh.lookup.bits import Bits, packed
from indexer.backends.whoosh.lookup.damage import damaged

_NARROW: Final = (np.dtype(np.uint8), np.dtype(np.uint16), np.dtype(np.int32))


@dataclass(frozen=True, slots=True)
class Column:
    """The values of a field in one segment.

    Attributes:
        names: the values, by code.
        codes: of each paper, of the narrowest type of uint8, uint16 and int32 that holds them.
        starts: int32[R], the first paper of each run, rising; the first one is 0.
        runs: int32[R], the code of each run.
        words: int64[R], the word of a set of bits that holds the first paper of each run.
        below: uint64[R], the bits of that word that stand for papers before it.
    """

    names: tuple[str, ...]
    codes: NDArray[Any]
    starts: NDArray[np.int32]
    runs: NDArray[np.int32]
    words: NDArray[np.int64]
    below: NDArray[np.uint64]

    @classmethod
    def of(cls, names: tuple[str, ...], codes: NDArray[Any]) -> Self:
        """Lay out the codes of all papers, none below 0.

        Raises:
            IndexDamaged: when one has no value: compiled loops believe it.
        """
        if len(codes) and int(codes.max()) >= len(names):
            raise damaged("the venues, years or types")
        kind = next(one for one in _NARROW if len(names) <= np.iinfo(one).max)
        starts = first_of_runs(codes)
        return cls(
            names,
            codes.astype(kind),
            starts.astype(np.int32),
            codes[starts].astype(np.int32),
            starts.astype(np.int64) >> 6,
            (np.uint64(1) << (starts & 63).astype(np.uint64)) - np.uint64(1),
        )


@dataclass(frozen=True, slots=True)
class Marked:
    """Some papers of a segment.

    Attributes:
        mask: bool[P], true for them.
        bits: the same, packed.
    """

    mask: NDArray[np.bool_]
    bits: Bits

    @classmethod
    def of(cls, mask: NDArray[np.bool_]) -> Self:
        """Mark them."""
        return cls(mask, packed(mask))

    @property
    def bytes(self) -> int:
        """Size in memory."""
        return self.mask.nbytes + self.bits.nbytes


def first_of_runs(values: NDArray[Any]) -> NDArray[np.intp]:
    """Give the places where another value stands than at the place before; 0 is the first."""
    changes = np.empty(len(values), np.bool_)
    changes[:1] = True
    np.not_equal(values[1:], values[:-1], out=changes[1:])
    return changes.nonzero()[0]
