"""Two exact names, perhaps one person: the evidence, weighed in points and said in a word.

The points were found by logistic regression on the author ids of the shared collection (even
years; OpenReview, IEEE and ACL), then rounded to halves;
`indexer.evaluation.disambiguation_quality` measures what they are worth. What
weighs most is whether the names leave a choice: "K. Konolige" can be nobody
but Kurt, "J. Kim" can be anybody.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from indexer.authors.author_profile import Career
from indexer.authors.person_name import Likeness, Person, likeness
from indexer.authors.surname_block import Family

MOST_RIVALS: Final = 30
"""With more rivals than these a name is too common to say anything."""
ENOUGH_NAMES: Final = 10_000
"""In an index of fewer names, a surname is rare by chance and its rarity says nothing."""
_STRONG: Final = 3.5
_FAIR: Final = 2.0


class Strength(StrEnum):
    """How strong the evidence is, in a word; measured by `quiver evaluate-authors`."""

    STRONG = "strong"
    FAIR = "fair"
    WEAK = "weak"


@dataclass(frozen=True, slots=True)
class Evidence:
    """What speaks for and against two names being one person's.

    Attributes:
        likeness: how the names agree.
        coauthors: printed names of co-authors of both, those with most papers first.
        venues: where both published, in alphabetical order.
        both: first and last year CE in which both careers ran; None where they do not overlap or
            a year is unknown.
        gap: years between the two careers; 0 where they overlap or a year is unknown.
        topics: likeness of the titles' words, from 0 to 1 (cosine).
        rivals: names that could be the one but not the other.
        rival_coauthors: most co-authors that a rival shares with the one it could be.
        bearers: names in the index with this surname; 0 where the index is too small to tell.
    """

    likeness: Likeness
    coauthors: tuple[str, ...]
    venues: tuple[str, ...]
    both: tuple[int, int] | None
    gap: int
    topics: float
    rivals: int
    rival_coauthors: int
    bearers: int

    @property
    def points(self) -> float:
        """The evidence weighed: above 0 is for, below against."""
        shared = len(self.coauthors)
        points = _step(shared, ((1, 1.5), (2, 2.0), (5, 2.5)))
        points -= _step(self.rivals, ((1, 1.0), (3, 1.5), (11, 2.0), (MOST_RIVALS + 1, 4.5)))
        if self.rival_coauthors:
            points -= 1.5 if self.rival_coauthors >= shared else 0.5
        points -= _step(self.gap, ((4, 0.5), (9, 1.0)))
        points += _step(self.topics, ((0.05, 0.5), (0.1, 1.0)))
        points += 0.5 if self.venues else 0.0
        if self.bearers:
            points += 2.0 if self.bearers <= 5 else 1.5 if self.bearers <= 20 else 0.0
        return points + (0.5 if self.likeness is Likeness.LETTERS else 0.0)

    @property
    def strength(self) -> Strength:
        """The points as a word."""
        if self.points >= _STRONG:
            return Strength.STRONG
        return Strength.FAIR if self.points >= _FAIR else Strength.WEAK


def gather(
    one: Career,
    other: Career,
    family: Family,
    career: Callable[[Person], Career | None],
    *,
    bearers: int,
) -> Evidence | None:
    """Gathers the evidence for two names; None where they cannot be one person's.

    Two names on one paper are two people.

    Args:
        one: the first.
        other: the second.
        family: all names of the index with the first one's surname.
        career: gives the career of a name of the family; asked only for rivals, if they are few.
        bearers: names of the index with this surname; 0 where there are too few names to tell
            a rare one (`ENOUGH_NAMES`).
    """
    alike = likeness(one.person, other.person)
    if alike is None or one.papers & other.papers:
        return None
    against = family.rivals(one.person, other.person)
    strongest = 0
    if len(against) <= MOST_RIVALS:
        for third in against:
            near = one if third in family.near(one.person) else other
            known = career(third)
            if known is not None:
                strongest = max(strongest, len(_shared(near, known)))
    return Evidence(
        likeness=alike,
        coauthors=_shared(one, other),
        venues=tuple(sorted(one.venues & other.venues)),
        both=_both(one, other),
        gap=_gap(one, other),
        topics=_cosine(one.words, other.words),
        rivals=len(against),
        rival_coauthors=strongest,
        bearers=bearers,
    )


def _shared(one: Career, other: Career) -> tuple[str, ...]:
    own = {one.person.short, other.person.short}
    both = [short for short in one.coauthors if short in other.coauthors and short not in own]
    both.sort(key=lambda short: (-one.coauthors[short][1] - other.coauthors[short][1], short))
    return tuple(max(one.coauthors[short][0], other.coauthors[short][0], key=len) for short in both)


def _both(one: Career, other: Career) -> tuple[int, int] | None:
    if one.first is None or one.last is None or other.first is None or other.last is None:
        return None
    years = max(one.first, other.first), min(one.last, other.last)
    return years if years[0] <= years[1] else None


def _gap(one: Career, other: Career) -> int:
    if one.first is None or one.last is None or other.first is None or other.last is None:
        return 0
    return max(0, max(one.first, other.first) - min(one.last, other.last))


def _cosine(one: frozenset[str], other: frozenset[str]) -> float:
    if not one or not other:
        return 0.0
    return len(one & other) / math.sqrt(len(one) * len(other))


def _step(value: float, steps: tuple[tuple[float, float], ...]) -> float:
    """Returns the points of the highest step that a value reaches; 0 below the first."""
    return max((worth for least, worth in steps if value >= least), default=0.0)
