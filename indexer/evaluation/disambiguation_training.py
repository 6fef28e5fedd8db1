"""Fits the weights of disambiguation to papers whose authors are known.

What the sources say is taken for what it is worth (`ground_truth`): two OpenReview profiles of one
name are two people, and so are two ACL slugs of one exact name, but the slug that is made of the
name itself may be anybody's; two IEEE numbers are two people only where each stands on two papers
or more and no co-author connects them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from indexer.authors.clustering.agglomerative_clustering import cluster
from indexer.authors.clustering.calibration import (
    Doubles,
    Weights,
    fit_logistic,
    lower_bounds,
)
from indexer.authors.clustering.collection_arrays import CollectionArrays, Longs
from indexer.authors.clustering.pair_features import PairFeatures, Pairs, all_pairs
from indexer.authors.clustering.same_name_clustering import square
from indexer.evaluation.b_cubed import Item, b_cubed
from indexer.evaluation.ground_truth import Identity, Truth
from indexer.paper import name_slug
from indexer.text.folding import fold

FOLDS: Final = 5
SURE: Final = 2
"""Papers on which an IEEE number stands that tells people apart."""
THRESHOLDS: Final = tuple(np.arange(-1.0, 4.01, 0.25).tolist())
"""Thresholds that are tried, log-odds."""
_WEIGHT: Final = {"openreview": 5.0, "ieee": 1.0, "acl": 5.0, "person": 5.0}
"""What a pair of each source counts: IEEE gives ten times as many, half of them in error."""


@dataclass(frozen=True)
class LabelledNames:
    """Names with papers whose author is known, and all pairs of their papers.

    Attributes:
        names: int64, name ids, ascending.
        pairs: of all papers of these names.
        bounds: int64[names + 1] into `pairs`.
        features: float32[pairs, FEATURES].
        label: int8[pairs], 1 = one person, 0 = two people, -1 = unknown.
        weight: float64[pairs].
        sources: for each pair the source that judges it; empty where none does.
        known: for each name, by paper, who it is.
    """

    collection: CollectionArrays
    names: Longs
    pairs: Pairs
    bounds: Longs
    features: NDArray[np.float32]
    label: NDArray[np.int8]
    weight: Doubles
    sources: NDArray[np.str_]
    known: dict[int, dict[int, Identity]]


def label_names(
    collection: CollectionArrays,
    features: PairFeatures,
    truth: Truth,
    number: Callable[[str], int | None],
) -> LabelledNames:
    """Returns the names of a truth that two papers or more bear, and the features of their pairs.

    Args:
        collection: all papers.
        features: of the collection.
        truth: who is who.
        number: returns the number of a paper id.
    """
    ids = {key: name for name, key in enumerate(collection.name_keys)}
    known: dict[int, dict[int, Identity]] = {}
    for key, identities in truth.known.items():
        name = ids.get(key)
        if name is None or collection.papers_a_name[name] < SURE:
            continue
        numbered = ((number(paper), who) for paper, who in identities.items())
        own = {
            paper: who for paper, who in numbered if paper is not None and not is_plain(who, key)
        }
        if len(own) >= SURE:
            known[name] = own
    names = np.array(sorted(known), np.int64)
    pairs = all_pairs(collection, names)
    values = np.concatenate(
        [_all_features(features, pairs.take(part)) for part in _parts(len(pairs))]
        or [features.early(pairs)]
    )
    label, weight, sources = _labels(pairs, known, values[:, 0] > 0, truth)
    bounds = np.append(np.searchsorted(pairs.name, names), len(pairs))
    return LabelledNames(collection, names, pairs, bounds, values, label, weight, sources, known)


def cross_validated(labelled: LabelledNames, *, folds: int = FOLDS) -> Doubles:
    """Returns the log-odds of each pair by weights fitted to the names of the other folds."""
    fold = np.random.default_rng(0).integers(0, folds, len(labelled.names))
    of_pair = np.repeat(fold, np.diff(labelled.bounds))
    log_odds = np.zeros(len(labelled.pairs))
    for held_out in range(folds):
        inside = of_pair == held_out
        coefficients, intercept = _fit(labelled, ~inside)
        log_odds[inside] = labelled.features[inside] @ coefficients + intercept
    return log_odds


def fit_weights(labelled: LabelledNames, log_odds: Doubles) -> Weights:
    """Returns weights fitted to all names; threshold and calibration by cross-validation.

    Args:
        labelled: the names.
        log_odds: what `cross_validated` returned.
    """
    scores = {threshold: _score(labelled, log_odds, threshold) for threshold in THRESHOLDS}
    threshold = max(scores, key=lambda score: (scores[score], -score))
    linkage = linkages(labelled, log_odds, threshold)
    apart = np.isfinite(linkage) & (labelled.label >= 0)
    # Each source counts as much as any other: IEEE has most pairs and most errors.
    weight = np.zeros(len(apart))
    for source in np.unique(labelled.sources[apart]).tolist():
        inside = apart & (labelled.sources == source)
        weight[inside] = 1000 / inside.sum()
    slope, offset = fit_logistic(
        linkage[apart][:, None],
        1 - labelled.label[apart],
        weight[apart],
        least=np.array([-np.inf]),
    )
    coefficients, intercept = _fit(labelled, np.ones(len(log_odds), np.bool_))
    return Weights(coefficients, intercept, threshold, -float(slope[0]), offset, {})


def linkages(labelled: LabelledNames, log_odds: Doubles, threshold: float) -> Doubles:
    """Returns the mean log-odds between the clusters of each pair's papers; inf within one."""
    linkage = np.full(len(log_odds), np.inf)
    for place, labels, between in clusterings(labelled, log_odds, threshold):
        rows, columns = np.triu_indices(len(labels), 1)
        value = between[labels[rows], labels[columns]]
        value[labels[rows] == labels[columns]] = np.inf
        linkage[labelled.bounds[place] : labelled.bounds[place + 1]] = value
    return linkage


