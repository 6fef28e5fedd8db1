"""Merges the posting lists of sources into those of a segment: from words in docs to docs of stems.

Stems are merged group by group, each of some hundred thousand occurrences, so that memory does not
grow with the number of docs: the occurrences of a group are collected from every source, mapped to
the new ids, and sorted once by 64-bit keys ``stem | doc | field | position | form`` (sort-based
inversion; Witten, Moffat & Bell 1999, "Managing Gigabytes", chapter 5). Every range of stems is
independent of the others, so several processes can share the work.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

import numpy as np
from numpy.typing import NDArray

from indexer.backends.whoosh.format.array_file import Sink, fitting
from indexer.backends.whoosh.format.ragged_arrays import distinct, stable_order
from indexer.backends.whoosh.format.segment import Ints
from indexer.backends.whoosh.indexing.runs import DOC_SHIFT, FIELD_SHIFT, Source

_GROUP = 1 << 19
"""Occurrences sorted at a time: keys of 4 MB, so that a build fits small machines."""
_MOST = 1 << 20
"""Occurrences of one stem sorted at a time; a more frequent one is merged by ranges of docs."""
_POSITION = (1 << FIELD_SHIFT) - 1
Longs = NDArray[np.int64]
Words = NDArray[np.int32]
Ranks = Sequence[NDArray[np.int32]]
Tables = tuple[NDArray[np.int32], ...]
PACKED: Final = (("title_tf", 4), ("abstract_tf", 8), ("places", 8), ("forms", 2))
"""Packed arrays that grow stem by stem beside `docs`, and the fewest bits of an entry:
`abstract_tf`, which every score reads, keeps whole bytes."""


@dataclass(frozen=True, slots=True)
class WordMapping:
    """How the surface forms of a segment belong to its stems, and those of the sources to them.

    Attributes:
        word_stem: int64, stem of each word.
        form: int64, which form of its stem each word is.
        stem_word_ptr: int64[stems + 1], where the words of each stem begin in `stem_words`.
        stem_words: int64, ascending within a stem.
        word_tables: int32, for each source the id of each of its words; compounds are counted on
            from the words; -1 where no live doc contains it.
    """

    word_stem: Longs
    form: Longs
    stem_word_ptr: Longs
    stem_words: Longs
    word_tables: Tables

    @property
    def stems(self) -> int:
        """Number of stems."""
        return len(self.stem_word_ptr) - 1

    def plain_words(self, table: NDArray[np.int32]) -> Longs:
        """Returns a source's live words that are no compounds, given its table, int64."""
        return np.flatnonzero((table >= 0) & (table < len(self.word_stem)))


@dataclass(frozen=True, slots=True)
class PostingCounts:
    """Counts of a range of stems.

    Attributes:
        postings: df of each stem.
        places: occurrences of each stem.
        papers: df of each word, in the order of `WordMapping.stem_words`.
    """

    postings: Longs
    places: Longs
    papers: Longs


def write_postings(
    sources: Sequence[Source], doc_ids: Ranks, mapping: WordMapping, stretch: range, sink: Sink
) -> PostingCounts:
    """Writes the posting lists and positions of a range of stems: `docs` and `PACKED`.

    Args:
        sources: what to merge.
        doc_ids: for each source the doc id of each of its docs, int32, -1 for a dropped one.
        mapping: words and stems.
        stretch: range of stems.
        sink: takes the arrays.
    """
    sink.append("docs", np.zeros(0, np.int32))
    for name, least in PACKED:
        sink.append_packed(name, np.zeros(0, np.uint32), least)
    words = mapping.stem_word_ptr[stretch.stop] - mapping.stem_word_ptr[stretch.start]
    counts = PostingCounts(
        np.zeros(len(stretch), np.int64),
        np.zeros(len(stretch), np.int64),
        np.zeros(words, np.int64),
    )
    # Words of each source by stem, so that a range of stems is a slice.
    by_stem = [_words_by_stem(table, mapping, stretch) for table in mapping.word_tables]
    weights = count_occurrences(sources, mapping)[stretch.start : stretch.stop]
    docs = 1 + max((int(source_ids.max(initial=-1)) for source_ids in doc_ids), default=-1)
    for low, high, window in _batches(stretch, weights, docs):
        parts = [
            _occurrences_in(
                source,
                source_ids,
                table,
                words[slice(*np.searchsorted(stems, (low, high)))],
                window,
            )
            for source, source_ids, table, (words, stems) in zip(
                sources, doc_ids, mapping.word_tables, by_stem, strict=True
            )
        ]
        word = np.concatenate([words for words, _ in parts])
        position = np.concatenate([positions for _, positions in parts])
        for part in _split_to_fit(_Group(word, position, low, high), mapping):
            _write_group(part, mapping, stretch.start, counts, sink)
    return counts


