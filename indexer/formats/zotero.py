"""Items of Zotero as JSON: Better BibTeX JSON, and replies of Zotero's web API (api.zotero.org).

See www.zotero.org/support/dev/web_api/v3/types_and_fields.
"""

from __future__ import annotations

from collections.abc import Iterator

from indexer.errors import RecordError
from indexer.formats.json_values import Object, is_object, read_objects, sample_objects, text
from indexer.intake.dump import Dump
from indexer.intake.record import Read, Record

_NO_PAPERS = frozenset(("attachment", "note", "annotation"))
_VENUES = (
    "publicationTitle", "proceedingsTitle", "bookTitle", "conferenceName", "websiteTitle",
    "blogTitle", "encyclopediaTitle", "dictionaryTitle", "repository", "university", "institution",
)  # fmt: skip


def sniff(head: bytes, name: str) -> bool:
    """Recognises the type of an item beside its creators, or within ``data``."""
    del name
    return any("itemType" in _item(record) for record in sample_objects(head))


def read(dump: Dump) -> Iterator[Read]:
    """Reads the items; attachments and notes are given as `RecordError`."""
    for item in read_objects(dump):
        if isinstance(item, RecordError):
            yield item
            continue
        line, value = item[0], _item(item[1])
        kind = text(value.get("itemType"))
        if kind in _NO_PAPERS:
            yield RecordError(dump.name, line, f"{kind} of an item, no paper")
        else:
            yield _record(line, value)


def _item(value: Object) -> Object:
    data = value.get("data")
    return data if is_object(data) and "itemType" in data else value


def _record(line: int, value: Object) -> Record:
    tags = value.get("tags")
    listed = tags if isinstance(tags, list) else []
    return Record(
        line=line,
        title=text(value.get("title")),
        abstract=text(value.get("abstractNote")),
        authors=_authors(value.get("creators")),
        venue=next((venue for key in _VENUES if (venue := text(value.get(key)))), ""),
        year=text(value.get("date")),
        type=text(value.get("itemType")),
        doi=text(value.get("DOI")),
        url=text(value.get("url")),
        keywords=tuple(text(one.get("tag")) if is_object(one) else text(one) for one in listed),
    )


def _authors(creators: object) -> tuple[str, ...]:
    people = [one for one in creators if is_object(one)] if isinstance(creators, list) else []
    authors = [one for one in people if one.get("creatorType") in ("author", None)]
    names = (
        " ".join(filter(None, (text(one.get("firstName")), text(one.get("lastName")))))
        or text(one.get("name"))
        for one in authors
    )
    return tuple(name for name in names if name)
