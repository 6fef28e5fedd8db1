"""CSV (RFC 4180) with a header, for spreadsheets.

A cell that a spreadsheet would take for a formula gets an apostrophe before it (owasp.org, "CSV
Injection"); the texts are the paper's own, TeX included.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator
from typing import Final

from indexer.citation.options import CitationOptions
from indexer.paper import Paper
from indexer.publication import KIND_LABELS

COLUMNS: Final = (
    *("id", "title", "authors", "venue", "year", "type", "doi", "url", "keywords"),
    *("volume", "issue", "pages", "article_number", "publisher", "place", "editors", "series"),
    *("edition", "version", "date", "language", "subject_headings", "pdf_url"),
    *("isbn", "issn", "pmid", "pmcid", "arxiv"),
)
"""Names of the columns; ``abstract`` is the last, where it is wanted."""
_TEXTS: Final = ("volume", "issue", "pages", "article_number", "publisher", "place")
_SCHEMES: Final = ("isbn", "issn", "pmid", "pmcid", "arxiv")
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
        paper.type or KIND_LABELS.get(paper.kind, ""),
        paper.doi,
        paper.url,
        "; ".join(paper.keywords),
        *(getattr(publication, name) for name in _TEXTS),
        "; ".join(editor.name for editor in publication.editors),
        publication.series,
        publication.edition,
        publication.version,
        publication.date,
        publication.language,
        "; ".join(publication.subjects),
        publication.pdf_url,
        *("; ".join(paper.identifier_map.get(scheme, ())) for scheme in _SCHEMES),
    ]


def _line(cells: Iterable[str]) -> str:
    text = io.StringIO()
    csv.writer(text).writerow(f"'{cell}" if cell.startswith(_FORMULA) else cell for cell in cells)
    return text.getvalue()
