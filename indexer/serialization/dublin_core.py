"""A paper in simple Dublin Core (``oai_dc``), the format that every OAI-PMH provider has.

www.openarchives.org/OAI/2.0/oai_dc.xsd; the fifteen elements are those of RFC 5013.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from lxml import etree

from indexer.author import Author, joined
from indexer.paper import Paper, unnumbered
from indexer.publication import KIND_LABELS
from indexer.serialization.paper_xml import legal_xml
from indexer.text.display import plain

OAI_DC: Final = "http://www.openarchives.org/OAI/2.0/oai_dc/"
OAI_DC_SCHEMA: Final = "http://www.openarchives.org/OAI/2.0/oai_dc.xsd"
_DC: Final = "http://purl.org/dc/elements/1.1/"
_XSI: Final = "http://www.w3.org/2001/XMLSchema-instance"
_PREFIXES: Final = {
    "arxiv": "https://arxiv.org/abs/",
    "issn": "urn:ISSN:",
    "isbn": "urn:ISBN:",
    "handle": "https://hdl.handle.net/",
    "pmid": "https://pubmed.ncbi.nlm.nih.gov/",
}


def dublin_core_element(paper: Paper, address: str) -> etree._Element:
    """Returns the element ``oai_dc:dc`` of a paper.

    Args:
        paper: the paper.
        address: of its page, absolute.
    """
    root = etree.Element(f"{{{OAI_DC}}}dc", nsmap={"oai_dc": OAI_DC, "dc": _DC, "xsi": _XSI})
    root.set(f"{{{_XSI}}}schemaLocation", f"{OAI_DC} {OAI_DC_SCHEMA}")
    for name, text in _terms(paper, address):
        if text:
            etree.SubElement(root, f"{{{_DC}}}{name}").text = legal_xml(text)
    return root


def _terms(paper: Paper, address: str) -> Iterator[tuple[str, str]]:
    known = paper.publication
    yield "title", plain(paper.title)
    for author in paper.author_details or map(Author, paper.authors):
        yield "creator", _inverted(author)
    for subject in (*paper.keywords, *known.subjects):
        yield "subject", plain(subject)
    yield "description", plain(paper.abstract)
    yield "publisher", known.publisher
    for editor in known.editors:
        yield "contributor", _inverted(editor)
    yield "date", known.date.partition("/")[0] or str(paper.year or "")
    yield "type", KIND_LABELS.get(paper.kind, "")
    yield "identifier", paper.url
    if paper.doi:
        yield "identifier", f"https://doi.org/{paper.doi}"
    for scheme, value in paper.identifiers:
        yield "identifier", f"{_PREFIXES.get(scheme, f'{scheme}:')}{value}"
    yield "identifier", address
    yield "source", _cited(paper)
    yield "language", known.language
    yield "relation", known.pdf_url
    yield "rights", known.licence


def _inverted(author: Author) -> str:
    """Returns "van Gogh, Vincent" where the parts of a name are known, else the printed name."""
    if author.literal or not (author.family and author.given):
        return unnumbered(author.name)
    given = joined(author.given, author.dropping_particle)
    return ", ".join(filter(None, (author.sort_family, given, author.suffix)))


def _cited(paper: Paper) -> str:
    """Returns venue, volume, issue and pages in one line: "Kite Letters; Vol. 12 No. 3; 45-67"."""
    known = paper.publication
    volume = f"Vol. {known.volume}" if known.volume else ""
    issue = f"No. {known.issue}" if known.issue and volume else ""
    numbers = " ".join(filter(None, (volume, issue)))
    pages = known.pages if numbers else ""
    return "; ".join(filter(None, (plain(paper.venue_name), numbers, pages)))
