"""A segment read as a source, so that segments merge the way they were built."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Final

import numpy as np
from numpy.typing import NDArray

from indexer.backends.whoosh.storage.files import release
from indexer.backends.whoosh.storage.opened import OpenedSegment
from indexer.backends.whoosh.storage.segment import Ints, Strings
from indexer.backends.whoosh.storage.store import PaperStore
from indexer.backends.whoosh.writing.run import FIELD_SHIFT, PAPER_SHIFT, Record, gathered
from indexer.backends.whoosh.writing.strings import chosen, joined

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
