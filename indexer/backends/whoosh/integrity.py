"""Read a whole generation and hold it against everything it promises.

What must hold between the arrays of a segment, said for each that does not.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from indexer.analysis import Analyzer
from indexer.backends.whoosh.format import manifest
from indexer.backends.whoosh.format.array_file import release
from indexer.backends.whoosh.format.generation import OpenedGeneration, OpenedSegment
from indexer.backends.whoosh.format.manifest import fingerprint
from indexer.backends.whoosh.format.meaning_column import column_faults
from indexer.backends.whoosh.format.packed_ints import PackedInts
from indexer.backends.whoosh.format.ragged_arrays import turned
from indexer.backends.whoosh.format.segment import Ints, Segment, Strings
from indexer.backends.whoosh.indexing.bulk_tokenizer import BulkTokenizer
from indexer.backends.whoosh.indexing.collection_stats import collect_stats
from indexer.errors import IndexDamaged


def verify(opened: OpenedGeneration, analyzer: Analyzer) -> int:
    """Checks every checksum, every array against the others, and that each paper is found.

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
    from indexer.backends.whoosh.whoosh_codec.toc import NAME, check_toc

    _check_digests(opened)
    check_toc(opened.folder / NAME)
    same = opened.manifest.analyzer == fingerprint(analyzer)
    for segment in opened.segments:
        check_segment(opened.folder, segment)
        fault = next(_reading_faults(segment, analyzer if same else None), None)
        if fault:
            raise _damaged(opened.folder / segment.entry.arrays, fault)
    _check_together(opened)
    return opened.manifest.info.papers


def _check_digests(opened: OpenedGeneration) -> None:
    """Checks the files that are read whole; those of arrays were checked when they were opened."""
    arrays = {file.path.name for segment in opened.segments for file in segment.files}
    for name, digest in opened.manifest.digests.items():
        path = opened.folder / name
        if name not in arrays and manifest.digest_of(path.read_bytes()) != digest:
            raise _damaged(path, "its checksum is wrong")


def check_segment(folder: Path, segment: OpenedSegment) -> None:
    """Checks the checksums of a segment and its arrays against each other; reads no paper.

    Raises:
        IndexDamaged: names the file, and what is wrong with it.
    """
    check_sums(segment)
    fault = next(_dictionary_faults(segment), None)
    if fault:
        raise _damaged(folder / segment.entry.arrays, fault)
    if segment.meaning is not None and (fault := column_faults(segment.meaning)):
        raise _damaged(folder / segment.entry.meaning, fault)


def _dictionary_faults(segment: OpenedSegment) -> Iterator[str]:
    yield from faults_of(segment.arrays)
    yield from _identifier_faults(segment)
    yield from _record_term_faults(segment)


def _record_term_faults(segment: OpenedSegment) -> Iterator[str]:
    """Returns what is wrong with the terms of record fields; older segments have none."""
    terms = segment.record_terms
    if terms is None:
        return
    keys, ptr, values, docs = terms.keys, terms.ptr, terms.values, terms.docs
    if not _pointers(keys.ends, len(keys), len(keys.blob)):
        yield "the ends of record_terms do not fit"
        return
    if not _pointers(ptr, len(keys), len(values)):
        yield "record_terms_ptr does not fit"
    for name, numbers, size in (
        ("record_terms_values", values, len(docs)),
        ("record_terms_docs", docs, segment.arrays.papers),
    ):
        if len(numbers) and (numbers.min() < 0 or numbers.max() >= size):
            yield f"{name} points outside"
    if (np.diff(docs) < 0).any():
        yield "record_terms_docs do not rise"
    if any(one >= other for one, other in pairwise(keys.raws())):
        yield "record_terms do not rise"


def _identifier_faults(segment: OpenedSegment) -> Iterator[str]:
    """Returns what is wrong with the dictionary of identifiers; older segments have none."""
    identifiers = segment.identifiers
    if identifiers is None:
        return
    keys, papers = identifiers.keys, identifiers.papers
    if not _pointers(keys.ends, len(keys), len(keys.blob)):
        yield "the ends of identifiers do not fit"
        return
    if len(papers) and (papers.min() < 0 or papers.max() >= segment.arrays.papers):
        yield "identifier_papers points outside"
    raws = keys.raws()
    if any(one > other for one, other in pairwise(raws)):
        yield "identifiers do not rise"


def check_sums(segment: OpenedSegment) -> None:
    """Checks the checksums of a segment: that it is what was written.

    Raises:
        IndexDamaged: names the file.
    """
    for file in segment.files:
        file.check()


def _reading_faults(segment: OpenedSegment, analyzer: Analyzer | None) -> Iterator[str]:
    yield from _store_faults(segment)
    if analyzer is not None:
        yield from _title_faults(segment, analyzer)


