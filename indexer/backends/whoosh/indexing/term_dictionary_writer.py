"""The words of a segment, merged from those of its sources, and their stems.

Stems known from an older generation, so that a rebuild asks NLTK only for new words.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Final

import numpy as np
from numpy.typing import NDArray

from indexer.analysis import Analyzer
from indexer.backends.whoosh.format.array_file import Sink, fitting
from indexer.backends.whoosh.format.generation import OpenedGeneration
from indexer.backends.whoosh.format.manifest import fingerprint
from indexer.backends.whoosh.format.ragged_arrays import distinct
from indexer.backends.whoosh.format.segment import Lexicon
from indexer.backends.whoosh.indexing.doc_order import Order, put_strings
from indexer.backends.whoosh.indexing.postings_writer import Numbering, groups
from indexer.backends.whoosh.indexing.runs import PAPER_SHIFT, Source


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """The words of a segment and where each source's words are among them.

    Attributes:
        words, stems, compounds: rising; words and compounds in UTF-8.
        numbering: how words and stems belong together.
    """

    words: list[bytes]
    stems: list[str]
    compounds: list[bytes]
    numbering: Numbering


def vocabulary_of(sources: Sequence[Source], order: Order, stemmed: Stemmed) -> Vocabulary:
    """Find the words of the papers that stay, and stem them.

    Args:
        sources: what to merge.
        order: their papers' numbers.
        stemmed: gives the stems of folded words, asked once per distinct word.
    """
    live = [_live_words(source, ranks) for source, ranks in zip(sources, order.ranks, strict=True)]
    every: set[bytes] = set()
    for source, rows in zip(sources, live, strict=True):
        every.update(_chosen(source.words.raws(), rows))
    words = sorted(word for word in every if b" " not in word)
    compounds = sorted(word for word in every if b" " in word)
    del every
    tables = _places_in(chain(words, compounds), sources, live)
    stem_of = stemmed([word.decode() for word in words])
    stems = sorted(set(stem_of))
    place = {one: at for at, one in enumerate(stems)}
    word_stem = np.array([place[one] for one in stem_of], np.int64)
    stem_words = np.argsort(word_stem, kind="stable")
    ptr = np.searchsorted(word_stem[stem_words], np.arange(len(stems) + 1))
    form = np.empty(len(words), np.int64)
    form[stem_words] = np.arange(len(words)) - ptr[word_stem[stem_words]]
    numbering = Numbering(
        word_stem,
        form,
        ptr.astype(np.int64),
        stem_words,
        tuple(tables),
    )
    return Vocabulary(words, stems, compounds, numbering)


def put_vocabulary(sources: Sequence[Source], order: Order, known: Vocabulary, sink: Sink) -> None:
    """Write words and stems, compounds with their papers, and the lengths of texts."""
    put_strings(sink, "stems", Lexicon.of(known.stems))
    put_strings(sink, "words", Lexicon.of_raws(known.words))
    put_strings(sink, "compounds", Lexicon.of_raws(known.compounds))
    sink.put("word_stem", known.numbering.word_stem.astype(np.int32))
    sink.put("stem_word_ptr", fitting(known.numbering.stem_word_ptr))
    sink.put("stem_words", known.numbering.stem_words.astype(np.int32))
    for name, field in (("title_length", 0), ("abstract_length", 1)):
        sink.put(name, order.column(source.lengths[field] for source in sources))
    _put_compounds(sources, order, known, sink)


def _places_in(
    words: Iterable[bytes], sources: Sequence[Source], live: Sequence[NDArray[np.int64] | None]
) -> list[NDArray[np.int32]]:
    """Give each source's words their places in a list; -1 those that are not live."""
    place = {word: at for at, word in enumerate(words)}
    tables = []
    for source, rows in zip(sources, live, strict=True):
        raws = _chosen(source.words.raws(), rows)
        found = np.fromiter(map(place.__getitem__, raws), np.int32, len(raws))
        if rows is not None:
            table = np.full(len(source.words), -1, np.int32)
            table[rows] = found
            found = table
        tables.append(found)
    return tables


def _chosen(raws: list[bytes], rows: NDArray[np.int64] | None) -> list[bytes]:
    return raws if rows is None else [raws[at] for at in rows.tolist()]


def _live_words(source: Source, ranks: NDArray[np.int32]) -> NDArray[np.int64] | None:
    """Give the words of a source that stand in papers that stay; None where all do."""
    if (ranks >= 0).all():
        return None
    count = len(source.words)
    live = np.zeros(count, np.bool_)
    for words in groups(np.arange(count), source.occurrence_counts):
        word, where = source.occurrences(words, range(source.papers))
        live[word[ranks[where >> np.uint64(PAPER_SHIFT)] >= 0]] = True
    return np.flatnonzero(live)


def _put_compounds(sources: Sequence[Source], order: Order, known: Vocabulary, sink: Sink) -> None:
    pairs = [np.zeros(0, np.int64)]
    words = len(known.words)
    for source, ranks, table in zip(sources, order.ranks, known.numbering.word_tables, strict=True):
        word, where = source.occurrences(np.flatnonzero(table >= words), range(source.papers))
        paper = ranks[where >> np.uint64(PAPER_SHIFT)].astype(np.int64)
        compound = table[word].astype(np.int64) - words
        pairs.append(distinct((compound << 32 | paper)[paper >= 0]))
    every = distinct(np.concatenate(pairs))
    ptr = np.searchsorted(every >> 32, np.arange(len(known.compounds) + 1))
    sink.put("compound_ptr", fitting(ptr))
    sink.put("compound_papers", (every & 0xFFFFFFFF).astype(np.int32))


Stemmed = Callable[[Sequence[str]], list[str]]
"""Gives the stem of each of some distinct folded words."""
_FEW: Final = 2000


def known_stems(stem: Stemmed, analyzer: Analyzer, base: OpenedGeneration | None) -> Stemmed:
    """Give a function from words to stems that knows the words of a generation already.

    Args:
        stem: stems what is new, and everything where `base` was analysed otherwise.
        analyzer: how the words are analysed now.
        base: the generation before, or None.
    """

    def stems(words: Sequence[str]) -> list[str]:
        if base is None or len(words) < _FEW or base.manifest.analyzer != fingerprint(analyzer):
            return stem(words)
        known: dict[str, str] = {}
        for segment in base.segments:
            of_segment = list(segment.arrays.stems)
            of_word = (of_segment[at] for at in segment.arrays.word_stem.tolist())
            known.update(zip(segment.arrays.words, of_word, strict=True))
        new = [word for word in words if word not in known]
        known.update(zip(new, stem(new), strict=True))
        return [known[word] for word in words]

    return stems
