"""The vectors of a segment's papers, in a file beside its arrays (`MAIN_g000007.meaning`).

    codes    int8[papers, width]          a vector a paper, see `indexer.meaning.quantization`
    scales   float32[papers]              the factor on its codes; 0 where there is none yet
    signs    uint64[papers, width / 64]   one bit a number
    texts    uint64[papers]               digest of the text that was encoded
    model    uint8[…]                     identity of the model, UTF-8
    name     uint8[…]                     its name

A segment without vectors has no such file, and then nothing of a generation differs.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from indexer.backends.whoosh.format.array_file import OpenArrays, map_arrays, write_arrays
from indexer.errors import IndexDamaged
from indexer.meaning.quantization import Codes, Quantized, Signs, signs_of
from indexer.meaning.weights import Floats

SUFFIX: Final = ".meaning"
Digests = NDArray[np.uint64]


@dataclass(frozen=True, slots=True)
class MeaningColumn:
    """Vectors of one segment; arrays may be memory-mapped.

    Attributes:
        model: identity of the model that made them.
        name: of the model, for the reader.
    """

    codes: Codes
    scales: Floats
    signs: Signs
    texts: Digests
    model: str
    name: str

    @property
    def vectors(self) -> Quantized:
        """The vectors in eight bits."""
        return Quantized(self.codes, self.scales)

    @property
    def present(self) -> NDArray[np.bool_]:
        """Which papers have a vector, bool[papers]."""
        return self.scales > 0

    def rows(self) -> dict[int, int]:
        """Returns the row of each text that has a vector, by its digest."""
        rows = np.flatnonzero(self.present)
        return dict(zip(self.texts[rows].tolist(), rows.tolist(), strict=True))


def digest_text(text: str) -> int:
    """Returns the digest of an encoded text, 64 bits."""
    data = hashlib.blake2b(text.encode("utf-8", "replace"), digest_size=8).digest()
    return int.from_bytes(data, "little")


def digests_of(texts: Iterable[str]) -> Digests:
    """Returns the digests of texts, uint64."""
    return np.fromiter(map(digest_text, texts), np.uint64)


def write_column(path: Path, column: MeaningColumn) -> None:
    """Writes the vectors of a segment; on disk when this returns."""
    arrays: dict[str, NDArray[Any]] = {
        "codes": column.codes,
        "scales": column.scales,
        "signs": column.signs,
        "texts": column.texts,
        "model": np.frombuffer(column.model.encode(), np.uint8),
        "name": np.frombuffer(column.name.encode(), np.uint8),
    }
    write_arrays(path, arrays)


def read_column(path: Path, papers: int) -> tuple[MeaningColumn, OpenArrays]:
    """Memory-maps the vectors of a segment.

    Raises:
        IndexDamaged: when the file is not what was written, or does not fit the segment.
        FileNotFoundError: when it is not there.
    """
    file = map_arrays(path)
    try:
        column = _column(file.arrays)
    except KeyError as error:
        raise _damaged(path, f"its array {error} is missing") from error
    width = column.codes.shape[1] if column.codes.ndim == 2 else 0
    fits = (
        column.codes.shape == (papers, width)
        and column.scales.shape == column.texts.shape == (papers,)
        and column.signs.shape == (papers, -(-width // 64))
    )
    if not fits or not width:
        raise _damaged(path, "does not fit its segment")
    return column, file


def column_faults(column: MeaningColumn) -> str:
    """Returns what is wrong between the arrays of a column; empty where nothing is."""
    if not np.isfinite(column.scales).all() or (column.scales < 0).any():
        return "a scale is no factor"
    for low in range(0, len(column.scales), 1 << 16):
        rows = slice(low, low + (1 << 16))
        if not np.array_equal(signs_of(column.codes[rows]), column.signs[rows]):
            return "signs and codes disagree"
    return ""


def empty_column(digests: Digests, model: str, name: str, width: int) -> MeaningColumn:
    """Returns a column of papers none of which has a vector yet; its arrays can be filled.

    Args:
        digests: of the text of each paper.
        model: identity of the model.
        name: of the model.
        width: numbers of a vector.
    """
    papers = len(digests)
    codes = np.zeros((papers, width), np.int8)
    return MeaningColumn(codes, np.zeros(papers, np.float32), signs_of(codes), digests, model, name)


def _column(arrays: Mapping[str, NDArray[Any]]) -> MeaningColumn:
    return MeaningColumn(
        arrays["codes"],
        arrays["scales"],
        arrays["signs"],
        arrays["texts"],
        arrays["model"].tobytes().decode("utf-8", "replace"),
        arrays["name"].tobytes().decode("utf-8", "replace"),
    )


def _damaged(path: Path, why: str) -> IndexDamaged:
    return IndexDamaged(
        f"{path}: {why}; `quiver rollback` goes back to the generation before, "
        "`quiver build` makes a new one"
    )
