"""Notes of OpenReview: JSON of its API, version 2 or 1 (docs.openreview.net/reference).

Version 2 wraps each field of the content in an object with its value, version 1 does not.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import zip_longest
from typing import Final

from indexer.author import Author
from indexer.errors import RecordError
from indexer.formats.json_formats.json_values import (
    Object,
    is_object,
    read_objects,
    sample_objects,
    text,
    texts,
)
from indexer.formats.people import names_of
from indexer.intake.dump import Dump
from indexer.intake.record import Read, Record
from indexer.publication import Publication

_SITE: Final = "https://openreview.net"
_STATUS = re.compile(
    r"^(?:submitted to|under review(?: at| for)?|withdrawn from|rejected from)\s+|"
    r"\s+(?:oral|poster|spotlight|notable.*|conference|submission|withdrawn submission|"
    r"desk rejected submission|reject(?:ed)?)(?:\s*\(.*\))?$",
    re.IGNORECASE,
)
_TURNED_DOWN = re.compile(
    r"(?i)\b(?:submitted to|under review|withdrawn|desk.?reject|rejected)\b|/(?:Withdrawn|Rejected|"
    r"Desk_Rejected)_Submission\b|_Withdrawn_Submission\b"
)


def sniff(head: bytes, name: str) -> bool:
    """Recognises notes: an invitation and the content of a paper."""
    del name
    return any(
        is_object(record.get("content"))
        and ("forum" in record or "invitations" in record or "invitation" in record)
        for record in sample_objects(head)
    )


def read(dump: Dump) -> Iterator[Read]:
    """Reads the notes; replies, and papers that were not accepted, are given as `RecordError`."""
    for item in read_objects(dump):
        if isinstance(item, RecordError):
            yield item
            continue
        line, value = item
        content = value.get("content")
        if not is_object(content) or not text(_value(content, "title")):
            yield RecordError(dump.name, line, "the note is not a paper")
        elif value.get("replyto"):
            yield RecordError(dump.name, line, "the note is a reply to a paper")
        elif _TURNED_DOWN.search(_venue(content) + " " + text(_value(content, "venueid"))):
            yield RecordError(dump.name, line, f"not published: {_venue(content)}")
        else:
            yield _record(line, value, content)


def _value(content: Object, field: str) -> object:
    inner = content.get(field)
    return inner.get("value") if is_object(inner) else inner


def _venue(content: Object) -> str:
    return text(_value(content, "venue"))


def _record(line: int, value: Object, content: Object) -> Record:
    own = text(value.get("id")) or text(value.get("forum"))
    names = texts(_value(content, "authors"))
    ids = texts(_value(content, "authorids"))
    authors = tuple(
        Author(name, source_id=profile if profile.startswith("~") else "")
        for name, profile in zip_longest(names, ids, fillvalue="")
        if name
    )
    pdf = text(_value(content, "pdf"))
    published = _day(value.get("pdate")) or _day(value.get("odate")) or _day(value.get("cdate"))
    printed = _venue(content)
    years = re.findall(r"\b(?:19|20)\d\d\b", f"{printed} {text(_value(content, 'venueid'))}")
    return Record(
        line=line,
        id=f"openreview:{own}" if own else "",
        title=text(_value(content, "title")),
        abstract=text(_value(content, "abstract")),
        authors=names_of(authors),
        venue=re.sub(r"\s+(?:19|20)\d\d$", "", _STATUS.sub("", printed)),
        year=years[0] if years else published,
        url=f"{_SITE}/forum?id={own}" if own else "",
        keywords=texts(_value(content, "keywords")),
        author_details=authors,
        identifiers=(("openreview", own),) if own else (),
        publication=Publication(
            date=published if not years or published.startswith(years[0]) else "",
            pdf_url=f"{_SITE}{pdf}" if pdf.startswith("/") else pdf,
            licence=text(value.get("license")),
        ),
    )


def _day(value: object) -> str:
    """Returns the day of a time in milliseconds since 1970."""
    if not isinstance(value, int | float) or isinstance(value, bool) or not 0 < value < 4e12:
        return ""
    return datetime.fromtimestamp(value / 1000, UTC).date().isoformat()
