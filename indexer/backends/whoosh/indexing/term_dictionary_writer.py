"""Builds the term dictionary of a segment: surface forms, stems and compounds, merged from sources.

Stems of an older generation are reused, so a rebuild stems only new words (Porter2 English
stemmer, https://snowballstem.org/algorithms/english/stemmer.html, by NLTK).
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
from indexer.backends.whoosh.indexing.doc_order import DocOrder, write_strings
from indexer.backends.whoosh.indexing.postings_writer import WordMapping, groups
from indexer.backends.whoosh.indexing.runs import DOC_SHIFT, Source


@dataclass(frozen=True, slots=True)
class TermDictionary:
    """The terms of a segment.

    Attributes:
        words, stems, compounds: ascending; words and compounds in UTF-8.
        mapping: which words belong to which stem, and the words of each source.
    """

    words: list[bytes]
    stems: list[str]
    compounds: list[bytes]
    mapping: WordMapping


def build_terms(sources: Sequence[Source], order: DocOrder, stemmed: Stemmer) -> TermDictionary:
    """Returns the terms of the live docs.

    Args:
        sources: what to merge.
        order: the doc ids.
        stemmed: stems folded words; called once, with distinct words.
    """
    live = [
        _live_words(source, doc_ids) for source, doc_ids in zip(sources, order.doc_ids, strict=True)
    ]
    merged: set[bytes] = set()
    for source, rows in zip(sources, live, strict=True):
        merged.update(_take(source.words.raws(), rows))
    words = sorted(word for word in merged if b" " not in word)
    compounds = sorted(word for word in merged if b" " in word)
    del merged
    tables = _index_tables(chain(words, compounds), sources, live)
    stem_of = stemmed([word.decode() for word in words])
    stems = sorted(set(stem_of))
    stem_ids = {stem: stem_id for stem_id, stem in enumerate(stems)}
    word_stem = np.array([stem_ids[stem] for stem in stem_of], np.int64)
    stem_words = np.argsort(word_stem, kind="stable")
    ptr = np.searchsorted(word_stem[stem_words], np.arange(len(stems) + 1))
    form = np.empty(len(words), np.int64)
    form[stem_words] = np.arange(len(words)) - ptr[word_stem[stem_words]]
    mapping = WordMapping(
        word_stem,
        form,
        ptr.astype(np.int64),
        stem_words,
        tuple(tables),
    )
    return TermDictionary(words, stems, compounds, mapping)


def write_terms(
    sources: Sequence[Source], order: DocOrder, terms: TermDictionary, sink: Sink
) -> None:
    """Writes words, stems, compounds with their posting lists, and the field lengths."""
    write_strings(sink, "stems", Lexicon.of(terms.stems))
    write_strings(sink, "words", Lexicon.of_raws(terms.words))
    write_strings(sink, "compounds", Lexicon.of_raws(terms.compounds))
    sink.put("word_stem", terms.mapping.word_stem.astype(np.int32))
    sink.put("stem_word_ptr", fitting(terms.mapping.stem_word_ptr))
    sink.put("stem_words", terms.mapping.stem_words.astype(np.int32))
    for name, field in (("title_length", 0), ("abstract_length", 1)):
        sink.put(name, order.column(source.lengths[field] for source in sources))
    _write_compounds(sources, order, terms, sink)


def _index_tables(
    words: Iterable[bytes], sources: Sequence[Source], live: Sequence[NDArray[np.int64] | None]
) -> list[NDArray[np.int32]]:
    """Returns for each source the index of each of its words in a list; -1 for a dead word."""
    index_of = {word: index for index, word in enumerate(words)}
    tables = []
    for source, rows in zip(sources, live, strict=True):
        raws = _take(source.words.raws(), rows)
        indexes = np.fromiter(map(index_of.__getitem__, raws), np.int32, len(raws))
        if rows is not None:
            table = np.full(len(source.words), -1, np.int32)
            table[rows] = indexes
            indexes = table
        tables.append(indexes)
    return tables


def _take(raws: list[bytes], rows: NDArray[np.int64] | None) -> list[bytes]:
    """Returns the strings of some rows; all where `rows` is None."""
    return raws if rows is None else [raws[row] for row in rows.tolist()]


def _live_words(source: Source, doc_ids: NDArray[np.int32]) -> NDArray[np.int64] | None:
    """Returns the words of a source that occur in live docs, int64; None where all do."""
    if (doc_ids >= 0).all():
        return None
    count = len(source.words)
    live = np.zeros(count, np.bool_)
    for words in groups(np.arange(count), source.occurrence_counts):
        word, where = source.occurrences(words, range(source.papers))
        live[word[doc_ids[where >> np.uint64(DOC_SHIFT)] >= 0]] = True
    return np.flatnonzero(live)


def _write_compounds(
    sources: Sequence[Source], order: DocOrder, terms: TermDictionary, sink: Sink
) -> None:
    """Writes the posting list of each compound."""
    pairs = [np.zeros(0, np.int64)]
    words = len(terms.words)
    for source, doc_ids, table in zip(
        sources, order.doc_ids, terms.mapping.word_tables, strict=True
    ):
        word, where = source.occurrences(np.flatnonzero(table >= words), range(source.papers))
        doc = doc_ids[where >> np.uint64(DOC_SHIFT)].astype(np.int64)
        compound = table[word].astype(np.int64) - words
        pairs.append(distinct((compound << 32 | doc)[doc >= 0]))
    entries = distinct(np.concatenate(pairs))
    ptr = np.searchsorted(entries >> 32, np.arange(len(terms.compounds) + 1))
    sink.put("compound_ptr", fitting(ptr))
    sink.put("compound_papers", (entries & 0xFFFFFFFF).astype(np.int32))


Stemmer = Callable[[Sequence[str]], list[str]]
"""Returns the stem of each of some distinct folded words."""
_FEW: Final = 2000
"""Fewer words are stemmed anew: reading the stems of a generation would take longer."""


def reuse_stems(stem: Stemmer, analyzer: Analyzer, base: OpenedGeneration | None) -> Stemmer:
    """Returns a function from words to stems that looks words up in a generation first.

    Args:
        stem: stems new words, and all words where `base` was analysed otherwise.
        analyzer: analyses the new documents.
        base: the previous generation, or None.
    """

    def stems(words: Sequence[str]) -> list[str]:
        if base is None or len(words) < _FEW or base.manifest.analyzer != fingerprint(analyzer):
            return stem(words)
        stem_of: dict[str, str] = {}
        for segment in base.segments:
            segment_stems = list(segment.arrays.stems)
            word_stems = (segment_stems[stem_id] for stem_id in segment.arrays.word_stem.tolist())
            stem_of.update(zip(segment.arrays.words, word_stems, strict=True))
        new = [word for word in words if word not in stem_of]
        stem_of.update(zip(new, stem(new), strict=True))
        return [stem_of[word] for word in words]

    return stems
