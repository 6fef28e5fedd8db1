"""What the words of the best papers add to the scores of others (see `indexer.ranking`)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from indexer.backends.whoosh.scoring.collection import Collection
from indexer.backends.whoosh.scoring.ranked_docs import Ranked
from indexer.backends.whoosh.scoring.rescoring import Looked
from indexer.backends.whoosh.scoring.scored_docs import Scores
from indexer.query_analysis.relevance_model import PAPERS
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
    model = collection.stems.model(best.at(slice(PAPERS)).rows())
    shared = []
    for stem, weight in model.items():
        found = collection.stems.spans(stem)
        worth = factor * weight * idf(collection.papers, found.papers) * (collection.ranking.k1 + 1)
        shared.append(SharedWord(stem, worth, found.spans))
    return tuple(shared)


def likeness(collection: Collection, looked: Looked, shared: Sequence[SharedWord]) -> Scores:
    """Give what each word adds to some papers: a row a word, a column a paper."""
    segment, papers = looked.segment, looked.papers
    added = np.zeros((len(shared), len(papers)))
    if not shared:
        return added
    arrays = collection.readers[segment].arrays
    spans = [word.spans[segment] for word in shared]
    places = looked.places(spans)
    row, column = (places >= 0).nonzero()
    place = places[row, column] + np.array(spans)[row, 0]
    norms = collection.norms(segment)
    frequency = (
        arrays.title_tf[place] * norms["title"][papers][column]
        + arrays.abstract_tf[place] * norms["abstract"][papers][column]
    )
    worth = np.array([word.worth for word in shared])
    added[row, column] = worth[row] * frequency / (collection.ranking.k1 + frequency)
    return added
