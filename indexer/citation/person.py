"""Names of authors taken apart, as formats ask for it: "Plas, Lonneke van der" and the like."""

from __future__ import annotations

from dataclasses import dataclass

from indexer.author import Author
from indexer.paper import unnumbered
from indexer.record.author_name import parse_name


@dataclass(frozen=True, slots=True)
class Person:
    """A name in parts.

    Attributes:
        family: with its particles ("van der Plas"); the whole name where it has one part.
        given: empty where the name has one part.
        suffix: "Jr.", "III"; mostly empty.
    """

    family: str
    given: str = ""
    suffix: str = ""

    @property
    def inverted(self) -> str:
        """The name as lists sort it: "King, Martin Luther, Jr."."""
        return ", ".join(part for part in (self.family, self.given, self.suffix) if part)


def person_of(name: str | Author) -> Person:
    """Returns the parts of a name, without DBLP's number.

    Args:
        name: a printed name, of which the parts are guessed (see
            `indexer.record.author_name.parse_name`), or an author of known parts.
    """
    author = parse_name(name) if isinstance(name, str) else name
    if author.literal or not author.family:
        return Person(unnumbered(author.name).strip())
    given = " ".join(part for part in (author.given, author.dropping_particle) if part)
    return Person(author.sort_family, given, author.suffix)
