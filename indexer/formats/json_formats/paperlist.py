"""Paper Copilot lists (github.com/papercopilot/paperlists): JSON arrays, one file a venue and year.

Venue and year stand in nothing but the file's name ("nips2018.json"). Authors are one text, "A; B"
or, at SIGGRAPH, "A, B". Submissions that were rejected or withdrawn, or are still under review,
are no papers of the venue.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from indexer.author import Author
from indexer.cleaning.names import split_names
from indexer.errors import RecordError
from indexer.formats.json_formats.json_values import Object, first_object, read_objects, text
from indexer.formats.keywords import split_keywords
from indexer.formats.people import names_of
from indexer.intake.dump import Dump
from indexer.intake.record import Notice, Read, Record
from indexer.paper import CONFERENCE
from indexer.publication import Publication

_LONGEST_STEM = 200
_NAME = re.compile(r"([A-Za-z0-9]*?[A-Za-z][A-Za-z_-]*?)[_-]?((?:19|20)\d\d)(?!\d)")
_MARKS = frozenset(
    "status track site author_site authorids aff gs_citation author_num sess psid".split()
)
_NO_PAPER = (
    (re.compile(r"reject"), "the submission was rejected"),
    (re.compile(r"withdr[ae]w"), "the submission was withdrawn"),
    (re.compile(r"retract"), "the paper was retracted"),
    (re.compile(r"^active$|under review|^pending"), "the submission is still under review"),
)
_BOOKTITLE = re.compile(r"(?:booktitle|journal)\s*=\s*[{\"]([^{}\"]+)[}\"]")
_OPENREVIEW = re.compile(r"openreview\.net/(?:forum|pdf)\?id=([\w-]+)")
_ANTHOLOGY = re.compile(r"aclanthology\.org/([A-Z]\d\d-\d{4}|\d{4}\.[\w-]+\.\d+)")
_ARXIV = re.compile(r"\d{4}\.\d{4,5}")
_BIB_YEAR = re.compile(r"\byear\s*=\s*[{\"]?\s*(\d{4})")


def sniff(head: bytes, name: str) -> bool:
    """Recognises an array of objects with fields that only these lists have."""
    del name
    if not head.decode("utf-8-sig", errors="replace").lstrip().startswith("["):
        return False
    record = first_object(head)
    return record is not None and "title" in record and len(_MARKS & record.keys()) >= 2


def read(dump: Dump) -> Iterator[Read]:
    """Reads the accepted papers; the others are given as `RecordError` with their status."""
    venue, year = venue_and_year(dump.stem)
    if not venue:
        text_ = "the name of the file gives no venue and year (such as iclr2014.json)"
        yield Notice(dump.name, 0, f"{text_}; taken from the records' BibTeX where they have it")
    for item in read_objects(dump):
        if isinstance(item, RecordError):
            yield item
            continue
        line, value = item
        status = text(value.get("status")).casefold()
        reason = next((why for word, why in _NO_PAPER if word.search(status)), None)
        if reason is not None:
            yield RecordError(dump.name, line, reason)
        else:
            yield _record(line, value, dump.stem, venue, year)


def venue_and_year(stem: str) -> tuple[str, str]:
    """Reads "nips2018" as ("nips", "2018"); two empty texts where the name holds no such thing."""
    match = _NAME.match(stem[:_LONGEST_STEM])
    return (match[1], match[2]) if match else ("", "")


def _record(line: int, value: Object, stem: str, venue: str, year: str) -> Record:
    given = text(value.get("id")) or text(value.get("ssid"))
    if not venue:
        bibtex = text(value.get("bibtex"))
        booktitle, printed = _BOOKTITLE.search(bibtex), _BIB_YEAR.search(bibtex)
        venue = booktitle[1] if booktitle else ""
        year = printed[1] if printed else ""
        stem = ""
    authors = _authors(value)
    return Record(
        line=line,
        id=f"{stem}-{given}" if given and stem else "",
        title=text(value.get("title")),
        abstract=text(value.get("abstract")),
        authors=names_of(authors),
        venue=venue,
        year=year,
        type=CONFERENCE,
        doi=text(value.get("doi")),
        url=text(value.get("site")),
        keywords=split_keywords(text(value.get("keywords")), ";"),
        author_details=authors,
        identifiers=_identifiers(value),
        publication=Publication(
            pages=text(value.get("pages")) or _field(value, "pages"),
            volume=_field(value, "volume"),
            publisher=_field(value, "publisher"),
            pdf_url=_web(text(value.get("pdf"))) or _web(text(value.get("oa"))),
            subjects=split_keywords(text(value.get("primary_area")), ";"),
        ),
    )


def _web(address: str) -> str:
    return address if address.startswith("http") else ""


def _field(value: Object, name: str) -> str:
    """Returns a field of the BibTeX entry that a record may hold."""
    match = re.search(rf"\b{name}\s*=\s*[{{\"]([^{{}}\"]+)[}}\"]", text(value.get("bibtex")))
    return match[1] if match else ""


def _authors(value: Object) -> tuple[Author, ...]:
    """Returns the authors; lists of as many ids, ORCID iDs and affiliations are in their order."""
    names = split_names(text(value.get("author")) or text(value.get("author_site")))

    def beside(*keys: str) -> list[str]:
        for key in keys:
            pieces = [part.strip() for part in text(value.get(key)).split(";")]
            if len(pieces) == len(names) and any(pieces):
                return pieces
        return [""] * len(names)

    ids = beside("or_profile", "authorids")
    rows = zip(names, ids, beside("orcid"), beside("aff"), strict=True)
    return tuple(
        Author(
            name,
            source_id=own if own.startswith(("~", "/")) or own.isalnum() else "",
            orcid=orcid,
            affiliations=tuple(part.strip() for part in places.split("+") if part.strip()),
        )
        for name, own, orcid, places in rows
    )


def _identifiers(value: Object) -> tuple[tuple[str, str], ...]:
    site = text(value.get("site"))
    pairs = [("openreview", match[1]) for match in (_OPENREVIEW.search(site),) if match]
    if match := _ANTHOLOGY.search(site):
        pairs.append(("acl", match[1]))
    if match := _ARXIV.search(text(value.get("arxiv"))):
        pairs.append(("arxiv", match[0]))
    return tuple(pairs)
