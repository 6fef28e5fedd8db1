"""Where the paper itself is: its PDF, its DOI, the page of its publisher."""

from __future__ import annotations

import re
from typing import Final, NamedTuple
from urllib.parse import quote, urlsplit

from indexer import Paper

_HOSTS: Final = {
    "aaai.org": "AAAI",
    "aclanthology.org": "ACL Anthology",
    "arxiv.org": "arXiv",
    "dl.acm.org": "ACM",
    "ieeexplore.ieee.org": "IEEE Xplore",
    "link.springer.com": "Springer",
    "openaccess.thecvf.com": "CVF",
    "openreview.net": "OpenReview",
    "papers.nips.cc": "NeurIPS",
    "proceedings.mlr.press": "PMLR",
    "pubmed.ncbi.nlm.nih.gov": "PubMed",
    "www.ecva.net": "ECVA",
    "www.ijcai.org": "IJCAI",
    "www.nature.com": "Nature",
    "www.sciencedirect.com": "ScienceDirect",
}
_PDFS: Final = (
    (re.compile(r"(https?://arxiv\.org)/abs/([^?#]+)"), r"\1/pdf/\2"),
    (re.compile(r"(https?://openreview\.net)/forum\?id=([\w-]+)"), r"\1/pdf?id=\2"),
    (re.compile(r"(https?://aclanthology\.org)/([\w.-]+)/?"), r"\1/\2.pdf"),
    (re.compile(r"(https?://proceedings\.mlr\.press)/(v\d+)/([\w-]+)\.html"), r"\1/\2/\3/\3.pdf"),
    (
        re.compile(r"(https?://openaccess\.thecvf\.com)/(content[\w]*)/html/([\w./-]+)\.html"),
        r"\1/\2/papers/\3.pdf",
    ),
)
"""Sites that keep the PDF of a page at an address made from the page's own."""


class PaperLink(NamedTuple):
    """A place where the paper can be read, or bought."""

    label: str
    href: str


def paper_links(paper: Paper) -> tuple[PaperLink, ...]:
    """Returns the addresses of a paper outside this site, its PDF first; none is made twice.

    Example:
        >>> paper_links(Paper("a", "On trees", url="https://openreview.net/forum?id=x1"))[0]
        PaperLink(label='PDF', href='https://openreview.net/pdf?id=x1')
    """
    links: dict[str, str] = {}
    arxiv = paper.identifier("arxiv")
    page = paper.url or (f"https://arxiv.org/abs/{quote(arxiv)}" if arxiv else "")
    if pdf := _pdf(paper.publication.pdf_url, page):
        links[pdf] = "PDF"
    if paper.doi:
        links.setdefault(f"https://doi.org/{quote(paper.doi)}", "DOI")
    # A page whose address is the DOI is the same page.
    if page and not re.match(r"https?://(dx\.)?doi\.org/", page):
        links.setdefault(page, host_name(page))
    return tuple(PaperLink(label, href) for href, label in links.items())


def host_name(address: str) -> str:
    """Returns what readers call the site of an address."""
    try:
        host = urlsplit(address).netloc.lower()
    except ValueError:  # "http://[" is no address
        host = ""
    return _HOSTS.get(host, host.removeprefix("www.")) or "Page"


def _pdf(known: str, page: str) -> str:
    for address in (known, page):
        if address.startswith(("https://", "http://")) and (
            address.lower().endswith(".pdf") or "/pdf/" in address
        ):
            return address
    for pattern, written in _PDFS:
        if match := pattern.fullmatch(page):
            return match.expand(written)
    return ""