def write_offsets(parts: Sequence[PostingCounts], mapping: WordMapping, sink: Sink) -> None:
    """Writes where the posting list of each stem begins, and the df of each word."""
    sink.put("stem_ptr", fitting(_starts(np.concatenate([part.postings for part in parts]))))
    sink.put("place_ptr", fitting(_starts(np.concatenate([part.places for part in parts]))))
    dfs = np.zeros(len(mapping.word_stem), np.int32)
    dfs[mapping.stem_words] = np.concatenate([part.papers for part in parts])
    sink.put("word_df", dfs)


def count_occurrences(sources: Sequence[Source], mapping: WordMapping) -> Longs:
    """Returns the occurrences of each stem, int64, those in dropped docs included."""
    counts = np.zeros(mapping.stems, np.int64)
    for source, table in zip(sources, mapping.word_tables, strict=True):
        local = mapping.plain_words(table)
        counts += np.bincount(
            mapping.word_stem[table[local]],
            weights=source.occurrence_counts[local],
            minlength=len(counts),
        ).astype(np.int64)
    return counts


def groups(words: Longs, counts: Ints) -> Iterator[Longs]:
    """Splits a list of words or stems into groups of about `_GROUP` occurrences."""
    group = np.cumsum(counts) // _GROUP
    cuts = np.flatnonzero(np.diff(group)) + 1
    yield from np.split(words, cuts)


