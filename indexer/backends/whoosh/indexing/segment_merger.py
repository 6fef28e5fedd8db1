"""Sources to one segment.

A segment read as a source, so that segments merge the way they were built.
"""

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
from indexer.backends.whoosh.format.segment import Ints, Lexicon, Strings
from indexer.backends.whoosh.indexing.author_index_writer import put_people
from indexer.backends.whoosh.indexing.doc_order import (
    Order,
    chosen,
    joined,
    order_of,
    order_of_strings,
    put_values,
)
from indexer.backends.whoosh.indexing.parallel_merge import Share
from indexer.backends.whoosh.indexing.postings_writer import (
    occurrences_of,
    put_counts,
    put_postings,
)
from indexer.backends.whoosh.indexing.runs import FIELD_SHIFT, PAPER_SHIFT, Record, Source
from indexer.backends.whoosh.indexing.term_dictionary_writer import (
    Stemmed,
    put_vocabulary,
    vocabulary_of,
)

Dropped = NDArray[np.bool_]
_NOTHING: Final = np.zeros(0, np.uint8)


def merge(
    sources: Sequence[Source],
    dropped: Sequence[Dropped | None],
    stems: Stemmed,
    sink: Sink,
    share: Share | None = None,
) -> None:
    """Write the segment that holds the papers of some sources.

    Args:
        sources: runs and segments, together holding each id at most once beside those dropped.
        dropped: for each source which papers to leave out, or None to keep all.
        stems: gives the stems of folded words.
        sink: takes the arrays, those of `Segment` and of the store.
        share: does much of the work in other processes, where all sources are its runs.
    """
    records = [source.record for source in sources]
    order = order_of(records, dropped)
    people = share.begin_people(order) if share else None
    known = vocabulary_of(sources, order, stems)
    numbering = known.numbering
    postings = (
        share.begin_postings(numbering, occurrences_of(sources, numbering)) if share else None
    )
    put_vocabulary(sources, order, known, sink)
    put_values(records, order, sink)
    _put_identifiers(sources, order, sink)
    _put_store(sources, order, sink)
    if share and people and postings:
        share.end_people(people, sink)
        counts = list(share.end_postings(postings, sink))
    else:
        put_people(sources, order, sink)
        stretch = range(numbering.stems)
        counts = [put_postings(sources, order.ranks, numbering, stretch, sink)]
    put_counts(counts, numbering, sink)


def _put_store(sources: Sequence[Source], order: Order, sink: Sink) -> None:
    """Copy lines as they are where every paper stays and the dictionary is one, else pack anew."""
    dictionary = max(sources, key=lambda one: one.papers).store.dictionary if sources else _NOTHING
    sink.append("packed", _NOTHING)
    lengths = [np.zeros(1, np.int64)]
    slots = []
    first = 0
    for source, ranks in zip(sources, order.ranks, strict=True):
        papers = source.store
        packed, ends, slot = papers.packed, papers.ends, papers.slot
        stays = np.flatnonzero(ranks >= 0)
        if len(stays) < len(ranks) or not np.array_equal(papers.dictionary, dictionary):
            stays = stays[np.argsort(slot[stays])]
            packed, ends = document_store.pack(
                map(papers.line, stays.tolist()), dictionary.tobytes()
            )
            slot = np.zeros(len(ranks), np.int64)
            slot[stays] = np.arange(len(stays))
        sink.append("packed", packed)
        release(packed)
        lengths.append(np.diff(ends))
        slots.append(slot + first)
        first += len(ends) - 1
    sink.put("packed_ends", fitting(np.cumsum(np.concatenate(lengths), dtype=np.int64)))
    sink.put("slot", fitting(order.column(slots)))
    sink.put("dictionary", dictionary)


def _put_identifiers(sources: Sequence[Source], order: Order, sink: Sink) -> None:
    """Write the dictionary of identifiers of the papers that stay."""
    found = [source.identifiers for source in sources]
    keys = joined(strings for strings, _ in found)
    ranks = [ranks[papers] for (_, papers), ranks in zip(found, order.ranks, strict=True)]
    owner = np.concatenate(ranks) if ranks else np.zeros(0, np.int32)
    stays = np.flatnonzero(owner >= 0)
    by_paper = stays[np.argsort(owner[stays], kind="stable")]
    sorted_rows = by_paper[order_of_strings([keys], by_paper)]
    rising = chosen(keys, sorted_rows)
    papers = owner[sorted_rows].astype(np.int32)
    IdentifierDictionary(Lexicon(rising.blob, rising.ends), papers).put(sink)


_PAPERS: Final = 1 << 13
"""Papers read out of the store together."""


