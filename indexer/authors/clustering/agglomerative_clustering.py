"""Agglomerative clustering with average linkage (UPGMA, Sokal & Michener 1958).

The two clusters whose members are most alike on average are merged, again and again, until no two
reach the threshold. S2AND (Subramanian et al. 2021) clusters authors' papers so.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from indexer.authors.clustering.collection_arrays import Longs


@dataclass(frozen=True, slots=True)
class Clustering:
    """A partition of items.

    Attributes:
        labels: int64[items], cluster of each, from 0; larger clusters first, of equal ones the one
            with the first item.
        linkage: float64[clusters, clusters], mean likeness between clusters; -inf on the diagonal.
    """

    labels: Longs
    linkage: NDArray[np.float64]


def cluster(likeness: NDArray[Any], threshold: float) -> Clustering:
    """Returns the clusters of some items.

    Args:
        likeness: [items, items], symmetric; the diagonal is not read.
        threshold: mean likeness from which two clusters are one.
    """
    size = len(likeness)
    mean = np.array(likeness, np.float64)
    np.fill_diagonal(mean, -np.inf)
    weight = np.ones(size)
    labels = np.arange(size)
    best = mean.argmax(axis=1) if size else labels
    highest = mean[labels, best]
    for _ in range(size - 1):
        one = int(highest.argmax())
        if highest[one] < threshold:
            break
        keep, drop = sorted((one, int(best[one])))
        merged = weight[keep] * mean[keep] + weight[drop] * mean[drop]
        merged /= weight[keep] + weight[drop]
        weight[keep] += weight[drop]
        mean[keep], mean[:, keep] = merged, merged
        mean[keep, keep] = -np.inf
        mean[drop], mean[:, drop] = -np.inf, -np.inf
        labels[labels == drop] = keep
        changed = (best == keep) | (best == drop)
        changed[keep] = changed[drop] = True
        # Of two numbers, the mean is never above both: no other row has a new best.
        stale = np.flatnonzero(changed)
        best[stale] = mean[stale].argmax(axis=1)
        highest[stale] = mean[stale, best[stale]]
    labels, kept = _by_size(labels)
    return Clustering(labels, mean[np.ix_(kept, kept)])


def join(
    clustering: Clustering, likeness: NDArray[Any], together: Iterable[tuple[int, int]]
) -> Clustering:
    """Returns a clustering with the clusters of some pairs of items joined.

    Args:
        clustering: of the items.
        likeness: [items, items], what it was made of.
        together: pairs of items.
    """
    labels = clustering.labels.copy()
    for one, other in together:
        labels[labels == labels[other]] = labels[one]
    labels, _ = _by_size(labels)
    member = np.zeros((len(labels), int(labels.max(initial=-1)) + 1))
    member[np.arange(len(labels)), labels] = 1
    sizes = member.sum(axis=0)
    linkage = member.T @ likeness @ member / np.outer(sizes, sizes)
    np.fill_diagonal(linkage, -np.inf)
    return Clustering(labels, linkage)


def _by_size(labels: Longs) -> tuple[Longs, Longs]:
    """Returns labels from 0, larger clusters first, and the label that each had."""
    roots, first, counts = np.unique(labels, return_index=True, return_counts=True)
    order = np.lexsort((first, -counts))
    place = np.empty(len(roots), np.int64)
    place[order] = np.arange(len(roots))
    return place[np.searchsorted(roots, labels)], roots[order]
