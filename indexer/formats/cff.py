"""Citation files of software and data, ``CITATION.cff`` (citation-file-format.github.io, 1.2)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any, Final

import yaml

from indexer.author import Author
from indexer.cleaning.dates import date_of
from indexer.cleaning.kinds import kind_of
from indexer.errors import DumpError
from indexer.formats.json_formats.json_values import Object, is_object, text, texts
from indexer.formats.pages import page_range
from indexer.formats.people import names_of
from indexer.intake.dump import Dump
from indexer.intake.record import Read, Record
from indexer.publication import Publication
from indexer.record.author_name import person

LARGEST: Final = 1024 * 1024
"""Most bytes of a citation file."""
_START = re.compile(rb"^cff-version\s*:", re.MULTILINE)
_SCHEMES = ("pmcid", "isbn", "issn")


def sniff(head: bytes, name: str) -> bool:
    """Recognises the key that every such file has."""
    del name
    return _START.search(head[:65536]) is not None and not head.lstrip().startswith((b"{", b"<"))


def read(dump: Dump) -> Iterator[Read]:
    """Reads the work itself and the paper that is cited in its place.

    Raises:
        DumpError: when the file is too large or no YAML of this kind.
    """
    pieces: list[bytes] = []
    while piece := dump.read():
        pieces.append(piece)
        if sum(map(len, pieces)) > LARGEST:
            raise DumpError(dump.name, 0, f"a citation file of over {LARGEST >> 20} MiB")
    try:
        value = yaml.load(b"".join(pieces), Loader=_Loader)  # noqa: S506 - a safe loader
    except RecursionError as error:
        raise DumpError(dump.name, 0, "cannot be read: nested too deeply") from error
    except (yaml.YAMLError, ValueError, UnicodeDecodeError) as error:
        raise DumpError(dump.name, 0, f"cannot be read: {error}") from error
    if not is_object(value):
        raise DumpError(dump.name, 0, "expected lines such as title: Name of the software")
    yield _record(value, text(value.get("type")) or "software")
    preferred = value.get("preferred-citation")
    if is_object(preferred):
        yield _record(preferred, text(preferred.get("type")))


class _Loader(yaml.SafeLoader):
    """Reads every scalar as a text and follows no aliases, which could grow without end."""

    yaml_implicit_resolvers: dict[str, Any] = {}  # noqa: RUF012 - as PyYAML has it

    def compose_node(self, parent: Any, index: Any) -> Any:
        """Refuses aliases."""
        if self.check_event(yaml.AliasEvent):
            raise yaml.YAMLError("aliases (*name) are not read")
        return super().compose_node(parent, index)


def _record(value: Object, type: str) -> Record:
    authors = _people(value.get("authors"))
    keywords = value.get("keywords")
    return Record(
        line=1,
        title=text(value.get("title")),
        abstract=text(value.get("abstract")),
        authors=names_of(authors),
        venue=text(value.get("journal"))
        or text(value.get("collection-title"))
        or _named(value.get("conference")),
        year=text(value.get("year")) or text(value.get("date-released")),
        type=type,
        doi=text(value.get("doi")) or _identifier(value, "doi"),
        url=text(value.get("url")) or text(value.get("repository-code")),
        keywords=texts(keywords),
        author_details=authors,
        identifiers=_identifiers(value),
        publication=_publication(value, type),
    )


def _named(value: object) -> str:
    return text(value.get("name")) if is_object(value) else text(value)


def _people(value: object) -> tuple[Author, ...]:
    authors: list[Author] = []
    for entry in value if isinstance(value, list) else ():
        if not is_object(entry):
            continue
        family = text(entry.get("family-names"))
        if family:
            author = person(
                family=family,
                given=text(entry.get("given-names")),
                particle=text(entry.get("name-particle")),
                suffix=text(entry.get("name-suffix")),
            )
        else:
            name = (
                text(entry.get("name"))
                or text(entry.get("given-names"))
                or text(entry.get("alias"))
            )
            author = Author(name, literal=bool(text(entry.get("name"))))
        places = tuple(filter(None, (text(entry.get("affiliation")),)))
        if author.name:
            authors.append(replace(author, orcid=text(entry.get("orcid")), affiliations=places))
    return tuple(authors)


def _publication(value: Object, type: str) -> Publication:
    conference, publisher = value.get("conference"), value.get("publisher")
    institution = _named(value.get("institution"))
    return Publication(
        kind=kind_of(type),
        genre=text(value.get("thesis-type")),
        venue_short=text(value.get("abbreviation")) if value.get("journal") else "",
        volume=text(value.get("volume")),
        issue=text(value.get("issue")),
        pages=page_range(text(value.get("start")), text(value.get("end"))),
        page_count=text(value.get("pages")),
        number=text(value.get("number")),
        publisher=_named(publisher) or institution,
        place=text(publisher.get("city")) if is_object(publisher) else "",
        event=_named(conference),
        event_place=text(conference.get("city")) if is_object(conference) else "",
        editors=_people(value.get("editors")),
        edition=text(value.get("edition")),
        version=text(value.get("version")),
        date=text(value.get("date-published"))
        or text(value.get("date-released"))
        or date_of(text(value.get("year")), text(value.get("month"))),
        language=next(iter(texts(value.get("languages"))), ""),
        licence=text(value.get("license")) or text(value.get("license-url")),
        note=text(value.get("notes")),
    )


def _identifier(value: Object, type: str) -> str:
    listed = value.get("identifiers")
    for identifier in listed if isinstance(listed, list) else ():
        if is_object(identifier) and text(identifier.get("type")) == type:
            return text(identifier.get("value"))
    return ""


def _identifiers(value: Object) -> tuple[tuple[str, str], ...]:
    pairs = [(scheme, text(value.get(scheme))) for scheme in _SCHEMES]
    other = _identifier(value, "other")
    pairs.append(("arxiv", other if other.lower().startswith("arxiv:") else ""))
    return tuple((scheme, value) for scheme, value in pairs if value)
