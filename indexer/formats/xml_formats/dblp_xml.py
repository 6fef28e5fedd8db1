"""XML of DBLP (dblp.org/xml, dblp.org/faq/16154937.html): no abstracts, but numbered homonyms."""

from __future__ import annotations

import re
from collections.abc import Iterator

from lxml import etree

from indexer.author import Author
from indexer.cleaning.dates import date_of
from indexer.errors import RecordError
from indexer.formats.people import names_of
from indexer.formats.xml_formats.xml_records import (
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

_PAPERS = ("article", "inproceedings", "incollection", "phdthesis", "mastersthesis", "book")
_NO_PAPERS = {
    "proceedings": "a volume of proceedings, no paper",
    "www": "a home page, no paper",
    "person": "a person, no paper",
    "data": "a data set, no paper",
}
_ARXIV = re.compile(r"https?://arxiv\.org/abs/(\S+)")
_DOI = re.compile(r"https?://(?:dx\.)?doi\.org/(10\.\S+)")


def sniff(head: bytes, name: str) -> bool:
    """Recognises the root, or a single record with DBLP's key."""
    del name
    root = root_of(head)
    return root in ("dblp", "dblpperson") or (root in _PAPERS and b' key="' in head[:4096])


def read(dump: Dump) -> Iterator[Read]:
    """Reads the publications; volumes, home pages and the like are given as `RecordError`."""
    for item in read_elements(dump, (*_PAPERS, *_NO_PAPERS)):
        if isinstance(item, RecordError | Notice):
            yield item
        elif (reason := _NO_PAPERS.get(local_name(item))) is not None:
            yield RecordError(dump.name, item.sourceline or 0, reason)
        elif item.get("publtype") == "withdrawn":
            yield RecordError(dump.name, item.sourceline or 0, "the publication was withdrawn")
        else:
            yield _record(item)


def _record(element: etree._Element) -> Record:
    key = element.get("key") or ""
    addresses = [inner_text(link).strip() for link in children(element, "ee")]
    authors = tuple(_person(author) for author in children(element, "author"))
    dois = (match[1] for address in addresses if (match := _DOI.fullmatch(address)))
    return Record(
        line=element.sourceline or 0,
        id=f"DBLP:{key}" if key else "",
        title=text_at(element, "title").removesuffix("."),
        authors=names_of(authors),
        venue=text_at(element, "booktitle")
        or text_at(element, "journal")
        or text_at(element, "school"),
        year=text_at(element, "year"),
        type=local_name(element),
        doi=next(dois, ""),
        url=next((address for address in addresses if address.startswith("http")), "")
        or (f"https://dblp.org/rec/{key}" if key else ""),
        author_details=authors,
        identifiers=_identifiers(element, key, addresses),
        publication=_publication(element, key),
    )


def _person(element: etree._Element) -> Author:
    return Author(inner_text(element), orcid=element.get("orcid") or "")


def _publication(element: etree._Element, key: str) -> Publication:
    year, month = text_at(element, "year"), text_at(element, "month")
    is_preprint = key.startswith("journals/corr/") or element.get("publtype") == "informal"
    number = text_at(element, "number")
    has_series = bool(text_at(element, "series")) and local_name(element) != "article"
    opened = (link for link in children(element, "ee") if link.get("type") == "oa")
    volume = text_at(element, "volume")
    return Publication(
        kind="article" if is_preprint else "",
        volume="" if is_preprint and volume.startswith("abs/") else volume,
        issue="" if has_series else number,
        pages=text_at(element, "pages"),
        publisher=text_at(element, "publisher") or text_at(element, "school"),
        place=text_at(element, "address"),
        editors=tuple(_person(editor) for editor in children(element, "editor")),
        series=text_at(element, "series"),
        series_number=number if has_series else "",
        date=date_of(year, month) if month else "",
        pdf_url=next((inner_text(link).strip() for link in opened), ""),
        retracted=element.get("publtype") == "retracted",
        note=text_at(element, "note"),
    )


def _identifiers(
    element: etree._Element, key: str, addresses: list[str]
) -> tuple[tuple[str, str], ...]:
    pairs = [("dblp", key)] if key else []
    pairs += [("isbn", inner_text(isbn)) for isbn in children(element, "isbn")]
    pairs += [("arxiv", match[1]) for address in addresses if (match := _ARXIV.fullmatch(address))]
    return tuple(pairs)
