"""Read a whole generation and hold it against everything it promises."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np

from indexer.analysis import Analyzer
from indexer.backends.whoosh.invariants import faults_of
from indexer.backends.whoosh.storage import manifest
from indexer.backends.whoosh.storage.files import check_arrays
from indexer.backends.whoosh.storage.manifest import fingerprint
from indexer.backends.whoosh.storage.opened import OpenedGeneration, OpenedSegment
from indexer.backends.whoosh.writing.census import take_census
from indexer.backends.whoosh.writing.words import WordTable
from indexer.errors import IndexDamaged


def verify(opened: OpenedGeneration, analyzer: Analyzer) -> int:
    """Check every checksum, every array against the others, and that each paper is found.

    Args:
        opened: the generation.
        analyzer: the one it was written with; with another, words are not compared.

    Returns:
        The number of live papers.

    Raises:
        IndexDamaged: names the file, and what is wrong with it.
        FileNotFoundError: when a file is not there.
    """
    # Whoosh is slow to import, and only its table of contents is checked with it.
    from indexer.backends.whoosh.twin.toc import NAME, check_toc

    check_toc(opened.folder / NAME)
    same = opened.manifest.analyzer == fingerprint(analyzer)
    for segment in opened.segments:
        check_segment(opened.folder, segment)
        fault = next(_reading_faults(segment, analyzer if same else None), None)
        if fault:
            raise _damaged(opened.folder / segment.entry.arrays, fault)
    _check_together(opened)
    return opened.manifest.info.papers


def check_segment(folder: Path, segment: OpenedSegment) -> None:
    """Check the checksums of a segment and its arrays against each other; reads no paper.

    Raises:
        IndexDamaged: names the file, and what is wrong with it.
    """
    check_sums(folder, segment)
    fault = next(faults_of(segment.arrays), None)
    if fault:
        raise _damaged(folder / segment.entry.arrays, fault)


def check_sums(folder: Path, segment: OpenedSegment) -> None:
    """Check the checksums of a segment: that it is what was written.

    Raises:
        IndexDamaged: names the file.
    """
    check_arrays(folder / segment.entry.arrays)
    if segment.entry.deleted:
        check_arrays(folder / segment.entry.deletions)


def _reading_faults(segment: OpenedSegment, analyzer: Analyzer | None) -> Iterator[str]:
    yield from _store_faults(segment)
    if analyzer is not None:
        yield from _title_faults(segment, analyzer)


def _store_faults(segment: OpenedSegment) -> Iterator[str]:
    """Hold the papers of the store against what the arrays say of them."""
    arrays = segment.arrays
    ids: list[bytes] = [b""] * arrays.papers
    for raw, number in zip(arrays.ids.raws(), arrays.id_paper.tolist(), strict=True):
        ids[number] = raw
    for number in np.argsort(segment.store.slot, kind="stable").tolist():
        paper = segment.store.paper(number)
        if paper.id.encode() != ids[number]:
            yield f"paper {number} is stored as {paper.id!r}, not {ids[number].decode()!r}"
        if (paper.year if paper.year is not None else -1) != arrays.year[number]:
            yield f"paper {paper.id!r} is stored with the year {paper.year}"
        names = slice(*arrays.paper_names_ptr[number : number + 2].tolist())
        if len(paper.authors) != names.stop - names.start:
            yield f"paper {paper.id!r} is stored with {len(paper.authors)} authors"


def _title_faults(segment: OpenedSegment, analyzer: Analyzer) -> Iterator[str]:
    """Say which papers the words of their own title do not find."""
    arrays = segment.arrays
    table = WordTable(analyzer)
    cuts = table.cut(segment.store.paper(number).title for number in range(arrays.papers))
    known = {word: at for at, word in enumerate(arrays.words)}
    missing = len(known)
    of_word = np.array([known.get(word, missing) for word in table.words], np.int64)
    real = np.array([" " not in word for word in table.words], np.bool_)
    stem_of = np.append(arrays.word_stem, -1).astype(np.int64)
    if len(cuts.word):
        stem, wanted = stem_of[of_word[cuts.word]], real[cuts.word]
        asked = np.unique((stem << 32 | cuts.text)[wanted])
    else:
        asked = np.zeros(0, np.int64)
    held = np.flatnonzero(arrays.title_tf[:] > 0)
    row = np.searchsorted(arrays.stem_ptr, held, "right") - 1
    found = np.sort(row << 32 | arrays.docs[held])
    if not np.array_equal(asked, found):
        lost = np.setdiff1d(asked, found)
        number = int((lost if len(lost) else np.setdiff1d(found, asked))[0] & 0xFFFFFFFF)
        yield f"paper {segment.store.paper(number).id!r} is not found by its own title"


def _check_together(opened: OpenedGeneration) -> None:
    """Compare the segments with each other and with the manifest."""
    live: list[bytes] = []
    for segment in opened.segments:
        gone = segment.deleted
        for raw, number in zip(
            segment.arrays.ids.raws(), segment.arrays.id_paper.tolist(), strict=True
        ):
            if gone is None or not gone[number]:
                live.append(raw)
    if len(set(live)) != len(live):
        raise _damaged(opened.folder / manifest.NAME, "two live papers share an id")
    info = opened.manifest.info
    census = take_census([(one.arrays, one.deleted) for one in opened.segments])
    said = (info.papers, info.venues, info.authors, info.first_year, info.last_year)
    counted = (
        census.papers, census.venues, census.authors, census.first_year, census.last_year
    )  # fmt: skip
    if said != counted:
        raise _damaged(opened.folder / manifest.NAME, f"it says {said}, there are {counted}")


def _damaged(path: Path, fault: str) -> IndexDamaged:
    return IndexDamaged(
        f"{path}: {fault}; `quiver rollback` goes back to the generation before, "
        "`quiver build` makes a new one"
    )
