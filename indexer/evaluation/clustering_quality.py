"""How good the likely people of exact names are, by source of truth and by size of name."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from indexer.authors.clustering.calibration import Doubles, Weights
from indexer.evaluation.b_cubed import Item, Quality, b_cubed, pairwise
from indexer.evaluation.disambiguation_training import LabelledNames, clusterings, linkages

SIZES: Final = ((2, "2 to 4"), (5, "5 to 19"), (20, "20 to 49"), (50, "50 and more"))
"""Papers of a name from which on a row counts it, and how the row is called."""
METHODS: Final = ("exact name", "each paper alone", "likely people")
"""The baselines, "all one person" and "each paper alone", and the clustering. Within an exact name
"all one person" is what the exact name says."""
CUTS: Final = (0.5, 0.8, 0.9, 0.95)
ALL: Final = "all"


@dataclass(frozen=True, slots=True)
class Row:
    """The quality of one method on the names of one source and size.

    Attributes:
        source: "openreview", "ieee", "acl", or one of another truth file.
        size: one of `SIZES`, or "all".
        several: only names that the source says several people bear.
        names: number of names.
        methods: pairwise and B-cubed quality by method.
    """

    source: str
    size: str
    several: bool
    names: int
    methods: Mapping[str, tuple[Quality, Quality]]

    def halved(self) -> float:
        """Returns what share of the distance from the exact names' B-cubed F1 to 1 is covered."""
        before, after = (self.methods[method][1].f1 for method in (METHODS[0], METHODS[2]))
        return (after - before) / (1 - before) if before < 1 else 0.0


@dataclass(frozen=True, slots=True)
class Statement:
    """How often pairs of papers that are said to be by two people are.

    Attributes:
        source: as in `Row`, or "all".
        at_least: probability from which on it is said.
        said: pairs said, of those that the truth can judge.
        right: those that are.
        wanted: pairs of two people.
    """

    source: str
    at_least: float
    said: int
    right: int
    wanted: int

    @property
    def precision(self) -> float:
        """Share of what is said that is right."""
        return self.right / self.said if self.said else 0.0

    @property
    def recall(self) -> float:
        """Share of what there is to say that is said."""
        return self.right / self.wanted if self.wanted else 0.0


def clustering_rows(
    labelled: LabelledNames, log_odds: Doubles, threshold: float
) -> tuple[Row, ...]:
    """Returns a row for each source and size, and one for the names of several people.

    Args:
        labelled: names with known authors.
        log_odds: of their pairs.
        threshold: of the clustering.
    """
    items: dict[tuple[str, str, bool], dict[str, list[Item]]] = defaultdict(
        lambda: {method: [] for method in METHODS}
    )
    names: dict[tuple[str, str, bool], int] = defaultdict(int)
    for place, labels, _ in clusterings(labelled, log_odds, threshold):
        name = int(labelled.names[place])
        papers = labelled.collection.papers_of(name).tolist()
        known = labelled.known[name]
        part = slice(*labelled.bounds[place : place + 2].tolist())
        several = bool((labelled.label[part] == 0).any())
        by_source: dict[str, list[tuple[int, int, str]]] = defaultdict(list)
        for paper, label in zip(papers, labels.tolist(), strict=True):
            if paper in known:
                by_source[known[paper].source].append((paper, label, known[paper].id))
        for source, rows in by_source.items():
            if not several and len({person for _, _, person in rows}) > 1:
                continue  # two ids that may be one person's: the truth does not tell
            keys = [(source, ALL, False), (source, _size(len(papers)), False)]
            keys += [(source, ALL, True)] if several else []
            for key in keys:
                names[key] += 1
                for paper, label, person in rows:
                    kind = (name, person)
                    items[key][METHODS[0]].append((name, kind))
                    items[key][METHODS[1]].append(((name, paper), kind))
                    items[key][METHODS[2]].append(((name, -1 - label), kind))
    order = {size: rank for rank, (_, size) in enumerate(((0, ALL), *SIZES))}
    return tuple(
        Row(
            *key,
            names[key],
            {m: (pairwise(counts), b_cubed(counts)) for m, counts in items[key].items()},
        )
        for key in sorted(items, key=lambda key: (key[0], order[key[1]], key[2]))
    )


def statements(
    labelled: LabelledNames, log_odds: Doubles, weights: Weights
) -> tuple[Statement, ...]:
    """Returns how often papers said to be by two people are, by source and probability."""
    linkage = linkages(labelled, log_odds, weights.threshold)
    chance = np.where(np.isfinite(linkage), weights.different(linkage), 0.0)
    judged = labelled.label >= 0
    apart = labelled.label == 0
    source = labelled.sources
    made = []
    for name in (ALL, *sorted(set(source[judged].tolist()))):
        of_source = judged if name == ALL else judged & (source == name)
        wanted = int((of_source & apart).sum())
        for cut in CUTS:
            said = of_source & (chance >= cut)
            made.append(Statement(name, cut, int(said.sum()), int((said & apart).sum()), wanted))
    return tuple(made)


def quality_json(rows: Iterable[Row], said: Iterable[Statement]) -> dict[str, Any]:
    """Returns rows and statements as ``quiver evaluate-authors --json`` prints them."""
    return {
        "people": [
            {
                "source": row.source,
                "papers_a_name": row.size,
                "several_people": row.several,
                "names": row.names,
                "methods": {
                    method: {"pairs": _json(pairs), "b_cubed": _json(cubed)}
                    for method, (pairs, cubed) in row.methods.items()
                },
            }
            for row in rows
        ],
        "different_people": [
            {
                "source": row.source,
                "at_least": row.at_least,
                "precision": round(row.precision, 4),
                "recall": round(row.recall, 4),
                "said": row.said,
                "wanted": row.wanted,
            }
            for row in said
        ],
    }


def _json(quality: Quality) -> dict[str, float]:
    return {
        "precision": round(quality.precision, 4),
        "recall": round(quality.recall, 4),
        "f1": round(quality.f1, 4),
    }


def _size(papers: int) -> str:
    return next(name for least, name in reversed(SIZES) if papers >= least)
