"""From words in papers to papers of stems: the postings of a segment, merged from sources.

Stems are done group by group, each of some hundred thousand occurrences, so that memory does not
grow with the number of papers: gather the occurrences of a group from every source, number them
anew, and one sort of 64-bit keys ``stem | paper | field | position | form`` puts them into final
order. Any stretch of stems can be done by itself, so several processes can share the work.
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
from indexer.backends.whoosh.indexing.runs import FIELD_SHIFT, PAPER_SHIFT, Source

_GROUP = 1 << 19
"""Occurrences sorted at once."""
_MOST = 1 << 20
"""Occurrences of one stem sorted at once; of a commoner one, papers are taken bit by bit."""
_POSITION = (1 << FIELD_SHIFT) - 1
Longs = NDArray[np.int64]
Words = NDArray[np.int32]
Ranks = Sequence[NDArray[np.int32]]
Tables = tuple[NDArray[np.int32], ...]
NARROW: Final = (("title_tf", 4), ("abstract_tf", 8), ("places", 8), ("forms", 2))
"""What grows stem by stem beside `docs`, and the fewest bits of a code: what every score is made
of is read as it is."""


@dataclass(frozen=True, slots=True)
class Numbering:
    """How the words of a segment belong to its stems, and those of its sources to them.

    Attributes:
        word_stem: stem of each word. form: which word of its stem each is.
        stem_word_ptr, stem_words: words of each stem, rising.
        word_tables: for each source and each of its words the number of the word, or of the
            compound where those are counted on from the words; -1 where no paper that stays holds
            it.
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

    def real(self, table: NDArray[np.int32]) -> Longs:
        """Give the words of a source, by its table, that are no compounds and stay."""
        return np.flatnonzero((table >= 0) & (table < len(self.word_stem)))


@dataclass(frozen=True, slots=True)
class Counts:
    """What is counted of a stretch of stems.

    Attributes:
        postings, places: papers and occurrences of each stem.
        papers: papers of each word, in the order of `Numbering.stem_words`.
    """

    postings: Longs
    places: Longs
    papers: Longs


def put_postings(
    sources: Sequence[Source], ranks: Ranks, known: Numbering, stretch: range, sink: Sink
) -> Counts:
    """Write the postings and places of a stretch of stems: `docs` and `NARROW`.

    Args:
        sources: what to merge.
        ranks: the final numbers of each source's papers, -1 for those that are dropped.
        known: the words.
        stretch: of stems.
        sink: takes the arrays.
    """
    sink.append("docs", np.zeros(0, np.int32))
    for name, least in NARROW:
        sink.append_narrow(name, np.zeros(0, np.uint32), least)
    words = known.stem_word_ptr[stretch.stop] - known.stem_word_ptr[stretch.start]
    counts = Counts(
        np.zeros(len(stretch), np.int64),
        np.zeros(len(stretch), np.int64),
        np.zeros(words, np.int64),
    )
    # Words of each source in the order of their final stems, to take a range of stems at once.
    by_stem = [_by_stem(table, known, stretch) for table in known.word_tables]
    weights = occurrences_of(sources, known)[stretch.start : stretch.stop]
    papers = 1 + max((int(rank.max(initial=-1)) for rank in ranks), default=-1)
    for low, high, window in _batches(stretch, weights, papers):
        taken = [
            _take(source, rank, table, words[slice(*np.searchsorted(stems, (low, high)))], window)
            for source, rank, table, (words, stems) in zip(
                sources, ranks, known.word_tables, by_stem, strict=True
            )
        ]
        word = np.concatenate([one for one, _ in taken])
        where = np.concatenate([one for _, one in taken])
        for part in _fitting(_Group(word, where, low, high), known):
            _put_group(part, known, stretch.start, counts, sink)
    return counts


def put_counts(parts: Sequence[Counts], known: Numbering, sink: Sink) -> None:
    """Write where the postings of each stem begin, and the papers of each word."""
    sink.put("stem_ptr", fitting(_ends(np.concatenate([one.postings for one in parts]))))
    sink.put("place_ptr", fitting(_ends(np.concatenate([one.places for one in parts]))))
    papers = np.zeros(len(known.word_stem), np.int32)
    papers[known.stem_words] = np.concatenate([one.papers for one in parts])
    sink.put("word_df", papers)


