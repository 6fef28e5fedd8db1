"""Pseudo-relevance feedback: expansion terms of the top docs add to the scores of others.

RM3 (Abdul-Jaleel et al. 2004, "UMass at TREC 2004: novelty and HARD"); `indexer.ranking` has the
formula and `query_analysis.relevance_model` the model.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from indexer.backends.whoosh.scoring.collection import Collection
from indexer.backends.whoosh.scoring.ranked_docs import Ranked
from indexer.backends.whoosh.scoring.rescoring import Candidates
from indexer.backends.whoosh.scoring.scored_docs import Scores
from indexer.query_analysis.relevance_model import PAPERS
from indexer.ranking import idf


@dataclass(frozen=True, slots=True)
class ExpansionTerm:
    """An expansion term.

    Attributes:
        stem: the term.
        worth: score of a saturated occurrence.
        spans: its range of postings in each segment's `Segment.docs`.
    """

    stem: str
    worth: float
    spans: tuple[tuple[int, int], ...]


def expansion_terms_of(
    collection: Collection, best: Ranked, factor: float
) -> tuple[ExpansionTerm, ...]:
    """Returns the expansion terms of the top docs, given best first."""
    model = collection.stems.model(best.take(slice(PAPERS)).rows())
    expansion_terms = []
    for stem, weight in model.items():
        postings = collection.stems.spans(stem)
        worth = (
            factor * weight * idf(collection.papers, postings.papers) * (collection.ranking.k1 + 1)
        )
        expansion_terms.append(ExpansionTerm(stem, worth, postings.spans))
    return tuple(expansion_terms)


def expansion_scores(
    collection: Collection, candidates: Candidates, expansion_terms: Sequence[ExpansionTerm]
) -> Scores:
    """Returns what each expansion term adds to the candidates: float64[terms, docs]."""
    segment, docs = candidates.segment, candidates.papers
    added = np.zeros((len(expansion_terms), len(docs)))
    if not expansion_terms:
        return added
    arrays = collection.readers[segment].arrays
    spans = [word.spans[segment] for word in expansion_terms]
    indexes = candidates.places(spans)
    row, column = (indexes >= 0).nonzero()
    posting = indexes[row, column] + np.array(spans)[row, 0]
    norms = collection.norms(segment)
    frequency = (
        arrays.title_tf[posting] * norms["title"][docs][column]
        + arrays.abstract_tf[posting] * norms["abstract"][docs][column]
    )
    worth = np.array([word.worth for word in expansion_terms])
    added[row, column] = worth[row] * frequency / (collection.ranking.k1 + frequency)
    return added
