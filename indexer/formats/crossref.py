"""Works of Crossref (api.crossref.org) and CSL-JSON, which it is a relative of.

CSL-JSON (citeproc-js.readthedocs.io/en/latest/csl-json) is what Zotero and others export; where
Crossref has lists (title, container-title), it has texts.
"""

from __future__ import annotations

from collections.abc import Iterator

from indexer.errors import RecordError
from indexer.formats.json_values import Object, is_object, read_objects, sample_objects, text, texts
from indexer.formats.keywords import split_keywords
from indexer.intake.dump import Dump
from indexer.intake.names import natural_order
from indexer.intake.record import Read, Record

_DATES = ("issued", "published-print", "published", "published-online", "created")
_NO_PAPERS = {
    "journal": "a journal, no paper",
    "journal-issue": "an issue of a journal, no paper",
    "journal-volume": "a volume of a journal, no paper",
    "proceedings": "a volume of proceedings, no paper",
    "proceedings-series": "a series of proceedings, no paper",
    "book-series": "a series of books, no paper",
    "component": "a part of a paper, no paper",
}
_CSL_TYPES = frozenset(
    "article article-journal article-magazine article-newspaper paper-conference chapter book "
    "report thesis manuscript webpage document dataset software review speech entry".split()
)


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
        is_object(one) and not one.keys().isdisjoint(("family", "literal", "given"))
        for one in people
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
    return Record(
        line=line,
        title=title,
        abstract=text(value.get("abstract")),
        authors=_authors(value.get("author")),
        venue=text(value.get("container-title")) or text(value.get("event-title")),
        year=next((year for name in _DATES if (year := _year(value.get(name)))), ""),
        type=text(value.get("type")),
        doi=text(value.get("DOI")),
        url=text(value.get("URL")),
        keywords=split_keywords(keywords) if keywords else texts(value.get("subject")),
    )


def _year(date: object) -> str:
    """Read the year of a CSL date: ``date-parts``, or ``raw`` or ``literal`` text."""
    if not is_object(date):
        return text(date)
    parts = date.get("date-parts")
    if isinstance(parts, list) and parts and isinstance(parts[0], list) and parts[0]:
        return text(parts[0][0])
    return text(date.get("raw")) or text(date.get("literal"))


def _authors(people: object) -> tuple[str, ...]:
    names: list[str] = []
    for one in people if isinstance(people, list) else ():
        if not is_object(one):
            names.append(natural_order(text(one)))
            continue
        parts = ("given", "dropping-particle", "non-dropping-particle", "family")
        name = " ".join(part for key in parts if (part := text(one.get(key)).strip()))
        suffix = text(one.get("suffix"))
        whole = name or text(one.get("literal")) or text(one.get("name"))
        names.append(f"{whole}, {suffix}" if suffix and name else whole)
    return tuple(names)
