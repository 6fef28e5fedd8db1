"""Fields of a paper that a format has no place for, as pairs of a name and a value.

Zotero keeps such fields in its field Extra, one line ``name: value`` each. RIS and EndNote have
fields that users define, CSL-JSON has ``custom``, and BibTeX takes fields of any name; other
programs pass over what is written there, and Quiver reads it back. What is known of a person stands
behind the name ("Ada Lovelace = 0000-0002-1825-0097"), so that it never goes to somebody else when
a list of authors is edited.
"""

from __future__ import annotations

import re
from collections.abc import Container, Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Any, Final

from indexer.author import Author
from indexer.intake.record import Record
from indexer.paper import Paper, unnumbered
from indexer.publication import KIND_LABELS, TEXT_FIELDS
from indexer.record.author_name import parse_name
from indexer.record.identifiers import SCHEMES

ExtraField = tuple[str, str]
"""A name and a value; names occur more than once where there are several values."""
PAPER_ID: Final = "paper-id"
"""`Paper.id`, where that is neither the DOI nor made by `indexer.paper.paper_id`."""
AUTHORS_COMPLETE: Final = "authors-complete"
_TEXTS: Final = {
    name.replace("_", "-"): name for name in TEXT_FIELDS if name not in ("kind", "venue_printed")
}
_ATTRIBUTES: Final = (
    "orcid", "affiliation", "source-id", "name", "given", "dropping-particle", "literal",
)  # fmt: skip
_ROLES: Final = ("author", "editor")
PERSON_NAMES: Final = frozenset(
    f"{role}-{attribute}" for role in _ROLES for attribute in _ATTRIBUTES
)
"""Names of what is said of one person."""
EXTRA_NAMES: Final = frozenset(
    (PAPER_ID, "kind", "subject", "retracted", AUTHORS_COMPLETE, *_TEXTS, *SCHEMES, *PERSON_NAMES)
)
"""Names of all fields that may be written so."""
_OF_WORDS: Final = re.compile(r"[a-z0-9]+-[0-9a-f]{12}")
_LINE: Final = re.compile(r"\s*([a-z0-9-]{2,40}): (.*\S)\s*")


def extra_fields(paper: Paper, placed: Container[str]) -> Iterator[ExtraField]:
    """Returns the fields that a format has no place for; fields without a value are left out.

    Args:
        paper: the paper.
        placed: names of `EXTRA_NAMES` that the format holds in fields of its own.
    """
    known = paper.publication
    if paper.id != paper.doi and _OF_WORDS.fullmatch(paper.id) is None:
        yield from _unplaced(placed, PAPER_ID, paper.id)
    yield from _unplaced(placed, "kind", paper.kind)
    for name, field in _TEXTS.items():
        yield from _unplaced(placed, name, getattr(known, field))
    yield from _unplaced(placed, "subject", *known.subjects)
    yield from _unplaced(placed, "retracted", "yes" if known.retracted else "")
    yield from _unplaced(placed, AUTHORS_COMPLETE, "" if paper.authors_complete else "no")
    for scheme, value in paper.identifiers:
        yield from _unplaced(placed, scheme, value)
    yield from _of_people(placed, "author", paper.author_details)
    yield from _of_people(placed, "editor", known.editors)


def _unplaced(placed: Container[str], name: str, *values: str) -> Iterator[ExtraField]:
    if name not in placed:
        yield from ((name, value) for value in values if value)


def _of_people(placed: Container[str], role: str, people: Sequence[Author]) -> Iterator[ExtraField]:
    for person, named in zip(people, _told_apart(people), strict=True):
        if person == Author(person.name) and unnumbered(person.name) == person.name:
            continue
        drops = person.dropping_particle
        values = {
            "orcid": (person.orcid,),
            "affiliation": person.affiliations,
            "source-id": (person.source_id,),
            "name": (person.name if unnumbered(person.name) != person.name else "",),
            "given": (person.given if drops else "",),
            "dropping-particle": (drops,),
            "literal": ("yes" if person.literal and not parse_name(person.name).literal else "",),
        }
        for attribute, values_ in values.items():
            told = (f"{named} = {value}" for value in values_ if value)
            yield from _unplaced(placed, f"{role}-{attribute}", *told)


