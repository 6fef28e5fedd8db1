"""RIS (refman.com, "RIS format documentation"): tagged lines, as reference managers exchange them.

Texts are plain Unicode: formulas are written with letters, not with TeX. Tags are those of
EndNote's and Zotero's tables; a kind of work that RIS has no type for is named in M3. What RIS has
no tag for stands in U5, which is left to users, see `indexer.record.extra_fields`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from indexer.citation.entry_types import RIS_TYPES, says_kind
from indexer.citation.names import editors, inverted, people
from indexer.citation.options import CitationOptions
from indexer.paper import Paper
from indexer.publication import KIND_LABELS
from indexer.record.extra_fields import extra_fields
from indexer.record.identifiers import arxiv_of
from indexer.text.display import plain

_PLACED: Final = frozenset((
    *("venue-short", "original-title", "volume", "pages", "article-number", "publisher"),
    *("place", "series", "series-number", "date", "language", "pdf-url", "note"),
    *("isbn", "issn", "citekey"),
))  # fmt: skip
"""Fields that every type of work has a tag for."""
_NUMBERED: Final = ("RPRT", "PAT", "STAND", "COMP", "UNPB")
_VERSIONED: Final = ("COMP", "DATA")
"""Types of which ET is the version, not the edition."""
_WITH_GENRE: Final = ("THES", "RPRT", "UNPB", "COMP", "DATA", "PAT", "STAND", "GEN", "BOOK")
"""Types of which M3 is read as the genre."""


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
    role = "ED" if type == "THES" else "A2"  # A2 is who supervised a thesis
    yield from ((role, inverted(editor)) for editor in editors(paper))
    yield "T3", plain(known.series)
    yield "PY", str(paper.year or known.date[:4])
    yield "DA", known.date.replace("-", "/") if "/" not in known.date else known.date
    yield "VL", plain(known.volume)
    if type in _NUMBERED:
        yield "M1", plain(known.number)
    else:
        yield "IS", plain(known.issue)
    yield "NV" if type == "CHAP" else "M2", plain(known.series_number)
    if type == "CHAP":
        yield "SE", plain(known.chapter)
    yield from _pages(known.pages)
    yield "C7", plain(known.article_number)
    yield "ET", plain(known.version if type in _VERSIONED else known.edition)
    yield "PB", plain(known.publisher)
    yield "CY", plain(known.event_place if kind == "paper-conference" else known.place)
    yield "M3", plain(known.genre) or ("" if not kind or says_kind(type, kind)
                                       else KIND_LABELS[kind])  # fmt: skip
    yield "OP", plain(known.original_title)
    yield "LA", known.language
    yield "N1", plain(known.note)
    yield from _identifiers(paper)
    yield "L1", known.pdf_url
    yield from (("AD", place) for place in _affiliations(paper))
    yield from (("KW", plain(keyword)) for keyword in paper.keywords)
    extra = extra_fields(paper, _placed(paper, type))
    yield from (("U5", f"{name}: {plain(value)}") for name, value in extra)
    if options.abstract:
        yield "AB", plain(paper.abstract)


def _identifiers(paper: Paper) -> Iterator[tuple[str, str]]:
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


def _placed(paper: Paper, type: str) -> frozenset[str]:
    """Returns the fields of `indexer.record.extra_fields` that stand in tags of their own."""
    known, kind = paper.publication, paper.kind
    also = {"number" if type in _NUMBERED else "issue"}
    if kind and (says_kind(type, kind) or not known.genre):
        also.add("kind")
    if type in _WITH_GENRE:
        also.add("genre")
    if type == "CHAP":
        also.add("chapter")
    if kind == "paper-conference":
        also |= {"event", "event-place"}
    also.add("version" if type in _VERSIONED else "edition")
    schemes = ("pmcid", "arxiv", "pmid" if paper.identifier("pmid") else "wos")
    also |= {name for name in schemes if len(paper.identifier_map.get(name, ())) == 1}
    return _PLACED | also


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
