"""What is added to the score of the best papers: coverage, closeness and the title.

See `indexer.ranking` for the formula. The terms are those of the leaves that ask for words of the
text, each once, in the order of the query; names and tests take no part.

Some hundred papers looked up in lists of papers, most of them longer.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from indexer.backends.whoosh.format.ragged_arrays import address
from indexer.backends.whoosh.kernels.dispatch import Kernels
from indexer.backends.whoosh.postings.positions import distinct, is_member
from indexer.backends.whoosh.postings.segment_reader import Ids
from indexer.backends.whoosh.scoring.collection import Collection
from indexer.backends.whoosh.scoring.proximity import PAPER, Standing, sought, stand
from indexer.backends.whoosh.scoring.query_context import Execution
from indexer.backends.whoosh.scoring.scored_docs import Matches, Scores
from indexer.query_analysis.terms import StemTerm, TextTerm
from indexer.ranking import WINDOW, Ranking, idf

Flags = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Signals:
    """What the signals find in some papers of one segment; one entry a paper in each array.

    Attributes:
        coverage: share of the terms the paper holds, by idf; 0 where the query has but one.
        title_match: how much of title and query is the same, squared.
        closeness: what it adds, a row for each two neighbouring terms, in their order; no row
            where it does not count.
    """

    coverage: Scores
    title_match: Scores
    closeness: Scores

    def scores(self, base: Scores, ranking: Ranking) -> Scores:
        """Give the final scores of papers whose clause scores are `base`."""
        factor = 1 + ranking.coverage * self.coverage + ranking.title_match * self.title_match
        total: Scores = base * factor
        for added in self.closeness:
            total += added
        return total


def signals_of(
    collection: Collection, looked: Looked, terms: tuple[TextTerm, ...], asked: Execution
) -> Signals:
    """Look at some papers.

    Args:
        collection: where.
        looked: the papers.
        terms: of the query, all of them found.
        asked: the query while it is answered.
    """
    ranking, segment = collection.ranking, looked.segment
    arrays = collection.readers[segment].arrays
    near = len(terms) > 1 and bool(ranking.ordered or ranking.window)
    wanted = sought(collection, segment, terms if near else ())
    holding = [collection.scored(term, asked).papers for term in terms]
    plain = {}
    for course in wanted.courses:
        # The papers of such a term are those of its stem: it is no word of an author there.
        term, row = course.term, course.rows[0]
        if _is_stem(terms[term]) and holding[term] == wanted.rows[row].papers:
            plain[term] = row
    found = {
        one: collection.postings(term, asked)[segment]
        for one, term in enumerate(terms)
        if one not in plain
    }
    stems = len(wanted.rows)
    places = looked.places([one.span for one in wanted.rows], [one.docs for one in found.values()])
    standing = stand(collection.readers[segment], wanted, places[:stems])

    held = np.zeros((len(terms), len(looked.papers)), np.bool_)
    titled = np.zeros(held.shape, np.bool_)
    if plain:
        at, rows = list(plain), list(plain.values())
        held[at] = places[rows] >= 0
        titled[at] = standing.titles[rows]
    for (one, postings), place in zip(found.items(), places[stems:], strict=True):
        held[one] = there = place >= 0
        if postings.title is not None:
            titled[one, there] = postings.title[place[there]] > 0
    weights = np.array([idf(collection.papers, count) for count in holding])
    return Signals(
        _coverage(held, weights),
        _title_match(titled, arrays.title_length[looked.papers]),
        _closeness(ranking, standing, weights, held.shape[1]) if near else np.zeros((0, 1)),
    )


def _is_stem(term: TextTerm) -> bool:
    return isinstance(term, StemTerm) and not term.exact and term.field is None


def _coverage(held: Flags, weights: Scores) -> Scores:
    if len(weights) < 2:
        return np.zeros(held.shape[1])
    # Term by term, however many papers there are: `sum` may begin elsewhere where there is one.
    covered: Scores = np.cumsum(held * weights[:, None], axis=0)[-1] / sum(weights.tolist())
    return covered


def _title_match(titled: Flags, lengths: NDArray[np.int32]) -> Scores:
    shared = titled.sum(0)
    match: Scores = (shared / np.maximum(1, len(titled) + lengths - shared)) ** 2
    return match


def _closeness(ranking: Ranking, standing: Standing, weights: Scores, papers: int) -> Scores:
    starts, begins = standing.starts, standing.begins
    behind = 1 << standing.shift  # the same place, of the next term
    follows = distinct(begins[is_member(begins + standing.lengths + behind, starts)])
    close = starts.searchsorted(starts + (behind + WINDOW))
    close -= starts.searchsorted(starts + (behind - WINDOW + 1))
    room = 1 << (standing.shift - PAPER)
    size = room * len(weights)
    ordered = np.bincount(follows >> PAPER, minlength=size)
    window = np.bincount(starts >> PAPER, weights=close, minlength=size)
    added = ranking.ordered * _saturated(ordered, ranking.k1) + ranking.window * _saturated(
        window, ranking.k1
    )
    higher = np.maximum(weights[1:], weights[:-1])
    result: Scores = higher[:, None] * added.reshape(-1, room)[:-1, :papers]
    return result


def _saturated(times: NDArray[np.float64] | NDArray[np.int64], k1: float) -> Scores:
    result: Scores = times * (k1 + 1) / (k1 + times)
    return result


Places = NDArray[np.int64]
Span = tuple[int, int]
_Key = tuple[int, int]
"""Address and length of a list."""


class Looked:
    """Papers of one segment that are looked at; what asks for them meets many lists again.

    Attributes:
        segment: of the papers.
        papers: rising.
    """

    def __init__(
        self, segment: int, papers: Ids, docs: Ids, kernels: Kernels | None = None
    ) -> None:
        """Look at some papers.

        Args:
            segment: of the papers.
            papers: rising.
            docs: `Segment.docs` of their segment.
            kernels: compiled loops, if there are any.
        """
        self.segment = segment
        self.papers = np.ascontiguousarray(papers)
        self._docs = np.ascontiguousarray(docs)
        self._first = address(self._docs)
        self._kernels = kernels
        self._held: dict[_Key, Places] = {}
        # Lists whose address is known are kept, so that no other can come to be there.
        self._kept: list[Ids] = []

    def places(self, spans: Sequence[Span], lists: Sequence[Ids] = ()) -> Places:
        """Say where the papers stand in lists, each of which rises.

        Args:
            spans: of `Segment.docs`: the first place, and the first one behind.
            lists: others, behind these.

        Returns:
            For each list, a row, the place of each paper in it, or -1.
        """
        whole = [np.ascontiguousarray(one, np.int32) for one in lists]
        self._kept += whole
        size = self._docs.itemsize
        keys = [(self._first + size * first, last - first) for first, last in spans]
        keys += [(address(one), len(one)) for one in whole]
        new = {key: at for at, key in enumerate(keys) if key not in self._held}
        if new:
            found = self._found(new, spans, whole)
            self._held.update(zip(new, found, strict=True))
            if len(new) == len(keys):
                return found
        places = np.empty((len(keys), len(self.papers)), np.int64)
        for row, key in enumerate(keys):
            places[row] = self._held[key]
        return places

    def _found(
        self, new: Mapping[_Key, int], spans: Sequence[Span], lists: Sequence[Ids]
    ) -> Places:
        places = np.empty((len(new), len(self.papers)), np.int64)
        if self._kernels is not None:
            self._kernels.find_docs(np.array(list(new), np.int64), self.papers, places)
            return places
        met = np.full(places.shape, -1, np.int32)
        for row, at in enumerate(new.values()):
            docs = self._docs[slice(*spans[at])] if at < len(spans) else lists[at - len(spans)]
            if len(docs):
                places[row] = docs.searchsorted(self.papers)
                docs.take(places[row], mode="clip", out=met[row])
        return np.where(met == self.papers, places, -1)

    def sums(self, parts: Sequence[Matches]) -> Scores:
        """Add up what lists give to the papers, in the order of the lists."""
        sums = np.zeros(len(self.papers))
        for one, place in zip(parts, self.places((), [one.docs for one in parts]), strict=True):
            if not one.scoreless:
                there = place >= 0
                sums[there] += one.taken(place[there])
        return sums
