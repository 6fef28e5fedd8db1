"""RDF of Zotero (its export "Zotero RDF"), with the Bibliographic Ontology of ``bib:`` and PRISM.

A journal or book stands within its article, or apart and referred to by ``rdf:resource``; those
apart follow the items, which wait for them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Final

from lxml import etree

from indexer.author import Author
from indexer.cleaning.kinds import genre_of, kind_of
from indexer.errors import RecordError
from indexer.formats.people import names_of
from indexer.formats.xml_formats.xml_records import (
    child,
    children,
    inner_text,
    local_name,
    read_elements,
    root_of,
    text_at,
)
from indexer.intake.dump import Dump
from indexer.intake.record import Notice, Read, Record
from indexer.publication import Publication
from indexer.record.author_name import person

MOST_WAITING: Final = 20_000
"""Most items held back for the journals they refer to."""
_RDF = "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}"
_ITEMS = (
    "Article", "Book", "BookSection", "Description", "Document", "Image", "Legislation", "Letter",
    "Manuscript", "MotionPicture", "Patent", "Recording", "Report", "Thesis", "Interview",
    "ConferenceProceedings", "Software",
)  # fmt: skip
_CONTAINERS = ("Journal", "Series", "Memo", "Attachment", "Collection")
_NO_PAPERS = {"attachment", "note", "annotation"}
_DOI = re.compile(r"(?:DOI\s+|doi:|https?://(?:dx\.)?doi\.org/)?(10\.\d{4,9}/\S+)", re.IGNORECASE)
_NUMBER = re.compile(r"(ISBN|ISSN)[\s:]+(.+)", re.IGNORECASE)


def sniff(head: bytes, name: str) -> bool:
    """Recognises the root, and Zotero's name or the ontology."""
    del name
    return root_of(head) == "RDF" and (b"zotero.org" in head or b"purl.org/net/biblio" in head)


def read(dump: Dump) -> Iterator[Read]:
    """Reads the items; attachments and notes are given as `RecordError`."""
    containers: dict[str, dict[str, str]] = {}
    waiting: list[tuple[Record, str]] = []
    for item in read_elements(dump, (*_ITEMS, *_CONTAINERS)):
        if isinstance(item, RecordError | Notice):
            yield item
            continue
        about = item.get(f"{_RDF}about") or ""
        if local_name(item) in _CONTAINERS:
            if local_name(item) in ("Journal", "Series") and len(containers) < MOST_WAITING:
                containers[about] = _container(item)
            continue
        type = text_at(item, "itemType")
        if type in _NO_PAPERS:
            yield RecordError(dump.name, item.sourceline or 0, f"{type} of an item, no paper")
            continue
        referred = [str(link.get(f"{_RDF}resource") or "") for link in children(item, "isPartOf")]
        wanted = next((address for address in referred if address), "")
        record = _record(item, about)
        for container in _nested(item):
            is_series = local_name(container) == "Series"
            record = (_in_series if is_series else _placed)(record, _container(container))
        if wanted and len(waiting) < MOST_WAITING:
            waiting.append((record, wanted))
        else:
            yield record
    for record, wanted in waiting:
        yield _placed(record, containers.get(wanted, {}))


def _nested(item: etree._Element) -> Iterator[etree._Element]:
    """Returns the journals, books and series that stand within an item, the outer ones first."""
    for part in children(item, "isPartOf"):
        for container in part:
            yield container
            yield from _nested(container)


def _container(element: etree._Element) -> dict[str, str]:
    """Returns what a journal or a book says of the papers in it."""
    found = {
        "title": text_at(element, "title"),
        "short": text_at(element, "alternative"),
        "volume": text_at(element, "volume"),
        "issue": text_at(element, "number"),
    }
    for identifier in children(element, "identifier"):
        text = inner_text(identifier).strip()
        if match := _NUMBER.fullmatch(text):
            found.setdefault(match[1].lower(), match[2].strip())
        elif match := _DOI.fullmatch(text):
            found.setdefault("doi", match[1])
    return found


