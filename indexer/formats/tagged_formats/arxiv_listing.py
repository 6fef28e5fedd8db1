r"""Listings that arXiv mails to subscribers: new papers, cross-lists and replacements as text.

An entry stands between rules of hyphens (info.arxiv.org/help/subscribe.html):

    \\
    arXiv:2401.00001
    Date: Mon, 1 Jan 2024 09:00:00 GMT   (12kb,D)

    Title: On kites
    Authors: Ann Ace, Bob Bay
    Categories: cs.LG stat.ML
    Comments: 9 pages
    \\
      The abstract.
    \\ ( https://arxiv.org/abs/2401.00001 ,  12kb)

A replacement may have no abstract.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from email.utils import parsedate_to_datetime
from typing import Final

from indexer.author import Author
from indexer.errors import RecordError
from indexer.formats.arxiv import NUMBER, listed_names, publication_of_arxiv, venue_of, year_of
from indexer.formats.people import names_of
from indexer.intake.dump import Dump
from indexer.intake.record import Read, Record

MOST_LINES: Final = 2_000
"""Lines of one entry that are read."""
_RULE = re.compile(r"[-=%]{20,}")
_NUMBER = re.compile(rf"(?:arXiv:|Paper(?: \(\*cross-listing\*\))?: )({NUMBER.pattern})\b.*")
_FIELD = re.compile(
    r"(Title|Authors?|Categories|Comments|Report-no|MSC-class|ACM-class|Journal-ref|DOI|License|"
    r"Date(?: \([^)]*\))?|Proxy|replaced with revised version):?\s?(.*)"
)
_SIZE = re.compile(r"\s*\([\d.]+kb[^)]*\)\s*$")


def sniff(head: bytes, name: str) -> bool:
    """Recognises the first entries: a number of arXiv, and its title and authors as fields."""
    del name
    text = head.decode("utf-8", errors="replace")
    return (
        re.search(rf"^{_NUMBER.pattern}", text, re.MULTILINE) is not None
        and re.search(r"^Title: ", text, re.MULTILINE) is not None
        and re.search(r"^\\\\", text, re.MULTILINE) is not None
    )


def read(dump: Dump) -> Iterator[Read]:
    """Reads the entries; what stands around them is passed over."""
    entry: list[str] = []
    first = 0
    for line, text in dump.lines():
        plain = text.rstrip("\r\n")
        if _RULE.fullmatch(plain.strip()):
            yield from _entry(dump, first, entry)
            entry = []
            continue
        if not entry:
            first = line
        if len(entry) < MOST_LINES:
            entry.append(plain)
    yield from _entry(dump, first, entry)


def _entry(dump: Dump, line: int, lines: list[str]) -> Iterator[Read]:
    """Reads one entry; text without a number is none."""
    fields, abstract = _fields(lines)
    number = fields.get("number", "")
    if not number:
        return
    if not fields.get("Title"):
        yield RecordError(dump.name, line, f"arXiv:{number} has no title")
        return
    authors = tuple(Author(name) for name in listed_names(fields.get("Author", "")))
    categories = tuple(fields.get("Categories", "").split())
    classes = (
        piece.strip()
        for name in ("MSC-class", "ACM-class")
        for piece in re.split(r"[,;]", fields.get(name, ""))
    )
    reference = fields.get("Journal-ref", "")
    more = {
        "note": fields.get("Comments", ""),
        "number": fields.get("Report-no", ""),
        "licence": fields.get("License", ""),
        "date": _day(fields.get("Date", "")),
    }
    yield Record(
        line=line,
        id=number,
        title=fields["Title"],
        abstract=abstract,
        authors=names_of(authors),
        venue=venue_of(reference),
        year=year_of(number),
        doi=fields.get("DOI", "").split(" ")[0],
        url=f"https://arxiv.org/abs/{number}",
        keywords=categories,
        author_details=authors,
        identifiers=(("arxiv", number),),
        publication=publication_of_arxiv(
            number, reference, more, (*categories, *filter(None, classes))
        ),
    )


def _fields(lines: list[str]) -> tuple[dict[str, str], str]:
    """Returns the fields of an entry, and its abstract: what stands between the second marks."""
    fields: dict[str, str] = {}
    abstract: list[str] = []
    field = ""
    marks = 0
    for text in lines:
        if text.startswith("\\\\"):
            # An entry begins with a mark; one whose first is lost is read all the same.
            marks = marks + 1 if fields or not marks else marks
            marks = max(marks, 2) if fields.get("Title") and marks < 2 else marks
            marks = 3 if text.startswith("\\\\ (") else marks
            field = ""
            continue
        if marks >= 3:
            continue
        if marks == 2:
            abstract.append(text)
            continue
        if match := _NUMBER.fullmatch(text.strip()):
            fields.setdefault("number", re.sub(r"v\d+$", "", match[1]))
        elif match := _FIELD.fullmatch(text):
            field = match[1].split(" (")[0].removesuffix("s") if match[1] == "Authors" else match[1]
            field = field.split(" (")[0]
            fields.setdefault(field, match[2].strip())
        elif field and text.startswith(" "):
            fields[field] = f"{fields[field]} {text.strip()}"
    return fields, " ".join(part.strip() for part in abstract).strip()


def _day(text: str) -> str:
    """Returns the day of a date as mail writes it; empty where it is none."""
    try:
        return parsedate_to_datetime(_SIZE.sub("", text)).date().isoformat()
    except (ValueError, TypeError, IndexError):
        return ""
