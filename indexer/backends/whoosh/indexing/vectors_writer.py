"""Writes the vectors of papers: copied where a text had one, encoded in a publication of their own.

Words are published first: a merge copies the vectors that its papers had. `encode_missing` then
writes a generation that differs from the one before in its files of vectors only.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from indexer.backends.whoosh.format.array_file import map_arrays
from indexer.backends.whoosh.format.directory import link
from indexer.backends.whoosh.format.generation import OpenedGeneration, OpenedSegment
from indexer.backends.whoosh.format.manifest import NAME as MANIFEST
from indexer.backends.whoosh.format.meaning_column import (
    Digests,
    MeaningColumn,
    digests_of,
    empty_column,
    write_column,
)
from indexer.backends.whoosh.indexing.vector_log import VectorLog
from indexer.meaning.model import SentenceEncoder, text_of
from indexer.meaning.quantization import Quantized, quantize, signs_of

Advance = Callable[[int, int], None]
"""Called with the number of papers that have a vector, and the number of all papers."""


@dataclass(frozen=True, slots=True)
class _Missing:
    """The papers of one segment that are to be encoded."""

    segment: int
    docs: list[int]


def copied_column(segment: OpenedSegment, sources: Sequence[OpenedSegment]) -> MeaningColumn | None:
    """Returns the vectors of a segment that were computed already; None where there are none.

    Args:
        segment: that has been written.
        sources: older segments; of several models the last one's vectors are copied.
    """
    columns = [source.meaning for source in sources if source.meaning is not None]
    if not columns:
        return None
    digests = digests_of(text_of(segment.store.paper(d)) for d in range(segment.entry.papers))
    last = columns[-1]
    column = empty_column(digests, last.model, last.name, last.codes.shape[1])
    return _filled(column, [other for other in columns if other.model == last.model])


def missing_vectors(opened: OpenedGeneration, model: str) -> int:
    """Returns how many live papers of a generation have no vector of a model."""
    return sum(len(_missing_docs(segment, model)) for segment in opened.segments)


def encode_missing(
    opened: OpenedGeneration,
    hidden: Path,
    encoder: SentenceEncoder,
    log: VectorLog,
    advance: Advance,
) -> dict[str, str]:
    """Writes the files of a generation whose papers all have vectors, but for its manifest.

    Args:
        opened: the generation to begin from.
        hidden: directory of the new one; empty.
        encoder: makes the vectors.
        log: vectors of a run that was killed; new ones are appended.
        advance: told how far it is.

    Returns:
        The checksums of the new generation's files, see `Manifest.digests`.
    """
    model = encoder.model
    for file in sorted(opened.folder.iterdir()):
        if file.name != MANIFEST and file.is_file():
            link(file, hidden / file.name)
    digests = dict(opened.manifest.digests)
    logged = MeaningColumn(
        log.vectors.codes, log.vectors.scales, signs_of(log.vectors.codes), log.texts,
        model.identity, model.name,
    )  # fmt: skip
    columns: list[MeaningColumn] = []
    for segment in opened.segments:
        column = _column_of(segment, model.identity, model.name, model.width)
        columns.append(_filled(column, [logged]) if len(logged.texts) else column)
    total = sum(segment.entry.papers - segment.entry.deleted for segment in opened.segments)
    waiting = [
        _Missing(i, _docs_without(segment, columns[i])) for i, segment in enumerate(opened.segments)
    ]
    left = sum(len(docs.docs) for docs in waiting)
    advance(total - left, total)
    for missing in waiting:
        segment, column = opened.segments[missing.segment], columns[missing.segment]
        for rows, vectors in _encoded(segment, missing.docs, encoder):
            log.append(column.texts[rows], vectors)
            _fill(column, rows, vectors)
            left -= len(rows)
            advance(total - left, total)
        if missing.docs or segment.meaning is None or segment.meaning.model != model.identity:
            path = hidden / segment.entry.meaning
            path.unlink(missing_ok=True)  # a link to the file of the generation before
            write_column(path, column)
            digests[path.name] = map_arrays(path).digest
    return digests


def _encoded(
    segment: OpenedSegment, docs: list[int], encoder: SentenceEncoder
) -> Iterator[tuple[np.ndarray[tuple[int], np.dtype[np.int64]], Quantized]]:
    """Yields doc ids with their vectors."""
    done = 0
    for vectors in encoder.vectors(text_of(segment.store.paper(doc)) for doc in docs):
        rows = np.array(docs[done : done + len(vectors)], np.int64)
        done += len(vectors)
        yield rows, quantize(vectors)


def _column_of(segment: OpenedSegment, model: str, name: str, width: int) -> MeaningColumn:
    """Returns the vectors of a segment to be filled; none where they are of another model."""
    written = segment.meaning
    if written is not None and written.model == model:
        return replace(
            written,
            codes=written.codes.copy(),
            scales=written.scales.copy(),
            signs=written.signs.copy(),
        )
    digests: Digests = (
        written.texts
        if written is not None
        else digests_of(text_of(segment.store.paper(d)) for d in range(segment.entry.papers))
    )
    return empty_column(digests, model, name, width)


def _missing_docs(segment: OpenedSegment, model: str) -> list[int]:
    column = segment.meaning
    if column is None or column.model != model:
        live = np.ones(segment.entry.papers, np.bool_)
        if segment.deleted is not None:
            live &= ~segment.deleted
        return np.flatnonzero(live).tolist()
    return _docs_without(segment, column)


def _docs_without(segment: OpenedSegment, column: MeaningColumn) -> list[int]:
    """Returns the live papers of a segment that have no vector in a column."""
    lacking = ~column.present
    if segment.deleted is not None:
        lacking &= ~segment.deleted
    return np.flatnonzero(lacking).tolist()


def _filled(column: MeaningColumn, sources: Sequence[MeaningColumn]) -> MeaningColumn:
    """Fills the papers of a column whose text has a vector in another one."""
    for source in sources:
        known = source.rows()
        pairs = [
            (row, known[text])
            for row, text in enumerate(column.texts.tolist())
            if text in known and not column.scales[row]
        ]
        if pairs:
            rows, theirs = np.array(pairs, np.int64).T
            _fill(column, rows, source.vectors.take(theirs))
    return column


def _fill(
    column: MeaningColumn, rows: np.ndarray[tuple[int], np.dtype[np.int64]], vectors: Quantized
) -> None:
    column.codes[rows], column.scales[rows] = vectors.codes, vectors.scales
    column.signs[rows] = signs_of(vectors.codes)
