"""The citation network of AMiner (www.aminer.org/citation): JSON, and the tagged text before it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

from indexer.author import Author
from indexer.cleaning.kinds import kind_of
from indexer.errors import RecordError
from indexer.formats.json_formats.json_values import (
    Object,
    is_object,
    read_objects,
    sample_objects,
    text,
    texts,
)
from indexer.formats.pages import page_range
from indexer.formats.people import names_of
from indexer.intake.dump import Dump
from indexer.intake.record import Read, Record
from indexer.publication import Publication

MOST_WORDS: Final = 50_000
"""Most words of an inverted abstract."""
LONGEST_RECORD: Final = 4 * 1024 * 1024
_TYPICAL = frozenset(("n_citation", "fos", "doc_type", "page_start", "page_end", "references"))
_TAGGED = re.compile(r"#(\*|@|t|c|index|!|%|o)\s?(.*)")
_LISTED = re.compile(r"[;,]\s*")
_CONFERENCE, _JOURNAL = "Conference", "Journal"


def sniff(head: bytes, name: str) -> bool:
    """Recognises the fields beside title and authors, or the tags of the text."""
    del name
    start = head[:65536].decode("utf-8", errors="replace").lstrip()
    if re.match(r"(?:\d+\s+)?#\*", start):
        return re.search(r"^#(?:@|t|index)", start, re.MULTILINE) is not None
    return any(
        "title" in record
        and (is_object(record.get("venue")) or len(record.keys() & _TYPICAL) > 2)
        and len(record.keys() & _TYPICAL) > 1
        for record in sample_objects(head)
    )


def read(dump: Dump) -> Iterator[Read]:
    """Reads the records."""
    if dump.head.lstrip()[:1] in (b"{", b"["):
        for item in read_objects(dump):
            yield item if isinstance(item, RecordError) else _record(*item)
    else:
        yield from _read_tagged(dump)


def _record(line: int, value: Object) -> Record:
    authors = _authors(value.get("authors"))
    venue = value.get("venue")
    raw = text(venue.get("raw")) or text(venue.get("name")) if is_object(venue) else text(venue)
    own = text(value.get("id")) or text(value.get("_id"))
    type = text(value.get("doc_type"))
    addresses = texts(value.get("url"))
    subjects = value.get("fos")
    return Record(
        line=line,
        title=text(value.get("title")),
        abstract=text(value.get("abstract")) or _abstract(value.get("indexed_abstract")),
        authors=names_of(authors),
        venue=raw,
        year=text(value.get("year")),
        type={_CONFERENCE: "conference paper", _JOURNAL: "journal article"}.get(type, type),
        doi=text(value.get("doi")),
        url=next((address for address in addresses if address.startswith("http")), ""),
        keywords=texts(value.get("keywords")),
        author_details=authors,
        identifiers=_identifiers(value, own),
        publication=Publication(
            kind=kind_of(type) if type not in (_CONFERENCE, _JOURNAL) else "",
            volume=text(value.get("volume")),
            issue=text(value.get("issue")),
            pages=page_range(text(value.get("page_start")), text(value.get("page_end"))),
            publisher=text(value.get("publisher")),
            language=text(value.get("lang")),
            pdf_url=text(value.get("pdf")),
            subjects=tuple(
                text(subject.get("name")) if is_object(subject) else text(subject)
                for subject in (subjects if isinstance(subjects, list) else ())
            ),
        ),
    )


def _authors(value: object) -> tuple[Author, ...]:
    authors = (
        Author(
            text(name.get("name")),
            affiliations=tuple(filter(None, (text(name.get("org")),))),
            orcid=text(name.get("orcid")),
            source_id=text(name.get("id")),
        )
        if is_object(name)
        else Author(text(name))
        for name in (value if isinstance(value, list) else ())
    )
    return tuple(author for author in authors if author.name.strip())


def _abstract(value: object) -> str:
    """Returns the text of an inverted abstract: the places of each of its words."""
    index = value.get("InvertedIndex") if is_object(value) else None
    if not is_object(index):
        return ""
    words: dict[int, str] = {}
    for word, places in index.items():
        for place in places if isinstance(places, list) else ():
            if isinstance(place, int) and 0 <= place < MOST_WORDS:
                words[place] = word
    return " ".join(words[place] for place in sorted(words))


def _identifiers(value: Object, own: str) -> tuple[tuple[str, str], ...]:
    pairs = [("issn", text(value.get("issn"))), ("isbn", text(value.get("isbn")))]
    # Numbers up to version 12 are those of Microsoft Academic; later ones are hexadecimal.
    pairs.append(("mag" if own.isdigit() else "own", own))
    return tuple((scheme, value) for scheme, value in pairs if value)


@dataclass(slots=True)
class _Tagged:
    line: int
    size: int = 0
    values: dict[str, list[str]] = field(default_factory=dict)

    def first(self, tag: str) -> str:
        return next(iter(self.values.get(tag, ())), "").strip()


def _read_tagged(dump: Dump) -> Iterator[Read]:
    """Reads records of ``#*`` title, ``#@`` authors, ``#t`` year, ``#c`` venue, ``#!`` abstract."""
    tagged: _Tagged | None = None
    for number, line in dump.lines():
        match = _TAGGED.match(line)
        if match is not None and match[1] == "*":
            if tagged is not None:
                yield _tagged_record(tagged)
            tagged = _Tagged(number)
        if match is None or tagged is None:
            continue
        tagged.size += len(line)
        if tagged.size > LONGEST_RECORD:
            yield RecordError(dump.name, tagged.line, "a record of over 4 MiB")
            tagged = None
        elif match[1] != "%":
            tagged.values.setdefault(match[1], []).append(match[2])
    if tagged is not None:
        yield _tagged_record(tagged)


def _tagged_record(tagged: _Tagged) -> Record:
    own = tagged.first("index")
    places = [place.strip() for place in tagged.first("o").split(";")]
    names = [name.strip() for name in _LISTED.split(tagged.first("@")) if name.strip()]
    paired = len(places) == len(names)
    authors = tuple(
        Author(name, affiliations=(places[number],) if paired and places[number] else ())
        for number, name in enumerate(names)
    )
    return Record(
        line=tagged.line,
        title=tagged.first("*"),
        abstract=tagged.first("!"),
        authors=names_of(authors),
        venue=tagged.first("c"),
        year=tagged.first("t"),
        author_details=authors if paired and any(places) else (),
        identifiers=(("own", own),) if own else (),
    )