def _batches(stretch: range, weights: Longs, docs: int) -> Iterator[tuple[int, int, range]]:
    """Splits a range of stems, each of some occurrences, into batches to be sorted.

    Yields:
        The first stem, the one after the last, and the range of docs; ascending within a stem.
    """
    for group in groups(np.arange(stretch.start, stretch.stop), weights) if len(stretch) else ():
        low, high = int(group[0]), int(group[-1]) + 1
        parts = -(-int(weights[low - stretch.start]) // _MOST)
        if parts > 1:  # only the first stem of a group can exceed a group
            for first, last in pairwise(np.linspace(0, docs, parts + 1).astype(int).tolist()):
                yield low, low + 1, range(first, last)
            low += 1
        if low < high:
            yield low, high, range(docs)


def _words_by_stem(
    table: NDArray[np.int32], mapping: WordMapping, stretch: range
) -> tuple[Words, Words]:
    """Returns a source's words within a range of stems, by stem, and these stems; both int32."""
    local = mapping.plain_words(table)
    stem = mapping.word_stem[table[local]]
    inside = (stem >= stretch.start) & (stem < stretch.stop)
    local, stem = local[inside], stem[inside]
    order = stable_order(stem)
    return local[order].astype(np.int32), stem[order].astype(np.int32)


def _occurrences_in(
    source: Source, doc_ids: NDArray[np.int32], table: NDArray[np.int32], words: Words, docs: range
) -> tuple[Longs, NDArray[np.uint64]]:
    """Returns a source's occurrences of some words in a range of docs, mapped to the new segment.

    Args:
        source: what to read.
        doc_ids: the doc id of each of its docs.
        table: the word id of each of its words.
        words: int32, of the source.
        docs: range of new doc ids.

    Returns:
        int64, word ids, and uint64, ``doc << 25 | field << 24 | position``.
    """
    word, position = source.occurrences(words.astype(np.int64), _source_range(doc_ids, docs))
    doc = doc_ids[position >> np.uint64(DOC_SHIFT)]
    inside = position & np.uint64((1 << DOC_SHIFT) - 1)
    word, position = (
        table[word].astype(np.int64),
        (doc.astype(np.uint64) << np.uint64(DOC_SHIFT)) | inside,
    )
    if doc.min(initial=docs.start) < docs.start or doc.max(initial=0) >= docs.stop:
        in_range = (doc >= docs.start) & (doc < docs.stop)
        word, position = word[in_range], position[in_range]
    return word, position


def _source_range(doc_ids: NDArray[np.int32], docs: range) -> range:
    """Returns the range of a source's docs that contains those of a range of new doc ids."""
    rows = np.flatnonzero((doc_ids >= docs.start) & (doc_ids < docs.stop))
    return range(int(rows[0]), int(rows[-1]) + 1) if len(rows) else range(0)


@dataclass(frozen=True, slots=True)
class _Group:
    """Unsorted occurrences of the stems from `low` up to `high`: word ids and positions."""

    word: Longs
    position: NDArray[np.uint64]
    low: int
    high: int


def _split_to_fit(group: _Group, mapping: WordMapping) -> Iterator[_Group]:
    """Splits a group until its sort keys fit 64 bits; texts of usual length need no split."""
    span = (group.high - group.low - 1).bit_length()
    if span + _shape_of(group, mapping).bits <= 64:
        yield group
        return
    middle = (group.low + group.high) // 2
    lower = mapping.word_stem[group.word] < middle
    for half, low, high in ((lower, group.low, middle), (~lower, middle, group.high)):
        part = _Group(group.word[half], group.position[half], low, high)
        yield from _split_to_fit(part, mapping)


def _write_group(
    group: _Group, mapping: WordMapping, start: int, counts: PostingCounts, sink: Sink
) -> None:
    """Sorts a group and writes its posting lists and positions.

    Args:
        group: occurrences.
        mapping: words and stems.
        start: the stem that `counts` begin with.
        counts: of the range of stems; updated.
        sink: takes the arrays.
    """
    keys, shape = _sort_keys(group, mapping)
    keys.sort()
    form_mask = np.uint64((1 << shape.form) - 1)
    form = keys & form_mask
    position = (keys >> np.uint64(shape.form)) & np.uint64((1 << shape.position) - 1)
    field = (keys >> np.uint64(shape.form + shape.position)) & np.uint64(1)
    pair = keys >> np.uint64(shape.form + shape.position + 1)
    is_first = np.ones(len(pair), np.bool_)
    np.not_equal(pair[1:], pair[:-1], out=is_first[1:])
    first = np.flatnonzero(is_first)
    ends = np.append(first, len(pair))
    count = np.diff(ends)
    before = np.zeros(len(pair) + 1, np.int32)
    np.cumsum(field, out=before[1:], dtype=np.int32)
    abstract = np.diff(before.take(ends))
    heads = pair[first]
    doc_mask = np.uint64((1 << shape.doc) - 1)
    stem = (heads >> np.uint64(shape.doc)).astype(np.int64)
    sink.append("docs", (heads & doc_mask).astype(np.int32))
    values = (count - abstract, abstract, position, form)
    for (name, least), numbers in zip(PACKED, values, strict=True):
        sink.append_packed(name, numbers.astype(np.uint32), least)
    span = group.high - group.low
    inside = slice(group.low - start, group.high - start)
    counts.postings[inside] += np.bincount(stem, minlength=span)
    counts.places[inside] += np.bincount(stem, weights=count, minlength=span).astype(np.int64)
    # df of a word: distinct (posting, form). Few postings contain more than one form.
    other = np.flatnonzero((form[1:] != form[:-1]) & ~is_first[1:]) + 1
    multiple = np.zeros(len(first), np.bool_)
    multiple[np.searchsorted(first, other, "right") - 1] = True
    rows = np.flatnonzero(multiple)
    indexes = np.flatnonzero(np.repeat(multiple, count))
    row = np.repeat(np.arange(len(rows), dtype=np.uint64), count[rows])
    pairs = distinct((row << np.uint64(shape.form)) | form[indexes])
    posting, repeated = rows[(pairs >> np.uint64(shape.form)).astype(np.int64)], pairs & form_mask
    begin = mapping.stem_word_ptr[group.low : group.high] - mapping.stem_word_ptr[start]
    for stems, forms in ((stem[posting], repeated), (stem[~multiple], form[first[~multiple]])):
        words = begin[stems] + forms.astype(np.int64)
        dfs = np.bincount(words - begin[0], minlength=1)
        counts.papers[begin[0] : begin[0] + len(dfs)] += dfs


@dataclass(frozen=True, slots=True)
class _Shape:
    """Widths in bits of the parts of a sort key."""

    doc: int
    position: int
    form: int

    @property
    def bits(self) -> int:
        """Bits of a key beside those of its stem."""
        return self.doc + 1 + self.position + self.form


def _shape_of(group: _Group, mapping: WordMapping) -> _Shape:
    """Returns the widths that a group needs."""
    return _Shape(
        int(group.position.max(initial=0) >> np.uint64(DOC_SHIFT)).bit_length(),
        int((group.position & np.uint64(_POSITION)).max(initial=0)).bit_length(),
        int(mapping.form[group.word].max(initial=0)).bit_length(),
    )


def _sort_keys(group: _Group, mapping: WordMapping) -> tuple[NDArray[np.uint64], _Shape]:
    """Returns the sort keys of a group, uint64, and their widths."""
    shape = _shape_of(group, mapping)
    keys = (mapping.word_stem[group.word] - group.low).astype(np.uint64)
    keys = (keys << np.uint64(shape.doc)) | (group.position >> np.uint64(DOC_SHIFT))
    field = (group.position >> np.uint64(FIELD_SHIFT)) & np.uint64(1)
    keys = (keys << np.uint64(1)) | field
    keys = (keys << np.uint64(shape.position)) | (group.position & np.uint64(_POSITION))
    return (keys << np.uint64(shape.form)) | mapping.form[group.word].astype(np.uint64), shape


def _starts(counts: Longs) -> Longs:
    """Returns where each row begins, given the row lengths: int64[rows + 1], the first 0."""
    ends = np.zeros(len(counts) + 1, np.int64)
    np.cumsum(counts, out=ends[1:])
    return ends
