"""Works of Crossref (api.crossref.org) and CSL-JSON, which it is a relative of.

CSL-JSON (citeproc-js.readthedocs.io/en/latest/csl-json) is what Zotero and others export; where
Crossref has lists (title, container-title), it has texts.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from indexer.cleaning.dates import date_of
from indexer.errors import RecordError
from indexer.formats.json_formats.json_values import (
    Object,
    is_object,
    read_objects,
    sample_objects,
    text,
    texts,
)
from indexer.formats.keywords import listed_keywords
from indexer.formats.people import csl_names, names_of
from indexer.intake.dump import Dump
from indexer.intake.record import Read, Record
from indexer.publication import KIND_LABELS, Publication
from indexer.record.extra_fields import EXTRA_NAMES, with_extra_fields

_DATES = ("issued", "published-print", "published", "published-online", "created")
_ARXIV = re.compile(
    r"arxiv(?:\.org/(?:abs|pdf)/|:\s?)(\d{4}\.\d{4,5}|[a-z-]+(?:\.[A-Za-z-]+)?/\d{7})",
    re.IGNORECASE,
)
_NO_PAPERS = {
    "journal": "a journal, no paper",
    "journal-issue": "an issue of a journal, no paper",
    "journal-volume": "a volume of a journal, no paper",
    "proceedings": "a volume of proceedings, no paper",
    "proceedings-series": "a series of proceedings, no paper",
    "book-series": "a series of books, no paper",
    "component": "a part of a paper, no paper",
}
_CSL_TYPES = frozenset(KIND_LABELS)


def sniff(head: bytes, name: str) -> bool:
    """Recognise a Crossref work by its lists and DOI, a CSL item by its type and its people."""
    del name
    return any(_is_work(record) for record in sample_objects(head))


def _is_work(record: Object) -> bool:
    if "title" not in record:
        return False
    if isinstance(record["title"], list) and "DOI" in record:
        return True
    csl = record.keys() & {"issued", "container-title", "DOI", "page", "citation-key", "author"}
    people = record.get("author")
    named = isinstance(people, list) and any(
        is_object(person) and not person.keys().isdisjoint(("family", "literal", "given"))
        for person in people
    )
    date = record.get("issued")
    dated = is_object(date) and not date.keys().isdisjoint(("date-parts", "raw", "literal"))
    return named or dated or (text(record.get("type")) in _CSL_TYPES and len(csl) >= 2)


def read(dump: Dump) -> Iterator[Read]:
    """Read the works; journals, issues, proceedings as such are given as `RecordError`."""
    for item in read_objects(dump):
        if isinstance(item, RecordError):
            yield item
        elif (reason := _NO_PAPERS.get(text(item[1].get("type")))) is not None:
            yield RecordError(dump.name, item[0], reason)
        else:
            yield _record(*item)


def _record(line: int, value: Object) -> Record:
    title, subtitle = text(value.get("title")), text(value.get("subtitle"))
    if subtitle and subtitle not in title:
        title = f"{title}: {subtitle}"
    keywords = text(value.get("keyword"))
    authors = csl_names(value.get("author"))
    type = text(value.get("type"))
    is_preprint = type in ("posted-content", "article")
    record = Record(
        line=line,
        title=title,
        abstract=text(value.get("abstract")),
        authors=names_of(authors),
        venue=text(value.get("container-title"))
        or text(value.get("event-title"))
        or (_named(value.get("institution")) if type == "posted-content" else ""),
        year=next((year for name in _DATES if (year := _year(value.get(name)))), ""),
        type="preprint" if is_preprint else type,
        doi=text(value.get("DOI")),
        url=text(value.get("URL")),
        keywords=listed_keywords(keywords) if keywords else texts(value.get("subject")),
        authors_complete=text(_custom(value).get("authors-complete")) != "no",
        author_details=authors,
        identifiers=_identifiers(value),
        publication=_publication(value, subtitle, "article" if is_preprint else ""),
    )
    custom = _custom(value)
    told = [(name, item) for name in EXTRA_NAMES & custom.keys() for item in texts(custom[name])]
    return with_extra_fields(record, told)


def _publication(value: Object, subtitle: str, kind: str) -> Publication:
    def first(*names: str) -> str:
        return next((value_ for name in names if (value_ := text(value.get(name)).strip())), "")

    event = value.get("event")
    conference = event if is_object(event) else {"name": event}
    updates = value.get("updated-by")
    custom = _custom(value)
    article_number = first("article-number") or text(custom.get("article-number"))
    return Publication(
        kind=kind,
        genre=first("genre", "degree"),
        venue_short=first("container-title-short", "short-container-title", "journalAbbreviation"),
        subtitle=subtitle or text(custom.get("subtitle")),
        original_title=first("original-title"),
        volume=first("volume"),
        issue=first("issue"),
        chapter=first("chapter-number"),
        pages=first("page") if first("page") != article_number else "",
        article_number=article_number,
        number=first("number"),
        page_count=first("number-of-pages"),
        publisher=first("publisher") or _named(value.get("institution")),
        place=first("publisher-place", "publisher-location"),
        event=first("event-title") or text(conference.get("name")),
        event_place=first("event-place") or text(conference.get("location")),
        editors=csl_names(value.get("editor")),
        series=first("collection-title"),
        series_number=first("collection-number"),
        edition=first("edition", "edition-number"),
        version=first("version"),
        date=next((date for name in _DATES[:4] if (date := _date(value.get(name)))), ""),
        language=first("language"),
        licence=_licence(value.get("license")) or text(custom.get("licence")),
        pdf_url=text(custom.get("pdf")),
        retracted=custom.get("retracted") is True
        or any(
            is_object(update)
            and text(update.get("type")) in ("retraction", "withdrawal", "removal")
            for update in (updates if isinstance(updates, list) else ())
        ),
        subjects=texts(custom.get("subjects")),
        note=first("note"),
    )


def _custom(value: Object) -> Object:
    """Returns what an item says beyond the variables of CSL; Quiver's own names."""
    custom = value.get("custom")
    return custom if is_object(custom) else {}


