"""The record of one object in Quiver's own form, of JSON lines or of a harvest; no format."""

from __future__ import annotations

from indexer.author import Author, author_of
from indexer.cleaning.names import split_names
from indexer.formats.json_formats.json_values import Object, is_object, text, texts
from indexer.formats.keywords import split_keywords
from indexer.intake.record import Record
from indexer.publication import UNPUBLISHED, publication_of
from indexer.serialization.details import identifiers_of


def record_of(line: int, value: Object) -> Record:
    """Reads one object; a field of an unforeseen kind counts as missing."""
    keywords = value.get("keywords")
    authors = _authors(value.get("authors", value.get("author")))
    identifiers, publication = value.get("identifiers"), value.get("publication")
    return Record(
        line=line,
        id=text(value.get("id")),
        title=text(value.get("title")),
        abstract=text(value.get("abstract")),
        authors=authors,
        venue=text(value.get("venue")),
        year=text(value.get("year")),
        type=text(value.get("type")),
        doi=text(value.get("doi")),
        url=text(value.get("url")),
        keywords=split_keywords(keywords, ";") if isinstance(keywords, str) else texts(keywords),
        authors_complete=value.get("authors_complete") is not False,
        author_details=_details(value.get("author_details"), authors),
        identifiers=identifiers_of(identifiers) if is_object(identifiers) else (),
        publication=publication_of(publication) if is_object(publication) else UNPUBLISHED,
    )


def _authors(value: object) -> tuple[str, ...]:
    if isinstance(value, str):
        return split_names(value)
    if isinstance(value, list) and any(is_object(item) for item in value):
        return tuple(text(item.get("name")) if is_object(item) else text(item) for item in value)
    return texts(value)


def _details(value: object, authors: tuple[str, ...]) -> tuple[Author, ...]:
    if not isinstance(value, list) or len(value) != len(authors):
        return ()
    pairs = zip(value, authors, strict=True)
    return tuple(author_of(details if is_object(details) else {}, name) for details, name in pairs)
