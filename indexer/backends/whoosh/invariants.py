"""What must hold between the arrays of a segment, said for each that does not."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from indexer.backends.whoosh.storage.files import release
from indexer.backends.whoosh.storage.narrow import Narrow
from indexer.backends.whoosh.storage.segment import Ints, Segment, Strings
from indexer.backends.whoosh.writing.numbers import turned

_STEP: Final = 1 << 21
"""Occurrences looked at together."""
_ROWS: Final = 1 << 16
"""Strings looked at together."""


def faults_of(arrays: Segment) -> Iterator[str]:
    """Say what is wrong with the arrays of a segment; nothing where all is well.

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
        values: Narrow = getattr(arrays, name)
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
    """Go through the postings some million occurrences at a time, so memory stays bounded."""
    group = arrays.place_ptr[:-1] // _STEP
    starts = np.flatnonzero(np.diff(group, prepend=-1))
    for low, high in pairwise([*starts.tolist(), len(arrays.stems)]):
        yield from _group_faults(arrays, low, high)
        release(arrays.docs)
    rows = np.repeat(np.arange(len(arrays.stems)), np.diff(arrays.stem_word_ptr))
    if not np.array_equal(arrays.word_stem[arrays.stem_words], rows):
        yield "stem_words and word_stem disagree"


def _group_faults(arrays: Segment, low: int, high: int) -> Iterator[str]:
    """Check the postings of the stems from `low` up to `high`."""
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
    """Give strings some thousand at a time; the last of each list is the first of the next."""
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
    """Tell whether each row of a ragged array rises."""
    wrong = flat[1:] <= flat[:-1] if strictly else flat[1:] < flat[:-1]
    starts = ptr[1:-1]
    wrong[starts[(starts > 0) & (starts <= len(wrong))] - 1] = False
    return not wrong.any()
