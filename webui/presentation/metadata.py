"""What a paper's page says to reference managers, search engines and link followers.

Highwire's ``citation_*`` names as Google Scholar reads them
(scholar.google.com/intl/en/scholar/inclusion.html), schema.org's ScholarlyArticle, and typed links
after signposting.org. Zotero takes a paper with ``citation_conference_title`` for a conference
paper and one with ``citation_journal_title`` for an article, so a page has one of them at most.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from urllib.parse import quote

from indexer import CONFERENCE, JOURNAL, Author, Paper, parse_name, plain, unnumbered


def highwire(paper: Paper, address: str) -> tuple[tuple[str, str], ...]:
    """Lists the ``citation_*`` names of a paper, authors in order.

    Args:
        paper: the paper.
        address: absolute address of its page here.
    """
    found = [("citation_title", plain(paper.title))]
    found += [("citation_author", unnumbered(name)) for name in paper.authors]
    publication = paper.publication
    day = publication.date.partition("/")[0].replace("-", "/") or str(paper.year or "")
    if day:
        found.append(("citation_publication_date", day))
    if paper.venue and paper.type == JOURNAL:
        found.append(("citation_journal_title", paper.venue))
    elif paper.venue and paper.type == CONFERENCE:
        found.append(("citation_conference_title", paper.venue))
    first, _, last = publication.pages.partition("-")
    found += [
        (f"citation_{name}", text)
        for name, text in (
            ("volume", publication.volume),
            ("issue", publication.issue),
            ("firstpage", first),
            ("lastpage", last if "," not in last else ""),
            ("publisher", publication.publisher),
            ("issn", paper.identifier("issn")),
            ("isbn", paper.identifier("isbn")),
            ("language", publication.language),
        )
        if text
    ]
    if paper.doi:
        found.append(("citation_doi", paper.doi))
    if paper.abstract:
        found.append(("citation_abstract", plain(paper.abstract)))
    found.append(("citation_abstract_html_url", address))
    pdf = next((link for link in (paper.url, publication.pdf_url) if _is_pdf(link)), "")
    if pdf:
        found.append(("citation_pdf_url", pdf))
    found += [("citation_keywords", word) for word in paper.keywords]
    return tuple(found)


def _is_pdf(address: str) -> bool:
    return address.lower().endswith(".pdf") or "/pdf/" in address


def scholarly_article(paper: Paper, address: str) -> dict[str, Any]:
    """Describes a paper as schema.org's ScholarlyArticle (JSON-LD)."""
    described: dict[str, Any] = {
        "@context": "https://schema.org",
        "@type": "ScholarlyArticle",
        "@id": address,
        "url": address,
        "headline": plain(paper.title),
        "author": [
            _described(author) for author in paper.author_details or map(Author, paper.authors)
        ],
    }
    if paper.year is not None:
        described["datePublished"] = f"{paper.year:04d}"
    if paper.venue:
        container = "Periodical" if paper.type == JOURNAL else "PublicationIssue"
        described["isPartOf"] = {"@type": container, "name": paper.venue}
    if paper.abstract:
        described["abstract"] = plain(paper.abstract)
    if paper.keywords:
        described["keywords"] = list(paper.keywords)
    if paper.doi:
        described["identifier"] = {
            "@type": "PropertyValue",
            "propertyID": "doi",
            "value": paper.doi,
        }
        described["sameAs"] = f"https://doi.org/{paper.doi}"
    return described


def _described(author: Author) -> dict[str, Any]:
    """Describes an author as a Person, in parts where the source knows them, or an Organization."""
    name = unnumbered(author.name)
    whole = author if author.has_parts else parse_name(name)
    if whole.literal and name.isascii():  # a name in Chinese characters is whole, too
        return {"@type": "Organization", "name": name}
    described: dict[str, Any] = {"@type": "Person", "name": name}
    if author.family and author.given:
        described |= {"familyName": author.sort_family, "givenName": author.given}
    if author.orcid:
        described["identifier"] = f"https://orcid.org/{author.orcid}"
    if author.affiliations:
        described["affiliation"] = [
            {"@type": "Organization", "name": plain(place)} for place in author.affiliations
        ]
    return described


def typed_links(paper: Paper, formats: Sequence[tuple[str, str]], authors: Sequence[str]) -> str:
    """Writes the ``Link`` header of a paper's page.

    Args:
        paper: the paper.
        formats: address and media type of each description of it.
        authors: addresses of the pages of its authors, in order.
    """
    links = [("https://schema.org/ScholarlyArticle", 'rel="type"')]
    if paper.doi:
        links.append((f"https://doi.org/{quote(paper.doi)}", 'rel="cite-as"'))
    links += [(address, f'rel="describedby"; type="{media}"') for address, media in formats]
    # A header has its limit, and a list of a hundred authors is on the page.
    links += [(address, 'rel="author"') for address in authors[:20]]
    return ", ".join(f"<{address}>; {rest}" for address, rest in links)
