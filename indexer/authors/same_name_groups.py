"""One exact name, perhaps several people: groups of its papers that nothing connects.

Papers that share a co-author are of one person; so are groups whose titles speak of the same
things. What is left apart may still be one person who moved on, and mostly is: so groups are only
spoken of where the name is one that many people bear, and a single paper is never a group.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import combinations
from typing import Final

from indexer.authors.author_profile import title_words
from indexer.authors.clustering.people_table import NamedPeople, paper_hash
from indexer.authors.person_name import read_person
from indexer.paper import Paper, name_key

LEAST_KIN: Final = 50
"""Names with the same surname and initial from which on a name is one that many people bear."""
LONGEST_GIVEN: Final = 5
"""Letters of the one given name of such a name, at most: "Yang", "Wei", "Jie"; "J."."""
SMALLEST: Final = 2
_ALIKE: Final = 0.08
"""Likeness of titles from which two groups are one; of the values tried, the one that made fewest
claims for the same findings on both halves of the shared collection's names, parted by chance."""


@dataclass(frozen=True, slots=True)
class Group:
    """Papers under one name that seem to be one person's.

    Attributes:
        key: id of the oldest paper; newer ones leave it as it is.
        papers: their ids, in the order of the cluster.
        coauthors: with number of papers, most first.
        venues: most frequent first.
        first, last: years CE; None where no paper has one.
        number: of the group in its permanent address; 0 where it has none.
        confidence: probability that none of the other groups is the same person; 0 where unknown.
    """

    key: str
    papers: tuple[str, ...]
    coauthors: tuple[tuple[str, int], ...]
    venues: tuple[str, ...]
    first: int | None
    last: int | None
    number: int = 0
    confidence: float = 0.0


def suspect_several(name: str, papers: Sequence[Paper], kin: int) -> tuple[Group, ...]:
    """Returns the groups of a cluster, largest first; empty if all papers are connected.

    Args:
        name: the exact name.
        papers: all papers under it.
        kin: names of the index with the same surname and initial.

    Returns:
        Two groups or more, each of two papers or more, or nothing. Papers that stand alone are in
        no group.
    """
    if not is_common(name, kin):
        return ()
    groups = [group for group in connected(name, papers) if len(group) >= SMALLEST]
    return tuple(_describe(name, group) for group in groups) if len(groups) > 1 else ()


def groups_of_people(name: str, papers: Sequence[Paper], people: NamedPeople) -> tuple[Group, ...]:
    """Returns the likely people of a name as groups, largest first; empty if it is one person's.

    Args:
        name: the exact name.
        papers: all papers under it.
        people: what the index knows of the name.
    """
    members: dict[int, list[Paper]] = defaultdict(list)
    for paper in papers:
        members[people.number_of(paper_hash(paper.id))].append(paper)
    members.pop(0, None)
    groups = [
        replace(_describe(name, own), number=number, confidence=people.confidence[number])
        for number, own in members.items()
        if len(own) >= SMALLEST
    ]
    groups.sort(key=lambda group: (-len(group.papers), group.number))
    return tuple(groups) if len(groups) > 1 else ()


def is_common(name: str, kin: int) -> bool:
    """Returns whether many people may have this name."""
    person = read_person(name)
    if person is None or person.number or kin < LEAST_KIN:
        return False
    return len(person.given) == 1 and len(person.given[0]) <= LONGEST_GIVEN


def connected(name: str, papers: Sequence[Paper]) -> list[list[Paper]]:
    """Part papers into groups joined by co-authors or by the words of their titles.

    Returns:
        Every paper once; largest group first, each in the order given.
    """
    key = name_key(name)
    parts = _Parts(len(papers))
    by_author: dict[str, int] = {}
    for at, paper in enumerate(papers):
        for author in map(name_key, paper.authors):
            if author != key:
                parts.join(by_author.setdefault(author, at), at)
    counts = {
        root: Counter(word for at in members for word in title_words(papers[at].title))
        for root, members in parts.groups().items()
        if len(members) >= SMALLEST
    }
    norms = {
        root: math.sqrt(sum(count * count for count in words.values()))
        for root, words in counts.items()
    }
    for one, other in combinations(counts, 2):
        shared = counts[one].keys() & counts[other].keys()
        dot = sum(counts[one][word] * counts[other][word] for word in shared)
        if dot and dot >= _ALIKE * norms[one] * norms[other]:
            parts.join(one, other)
    groups = [[papers[at] for at in members] for members in parts.groups().values()]
    return sorted(groups, key=len, reverse=True)


class _Parts:
    """Numbers joined into disjoint sets (union-find)."""

    def __init__(self, size: int) -> None:
        self._root = list(range(size))

    def find(self, at: int) -> int:
        while self._root[at] != at:
            self._root[at] = self._root[self._root[at]]
            at = self._root[at]
        return at

    def join(self, one: int, other: int) -> None:
        first, second = sorted((self.find(one), self.find(other)))
        self._root[second] = first

    def groups(self) -> dict[int, list[int]]:
        members: dict[int, list[int]] = defaultdict(list)
        for at in range(len(self._root)):
            members[self.find(at)].append(at)
        return members


def _describe(name: str, papers: Sequence[Paper]) -> Group:
    key = name_key(name)
    coauthors = Counter(
        author for paper in papers for author in set(paper.authors) if name_key(author) != key
    )
    venues = Counter(paper.venue for paper in papers if paper.venue)
    years = [paper.year for paper in papers if paper.year is not None]
    return Group(
        key=min((paper.year is None, paper.year or 0, paper.id) for paper in papers)[2],
        papers=tuple(paper.id for paper in papers),
        coauthors=tuple(sorted(coauthors.items(), key=lambda pair: (-pair[1], pair[0]))),
        venues=tuple(sorted(venues, key=lambda venue: (-venues[venue], venue))),
        first=min(years, default=None),
        last=max(years, default=None),
    )
