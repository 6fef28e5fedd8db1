"""Papers as a table for screening tools, with the columns that ASReview reads.

ASReview (asreview.readthedocs.io, "Data format") knows title, abstract, authors, keywords, year,
doi, url and included: 1 is relevant, 0 irrelevant, an empty cell is still to be screened. Columns
that it does not know it keeps, so that the id of a paper comes back with its label. Texts are
plain: a formula reads as on a page, not as TeX.
"""

from __future__ import annotations

import codecs
from collections.abc import Iterable, Iterator
from typing import Final

from indexer.paper import Paper
from indexer.reviews.labels import PaperLabels
from indexer.reviews.labels_file import table_line
from indexer.text.display import plain

FORMAT: Final = "asreview"
"""What a person asks for."""
SCREENING_COLUMNS: Final = (
    *("id", "title", "abstract", "authors", "year", "doi", "url", "keywords", "venue", "included"),
)
_INCLUDED: Final = {"included": "1", "excluded": "0", None: ""}


def write_screening_table(
    papers: Iterable[Paper], labels: PaperLabels, *, abstract: bool = True, bom: bool = False
) -> Iterator[str]:
    """Yields the lines of the table, the header first; semicolons part names and keywords.

    Args:
        papers: in the order of the table; taken one by one.
        labels: of the index.
        abstract: whether to write abstracts; without them a tool has only titles to learn from.
        bom: begin with a byte order mark, as Excel needs it.
    """
    header = table_line(SCREENING_COLUMNS)
    yield f"{codecs.BOM_UTF8.decode()}{header}" if bom else header
    for paper in papers:
        yield table_line(
            (
                paper.id,
                plain(paper.title),
                plain(paper.abstract) if abstract else "",
                ";".join(paper.authors),
                str(paper.year or ""),
                paper.doi,
                paper.url,
                ";".join(map(plain, paper.keywords)),
                plain(paper.venue),
                _INCLUDED[labels.get(paper.id)],
            )
        )
