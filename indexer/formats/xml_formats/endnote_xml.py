"""XML of EndNote (its export style "EndNote XML"), which Zotero and Rayyan write, too.

Each value may stand within ``style`` elements. The tags are those of EndNote's ``RSXML.dtd``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from lxml import etree

from indexer.cleaning.dates import date_of
from indexer.cleaning.kinds import genre_of, kind_of
from indexer.errors import RecordError
from indexer.formats.people import initials_last, names_of
from indexer.formats.xml_formats.xml_records import (
    child,
    inner_text,
    read_elements,
    root_of,
    text_at,
)
from indexer.intake.dump import Dump
from indexer.intake.record import Notice, Read, Record
from indexer.publication import Publication

_NUMBERS = re.compile(r"[;,\n\r]|\s(?=\d{4}-?\d{3}|97[89])|\([^()]*\)")
_REPORTS = frozenset(("report", "patent", "standard"))


def sniff(head: bytes, name: str) -> bool:
    """Recognises the root, and the type that every record has."""
    del name
    return root_of(head) in ("xml", "records", "record") and b"<ref-type" in head


def read(dump: Dump) -> Iterator[Read]:
    """Reads the records."""
    for item in read_elements(dump, ("record",)):
        yield item if isinstance(item, RecordError | Notice) else _record(item)


def _record(element: etree._Element) -> Record:
    authors = tuple(
        author
        for name in _texts(element, "contributors", "authors")
        if (author := initials_last(name)).name
    )
    places = _texts(element, "auth-address", several=False)
    if authors and places:
        authors = (replace(authors[0], affiliations=places), *authors[1:])
    return Record(
        line=element.sourceline or 0,
        title=text_at(element, "titles", "title"),
        abstract=text_at(element, "abstract"),
        authors=names_of(authors),
        venue=_venue(element),
        year=text_at(element, "dates", "year"),
        type=_type(element),
        doi=text_at(element, "electronic-resource-num"),
        url=next(iter(_texts(element, "urls", "related-urls")), "").split("\r")[0].split("\n")[0],
        keywords=_texts(element, "keywords"),
        author_details=authors,
        identifiers=_identifiers(element),
        publication=_publication(element),
    )


def _texts(element: etree._Element, *path: str, several: bool = True) -> tuple[str, ...]:
    """Returns the texts of the children at a path, or of what the path leads to itself."""
    inner = child(element, *path)
    if inner is None:
        return ()
    values = (" ".join(inner_text(part).split()) for part in (inner if several else (inner,)))
    return tuple(text for text in values if text)


def _type(element: etree._Element) -> str:
    kind = child(element, "ref-type")
    return kind.get("name") or "" if kind is not None else ""


def _venue(element: etree._Element) -> str:
    return text_at(element, "titles", "secondary-title") or text_at(
        element, "periodical", "full-title"
    )


def _publication(element: etree._Element) -> Publication:
    type = _type(element)
    kind = kind_of(type)
    venue, number = _venue(element), text_at(element, "number")
    short = (
        text_at(element, "periodical", "abbr-1")
        or text_at(element, "titles", "alt-title")
        or text_at(element, "alt-periodical", "abbr-1")
    )
    series = text_at(element, "titles", "tertiary-title")
    pdf = next(iter(_texts(element, "urls", "pdf-urls")), "")
    return Publication(
        kind=kind,
        genre=text_at(element, "work-type") or genre_of(type),
        venue_short=short if short != venue else "",
        original_title=text_at(element, "titles", "translated-title"),
        volume=text_at(element, "volume"),
        issue="" if kind in _REPORTS else number,
        chapter=text_at(element, "section") if kind == "chapter" else "",
        pages=text_at(element, "pages"),
        number=number if kind in _REPORTS else "",
        publisher=text_at(element, "publisher"),
        place=text_at(element, "pub-location"),
        editors=tuple(map(initials_last, _texts(element, "contributors", "secondary-authors"))),
        series=series,
        series_number=text_at(element, "num-vols") if series else "",
        edition=text_at(element, "edition"),
        date=_date(element),
        language=text_at(element, "language"),
        pdf_url=pdf if pdf.startswith("http") else "",
        note=text_at(element, "notes"),
    )


def _date(element: etree._Element) -> str:
    """Returns the date of publication; EndNote keeps the year apart ("May 3", "2001-05-03")."""
    year = text_at(element, "dates", "year")
    date = next(iter(_texts(element, "dates", "pub-dates")), "")
    if not date or re.search(r"\d{4}", date):
        return date
    words = re.findall(r"[A-Za-z]+|\d+", date)
    months = [word for word in words if word.isalpha()]
    days = [word for word in words if word.isdigit()]
    return date_of(year, months[0] if months else "", days[0] if days else "")


def _identifiers(element: etree._Element) -> tuple[tuple[str, str], ...]:
    pairs: list[tuple[str, str]] = []
    for part in _NUMBERS.split(text_at(element, "isbn")):
        digits = re.sub(r"[^0-9Xx]", "", part)
        if len(digits) in (8, 10, 13):
            pairs.append(("issn" if len(digits) == 8 else "isbn", part.strip()))
    own = text_at(element, "accession-num")
    database = text_at(element, "remote-database-name").lower()
    if own.isdigit() and ("pubmed" in database or "medline" in database):
        pairs.append(("pmid", own))
    elif own.startswith("WOS:"):
        pairs.append(("wos", own))
    elif own:
        pairs.append(("own", own))
    central = text_at(element, "custom2")
    pairs.append(("pmcid", central if central.startswith("PMC") else ""))
    pairs.append(("citekey", text_at(element, "label")))
    return tuple((scheme, value) for scheme, value in pairs if value)
