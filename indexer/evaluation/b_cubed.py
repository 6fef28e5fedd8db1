"""Measures of a clustering against the truth: pairs, and B-cubed.

B-cubed (Bagga & Baldwin 1998, "Entity-based cross-document coreferencing using the vector space
model") averages over items: the precision of an item is the share of its cluster that is of its
class, its recall the share of its class that is in its cluster.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Iterable
from dataclasses import dataclass

Item = tuple[Hashable, Hashable]
"""Cluster and class of one item."""


@dataclass(frozen=True, slots=True)
class Quality:
    """Precision and recall.

    Attributes:
        items: what they are counted over.
    """

    precision: float
    recall: float
    items: int

    @property
    def f1(self) -> float:
        """Their harmonic mean; 0 where both are 0."""
        total = self.precision + self.recall
        return 2 * self.precision * self.recall / total if total else 0.0


def b_cubed(items: Iterable[Item]) -> Quality:
    """Returns B-cubed precision and recall; 1 where there are no items.

    >>> b_cubed([("a", 1), ("a", 1), ("a", 2), ("b", 2)])
    Quality(precision=0.6666666666666666, recall=0.75, items=4)
    """
    cells, clusters, classes = _count(items)
    total = sum(cells.values())
    if not total:
        return Quality(1.0, 1.0, 0)
    precision = sum(count * count / clusters[cluster] for (cluster, _), count in cells.items())
    recall = sum(count * count / classes[kind] for (_, kind), count in cells.items())
    return Quality(precision / total, recall / total, total)


def pairwise(items: Iterable[Item]) -> Quality:
    """Returns precision and recall of pairs that share a cluster; 1 where there are none.

    >>> pairwise([("a", 1), ("a", 1), ("a", 2), ("b", 2)])
    Quality(precision=0.3333333333333333, recall=0.5, items=4)
    """
    cells, clusters, classes = _count(items)
    right, said, wanted = (
        sum(count * (count - 1) // 2 for count in counts.values())
        for counts in (cells, clusters, classes)
    )
    return Quality(
        right / said if said else 1.0, right / wanted if wanted else 1.0, sum(cells.values())
    )


def _count(
    items: Iterable[Item],
) -> tuple[Counter[Item], Counter[Hashable], Counter[Hashable]]:
    cells = Counter(items)
    clusters: Counter[Hashable] = Counter()
    classes: Counter[Hashable] = Counter()
    for (cluster, kind), count in cells.items():
        clusters[cluster] += count
        classes[kind] += count
    return cells, clusters, classes
