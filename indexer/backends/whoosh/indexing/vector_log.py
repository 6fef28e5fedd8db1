"""Vectors that were computed and are not published yet, so that a killed run begins where it ended.

    0   8 bytes   magic "QVVECTOR"
    8   8 bytes   BLAKE2b of the model's identity
    16  u32       numbers of a vector
    20  …         records: u64 digest of the text, float32 scale, int8[width], u64 checksum

Records are appended and synced some hundred at a time; what a kill has cut off is passed over.
"""

from __future__ import annotations

import hashlib
import os
import struct
from pathlib import Path
from types import TracebackType
from typing import Final, Self

import numpy as np
from numpy.typing import NDArray

from indexer.backends.whoosh.format.meaning_column import Digests
from indexer.meaning.quantization import Quantized

NAME: Final = "meaning.log"
_MAGIC: Final = b"QVVECTOR"
_HEADER: Final = struct.Struct("<8s8sI")


class VectorLog:
    """The log of one index; for the holder of the writer's lock."""

    def __init__(self, path: Path, model: str, width: int) -> None:
        """Opens the log, and begins anew where it is of another model.

        Args:
            path: of the file.
            model: identity of the model.
            width: numbers of a vector.
        """
        self._path = path
        self._header = _HEADER.pack(_MAGIC, _digest(model.encode()), width)
        self._record = np.dtype(
            [("text", "<u8"), ("scale", "<f4"), ("codes", "|i1", (width,)), ("check", "<u8")]
        )
        records = self._read()
        self.texts: Digests = records["text"].copy()
        self.vectors = Quantized(records["codes"].copy(), records["scale"].copy())
        self._file = path.open("r+b" if len(records) else "w+b")
        if not len(records):
            self._file.write(self._header)
        self._file.truncate(_HEADER.size + records.nbytes)
        self._file.seek(0, os.SEEK_END)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._file.close()

    def _read(self) -> NDArray[np.void]:
        """Returns the whole records of the file, up to the first that is not what was written."""
        try:
            data = self._path.read_bytes()
        except FileNotFoundError:
            data = b""
        if not data.startswith(self._header):
            return np.zeros(0, self._record)
        count = (len(data) - _HEADER.size) // self._record.itemsize
        records = np.frombuffer(data, self._record, count, _HEADER.size)
        wrong = np.flatnonzero(records["check"] != _checks(records))
        return records[: int(wrong[0])] if len(wrong) else records

    def append(self, texts: Digests, vectors: Quantized) -> None:
        """Appends vectors; on disk when this returns."""
        records = np.zeros(len(texts), self._record)
        records["text"], records["scale"], records["codes"] = texts, vectors.scales, vectors.codes
        records["check"] = _checks(records)
        self._file.write(records.tobytes())
        self._file.flush()
        os.fsync(self._file.fileno())

    def remove(self) -> None:
        """Closes and removes the file: its vectors are published."""
        self._file.close()
        self._path.unlink(missing_ok=True)


def _digest(data: bytes) -> bytes:
    return hashlib.blake2b(data, digest_size=8).digest()


def _checks(records: NDArray[np.void]) -> NDArray[np.uint64]:
    """Returns the checksum of each record."""
    size = records.dtype.itemsize
    data = records.tobytes()
    sums = b"".join(_digest(data[at : at + size - 8]) for at in range(0, len(data), size))
    return np.frombuffer(sums, "<u8")
