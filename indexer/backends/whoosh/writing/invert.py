"""From words in papers to papers of stems: the text part of a segment, merged from sources.

Stems are done group by group, each of some million occurrences, so that memory does not grow with
the number of papers: gather the occurrences of a group from every source, number them anew, and
one sort of 64-bit keys ``stem | paper | field | position | form`` puts them into final order.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from indexer.backends.whoosh.storage.files import Sink
from indexer.backends.whoosh.storage.segment import Lexicon
from indexer.backends.whoosh.writing.numbers import Numbers, distinct
from indexer.backends.whoosh.writing.order import Order, put_strings
from indexer.backends.whoosh.writing.run import FIELD_SHIFT, PAPER_SHIFT, Source
from indexer.backends.whoosh.writing.stems import Stemmed

_GROUP = 1 << 19
"""Occurrences sorted at once."""
_POSITION = (1 << FIELD_SHIFT) - 1
Longs = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class _Vocabulary:
    """The words of a segment and where each source's words are among them.

    Attributes:
        words, stems, compounds: rising; words and compounds in UTF-8.
        word_stem: stem of each word. form: which word of its stem each is.
        stem_word_ptr, stem_words: words of each stem, rising.
        word_tables, compound_tables: for each source and each of its words the place among
            words (compounds), -1 where it is none or no paper that stays holds it.
    """

    words: list[bytes]
    stems: list[str]
    compounds: list[bytes]
    word_stem: Longs
    form: Longs
    stem_word_ptr: Longs
    stem_words: Longs
    word_tables: tuple[NDArray[np.int32], ...]
    compound_tables: tuple[NDArray[np.int32], ...]


def put_text(sources: Sequence[Source], order: Order, stems: Stemmed, sink: Sink) -> None:
    """Write the arrays of title and abstract.

    Args:
        sources: what to merge.
        order: their papers' numbers.
        stems: gives the stems of folded words, asked once per distinct word.
        sink: takes the arrays.
    """
    known = _vocabulary(sources, order, stems)
    put_strings(sink, "stems", Lexicon.of(known.stems))
    put_strings(sink, "words", Lexicon.of_raws(known.words))
    put_strings(sink, "compounds", Lexicon.of_raws(known.compounds))
    sink.put("word_stem", known.word_stem.astype(np.int32))
    sink.put("stem_word_ptr", known.stem_word_ptr)
    sink.put("stem_words", known.stem_words.astype(np.int32))
    for name, field in (("title_length", 0), ("abstract_length", 1)):
        sink.put(name, order.column(source.lengths[field] for source in sources))
    _put_compounds(sources, order, known, sink)
    _put_postings(sources, order, known, sink)


def _vocabulary(sources: Sequence[Source], order: Order, stemmed: Stemmed) -> _Vocabulary:
    ids: Numbers[bytes] = Numbers()
    tables = []
    for source, ranks in zip(sources, order.ranks, strict=True):
        raws = source.words.raws()
        live = np.flatnonzero(_live_words(source, ranks))
        if len(live) < len(raws):
            raws = [raws[at] for at in live.tolist()]
        table = np.full(len(source.words), -1, np.int32)
        table[live] = ids.of(raws)
        tables.append(table)
    words = sorted(word for word in ids if b" " not in word)
    compounds = sorted(word for word in ids if b" " in word)
    stem_of = stemmed([word.decode() for word in words])
    stems = sorted(set(stem_of))
    place = {one: at for at, one in enumerate(stems)}
    word_stem = np.array([place[one] for one in stem_of], np.int64)
    stem_words = np.argsort(word_stem, kind="stable")
    ptr = np.searchsorted(word_stem[stem_words], np.arange(len(stems) + 1))
    form = np.empty(len(words), np.int64)
    form[stem_words] = np.arange(len(words)) - ptr[word_stem[stem_words]]
    return _Vocabulary(
        words,
        stems,
        compounds,
        word_stem,
        form,
        ptr.astype(np.int64),
        stem_words,
        _renumbered(tables, ids, words),
        _renumbered(tables, ids, compounds),
    )


def _renumbered(
    tables: Sequence[NDArray[np.int32]], ids: Numbers[bytes], final: list[bytes]
) -> tuple[NDArray[np.int32], ...]:
    place = np.full(len(ids) + 1, -1, np.int32)
    place[ids.of(final)] = np.arange(len(final))
    return tuple(place[table] for table in tables)


def _live_words(source: Source, ranks: NDArray[np.int32]) -> NDArray[np.bool_]:
    """Tell which words of a source stand in papers that stay."""
    count = len(source.words)
    if (ranks >= 0).all():
        return np.ones(count, np.bool_)
    live = np.zeros(count, np.bool_)
    for words in _groups(np.arange(count), source.occurrence_counts):
        word, where = source.occurrences(words)
        live[word[ranks[where >> np.uint64(PAPER_SHIFT)] >= 0]] = True
    return live


def _groups(words: Longs, counts: Longs) -> Iterator[Longs]:
    """Cut a list of words into stretches of about `_GROUP` occurrences."""
    group = np.cumsum(counts) // _GROUP
    cuts = np.flatnonzero(np.diff(group)) + 1
    yield from np.split(words, cuts)


def _put_compounds(sources: Sequence[Source], order: Order, known: _Vocabulary, sink: Sink) -> None:
    pairs = [np.zeros(0, np.int64)]
    for source, ranks, table in zip(sources, order.ranks, known.compound_tables, strict=True):
        word, where = source.occurrences(np.flatnonzero(table >= 0))
        paper = ranks[where >> np.uint64(PAPER_SHIFT)].astype(np.int64)
        pairs.append(distinct((table[word].astype(np.int64) << 32 | paper)[paper >= 0]))
    every = distinct(np.concatenate(pairs))
    ptr = np.searchsorted(every >> 32, np.arange(len(known.compounds) + 1))
    sink.put("compound_ptr", ptr.astype(np.int64))
    sink.put("compound_papers", (every & 0xFFFFFFFF).astype(np.int32))


def _put_postings(sources: Sequence[Source], order: Order, known: _Vocabulary, sink: Sink) -> None:
    # Words of each source in the order of their final stems, to take a range of stems at once.
    by_stem = []
    counts = np.zeros(len(known.stems), np.int64)
    for source, table in zip(sources, known.word_tables, strict=True):
        local = np.flatnonzero(table >= 0)
        stem = known.word_stem[table[local]]
        places = np.argsort(stem, kind="stable")
        by_stem.append((local[places], stem[places]))
        counts += np.bincount(
            stem, weights=source.occurrence_counts[local], minlength=len(counts)
        ).astype(np.int64)
    postings = np.zeros(len(known.stems), np.int64)
    places_of = np.zeros(len(known.stems), np.int64)
    word_df = np.zeros(len(known.words), np.int64)
    for name, kind in _STREAMS:
        sink.append(name, np.zeros(0, kind))
    for group in _groups(np.arange(len(known.stems)), counts) if known.stems else ():
        low, high = int(group[0]), int(group[-1]) + 1
        taken = [
            _take(source, ranks, table, words[slice(*np.searchsorted(stems, (low, high)))])
            for source, ranks, table, (words, stems) in zip(
                sources, order.ranks, known.word_tables, by_stem, strict=True
            )
        ]
        word = np.concatenate([one for one, _ in taken])
        where = np.concatenate([one for _, one in taken])
        for part in _fitting(_Group(word, where, low, high), known):
            _put_group(part, known, (postings, places_of, word_df), sink)
    sink.put("stem_ptr", _ends(postings))
    sink.put("place_ptr", _ends(places_of))
    sink.put("word_df", word_df.astype(np.int32))


_STREAMS = (
    ("docs", "<i4"),
    ("title_tf", "<u4"),
    ("abstract_tf", "<u4"),
    ("places", "<u4"),
    ("forms", "<u4"),
)


def _take(
    source: Source, ranks: NDArray[np.int32], table: NDArray[np.int32], words: Longs
) -> tuple[Longs, NDArray[np.uint64]]:
    """Give a source's occurrences of some of its words: final words, and final places."""
    word, where = source.occurrences(words)
    paper = ranks[where >> np.uint64(PAPER_SHIFT)]
    inside = where & np.uint64((1 << PAPER_SHIFT) - 1)
    word, where = (
        table[word].astype(np.int64),
        (paper.astype(np.uint64) << np.uint64(PAPER_SHIFT)) | inside,
    )
    if paper.min(initial=0) < 0:
        stays = paper >= 0
        word, where = word[stays], where[stays]
    return word, where


