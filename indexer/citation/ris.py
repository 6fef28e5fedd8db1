"""RIS (refman.com, "RIS format documentation"): tagged lines, as reference managers exchange them.

Texts are plain Unicode: formulas are written with letters, not with TeX.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from indexer.citation.options import CitationOptions
from indexer.citation.person import person_of
from indexer.paper import CONFERENCE, JOURNAL, Paper
from indexer.text.display import plain

_KINDS = {CONFERENCE: "CPAPER", JOURNAL: "JOUR"}


def write(papers: Iterable[Paper], options: CitationOptions) -> Iterator[str]:
    """Write records; lines end as the format wants it, in CR and LF."""
    for paper in papers:
        lines = [f"TY  - {_KINDS.get(paper.type, 'GEN')}"]
        lines += [f"{tag}  - {one_line}" for tag, text in _fields(paper, options)
                  if (one_line := " ".join(text.split()))]  # fmt: skip
        yield "\r\n".join((*lines, "ER  - ", "", ""))


def _fields(paper: Paper, options: CitationOptions) -> Iterator[tuple[str, str]]:
    yield "ID", paper.id
    yield "TI", plain(paper.title)
    yield from (("AU", person_of(name).inverted) for name in paper.authors)
    yield "T2", plain(paper.venue)
    if paper.type == CONFERENCE:
        yield "C3", plain(paper.venue)
    yield "PY", str(paper.year or "")
    yield "DO", paper.doi
    yield "UR", paper.url
    yield from (("KW", plain(keyword)) for keyword in paper.keywords)
    if options.abstract:
        yield "AB", plain(paper.abstract)
