"""The details of a paper as JSON: authors' name parts, identifiers, publication.

`details_json` is the public form, of pages and JSON lines; `packed_details` says the same in fewer
bytes, for stores. Both leave out what is empty.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from indexer.author import Author, author_json, author_of
from indexer.paper import Paper
from indexer.publication import UNPUBLISHED, Publication, publication_json, publication_of

Details = dict[str, Any]


class Detailed(Protocol):
    """What has details: a paper, or the raw record that it is made of."""

    @property
    def author_details(self) -> tuple[Author, ...]:
        """One for each author, or none."""

    @property
    def identifiers(self) -> tuple[tuple[str, str], ...]:
        """Pairs of scheme and value."""

    @property
    def publication(self) -> Publication:
        """Where and how it was published."""


def has_details(paper: Paper) -> bool:
    """Whether a paper has any of the fields that are written here."""
    return bool(paper.author_details or paper.identifiers) or paper.publication != UNPUBLISHED


def details_json(paper: Detailed) -> Details:
    """Returns the details of a paper or record by field name; empty ones are left out."""
    written: Details = {}
    if paper.author_details:
        written["author_details"] = [author_json(author) for author in paper.author_details]
    if paper.identifiers:
        written["identifiers"] = identifiers_json(paper.identifiers)
    if paper.publication != UNPUBLISHED:
        written["publication"] = publication_json(paper.publication)
    return written


def identifiers_json(identifiers: Sequence[tuple[str, str]]) -> dict[str, str | list[str]]:
    """Returns identifiers by scheme: a text, or a list where a scheme has several."""
    grouped: dict[str, list[str]] = {}
    for scheme, value in identifiers:
        grouped.setdefault(scheme, []).append(value)
    return {scheme: values[0] if len(values) == 1 else values for scheme, values in grouped.items()}


def identifiers_of(value: Mapping[str, Any]) -> tuple[tuple[str, str], ...]:
    """Returns the pairs that `identifiers_json` wrote, sorted; foreign values are left out."""
    pairs = [
        (scheme, str(item))
        for scheme, given in value.items()
        for item in (given if isinstance(given, list) else [given])
        if isinstance(item, str | int) and not isinstance(item, bool)
    ]
    return tuple(sorted(pairs))


def packed_details(paper: Paper) -> Details:
    """Returns the details of a paper in few bytes; `unpacked` reads them.

    An author of whom only given and family name are known, and whose name is the two with a space
    between, is the length of the given name; one without details is null.
    """
    written: Details = {}
    if paper.author_details:
        written["a"] = [_packed_author(author) for author in paper.author_details]
    if paper.identifiers:
        written["i"] = identifiers_json(paper.identifiers)
    if paper.publication != UNPUBLISHED:
        written["p"] = publication_json(paper.publication)
    return written


def unpacked(details: Details, authors: Sequence[str]) -> Details:
    """Returns the fields of `Paper` that `packed_details` wrote, by name.

    Args:
        details: what it returned, read back from JSON.
        authors: the names, `Paper.authors`.
    """
    details_: Details = {}
    if "a" in details:
        pairs = zip(details["a"], authors, strict=True)
        details_["author_details"] = tuple(
            _unpacked_author(details, name) for details, name in pairs
        )
    if "i" in details:
        details_["identifiers"] = identifiers_of(details["i"])
    if "p" in details:
        details_["publication"] = publication_of(details["p"])
    return details_


def _packed_author(author: Author) -> int | Details | None:
    if author == Author(author.name):
        return None
    given, family = author.given, author.family
    split = Author(author.name, family=family, given=given)
    if given and family and author == split and author.name == f"{given} {family}":
        return len(given)
    written = author_json(author)
    del written["name"]
    if given and family and author.name == f"{given} {family}":
        del written["given"], written["family"]
        written["at"] = len(given)
    return written


def _unpacked_author(value: int | Details | None, name: str) -> Author:
    if value is None:
        return Author(name)
    if isinstance(value, int):
        return Author(name, family=name[value + 1 :], given=name[:value])
    if "at" in value:
        at = value["at"]
        value = {**value, "given": name[:at], "family": name[at + 1 :]}
    return author_of(value, name)