def _placed(record: Record, container: dict[str, str]) -> Record:
    """Returns a record with what its container says."""
    if not container:
        return record
    publication = replace(
        record.publication,
        venue_short=record.publication.venue_short or container.get("short", ""),
        volume=record.publication.volume or container.get("volume", ""),
        issue=record.publication.issue or container.get("issue", ""),
    )
    pairs = tuple((scheme, container.get(scheme, "")) for scheme in ("issn", "isbn"))
    return replace(
        record,
        venue=container.get("title", "") or record.venue,
        doi=record.doi or container.get("doi", ""),
        identifiers=(
            *record.identifiers,
            *((scheme, number) for scheme, number in pairs if number),
        ),
        publication=publication,
    )


def _in_series(record: Record, container: dict[str, str]) -> Record:
    publication = replace(
        record.publication,
        series=container.get("title", ""),
        series_number=container.get("issue", "") or container.get("volume", ""),
    )
    return replace(record, publication=publication)


def _record(item: etree._Element, about: str) -> Record:
    authors = _people(item, "authors") or _people(item, "creators", "inventors", "directors",
                                                  "programmers", "presenters")  # fmt: skip
    type = text_at(item, "itemType") or local_name(item)
    doi = ""
    pairs: list[tuple[str, str]] = []
    url = about if about.startswith("http") else ""
    for identifier in children(item, "identifier"):
        text = " ".join(inner_text(identifier).split())
        if match := _NUMBER.fullmatch(text):
            pieces = re.split(r"[,;]\s*|\s(?=97)", match[2])
            pairs += [(match[1].lower(), piece) for piece in pieces]
        elif child(identifier, "URI") is not None:
            url = text
        elif match := _DOI.fullmatch(text):
            doi = match[1]
    venue = (
        text_at(item, "presentedAt", "Conference", "title")
        or text_at(item, "conferenceName")
        or text_at(item, "repository")
        or text_at(item, "university")
    )
    return Record(
        line=item.sourceline or 0,
        title=text_at(item, "title"),
        abstract=text_at(item, "abstract"),
        authors=names_of(authors),
        venue=venue,
        year=text_at(item, "date"),
        type=type,
        doi=doi,
        url=url,
        keywords=tuple(filter(None, (_subject(subject) for subject in children(item, "subject")))),
        author_details=authors,
        identifiers=tuple(pairs),
        publication=_publication(item, type),
    )


def _subject(element: etree._Element) -> str:
    """Returns a tag; automatic ones are in an element of their own."""
    return " ".join(inner_text(element).split())


def _people(item: etree._Element, *names: str) -> tuple[Author, ...]:
    authors: list[Author] = []
    for holder in children(item, *names):
        for node in holder.iter():
            if local_name(node) != "Person":
                continue
            family = text_at(node, "surname")
            given = text_at(node, "givenName") or text_at(node, "givenname")
            if family and given:
                authors.append(person(family=family, given=given))
            elif family or given:
                authors.append(Author(family or given, literal=True))
    return tuple(authors)


def _publication(item: etree._Element, type: str) -> Publication:
    publisher = child(item, "publisher", "Organization")
    place = child(publisher, "adr", "Address")
    event = text_at(item, "presentedAt", "Conference", "title")
    return Publication(
        kind=kind_of(type),
        genre=text_at(item, "type") or genre_of(type),
        venue_short=text_at(item, "journalAbbreviation"),
        volume=text_at(item, "volume"),
        issue=text_at(item, "issue"),
        number=text_at(item, "number") if kind_of(type) in ("report", "patent") else "",
        pages=text_at(item, "pages"),
        page_count=text_at(item, "numPages"),
        publisher=text_at(publisher, "name"),
        place=text_at(place, "locality"),
        event=event,
        editors=_people(item, "editors"),
        edition=text_at(item, "edition"),
        date=text_at(item, "date"),
        language=text_at(item, "language"),
        licence=text_at(item, "rights"),
        note=text_at(item, "description"),
    )
