"""BibTeX (www.bibtex.org/Format): one entry a paper, ready for LaTeX with any style.

Conference papers are ``@inproceedings``, journal articles ``@article``, the rest ``@misc``.
Authors of a list that the dump cut short end in ``and others``, as BibTeX has it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from indexer.citation.keys import KeyRing
from indexer.citation.options import CitationOptions
from indexer.citation.person import person_of
from indexer.citation.texsafe import tex_text, tex_title
from indexer.paper import CONFERENCE, JOURNAL, Paper, unnumbered

_KINDS = {CONFERENCE: ("inproceedings", "booktitle"), JOURNAL: ("article", "journal")}


def write(papers: Iterable[Paper], options: CitationOptions) -> Iterator[str]:
    """Write entries, an empty line after each."""
    keys = KeyRing(options.key)
    for paper in papers:
        kind, container = _KINDS.get(paper.type, ("misc", "howpublished"))
        lines = [f"@{kind}{{{keys.key(paper)},"]
        for name, value in _fields(paper, container, options):
            lines.append(f"  {name} = {{{value}}},")
        yield "\n".join((*lines, "}", "", ""))


def _fields(paper: Paper, container: str, options: CitationOptions) -> Iterator[tuple[str, str]]:
    yield "title", tex_title(paper.title, ascii=options.ascii)
    authors = [_author(name, ascii=options.ascii) for name in paper.authors]
    if authors and not paper.authors_complete:
        authors.append("others")
    texts = (
        ("author", " and ".join(authors)),
        (container, tex_text(paper.venue, ascii=options.ascii)),
        ("year", str(paper.year or "")),
        ("doi", _verbatim(paper.doi)),
        ("url", _verbatim(paper.url)),
        ("keywords", tex_text(", ".join(paper.keywords), ascii=options.ascii)),
        ("abstract", tex_text(paper.abstract, ascii=options.ascii) if options.abstract else ""),
    )
    yield from ((name, value) for name, value in texts if value)


def _author(name: str, *, ascii: bool) -> str:
    """Write one name so that BibTeX takes it apart rightly, or not at all."""
    printed = unnumbered(name)
    written = tex_text(printed, ascii=ascii)
    if re.search(r"\band\b|\bothers\b", printed, re.IGNORECASE):
        return f"{{{written}}}"
    if "," in printed or person_of(printed).suffix:
        person = person_of(printed)
        parts = [person.family, person.suffix, person.given]
        return ", ".join(tex_text(part, ascii=ascii) for part in parts if part)
    return written


def _verbatim(address: str) -> str:
    """Leave an address as it is but for what would end the field."""
    return re.sub(r"[{}\\\s]", lambda match: f"%{ord(match.group()):02X}", address)
