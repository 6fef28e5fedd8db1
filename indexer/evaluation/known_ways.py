"""Further ways of asking for a known paper: by an identifier, by a reference, by name and year."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator
from types import MappingProxyType
from typing import Final

from indexer.citation.person import person_of
from indexer.evaluation.reference_styles import STYLES, in_style
from indexer.paper import Paper, unnumbered
from indexer.text.display import plain
from indexer.text.folding import fold

IDENTIFIER: Final = "identifier"
AUTHOR_YEAR: Final = "author, year, two title words"
REFERENCES: Final = tuple(f"reference, {style}" for style in STYLES)
NAMES: Final = ("name", "name, inverted", "name, initials last", "name, family first")
FOUR_WORDS: Final = "four title words, any order"
MAIN_TITLE: Final = "title without its subtitle"
TYPO: Final = "title words, one typo"
VENUE_YEAR: Final = "venue, year, two title words"
WAYS: Final = (
    *(IDENTIFIER, *REFERENCES, AUTHOR_YEAR, *NAMES),
    *(FOUR_WORDS, MAIN_TITLE, TYPO, VENUE_YEAR),
)
"""In the order of the report."""
LEAST_SHARES: Final = MappingProxyType(
    {IDENTIFIER: 0.99, AUTHOR_YEAR: 0.95, FOUR_WORDS: 0.97, MAIN_TITLE: 0.965, TYPO: 0.97}
    | dict.fromkeys(REFERENCES, 0.99)
    | dict.fromkeys((*NAMES, VENUE_YEAR), 0.95)
)
"""Share of the papers that must come first, for each way."""
MOST_TYPO_WORDS: Final = 6
_SMALL: Final = frozenset("the and for with from via into using over under towards based".split())


def asked_ways(paper: Paper) -> Iterator[tuple[str, str]]:
    """Returns ways of asking for a paper, each with what a reader would type."""
    for text in _identifiers(paper):
        yield IDENTIFIER, text
    yield from _title_ways(paper)
    if not paper.authors or paper.year is None:
        return
    for style, way in zip(STYLES, REFERENCES, strict=True):
        yield way, in_style(style, paper)
    yield from _name_ways(paper.authors[0])
    words = _two_words(paper.title)
    if words:
        yield AUTHOR_YEAR, f"{person_of(unnumbered(paper.authors[0])).family} {paper.year} {words}"


def _title_ways(paper: Paper) -> Iterator[tuple[str, str]]:
    chance = random.Random(paper.id)  # noqa: S311 - a choice of words is no secret
    words = telling_words(paper.title)
    if len(words) >= 4:
        some = chance.sample(words, 4)
        yield FOUR_WORDS, " ".join(some)
        typo = misspelt(words, chance)
        if typo:
            yield TYPO, typo
    main, colon, _ = paper.title.partition(": ")
    if colon and re.search(r"\w{2}", main):
        yield MAIN_TITLE, main
    two = _two_words(paper.title)
    if two and paper.venue and paper.year is not None:
        yield VENUE_YEAR, f"{paper.venue} {paper.year} {two}"


def misspelt(words: list[str], chance: random.Random) -> str:
    """Returns the first few words, two letters swapped in one of seven letters or more."""
    words = words[:MOST_TYPO_WORDS]
    long = [at for at, word in enumerate(words) if len(word) >= 7]
    if not long:
        return ""
    at = chance.choice(long)
    word = words[at]
    places = [place for place in range(1, len(word) - 2) if word[place] != word[place + 1]]
    if not places:
        return ""
    place = chance.choice(places)
    swapped = word[:place] + word[place + 1] + word[place] + word[place + 2 :]
    return " ".join((*words[:at], swapped, *words[at + 1 :]))


def _name_ways(name: str) -> Iterator[tuple[str, str]]:
    """Returns forms of a name in the order of `NAMES`; none of a name that is one whole."""
    person = person_of(unnumbered(name))
    if not person.given or not person.family:
        return
    initials = [part[0] for part in re.findall(r"[^\W\d_]+", person.given)]
    yield NAMES[0], f"{person.given} {person.family}"
    yield NAMES[1], f"{person.family}, {' '.join(f'{letter}.' for letter in initials)}"
    if all(letter.isupper() for letter in initials):
        yield NAMES[2], f"{person.family} {''.join(initials)}"
    yield NAMES[3], f"{person.family} {person.given}"


def fits_name(paper: Paper, meant: Paper) -> bool:
    """Returns whether a paper has an author of the family name and first initial of another's."""
    person = person_of(unnumbered(meant.authors[0]))
    others = (person_of(unnumbered(name)) for name in paper.authors)
    return any(
        fold(other.family).text == fold(person.family).text
        and other.given[:1].casefold() == person.given[:1].casefold()
        for other in others
    )


def has_words(paper: Paper, words: list[str]) -> bool:
    """Returns whether the title of a paper has all of some words, by their first five letters."""
    title = fold(plain(paper.title)).text
    return all(fold(word).text[:5] in title for word in words)


def _identifiers(paper: Paper) -> Iterator[str]:
    """Returns an identifier in several spellings: the id, the DOI, an arXiv number, an address."""
    if re.search(r"[\d:_/.-]", paper.id) and not re.search(r"\s", paper.id):
        yield paper.id
    if paper.doi:
        yield paper.doi
        yield f"https://doi.org/{paper.doi}"
    number = paper.identifier("arxiv")
    if number:
        yield f"arXiv:{number}v2"
    if paper.url:
        yield paper.url


def fits_author_year(paper: Paper, meant: Paper) -> bool:
    """Returns whether a paper has the year, an author of the name and the two words of another.

    A word counts in any form: by its first five letters.
    """
    family = person_of(unnumbered(meant.authors[0])).family
    title = plain(paper.title).lower()
    return (
        paper.year == meant.year
        and any(person_of(unnumbered(name)).family == family for name in paper.authors)
        and all(word[:5].lower() in title for word in _two_words(meant.title).split())
    )


def telling_words(title: str) -> list[str]:
    """Returns the words of a title that say what it is about, each once, in order."""
    words = dict.fromkeys(re.findall(r"[^\W\d_]{3,}", plain(title)))
    return [word for word in words if word.lower() not in _SMALL]


def _two_words(title: str) -> str:
    """Returns the two longest words of a title, in its order; empty where it has fewer."""
    words = telling_words(title)
    longest = sorted(words, key=len, reverse=True)[:2]
    return " ".join(word for word in words if word in longest) if len(longest) == 2 else ""
