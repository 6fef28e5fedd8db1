"""Where the terms of a query stand in some papers, all of them found together.

An occurrence is one int64, ``row << 33 + b | paper << 33 | field << 32 | position``, with the
field 0 for the title and 1 for the abstract, the place of the paper among those looked at, which
takes b bits, and a row: of a stem, or of a term. So one search in all of them says where a stem
stands behind another, however many there are (`postings.positions` has the same without rows).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from indexer.backends.whoosh.postings.positions import (
    NOWHERE,
    PositionKeys,
    concatenate_ranges,
    distinct,
    is_member,
)
from indexer.backends.whoosh.postings.segment_reader import SegmentReader
from indexer.backends.whoosh.scoring.collection import Collection
from indexer.query_analysis.terms import CompoundTerm, StemTerm, TextTerm

PAPER: Final = 33
"""The first bit of the paper."""
_FIELDS: Final = ("title", "abstract")


@dataclass(frozen=True, slots=True)
class StemRow:
    """A stem that is looked up.

    Attributes:
        stem: its id.
        span: its postings, as places in `Segment.docs`.
        papers: how many live papers of the collection hold it; -1 where it was not counted.
        form: which of its surface words is meant, by `Segment.forms`; -1 for all.
    """

    stem: int
    span: tuple[int, int]
    papers: int
    form: int = -1


@dataclass(frozen=True, slots=True)
class Course:
    """One way to write a term: stems in a row.

    Attributes:
        term: its place among the terms.
        rows: the stems, as places among the rows.
        field: 0 or 1 where only title or abstract counts, else -1.
    """

    term: int
    rows: tuple[int, ...]
    field: int = -1


@dataclass(frozen=True, slots=True)
class Sought:
    """The stems that the terms of a query are made of, each once, and how."""

    rows: tuple[StemRow, ...]
    courses: tuple[Course, ...]


def sought(collection: Collection, segment: int, terms: Sequence[TextTerm]) -> Sought:
    """Say what to look up of some terms in a segment; phrases and patterns have no one place."""
    rows: dict[StemRow, int] = {}
    courses = []
    for at, term in enumerate(terms):
        if not isinstance(term, StemTerm | CompoundTerm) or term.field == "author":
            continue
        if isinstance(term, CompoundTerm):
            ways = term.text_ways
        else:
            ways = ((term.word if term.exact else term.stem,),)
        field = -1 if term.field is None else _FIELDS.index(term.field)
        for way in ways:
            found = [_row(collection, segment, word, exact=term.exact) for word in way]
            places = tuple(rows.setdefault(row, len(rows)) for row in found if row is not None)
            if len(places) == len(way):
                courses.append(Course(at, places, field))
    return Sought(tuple(rows), tuple(courses))


def _row(collection: Collection, segment: int, word: str, *, exact: bool) -> StemRow | None:
    """Find a stem, or (`exact`) a surface word; None where the segment does not know it."""
    if not exact:
        found = collection.stems.spans(word)
        stem = found.ids[segment]
        return None if stem < 0 else StemRow(stem, found.spans[segment], found.papers)
    reader = collection.readers[segment]
    arrays = reader.arrays
    at = arrays.words.find(word)
    if at < 0:
        return None
    stem = int(arrays.word_stem[at])
    low, high = arrays.stem_word_ptr[stem : stem + 2].tolist()
    form = int(np.searchsorted(arrays.stem_words[low:high], at)) if high - low > 1 else -1
    return StemRow(stem, reader.posting_range(stem), -1, form)


@dataclass(frozen=True, slots=True)
class Standing:
    """Where terms stand.

    Attributes:
        titles: for each row and paper whether the stem stands in the title.
        shift: the first bit of the row in an occurrence.
        starts: where they begin, rising, distinct; rows are those of the terms.
        begins: the same for each word that is one of them and each way to write one: a place can
            be told twice, where two words of one stem stand in it ("non-nons").
        lengths: for each of `begins` how many words it takes.
    """

    titles: NDArray[np.bool_]
    shift: int
    starts: PositionKeys
    begins: PositionKeys
    lengths: NDArray[np.int64]


def stand(reader: SegmentReader, asked: Sought, places: NDArray[np.int64]) -> Standing:
    """Find all occurrences of the terms in some papers.

    Args:
        reader: of the segment.
        asked: the terms.
        places: for each row and paper its place in the postings of the row's stem, or -1.
    """
    titles = np.zeros(places.shape, np.bool_)
    shift = PAPER + max(1, (places.shape[1] - 1).bit_length())
    if not asked.courses:
        return Standing(titles, shift, NOWHERE, NOWHERE, NOWHERE)
    keys, ends = _keys(reader, asked.rows, places, titles, shift)
    pieces = [keys[ends[one.rows[0]] : ends[one.rows[0] + 1]] for one in asked.courses]
    starts = np.concatenate(pieces)
    course = np.repeat(np.arange(len(pieces)), [len(one) for one in pieces])
    lengths = np.array([len(one.rows) for one in asked.courses])
    for step in range(1, int(lengths.max())):
        # How far it is from a way's first stem to this one; ways that ended stay as they are.
        far = np.array([_far(one, step, shift) for one in asked.courses])
        kept = is_member(starts + far[course], keys)
        starts, course = starts[kept], course[kept]
    moved = np.array([(one.term - one.rows[0]) << shift for one in asked.courses])
    begins = starts + moved[course]
    fields = np.array([one.field for one in asked.courses])
    if fields.max() >= 0:
        wanted = fields[course]
        kept = (wanted < 0) | (begins >> 32 & 1 == wanted)
        begins, course = begins[kept], course[kept]
    return Standing(titles, shift, distinct(begins.copy()), begins, lengths[course])


def _far(course: Course, step: int, shift: int) -> int:
    rows = course.rows
    return ((rows[step] - rows[0]) << shift) + step if step < len(rows) else 0


def _keys(
    reader: SegmentReader,
    rows: Sequence[StemRow],
    places: NDArray[np.int64],
    titles: NDArray[np.bool_],
    shift: int,
) -> tuple[PositionKeys, list[int]]:
    """Give the occurrences of stems row by row, and where those of each row begin; then all."""
    arrays = reader.arrays
    row, column = (places >= 0).nonzero()
    here = places[row, column]
    bounds = row.searchsorted(np.arange(len(rows) + 1)).tolist()
    starts, counts = np.empty(len(here), np.int64), np.empty(len(here), np.int64)
    for number, one in enumerate(rows):
        span = slice(bounds[number], bounds[number + 1])
        chosen = here[span]
        if len(chosen):
            before = reader.position_offsets(one.stem)
            starts[span] = before.take(chosen)
            counts[span] = before.take(chosen + 1) - starts[span]
            starts[span] += int(arrays.place_ptr[one.stem])
    first = np.array([one.span[0] for one in rows], np.int64)
    title = arrays.title_tf[here + first[row]]
    titles[row, column] = title > 0
    # What stands in the title comes first, then what does in the abstract.
    paper = (row << shift) + (column << PAPER)
    both = np.stack((paper, paper + (1 << 32)), axis=1).ravel()
    at = concatenate_ranges(starts, counts)
    keys: PositionKeys = np.repeat(both, np.stack((title, counts - title), axis=1).ravel())
    keys += arrays.places[at]
    ends = np.concatenate(([0], np.cumsum(counts)))[bounds]
    if any(one.form >= 0 for one in rows):
        kept = np.ones(len(keys), np.bool_)
        for one, low, high in zip(rows, ends[:-1].tolist(), ends[1:].tolist(), strict=True):
            if one.form >= 0:
                kept[low:high] = arrays.forms[at[low:high]] == one.form
        keys, ends = keys[kept], np.concatenate(([0], np.cumsum(kept)))[ends]
    return keys, ends.tolist()
