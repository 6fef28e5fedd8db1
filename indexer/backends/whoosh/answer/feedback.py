"""What the words of the best papers add to the scores of others (see `indexer.ranking`)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from indexer.backends.whoosh.answer.select import Ranked
from indexer.backends.whoosh.answer.signals import Scores
from indexer.backends.whoosh.lookup.collection import Collection
from indexer.backends.whoosh.lookup.matches import rounded
from indexer.backends.whoosh.lookup.reader import Numbers
from indexer.matching.feedback import PAPERS, relevance_model
from indexer.ranking import idf


@dataclass(frozen=True, slots=True)
class SharedWord:
    """A word by which the best papers lead on to others.

    Attributes:
        worth: what a saturated occurrence of it adds to a score.
        spans: its postings in each segment, as places in `Segment.docs`.
    """

    stem: str
    worth: float
    spans: tuple[tuple[int, int], ...]


def shared_words_of(collection: Collection, best: Ranked, factor: float) -> tuple[SharedWord, ...]:
    """Give the words that some papers share; the papers come best first."""
    model = relevance_model(
        (place.score, collection.stems.counts(place.segment, place.doc))
        for place in best.at(slice(PAPERS)).places()
    )
    shared = []
    for stem, weight in model.items():
        found = collection.stems.spans(stem)
        worth = factor * weight * idf(collection.papers, found.papers) * (collection.ranking.k1 + 1)
        shared.append(SharedWord(stem, worth, found.spans))
    return tuple(shared)


def with_feedback(collection: Collection, best: Ranked, factor: float) -> Ranked:
    """Give the best hits, which come best first, with what the first of them add."""
    shared = shared_words_of(collection, best, factor)
    scores = best.scores.copy()
    for segment, places in best.rising():
        scores[places] += likeness(collection, segment, shared, best.docs[places]).sum(0)
    return Ranked(best.segments, best.docs, rounded(scores))


def likeness(
    collection: Collection, segment: int, shared: Sequence[SharedWord], papers: Numbers
) -> Scores:
    """Give what each word adds to some papers of a segment: a row a word, a column a paper.

    Args:
        collection: where.
        segment: of the papers.
        shared: the words.
        papers: rising.
    """
    added = np.zeros((len(shared), len(papers)))
    arrays = collection.readers[segment].arrays
    rows, columns, places = [], [], []
    for row, word in enumerate(shared):
        first, last = word.spans[segment]
        docs = arrays.docs[first:last]
        if len(docs):
            at = docs.searchsorted(papers)
            held = np.flatnonzero(docs.take(at, mode="clip") == papers)
            rows.append(np.full(len(held), row))
            columns.append(held)
            places.append(at[held] + first)
    if rows:
        row_of, column, place = (np.concatenate(one) for one in (rows, columns, places))
        there = papers[column]
        norms = collection.norms(segment)
        frequency = (
            arrays.title_tf[place] * norms["title"][there]
            + arrays.abstract_tf[place] * norms["abstract"][there]
        )
        worth = np.array([word.worth for word in shared])
        added[row_of, column] = worth[row_of] * frequency / (collection.ranking.k1 + frequency)
    return added