def clusterings(
    labelled: LabelledNames, log_odds: Doubles, threshold: float
) -> Iterator[tuple[int, Longs, NDArray[np.float64]]]:
    """Yields for each name its place, the cluster of each paper, the linkage of the clusters."""
    for place, name in enumerate(labelled.names.tolist()):
        part = log_odds[labelled.bounds[place] : labelled.bounds[place + 1]]
        size = int(labelled.collection.papers_a_name[name])
        if (part >= threshold).all():
            yield place, np.zeros(size, np.int64), np.full((1, 1), -np.inf)
            continue
        clustering = cluster(square(part, size), threshold)
        yield place, clustering.labels, clustering.linkage


def described(weights: Weights, labelled: LabelledNames, **facts: Any) -> Weights:
    """Returns weights that say what they were fitted on."""
    return replace(
        weights,
        provenance={
            "names": len(labelled.names),
            "pairs of one person": int((labelled.label == 1).sum()),
            "pairs of two people": int((labelled.label == 0).sum()),
            **facts,
        },
    )


def _fit(labelled: LabelledNames, chosen: NDArray[np.bool_]) -> tuple[Doubles, float]:
    samples = np.flatnonzero(chosen & (labelled.label >= 0))
    return fit_logistic(
        labelled.features[samples],
        labelled.label[samples],
        labelled.weight[samples],
        least=lower_bounds(),
    )


def _score(labelled: LabelledNames, log_odds: Doubles, threshold: float) -> float:
    """Returns the mean of B-cubed F1 over all names and over those of several people."""
    every: list[Item] = []
    several: list[Item] = []
    for place, labels, _ in clusterings(labelled, log_odds, threshold):
        name = int(labelled.names[place])
        part = labelled.label[labelled.bounds[place] : labelled.bounds[place + 1]]
        known = labelled.known[name]
        papers = labelled.collection.papers_of(name).tolist()
        items: list[Item] = [
            ((name, int(label)), (name, known[paper].id))
            for paper, label in zip(papers, labels.tolist(), strict=True)
            if paper in known
        ]
        if (part == 0).any():
            several += items
        elif not _is_doubtful(known):
            every += items
    every += several
    return (b_cubed(every).f1 + b_cubed(several).f1) / 2


def is_plain(identity: Identity, key: str) -> bool:
    """Returns whether an ACL slug is made of the name alone, so that anybody of the name has it."""
    if identity.source != "acl":
        return False
    return identity.id.strip("/").rpartition("/")[2] == name_slug(fold(key).text).replace("_", "-")


def _is_doubtful(known: dict[int, Identity]) -> bool:
    """Returns whether a name has several ids, none of which is known to be another person."""
    return len(set(known.values())) > 1


def _labels(
    pairs: Pairs, known: dict[int, dict[int, Identity]], shared: NDArray[np.bool_], truth: Truth
) -> tuple[NDArray[np.int8], Doubles, NDArray[np.str_]]:
    stands_on = Counter(who for own in truth.known.values() for who in own.values())
    label = np.full(len(pairs), -1, np.int8)
    weight = np.zeros(len(pairs))
    sources = np.full(len(pairs), "", "<U12")
    ids: dict[tuple[int, int], Identity] = {
        (name, paper): who for name, own in known.items() for paper, who in own.items()
    }
    connected: set[frozenset[Identity]] = set()
    unsure: list[tuple[int, frozenset[Identity]]] = []
    rows = zip(pairs.name.tolist(), pairs.one.tolist(), pairs.other.tolist(), strict=True)
    for place, (name, one, other) in enumerate(rows):
        first, second = ids.get((name, one)), ids.get((name, other))
        if first is None or second is None or first.source != second.source:
            continue
        source = first.source
        weight[place], sources[place] = _WEIGHT[source], source
        if first == second:
            label[place] = 1
        elif source != "ieee":
            label[place] = 0
        elif min(stands_on[first], stands_on[second]) >= SURE:
            both = frozenset((first, second))
            unsure.append((place, both))
            if shared[place]:
                connected.add(both)
    for place, both in unsure:
        label[place] = -1 if both in connected else 0
    # A name of a hundred papers has thousands of pairs that all say the same.
    counts = np.bincount(pairs.name[label >= 0])
    weight[label >= 0] /= np.sqrt(counts[pairs.name[label >= 0]])
    return label, weight, sources


def _all_features(features: PairFeatures, pairs: Pairs) -> NDArray[np.float32]:
    values = features.early(pairs)
    features.add_late(pairs, values)
    return values


def _parts(size: int, step: int = 100_000) -> Iterator[Longs]:
    for low in range(0, size, step):
        yield np.arange(low, min(size, low + step))
