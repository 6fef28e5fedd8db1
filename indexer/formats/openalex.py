"""Works of OpenAlex (docs.openalex.org/api-entities/works/work-object): JSON lines or a reply."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from indexer.errors import RecordError
from indexer.formats.json_values import Object, first_object, is_object, read_objects, text
from indexer.intake.dump import Dump
from indexer.intake.record import Read, Record
from indexer.paper import CONFERENCE, JOURNAL

MOST_WORDS: Final = 50_000
"""Most words of an inverted abstract; words at later places are not taken."""
_TYPES = {"journal": JOURNAL, "conference": CONFERENCE}


def sniff(head: bytes, name: str) -> bool:
    """Recognise the address that every work has, or the inverted abstract."""
    del name
    record = first_object(head)
    if record is None:
        return False
    address = text(record.get("id"))
    return address.startswith("https://openalex.org/W") or "abstract_inverted_index" in record


def read(dump: Dump) -> Iterator[Read]:
    """Read the works; covers, tables of contents and the like are given as `RecordError`."""
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
    return Record(
        line=line,
        id=text(value.get("id")).rpartition("/")[2],
        title=text(value.get("title")) or text(value.get("display_name")),
        abstract=uninverted(value.get("abstract_inverted_index")) or text(value.get("abstract")),
        authors=_authors(value.get("authorships")),
        venue=text(source.get("display_name")),
        year=text(value.get("publication_year")) or text(value.get("publication_date")),
        type=_TYPES.get(text(source.get("type")), text(value.get("type_crossref"))),
        doi=doi,
        url=text(place.get("landing_page_url")) or doi,
        keywords=tuple(
            text(one.get("display_name") or one.get("keyword"))
            for one in value.get("keywords") or ()
            if is_object(one)
        ),
        authors_complete=value.get("is_authors_truncated") is not True,
    )


def _authors(authorships: object) -> tuple[str, ...]:
    if not isinstance(authorships, list):
        return ()
    names: list[str] = []
    for one in authorships:
        author = one.get("author") if is_object(one) else None
        shown = text(author.get("display_name")) if is_object(author) else ""
        names.append(shown or (text(one.get("raw_author_name")) if is_object(one) else ""))
    return tuple(names)


def uninverted(index: object) -> str:
    """Put an abstract together from its words and their places, which count from 0."""
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
