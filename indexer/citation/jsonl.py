"""Quiver's own JSON lines: every field of every paper, ready for ``quiver build``."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator

from indexer.citation.options import CitationOptions
from indexer.paper import Paper
from indexer.serialization.details import details_json


def write(papers: Iterable[Paper], options: CitationOptions) -> Iterator[str]:
    """Writes one object a line; fields that are empty are left out."""
    for paper in papers:
        record = {
            "id": paper.id,
            "title": paper.title,
            "abstract": paper.abstract if options.abstract else "",
            "authors": list(paper.authors),
            "venue": paper.venue,
            "year": paper.year,
            "type": paper.type,
            "doi": paper.doi,
            "url": paper.url,
            "keywords": list(paper.keywords),
        }
        kept = {name: value for name, value in record.items() if value not in ("", None, [])}
        if not paper.authors_complete:
            kept["authors_complete"] = False
        kept |= details_json(paper)
        yield json.dumps(kept, ensure_ascii=False) + "\n"