def _told_apart(people: Sequence[Author]) -> list[str]:
    """Returns the printed names, the second of two equal ones with "(2)" behind it."""
    counts: dict[str, int] = {}
    names: list[str] = []
    for person in people:
        name = " ".join(unnumbered(person.name).split())
        counts[name] = counts.get(name, 0) + 1
        names.append(name if counts[name] == 1 else f"{name} ({counts[name]})")
    return names


def extra_of_lines(lines: Iterable[str]) -> tuple[list[ExtraField], list[str]]:
    """Returns the fields that lines ``name: value`` hold, and the lines that are none.

    >>> extra_of_lines(["licence: CC BY 4.0", "Seen at: noon"])
    ([('licence', 'CC BY 4.0')], ['Seen at: noon'])
    """
    fields: list[ExtraField] = []
    rest: list[str] = []
    for line in lines:
        match = _LINE.fullmatch(line)
        if match is not None and match[1] in EXTRA_NAMES:
            fields.append((match[1], match[2]))
        else:
            rest.append(line)
    return fields, rest


def with_extra_fields(record: Record, fields: Iterable[ExtraField]) -> Record:
    """Returns a record with the fields that a format kept for it.

    A field that the format holds in a place of its own counts first. Only the kind, and what is
    said of people, is more exact here.

    Args:
        record: as the format read it.
        fields: pairs of `extra_fields`; other names are passed over.
    """
    told: dict[str, list[str]] = {}
    for name, value in fields:
        if name in EXTRA_NAMES and value.strip():
            told.setdefault(name, []).append(value.strip())
    if not told:
        return record
    known = record.publication
    kind = told.get("kind", [""])[0]
    texts: dict[str, Any] = {
        field: told[name][0]
        for name, field in _TEXTS.items()
        if name in told and not getattr(known, field)
    }
    publication = replace(
        known,
        kind=kind if kind in KIND_LABELS else known.kind,
        subjects=known.subjects or tuple(told.get("subject", ())),
        retracted=known.retracted or told.get("retracted") == ["yes"],
        editors=_with_details(known.editors, "editor", told),
        **texts,
    )
    authors = _with_details(record.author_details, "author", told)
    return replace(
        record,
        id=record.id or told.get(PAPER_ID, [""])[0],
        authors=tuple(author.name for author in authors) or record.authors,
        authors_complete=record.authors_complete and told.get(AUTHORS_COMPLETE) != ["no"],
        author_details=authors,
        identifiers=(
            *record.identifiers,
            *((name, value) for name in SCHEMES for value in told.get(name, ())),
        ),
        publication=publication,
    )


def _with_details(
    people: tuple[Author, ...], role: str, told: dict[str, list[str]]
) -> tuple[Author, ...]:
    names = [f"{role}-{attribute}" for attribute in _ATTRIBUTES]
    if not any(name in told for name in names):
        return people
    values: dict[tuple[str, str], list[str]] = {}
    for attribute, name in zip(_ATTRIBUTES, names, strict=True):
        for value in told.get(name, ()):
            named, sign, rest = value.partition(" = ")
            if sign:
                values.setdefault((" ".join(named.split()), attribute), []).append(rest.strip())
    grouped = f"{role}-affiliation" in told
    detailed: list[Author] = []
    for person, named in zip(people, _told_apart(people), strict=True):

        def first(attribute: str, named: str = named) -> str:
            return values.get((named, attribute), [""])[0]

        places = tuple(values.get((named, "affiliation"), ()))
        drops = first("dropping-particle")
        detailed.append(
            replace(
                person,
                name=first("name") or person.name,
                given=first("given") or person.given,
                particle="" if drops and drops == person.particle else person.particle,
                dropping_particle=drops or person.dropping_particle,
                literal=person.literal or (first("literal") == "yes" and not person.family),
                orcid=first("orcid") or person.orcid,
                affiliations=places if grouped else person.affiliations,
                source_id=first("source-id") or person.source_id,
            )
        )
    return tuple(detailed)
