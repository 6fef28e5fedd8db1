"""Papers of Semantic Scholar: JSON lines of its datasets, replies of its API, the old S2 corpus.

See api.semanticscholar.org/api-docs (Graph API and Datasets API). Of the datasets, ``papers`` has
no abstracts and ``abstracts`` no titles: a file of both, abstracts first, is read as whole records.
``s2orc`` has titles, authors and abstracts as spans of a text.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from typing import Final

from indexer.author import Author
from indexer.errors import RecordError
from indexer.formats.json_formats.json_values import (
    Object,
    first_object,
    is_object,
    read_objects,
    text,
    texts,
)
from indexer.formats.people import names_of
from indexer.intake.dump import Dump
from indexer.intake.record import AUTHORS_READ, Read, Record
from indexer.paper import CONFERENCE, JOURNAL
from indexer.publication import Publication
from indexer.record.author_name import person

MOST_ABSTRACTS: Final = 100_000
"""Most abstracts that wait for their papers; about a kilobyte each."""
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
    """Recognises the numbers that Semantic Scholar gives to papers."""
    del name
    record = first_object(head)
    if record is None:
        return False
    keys = {key.lower() for key in record}
    if "corpusid" in keys and ("content" in keys or keys >= {"abstract", "openaccessinfo"}):
        return True
    if "title" not in record:
        return False
    return not keys.isdisjoint(("paperid", "corpusid", "paperabstract", "externalids")) or (
        "paper_id" in keys
        and not keys.isdisjoint(("arxiv_id", "acl_id", "s2_url", "inbound_citations"))
    )


def read(dump: Dump) -> Iterator[Read]:
    """Reads the papers; abstracts wait for theirs."""
    waiting: dict[str, tuple[int, Object]] = {}
    for item in read_objects(dump):
        if isinstance(item, RecordError):
            yield item
            continue
        line, value = item
        number = text(value.get("corpusid"))
        if number and "abstract" in value and "title" not in value:
            if len(waiting) < MOST_ABSTRACTS:
                waiting[number] = item
            else:
                yield RecordError(dump.name, line, "one of too many abstracts before their papers")
            continue
        if number in waiting:
            value = {**waiting.pop(number)[1], **value}
        yield _record(line, _with_spans(value))
    for line, _ in waiting.values():
        yield RecordError(
            dump.name, line, "an abstract without its paper; put it before the papers in one file"
        )


def _with_spans(value: Object) -> Object:
    """Returns a paper of ``s2orc`` with the fields that it has as spans of its text."""
    content = value.get("content") or value.get("body")
    if not is_object(content) or not isinstance(whole := content.get("text"), str):
        return value
    known = content.get("annotations")
    spans = known if is_object(known) else {}

    def texts_of(name: str) -> list[str]:
        return [" ".join(whole[low:high].split()) for low, high in _ends(spans.get(name))]

    source = content.get("source")
    pdfs = texts(source.get("pdfurls")) if is_object(source) else ()
    told = {
        "title": next(iter(texts_of("title")), ""),
        "abstract": " ".join(texts_of("abstract")),
        "authors": texts_of("author"),
        "venue": next(iter(texts_of("venue")), ""),
        "pdfUrls": list(pdfs),
    }
    return {**told, **value}


def _ends(spans: object) -> list[tuple[int, int]]:
    """Returns begin and end of each span; they are a list, or a text of JSON that is one."""
    if isinstance(spans, str):
        try:
            spans = json.loads(spans)
        except (ValueError, RecursionError):
            return []
    pairs = [
        (one.get("start"), one.get("end"))
        for one in (spans[:AUTHORS_READ] if isinstance(spans, list) else ())
        if is_object(one)
    ]
    return [
        (int(low), int(high))
        for low, high in pairs
        if isinstance(low, int | str)
        and isinstance(high, int | str)
        and str(low).isdecimal()
        and str(high).isdecimal()
        and len(str(high)) < 12
        and len(str(low)) < 12
    ]


def _record(line: int, value: Object) -> Record:
    opened = value.get("openaccessinfo")
    inner = opened.get("externalids") if is_object(opened) else None
    outer = value.get("externalIds") or value.get("externalids") or inner
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
        doi=text(numbers.get("DOI") or numbers.get("doi")) or text(value.get("doi")),
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
        ids = entry.get("authorId") or entry.get("authorid") or entry.get("ids")
        authors.append(
            replace(
                author,
                affiliations=texts(entry.get("affiliations")),
                source_id=text(ids),
            )
        )
    return tuple(authors)