def _store_faults(segment: OpenedSegment) -> Iterator[str]:
    """Holds the papers of the store against what the arrays say of them."""
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
    """Returns which papers the words of their own title do not find."""
    arrays = segment.arrays
    table = BulkTokenizer(analyzer)
    cuts = table.tokenize(segment.store.paper(number).title for number in range(arrays.papers))
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
    stored = np.sort(row << 32 | arrays.docs[held])
    if not np.array_equal(asked, stored):
        lost = np.setdiff1d(asked, stored)
        number = int((lost if len(lost) else np.setdiff1d(stored, asked))[0] & 0xFFFFFFFF)
        yield f"paper {segment.store.paper(number).id!r} is not found by its own title"


def _check_together(opened: OpenedGeneration) -> None:
    """Compares the segments with each other and with the manifest."""
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
    census = collect_stats([(segment.arrays, segment.deleted) for segment in opened.segments])
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


_STEP: Final = 1 << 21
"""Occurrences looked at together."""
_ROWS: Final = 1 << 16
"""Strings looked at together."""


def faults_of(arrays: Segment) -> Iterator[str]:
    """Returns what is wrong with the arrays of a segment; nothing where all is well.

    Faults come in an order in which each may rely on those before not being there, so only the
    first is sure to mean what it says.
    """
    yield from _string_faults(arrays)
    yield from _narrow_faults(arrays)
    yield from _pointer_faults(arrays)
    yield from _range_faults(arrays)
    yield from _order_faults(arrays)
    yield from _posting_faults(arrays)
    yield from _author_faults(arrays)


def _string_faults(arrays: Segment) -> Iterator[str]:
    for name in (
        "stems", "words", "compounds", "names", "name_keys", "name_words", "venues", "types", "ids"
    ):  # fmt: skip
        strings: Strings = getattr(arrays, name)
        if not _pointers(strings.ends, len(strings), len(strings.blob)):
            yield f"the ends of {name} do not fit"
            return
        if name != "names" and not all(map(_rises, _parts(strings))):
            yield f"{name} do not rise"


def _narrow_faults(arrays: Segment) -> Iterator[str]:
    for name in ("title_tf", "abstract_tf", "places", "forms"):
        values: PackedInts = getattr(arrays, name)
        if not values.fits:
            yield f"codes and others of {name} are not as many as its numbers"
            return
        at, found = values.at, 0
        if (at[1:] <= at[:-1]).any() or (len(at) and at[-1] >= len(values)):
            yield f"the places of the others of {name} do not rise"
            return
        for low in range(0, len(values), _STEP):
            codes = values.codes_of(low, min(low + _STEP, len(values)))
            escaped = np.flatnonzero(codes == values.top) + low
            if not np.array_equal(escaped, at[found : found + len(escaped)]):
                found = -1
                break
            found += len(escaped)
            release(values.codes)
        if found != len(at):
            yield f"the others of {name} are not those its codes name"
            return


def _pointer_faults(arrays: Segment) -> Iterator[str]:
    for name, rows, entries in (
        ("stem_ptr", len(arrays.stems), len(arrays.docs)),
        ("place_ptr", len(arrays.stems), len(arrays.places)),
        ("stem_word_ptr", len(arrays.stems), len(arrays.stem_words)),
        ("compound_ptr", len(arrays.compounds), len(arrays.compound_papers)),
        ("name_key_ptr", len(arrays.name_keys), len(arrays.names)),
        ("name_word_ptr", len(arrays.name_words), len(arrays.name_word_names)),
        ("paper_names_ptr", arrays.papers, len(arrays.paper_names)),
        ("name_papers_ptr", len(arrays.names), len(arrays.name_papers)),
    ):
        if not _pointers(getattr(arrays, name), rows, entries):
            yield f"{name} does not fit"
    for name, length in (
        ("title_tf", len(arrays.docs)),
        ("abstract_tf", len(arrays.docs)),
        ("forms", len(arrays.places)),
        ("word_stem", len(arrays.words)),
        ("word_df", len(arrays.words)),
        ("stem_words", len(arrays.words)),
        ("title_length", arrays.papers),
        ("abstract_length", arrays.papers),
        ("author_length", arrays.papers),
        ("venue", arrays.papers),
        ("type", arrays.papers),
        ("has", arrays.papers),
        ("id_paper", arrays.papers),
        ("title_order", arrays.papers),
        ("first_indexed", arrays.papers),
        ("last_changed", arrays.papers),
    ):
        if len(getattr(arrays, name)) != length:
            yield f"{name} has {len(getattr(arrays, name))} entries, not {length}"


def _range_faults(arrays: Segment) -> Iterator[str]:
    for name, least, most in (
        ("docs", 0, arrays.papers),
        ("compound_papers", 0, arrays.papers),
        ("name_papers", 0, arrays.papers),
        ("word_stem", 0, len(arrays.stems)),
        ("stem_words", 0, len(arrays.words)),
        ("word_df", 1, arrays.papers + 1),
        ("paper_names", 0, len(arrays.names)),
        ("name_word_names", 0, len(arrays.names)),
        ("venue", -1, len(arrays.venues)),
        ("type", -1, len(arrays.types)),
    ):
        values = getattr(arrays, name)
        for low in range(0, len(values), _STEP):
            part = values[low : low + _STEP]
            if part.min() < least or part.max() >= most:
                yield f"{name} points outside"
                break
            release(values)
    every = np.arange(arrays.papers, dtype=np.int32)
    for name in ("id_paper", "title_order"):
        if not np.array_equal(np.sort(getattr(arrays, name)), every):
            yield f"{name} does not name each paper once"


