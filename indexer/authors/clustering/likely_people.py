"""Makes the table of likely people of a collection, from the table of the generation before.

Names whose papers are the same as before keep their groups; only the others are clustered.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import numpy as np

from indexer.authors.clustering.calibration import Weights
from indexer.authors.clustering.certain_evidence import CertainEvidence
from indexer.authors.clustering.collection_arrays import CollectionArrays, Longs
from indexer.authors.clustering.pair_features import PairFeatures
from indexer.authors.clustering.people_table import (
    MOST_GROUPS,
    NamedPeople,
    PeopleTable,
    name_fingerprint,
    number_groups,
    paper_hash,
    write_table,
)
from indexer.authors.clustering.same_name_clustering import ClusteredName, cluster_names

SMALLEST: Final = 2
"""Papers of a group, at least; a paper that fits with no other stands apart."""


def table_of_people(  # noqa: PLR0913 - one keyword a thing that is known
    collection: CollectionArrays,
    weights: Weights,
    paper_id: Callable[[int], str],
    *,
    before: PeopleTable | None = None,
    reuse: bool = False,
    evidence: CertainEvidence | None = None,
    identified: bool = False,
) -> bytes:
    """Returns the table, see `people_table.write_table`; empty where no name has two papers.

    Args:
        collection: all papers.
        weights: of the features.
        paper_id: returns the id of a paper number.
        before: the table of the generation before, for the numbers of groups.
        reuse: leave names as they are there whose papers did not change.
        evidence: what is known for certain.
        identified: whether papers tell ids of their authors; kept for the next update.
    """
    names = np.flatnonzero(collection.papers_a_name > 1)
    keys = collection.name_keys
    contents = collection.name_fingerprints
    salt = evidence.salt if evidence is not None else (lambda _: 0)
    fingerprints = np.array(
        [
            name_fingerprint(keys[name], int(contents[name]) ^ salt(keys[name]))
            for name in names.tolist()
        ],
        np.uint64,
    )
    people: dict[str, NamedPeople] = {}
    todo = names
    if before is not None and reuse:
        unchanged = np.isin(fingerprints, np.array(before.fingerprints, np.uint64))
        todo = names[~unchanged]
        current = {keys[name] for name in names[unchanged].tolist()}
        people = {key: named for key, named in before.items() if key in current}
    if len(todo):
        features = PairFeatures(collection)
        for clustered in cluster_names(collection, features, weights, todo, evidence):
            key = keys[clustered.name]
            old = before.people(key) if before is not None else None
            named = _numbered(clustered, weights, paper_id, old)
            if (len(named.groups) > 1 or named.moved) and len(named.groups) < MOST_GROUPS:
                people[key] = named
    if before is not None:
        _lead_on(people, before, {keys[name] for name in todo.tolist()})
    return write_table(people, fingerprints.tolist(), identified=identified) if len(names) else b""


def _numbered(
    clustered: ClusteredName,
    weights: Weights,
    paper_id: Callable[[int], str],
    before: NamedPeople | None,
) -> NamedPeople:
    labels, linkage = clustered.clustering.labels, clustered.clustering.linkage
    hashes = [paper_hash(paper_id(paper)) for paper in clustered.papers.tolist()]
    counts = np.bincount(labels)
    large = np.flatnonzero(counts >= SMALLEST)
    groups = []
    for label in large.tolist():
        others: Longs = large[large != label]
        nearest = linkage[label, others].max(initial=-np.inf)
        papers = frozenset(paper for paper, own in zip(hashes, labels, strict=True) if own == label)
        groups.append((papers, float(weights.different(nearest))))
    alone = [paper for paper, own in zip(hashes, labels, strict=True) if counts[own] < SMALLEST]
    return number_groups(groups, alone, before)


def _lead_on(people: dict[str, NamedPeople], before: PeopleTable, names: set[str]) -> None:
    """Lets the numbers of names that are one person's now lead to the whole name."""
    for key, old in before.items():
        if key in names and key not in people:
            people[key] = number_groups((), (), old)
