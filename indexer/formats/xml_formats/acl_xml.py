"""XML of the ACL Anthology (github.com/acl-org/acl-anthology, data/xml): one collection a file."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from lxml import etree

from indexer.author import Author
from indexer.cleaning.dates import date_of
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
from indexer.paper import CONFERENCE, JOURNAL
from indexer.publication import Publication
from indexer.record.author_name import person

_TWO_DIGIT_VOLUMES = ("W", "C69", "D19-5", "D19-6")


def sniff(head: bytes, name: str) -> bool:
    """Recognises the collection and its volumes."""
    del name
    return root_of(head) == "collection" and b"<volume" in head


def read(dump: Dump) -> Iterator[Read]:
    """Reads the papers; front matter is no record."""
    for item in read_elements(dump, ("paper",)):
        yield item if isinstance(item, RecordError | Notice) else _record(item)


def _record(paper: etree._Element) -> Record:
    volume = paper.getparent()
    meta = child(volume, "meta")
    number = _number(paper, volume)
    journal = volume is not None and volume.get("type") == "journal"
    authors = tuple(_person(author) for author in children(paper, "author"))
    return Record(
        line=paper.sourceline or 0,
        id=number,
        title=_marked_up(child(paper, "title")),
        abstract=_marked_up(child(paper, "abstract")),
        authors=names_of(authors),
        venue=text_at(meta, "journal-title") or inner_text(child(meta, "booktitle")),
        year=text_at(paper, "year") or text_at(meta, "year"),
        type=JOURNAL if journal else CONFERENCE,
        doi=text_at(paper, "doi"),
        url=f"https://aclanthology.org/{number}/" if number else "",
        author_details=authors,
        identifiers=_identifiers(paper, meta, number),
        publication=_publication(paper, meta, number),
    )


def _person(element: etree._Element) -> Author:
    """Returns an author or editor; the suffix stands behind the name without a comma."""
    first, last = text_at(element, "first"), text_at(element, "last")
    if not first and not last:
        return Author(inner_text(element))
    known = person(
        family=last or first,
        given=first if last else "",
        suffix=text_at(element, "suffix"),
        suffix_separator=" ",
    )
    return replace(
        known,
        orcid=element.get("orcid") or "",
        affiliations=tuple(
            inner_text(affiliation) for affiliation in children(element, "affiliation")
        ),
        source_id=element.get("id") or "",
    )


def _publication(paper: etree._Element, meta: etree._Element | None, number: str) -> Publication:
    year, month = text_at(meta, "year"), text_at(meta, "month")
    file = text_at(paper, "pdf")
    if not file and number and child(paper, "url") is not None:
        file = f"https://aclanthology.org/{number}.pdf"
    return Publication(
        volume=text_at(meta, "journal-volume"),
        issue=text_at(meta, "journal-issue"),
        pages=text_at(paper, "pages"),
        publisher=text_at(meta, "publisher"),
        place=text_at(meta, "address"),
        editors=tuple(_person(editor) for editor in children(meta, "editor"))
        if meta is not None
        else (),
        date=date_of(year, month) if month else "",
        language=text_at(paper, "language"),
        pdf_url=file,
        retracted=child(paper, "retracted") is not None,
        note=text_at(paper, "award"),
    )


def _identifiers(
    paper: etree._Element, meta: etree._Element | None, number: str
) -> tuple[tuple[str, str], ...]:
    pairs = (
        ("acl", number),
        ("citekey", text_at(paper, "bibkey")),
        ("isbn", text_at(meta, "isbn")),
        ("issn", text_at(meta, "issn")),
    )
    return tuple((scheme, value) for scheme, value in pairs if value)


def _number(paper: etree._Element, volume: etree._Element | None) -> str:
    """Returns the Anthology number: of the address, or of collection, volume and paper."""
    address = text_at(paper, "url")
    if address and "/" not in address:
        return address
    collection = volume.getparent() if volume is not None else None
    first = collection.get("id") if collection is not None else None
    second = volume.get("id") if volume is not None else None
    third = paper.get("id")
    if not first or not second or not third:
        return ""
    if not first[0].isdigit() and second.isdigit() and third.isdigit():
        wide = f"{first}-{second}".startswith(_TWO_DIGIT_VOLUMES)
        return (
            f"{first}-{int(second):02}{int(third):02}"
            if wide
            else f"{first}-{second}{int(third):03}"
        )
    return f"{first}-{second}.{third}"


def _marked_up(element: etree._Element | None) -> str:
    """Returns the text with formulas between dollars."""
    if element is None:
        return ""
    for part in element.iter():
        if local_name(part) == "tex-math":
            part.text = f"${part.text or ''}"
            part.tail = f"${part.tail or ''}"
    return inner_text(element)
