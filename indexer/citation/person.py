"""Names of authors taken apart, as formats ask for it: "Plas, Lonneke van der" and the like."""

from __future__ import annotations

from dataclasses import dataclass

from indexer.paper import unnumbered

_EAST_ASIAN = 0x2E80
_SUFFIXES = frozenset({"jr", "jr.", "sr", "sr.", "ii", "iii", "iv"})


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


def person_of(name: str) -> Person:
    """Take a printed name apart, without DBLP's number.

    The last word is the family name, with the lower-case words right before it; "Jaggi, Martin"
    is taken as it says. No rule is right for all names of the world; this is BibTeX's. Names in
    Chinese characters and the like, and groups ("Llama and Friends"), stay whole.
    """
    name = unnumbered(name).strip()
    if " and " in name or all(ord(char) >= _EAST_ASIAN for char in name if char.isalpha()):
        return Person(name)
    if "," in name:
        parts = [part.strip() for part in name.split(",") if part.strip()]
        if len(parts) > 1 and parts[1].lower() in _SUFFIXES:
            return _apart(parts[0], parts[1])
        return Person(parts[0], " ".join(parts[1:])) if parts else Person(name)
    words = name.split()
    if len(words) > 2 and words[-1].lower() in _SUFFIXES:
        return _apart(" ".join(words[:-1]), words[-1])
    return _apart(name, "")


def _apart(name: str, suffix: str) -> Person:
    words = name.split()
    if len(words) < 2:
        return Person(name, "", suffix)
    first = len(words) - 1
    while first > 1 and words[first - 1][:1].islower():
        first -= 1
    return Person(" ".join(words[first:]), " ".join(words[:first]), suffix)