def _named(value: object) -> str:
    """Returns the name of the first of a list of institutions, or of the only one."""
    first = value[0] if isinstance(value, list) and value else value
    return text(first.get("name")) if is_object(first) else ""


def _licence(value: object) -> str:
    for person in value if isinstance(value, list) else ():
        if is_object(person) and (address := text(person.get("URL"))):
            return address
    return text(value)


def _identifiers(value: Object) -> tuple[tuple[str, str], ...]:
    pairs = [("isbn", isbn) for isbn in _listed(value.get("ISBN"))]
    pairs += [("issn", issn) for issn in _listed(value.get("ISSN"))]
    pairs += [("pmid", text(value.get("PMID"))), ("pmcid", text(value.get("PMCID")))]
    key = text(value.get("citation-key")) or text(value.get("citation-label"))
    own = text(value.get("id"))
    if not key and own and "/" not in own and " " not in own:
        key = own
    pairs.append(("citekey", key))
    others = _custom(value).get("identifiers")
    if is_object(others):
        pairs += [(scheme, number) for scheme, given in others.items() for number in _listed(given)]
        return tuple((scheme, number) for scheme, number in pairs if number.strip())
    for name in ("number", "URL", "archive_location", "note"):
        if match := _ARXIV.search(text(value.get(name))):
            pairs.append(("arxiv", match[1]))
            break
    return tuple((scheme, number) for scheme, number in pairs if number.strip())


def _listed(value: object) -> tuple[str, ...]:
    """Returns texts of a list, or the pieces of one text."""
    if isinstance(value, str):
        return tuple(re.split(r"[,;]\s*|\s(?=\d{4}-\d|97[89])", value))
    return texts(value)


def _date(date: object) -> str:
    """Returns a CSL date as ISO 8601, a range as such; or its text."""
    if not is_object(date):
        return text(date)
    parts = date.get("date-parts")
    if isinstance(parts, list) and parts:
        ends = [
            date_of(*map(text, part[:3])) for part in parts[:2] if isinstance(part, list) and part
        ]
        return "/".join(end for end in ends if end)
    return text(date.get("raw")) or text(date.get("literal"))


def _year(date: object) -> str:
    """Read the year of a CSL date: ``date-parts``, or ``raw`` or ``literal`` text."""
    if not is_object(date):
        return text(date)
    parts = date.get("date-parts")
    if isinstance(parts, list) and parts and isinstance(parts[0], list) and parts[0]:
        return text(parts[0][0])
    return text(date.get("raw")) or text(date.get("literal"))
