"""The rows of a paper's record: what its source says of its publication, for reading."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from urllib.parse import quote

from indexer import IDENTIFIER_SCHEMES, KIND_LABELS, Paper, RecordField, language_name, plain

SearchHref = Callable[[RecordField, str], str]
"""Writes the address of a search for the papers with a value in a field of the record."""

_ADDRESSES = {
    "arxiv": "https://arxiv.org/abs/",
    "pmid": "https://pubmed.ncbi.nlm.nih.gov/",
    "pmcid": "https://pmc.ncbi.nlm.nih.gov/articles/",
    "acl": "https://aclanthology.org/",
    "dblp": "https://dblp.org/rec/",
    "openalex": "https://openalex.org/",
    "openreview": "https://openreview.net/forum?id=",
    "handle": "https://hdl.handle.net/",
}
_TEXTS = (
    ("genre", "Genre"),
    ("venue_printed", "Published in"),
    ("venue_short", "Abbreviation"),
    ("volume", "Volume"),
    ("issue", "Issue"),
    ("chapter", "Chapter"),
    ("pages", "Pages"),
    ("article_number", "Article number"),
    ("number", "Number"),
    ("page_count", "Number of pages"),
    ("publisher", "Publisher"),
    ("place", "Place"),
    ("event", "Event"),
    ("event_place", "Held in"),
    ("series", "Series"),
    ("series_number", "Number in the series"),
    ("edition", "Edition"),
    ("version", "Version"),
    ("original_title", "Original title"),
)


@dataclass(frozen=True, slots=True)
class RecordRow:
    """One row: a label and its values, each with an address or none.

    An address that begins with "/" is a search of this site.
    """

    label: str
    values: tuple[tuple[str, str], ...]


def record_rows(paper: Paper, href: SearchHref) -> tuple[RecordRow, ...]:
    """Returns what is known of a paper's publication and authors; unknown fields have no row.

    Args:
        paper: the paper.
        href: writes the addresses of other papers with the same kind, language, subject or
            affiliation.
    """
    return (
        *_published(paper, href),
        *_identified(paper),
        *_described(paper, href),
        *_authors(paper, href),
    )


def _published(paper: Paper, href: SearchHref) -> Iterator[RecordRow]:
    publication = paper.publication
    if publication.retracted:
        yield RecordRow("Status", (("Retracted or withdrawn", ""),))
    if paper.kind:
        label = KIND_LABELS[paper.kind]
        yield RecordRow("Kind", ((label, href("kind", label)),))
    if publication.date:
        yield RecordRow("Date", ((publication.date.replace("/", " to "), ""),))
    for field, label in _TEXTS:
        if text := getattr(publication, field):
            yield RecordRow(label, ((plain(text), ""),))
    if publication.language:
        tag = publication.language
        yield RecordRow("Language", ((language_name(tag), href("language", tag)),))
    if publication.editors:
        yield RecordRow(
            "Editors", tuple((plain(editor.name), "") for editor in publication.editors)
        )


def _identified(paper: Paper) -> Iterator[RecordRow]:
    for scheme, values in paper.identifier_map.items():
        if scheme in ("doi", "citekey", "own", "oai"):
            continue  # the DOI has its row; the others name the record in its dump only
        address = _ADDRESSES.get(scheme, "")
        linked = tuple((value, address + quote(value) if address else "") for value in values)
        yield RecordRow(IDENTIFIER_SCHEMES.get(scheme, scheme), linked)


def _described(paper: Paper, href: SearchHref) -> Iterator[RecordRow]:
    publication = paper.publication
    for label, text in (("Full text", publication.pdf_url), ("Licence", publication.licence)):
        if text:
            yield RecordRow(
                label, ((text, text if text.startswith(("https://", "http://")) else ""),)
            )
    if publication.subjects:
        values = ((plain(subject), href("subject", subject)) for subject in publication.subjects)
        yield RecordRow("Subjects", tuple(values))
    if publication.note:
        yield RecordRow("Note", ((plain(publication.note), ""),))


def _authors(paper: Paper, href: SearchHref) -> Iterator[RecordRow]:
    for author in paper.author_details:
        values = [(plain(place), href("affiliation", place)) for place in author.affiliations]
        if author.orcid:
            values.append((f"ORCID {author.orcid}", f"https://orcid.org/{author.orcid}"))
        if values:
            yield RecordRow(author.name, tuple(values))
