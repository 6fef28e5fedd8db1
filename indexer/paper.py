"""What a record is: the paper, its author names, and the addresses made of them.

A `Paper` is the value that everything else is about. It is already clean (see
`indexer.cleaning.clean_record`): its texts are NFC, hold no entities and no line breaks, but keep
their TeX, which `indexer.text` folds for matching and renders for reading.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from indexer.author import Author
from indexer.publication import UNPUBLISHED, Publication

CONFERENCE: Final = "Conference Paper"
JOURNAL: Final = "Journal Article"
PAPER_TYPES: Final = (CONFERENCE, JOURNAL)
TYPE_KINDS: Final = MappingProxyType({CONFERENCE: "paper-conference", JOURNAL: "article-journal"})
"""The item types of CSL that the types are."""
UNKNOWN: Final = "unknown"
"""The facet value of a missing venue, year or type; no clean paper has it as its venue."""


@dataclass(frozen=True, slots=True)
class Paper:
    """One paper as the index keeps it and gives it back.

    Attributes:
        id: unique within an index and the same after every rebuild; printable, no white space.
        title: one line, never empty.
        abstract: one line; empty where the dump has none.
        authors: names in order of authorship as printed, DBLP numbers included
            ("Tao Lin 0004"); two equal names are two people.
        venue: short canonical name ("NeurIPS"); empty where unknown.
        year: CE; None where unknown.
        type: "Conference Paper", "Journal Article" or, where unknown, empty.
        doi: without resolver ("10.1145/…"), lower case; empty where unknown.
        url: absolute http(s) address of the paper's own page; empty where unknown.
        keywords: as given by the authors, in order.
        authors_complete: False where the dump is known to cut the list short.
        source: "file:line" of the record in its dump, for reports; not part of its identity.
        author_details: what the source knows of its authors beside their names: empty, or one for
            each of `authors` with the same name, in the same order.
        identifiers: (scheme, value) pairs, sorted, without the DOI: "arxiv", "pmid", "isbn" and
            others of `indexer.record.identifiers.SCHEMES`; a scheme may occur more than once.
        publication: kind, volume, pages and the like.
    """

    id: str
    title: str
    abstract: str = ""
    authors: tuple[str, ...] = ()
    venue: str = ""
    year: int | None = None
    type: str = ""
    doi: str = ""
    url: str = ""
    keywords: tuple[str, ...] = ()
    authors_complete: bool = True
    source: str = ""
    author_details: tuple[Author, ...] = ()
    identifiers: tuple[tuple[str, str], ...] = ()
    publication: Publication = UNPUBLISHED

    @property
    def kind(self) -> str:
        """Item type of CSL ("article-journal", "thesis"); empty where unknown."""
        return self.publication.kind or TYPE_KINDS.get(self.type, "")

    @property
    def identifier_map(self) -> Mapping[str, tuple[str, ...]]:
        """All identifiers by scheme, the DOI among them."""
        identifiers_: dict[str, tuple[str, ...]] = {"doi": (self.doi,)} if self.doi else {}
        for scheme, value in self.identifiers:
            identifiers_[scheme] = (*identifiers_.get(scheme, ()), value)
        return MappingProxyType(identifiers_)

    def identifier(self, scheme: str) -> str:
        """Returns the first identifier of a scheme ("doi", "arxiv", …); empty where none is."""
        if scheme == "doi":
            return self.doi
        return next((value for known, value in self.identifiers if known == scheme), "")

    @property
    def venue_name(self) -> str:
        """The venue as its source prints it, which is what a citation names."""
        return self.publication.venue_printed or self.venue


def paper_id(title: str, authors: tuple[str, ...], venue: str, year: int | None) -> str:
    """Make an id for a record that brings none: the same words give the same id on every rebuild.

    Returns:
        ``<venue><year>-<12 hex digits>``, the digits a BLAKE2b hash of the case-folded title,
        first author, venue and year.
    """
    first = authors[0] if authors else ""
    parts = (title, first, venue, str(year or ""))
    text = "\n".join(name_key(part) for part in parts)
    digest = hashlib.blake2b(text.encode(), digest_size=6).hexdigest()
    prefix = re.sub(r"[^a-z0-9]+", "", venue.lower()) or "paper"
    return f"{prefix}{year or ''}-{digest}"


def name_key(name: str) -> str:
    """Returns the key under which exact names are one cluster: NFC, case folded, spaces single.

    "Yang LIU" and "Yang Liu" share a key; "François" and "Francois" do not, nor do
    "Tao Lin" and "Tao Lin 0004".
    """
    if name.isascii():  # as most are; to normalize and case-fold them is to lower-case them
        return " ".join(name.lower().split())
    folded = unicodedata.normalize("NFC", name).casefold()
    return " ".join(unicodedata.normalize("NFC", folded).split())


def name_slug(name: str) -> str:
    """Write a name (author or venue) as one path segment: equal slugs are equal `name_key`s.

    The slug depends on nothing but the name, so it never changes with the rest of the index.
    Letters of every script, digits and the full stop after them stay, a space becomes ``-``, a
    hyphen ``_``, anything else ``~``, its code point in hex, ``~``.

    >>> name_slug("Tao Lin 0004"), name_slug("Simon Lacoste-Julien"), name_slug("J. O'Neil")
    ('tao-lin-0004', 'simon-lacoste_julien', 'j.-o~27~neil')
    """
    key = name_key(name)
    if key.isascii() and key.replace(" ", "").replace("-", "").isalnum():
        return key.replace("-", "_").replace(" ", "-")
    written: list[str] = []
    for char in key:
        if char == " ":
            written.append("-")
        elif char == "-":
            written.append("_")
        elif char.isalnum() or unicodedata.category(char) in ("Mn", "Mc"):
            written.append(char)
        elif char == "." and written and written[-1].isalnum():
            written.append(char)
        else:
            written.append(f"~{ord(char):x}~")
    return "".join(written)


def name_of_slug(slug: str) -> str:
    """Read a slug back to the `name_key` it was made of; any string gives some key."""
    text = slug.replace("-", " ").replace("_", "-")
    text = re.sub(r"~([0-9a-fA-F]{1,6})~", _character, text)
    return name_key(text)


def _character(match: re.Match[str]) -> str:
    code = int(match.group(1), 16)
    return chr(code) if code <= 0x10FFFF and not 0xD800 <= code <= 0xDFFF else ""


_NUMBER = re.compile(r"\s+\d{4}$")


def unnumbered(name: str) -> str:
    """Drop the number DBLP gives to homonyms ("Tao Lin 0004" -> "Tao Lin"; dblp.org/faq)."""
    return _NUMBER.sub("", name)
