"""Who wrote with whom: the co-authors of a name, and the strongest ties among them."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Final

from indexer.paper import Paper, name_key

MOST_TIED: Final = 12
"""Co-authors that a picture of the strongest ties shows."""
MOST_TIES: Final = 30


@dataclass(frozen=True, slots=True)
class CoAuthor:
    """Somebody on papers of a name.

    Attributes:
        name: the most frequent spelling there.
        count: of these papers, those with this exact name.
    """

    name: str
    count: int


@dataclass(frozen=True, slots=True)
class Tie:
    """Two co-authors of a name who wrote papers of it together.

    Attributes:
        one, other: places among `Ties.people`, `one` the lower.
        count: papers of the name that both are on.
    """

    one: int
    other: int
    count: int


@dataclass(frozen=True, slots=True)
class Ties:
    """The co-authors with most papers, and who of them wrote with whom.

    Attributes:
        people: in an order that puts those with strong ties side by side.
        ties: strongest first, then by place.
    """

    people: tuple[CoAuthor, ...] = ()
    ties: tuple[Tie, ...] = ()


def printed_names(papers: Iterable[Paper]) -> dict[str, Counter[str]]:
    """Counts for each exact name (`name_key`) on papers how often it is printed how."""
    coauthors: dict[str, Counter[str]] = defaultdict(Counter)
    for paper in papers:
        for author in set(paper.authors):
            coauthors[name_key(author)][author] += 1
    return coauthors


def coauthors_of(
    printed: Mapping[str, Mapping[str, int]], own: Collection[str]
) -> tuple[CoAuthor, ...]:
    """Lists who is on papers beside some names: most papers first, then by name.

    Args:
        printed: the names on the papers, see `printed_names`.
        own: `name_key`s that are left out.
    """
    listed = [
        CoAuthor(min(names, key=lambda name: (-names[name], name)), sum(names.values()))
        for key, names in printed.items()
        if key not in own
    ]
    return tuple(sorted(listed, key=lambda coauthor: (-coauthor.count, coauthor.name)))


def strongest_ties(papers: Sequence[Paper], coauthors: Sequence[CoAuthor]) -> Ties:
    """Finds who of the first co-authors wrote papers together.

    Args:
        papers: the papers of a name.
        coauthors: those on them, most papers first.
    """
    first = coauthors[:MOST_TIED]
    keys = {name_key(coauthor.name): index for index, coauthor in enumerate(first)}
    counts: Counter[tuple[int, int]] = Counter()
    for paper in papers:
        there = sorted({keys[key] for key in map(name_key, paper.authors) if key in keys})
        counts.update(combinations(there, 2))
    order = _side_by_side(len(first), counts)
    place = {at: now for now, at in enumerate(order)}
    ties = [
        Tie(min(place[one], place[other]), max(place[one], place[other]), count)
        for (one, other), count in counts.items()
    ]
    ties.sort(key=lambda tie: (-tie.count, tie.one, tie.other))
    return Ties(tuple(first[at] for at in order), tuple(ties[:MOST_TIES]))


def _side_by_side(size: int, counts: Counter[tuple[int, int]]) -> list[int]:
    """Order numbers so that each stands next to the one before that it has most in common with."""
    left = list(range(size))
    order = left[:1]
    del left[:1]
    while left:
        last = order[-1]
        following = max(left, key=lambda at: (counts[min(at, last), max(at, last)], -at))
        order.append(following)
        left.remove(following)
    return order
