"""Scores the likely people of a collection against a truth, and fits their weights to it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from indexer.authors.clustering.calibration import Doubles, Weights, shipped_weights
from indexer.authors.clustering.pair_features import PairFeatures
from indexer.backends.whoosh.index import WhooshIndex
from indexer.backends.whoosh.indexing.authorships import Authorships
from indexer.errors import RecordError
from indexer.evaluation.clustering_quality import Row, Statement, clustering_rows, statements
from indexer.evaluation.disambiguation_training import (
    LabelledNames,
    cross_validated,
    described,
    fit_weights,
    label_names,
)
from indexer.evaluation.ground_truth import Truth
from indexer.paper import Paper


@dataclass(frozen=True, slots=True)
class ScoredPeople:
    """Weights, and how well they do."""

    weights: Weights
    rows: tuple[Row, ...]
    said: tuple[Statement, ...]


def score_people(
    papers: Iterable[Paper], truth: Truth, folder: Path, *, fitted_on: str = ""
) -> ScoredPeople:
    """Scores the shipped weights, or fits new ones to a truth and scores them by cross-validation.

    Args:
        papers: of the collection.
        truth: who is who.
        folder: an empty one, for an index of the papers.
        fitted_on: name of the dump that weights are fitted on; empty where the shipped ones are
            scored.

    Raises:
        RecordError: when the truth is too small to fit weights to.
    """
    index = WhooshIndex(folder)
    with index.writer(rebuild=True) as writer:
        for paper in papers:
            writer.add(paper)
    authorships = Authorships([(segment, None) for segment in index.opened().segments])
    features = PairFeatures(authorships.collection)
    labelled = label_names(authorships.collection, features, truth, authorships.number)
    weights = shipped_weights()
    log_odds: Doubles
    if not fitted_on:
        log_odds = weights.log_odds(labelled.features)
    else:
        _refuse_too_few(labelled)
        log_odds = cross_validated(labelled)
        weights = described(
            fit_weights(labelled, log_odds),
            labelled,
            dump=fitted_on,
            papers=authorships.collection.papers,
        )
    return ScoredPeople(
        weights,
        clustering_rows(labelled, log_odds, weights.threshold),
        statements(labelled, log_odds, weights),
    )


def _refuse_too_few(labelled: LabelledNames) -> None:
    if not (labelled.label == 0).any() or not (labelled.label == 1).any():
        raise RecordError(
            "the truth",
            0,
            "it has no name with two papers of one person, or none of two people; "
            "weights cannot be fitted to it",
        )
