"""CSL-JSON (docs.citationstyles.org, citeproc-json-data-format): one array of items.

What CSL has no variable for stands in ``custom``, the place that its schema has for such.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from typing import Any

from indexer.citation.keys import KeyRing
from indexer.citation.names import csl_name, editors, people
from indexer.citation.options import CitationOptions
from indexer.paper import Paper
from indexer.record.extra_fields import EXTRA_NAMES, PAPER_ID, extra_fields
from indexer.serialization.details import identifiers_json
from indexer.text.display import plain

_OWN = ("isbn", "issn", "pmid", "pmcid", "citekey")
"""Identifiers that CSL has variables for; the key is the item's id."""
_FIRST = ("pmid", "pmcid")
"""Those of which a variable has only one."""

_PLACED = EXTRA_NAMES - {PAPER_ID, *(f"{role}-{known}" for role in ("author", "editor")
                                     for known in ("source-id", "name"))}  # fmt: skip
"""Fields that have a variable, or a name of their own in ``custom``."""


def write(papers: Iterable[Paper], options: CitationOptions) -> Iterator[str]:
    """Write the array, one item a line."""
    keys = KeyRing(options.key)
    before = "[\n"
    for paper in papers:
        item = csl_item(paper, keys.key(paper), options)
        yield before + json.dumps(item, ensure_ascii=False)
        before = ",\n"
    yield "[]\n" if before == "[\n" else "\n]\n"


def csl_item(paper: Paper, key: str, options: CitationOptions) -> dict[str, Any]:
    """Returns a paper as an item; empty variables are left out.

    Args:
        paper: the paper.
        key: the item's id.
        options: whether it has its abstract.
    """
    known = paper.publication
    arxiv = paper.identifier("arxiv")
    item = {
        "id": key,
        "type": paper.kind or "document",
        "title": _line(paper.title),
        "original-title": _line(known.original_title),
        "author": [csl_name(author) for author in people(paper)],
        "editor": [csl_name(editor) for editor in editors(paper)],
        "container-title": _line(paper.venue_name),
        "container-title-short": _line(known.venue_short),
        "collection-title": _line(known.series),
        "collection-number": _line(known.series_number),
        "event-title": _line(known.event),
        "event-place": _line(known.event_place),
        "issued": _date(known.date, paper.year),
        "genre": _line(known.genre),
        "volume": _line(known.volume),
        "issue": _line(known.issue),
        "page": _line(known.pages) or _line(known.article_number),
        "chapter-number": _line(known.chapter),
        "number": _line(known.number),
        "number-of-pages": _line(known.page_count),
        "edition": _line(known.edition),
        "version": _line(known.version),
        "publisher": _line(known.publisher),
        "publisher-place": _line(known.place),
        "archive": "arXiv" if arxiv else "",
        "archive_location": f"arXiv:{arxiv}" if arxiv else "",
        "language": known.language,
        "DOI": paper.doi,
        "URL": paper.url,
        "ISBN": ", ".join(paper.identifier_map.get("isbn", ())),
        "ISSN": ", ".join(paper.identifier_map.get("issn", ())),
        "PMID": paper.identifier("pmid"),
        "PMCID": paper.identifier("pmcid"),
        "keyword": _keywords(paper.keywords),
        "note": _line(known.note),
        "abstract": _line(paper.abstract) if options.abstract else "",
        "custom": _custom(paper),
    }
    return {name: value for name, value in item.items() if value}


def _custom(paper: Paper) -> dict[str, Any]:
    known = paper.publication
    others = [
        (scheme, value)
        for scheme, value in paper.identifiers
        if scheme not in _OWN or (scheme in _FIRST and value != paper.identifier(scheme))
    ]
    extra: dict[str, list[str]] = {}
    for name, value in extra_fields(paper, _PLACED):
        extra.setdefault(name, []).append(value)
    custom: dict[str, Any] = {
        "subtitle": _line(known.subtitle),
        "article-number": _line(known.article_number),
        "licence": _line(known.licence),
        "pdf": known.pdf_url,
        "retracted": known.retracted,
        "subjects": [_line(subject) for subject in known.subjects],
        "identifiers": identifiers_json(others),
        "authors-complete": "no" if not paper.authors_complete else "",
        **extra,
    }
    return {name: value for name, value in custom.items() if value}


def _keywords(keywords: tuple[str, ...]) -> str:
    lines = [_line(keyword) for keyword in keywords]
    return ("; " if any("," in line for line in lines) else ", ").join(lines)


def _date(date: str, year: int | None) -> dict[str, Any] | None:
    """Returns a date or a range as CSL has it: lists of year, month and day."""
    ends = [end for end in (date or str(year or "")).split("/") if end]
    if not ends:
        return None
    return {"date-parts": [[int(part) for part in end.split("-")] for end in ends]}


def _line(text: str) -> str:
    return " ".join(plain(text).split())