def occurrences_of(sources: Sequence[Source], known: Numbering) -> Longs:
    """Count the occurrences of each stem, those in dropped papers included."""
    counts = np.zeros(known.stems, np.int64)
    for source, table in zip(sources, known.word_tables, strict=True):
        local = known.real(table)
        counts += np.bincount(
            known.word_stem[table[local]],
            weights=source.occurrence_counts[local],
            minlength=len(counts),
        ).astype(np.int64)
    return counts


def groups(words: Longs, counts: Ints) -> Iterator[Longs]:
    """Cut a list of words, or stems, into stretches of about `_GROUP` occurrences."""
    group = np.cumsum(counts) // _GROUP
    cuts = np.flatnonzero(np.diff(group)) + 1
    yield from np.split(words, cuts)


def _batches(stretch: range, weights: Longs, papers: int) -> Iterator[tuple[int, int, range]]:
    """Cut a stretch of stems, each of some weight, into what is sorted at once.

    Yields:
        The first stem, the one after the last, and of which papers; for one stem they rise.
    """
    for group in groups(np.arange(stretch.start, stretch.stop), weights) if len(stretch) else ():
        low, high = int(group[0]), int(group[-1]) + 1
        parts = -(-int(weights[low - stretch.start]) // _MOST)
        if parts > 1:  # only the first of a group can weigh more than a group
            for first, last in pairwise(np.linspace(0, papers, parts + 1).astype(int).tolist()):
                yield low, low + 1, range(first, last)
            low += 1
        if low < high:
            yield low, high, range(papers)


def _by_stem(table: NDArray[np.int32], known: Numbering, stretch: range) -> tuple[Words, Words]:
    local = known.real(table)
    stem = known.word_stem[table[local]]
    inside = (stem >= stretch.start) & (stem < stretch.stop)
    local, stem = local[inside], stem[inside]
    places = stable_order(stem)
    return local[places].astype(np.int32), stem[places].astype(np.int32)


def _take(
    source: Source, ranks: NDArray[np.int32], table: NDArray[np.int32], words: Words, papers: range
) -> tuple[Longs, NDArray[np.uint64]]:
    """Give a source's occurrences of some words in some papers: final words, and final places."""
    word, where = source.occurrences(words.astype(np.int64), _own(ranks, papers))
    paper = ranks[where >> np.uint64(PAPER_SHIFT)]
    inside = where & np.uint64((1 << PAPER_SHIFT) - 1)
    word, where = (
        table[word].astype(np.int64),
        (paper.astype(np.uint64) << np.uint64(PAPER_SHIFT)) | inside,
    )
    if paper.min(initial=papers.start) < papers.start or paper.max(initial=0) >= papers.stop:
        stays = (paper >= papers.start) & (paper < papers.stop)
        word, where = word[stays], where[stays]
    return word, where


def _own(ranks: NDArray[np.int32], papers: range) -> range:
    """Give the stretch of a source's own papers that holds those with some final numbers."""
    asked = np.flatnonzero((ranks >= papers.start) & (ranks < papers.stop))
    return range(int(asked[0]), int(asked[-1]) + 1) if len(asked) else range(0)


@dataclass(frozen=True, slots=True)
class _Group:
    """Occurrences of the stems from `low` up to `high`, in no order."""

    word: Longs
    where: NDArray[np.uint64]
    low: int
    high: int


def _fitting(group: _Group, known: Numbering) -> Iterator[_Group]:
    """Split a group until its sort keys fit 64 bits; texts of any usual length need no split."""
    span = (group.high - group.low - 1).bit_length()
    if span + _shape(group, known).bits <= 64:
        yield group
        return
    middle = (group.low + group.high) // 2
    lower = known.word_stem[group.word] < middle
    for wanted, low, high in ((lower, group.low, middle), (~lower, middle, group.high)):
        part = _Group(group.word[wanted], group.where[wanted], low, high)
        yield from _fitting(part, known)


def _put_group(group: _Group, known: Numbering, start: int, counts: Counts, sink: Sink) -> None:
    """Sort a group and write its postings and places; `counts` are of the stems from `start` on."""
    keys, shape = _keys(group, known)
    keys.sort()
    form_mask = np.uint64((1 << shape.form) - 1)
    form = keys & form_mask
    position = (keys >> np.uint64(shape.form)) & np.uint64((1 << shape.position) - 1)
    field = (keys >> np.uint64(shape.form + shape.position)) & np.uint64(1)
    pair = keys >> np.uint64(shape.form + shape.position + 1)
    fresh = np.ones(len(pair), np.bool_)
    np.not_equal(pair[1:], pair[:-1], out=fresh[1:])
    first = np.flatnonzero(fresh)
    ends = np.append(first, len(pair))
    count = np.diff(ends)
    before = np.zeros(len(pair) + 1, np.int32)
    np.cumsum(field, out=before[1:], dtype=np.int32)
    abstract = np.diff(before.take(ends))
    heads = pair[first]
    paper_mask = np.uint64((1 << shape.paper) - 1)
    stem = (heads >> np.uint64(shape.paper)).astype(np.int64)
    sink.append("docs", (heads & paper_mask).astype(np.int32))
    values = (count - abstract, abstract, position, form)
    for (name, least), numbers in zip(NARROW, values, strict=True):
        sink.append_narrow(name, numbers.astype(np.uint32), least)
    span = group.high - group.low
    inside = slice(group.low - start, group.high - start)
    counts.postings[inside] += np.bincount(stem, minlength=span)
    counts.places[inside] += np.bincount(stem, weights=count, minlength=span).astype(np.int64)
    # Papers of a word: distinct (posting, form). Few postings hold more than one form.
    other = np.flatnonzero((form[1:] != form[:-1]) & ~fresh[1:]) + 1
    several = np.zeros(len(first), np.bool_)
    several[np.searchsorted(first, other, "right") - 1] = True
    rows = np.flatnonzero(several)
    at = np.flatnonzero(np.repeat(several, count))
    row = np.repeat(np.arange(len(rows), dtype=np.uint64), count[rows])
    held = distinct((row << np.uint64(shape.form)) | form[at])
    posting, repeated = rows[(held >> np.uint64(shape.form)).astype(np.int64)], held & form_mask
    begin = known.stem_word_ptr[group.low : group.high] - known.stem_word_ptr[start]
    for stems, forms in ((stem[posting], repeated), (stem[~several], form[first[~several]])):
        words = begin[stems] + forms.astype(np.int64)
        held_by = np.bincount(words - begin[0], minlength=1)
        counts.papers[begin[0] : begin[0] + len(held_by)] += held_by


@dataclass(frozen=True, slots=True)
class _Shape:
    """Bits of the parts of a sort key."""

    paper: int
    position: int
    form: int

    @property
    def bits(self) -> int:
        """Bits of a key beside those of its stem."""
        return self.paper + 1 + self.position + self.form


def _shape(group: _Group, known: Numbering) -> _Shape:
    return _Shape(
        int(group.where.max(initial=0) >> np.uint64(PAPER_SHIFT)).bit_length(),
        int((group.where & np.uint64(_POSITION)).max(initial=0)).bit_length(),
        int(known.form[group.word].max(initial=0)).bit_length(),
    )


def _keys(group: _Group, known: Numbering) -> tuple[NDArray[np.uint64], _Shape]:
    shape = _shape(group, known)
    keys = (known.word_stem[group.word] - group.low).astype(np.uint64)
    keys = (keys << np.uint64(shape.paper)) | (group.where >> np.uint64(PAPER_SHIFT))
    field = (group.where >> np.uint64(FIELD_SHIFT)) & np.uint64(1)
    keys = (keys << np.uint64(1)) | field
    keys = (keys << np.uint64(shape.position)) | (group.where & np.uint64(_POSITION))
    return (keys << np.uint64(shape.form)) | known.form[group.word].astype(np.uint64), shape


def _ends(counts: Longs) -> Longs:
    ends = np.zeros(len(counts) + 1, np.int64)
    np.cumsum(counts, out=ends[1:])
    return ends