@dataclass(frozen=True, slots=True)
class _Group:
    """Occurrences of the stems from `low` up to `high`, in no order."""

    word: Longs
    where: NDArray[np.uint64]
    low: int
    high: int


def _fitting(group: _Group, known: _Vocabulary) -> Iterator[_Group]:
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


def _put_group(
    group: _Group, known: _Vocabulary, totals: tuple[Longs, Longs, Longs], sink: Sink
) -> None:
    """Sort a group and write its postings and places; adds up what is counted by stem and word."""
    postings, places_of, word_df = totals
    keys, shape = _keys(group, known)
    keys.sort()
    form_mask = np.uint64((1 << shape.form) - 1)
    form = keys & form_mask
    position = (keys >> np.uint64(shape.form)) & np.uint64((1 << shape.position) - 1)
    field = (keys >> np.uint64(shape.form + shape.position)) & np.uint64(1)
    pair = keys >> np.uint64(shape.form + shape.position + 1)
    first = np.flatnonzero(np.concatenate([[True], pair[1:] != pair[:-1]]))[: len(pair)]
    count = np.diff(np.append(first, len(pair)))
    abstract = np.add.reduceat(field.astype(np.int64), first) if len(first) else first
    heads = pair[first]
    paper_mask = np.uint64((1 << shape.paper) - 1)
    stem = (heads >> np.uint64(shape.paper)).astype(np.int64)
    sink.append("docs", (heads & paper_mask).astype(np.int32))
    sink.append("title_tf", (count - abstract).astype(np.uint32))
    sink.append("abstract_tf", abstract.astype(np.uint32))
    sink.append("places", position.astype(np.uint32))
    sink.append("forms", form.astype(np.uint32))
    span = group.high - group.low
    postings[group.low : group.high] = np.bincount(stem, minlength=span)
    places_of[group.low : group.high] = np.bincount(stem, weights=count, minlength=span)
    # Papers of a word: distinct (posting, form). Only a posting of several places can repeat one.
    single = count == 1
    several = np.repeat(~single, count)
    row = np.repeat(np.arange(np.count_nonzero(~single), dtype=np.uint64), count[~single])
    held = np.sort((row << np.uint64(shape.form)) | form[several])
    held = held[np.concatenate([[True], held[1:] != held[:-1]])[: len(held)]]
    row, repeated = (held >> np.uint64(shape.form)).astype(np.int64), held & form_mask
    words = slice(int(known.stem_word_ptr[group.low]), int(known.stem_word_ptr[group.high]))
    begin = known.stem_word_ptr[group.low : group.high] - words.start
    for stems, forms in ((stem[~single][row], repeated), (stem[single], form[first[single]])):
        held_by = np.bincount(
            begin[stems] + forms.astype(np.int64), minlength=words.stop - words.start
        )
        word_df[known.stem_words[words]] += held_by


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


def _shape(group: _Group, known: _Vocabulary) -> _Shape:
    return _Shape(
        int(group.where.max(initial=0) >> np.uint64(PAPER_SHIFT)).bit_length(),
        int((group.where & np.uint64(_POSITION)).max(initial=0)).bit_length(),
        int(known.form[group.word].max(initial=0)).bit_length(),
    )


def _keys(group: _Group, known: _Vocabulary) -> tuple[NDArray[np.uint64], _Shape]:
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
