"""DataCite JSON (support.datacite.org/docs/api): replies, or the attributes of each record."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from indexer.author import Author
from indexer.cleaning.kinds import kind_of
from indexer.errors import RecordError
from indexer.formats.json_formats.json_values import (
    Object,
    is_object,
    read_objects,
    sample_objects,
    text,
)
from indexer.formats.pages import page_range
from indexer.formats.people import names_of
from indexer.intake.dump import Dump
from indexer.intake.record import Read, Record
from indexer.publication import Publication
from indexer.record.author_name import inverted_name, person

_SCHEMES = {"arxiv": "arxiv", "isbn": "isbn", "issn": "issn", "eissn": "issn", "lissn": "issn",
            "pmid": "pmid", "handle": "handle"}  # fmt: skip


def sniff(head: bytes, name: str) -> bool:
    """Recognises creators and titles as lists of objects, bare or within ``attributes``."""
    del name
    return any(
        _objects(item, "creators") and _objects(item, "titles")
        for item in map(_attributes, sample_objects(head))
    )


def read(dump: Dump) -> Iterator[Read]:
    """Reads the records."""
    for item in read_objects(dump):
        yield item if isinstance(item, RecordError) else _record(item[0], _attributes(item[1]))


def _attributes(value: Object) -> Object:
    for path in (("attributes",), ("data", "attributes")):
        inner: object = value
        for name in path:
            inner = inner.get(name) if is_object(inner) else None
        if is_object(inner):
            return inner
    return value


def _objects(value: Object, name: str) -> list[Object]:
    inner = value.get(name)
    return [item for item in inner if is_object(item)] if isinstance(inner, list) else []


def _named(value: object) -> str:
    return text(value.get("name")) if is_object(value) else text(value)


def _record(line: int, value: Object) -> Record:
    authors = tuple(
        author for creator in _objects(value, "creators") if (author := _person(creator)).name
    )
    titles = _objects(value, "titles")
    title = next(
        (text(title_.get("title")) for title_ in titles if not title_.get("titleType")), ""
    )
    title = title or next((text(title_.get("title")) for title_ in titles), "")
    subtitle = _typed(titles, "titleType", "Subtitle", "title")
    descriptions = _objects(value, "descriptions")
    subjects = _objects(value, "subjects")
    return Record(
        line=line,
        title=f"{title}: {subtitle}" if subtitle and subtitle not in title else title,
        abstract=_typed(descriptions, "descriptionType", "Abstract", "description"),
        authors=names_of(authors),
        venue=_venue(value),
        year=text(value.get("publicationYear")),
        type=_kind(value),
        doi=text(value.get("doi")) or text(value.get("id")),
        url=text(value.get("url")),
        keywords=tuple(
            text(subject.get("subject")) for subject in subjects if not _scheme(subject)
        ),
        author_details=authors,
        identifiers=_identifiers(value),
        publication=_publication(value, subtitle),
    )


def _typed(items: list[Object], key: str, type: str, field: str) -> str:
    """Returns the field of the first item of a type."""
    return next((text(item.get(field)) for item in items if text(item.get(key)) == type), "")


def _scheme(subject: Object) -> str:
    return text(subject.get("subjectScheme")) or text(subject.get("schemeUri"))


def _person(creator: Object) -> Author:
    family, given = text(creator.get("familyName")).strip(), text(creator.get("givenName")).strip()
    name = text(creator.get("name")).strip()
    if family and given:
        author = person(family=family, given=given)
    elif text(creator.get("nameType")) == "Organizational":
        author = Author(name, literal=True)
    else:
        author = inverted_name(name or family)
    orcids = (
        text(number.get("nameIdentifier"))
        for number in _objects(creator, "nameIdentifiers")
        if text(number.get("nameIdentifierScheme")).upper() == "ORCID"
    )
    listed = creator.get("affiliation")
    places = listed if isinstance(listed, list) else [listed]
    affiliations = tuple(filter(None, map(_named, places)))
    return replace(author, orcid=next(orcids, ""), affiliations=affiliations)


def _container(value: Object) -> tuple[Object, Object]:
    """Returns the container, and the related item in which the work was published."""
    inner = value.get("container")
    related = _objects(value, "relatedItems")
    item = next(
        (item_ for item_ in related if text(item_.get("relationType")) == "IsPublishedIn"), {}
    )
    return (inner if is_object(inner) else {}), item


def _venue(value: Object) -> str:
    container, item = _container(value)
    titles = _objects(item, "titles")
    return text(container.get("title")) or (text(titles[0].get("title")) if titles else "")


def _kind(value: Object) -> str:
    """Returns the type in the words that name a kind: the general one, or else one of citations."""
    types = value.get("types")
    kinds: dict[str, Any] = types if is_object(types) else {}
    words = [text(kinds.get(key)) for key in ("resourceTypeGeneral", "resourceType", "citeproc",
                                              "ris", "bibtex")]  # fmt: skip
    if words[0] in ("Text", "Other"):
        words = words[1:]
    return next((word for word in words if kind_of(word)), next(filter(None, words), ""))


def _publication(value: Object, subtitle: str) -> Publication:
    container, item = _container(value)

    def part(*names: str) -> str:
        values = (text(holder.get(name)) for holder in (container, item) for name in names)
        return next((value for value in values if value), "")

    dates = _objects(value, "dates")
    issued = _typed(dates, "dateType", "Issued", "date")
    editors = (
        _person(contributor)
        for contributor in _objects(value, "contributors")
        if text(contributor.get("contributorType")) == "Editor"
    )
    rights = _objects(value, "rightsList")
    titles = _objects(value, "titles")
    licences = (text(right.get("rightsUri")) or text(right.get("rights")) for right in rights)
    is_series = text(container.get("type")) == "Series" and not item
    subjects = _objects(value, "subjects")
    return Publication(
        kind=kind_of(_kind(value)),
        subtitle=subtitle,
        original_title=_typed(titles, "titleType", "TranslatedTitle", "title"),
        volume=part("volume"),
        issue=part("issue"),
        pages=page_range(part("firstPage"), part("lastPage")),
        publisher=_named(value.get("publisher")),
        editors=tuple(editor for editor in editors if editor.name),
        series=_typed(_objects(value, "descriptions"), "descriptionType", "SeriesInformation",
                      "description") if not is_series else "",
        version=text(value.get("version")),
        date=issued,
        language=text(value.get("language")),
        licence=next((licence for licence in licences if licence), ""),
        subjects=tuple(text(subject.get("subject")) for subject in subjects if _scheme(subject)),
    )  # fmt: skip


def _identifiers(value: Object) -> tuple[tuple[str, str], ...]:
    container, _ = _container(value)
    pairs: list[tuple[str, str]] = []
    for name, kind, field in (
        ("identifiers", "identifierType", "identifier"),
        ("alternateIdentifiers", "alternateIdentifierType", "alternateIdentifier"),
    ):
        pairs += [
            (scheme, text(item.get(field)))
            for item in _objects(value, name)
            if (scheme := _SCHEMES.get(text(item.get(kind)).lower()))
        ]
    if scheme := _SCHEMES.get(text(container.get("identifierType")).lower()):
        pairs.append((scheme, text(container.get("identifier"))))
    return tuple((scheme, number) for scheme, number in dict.fromkeys(pairs) if number)