def _order_faults(arrays: Segment) -> Iterator[str]:
    if (np.diff(arrays.year) > 0).any():
        yield "the years do not fall"
    place = np.empty(arrays.papers, np.int64)
    place[arrays.id_paper] = np.arange(arrays.papers)
    if (np.diff(place)[np.diff(arrays.year) == 0] < 0).any():
        yield "papers of a year are not in order of id"
    for name, flat in (
        ("stem_word_ptr", arrays.stem_words),
        ("compound_ptr", arrays.compound_papers),
        ("name_word_ptr", arrays.name_word_names),
        ("name_papers_ptr", arrays.name_papers),
    ):
        if not _rising(getattr(arrays, name), flat):
            yield f"a row of {name} does not rise"


def _posting_faults(arrays: Segment) -> Iterator[str]:
    """Goes through the postings some million occurrences at a time, so memory stays bounded."""
    group = arrays.place_ptr[:-1] // _STEP
    starts = np.flatnonzero(np.diff(group, prepend=-1))
    for low, high in pairwise([*starts.tolist(), len(arrays.stems)]):
        yield from _group_faults(arrays, low, high)
        release(arrays.docs)
    rows = np.repeat(np.arange(len(arrays.stems)), np.diff(arrays.stem_word_ptr))
    if not np.array_equal(arrays.word_stem[arrays.stem_words], rows):
        yield "stem_words and word_stem disagree"


def _group_faults(arrays: Segment, low: int, high: int) -> Iterator[str]:
    """Checks the postings of the stems from `low` up to `high`."""
    postings = slice(int(arrays.stem_ptr[low]), int(arrays.stem_ptr[high]))
    stem_ptr = arrays.stem_ptr[low : high + 1] - postings.start
    title = arrays.title_tf[postings].astype(np.int64)
    abstract = arrays.abstract_tf[postings].astype(np.int64)
    if not _rising(stem_ptr, arrays.docs[postings]):
        yield "the papers of a stem do not rise"
    if len(title) and (title + abstract).min() < 1:
        yield "a posting has no occurrence"
    place_ptr = arrays.place_ptr[low : high + 1]
    occurrences = slice(int(place_ptr[0]), int(place_ptr[-1]))
    ends = np.concatenate([[0], np.cumsum(title + abstract)])
    if not np.array_equal(ends[stem_ptr], place_ptr - occurrences.start):
        yield "the occurrences are not as many as the postings say"
        return
    # Places rise inside each field of each posting; fields are stretches of `places`.
    fields = np.concatenate([[0], np.cumsum(np.stack([title, abstract], 1).ravel())])
    if not _rising(fields, arrays.places[occurrences], strictly=False):
        yield "the places of a posting do not rise"
    forms = np.repeat(np.diff(arrays.stem_word_ptr[low : high + 1]), np.diff(place_ptr))
    if (arrays.forms[occurrences] >= forms).any():
        yield "an occurrence has a form its stem has not"


def _author_faults(arrays: Segment) -> Iterator[str]:
    count, papers = len(arrays.names), arrays.name_papers
    for low, high, wrote in turned(arrays.paper_names_ptr, arrays.paper_names, count, _STEP):
        ptr = arrays.name_papers_ptr[low : high + 1]
        name = np.repeat(np.arange(low, high), np.diff(ptr))
        if not np.array_equal(wrote, name << 32 | papers[ptr[0] : ptr[-1]]):
            yield "papers of names and names of papers disagree"
            return


def _parts(strings: Strings) -> Iterator[list[bytes]]:
    """Yields strings some thousand at a time; the last of each list is the first of the next."""
    for low in range(0, len(strings), _ROWS):
        ends = strings.ends[low : low + _ROWS + 2]
        yield Strings(strings.blob[ends[0] : ends[-1]], ends - ends[0]).raws()


def _rises(raws: list[bytes]) -> bool:
    return all(a < b for a, b in pairwise(raws))


def _pointers(ptr: Ints, rows: int, entries: int) -> bool:
    return bool(
        len(ptr) == rows + 1 and ptr[0] == 0 and ptr[-1] == entries and (np.diff(ptr) >= 0).all()
    )


def _rising(ptr: Ints, flat: NDArray[Any], *, strictly: bool = True) -> bool:
    """Tells whether each row of a ragged array rises."""
    wrong = flat[1:] <= flat[:-1] if strictly else flat[1:] < flat[:-1]
    starts = ptr[1:-1]
    wrong[starts[(starts > 0) & (starts <= len(wrong))] - 1] = False
    return not wrong.any()
