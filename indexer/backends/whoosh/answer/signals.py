"""What is added to the score of the best papers: coverage, closeness and the title.

See `indexer.ranking` for the formula. The terms are those of the leaves that ask for words of the
text, each once, in the order of the query; names and tests take no part.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from indexer.backends.whoosh.lookup.collection import Collection
from indexer.backends.whoosh.lookup.occurrences import Keys, contained, distinct, field_keys
from indexer.backends.whoosh.lookup.postings import way_keys, word_keys
from indexer.backends.whoosh.lookup.reader import Numbers, SegmentReader
from indexer.matching.terms import CompoundTerm, StemTerm, TextTerm
from indexer.ranking import WINDOW, Ranking, idf

Scores = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Signals:
    """What the signals find in some papers of one segment; one entry a paper in each array.

    Attributes:
        coverage: share of the terms the paper holds, by idf; 0 where the query has but one.
        title_match: how much of title and query is the same, squared.
        pairs: for each two neighbouring terms what their closeness adds: (first, second, added).
    """

    coverage: Scores
    title_match: Scores
    pairs: tuple[tuple[TextTerm, TextTerm, Scores], ...]

    def scores(self, base: Scores, ranking: Ranking) -> Scores:
        """Give the final scores of papers whose clause scores are `base`."""
        factor = 1 + ranking.coverage * self.coverage + ranking.title_match * self.title_match
        total: Scores = base * factor
        for _, _, added in self.pairs:
            total = total + added
        return total


def signals_of(
    collection: Collection, segment: int, terms: tuple[TextTerm, ...], papers: Numbers
) -> Signals:
    """Look at some papers of a segment; `papers` rise."""
    held = np.zeros(len(papers))
    titled = np.zeros(len(papers))
    weights = [idf(collection.papers, collection.scored(term).papers) for term in terms]
    for term, weight in zip(terms, weights, strict=True):
        found = collection.postings(term)[segment]
        at = np.searchsorted(found.docs, papers)
        there = (
            found.docs.take(at, mode="clip") == papers
            if len(found.docs)
            else np.zeros(len(papers), np.bool_)
        )
        held += there * weight
        if found.title is not None:
            titled[there] += found.title[at[there]] > 0
    lengths = collection.readers[segment].arrays.title_length[papers]
    title_match = (titled / np.maximum(1, len(terms) + lengths - titled)) ** 2
    alone = len(terms) < 2
    pairs = () if alone else _pairs(collection, segment, terms, weights, papers)
    coverage = np.zeros(len(papers)) if alone else held / sum(weights)
    return Signals(coverage, title_match, pairs)


def _pairs(
    collection: Collection,
    segment: int,
    terms: tuple[TextTerm, ...],
    weights: list[float],
    papers: Numbers,
) -> tuple[tuple[TextTerm, TextTerm, Scores], ...]:
    ranking = collection.ranking
    if not (ranking.ordered or ranking.window):
        return ()
    reader = collection.readers[segment]
    stood = [_standing(reader, term, papers) for term in terms]
    found = []
    for first, second in pairwise(range(len(terms))):
        left, right = stood[first], stood[second]
        if not (len(left.starts) and len(right.starts)):
            continue
        next_to = distinct(
            np.concatenate([one[contained(one + n, right.starts)] for n, one in left.ways])
        )
        close = np.searchsorted(right.starts, left.starts + WINDOW) - np.searchsorted(
            right.starts, left.starts - WINDOW + 1
        )
        ordered = np.bincount(np.searchsorted(papers, next_to >> 33), minlength=len(papers))
        window = np.bincount(
            np.searchsorted(papers, left.starts >> 33), weights=close, minlength=len(papers)
        )
        weight = max(weights[first], weights[second])
        added = weight * (
            ranking.ordered * _saturated(ordered, ranking.k1)
            + ranking.window * _saturated(window, ranking.k1)
        )
        found.append((terms[first], terms[second], added))
    return tuple(found)


def _saturated(times: NDArray[np.float64] | NDArray[np.int64], k1: float) -> Scores:
    result: Scores = times * (k1 + 1) / (k1 + times)
    return result


@dataclass(frozen=True, slots=True)
class _Standing:
    """Where a term stands: its starts, and for each length the starts of ways that long."""

    starts: Keys
    ways: tuple[tuple[int, Keys], ...]


def _standing(reader: SegmentReader, term: TextTerm, papers: Numbers) -> _Standing:
    match term:
        case StemTerm():
            word = term.word if term.exact else None
            keys = field_keys(word_keys(reader, term.stem, word, papers), term.field)
            return _Standing(keys, ((1, keys),))
        case CompoundTerm():
            ways = tuple(
                (len(way), field_keys(way_keys(reader, way, papers, exact=term.exact), term.field))
                for way in term.text_ways
            )
            return _Standing(distinct(np.concatenate([keys for _, keys in ways])), ways)
    return _Standing(np.zeros(0, np.int64), ())
