"""Reads the live papers of segments as the arrays that author disambiguation works on."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate

import numpy as np
from numpy.typing import NDArray

from indexer.authors.clustering.collection_arrays import (
    TERMS,
    CollectionArrays,
    Ints,
    Longs,
    PaperTerms,
    distinct,
)
from indexer.backends.whoosh.format.generation import OpenedSegment
from indexer.backends.whoosh.format.segment import Segment
from indexer.backends.whoosh.indexing.pending import Tombstones
from indexer.paper import Paper

_MOST_FREQUENT = 0.1
"""Share of the papers from which on a term tells nothing of a topic."""
_TITLE = 3
"""Occurrences in an abstract that one in the title counts as."""


@dataclass(frozen=True)
class Authorships:
    """Segments read as one collection; the paper numbers leave deleted docs out.

    Attributes:
        segments: each with the docs that are deleted, or None.
    """

    segments: Sequence[tuple[OpenedSegment, Tombstones | None]]

    @cached_property
    def _live(self) -> tuple[Longs, ...]:
        """For each segment its live docs."""
        return tuple(
            np.arange(segment.arrays.papers)
            if deleted is None
            else np.flatnonzero(~np.asarray(deleted))
            for segment, deleted in self.segments
        )

    @cached_property
    def _first(self) -> list[int]:
        """The number of each segment's first paper, and of all papers."""
        return list(accumulate(map(len, self._live), initial=0))

    @cached_property
    def collection(self) -> CollectionArrays:
        """The papers and their authors."""
        keys: dict[str, int] = {}
        venues: dict[str, int] = {}
        names: list[Ints] = []
        sizes: list[Longs] = []
        columns: dict[str, list[NDArray[np.int64]]] = {"year": [], "venue": [], "content": []}
        for (segment, _), live in zip(self.segments, self._live, strict=True):
            arrays = segment.arrays
            if len(self.segments) == 1:
                key_ids = np.arange(len(arrays.name_keys), dtype=np.int32)
                keys = dict.fromkeys(arrays.name_keys, 0)
            else:
                key_ids = np.array(
                    [keys.setdefault(key, len(keys)) for key in arrays.name_keys], np.int32
                )
            key_of_name = np.repeat(key_ids, np.diff(arrays.name_key_ptr))
            counts = np.diff(arrays.paper_names_ptr)
            alive = np.zeros(arrays.papers, np.bool_)
            alive[live] = True
            names.append(key_of_name[np.asarray(arrays.paper_names)[np.repeat(alive, counts)]])
            sizes.append(counts[live].astype(np.int64))
            venue_ids = np.array(
                [*(venues.setdefault(venue, len(venues)) for venue in arrays.venues), -1], np.int64
            )
            columns["venue"].append(venue_ids[arrays.venue[live]])
            columns["year"].append(arrays.year[live].astype(np.int64))
            columns["content"].append(segment.raw["content"][live].astype(np.int64))
        none = [np.zeros(0, np.int64)]
        year, venue, content = (np.concatenate(columns[name] or none) for name in columns)
        ptr, authors = _distinct(
            np.concatenate(names or [np.zeros(0, np.int32)]), np.concatenate(sizes or none)
        )
        return CollectionArrays(
            name_keys=list(keys),
            author_ptr=ptr,
            authors=authors,
            year=year.astype(np.int32),
            venue=venue.astype(np.int32),
            fingerprint=content.astype(np.uint64),
            terms_of=self.terms_of,
        )

    def paper_id(self, number: int) -> str:
        """Returns the paper id of a number."""
        at, doc = self._address(number)
        segment, _ = self.segments[at]
        return segment.arrays.ids[int(self._id_places[at][doc])]

    def paper(self, number: int) -> Paper:
        """Returns the paper of a number."""
        at, doc = self._address(number)
        return self.segments[at][0].store.paper(doc)

    def number(self, paper_id: str) -> int | None:
        """Returns the number of a paper id; None where there is no such paper."""
        for (segment, _), live, first in zip(self.segments, self._live, self._first, strict=False):
            place = segment.arrays.ids.find(paper_id)
            if place >= 0:
                doc = int(segment.arrays.id_paper[place])
                at = int(np.searchsorted(live, doc))
                if at < len(live) and live[at] == doc:
                    return first + at
        return None

    def terms_of(self, papers: Longs) -> PaperTerms:
        """Returns the terms of title and abstract with the highest tf-idf.

        A term's frequency is dampened by a logarithm (Salton & Buckley 1988, "Term-weighting
        approaches in automatic text retrieval"); an occurrence in the title counts as `_TITLE`.

        Args:
            papers: numbers, ascending.
        """
        ids: dict[str, int] = {}
        terms = PaperTerms(
            np.full((len(papers), TERMS), -1, np.int32),
            np.zeros((len(papers), TERMS), np.float32),
        )
        all_papers = self._first[-1]
        for at, (segment, _) in enumerate(self.segments):
            low, high = np.searchsorted(papers, self._first[at : at + 2]).tolist()
            if low == high:
                continue
            docs = self._live[at][papers[low:high] - self._first[at]]
            chosen, weights = _top_terms(segment.arrays, docs, self._frequencies[at], all_papers)
            if len(self.segments) > 1:
                stems = segment.arrays.stems
                used = np.unique(chosen[chosen >= 0])
                lookup = np.full(len(stems) + 1, -1, np.int32)
                lookup[used] = [ids.setdefault(stems[stem], len(ids)) for stem in used.tolist()]
                chosen = lookup[chosen]
            terms.ids[low:high], terms.weights[low:high] = chosen, weights
        return terms

    @cached_property
    def _frequencies(self) -> tuple[Longs, ...]:
        return tuple(self._frequency(at) for at in range(len(self.segments)))

    def _frequency(self, at: int) -> Longs:
        """Returns the document frequency of each stem of a segment; of a small one by the largest.

        The frequency within a segment, scaled to the whole, is exact with one segment. A segment
        of an update holds few papers, so its stems are looked up in the largest one.
        """
        arrays = self.segments[at][0].arrays
        own = np.diff(arrays.stem_ptr).astype(np.int64)
        largest = max(
            (segment.arrays for segment, _ in self.segments), key=lambda segment: segment.papers
        )
        if arrays is largest:
            return own
        places = np.array([largest.stems.find_raw(raw) for raw in arrays.stems.raws()], np.int64)
        known = places >= 0
        own[known] += np.diff(largest.stem_ptr)[places[known]]
        return own

    @cached_property
    def _id_places(self) -> tuple[Ints, ...]:
        """For each segment the place of each doc's id in the lexicon of ids."""
        places = []
        for segment, _ in self.segments:
            inverse = np.empty(segment.arrays.papers, np.int32)
            inverse[segment.arrays.id_paper] = np.arange(segment.arrays.papers, dtype=np.int32)
            places.append(inverse)
        return tuple(places)

    def _address(self, number: int) -> tuple[int, int]:
        at = bisect_right(self._first, number) - 1
        return at, int(self._live[at][number - self._first[at]])


