"""Rescoring: features of the top candidates that change their scores: coverage, proximity, title.

The second phase of ranking; `indexer.ranking` has the formula. Terms are those of the leaves that
search text, each once, in query order; names and filters take no part. Proximity counts ordered
pairs and windows of neighbouring terms (Metzler & Croft 2005, "A Markov random field model for term
dependencies", https://doi.org/10.1145/1076034.1076115).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from indexer.backends.whoosh.format.ragged_arrays import distinct
from indexer.backends.whoosh.kernels import address
from indexer.backends.whoosh.kernels.dispatch import Kernels
from indexer.backends.whoosh.postings.positions import is_member
from indexer.backends.whoosh.postings.segment_reader import Ids
from indexer.backends.whoosh.scoring.collection import Collection
from indexer.backends.whoosh.scoring.proximity import (
    PAPER,
    TermPositions,
    find_term_positions,
    stem_lookups,
)
from indexer.backends.whoosh.scoring.query_context import Execution
from indexer.backends.whoosh.scoring.scored_docs import ScoredDocs, Scores
from indexer.query_analysis.terms import StemTerm, TextTerm
from indexer.ranking import WINDOW, Ranking, idf

Flags = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Signals:
    """Features of the candidates of one segment.

    Attributes:
        coverage: float64[candidates], share of the terms that the doc contains, weighted by idf; 0
            for a query of one term.
        title_match: float64[candidates], squared Jaccard similarity of title and query.
        closeness: float64[pairs, candidates], proximity score of each pair of neighbouring terms;
            no rows where proximity does not count.
    """

    coverage: Scores
    title_match: Scores
    closeness: Scores

    def scores(self, base: Scores, ranking: Ranking) -> Scores:
        """Returns the final scores, given the clause scores."""
        factor = 1 + ranking.coverage * self.coverage + ranking.title_match * self.title_match
        total: Scores = base * factor
        for pair_scores in self.closeness:
            total += pair_scores
        return total


def signals_of(
    collection: Collection, looked: Candidates, terms: tuple[TextTerm, ...], execution: Execution
) -> Signals:
    """Computes the features of candidates.

    Args:
        collection: the index.
        looked: the candidates.
        terms: terms of the query; `execution` has looked all of them up.
        execution: the query being executed.
    """
    ranking, segment = collection.ranking, looked.segment
    arrays = collection.readers[segment].arrays
    with_proximity = len(terms) > 1 and bool(ranking.ordered or ranking.window)
    stems_to_find = stem_lookups(collection, segment, terms if with_proximity else ())
    dfs = [collection.scored(term, execution).papers for term in terms]
    stem_rows = {}
    for way in stems_to_find.sequences:
        # Such a term matches exactly the docs of its stem: no author name contains it.
        term, row = way.term, way.rows[0]
        if _is_stem(terms[term]) and dfs[term] == stems_to_find.rows[row].papers:
            stem_rows[term] = row
    postings_of = {
        i: collection.postings(term, execution)[segment]
        for i, term in enumerate(terms)
        if i not in stem_rows
    }
    stem_count = len(stems_to_find.rows)
    indexes = looked.places(
        [stem.span for stem in stems_to_find.rows],
        [postings.docs for postings in postings_of.values()],
    )
    positions = find_term_positions(
        collection.readers[segment], stems_to_find, indexes[:stem_count]
    )

    contains = np.zeros((len(terms), len(looked.papers)), np.bool_)
    in_title = np.zeros(contains.shape, np.bool_)
    if stem_rows:
        term_indexes, rows = list(stem_rows), list(stem_rows.values())
        contains[term_indexes] = indexes[rows] >= 0
        in_title[term_indexes] = positions.titles[rows]
    for (i, postings), column in zip(postings_of.items(), indexes[stem_count:], strict=True):
        contains[i] = present = column >= 0
        if postings.title is not None:
            in_title[i, present] = postings.title[column[present]] > 0
    weights = np.array([idf(collection.papers, count) for count in dfs])
    return Signals(
        _coverage(contains, weights),
        _title_match(in_title, arrays.title_length[looked.papers]),
        _closeness(ranking, positions, weights, contains.shape[1])
        if with_proximity
        else np.zeros((0, 1)),
    )


def _is_stem(term: TextTerm) -> bool:
    """Returns whether a term is a stem in any field."""
    return isinstance(term, StemTerm) and not term.exact and term.field is None


def _coverage(contains: Flags, weights: Scores) -> Scores:
    """Returns the coverage of each candidate."""
    if len(weights) < 2:
        return np.zeros(contains.shape[1])
    # `cumsum` adds term by term for any number of docs; `sum` may add a single one in pairs.
    covered: Scores = np.cumsum(contains * weights[:, None], axis=0)[-1] / sum(weights.tolist())
    return covered


def _title_match(in_title: Flags, lengths: NDArray[np.int32]) -> Scores:
    """Returns the title match of each candidate."""
    shared = in_title.sum(0)
    match: Scores = (shared / np.maximum(1, len(in_title) + lengths - shared)) ** 2
    return match


def _closeness(
    ranking: Ranking, positions: TermPositions, weights: Scores, candidates: int
) -> Scores:
    """Returns the proximity score of each pair of neighbouring terms."""
    starts, begins = positions.starts, positions.begins
    next_row = 1 << positions.shift  # the same position, of the next term
    ordered_pairs = distinct(
        begins[is_member(begins + positions.lengths + next_row, starts)], in_runs=True
    )
    in_window = starts.searchsorted(starts + (next_row + WINDOW))
    in_window -= starts.searchsorted(starts + (next_row - WINDOW + 1))
    width = 1 << (positions.shift - PAPER)
    size = width * len(weights)
    ordered_counts = np.bincount(ordered_pairs >> PAPER, minlength=size)
    window_counts = np.bincount(starts >> PAPER, weights=in_window, minlength=size)
    added = ranking.ordered * _saturated(ordered_counts, ranking.k1) + ranking.window * _saturated(
        window_counts, ranking.k1
    )
    pair_weights = np.maximum(weights[1:], weights[:-1])
    result: Scores = pair_weights[:, None] * added.reshape(-1, width)[:-1, :candidates]
    return result


def _saturated(frequency: NDArray[np.float64] | NDArray[np.int64], k1: float) -> Scores:
    """Returns BM25's saturation of a frequency."""
    result: Scores = frequency * (k1 + 1) / (k1 + frequency)
    return result


