"""The corpus of a test collection in BEIR's layout (github.com/beir-cellar/beir, "Custom Dataset").

One JSON object a line: ``_id``, ``title``, ``text`` and ``metadata``, which may hold authors, year
and venue. A document without a title takes its first words for one.
"""

from __future__ import annotations

from collections.abc import Iterator

from indexer.cleaning.names import split_names
from indexer.errors import RecordError
from indexer.formats.json_formats.json_values import (
    Object,
    first_object,
    is_object,
    read_objects,
    text,
    texts,
)
from indexer.formats.people import inverted_names, names_of
from indexer.intake.dump import Dump
from indexer.intake.record import Read, Record

_TITLE_WORDS = 12


def sniff(head: bytes, name: str) -> bool:
    """Recognises objects with ``_id`` and ``text``; queries have no ``title`` and are no dump."""
    del name
    record = first_object(head)
    return record is not None and {"_id", "text", "title"} <= record.keys()


def read(dump: Dump) -> Iterator[Read]:
    """Reads the documents."""
    for item in read_objects(dump):
        if isinstance(item, RecordError):
            yield item
        else:
            yield _record(*item)


def _record(line: int, value: Object) -> Record:
    metadata = value.get("metadata")
    fields = metadata if is_object(metadata) else {}
    body = text(value.get("text"))
    title = text(value.get("title"))
    if not title.strip():
        words = body.split()
        title = " ".join(words[:_TITLE_WORDS]) + (" …" if len(words) > _TITLE_WORDS else "")
    given = fields.get("authors", fields.get("author"))
    names = split_names(given) if isinstance(given, str) else texts(given)
    authors = inverted_names(names)
    return Record(
        line=line,
        id=text(value.get("_id")),
        title=title,
        abstract=body,
        authors=names_of(authors),
        venue=text(fields.get("venue")),
        year=text(fields.get("year")),
        type=text(fields.get("type")),
        doi=text(fields.get("doi")),
        url=text(fields.get("url")),
        keywords=texts(fields.get("keywords")),
        author_details=authors,
    )
