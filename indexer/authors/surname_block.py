"""The names of one surname, and which of them may be one person's."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence

from indexer.authors.person_name import FORMAL, Person, likeness


class Family:
    """Names of an index with one surname: all of them, or all that begin like one.

    Names alike are found among those that begin the same, so that a family of thousands is as
    quick as one of ten.
    """

    def __init__(self, people: Iterable[Person]) -> None:
        self._first: dict[str, list[Person]] = defaultdict(list)
        self._initial: dict[str, list[Person]] = defaultdict(list)
        self._near: dict[Person, frozenset[Person]] = {}
        for person in dict.fromkeys(people):
            for name in _spellings(person):
                self._first[name].append(person)
            if person.initial:
                self._initial[person.initial].append(person)

    def near(self, person: Person) -> frozenset[Person]:
        """Returns the other names of the surname that may be this person's."""
        if person not in self._near:
            self._near[person] = frozenset(
                other
                for other in self._candidates(person)
                if other != person and likeness(person, other) is not None
            )
        return self._near[person]

    def rivals(self, one: Person, other: Person) -> frozenset[Person]:
        """Returns the names that fit exactly one of two people."""
        return (self.near(one) ^ self.near(other)) - {one, other}

    def _candidates(self, person: Person) -> Sequence[Person]:
        if not person.given:
            return ()
        if len(person.given[0]) == 1:
            return self._initial[person.initial]
        rivals = [rival for name in _spellings(person) for rival in self._first.get(name, ())]
        return [*rivals, *self._first.get(person.initial, ())]


def _spellings(person: Person) -> tuple[str, ...]:
    """The first name, and what it may be short for."""
    if not person.given:
        return ()
    name = person.given[0]
    return (name, *FORMAL.get(name, ()))
