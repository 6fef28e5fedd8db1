"""A list of numbers that grows in a file of its own until all is known of it."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO, Final

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]
_CHUNK: Final = 1 << 22
"""Bytes read at once."""


def narrowest(highest: int) -> np.dtype[Any]:
    """Give the narrowest kind of unsigned integer that holds a number."""
    return next(
        np.dtype(kind)
        for kind in ("|u1", "<u2", "<u4", "<u8")
        if highest < 256 ** np.dtype(kind).itemsize
    )


class Spool:
    """Takes numbers piece by piece and gives them back in order.

    Attributes:
        length: how many there are.
        dtype: the kind of all together: that of the first piece, or, of unsigned numbers, the
            narrowest that holds them.
    """

    def __init__(self, folder: Path, dtype: np.dtype[Any]) -> None:
        """Begin with none.

        Args:
            folder: on the disk to write to; no name is left in it.
            dtype: of the numbers, little-endian.
        """
        self._file: BinaryIO = tempfile.TemporaryFile(dir=folder)  # noqa: SIM115 - see `close`
        self._pieces: list[tuple[np.dtype[Any], int]] = []
        self.length = 0
        self.dtype = narrowest(0) if dtype.kind == "u" else dtype

    def append(self, piece: Array) -> None:
        """Take the next piece."""
        if not len(piece):
            return
        kind = self.dtype
        if kind.kind == "u":
            kind = narrowest(int(piece.max()))
            self.dtype = max(self.dtype, kind, key=lambda one: one.itemsize)
        self._file.write(piece.astype(kind, copy=False).data)
        self._pieces.append((kind, len(piece)))
        self.length += len(piece)

    def __iter__(self) -> Iterator[Array]:
        """Give the numbers in order, piece by piece, each piece of its own kind."""
        self._file.seek(0)
        for kind, length in self._pieces:
            step = _CHUNK // kind.itemsize
            for start in range(0, length, step):
                size = min(step, length - start)
                yield np.frombuffer(self._file.read(size * kind.itemsize), kind)

    def close(self) -> None:
        """Let go of the file."""
        self._file.close()
