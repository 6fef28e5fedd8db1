"""The evidence around one name of an index, gathered through the contract while the page waits."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from indexer.authors.author_profile import Career, sum_up
from indexer.authors.name_variants import ENOUGH_NAMES, MOST_RIVALS, Evidence, Strength, gather
from indexer.authors.person_name import Person, initials_of, read_person
from indexer.authors.same_name_groups import Group, suspect_several
from indexer.authors.surname_block import Family
from indexer.paper import UNKNOWN, Paper, name_key
from indexer.query import Filter, Query, Sort
from indexer.search import Searcher
from indexer.text.folding import fold

MOST_NAMES = 40
"""Most names that are looked into, those with most papers first."""
_read: Final = lru_cache(maxsize=1 << 15)(read_person)


@dataclass(frozen=True, slots=True)
class Suggestion:
    """Another exact name that may be the same person's; never merged, only said.

    Attributes:
        name: as it is printed.
        papers: papers under it.
    """

    name: str
    papers: int
    evidence: Evidence

    @property
    def strength(self) -> Strength:
        """The evidence in a word."""
        return self.evidence.strength


def papers_of(searcher: Searcher, *names: str) -> Iterator[Paper]:
    """Yields the papers of exact names by year descending, case-folded title, id."""
    keys = dict.fromkeys(map(name_key, names))
    query = Query(filters=(Filter("author", tuple(keys)),), sort=Sort.NEWEST)
    for paper_id in searcher.ids(query):
        paper = searcher.get(paper_id)
        # To a filter, "unknown" is no name but stands for papers without authors.
        if paper is not None and (UNKNOWN not in keys or _bears(paper, keys)):
            yield paper


def _bears(paper: Paper, keys: Collection[str]) -> bool:
    return any(name_key(author) in keys for author in paper.authors)


class Around:
    """The names of an index that share one name's surname, or all its letters."""

    def __init__(self, searcher: Searcher, name: str, papers: tuple[Paper, ...]) -> None:
        """Looks up the names around one.

        Args:
            searcher: the snapshot to read.
            name: an exact name, any spelling.
            papers: all papers under it.
        """
        self._searcher = searcher
        self._name = name
        self._papers = papers
        self._own = sum_up(name, papers, _read)
        self._careers: dict[str, Career | None] = {name_key(name): self._own}
        self._named: dict[str, _Named] = {}
        self._keys: dict[Person, list[str]] = defaultdict(list)
        self._bearers = 0
        if self._own is not None:
            self._look_up(self._own.person)
        self._family = Family(
            named.person
            for named in self._named.values()
            if self._own is not None and named.person.surname == self._own.person.surname
        )

    def same_person(self, *, weak: bool = False) -> tuple[Suggestion, ...]:
        """Suggest other names that may be this person's, strongest evidence first.

        Args:
            weak: give those with weak evidence, too.
        """
        suggestions = [
            suggestion
            for suggestion in self._suggestions()
            if weak or suggestion.strength is not Strength.WEAK
        ]
        suggestions.sort(
            key=lambda suggestion: (
                -suggestion.evidence.points,
                -suggestion.papers,
                suggestion.name,
            )
        )
        return tuple(suggestions)

    def several_people(self) -> tuple[Group, ...]:
        """Returns the groups into which a common name's papers fall; empty for a rare name."""
        if self._own is None:
            return ()
        short = self._own.person.short
        kin = sum(named.person.short == short for named in self._named.values())
        return suspect_several(self._name, self._papers, kin)

    def _look_up(self, own: Person) -> None:
        printed, tail = _tail(self._name, own)
        if not own.given or not tail:
            return
        initials = initials_of(own)
        for value in self._searcher.values("author", prefix=tail, limit=0):
            name = value.value
            self._bearers += name.casefold().endswith((printed, tail))
            # Of thousands of Li only those are taken apart that may begin like this one.
            if name[0].isascii() and name[0].lower() not in initials:
                continue
            person = _read(name)
            if person is not None and tail in person.surname:
                key = name_key(name)
                self._named[key] = _Named(name, value.count, person)
                self._keys[person].append(key)

    def _suggestions(self) -> Iterator[Suggestion]:
        """Yields a suggestion for every name with evidence, in no order."""
        if self._own is None:
            return
        own = self._own.person
        bearers = self._bearers if self._searcher.info().authors >= ENOUGH_NAMES else 0
        near = self._family.near(own)
        alike = [
            key
            for key, named in self._named.items()
            if key not in self._careers
            and (named.person in near or named.person.letters == own.letters)
        ]
        alike.sort(key=lambda key: (-self._named[key].papers, key))
        for key in alike[:MOST_NAMES]:
            if len(self._family.rivals(own, self._named[key].person)) > MOST_RIVALS:
                continue
            other = self._career(key)
            if other is None:
                continue
            evidence = gather(self._own, other, self._family, self._career_of, bearers=bearers)
            if evidence is not None:
                yield Suggestion(self._named[key].name, self._named[key].papers, evidence)

    def _career(self, key: str) -> Career | None:
        if key not in self._careers:
            name = self._named[key].name
            self._careers[key] = sum_up(name, papers_of(self._searcher, name), _read)
        return self._careers[key]

    def _career_of(self, person: Person) -> Career | None:
        keys = self._keys.get(person, [])
        return self._career(max(keys, key=lambda key: self._named[key].papers)) if keys else None


def _tail(name: str, person: Person) -> tuple[str, str]:
    """Returns the last word of the surname, as printed and folded; empty if it has none.

    It begins a word of every name that has the same letters; a number of DBLP or a "Jr." does not.
    """
    for word in reversed(name.casefold().split()):
        printed = word.rpartition("-")[2]
        tail = fold(printed).text.strip(".,'*")
        if tail and tail in person.surname:
            return printed, tail
    return "", ""


@dataclass(frozen=True, slots=True)
class _Named:
    """An exact name of the index: as printed, its number of papers, taken apart."""

    name: str
    papers: int
    person: Person
