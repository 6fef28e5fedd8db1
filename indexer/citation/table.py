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

COLUMNS: Final = ("id", "title", "authors", "venue", "year", "type", "doi", "url", "keywords")
"""Names of the columns; ``abstract`` is the last, where it is wanted."""
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "|", "%", "＝", "＋", "－", "＠")


def write(papers: Iterable[Paper], options: CitationOptions) -> Iterator[str]:
    """Write the header and one line a paper; names and keywords are parted by semicolons."""
    header = _line((*COLUMNS, "abstract") if options.abstract else COLUMNS)
    yield f"\ufeff{header}" if options.bom else header
    for paper in papers:
        cells = [
            paper.id,
            paper.title,
            "; ".join(paper.authors),
            paper.venue,
            str(paper.year or ""),
            paper.type,
            paper.doi,
            paper.url,
            "; ".join(paper.keywords),
        ]
        yield _line([*cells, paper.abstract] if options.abstract else cells)


def _line(cells: Iterable[str]) -> str:
    text = io.StringIO()
    csv.writer(text).writerow(f"'{cell}" if cell.startswith(_FORMULA) else cell for cell in cells)
    return text.getvalue()
