"""What is added to the score of the best papers: coverage, closeness and the title.

See `indexer.ranking` for the formula. The terms are those of the leaves that ask for words of the
text, each once, in the order of the query; names and tests take no part.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from indexer.backends.whoosh.answer.looking import places_in
from indexer.backends.whoosh.answer.standing import PAPER, Standing, sought, stand
from indexer.backends.whoosh.kernels.choice import Kernels
from indexer.backends.whoosh.lookup.collection import Collection
from indexer.backends.whoosh.lookup.occurrences import contained, distinct
from indexer.backends.whoosh.lookup.reader import Numbers
from indexer.matching.terms import StemTerm, TextTerm
from indexer.ranking import WINDOW, Ranking, idf

Scores = NDArray[np.float64]
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
    collection: Collection,
    segment: int,
    terms: tuple[TextTerm, ...],
    papers: Numbers,
    kernels: Kernels | None = None,
) -> Signals:
    """Look at some papers of a segment.

    Args:
        collection: where.
        segment: of the papers.
        terms: of the query.
        papers: rising.
        kernels: compiled loops, if there are any.
    """
    ranking = collection.ranking
    reader = collection.readers[segment]
    near = len(terms) > 1 and bool(ranking.ordered or ranking.window)
    asked = sought(collection, segment, terms if near else ())
    plain = {
        one.term: one.rows[0] for one in asked.courses if _is_stem(collection, terms[one.term])
    }
    found = {
        at: collection.postings(term)[segment] for at, term in enumerate(terms) if at not in plain
    }
    docs = reader.arrays.docs
    lists = [docs[slice(*row.span)] for row in asked.rows] + [one.docs for one in found.values()]
    places = places_in(lists, papers, kernels)
    standing = stand(reader, asked, places[: len(asked.rows)])

    held = np.zeros((len(terms), len(papers)), np.bool_)
    titled = np.zeros(held.shape, np.bool_)
    rows = list(plain.values())
    held[list(plain)] = places[rows] >= 0
    titled[list(plain)] = standing.titles[rows]
    for (at, one), place in zip(found.items(), places[len(asked.rows) :], strict=True):
        held[at] = place >= 0
        if one.title is not None:
            titled[at, held[at]] = one.title[place[held[at]]] > 0
    weights = [idf(collection.papers, collection.scored(term).papers) for term in terms]
    return Signals(
        _coverage(held, weights),
        _title_match(titled, reader.arrays.title_length[papers]),
        _closeness(ranking, standing, weights, len(papers)) if near else np.zeros((0, len(papers))),
    )


def _is_stem(collection: Collection, term: TextTerm) -> bool:
    """Say whether the papers of a term are those of its stem: it is no word of an author there."""
    if not isinstance(term, StemTerm) or term.exact or term.field is not None:
        return False
    return collection.scored(term).papers == collection.stems.spans(term.stem).papers


def _coverage(held: Flags, weights: Sequence[float]) -> Scores:
    total = np.zeros(held.shape[1])
    if len(weights) < 2:
        return total
    for there, weight in zip(held, weights, strict=True):
        total += there * weight
    return total / sum(weights)


def _title_match(titled: Flags, lengths: NDArray[np.int32]) -> Scores:
    shared = titled.sum(0)
    match: Scores = (shared / np.maximum(1, len(titled) + lengths - shared)) ** 2
    return match


def _closeness(
    ranking: Ranking, standing: Standing, weights: Sequence[float], papers: int
) -> Scores:
    starts, begins = standing.starts, standing.begins
    behind = 1 << standing.shift  # the same place, of the next term
    follows = distinct(begins[contained(begins + standing.lengths + behind, starts)])
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
