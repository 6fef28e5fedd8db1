"""Merges sources into one segment; a segment is read as a source like a run."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import Final

import numpy as np
from numpy.typing import NDArray

from indexer.backends.whoosh.format import document_store
from indexer.backends.whoosh.format.array_file import Sink, fitting, release
from indexer.backends.whoosh.format.document_store import PaperStore
from indexer.backends.whoosh.format.generation import OpenedSegment
from indexer.backends.whoosh.format.identifier_dictionary import IdentifierDictionary, keys_of
from indexer.backends.whoosh.format.ragged_arrays import gathered
from indexer.backends.whoosh.format.record_terms import RecordTerms
from indexer.backends.whoosh.format.segment import Ints, Lexicon, Strings
from indexer.backends.whoosh.indexing.author_index_writer import write_authors
from indexer.backends.whoosh.indexing.doc_order import (
    DocOrder,
    assign_doc_ids,
    concatenate,
    order_of_strings,
    take_strings,
    write_columns,
)
from indexer.backends.whoosh.indexing.parallel_merge import ParallelMerge
from indexer.backends.whoosh.indexing.postings_writer import (
    count_occurrences,
    write_offsets,
    write_postings,
)
from indexer.backends.whoosh.indexing.runs import DOC_SHIFT, FIELD_SHIFT, DocColumns, Source
from indexer.backends.whoosh.indexing.term_dictionary_writer import (
    Stemmer,
    build_terms,
    write_terms,
)

Dropped = NDArray[np.bool_]
_NOTHING: Final = np.zeros(0, np.uint8)


def merge(
    sources: Sequence[Source],
    dropped: Sequence[Dropped | None],
    stems: Stemmer,
    sink: Sink,
    parallel: ParallelMerge | None = None,
) -> None:
    """Writes the segment that contains the live docs of some sources.

    Args:
        sources: runs and segments; apart from dropped docs their paper ids are distinct.
        dropped: for each source which docs to leave out, bool, or None for none.
        stems: stems folded words.
        sink: takes the arrays: those of `Segment` and of the document store.
        parallel: has worker processes do most of the work; only where all sources are its runs.
    """
    columns = [source.columns for source in sources]
    order = assign_doc_ids(columns, dropped)
    authors = parallel.begin_authors(order) if parallel else None
    terms = build_terms(sources, order, stems)
    mapping = terms.mapping
    postings = (
        parallel.begin_postings(mapping, count_occurrences(sources, mapping)) if parallel else None
    )
    write_terms(sources, order, terms, sink)
    write_columns(columns, order, sink)
    _write_identifiers(sources, order, sink)
    RecordTerms.merged([source.record_terms for source in sources], order.doc_ids).put(sink)
    _write_store(sources, order, sink)
    if parallel and authors and postings:
        parallel.end_authors(authors, sink)
        counts = list(parallel.end_postings(postings, sink))
    else:
        write_authors(sources, order, sink)
        stretch = range(mapping.stems)
        counts = [write_postings(sources, order.doc_ids, mapping, stretch, sink)]
    write_offsets(counts, mapping, sink)


def _write_store(sources: Sequence[Source], order: DocOrder, sink: Sink) -> None:
    """Writes the document store: compressed docs are copied where all stay, else made anew."""
    dictionary = (
        max(sources, key=lambda source: source.papers).store.dictionary if sources else _NOTHING
    )
    sink.append("packed", _NOTHING)
    lengths = [np.zeros(1, np.int64)]
    slots = []
    first = 0
    for source, doc_ids in zip(sources, order.doc_ids, strict=True):
        store = source.store
        packed, ends, slot = store.packed, store.ends, store.slot
        live = np.flatnonzero(doc_ids >= 0)
        if len(live) < len(doc_ids) or not np.array_equal(store.dictionary, dictionary):
            live = live[np.argsort(slot[live])]
            packed, ends = document_store.pack(map(store.line, live.tolist()), dictionary.tobytes())
            slot = np.zeros(len(doc_ids), np.int64)
            slot[live] = np.arange(len(live))
        sink.append("packed", packed)
        release(packed)
        lengths.append(np.diff(ends))
        slots.append(slot + first)
        first += len(ends) - 1
    sink.put("packed_ends", fitting(np.cumsum(np.concatenate(lengths), dtype=np.int64)))
    sink.put("slot", fitting(order.column(slots)))
    sink.put("dictionary", dictionary)


def _write_identifiers(sources: Sequence[Source], order: DocOrder, sink: Sink) -> None:
    """Writes the dictionary of identifiers of the docs that stay."""
    parts = [source.identifiers for source in sources]
    keys = concatenate(strings for strings, _ in parts)
    new_ids = [ids[docs] for (_, docs), ids in zip(parts, order.doc_ids, strict=True)]
    owners = np.concatenate(new_ids) if new_ids else np.zeros(0, np.int32)
    live = np.flatnonzero(owners >= 0)
    by_doc = live[np.argsort(owners[live], kind="stable")]
    rows = by_doc[order_of_strings([keys], by_doc)]
    rising = take_strings(keys, rows)
    docs = owners[rows].astype(np.int32)
    IdentifierDictionary(Lexicon(rising.blob, rising.ends), docs).put(sink)


_PAPERS: Final = 1 << 13
"""Docs decoded at a time, to bound memory."""


@dataclass(frozen=True, slots=True)
class SegmentSource:
    """A `runs.Source` over a segment; its words are numbered as in `Segment.stem_words`."""

    opened: OpenedSegment

    @property
    def papers(self) -> int:
        """Number of docs, deleted ones included."""
        return self.opened.arrays.papers

    @property
    def words(self) -> Strings:
        """Surface forms, stem by stem, then compounds."""
        arrays = self.opened.arrays
        words = arrays.words.raws()
        return Strings.of_raws(
            [*(words[word] for word in arrays.stem_words.tolist()), *arrays.compounds.raws()]
        )

    @property
    def occurrence_counts(self) -> Ints:
        """Occurrences of each word, estimated: those of a stem divided by its words."""
        arrays = self.opened.arrays
        forms = np.diff(arrays.stem_word_ptr)
        share = -(-np.diff(arrays.place_ptr) // np.maximum(forms, 1))
        return np.concatenate([np.repeat(share, forms), np.diff(arrays.compound_ptr)])

    def occurrences(
        self, words: NDArray[np.int64], papers: range
    ) -> tuple[NDArray[np.int64], NDArray[np.uint64]]:
        """Returns all occurrences of some words, see `runs.Source`; a compound's position is 0."""
        arrays = self.opened.arrays
        count = len(arrays.stem_words)
        plain, compounds = words[words < count], words[words >= count]
        indexes, counts = gathered(arrays.compound_ptr, compounds - count)
        position = arrays.compound_papers[indexes].astype(np.uint64) << np.uint64(DOC_SHIFT)
        plain_occurrences = self._of_words(plain, papers)
        release(arrays.docs)
        return (
            np.concatenate([plain_occurrences[0], np.repeat(compounds, counts)]),
            np.concatenate([plain_occurrences[1], position]),
        )

    def _of_words(
        self, words: NDArray[np.int64], papers: range
    ) -> tuple[NDArray[np.int64], NDArray[np.uint64]]:
        """Returns the occurrences of words that are no compounds."""
        arrays = self.opened.arrays
        stem_of = np.repeat(np.arange(len(arrays.stems)), np.diff(arrays.stem_word_ptr))
        stems = np.unique(stem_of[words])
        posting, postings = gathered(arrays.stem_ptr, stems)
        stem = np.repeat(stems, postings)
        title = arrays.title_tf[posting].astype(np.int64)
        both = title + arrays.abstract_tf[posting]
        # Occurrences of a stem are adjacent, posting by posting.
        stem_occurrences = np.diff(arrays.place_ptr)[stems]
        begin = np.repeat(
            arrays.place_ptr[stems] - (np.cumsum(stem_occurrences) - stem_occurrences), postings
        )
        begin += np.cumsum(both) - both
        doc = arrays.docs[posting]
        if papers != range(self.papers):
            in_range = (doc >= papers.start) & (doc < papers.stop)
            stem, title, both = stem[in_range], title[in_range], both[in_range]
            begin, doc = begin[in_range], doc[in_range]
        # Within a posting, title occurrences come first.
        inside = np.arange(int(both.sum())) - np.repeat(np.cumsum(both) - both, both)
        field = (inside >= np.repeat(title, both)).astype(np.uint64)
        index = np.repeat(begin, both) + inside
        position = np.repeat(doc.astype(np.uint64), both) << np.uint64(DOC_SHIFT)
        position |= (field << np.uint64(FIELD_SHIFT)) | arrays.places[index].astype(np.uint64)
        word = np.repeat(arrays.stem_word_ptr[stem], both) + arrays.forms[index]
        selected = np.zeros(len(arrays.stem_words), np.bool_)
        selected[words] = True
        is_selected = selected[word]
        return word[is_selected], position[is_selected]

    @property
    def lengths(self) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
        """Field lengths of title and abstract."""
        return self.opened.arrays.title_length, self.opened.arrays.abstract_length

    @property
    def names(self) -> Strings:
        """Distinct author names as printed."""
        return self.opened.arrays.names

    @property
    def paper_names(self) -> tuple[Ints, NDArray[np.int32]]:
        """Where each doc's names begin, and the names."""
        return self.opened.arrays.paper_names_ptr, self.opened.arrays.paper_names

    @property
    def columns(self) -> DocColumns:
        """The columns of the docs."""
        raw, arrays = self.opened.raw, self.opened.arrays
        id_rows = np.empty(arrays.papers, np.int64)
        id_rows[arrays.id_paper] = np.arange(arrays.papers)
        values = {
            field.name: raw[field.name]
            for field in fields(DocColumns)
            if field.name not in ("ids", "title_keys", "venues", "types")
        }
        return DocColumns(
            ids=take_strings(arrays.ids, id_rows),
            title_keys=self._title_keys(),
            venues=arrays.venues,
            types=arrays.types,
            **values,
        )

    @property
    def identifiers(self) -> tuple[Strings, Ints]:
        """Keys of identifiers, and the paper of each."""
        written = self.opened.identifiers
        if written is not None:
            return written.keys, written.papers
        store = self.opened.store
        return keys_of(map(store.paper, range(self.papers)))

    @property
    def record_terms(self) -> RecordTerms:
        """The words of record fields."""
        written = self.opened.record_terms
        if written is not None:
            return written
        return RecordTerms.of_papers(map(self.opened.store.paper, range(self.papers)))

    def _title_keys(self) -> Strings:
        """Returns the case-folded titles, in doc id order."""
        # Only a merge needs them, so they are not in the segment but decoded from the store.
        store = self.opened.store
        docs = np.argsort(store.slot, kind="stable")
        parts = []
        for low in range(0, len(docs), _PAPERS):
            papers = map(store.paper, docs[low : low + _PAPERS].tolist())
            parts.append(Strings.of([paper.title.casefold() for paper in papers]))
            release(store.packed)
        rows = np.empty(len(docs), np.int64)
        rows[docs] = np.arange(len(docs))
        return take_strings(concatenate(parts), rows)

    @property
    def store(self) -> PaperStore:
        """The stored fields of the docs."""
        return self.opened.store
