"""Replies of OAI-PMH (www.openarchives.org/OAI/openarchivesprotocol.html): arXiv's formats, OAI-DC.

Records of another Quiver hold all fields, see `indexer.serialization.paper_xml`. Others hold
``arXiv``, ``arXivRaw`` or Dublin Core (``dc``); Dublin Core of other repositories is read the same
way. Also the Atom feed of arXiv's search interface, which has ``entry`` elements.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from lxml import etree

from indexer.author import Author
from indexer.cleaning.kinds import kind_of
from indexer.cleaning.languages import language_of
from indexer.cleaning.tex_letters import without_tex_letters
from indexer.errors import RecordError
from indexer.formats.arxiv import (
    NUMBER,
    listed_names,
    publication_of_arxiv,
    venue_of,
    year_of,
)
from indexer.formats.json_formats import json_record
from indexer.formats.people import inverted_names, names_of
from indexer.formats.xml_formats import jats_record, mods_record
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
from indexer.intake.record import PAPER_ID, Deletion, Notice, Read, Record
from indexer.publication import Publication
from indexer.record.author_name import is_organisation, person
from indexer.serialization.oai_identifier import read_identifier
from indexer.serialization.paper_xml import is_paper, paper_value

_READ = frozenset(("entry", "arXiv", "arXivRaw", "arXivOld", "mods", "article"))
_ROOTS = frozenset(("OAI-PMH", "ListRecords", "GetRecord", "record", "records", "feed", "entry"))
_NUMBER_AT_END = re.compile(
    rf"(?:arxiv\.org/abs/|arXiv(?:\.org)?:)({NUMBER.pattern})$", re.IGNORECASE
)
_LANG = "{http://www.w3.org/XML/1998/namespace}lang"
_VOLUME = re.compile(
    r"(?:vol(?:ume|\.)?|bd\.?|t\.?|v\.)\s*(?P<volume>\w{1,10})"
    r"(?:\s*[,;]?\s*(?:no|nr|n|issue|núm|num|iss)[.º°]?\s*(?P<issue>[\w/-]{1,12}))?",
    re.IGNORECASE,
)
_PAGES = re.compile(r"(?:pp?\.?\s*)?[A-Za-z]?\d+(?:\s*[-–]+\s*[A-Za-z]?\d+)?")
_ISSN = re.compile(r"(?:urn:)?(?:e?issn:?\s*)?(\d{4}-\d{3}[\dXx])", re.IGNORECASE)
_ISBN = re.compile(r"(?:urn:)?isbn:?\s*([\dXx -]{10,17})", re.IGNORECASE)
_HANDLE = re.compile(r"(?:https?://hdl\.handle\.net/|hdl:)(\S+/\S+)", re.IGNORECASE)
_DOI = re.compile(r"(?:doi:\s*|https?://(?:dx\.)?doi\.org/)?(10\.\d{4,9}/\S+)", re.IGNORECASE)


def sniff(head: bytes, name: str) -> bool:
    """Recognises a reply, a bare record, or a feed of arXiv."""
    del name
    root = root_of(head)
    if root in ("feed", "entry"):
        return b"arxiv.org" in head
    return root in _ROOTS and (b"openarchives.org" in head or b"purl.org/dc/" in head)


def read(dump: Dump) -> Iterator[Read]:
    """Reads the records; those that the repository deleted are given as `Deletion`."""
    for item in read_elements(dump, ("record", "entry")):
        if isinstance(item, RecordError | Notice):
            yield item
            continue
        line = item.sourceline or 0
        header = child(item, "header")
        metadata = child(item, "metadata")
        inner = item if local_name(item) == "entry" else metadata
        inner = next(iter(metadata), None) if metadata is not None else inner
        if header is not None and header.get("status") == "deleted":
            yield Deletion(dump.name, line, _deleted(text_at(header, "identifier")))
        elif inner is None:
            yield RecordError(dump.name, line, "the record has no metadata")
        elif not is_readable(inner):
            kind = local_name(inner)
            fault = f"metadata format {kind} is not read; harvest oai_dc instead (--prefix oai_dc)"
            yield RecordError(dump.name, line, fault)
        else:
            yield _record(line, inner, text_at(header, "identifier"))


def _deleted(identifier: str) -> tuple[tuple[str, str], ...]:
    """Returns by what a deleted record was known: identifier, number of arXiv, id of a paper."""
    number = _NUMBER_AT_END.search(identifier)
    own = read_identifier(identifier)
    pairs = (("oai", identifier), ("arxiv", number[1] if number else ""), (PAPER_ID, own))
    return tuple((scheme, value) for scheme, value in pairs if value)


def is_readable(inner: etree._Element) -> bool:
    """Says whether the metadata are arXiv's, Atom, MODS, JATS, ours, or terms of Dublin Core."""
    kind = local_name(inner)
    if is_paper(inner) or kind in _READ or "dc" in kind.lower():
        return True
    return any(True for _ in children(inner, "title", "creator"))


