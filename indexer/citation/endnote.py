"""EndNote's tagged text (``.enw``, refer's format): an empty line after every record."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from indexer.citation.keys import KeyRing
from indexer.citation.options import CitationOptions
from indexer.citation.person import person_of
from indexer.paper import CONFERENCE, JOURNAL, Paper
from indexer.text.display import plain

_KINDS = {CONFERENCE: ("Conference Paper", "%B"), JOURNAL: ("Journal Article", "%J")}


def write(papers: Iterable[Paper], options: CitationOptions) -> Iterator[str]:
    """Write records."""
    keys = KeyRing(options.key)
    for paper in papers:
        kind, container = _KINDS.get(paper.type, ("Generic", "%B"))
        lines = [f"%0 {kind}"]
        fields = _fields(paper, container, keys.key(paper), options)
        lines += [f"{tag} {line}" for tag, text in fields if (line := " ".join(text.split()))]
        yield "\n".join((*lines, "", ""))


def _fields(
    paper: Paper, container: str, key: str, options: CitationOptions
) -> Iterator[tuple[str, str]]:
    yield "%T", plain(paper.title)
    yield from (("%A", person_of(name).inverted) for name in paper.authors)
    yield container, plain(paper.venue)
    yield "%D", str(paper.year or "")
    yield "%R", paper.doi
    yield "%U", paper.url
    yield from (("%K", plain(keyword)) for keyword in paper.keywords)
    if options.abstract:
        yield "%X", plain(paper.abstract)
    yield "%F", key