def _distinct(names: Ints, sizes: Longs) -> tuple[Longs, Ints]:
    """Returns pointers and the distinct names of each paper, ascending."""
    papers = np.repeat(np.arange(len(sizes), dtype=np.int64), sizes)
    span = int(names.max(initial=0)) + 1
    pairs = distinct(papers * span + names)
    ptr = np.zeros(len(sizes) + 1, np.int64)
    np.cumsum(np.bincount(pairs // span, minlength=len(sizes)), out=ptr[1:])
    return ptr, (pairs % span).astype(np.int32)


def _top_terms(
    arrays: Segment, docs: Longs, frequency: Longs, papers: int
) -> tuple[Ints, NDArray[np.float32]]:
    """Returns ids and weights of the terms of some docs of one segment."""
    places = np.full(arrays.papers, -1, np.int32)
    places[docs] = np.arange(len(docs), dtype=np.int32)
    sizes = np.diff(arrays.stem_ptr)
    telling = (frequency > 1) & (frequency < max(2, papers * _MOST_FREQUENT))
    owner = places[arrays.docs]
    kept = np.flatnonzero((owner >= 0) & np.repeat(telling, sizes))
    owner = owner[kept]
    stem = np.repeat(np.arange(len(sizes), dtype=np.int32), sizes)[kept]
    tf = arrays.abstract_tf[kept] + _TITLE * arrays.title_tf[kept].astype(np.float32)
    idf = np.log(papers / np.maximum(frequency, 1)).astype(np.float32)
    weight = (1 + np.log(tf)) * idf[stem]
    norm = np.sqrt(np.bincount(owner, weight * weight, len(docs)))
    order = np.argsort(owner - weight / (weight.max(initial=0) + 1), kind="stable")
    owner, stem, weight = owner[order], stem[order], weight[order]
    starts = np.searchsorted(owner, np.arange(len(docs)))
    rank = np.arange(len(owner)) - starts[owner] if len(owner) else owner
    first = rank < TERMS
    ids = np.full((len(docs), TERMS), -1, np.int32)
    weights = np.zeros((len(docs), TERMS), np.float32)
    ids[owner[first], rank[first]] = stem[first]
    weights[owner[first], rank[first]] = weight[first] / norm[owner[first]]
    return ids, weights
