"""Further ways of asking for a known paper: by an identifier, by a reference, by name and year."""

from __future__ import annotations

import re
from collections.abc import Iterator
from types import MappingProxyType
from typing import Final

from indexer.citation.person import person_of
from indexer.evaluation.reference_styles import STYLES, in_style
from indexer.paper import Paper, unnumbered
from indexer.text.display import plain

IDENTIFIER: Final = "identifier"
AUTHOR_YEAR: Final = "author, year, two title words"
REFERENCES: Final = tuple(f"reference, {style}" for style in STYLES)
WAYS: Final = (IDENTIFIER, *REFERENCES, AUTHOR_YEAR)
"""In the order of the report."""
LEAST_SHARES: Final = MappingProxyType(
    {IDENTIFIER: 0.99, AUTHOR_YEAR: 0.95} | dict.fromkeys(REFERENCES, 0.99)
)
"""Share of the papers that must come first, for each way."""
_SMALL: Final = frozenset("the and for with from via into using over under towards based".split())


def asked_ways(paper: Paper) -> Iterator[tuple[str, str]]:
    """Returns ways of asking for a paper, each with what a reader would type."""
    for text in _identifiers(paper):
        yield IDENTIFIER, text
    if not paper.authors or paper.year is None:
        return
    for style, way in zip(STYLES, REFERENCES, strict=True):
        yield way, in_style(style, paper)
    words = _two_words(paper.title)
    if words:
        yield AUTHOR_YEAR, f"{person_of(unnumbered(paper.authors[0])).family} {paper.year} {words}"


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


def _two_words(title: str) -> str:
    """Returns the two longest words of a title, in its order; empty where it has fewer."""
    words = dict.fromkeys(re.findall(r"[^\W\d_]{3,}", plain(title)))
    telling = [word for word in words if word.lower() not in _SMALL]
    longest = sorted(telling, key=len, reverse=True)[:2]
    return " ".join(word for word in words if word in longest) if len(longest) == 2 else ""