Places = NDArray[np.int64]
Span = tuple[int, int]
_Key = tuple[int, int]
"""Address and length of a posting list."""


class Candidates:
    """Candidates of one segment; caches their indexes in the posting lists they were looked up in.

    Attributes:
        segment: index of the segment.
        papers: int32, doc ids, ascending.
    """

    def __init__(
        self, segment: int, papers: Ids, docs: Ids, kernels: Kernels | None = None
    ) -> None:
        """Holds candidates.

        Args:
            segment: index of the segment.
            papers: int32, doc ids, ascending.
            docs: `Segment.docs` of the segment.
            kernels: compiled loops, or None for NumPy's.
        """
        self.segment = segment
        self.papers = np.ascontiguousarray(papers)
        self._docs = np.ascontiguousarray(docs)
        self._first = address(self._docs)
        self._kernels = kernels
        self._indexes: dict[_Key, Places] = {}
        # Keeps the looked-up lists alive: a freed address could be reused by another list.
        self._lists: list[Ids] = []

    def places(self, spans: Sequence[Span], lists: Sequence[Ids] = ()) -> Places:
        """Returns the index of each candidate in posting lists, or -1: int64[lists, candidates].

        Args:
            spans: ranges of `Segment.docs`.
            lists: int32, ascending, further lists.
        """
        contiguous = [np.ascontiguousarray(docs, np.int32) for docs in lists]
        self._lists += contiguous
        size = self._docs.itemsize
        keys = [(self._first + size * first, last - first) for first, last in spans]
        keys += [(address(docs), len(docs)) for docs in contiguous]
        new = {key: i for i, key in enumerate(keys) if key not in self._indexes}
        if new:
            new_indexes = self._look_up(new, spans, contiguous)
            self._indexes.update(zip(new, new_indexes, strict=True))
            if len(new) == len(keys):
                return new_indexes
        indexes = np.empty((len(keys), len(self.papers)), np.int64)
        for row, key in enumerate(keys):
            indexes[row] = self._indexes[key]
        return indexes

    def _look_up(
        self, new: Mapping[_Key, int], spans: Sequence[Span], lists: Sequence[Ids]
    ) -> Places:
        """Looks the candidates up in the lists that are new."""
        indexes = np.empty((len(new), len(self.papers)), np.int64)
        if self._kernels is not None:
            self._kernels.find_docs(np.array(list(new), np.int64), self.papers, indexes)
            return indexes
        docs_met = np.full(indexes.shape, -1, np.int32)
        for row, i in enumerate(new.values()):
            docs = self._docs[slice(*spans[i])] if i < len(spans) else lists[i - len(spans)]
            if len(docs):
                indexes[row] = docs.searchsorted(self.papers)
                docs.take(indexes[row], mode="clip", out=docs_met[row])
        return np.where(docs_met == self.papers, indexes, -1)

    def sums(self, parts: Sequence[ScoredDocs]) -> Scores:
        """Returns the sum of what lists score each candidate, in the order of the lists."""
        sums = np.zeros(len(self.papers))
        for part, indexes in zip(
            parts, self.places((), [part.docs for part in parts]), strict=True
        ):
            if not part.scoreless:
                present = indexes >= 0
                sums[present] += part.take_scores(indexes[present])
        return sums
