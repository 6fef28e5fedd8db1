"""Works of OpenAlex (docs.openalex.org/api-entities/works/work-object): JSON lines or a reply."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Final

from indexer.author import Author
from indexer.cleaning.kinds import kind_of
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
from indexer.intake.record import Read, Record
from indexer.paper import CONFERENCE, JOURNAL
from indexer.publication import Publication
from indexer.record.author_name import inverted_name

MOST_WORDS: Final = 50_000
"""Most words of an inverted abstract; words at later places are not taken."""
_TYPES = {"journal": JOURNAL, "conference": CONFERENCE}


def sniff(head: bytes, name: str) -> bool:
    """Recognises the address that every work has, or the inverted abstract."""
    del name
    record = first_object(head)
    if record is None:
        return False
    address = text(record.get("id"))
    return address.startswith("https://openalex.org/W") or "abstract_inverted_index" in record


def read(dump: Dump) -> Iterator[Read]:
    """Reads the works; covers, tables of contents and the like are given as `RecordError`."""
    for item in read_objects(dump):
        if isinstance(item, RecordError):
            yield item
        elif item[1].get("is_paratext") is True:
            yield RecordError(
                dump.name, item[0], "paratext (a cover, a list of contents), no paper"
            )
        else:
            yield _record(*item)


def _record(line: int, value: Object) -> Record:
    location = value.get("primary_location") or value.get("host_venue")
    place = location if is_object(location) else {}
    inner = place.get("source", place)
    source = inner if is_object(inner) else {}
    doi = text(value.get("doi"))
    authors = _authors(value.get("authorships"))
    return Record(
        line=line,
        id=text(value.get("id")).rpartition("/")[2],
        title=text(value.get("title")) or text(value.get("display_name")),
        abstract=uninverted(value.get("abstract_inverted_index")) or text(value.get("abstract")),
        authors=names_of(authors),
        venue=text(source.get("display_name")),
        year=text(value.get("publication_year")) or text(value.get("publication_date")),
        type=_TYPES.get(text(source.get("type")), text(value.get("type_crossref"))),
        doi=doi,
        url=text(place.get("landing_page_url")) or doi,
        keywords=tuple(
            text(keyword.get("display_name") or keyword.get("keyword"))
            for keyword in value.get("keywords") or ()
            if is_object(keyword)
        ),
        authors_complete=value.get("is_authors_truncated") is not True,
        author_details=authors,
        identifiers=_identifiers(value, source),
        publication=_publication(value, place, source),
    )


def _publication(value: Object, place: Object, source: Object) -> Publication:
    biblio = _object(value.get("biblio"))
    best = _object(value.get("best_oa_location") or value.get("open_access"))
    first, last = text(biblio.get("first_page")), text(biblio.get("last_page"))
    kind = text(value.get("type"))
    listed = value.get("mesh"), value.get("topics")
    subjects = [
        text(topic.get("descriptor_name") or topic.get("display_name"))
        for found in listed
        for topic in (found if isinstance(found, list) else ())
        if is_object(topic)
    ]
    return Publication(
        kind=kind_of(text(value.get("type_crossref")) or ("" if kind == "article" else kind)),
        venue_short=text(source.get("abbreviated_title")),
        volume=text(biblio.get("volume")),
        issue=text(biblio.get("issue")),
        pages=f"{first}-{last}" if first and last else first,
        publisher=text(source.get("host_organization_name") or source.get("publisher")),
        date=text(value.get("publication_date")),
        language=text(value.get("language")),
        licence=text(best.get("license")) or text(place.get("license")),
        pdf_url=text(best.get("pdf_url")) or text(best.get("oa_url")) or text(place.get("pdf_url")),
        retracted=value.get("is_retracted") is True,
        subjects=tuple(dict.fromkeys(subject for subject in subjects if subject)),
    )


def _identifiers(value: Object, source: Object) -> tuple[tuple[str, str], ...]:
    ids = _object(value.get("ids"))
    pairs = [
        ("openalex", text(value.get("id")).rpartition("/")[2]),
        ("mag", text(ids.get("mag"))),
        ("pmid", text(ids.get("pmid"))),
        ("pmcid", text(ids.get("pmcid"))),
    ]
    pairs += [("issn", issn) for issn in texts(source.get("issn") or source.get("issn_l"))]
    locations = value.get("locations")
    addresses = [
        text(location.get("landing_page_url"))
        for location in (locations if isinstance(locations, list) else ())
        if is_object(location)
    ]
    pairs += [("arxiv", address) for address in addresses if "arxiv.org/abs/" in address][:1]
    return tuple((scheme, number) for scheme, number in pairs if number)


def _object(value: object) -> Object:
    return value if is_object(value) else {}


def _authors(authorships: object) -> tuple[Author, ...]:
    authors: list[Author] = []
    for authorship in authorships if isinstance(authorships, list) else ():
        whole = _object(authorship)
        author = _object(whole.get("author"))
        shown = text(author.get("display_name"))
        named = Author(shown) if shown else inverted_name(text(whole.get("raw_author_name")))
        institutions = whole.get("institutions")
        affiliations = texts(whole.get("raw_affiliation_strings")) or tuple(
            text(_object(place).get("display_name"))
            for place in (institutions if isinstance(institutions, list) else ())
        )
        authors.append(
            replace(
                named,
                orcid=text(author.get("orcid")),
                affiliations=affiliations,
                source_id=text(author.get("id")).rpartition("/")[2],
            )
        )
    return tuple(authors)


def uninverted(index: object) -> str:
    """Puts an abstract together from its words and their places, which count from 0."""
    if not is_object(index):
        return ""
    inner = index.get("InvertedIndex")
    words = inner if is_object(inner) else index
    placed = {
        place: word
        for word, places in words.items()
        if isinstance(places, list)
        for place in places
        if isinstance(place, int) and 0 <= place < MOST_WORDS
    }
    return " ".join(placed[place] for place in sorted(placed))
