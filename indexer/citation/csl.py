"""CSL-JSON (docs.citationstyles.org, citeproc-json-data-format): one array of items."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from typing import Any

from indexer.citation.keys import KeyRing
from indexer.citation.options import CitationOptions
from indexer.citation.person import person_of
from indexer.paper import CONFERENCE, JOURNAL, Paper
from indexer.text.display import plain

_KINDS = {CONFERENCE: "paper-conference", JOURNAL: "article-journal"}


def write(papers: Iterable[Paper], options: CitationOptions) -> Iterator[str]:
    """Write the array, one item a line."""
    keys = KeyRing(options.key)
    before = "[\n"
    for paper in papers:
        item = _item(paper, keys.key(paper), options)
        yield before + json.dumps(item, ensure_ascii=False)
        before = ",\n"
    yield "[]\n" if before == "[\n" else "\n]\n"


def _item(paper: Paper, key: str, options: CitationOptions) -> dict[str, Any]:
    item = {
        "id": key,
        "type": _KINDS.get(paper.type, "document"),
        "title": _line(paper.title),
        "author": [_author(name) for name in paper.authors],
        "container-title": _line(paper.venue),
        "issued": {"date-parts": [[paper.year]]} if paper.year is not None else None,
        "DOI": paper.doi,
        "URL": paper.url,
        "keyword": ", ".join(_line(keyword) for keyword in paper.keywords),
        "abstract": _line(paper.abstract) if options.abstract else "",
    }
    return {name: value for name, value in item.items() if value}


def _line(text: str) -> str:
    return " ".join(plain(text).split())


def _author(name: str) -> dict[str, str]:
    person = person_of(name)
    if not person.given:
        return {"literal": person.family}
    parts = {"family": person.family, "given": person.given, "suffix": person.suffix}
    return {part: text for part, text in parts.items() if text}