def _record(line: int, inner: etree._Element, identifier: str) -> Record:
    if is_paper(inner):
        return json_record.record_of(line, paper_value(inner))
    kind = local_name(inner)
    if kind == "entry":
        return _atom(line, inner)
    if kind in ("arXiv", "arXivRaw", "arXivOld"):
        return _arxiv(line, inner)
    if kind == "mods":
        return mods_record.record_of(line, inner, identifier)
    if kind == "article":
        return jats_record.record_of(line, inner, identifier)
    return _dublin_core(line, inner, identifier)


def _arxiv(line: int, inner: etree._Element) -> Record:
    number = text_at(inner, "id")
    people = child(inner, "authors")
    if people is not None and len(people):
        authors = tuple(_arxiv_author(person) for person in people)
    else:
        authors = tuple(Author(name) for name in listed_names(inner_text(people)))
    categories = tuple(text_at(inner, "categories").split())
    classes = (
        piece.strip()
        for name in ("msc-class", "acm-class")
        for piece in re.split(r"[,;]", text_at(inner, name))
    )
    reference = text_at(inner, "journal-ref")
    version = child(inner, "version")
    more = {
        "note": text_at(inner, "comments"),
        "number": text_at(inner, "report-no"),
        "licence": text_at(inner, "license"),
        "date": text_at(inner, "created") or text_at(version, "date"),
    }
    subjects = (*categories, *filter(None, classes))
    return Record(
        line=line,
        id=number,
        title=text_at(inner, "title"),
        abstract=text_at(inner, "abstract"),
        authors=names_of(authors),
        venue=venue_of(reference),
        year=year_of(number) or text_at(inner, "created"),
        doi=text_at(inner, "doi").split(" ")[0],
        url=f"https://arxiv.org/abs/{number}" if number else "",
        keywords=categories,
        author_details=authors,
        identifiers=(("arxiv", number),),
        publication=publication_of_arxiv(number, reference, more, subjects),
    )


def _arxiv_author(element: etree._Element) -> Author:
    first, last, suffix = (
        without_tex_letters(text_at(element, part)) for part in ("forenames", "keyname", "suffix")
    )
    name = " ".join(part for part in (first, last, suffix) if part)
    known = person(family=last, given=first, suffix=suffix)
    literal = not first and is_organisation(name)
    author = Author(name, literal=True) if literal else replace(known, name=name)
    places = (inner_text(affiliation).strip() for affiliation in children(element, "affiliation"))
    return replace(author, affiliations=tuple(filter(None, places)))


