"""arXiv metadata as JSON lines: the snapshot at kaggle.com/datasets/Cornell-University/arxiv."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from indexer.author import Author
from indexer.cleaning.tex_letters import without_tex_letters
from indexer.errors import RecordError
from indexer.formats.arxiv import (
    NUMBER,
    listed_names,
    publication_of_arxiv,
    venue_of,
    year_of,
)
from indexer.formats.json_formats.json_values import (
    Object,
    first_object,
    is_object,
    read_objects,
    text,
)
from indexer.formats.people import names_of
from indexer.intake.dump import Dump
from indexer.intake.record import AUTHORS_READ, Read, Record
from indexer.record.author_name import is_organisation, person


def sniff(head: bytes, name: str) -> bool:
    """Recognises an arXiv number beside fields that only arXiv has."""
    del name
    record = first_object(head)
    if record is None or NUMBER.fullmatch(text(record.get("id"))) is None:
        return False
    return len(record.keys() & {"submitter", "categories", "journal-ref", "update_date"}) >= 2


def read(dump: Dump) -> Iterator[Read]:
    """Reads the records."""
    for item in read_objects(dump):
        yield item if isinstance(item, RecordError) else _record(*item)


def _record(line: int, value: Object) -> Record:
    number = text(value.get("id"))
    authors = _authors(value)
    categories = tuple(text(value.get("categories")).split())
    reference = text(value.get("journal-ref"))
    more = {
        "note": text(value.get("comments")),
        "number": text(value.get("report-no")),
        "licence": text(value.get("license")),
        "date": _first_version(value.get("versions")),
    }
    return Record(
        line=line,
        id=number,
        title=text(value.get("title")),
        abstract=text(value.get("abstract")),
        authors=names_of(authors),
        venue=venue_of(reference),
        year=year_of(number) or text(value.get("update_date")),
        doi=text(value.get("doi")).split(" ")[0],
        url=f"https://arxiv.org/abs/{number}",
        keywords=categories,
        author_details=authors,
        identifiers=(("arxiv", number),),
        publication=publication_of_arxiv(number, reference, more, categories),
    )


def _first_version(versions: object) -> str:
    if isinstance(versions, list) and versions and is_object(versions[0]):
        return text(versions[0].get("created"))
    return ""


def _authors(value: Object) -> tuple[Author, ...]:
    parsed = value.get("authors_parsed")
    if not isinstance(parsed, list) or not parsed:
        return tuple(Author(name) for name in listed_names(text(value.get("authors"))))
    authors: list[Author] = []
    for parts in parsed[:AUTHORS_READ]:
        if not isinstance(parts, list):
            return tuple(Author(name) for name in listed_names(text(value.get("authors"))))
        plain = [_plain(text(part)) for part in parts]
        last, first, suffix = (*plain, "", "", "")[:3]
        known = person(family=last or first, given=first if last else "",
                       suffix=suffix, suffix_separator=" ")  # fmt: skip
        name = " ".join(part for part in (first, last, suffix) if part)
        literal = not first and is_organisation(name)
        author = Author(name, literal=True) if literal else replace(known, name=name)
        authors.append(replace(author, affiliations=tuple(filter(None, plain[3:]))))
    return tuple(authors)


def _plain(text: str) -> str:
    return without_tex_letters(text.replace(". -", ".-"))
