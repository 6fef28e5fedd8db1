"""An author as the source describes the person: name parts, ORCID iD, affiliations.

Name parts are those of CSL (docs.citationstyles.org/en/stable/specification.html#names): a
particle that does not drop is sorted with the family name where a style wants it so ("van" in
"Vincent van Gogh"), one that drops never is ("von" in "Alexander von Humboldt").
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

NAME_PARTS: Final = ("family", "given", "particle", "dropping_particle", "suffix")
_TEXTS: Final = (*NAME_PARTS, "orcid", "source_id")


@dataclass(frozen=True, slots=True)
class Author:
    """An author or editor: the name as printed and what else is known.

    Attributes:
        name: as printed, in natural order; of an author of a paper, the item of `Paper.authors`.
        family: without particles; empty where the source does not tell.
        given: given names or initials, middle names with them.
        particle: non-dropping ("van").
        dropping_particle: "von"; never sorted with the family name.
        suffix: "Jr.", "III".
        literal: the name is one whole: that of an organisation, a collaboration, or a name that
            must not be taken apart.
        orcid: "0000-0002-1825-0097".
        affiliations: as printed, in order.
        source_id: what the source calls this person ("~Qi_Zhang1", "A5023888391").
    """

    name: str
    family: str = ""
    given: str = ""
    particle: str = ""
    dropping_particle: str = ""
    suffix: str = ""
    literal: bool = False
    orcid: str = ""
    affiliations: tuple[str, ...] = ()
    source_id: str = ""

    @property
    def has_parts(self) -> bool:
        """Whether the name is in parts, or known to be one whole."""
        return self.literal or bool(self.family)

    @property
    def has_details(self) -> bool:
        """Whether anything is known beside the printed name."""
        return (
            self.has_parts
            or bool(self.given or self.particle or self.dropping_particle or self.suffix)
            or bool(self.orcid or self.affiliations or self.source_id)
        )

    @property
    def sort_family(self) -> str:
        """The family name with its non-dropping particle, or the whole name."""
        if not self.family:
            return self.name
        return joined(self.particle, self.family)


def joined(*parts: str) -> str:
    """Returns name parts with a space between, none after an apostrophe or a hyphen.

    >>> joined("Jean", "d'", "Alembert")
    "Jean d'Alembert"
    """
    text = ""
    for part in parts:
        if part:
            glued = not text or (text.endswith(("'", "’", "-")) and not text.endswith((" -", " '")))
            text += part if glued else f" {part}"
    return text


def author_json(author: Author) -> dict[str, Any]:
    """Returns an author as JSON; empty fields are left out."""
    written: dict[str, Any] = {"name": author.name}
    for field in _TEXTS:
        if value := getattr(author, field):
            written[field] = value
    if author.literal:
        written["literal"] = True
    if author.affiliations:
        written["affiliations"] = list(author.affiliations)
    return written


def author_of(value: Mapping[str, Any], name: str = "") -> Author:
    """Returns the author that `author_json` wrote; values of other types count as missing.

    Args:
        value: the object.
        name: the printed name where the object has none.
    """
    texts = {field: given for field in _TEXTS if isinstance(given := value.get(field), str)}
    printed = value.get("name")
    places = value.get("affiliations")
    return Author(
        name=printed if isinstance(printed, str) else name,
        literal=value.get("literal") is True,
        affiliations=tuple(place for place in places if isinstance(place, str))
        if isinstance(places, list)
        else (),
        **texts,
    )
