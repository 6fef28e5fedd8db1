"""What the papers under one exact name say about who wrote them."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from indexer.authors.person_name import Person, read_person
from indexer.paper import Paper, name_key

Read = Callable[[str], Person | None]
_WORD: Final = re.compile(r"[a-z0-9]{3,}")
_COMMON: Final = frozenset(
    "the for and with from using via are towards toward based learning model models robot robots "
    "robotic method approach system systems control neural network networks deep new novel "
    "efficient data".split()
)


@dataclass(frozen=True, slots=True)
class Career:
    """The papers under one exact name, summed up.

    Attributes:
        name: one spelling of it.
        papers: their ids.
        coauthors: by surname and initial (so that "M. Jaggi" and "Martin Jaggi" are one): a
            printed name, and on how many of the papers.
        venues: where they appeared.
        first, last: years CE; None where no paper has one.
        words: words of the titles, those of every other title left out.
    """

    name: str
    person: Person
    papers: frozenset[str]
    coauthors: Mapping[str, tuple[str, int]]
    venues: frozenset[str]
    first: int | None
    last: int | None
    words: frozenset[str]


def title_words(title: str) -> set[str]:
    """Returns the words of a title that tell its topic."""
    return set(_WORD.findall(title.lower())) - _COMMON


def sum_up(name: str, papers: Iterable[Paper], read: Read = read_person) -> Career | None:
    """Sum up the papers under an exact name; None where the name has no letters.

    Args:
        name: any spelling of it.
        papers: all its papers.
        read: how names are taken apart; one that remembers is faster over many careers.
    """
    person = read(name)
    if person is None:
        return None
    key = name_key(name)
    names: dict[str, str] = {}
    counts: Counter[str] = Counter()
    venues: set[str] = set()
    years: list[int] = []
    words: set[str] = set()
    ids: set[str] = set()
    for paper in papers:
        ids.add(paper.id)
        shorts: dict[str, str] = {}
        for author in paper.authors:
            if name_key(author) != key and (other := read(author)) is not None:
                shorts[other.short] = author
        counts.update(shorts.keys())
        for short, author in shorts.items():
            names.setdefault(short, author)
        if paper.venue:
            venues.add(paper.venue)
        if paper.year is not None:
            years.append(paper.year)
        words |= title_words(paper.title)
    return Career(
        name=name,
        person=person,
        papers=frozenset(ids),
        coauthors={short: (names[short], count) for short, count in counts.items()},
        venues=frozenset(venues),
        first=min(years, default=None),
        last=max(years, default=None),
        words=frozenset(words),
    )
