"""EndNote's tagged text (``.enw``, refer's format): an empty line after every record.

What the format has no tag for stands in ``%$``, EndNote's last field for users, see
`indexer.record.extra_fields`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from indexer.citation.entry_types import ENDNOTE_TYPES, says_kind
from indexer.citation.keys import KeyRing
from indexer.citation.names import editors, endnote_name, people
from indexer.citation.options import CitationOptions
from indexer.paper import Paper
from indexer.publication import KIND_LABELS
from indexer.record.extra_fields import extra_fields
from indexer.record.identifiers import arxiv_of
from indexer.text.display import plain

_JOURNALS = ("Journal Article", "Magazine Article", "Newspaper Article")
_NUMBERED = ("Report", "Patent", "Standard")
_VERSIONED = ("Computer Program", "Dataset")
_PLACED: Final = frozenset((
    *("original-title", "volume", "pages", "article-number", "publisher", "place", "series"),
    *("date", "language", "pdf-url", "note", "citekey", "author-literal", "editor-literal"),
))  # fmt: skip
"""Fields that every type of work has a tag for."""


def write(papers: Iterable[Paper], options: CitationOptions) -> Iterator[str]:
    """Write records."""
    keys = KeyRing(options.key)
    for paper in papers:
        type = ENDNOTE_TYPES.get(paper.kind, "Generic")
        lines = [f"%0 {type}"]
        fields = _fields(paper, type, keys.key(paper), options)
        lines += [f"{tag} {line}" for tag, text in fields if (line := " ".join(text.split()))]
        yield "\n".join((*lines, "", ""))


def _fields(
    paper: Paper, type: str, key: str, options: CitationOptions
) -> Iterator[tuple[str, str]]:
    known, kind = paper.publication, paper.kind
    yield "%T", plain(paper.title)
    yield from (("%A", endnote_name(author)) for author in people(paper))
    yield from (("%E", endnote_name(editor)) for editor in editors(paper))
    yield "%J" if type in _JOURNALS else "%B", plain(paper.venue_name)
    yield "%O", plain(known.venue_short) if type == "Journal Article" else ""
    yield "%S", plain(known.series)
    yield "%D", str(paper.year or known.date[:4])
    yield "%8", known.date
    yield "%V", plain(known.volume)
    yield "%N", "" if type in _NUMBERED else plain(known.issue)
    yield "%P", plain(known.pages)
    yield "%7", plain(known.version if type in _VERSIONED else known.edition)
    yield "%I", plain(known.publisher)
    yield "%C", plain(known.place)
    yield "%9", plain(known.genre) or ("" if not kind or says_kind(type, kind)
                                       else KIND_LABELS[kind])  # fmt: skip
    yield "%G", known.language
    if type in _NUMBERED:
        yield "%@", plain(known.number)
    else:
        for scheme in ("isbn", "issn"):
            yield from (("%@", value) for value in paper.identifier_map.get(scheme, ()))
    yield "%R", paper.doi
    yield "%U", paper.url
    arxiv = paper.identifier("arxiv")
    if arxiv and arxiv_of(paper.url) != arxiv:
        yield "%U", f"https://arxiv.org/abs/{arxiv}"
    yield "%>", known.pdf_url
    if pmid := paper.identifier("pmid"):
        yield "%M", pmid
        yield "%~", "PubMed"
    yield "%2", paper.identifier("pmcid")
    yield "%(", plain(known.original_title)
    yield "%]", plain(known.article_number)
    yield from (("%K", plain(keyword)) for keyword in paper.keywords)
    yield "%Z", plain(known.note)
    extra = extra_fields(paper, _placed(paper, type))
    yield from (("%$", f"{name}: {plain(value)}") for name, value in extra)
    if options.abstract:
        yield "%X", plain(paper.abstract)
    yield "%F", key


def _placed(paper: Paper, type: str) -> frozenset[str]:
    """Returns the fields of `indexer.record.extra_fields` that stand in tags of their own."""
    also = {"number"} if type in _NUMBERED else {"issue", "isbn", "issn"}
    also.add("version" if type in _VERSIONED else "edition")
    if type == "Journal Article":
        also.add("venue-short")
    if paper.publication.genre:
        also.add("genre")
    if says_kind(type, paper.kind) or not paper.publication.genre:
        also.add("kind")
    schemes = ("pmcid", "arxiv", "pmid")
    also |= {name for name in schemes if len(paper.identifier_map.get(name, ())) == 1}
    return _PLACED | also
