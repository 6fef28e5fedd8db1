"""The papers of each exact name clustered into likely people, for many names at once.

Pairs of papers get calibrated log-odds (`pair_features`, `calibration`), the papers of a name are
clustered on them (`agglomerative_clustering`). Names whose papers reach the threshold pair by pair
are one cluster without further work; these are most.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from indexer.authors.clustering.agglomerative_clustering import Clustering, cluster, join
from indexer.authors.clustering.calibration import Doubles, Weights
from indexer.authors.clustering.collection_arrays import CollectionArrays, Longs
from indexer.authors.clustering.pair_features import MOST_PAPERS, PairFeatures, all_pairs, batches

Constraints = Mapping[tuple[int, int], bool]
"""Papers (ascending) known to be one person's (true) or two people's (false)."""
Evidence = Callable[[int, Longs], Constraints]
"""Returns what is known for certain of the papers of a name id."""
CERTAIN: Final = 1e6
"""Log-odds of what is known for certain."""


@dataclass(frozen=True, slots=True)
class ClusteredName:
    """The likely people of one name.

    Attributes:
        name: name id.
        papers: int64, ascending.
        clustering: of the papers.
    """

    name: int
    papers: Longs
    clustering: Clustering


def cluster_names(
    collection: CollectionArrays,
    features: PairFeatures,
    weights: Weights,
    names: Longs,
    evidence: Evidence | None = None,
) -> Iterator[ClusteredName]:
    """Yields those of some names that seem to be borne by more than one person.

    Args:
        collection: all papers.
        features: of the collection.
        weights: of the features.
        names: name ids, each of two papers or more.
        evidence: what is known for certain; None where nothing is.
    """
    counts = collection.papers_a_name[names]
    names = names[(counts > 1) & (counts <= MOST_PAPERS)]
    for batch in batches(collection, names):
        pairs = all_pairs(collection, batch)
        early = features.early(pairs)
        undecided = weights.log_odds(early) < weights.threshold
        known = {} if evidence is None else _constraints_by_name(collection, batch, evidence)
        open_names = np.unique(pairs.name[undecided]).tolist()
        asked = np.union1d(open_names, list(known)).astype(np.int64)
        places = np.flatnonzero(np.isin(pairs.name, asked))
        if not len(places):
            continue
        pairs, early = pairs.take(places), early[places]
        features.add_late(pairs, early)
        log_odds = weights.log_odds(early)
        bounds = [*np.searchsorted(pairs.name, asked).tolist(), len(pairs)]
        for name, low, high in zip(asked.tolist(), bounds[:-1], bounds[1:], strict=True):
            part = log_odds[low:high]
            constraints = known.get(name, {})
            if not constraints and (part >= weights.threshold).all():
                continue
            papers = collection.papers_of(name)
            likeness = square(part, len(papers))
            apart, together = _places(papers, constraints)
            for one, other in apart:
                likeness[one, other] = likeness[other, one] = -CERTAIN
            clustering = cluster(likeness, weights.threshold)
            if together:
                clustering = join(clustering, likeness, together)
            if len(clustering.linkage) > 1:
                yield ClusteredName(name, papers, clustering)


def square(log_odds: Doubles, size: int) -> NDArray[np.float64]:
    """Returns pairs in the order of `numpy.triu_indices` as a symmetric matrix."""
    matrix = np.zeros((size, size))
    place = np.arange(size)
    matrix[place[:, None] < place] = log_odds
    matrix += matrix.T
    return matrix


def _constraints_by_name(
    collection: CollectionArrays, names: Longs, evidence: Evidence
) -> dict[int, Constraints]:
    known = ((name, evidence(name, collection.papers_of(name))) for name in names.tolist())
    return {name: constraints for name, constraints in known if constraints}


Places = list[tuple[int, int]]


def _places(papers: Longs, constraints: Constraints) -> tuple[Places, Places]:
    """Returns the places among a name's papers of those that are two people's, and one person's."""
    pairs_: tuple[Places, Places] = [], []
    for pair, same in constraints.items():
        one, other = np.searchsorted(papers, pair).tolist()
        pairs_[same].append((one, other))
    return pairs_
