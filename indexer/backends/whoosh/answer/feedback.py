"""What the words of the best papers add to the scores of others (see `indexer.ranking`)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from indexer.backends.whoosh.answer.select import Place
from indexer.backends.whoosh.answer.signals import Scores
from indexer.backends.whoosh.lookup.collection import Collection
from indexer.backends.whoosh.lookup.matches import shown
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


def shared_words_of(
    collection: Collection, best: Sequence[Place], factor: float
) -> tuple[SharedWord, ...]:
    """Give the words that some papers share; the papers come best first."""
    model = relevance_model(
        (place.score, collection.stems.counts(place.segment, place.doc)) for place in best[:PAPERS]
    )
    shared = []
    for stem, weight in model.items():
        found = collection.stems.spans(stem)
        worth = factor * weight * idf(collection.papers, found.papers) * (collection.ranking.k1 + 1)
        shared.append(SharedWord(stem, worth, found.spans))
    return tuple(shared)


def with_feedback(collection: Collection, best: list[Place], factor: float) -> list[Place]:
    """Give the best hits, which come best first, with what the first of them add, in no order."""
    shared = shared_words_of(collection, best, factor)
    final: list[Place] = []
    for segment in range(len(collection.readers)):
        held = sorted((one for one in best if one.segment == segment), key=lambda one: one.doc)
        papers = np.array([one.doc for one in held], np.int32)
        more = likeness(collection, segment, shared, papers).sum(0)
        final += [
            Place(segment, one.doc, shown(one.score + added))
            for one, added in zip(held, more.tolist(), strict=True)
        ]
    return final


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
