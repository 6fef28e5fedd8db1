"""All names of a collection at once: every pair that may be one person's, with its evidence."""

from __future__ import annotations

import itertools
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache

from indexer.authors.author_profile import Career, sum_up
from indexer.authors.name_variants import ENOUGH_NAMES, MOST_RIVALS, Evidence, gather
from indexer.authors.person_name import Person, read_person
from indexer.authors.surname_block import Family
from indexer.paper import Paper, name_key

_REMEMBERED = 1 << 18


@dataclass(frozen=True, slots=True)
class Pair:
    """Two exact names that may be one person's.

    Attributes:
        one, other: their `name_key`s, in order of code points.
    """

    one: str
    other: str
    evidence: Evidence


class Names:
    """The exact names of a collection and their papers.

    Attributes:
        papers: by `name_key`, the papers that bear it.
        people: by `name_key`, the name taken apart; names without letters are left out.
    """

    def __init__(self, papers: Iterable[Paper]) -> None:
        papers_of: dict[str, list[Paper]] = defaultdict(list)
        for paper in papers:
            for key in dict.fromkeys(map(name_key, paper.authors)):
                papers_of[key].append(paper)
        self.papers: Mapping[str, list[Paper]] = dict(papers_of)
        self.read = lru_cache(_REMEMBERED)(read_person)
        self.people: Mapping[str, Person] = {
            key: person for key in self.papers if (person := self.read(key)) is not None
        }
        self._careers: dict[str, Career | None] = {}
        self._surnames: dict[str, list[Person]] = defaultdict(list)
        self._families: dict[str, Family] = {}
        self._keys: dict[Person, list[str]] = defaultdict(list)
        for key, person in self.people.items():
            self._surnames[person.surname].append(person)
            self._keys[person].append(key)

    def career(self, key: str) -> Career | None:
        """Returns the career of an exact name, or None for an unknown name."""
        if key not in self._careers:
            self._careers[key] = sum_up(key, self.papers[key], self.read)
        return self._careers[key]

    def career_of(self, person: Person) -> Career | None:
        """Returns the career of the busiest of the exact names that fold to this one."""
        keys = self._keys.get(person, [])
        return self.career(max(keys, key=lambda key: len(self.papers[key]))) if keys else None

    def pairs(self) -> Iterator[Pair]:
        """Yields every pair of names that may be one person's, with the evidence, in no order.

        Names that are too common to say anything (over `MOST_RIVALS`) are passed over.
        """
        seen: set[tuple[str, str]] = set()
        for one, other in self._alike():
            if (one, other) not in seen:
                seen.add((one, other))
                evidence = self._evidence(one, other)
                if evidence is not None:
                    yield Pair(one, other, evidence)

    def _evidence(self, one: str, other: str) -> Evidence | None:
        family = self._family(self.people[one].surname)
        if len(family.rivals(self.people[one], self.people[other])) > MOST_RIVALS:
            return None
        first, second = self.career(one), self.career(other)
        if first is None or second is None:
            return None
        bearers = len(self._surnames[first.person.surname])
        if len(self.people) < ENOUGH_NAMES:
            bearers = 0
        return gather(first, second, family, self.career_of, bearers=bearers)

    def _family(self, surname: str) -> Family:
        if surname not in self._families:
            self._families[surname] = Family(self._surnames[surname])
        return self._families[surname]

    def _alike(self) -> Iterator[tuple[str, str]]:
        """Yields every pair of similar names, some of them twice."""
        for key, person in self.people.items():
            twins = self._keys[person]
            yield from ((key, twin) for twin in twins if twin > key)
            for other in self._family(person.surname).near(person):
                yield from ((key, key_) for key_ in self._keys[other] if key_ > key)
        letters: dict[str, list[str]] = defaultdict(list)
        for key, person in self.people.items():
            letters[person.letters].append(key)
        for keys in letters.values():
            yield from itertools.combinations(sorted(keys), 2)
