"""Papers as references for other programs: one module a format, each written as a stream.

``"".join(write_citations(papers, "bibtex"))`` is a file of references; every piece is the text of
one paper or so, so that any number of papers needs little memory.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from indexer.citation import bibtex, csl, endnote, jsonl, ris, table
from indexer.citation.keys import DEFAULT_KEY, KEY_PARTS
from indexer.citation.options import CitationOptions
from indexer.citation.reference import Reference
from indexer.citation.reference_styles import (
    REFERENCE_STYLES,
    format_reference,
    reference_style,
)
from indexer.errors import QueryError
from indexer.paper import Paper

__all__ = [
    "CITATION_FORMATS",
    "DEFAULT_KEY",
    "KEY_PARTS",
    "REFERENCE_STYLES",
    "CitationFormat",
    "CitationOptions",
    "Reference",
    "citation_format",
    "format_reference",
    "write_citations",
    "write_references",
]


@dataclass(frozen=True, slots=True)
class CitationFormat:
    """A format that references are written in.

    Attributes:
        name: what a person asks for.
        label: what a page calls it.
        suffix: of a file and of a page's address, without the first dot.
        media_type: for HTTP, with the encoding where the type does not fix it.
        write: gives the text of the references, piece by piece.
        abstract: whether abstracts are written where nobody says.
    """

    name: str
    label: str
    suffix: str
    media_type: str
    write: Callable[[Iterable[Paper], CitationOptions], Iterator[str]]
    abstract: bool = True


_FORMATS: Final = (
    CitationFormat(
        "bibtex",
        "BibTeX",
        "bib",
        "application/x-bibtex; charset=utf-8",
        bibtex.write,
        abstract=False,
    ),
    CitationFormat(
        "biblatex",
        "biblatex",
        "biblatex.bib",
        "application/x-bibtex; charset=utf-8; profile=biblatex",
        bibtex.write_biblatex,
        abstract=False,
    ),
    CitationFormat(
        "ris", "RIS", "ris", "application/x-research-info-systems; charset=utf-8", ris.write
    ),
    CitationFormat(
        "csl", "CSL-JSON", "csl.json", "application/vnd.citationstyles.csl+json", csl.write
    ),
    CitationFormat(
        "endnote", "EndNote", "enw", "application/x-endnote-refer; charset=utf-8", endnote.write
    ),
    CitationFormat("csv", "CSV", "csv", "text/csv; charset=utf-8; header=present", table.write),
    CitationFormat("jsonl", "JSON lines", "jsonl", "application/jsonl", jsonl.write),
)
CITATION_FORMATS: Final = MappingProxyType({format_.name: format_ for format_ in _FORMATS})
"""The formats by name, in the order in which a page offers them."""


def citation_format(name: str) -> CitationFormat:
    """Finds a format by its name or by the suffix of its files.

    Raises:
        QueryError: when there is none of this name.
    """
    wanted = name.strip().lower().removeprefix(".")
    for format_ in _FORMATS:
        if wanted in (format_.name, format_.suffix):
            return format_
    names = ", ".join(CITATION_FORMATS)
    raise QueryError("format", f"expected one of {names}; got '{name[:80]}'")


def write_citations(  # noqa: PLR0913 - the choices of a file
    papers: Iterable[Paper],
    format: str,
    *,
    abstract: bool | None = None,
    key: str = DEFAULT_KEY,
    ascii: bool = True,
    bom: bool = False,
) -> Iterator[str]:
    """Writes papers as references.

    Args:
        papers: in the order of the file; taken one by one.
        format: name or suffix of a format.
        abstract: whether to write abstracts; None = as is usual in the format.
        key: pattern of the citation keys of BibTeX, CSL-JSON and EndNote, made of `KEY_PARTS`.
        ascii: whether BibTeX and biblatex spell letters beyond ASCII in TeX.
        bom: whether CSV begins with a byte order mark.

    Raises:
        QueryError: when there is no such format, or the pattern holds an unknown part; at once,
            not when the first piece is taken.
    """
    chosen = citation_format(format)
    wanted = chosen.abstract if abstract is None else abstract
    options = CitationOptions(abstract=wanted, key=key, ascii=ascii, bom=bom)
    return chosen.write(papers, options)


def write_references(
    papers: Iterable[Paper], style: str, *, as_html: bool = False
) -> Iterator[str]:
    """Writes papers as the references of a style, each on a line of its own.

    Args:
        papers: in the order of the list; taken one by one.
        style: a key of `REFERENCE_STYLES`, or the path of a CSL file (``.csl``), which needs the
            extra ``csl``.
        as_html: paragraphs of HTML; else plain text.

    Raises:
        QueryError: when there is no such style, or its file cannot be used; at once.
    """
    if style.lower().endswith(".csl"):
        from indexer.citation.csl_file import format_with_style

        written = format_with_style(papers, style, as_html=as_html)
    else:
        write = reference_style(style)
        references = (write(paper) for paper in papers)
        written = (reference.html if as_html else reference.text for reference in references)
    return (f'<p class="reference">{text}</p>\n' if as_html else f"{text}\n" for text in written)
