"""Papers of Semantic Scholar: JSON lines of its datasets, replies of its API, the old S2 corpus.

See api.semanticscholar.org/api-docs (Graph API and Datasets API).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from indexer.author import Author
from indexer.author_name import person
from indexer.errors import RecordError
from indexer.formats.json_values import Object, first_object, is_object, read_objects, text, texts
from indexer.formats.people import names_of
from indexer.intake.dump import Dump
from indexer.intake.record import AUTHORS_READ, Read, Record
from indexer.paper import CONFERENCE, JOURNAL
from indexer.publication import Publication

_TYPES = (("Conference", CONFERENCE), ("JournalArticle", JOURNAL))
_KINDS = {
    "Book": "book",
    "BookSection": "chapter",
    "Dataset": "dataset",
    "News": "article-newspaper",
}
_SCHEMES = {
    "arxiv": "arxiv", "pubmed": "pmid", "pubmedcentral": "pmcid", "acl": "acl", "dblp": "dblp",
    "mag": "mag",
}  # fmt: skip
"""Schemes by the keys of ``externalIds``, in small letters."""


def sniff(head: bytes, name: str) -> bool:
    """Recognise the numbers that Semantic Scholar gives to papers."""
    del name
    record = first_object(head)
    if record is None or "title" not in record:
        return False
    keys = {key.lower() for key in record}
    return not keys.isdisjoint(("paperid", "corpusid", "paperabstract", "externalids")) or (
        "paper_id" in keys
        and not keys.isdisjoint(("arxiv_id", "acl_id", "s2_url", "inbound_citations"))
    )


def read(dump: Dump) -> Iterator[Read]:
    """Read the papers."""
    for item in read_objects(dump):
        yield item if isinstance(item, RecordError) else _record(*item)


def _record(line: int, value: Object) -> Record:
    outer = value.get("externalIds") or value.get("externalids")
    numbers = outer if is_object(outer) else {}
    published = value.get("journal")
    journal = text(published.get("name")) if is_object(published) else text(published)
    kinds = texts(value.get("publicationTypes") or value.get("publicationtypes"))
    own = text(value.get("paperId") or value.get("corpusid") or value.get("corpusId"))
    own = own or text(value.get("paper_id") or value.get("id"))
    authors = _authors(value.get("authors"))
    return Record(
        line=line,
        id=f"s2:{own}" if own else "",
        title=text(value.get("title")),
        abstract=text(value.get("abstract")) or text(value.get("paperAbstract")),
        authors=names_of(authors),
        venue=text(value.get("venue")) or journal or text(value.get("journalName")),
        year=text(value.get("year")) or text(value.get("publicationDate")),
        type=next((kind for name, kind in _TYPES if name in kinds), ""),
        doi=text(numbers.get("DOI")) or text(value.get("doi")),
        url=text(value.get("url")) or text(value.get("s2Url")),
        keywords=texts(value.get("fieldsOfStudy") or value.get("entities")),
        author_details=authors,
        identifiers=_identifiers(value, numbers),
        publication=_publication(value, published, kinds),
    )


def _publication(value: Object, published: object, kinds: tuple[str, ...]) -> Publication:
    journal = published if is_object(published) else {}
    opened = value.get("openAccessPdf") or value.get("openaccessinfo")
    oa = opened if is_object(opened) else {}
    fields = value.get("s2FieldsOfStudy") or value.get("s2fieldsofstudy")
    pdfs = texts(value.get("pdfUrls") or value.get("s2PdfUrl"))
    return Publication(
        kind=next((kind for name in kinds if (kind := _KINDS.get(name, ""))), ""),
        volume=text(journal.get("volume")) or text(value.get("journalVolume")),
        pages=text(journal.get("pages")) or text(value.get("journalPages")),
        date=text(value.get("publicationDate") or value.get("publicationdate")),
        licence=text(oa.get("license")),
        pdf_url=text(oa.get("url")) or (pdfs[0] if pdfs else ""),
        subjects=tuple(
            dict.fromkeys(
                text(field.get("category"))
                for field in (fields if isinstance(fields, list) else ())
                if is_object(field)
            )
        ),
    )


def _identifiers(value: Object, numbers: Object) -> tuple[tuple[str, str], ...]:
    pairs = [
        (scheme, text(number))
        for name, number in numbers.items()
        if (scheme := _SCHEMES.get(name.lower(), ""))
    ]
    pairs += [
        (scheme, text(value.get(name)))
        for name, scheme in (
            ("arxiv_id", "arxiv"),
            ("arxivId", "arxiv"),
            ("acl_id", "acl"),
            ("pmid", "pmid"),
            ("pubmed_id", "pmid"),
            ("pmc_id", "pmcid"),
            ("mag_id", "mag"),
            ("magId", "mag"),
            ("paperId", "s2"),
            ("corpusid", "s2"),
            ("corpusId", "s2"),
        )
    ]
    venue = value.get("publicationVenue")
    if is_object(venue):
        pairs += [("issn", issn) for issn in texts(venue.get("issn"))]
    return tuple((scheme, number) for scheme, number in pairs if number)


def _authors(people: object) -> tuple[Author, ...]:
    authors: list[Author] = []
    for entry in people[:AUTHORS_READ] if isinstance(people, list) else ():
        if not is_object(entry):
            authors.append(Author(text(entry)))
            continue
        middle = entry.get("middle")
        middles = [text(part) for part in middle] if isinstance(middle, list) else [text(middle)]
        given = " ".join(filter(None, (text(entry.get("first")), *middles)))
        name, family = text(entry.get("name")), text(entry.get("last"))
        suffix = text(entry.get("suffix"))
        if name or not family:
            author = Author(name or given)
        else:
            plain = person(family=family, given=given)
            author = replace(plain, suffix=suffix)
        ids = entry.get("authorId") or entry.get("ids")
        authors.append(
            replace(
                author,
                affiliations=texts(entry.get("affiliations")),
                source_id=text(ids),
            )
        )
    return tuple(authors)