@dataclass(frozen=True, slots=True)
class SegmentSource:
    """A `run.Source` over a segment; its words are numbered as in `Segment.stem_words`."""

    opened: OpenedSegment

    @property
    def papers(self) -> int:
        """Number of papers, deleted ones included."""
        return self.opened.arrays.papers

    @property
    def words(self) -> Strings:
        """Surface words, stem by stem, then compounds."""
        arrays = self.opened.arrays
        words = arrays.words.raws()
        return Strings.of_raws(
            [*(words[at] for at in arrays.stem_words.tolist()), *arrays.compounds.raws()]
        )

    @property
    def occurrence_counts(self) -> Ints:
        """Occurrences of each word, a stem's shared out evenly among its words."""
        arrays = self.opened.arrays
        forms = np.diff(arrays.stem_word_ptr)
        share = -(-np.diff(arrays.place_ptr) // np.maximum(forms, 1))
        return np.concatenate([np.repeat(share, forms), np.diff(arrays.compound_ptr)])

    def occurrences(
        self, words: NDArray[np.int64], papers: range
    ) -> tuple[NDArray[np.int64], NDArray[np.uint64]]:
        """Give every occurrence of some words, see `run.Source`; compounds stand at place 0."""
        arrays = self.opened.arrays
        count = len(arrays.stem_words)
        plain, compounds = words[words < count], words[words >= count]
        at, counts = gathered(arrays.compound_ptr, compounds - count)
        where = arrays.compound_papers[at].astype(np.uint64) << np.uint64(PAPER_SHIFT)
        found = self._of_words(plain, papers)
        release(arrays.docs)
        return (
            np.concatenate([found[0], np.repeat(compounds, counts)]),
            np.concatenate([found[1], where]),
        )

    def _of_words(
        self, words: NDArray[np.int64], papers: range
    ) -> tuple[NDArray[np.int64], NDArray[np.uint64]]:
        arrays = self.opened.arrays
        stem_of = np.repeat(np.arange(len(arrays.stems)), np.diff(arrays.stem_word_ptr))
        stems = np.unique(stem_of[words])
        posting, postings = gathered(arrays.stem_ptr, stems)
        stem = np.repeat(stems, postings)
        title = arrays.title_tf[posting].astype(np.int64)
        both = title + arrays.abstract_tf[posting]
        # Occurrences of a stem stand together, posting by posting.
        places = np.diff(arrays.place_ptr)[stems]
        begin = np.repeat(arrays.place_ptr[stems] - (np.cumsum(places) - places), postings)
        begin += np.cumsum(both) - both
        paper = arrays.docs[posting]
        if papers != range(self.papers):
            stays = (paper >= papers.start) & (paper < papers.stop)
            stem, title, both = stem[stays], title[stays], both[stays]
            begin, paper = begin[stays], paper[stays]
        # Within a posting, title occurrences come first.
        inside = np.arange(int(both.sum())) - np.repeat(np.cumsum(both) - both, both)
        field = (inside >= np.repeat(title, both)).astype(np.uint64)
        place = np.repeat(begin, both) + inside
        where = np.repeat(paper.astype(np.uint64), both) << np.uint64(PAPER_SHIFT)
        where |= (field << np.uint64(FIELD_SHIFT)) | arrays.places[place].astype(np.uint64)
        word = np.repeat(arrays.stem_word_ptr[stem], both) + arrays.forms[place]
        wanted = np.zeros(len(arrays.stem_words), np.bool_)
        wanted[words] = True
        asked = wanted[word]
        return word[asked], where[asked]

    @property
    def lengths(self) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
        """Words that count of each title and of each abstract."""
        return self.opened.arrays.title_length, self.opened.arrays.abstract_length

    @property
    def names(self) -> Strings:
        """Distinct author names as printed."""
        return self.opened.arrays.names

    @property
    def paper_names(self) -> tuple[Ints, NDArray[np.int32]]:
        """Where each paper's names begin, and the names."""
        return self.opened.arrays.paper_names_ptr, self.opened.arrays.paper_names

    @property
    def record(self) -> Record:
        """The rest of each paper."""
        raw, arrays = self.opened.raw, self.opened.arrays
        ids = np.empty(arrays.papers, np.int64)
        ids[arrays.id_paper] = np.arange(arrays.papers)
        values = {
            one.name: raw[one.name]
            for one in fields(Record)
            if one.name not in ("ids", "title_keys", "venues", "types")
        }
        return Record(
            ids=chosen(arrays.ids, ids),
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

    def _title_keys(self) -> Strings:
        # Only merging needs them, so they are not kept but read out of the store, block by block.
        store = self.opened.store
        numbers = np.argsort(store.slot, kind="stable")
        parts = []
        for low in range(0, len(numbers), _PAPERS):
            some = map(store.paper, numbers[low : low + _PAPERS].tolist())
            parts.append(Strings.of([paper.title.casefold() for paper in some]))
            release(store.packed)
        at = np.empty(len(numbers), np.int64)
        at[numbers] = np.arange(len(numbers))
        return chosen(joined(parts), at)

    @property
    def store(self) -> PaperStore:
        """The papers as they were given."""
        return self.opened.store
