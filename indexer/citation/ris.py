"""RIS (refman.com, "RIS format documentation"): tagged lines, as reference managers exchange them.

Texts are plain Unicode: formulas are written with letters, not with TeX. Tags are those of
EndNote's and Zotero's tables; a kind of work that RIS has no type for is named in M3.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from indexer.citation.entry_types import RIS_TYPES, says_kind
from indexer.citation.names import editors, inverted, people
from indexer.citation.options import CitationOptions
from indexer.paper import Paper
from indexer.publication import KIND_LABELS
from indexer.record.identifiers import arxiv_of
from indexer.text.display import plain


def write(papers: Iterable[Paper], options: CitationOptions) -> Iterator[str]:
    """Write records; lines end as the format wants it, in CR and LF."""
    for paper in papers:
        type = RIS_TYPES.get(paper.kind, "GEN")
        lines = [f"TY  - {type}"]
        lines += [f"{tag}  - {one_line}" for tag, text in _fields(paper, type, options)
                  if (one_line := " ".join(text.split()))]  # fmt: skip
        yield "\r\n".join((*lines, "ER  - ", "", ""))


def _fields(paper: Paper, type: str, options: CitationOptions) -> Iterator[tuple[str, str]]:
    known, kind = paper.publication, paper.kind
    venue = plain(paper.venue_name)
    yield "ID", paper.id
    yield "TI", plain(paper.title)
    yield from (("AU", inverted(author)) for author in people(paper))
    if kind == "paper-conference":
        yield "T2", plain(known.event) or venue
        yield "C3", venue
        yield "C1", plain(known.place)
    else:
        yield "T2", venue
    yield "J2", plain(known.venue_short)
    yield from (("A2", inverted(editor)) for editor in editors(paper))
    yield "T3", plain(known.series)
    yield "PY", str(paper.year or known.date[:4])
    yield "DA", known.date.replace("-", "/") if "/" not in known.date else known.date
    yield "VL", plain(known.volume)
    if type in ("RPRT", "PAT", "STAND", "COMP", "UNPB"):
        yield "M1", plain(known.number)
    else:
        yield "IS", plain(known.issue)
    yield "NV" if type == "CHAP" else "M2", plain(known.series_number)
    if type == "CHAP":
        yield "SE", plain(known.chapter)
    yield from _pages(known.pages)
    yield "C7", plain(known.article_number)
    yield "ET", plain(known.edition or known.version)
    yield "PB", plain(known.publisher)
    yield "CY", plain(known.event_place if kind == "paper-conference" else known.place)
    yield "M3", plain(known.genre) or ("" if not kind or says_kind(type, kind)
                                       else KIND_LABELS[kind])  # fmt: skip
    yield "OP", plain(known.original_title)
    yield "LA", known.language
    yield "N1", plain(known.note)
    for scheme in ("isbn", "issn"):
        yield from (("SN", value) for value in paper.identifier_map.get(scheme, ()))
    yield "C2", paper.identifier("pmcid")
    if pmid := paper.identifier("pmid"):
        yield "AN", pmid
        yield "DB", "PubMed"
    elif wos := paper.identifier("wos"):
        yield "AN", wos
    yield "DO", paper.doi
    yield "UR", paper.url
    arxiv = paper.identifier("arxiv")
    if arxiv and arxiv_of(paper.url) != arxiv:
        yield "UR", f"https://arxiv.org/abs/{arxiv}"
    yield "L1", known.pdf_url
    yield from (("AD", place) for place in _affiliations(paper))
    yield from (("KW", plain(keyword)) for keyword in paper.keywords)
    if options.abstract:
        yield "AB", plain(paper.abstract)


def _pages(pages: str) -> Iterator[tuple[str, str]]:
    """Returns first and last page; several ranges stand in SP as they are."""
    first, dash, last = pages.partition("-")
    if dash and not any(sign in last for sign in "-, "):
        yield "SP", first
        yield "EP", last
    else:
        yield "SP", pages


def _affiliations(paper: Paper) -> tuple[str, ...]:
    """Returns the affiliations of the authors as a group: RIS knows no other."""
    places = (place for author in paper.author_details for place in author.affiliations)
    return tuple(dict.fromkeys(places))
