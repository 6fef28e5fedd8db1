"""CSV (RFC 4180) with a header, for spreadsheets.

A cell that a spreadsheet would take for a formula gets an apostrophe before it (owasp.org, "CSV
Injection"); the texts are the paper's own, TeX included.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator
from typing import Final

from indexer.author import Author
from indexer.citation.names import editors, endnote_name, people
from indexer.citation.options import CitationOptions
from indexer.paper import Paper
from indexer.publication import KIND_LABELS
from indexer.record.extra_fields import (
    AUTHORS_COMPLETE,
    EXTRA_NAMES,
    PERSON_NAMES,
    extra_fields,
)
from indexer.record.identifiers import SCHEMES

_TEXTS: Final = (
    *("volume", "issue", "pages", "article_number", "publisher", "place", "series", "edition"),
    *("version", "date", "language", "pdf_url", "subtitle", "genre", "venue_short"),
    *("original_title", "chapter", "number", "page_count", "event", "event_place"),
    *("series_number", "licence", "note"),
)
_SCHEMES: Final = (
    *("isbn", "issn", "pmid", "pmcid", "arxiv", "acl", "dblp", "openalex", "s2", "wos", "scopus"),
)
COLUMNS: Final = (
    *("id", "title", "authors", "venue", "year", "type", "doi", "url", "keywords"),
    *(*_TEXTS, "editors", "subject_headings", "retracted"),
    *(*_SCHEMES, "authors_inverted", "editors_inverted", "extra"),
)
"""Names of the columns; ``abstract`` is the last, where it is wanted.

``extra`` has what no column has, as ``name: value``, parted by " | ", see
`indexer.record.extra_fields`.
"""
_PLACED: Final = EXTRA_NAMES - {AUTHORS_COMPLETE, *SCHEMES, *PERSON_NAMES} | {
    *_SCHEMES, "author-literal", "editor-literal",
}  # fmt: skip
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "|", "%", "＝", "＋", "－", "＠")


def write(papers: Iterable[Paper], options: CitationOptions) -> Iterator[str]:
    """Write the header and one line a paper; names and keywords are parted by semicolons."""
    header = _line((*COLUMNS, "abstract") if options.abstract else COLUMNS)
    yield f"\ufeff{header}" if options.bom else header
    for paper in papers:
        cells = _cells(paper)
        yield _line([*cells, paper.abstract] if options.abstract else cells)


def _cells(paper: Paper) -> list[str]:
    """Returns the cells of `COLUMNS`; where there are several values, semicolons part them."""
    publication = paper.publication
    return [
        paper.id,
        paper.title,
        "; ".join(paper.authors),
        paper.venue,
        str(paper.year or ""),
        KIND_LABELS.get(paper.publication.kind, "") or paper.type,
        paper.doi,
        paper.url,
        "; ".join(paper.keywords),
        *(getattr(publication, name) for name in _TEXTS),
        "; ".join(editor.name for editor in publication.editors),
        "; ".join(publication.subjects),
        "yes" if publication.retracted else "",
        *("; ".join(paper.identifier_map.get(scheme, ())) for scheme in _SCHEMES),
        _inverted(people(paper)),
        _inverted(editors(paper)),
        " | ".join(
            f"{name}: {value}".replace(" | ", " / ") for name, value in extra_fields(paper, _PLACED)
        ),
    ]


def _inverted(authors: Iterable[Author]) -> str:
    """Returns names as "Lovelace, Ada; World Health Organization,;", so that parts are known."""
    return "".join(f"{name}; " for author in authors if (name := endnote_name(author))).rstrip()


def _line(cells: Iterable[str]) -> str:
    text = io.StringIO()
    csv.writer(text).writerow(f"'{cell}" if cell.startswith(_FORMULA) else cell for cell in cells)
    return text.getvalue()
