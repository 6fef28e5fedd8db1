"""A person's name read as surname and given names, and when two names may be one person's.

Names fold before they are compared: case, accents, hyphens, apostrophes, full stops, the number
DBLP gives to homonyms, and marks that printing left on them. The order of a name is taken as
printed, surname last; names that agree only in another order are other people far more often than
not (measured on the shared collection: 2 of 100).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from indexer.paper import name_key, unnumbered
from indexer.record.author_name import is_organisation
from indexer.text.folding import fold

_MARKS = re.compile(r"[*†‡§¶()\d]+")
_GAPS = re.compile(r"[\s.,]+")
_SUFFIXES: Final = frozenset(("jr", "sr", "ii", "iii", "iv"))
_SHORT: Final = (
    "abe abraham|alex alexander alexandra alexandre|andy andrew|ben benjamin|bill william|"
    "bob robert|charlie charles|chris christian christopher christoph|dan daniel|dave david|"
    "don donald|doug douglas|ed edward edwin|fred frederick|gabe gabriel|greg gregory|"
    "jake jacob|jeff jeffrey|jen jennifer|jim james|joe joseph|jon jonathan|josh joshua|"
    "kate katherine|ken kenneth|kostas konstantinos|larry lawrence|liz elizabeth|matt matthew|"
    "max maximilian|mike michael|mitch mitchell|nate nathan nathaniel|nick nicholas|"
    "nikos nikolaos|pete peter|phil philip|ray raymond|rich richard|rick richard|rob robert|"
    "ron ronald|sam samuel samantha|steve steven stephen|sue susan|ted edward theodore|"
    "tim timothy|tom thomas|tony anthony|vic victor|will william|yannis ioannis|zach zachary"
)
FORMAL: Final = {group.split()[0]: tuple(group.split()[1:]) for group in _SHORT.split("|")}
"""Short forms of given names and what they may stand for; no others are taken for short forms."""


class Likeness(StrEnum):
    """How two names that are not the same may still be one person's, most alike first."""

    LETTERS = "same letters"
    """They differ in accents, hyphens, spaces, full stops or the number of DBLP."""
    MIDDLE = "a middle name"
    """One leaves out or abbreviates given names after the first."""
    SHORT = "a short form"
    """One has the short form of the other's first name ("Dan", "Daniel")."""
    INITIALS = "initials"
    """One has only the initial of the first name."""

    @property
    def difference(self) -> str:
        """In what the names differ, for the reader."""
        return "accents, hyphens or a number only" if self is Likeness.LETTERS else self.value


@dataclass(frozen=True, slots=True)
class Person:
    """A name taken apart; all parts folded.

    Attributes:
        surname: the last word, hyphens and apostrophes dropped.
        given: the words before it, those joined by hyphens apart; perhaps initials.
        joined: how many of them a hyphen makes one name ("Ming-Hsuan": 2).
        letters: the whole name without gaps.
        number: the number DBLP gave ("0004"), or empty.
    """

    surname: str
    given: tuple[str, ...]
    joined: int
    letters: str
    number: str = ""

    @property
    def initial(self) -> str:
        """First letter of the first given name; empty where there is none."""
        return self.given[0][0] if self.given else ""

    @property
    def short(self) -> str:
        """Surname and initial: what an abbreviated name keeps of the person."""
        return f"{self.surname} {self.initial}"


def read_person(name: str) -> Person | None:
    """Returns a name split into its parts, or None if it has no letters."""
    key = name_key(name)
    plain = unnumbered(key)
    whole = is_organisation(unnumbered(name))
    number = key[len(plain) :].strip()
    words = [
        word for raw in _GAPS.split(_MARKS.sub("", plain)) if (word := fold(raw).text.strip("-'"))
    ]
    while len(words) > 2 and words[-1] in _SUFFIXES:
        words.pop()
    if not words:
        return None
    if whole:  # no initials and no order of its words but its own
        letters = _bare("".join(words))
        return Person(letters, (), 0, letters, number) if letters else None
    surname = _bare(words[-1])
    given = tuple(part for word in words[:-1] for part in word.replace("'", "").split("-") if part)
    if not surname:
        return None
    joined = len([part for part in words[0].split("-") if part]) if given else 0
    return Person(surname, given, joined, _bare("".join(words)), number)


def initials_of(person: Person) -> frozenset[str]:
    """Returns the first letters that variants of this name may have."""
    if not person.given:
        return frozenset()
    name = person.given[0]
    others = [short for short, forms in FORMAL.items() if name in forms]
    return frozenset(form[0] for form in (name, *FORMAL.get(name, ()), *others))


def likeness(one: Person, other: Person) -> Likeness | None:
    """Returns how two names may be one person's, or None if they cannot be.

    Two different numbers of DBLP are two people; that is what it gives them for.
    """
    if one.number and other.number and one.number != other.number:
        return None
    if one.letters == other.letters:
        return Likeness.LETTERS
    if one.surname != other.surname or not one.given or not other.given:
        return None
    first = _first_names(one.given[0], other.given[0])
    if first is Likeness.MIDDLE and one.joined != other.joined:
        return None  # "Ming-Hsuan" is one name and not "Ming" with another
    if first is None or not _middles_agree(one.given[1:], other.given[1:]):
        return None
    return first


def _first_names(one: str, other: str) -> Likeness | None:
    if one == other:
        return Likeness.MIDDLE
    if len(one) == 1 or len(other) == 1:
        return Likeness.INITIALS if one[0] == other[0] else None
    if other in FORMAL.get(one, ()) or one in FORMAL.get(other, ()):
        return Likeness.SHORT
    return None


def _middles_agree(one: tuple[str, ...], other: tuple[str, ...]) -> bool:
    """Whether the shorter list of middle names is found in the longer one, in order."""
    short, long = (one, other) if len(one) <= len(other) else (other, one)
    rest = iter(long)
    return all(any(_agree(name, candidate) for candidate in rest) for name in short)


def _agree(one: str, other: str) -> bool:
    if len(one) == 1 or len(other) == 1:
        return one[0] == other[0]
    return one == other


def _bare(word: str) -> str:
    return word.replace("-", "").replace("'", "")
