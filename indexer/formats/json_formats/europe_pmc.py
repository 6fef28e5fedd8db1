"""Replies of Europe PMC (europepmc.org/RestfulWebService), JSON or XML, "lite" or "core".

Both have the same names; where XML repeats an element, JSON has a list.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any, Final

from lxml import etree

from indexer.author import Author
from indexer.errors import RecordError
from indexer.formats.json_formats.json_values import (
    Object,
    is_object,
    read_objects,
    sample_objects,
    text,
)
from indexer.formats.pages import whole_pages
from indexer.formats.people import initials_last, names_of
from indexer.formats.xml_formats.xml_records import local_name, read_elements, root_of
from indexer.intake.dump import Dump
from indexer.intake.record import Notice, Read, Record
from indexer.paper import JOURNAL
from indexer.publication import Publication
from indexer.record.author_name import inverted_name, person

_DEEPEST: Final = 12
_KINDS = {"preprint": "article", "book": "book", "dissertation": "thesis", "thesis": "thesis",
          "patent": "patent", "report": "report", "letter": "", "review": ""}  # fmt: skip
_TYPICAL = frozenset(("authorString", "journalInfo", "pubYear", "firstPublicationDate"))


def sniff(head: bytes, name: str) -> bool:
    """Recognises the root of XML, or records of a source with its fields."""
    del name
    if head.lstrip()[:1] == b"<":
        return root_of(head) == "responseWrapper" or (
            root_of(head) in ("resultList", "result") and b"<pubYear>" in head
        )
    return any(
        "source" in record and len(record.keys() & _TYPICAL) > 1 for record in sample_objects(head)
    )


def read(dump: Dump) -> Iterator[Read]:
    """Reads the records."""
    if dump.head.lstrip()[:1] == b"<":
        for item in read_elements(dump, ("result",)):
            if isinstance(item, RecordError | Notice):
                yield item
                continue
            value = _value(item)
            yield _record(item.sourceline or 0, value if is_object(value) else {})
        return
    for read in read_objects(dump):
        yield read if isinstance(read, RecordError) else _record(*read)


def _value(element: etree._Element, depth: int = 0) -> Any:
    """Returns an element as its JSON has it."""
    if not len(element) or depth > _DEEPEST:
        return (element.text or "").strip()
    kinds = {local_name(child_) for child_ in element}
    if kinds & {"i", "b", "sup", "sub", "h4", "p"}:  # a text with markup
        return "".join(str(piece) for piece in element.itertext()).strip()
    fields: dict[str, Any] = {}
    for child_ in element:
        name, value = local_name(child_), _value(child_, depth + 1)
        if name in fields:
            before = fields[name]
            fields[name] = [*before, value] if isinstance(before, list) else [before, value]
        else:
            fields[name] = value
    return fields


def _at_path(value: object, *path: str) -> object:
    for name in path:
        value = value.get(name) if is_object(value) else None
    return value


def _each(value: object, *path: str) -> list[Any]:
    """Returns the values of a list, or the only one."""
    inner = _at_path(value, *path)
    return inner if isinstance(inner, list) else [] if inner in (None, "") else [inner]


def _record(line: int, value: Object) -> Record:
    authors = _authors(value)
    pmid, kinds = text(value.get("pmid")), _kinds(value)
    journal = _at_path(value, "journalInfo", "journal")
    venue = (
        text(_at_path(journal, "title"))
        or text(value.get("journalTitle"))
        or text(_at_path(value, "bookOrReportDetails", "comprisingTitle"))
    )
    is_preprint = text(value.get("source")) == "PPR" or "preprint" in kinds
    source, own = text(value.get("source")), text(value.get("id"))
    return Record(
        line=line,
        id=f"pmid:{pmid}" if pmid else "",
        title=text(value.get("title")).removesuffix("."),
        abstract=text(value.get("abstractText")).replace("</h4>", ":</h4> "),
        authors=names_of(authors),
        venue=venue
        or (text(_at_path(value, "bookOrReportDetails", "publisher")) if is_preprint else ""),
        year=text(value.get("pubYear")),
        type="preprint" if is_preprint else JOURNAL if _is_article(value, kinds) else "",
        doi=text(value.get("doi")),
        url=f"https://europepmc.org/article/{source}/{own}" if source and own else "",
        keywords=tuple(map(text, _each(value, "keywordList", "keyword"))),
        author_details=authors,
        identifiers=_identifiers(value, pmid),
        publication=_publication(value, kinds, is_preprint=is_preprint),
    )


def _kinds(value: Object) -> set[str]:
    listed = [*_each(value, "pubTypeList", "pubType"), *text(value.get("pubType")).split(";")]
    return {text(kind).strip().lower() for kind in listed}


def _is_article(value: Object, kinds: set[str]) -> bool:
    journal = _at_path(value, "journalInfo") is not None or value.get("journalTitle")
    return bool(journal) and bool(kinds & {"journal article", "research-article", "review",
                                           "review-article", "journal-article"})  # fmt: skip


def _authors(value: Object) -> tuple[Author, ...]:
    authors = [
        author
        for person in _each(value, "authorList", "author")
        if (author := _person(person)).name
    ]
    if authors:
        return tuple(authors)
    names = text(value.get("authorString")).removesuffix(".").split(", ")
    return tuple(initials_last(name.strip()) for name in names if name.strip())


def _person(author_entry: object) -> Author:
    family, given = (
        text(_at_path(author_entry, "lastName")),
        text(_at_path(author_entry, "firstName")),
    )
    group = text(_at_path(author_entry, "collectiveName"))
    given = given or text(_at_path(author_entry, "initials"))
    if family:
        author = person(family=family, given=given)
    elif group:
        author = Author(group, literal=True)
    else:
        author = inverted_name(text(_at_path(author_entry, "fullName")) or given)
    places = tuple(
        place
        for affiliation in (
            *_each(author_entry, "authorAffiliationDetailsList", "authorAffiliation"),
            *_each(author_entry, "authorAffiliationsList", "authorAffiliation"),
        )
        if (place := text(_at_path(affiliation, "affiliation")) or text(affiliation))
    ) or tuple(filter(None, (text(_at_path(author_entry, "affiliation")),)))
    orcids = (
        text(_at_path(number, "value")) or text(_at_path(number, "#text"))
        for number in _each(author_entry, "authorId")
        if text(_at_path(number, "type")) == "ORCID"
    )
    orcid = next(orcids, "")
    return replace(
        author, orcid=orcid or text(_at_path(author_entry, "authorId")), affiliations=places
    )


def _publication(value: Object, kinds: set[str], *, is_preprint: bool) -> Publication:
    info = value.get("journalInfo")
    journal, book = _at_path(info, "journal"), value.get("bookOrReportDetails")
    kind = next((kind for name, kind in _KINDS.items() if kind and name in kinds), "")
    pdfs = (
        text(_at_path(link, "url"))
        for link in _each(value, "fullTextUrlList", "fullTextUrl")
        if text(_at_path(link, "documentStyle")) == "pdf"
        and text(_at_path(link, "availabilityCode")) in ("OA", "F")
    )
    first, printed = (
        text(value.get("firstPublicationDate")),
        text(_at_path(info, "printPublicationDate")),
    )
    year = text(value.get("pubYear"))
    headings = _each(value, "meshHeadingList", "meshHeading")
    return Publication(
        kind="article" if is_preprint else kind,
        venue_short=text(_at_path(journal, "ISOAbbreviation"))
        or text(_at_path(journal, "isoabbreviation"))
        or text(_at_path(journal, "medlineAbbreviation")),
        volume=text(_at_path(info, "volume")) or text(value.get("journalVolume")),
        issue=text(_at_path(info, "issue")) or text(value.get("issue")),
        pages=whole_pages(text(value.get("pageInfo"))),
        publisher=text(_at_path(book, "publisher")),
        page_count=text(_at_path(book, "numberOfPages")),
        edition=text(_at_path(book, "edition")),
        series=text(_at_path(book, "seriesName")),
        date=first if first.startswith(year) else printed if printed.startswith(year) else "",
        language=text(value.get("language")),
        licence=text(value.get("license")),
        pdf_url=next((pdf for pdf in pdfs if pdf), ""),
        retracted="retracted publication" in kinds,
        subjects=tuple(text(_at_path(heading, "descriptorName")) for heading in headings),
    )


def _identifiers(value: Object, pmid: str) -> tuple[tuple[str, str], ...]:
    journal, book = _at_path(value, "journalInfo", "journal"), value.get("bookOrReportDetails")
    pairs = [("pmid", pmid), ("pmcid", text(value.get("pmcid")))]
    pairs += [("issn", text(_at_path(journal, name))) for name in ("ISSN", "ESSN", "issn", "essn")]
    pairs += [("issn", part.strip()) for part in text(value.get("journalIssn")).split(";")]
    pairs += [("isbn", text(_at_path(book, name))) for name in ("isbn13", "isbn10")]
    if text(value.get("source")) not in ("MED", "PMC"):
        pairs.append(("own", text(value.get("id"))))
    return tuple((scheme, number) for scheme, number in pairs if number)
