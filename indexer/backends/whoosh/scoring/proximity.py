"""Positions of query terms in candidates, all of them found together, for proximity.

A position key here is one int64, ``row << 33 + b | doc << 33 | field << 32 | position``: field 0 is
the title and 1 the abstract, doc is the index of the candidate and takes b bits, row is the index
of a stem, or of a term. So one search over all keys finds the stems that follow others, however
many there are; `postings.positions` has the same keys without rows.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from indexer.backends.whoosh.format.ragged_arrays import concatenate_ranges, distinct
from indexer.backends.whoosh.postings.positions import NOWHERE, PositionKeys, is_member
from indexer.backends.whoosh.postings.segment_reader import SegmentReader
from indexer.backends.whoosh.scoring.collection import Collection
from indexer.query_analysis.terms import CompoundTerm, StemTerm, TextTerm

PAPER: Final = 33
"""Lowest bit of the candidate in a key."""
_FIELDS: Final = ("title", "abstract")


@dataclass(frozen=True, slots=True)
class StemRow:
    """A stem to look up.

    Attributes:
        stem: its id.
        span: its range of postings in `Segment.docs`.
        papers: its document frequency in the index; -1 where it was not counted.
        form: the surface form that is meant, as in `Segment.forms`; -1 for all.
    """

    stem: int
    span: tuple[int, int]
    papers: int
    form: int = -1


@dataclass(frozen=True, slots=True)
class TermSequence:
    """One way to write a term: a sequence of stems.

    Attributes:
        term: index of the term.
        rows: indexes of the stems.
        field: 0 or 1 where only title or abstract counts, else -1.
    """

    term: int
    rows: tuple[int, ...]
    field: int = -1


@dataclass(frozen=True, slots=True)
class StemLookups:
    """The distinct stems of the terms of a query, and the ways to write the terms."""

    rows: tuple[StemRow, ...]
    sequences: tuple[TermSequence, ...]


def stem_lookups(collection: Collection, segment: int, terms: Sequence[TextTerm]) -> StemLookups:
    """Returns what to look up in a segment for some terms.

    Phrases and patterns have no single position, so they take no part.
    """
    rows: dict[StemRow, int] = {}
    sequences = []
    for i, term in enumerate(terms):
        if not isinstance(term, StemTerm | CompoundTerm) or term.field == "author":
            continue
        if isinstance(term, CompoundTerm):
            ways = term.text_ways
        else:
            ways = ((term.word if term.exact else term.stem,),)
        field = -1 if term.field is None else _FIELDS.index(term.field)
        for way in ways:
            stem_rows = [_row(collection, segment, word, exact=term.exact) for word in way]
            indexes = tuple(rows.setdefault(row, len(rows)) for row in stem_rows if row is not None)
            if len(indexes) == len(way):
                sequences.append(TermSequence(i, indexes, field))
    return StemLookups(tuple(rows), tuple(sequences))


def _row(collection: Collection, segment: int, word: str, *, exact: bool) -> StemRow | None:
    """Returns a stem, or (`exact`) a surface form; None where the segment does not contain it."""
    if not exact:
        spans = collection.stems.spans(word)
        stem = spans.ids[segment]
        return None if stem < 0 else StemRow(stem, spans.spans[segment], spans.papers)
    reader = collection.readers[segment]
    arrays = reader.arrays
    form_id = arrays.words.find(word)
    if form_id < 0:
        return None
    stem = int(arrays.word_stem[form_id])
    low, high = arrays.stem_word_ptr[stem : stem + 2].tolist()
    form = int(np.searchsorted(arrays.stem_words[low:high], form_id)) if high - low > 1 else -1
    return StemRow(stem, reader.posting_range(stem), -1, form)


@dataclass(frozen=True, slots=True)
class TermPositions:
    """Positions of the terms in the candidates.

    Attributes:
        titles: bool[rows, candidates], whether the stem occurs in the title.
        shift: lowest bit of the row in a key.
        starts: keys where a term begins, ascending, distinct; rows are those of the terms.
        begins: the same for each way to write a term; a position occurs twice where two words of
            one stem are there ("non-nons").
        lengths: int64, tokens of each of `begins`.
    """

    titles: NDArray[np.bool_]
    shift: int
    starts: PositionKeys
    begins: PositionKeys
    lengths: NDArray[np.int64]


def find_term_positions(
    reader: SegmentReader, sought_terms: StemLookups, places: NDArray[np.int64]
) -> TermPositions:
    """Finds all positions of the terms in the candidates.

    Args:
        reader: the segment.
        sought_terms: what to look up.
        places: int64[rows, candidates], index of the candidate in the stem's postings, or -1.
    """
    titles = np.zeros(places.shape, np.bool_)
    shift = PAPER + max(1, (places.shape[1] - 1).bit_length())
    if not sought_terms.sequences:
        return TermPositions(titles, shift, NOWHERE, NOWHERE, NOWHERE)
    keys, ends = _keys(reader, sought_terms.rows, places, titles, shift)
    parts = [keys[ends[way.rows[0]] : ends[way.rows[0] + 1]] for way in sought_terms.sequences]
    starts = np.concatenate(parts)
    course = np.repeat(np.arange(len(parts)), [len(part) for part in parts])
    lengths = np.array([len(way.rows) for way in sought_terms.sequences])
    for step in range(1, int(lengths.max())):
        # Key distance from the first stem of a way to this one; 0 for ways that are shorter.
        distances = np.array([_key_distance(way, step, shift) for way in sought_terms.sequences])
        selected = is_member(starts + distances[course], keys)
        starts, course = starts[selected], course[selected]
    row_shifts = np.array([(way.term - way.rows[0]) << shift for way in sought_terms.sequences])
    begins = starts + row_shifts[course]
    fields = np.array([way.field for way in sought_terms.sequences])
    if fields.max() >= 0:
        required = fields[course]
        selected = (required < 0) | (begins >> 32 & 1 == required)
        begins, course = begins[selected], course[selected]
    return TermPositions(
        titles, shift, distinct(begins.copy(), in_runs=True), begins, lengths[course]
    )


def _key_distance(course: TermSequence, step: int, shift: int) -> int:
    """Returns the key distance from the first stem of a way to stem `step`; 0 past its end."""
    rows = course.rows
    return ((rows[step] - rows[0]) << shift) + step if step < len(rows) else 0


def _keys(
    reader: SegmentReader,
    rows: Sequence[StemRow],
    places: NDArray[np.int64],
    titles: NDArray[np.bool_],
    shift: int,
) -> tuple[PositionKeys, list[int]]:
    """Returns the position keys of the stems, row by row, and where those of each row begin."""
    arrays = reader.arrays
    row, column = (places >= 0).nonzero()
    postings = places[row, column]
    bounds = row.searchsorted(np.arange(len(rows) + 1)).tolist()
    starts, counts = np.empty(len(postings), np.int64), np.empty(len(postings), np.int64)
    for i, stem in enumerate(rows):
        span = slice(bounds[i], bounds[i + 1])
        selected = postings[span]
        if len(selected):
            before = reader.position_offsets(stem.stem)
            starts[span] = before.take(selected)
            counts[span] = before.take(selected + 1) - starts[span]
            starts[span] += int(arrays.place_ptr[stem.stem])
    first = np.array([stem.span[0] for stem in rows], np.int64)
    title = arrays.title_tf[postings + first[row]]
    titles[row, column] = title > 0
    # Positions in the title precede those in the abstract.
    candidate = (row << shift) + (column << PAPER)
    fields = np.stack((candidate, candidate + (1 << 32)), axis=1).ravel()
    indexes = concatenate_ranges(starts, counts)
    keys: PositionKeys = np.repeat(fields, np.stack((title, counts - title), axis=1).ravel())
    keys += arrays.places[indexes]
    ends = np.concatenate(([0], np.cumsum(counts)))[bounds]
    if any(stem.form >= 0 for stem in rows):
        is_kept = np.ones(len(keys), np.bool_)
        for stem, low, high in zip(rows, ends[:-1].tolist(), ends[1:].tolist(), strict=True):
            if stem.form >= 0:
                is_kept[low:high] = arrays.forms[indexes[low:high]] == stem.form
        keys, ends = keys[is_kept], np.concatenate(([0], np.cumsum(is_kept)))[ends]
    return keys, ends.tolist()
