"""Lists of authors and editors as formats have them; what they share, no format of its own."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from itertools import islice

from indexer.author import Author
from indexer.cleaning.names import family_and_initials
from indexer.formats.json_formats.json_values import is_object, text
from indexer.intake.record import AUTHORS_READ
from indexer.record.author_name import inverted_name, person


def names_of(people: Iterable[Author]) -> tuple[str, ...]:
    """Returns the printed names, for `Record.authors`."""
    return tuple(author.name for author in people)


def inverted_names(
    names: Iterable[str], plain: Callable[[str], str] | None = None
) -> tuple[Author, ...]:
    """Returns authors of names that may be written "Family, Given"; white space is made single."""
    names_ = (" ".join(name.split()) for name in islice(names, AUTHORS_READ))
    return tuple(inverted_name(plain(name) if plain else name) for name in names_)


def initials_last(name: str) -> Author:
    """Returns an author whose name may be written "Family, Given" or "Family GH" or "Family G.H.".

    Databases of medicine write the latter; the name is put into natural order.

    >>> author = initials_last("de la Cruz AM"); author.name, author.particle, author.family
    ('AM de la Cruz', 'de la', 'Cruz')
    """
    author = inverted_name(name)
    if author.has_parts or (parts := family_and_initials(name)) is None:
        return author
    family, given = parts
    return person(family=family, given=given)


def csl_names(people: object) -> tuple[Author, ...]:
    """Returns the people of a list of CSL or Crossref, with ORCID iD and affiliations.

    Crossref calls ``name`` what CSL calls ``literal``: an organisation.
    """
    authors: list[Author] = []
    for entry in people[:AUTHORS_READ] if isinstance(people, list) else ():
        if not is_object(entry):
            authors.append(inverted_name(text(entry)))
            continue
        family = text(entry.get("family")).strip()
        given = text(entry.get("given")).strip()
        whole = (text(entry.get("literal")) or text(entry.get("name"))).strip()
        if family:
            author = person(
                family=family,
                given=given,
                particle=text(entry.get("non-dropping-particle")).strip(),
                dropping_particle=text(entry.get("dropping-particle")).strip(),
                suffix=text(entry.get("suffix")).strip(),
            )
        elif given:
            author = Author(given)
        else:
            author = Author(whole, literal=bool(whole))
        places = entry.get("affiliation")
        affiliations = tuple(
            name
            for place in (places if isinstance(places, list) else ())
            if (name := text(place.get("name") if is_object(place) else place))
        )
        orcid = text(entry.get("ORCID") or entry.get("orcid"))
        authors.append(replace(author, orcid=orcid, affiliations=affiliations))
    return tuple(authors)