def _dublin_core(line: int, inner: etree._Element, identifier: str) -> Record:
    def every(*names: str) -> list[str]:
        return [
            text
            for name in names
            for node in children(inner, name)
            if (text := inner_text(node).strip())
        ]

    identifiers = [*every("identifier"), *every("relation")]
    numbers = (_NUMBER_AT_END.search(number) for number in (*identifiers, identifier))
    number = next((match[1] for match in numbers if match), "")
    dois = (match[1] for number in identifiers if (match := _DOI.match(number)))
    dates = every("issued") or sorted(every("date")) or sorted(every("created", "available"))
    language = next(iter(every("language")), "")
    described = [
        *_in_language(inner, "abstract", language),
        *_in_language(inner, "description", language),
    ]
    abstracts = [text for text in described if not text.startswith("Comment:")]
    plain = [number for number in identifiers if not _DOI.match(number) and "://" not in number]
    authors = inverted_names(every("creator"), without_tex_letters)
    sources = every("source", "isPartOf", "bibliographicCitation")
    venue, volume, issue, pages = _cited(sources)
    if number:
        venue = venue_of(plain[0] if plain else "")
    addresses = [number for number in identifiers if number.startswith(("http://", "https://"))]
    rights = every("rights", "license")
    types = [type_.rpartition("/")[2] for type_ in every("type")]
    return Record(
        line=line,
        id=number or identifier,
        title=next(iter(_in_language(inner, "title", language)), ""),
        abstract=max(abstracts, key=len, default="") if not every("abstract") else abstracts[0],
        authors=names_of(authors),
        venue=venue,
        year=year_of(number) or next(iter(dates), ""),
        type=next(iter(types), ""),
        doi=next(dois, ""),
        url=next(iter(addresses), ""),
        keywords=tuple(every("subject")),
        author_details=authors,
        identifiers=_identifiers(number, identifier, [*identifiers, *sources]),
        publication=Publication(
            kind=next((kind for type_ in types if (kind := kind_of(type_))), ""),
            volume=volume,
            issue=issue,
            pages=pages,
            publisher=next(iter(every("publisher")), ""),
            date=next(iter(dates), ""),
            language=language,
            licence=next((right for right in rights if "://" in right), next(iter(rights), "")),
            pdf_url=next((link for link in addresses if link.lower().endswith(".pdf")), ""),
            note=next(
                (text[len("Comment:") :] for text in described if text.startswith("Comment:")), ""
            ),
        ),
    )


def _in_language(inner: etree._Element, name: str, language: str) -> list[str]:
    """Returns the texts of a term; where some are in the language of the work, only these.

    OJS gives title and description once for each language of the journal, in any order.
    """
    by_language = [
        (node.get(_LANG) or "", inner_text(node).strip()) for node in children(inner, name)
    ]
    texts = [(tag, text) for tag, text in by_language if text]
    wanted = language_of(language).partition("-")[0]
    same = [text for tag, text in texts if wanted and language_of(tag).partition("-")[0] == wanted]
    return same or [text for _, text in texts]


def _cited(sources: list[str]) -> tuple[str, str, str, str]:
    """Returns venue, volume, issue and pages of ``source``; OJS writes them all into one text.

    "Kite Letters; Vol. 12 No. 3 (2018): Winter; 45-67" is what it writes.
    """
    first = next((source for source in sources if not _ISSN.fullmatch(source)), "")
    venue, _, rest = first.partition(";")
    match = _VOLUME.match(rest.strip())
    if match is None:
        return first, "", "", ""
    last = rest.rpartition(";")[2].strip()
    pages = last if _PAGES.fullmatch(last) else ""
    return venue.strip(), match["volume"] or "", match["issue"] or "", pages


def _identifiers(number: str, own: str, identifiers: list[str]) -> tuple[tuple[str, str], ...]:
    pairs = [("arxiv", number), ("oai", own)]
    for identifier in identifiers:
        if match := _ISSN.fullmatch(identifier):
            pairs.append(("issn", match[1]))
        elif match := _ISBN.fullmatch(identifier):
            pairs.append(("isbn", match[1]))
        elif match := _HANDLE.match(identifier):
            pairs.append(("handle", match[1]))
    return tuple((scheme, value) for scheme, value in pairs if value)


def _atom(line: int, entry: etree._Element) -> Record:
    address = text_at(entry, "id")
    number = re.sub(r"v\d+$", "", address.rpartition("/abs/")[2])
    categories = tuple(category.get("term") or "" for category in children(entry, "category"))
    reference = text_at(entry, "journal_ref")
    authors = tuple(
        Author(
            text_at(author, "name"),
            affiliations=tuple(inner_text(place) for place in children(author, "affiliation")),
        )
        for author in children(entry, "author")
    )
    more = {"note": text_at(entry, "comment"), "date": text_at(entry, "published")}
    return Record(
        line=line,
        id=number,
        title=text_at(entry, "title"),
        abstract=text_at(entry, "summary"),
        authors=names_of(authors),
        venue=venue_of(reference),
        year=year_of(number) or text_at(entry, "published"),
        doi=text_at(entry, "doi").split(" ")[0],
        url=f"https://arxiv.org/abs/{number}",
        keywords=categories,
        author_details=authors,
        identifiers=(("arxiv", number),),
        publication=publication_of_arxiv(number, reference, more, categories),
    )
