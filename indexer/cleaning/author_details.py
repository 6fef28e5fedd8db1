"""Clean authors of whom a dump knows more than the name: parts, ORCID iD, affiliations."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from typing import Final, Protocol

from indexer.author import Author, joined
from indexer.cleaning import names
from indexer.record.author_name import natural_name
from indexer.record.identifiers import orcid_of

MOST_AFFILIATIONS: Final = 100
"""Most affiliations of one author."""
BAD_IDENTIFIER: Final = "no valid identifier, dropped"
_AFFILIATION_END = re.compile(r"[\s;,]+$")


class Work(Protocol):
    """The cleaning of one record, which takes note of what it changes."""

    def text(self, field: str, text: str, rules: tuple[()]) -> str:
        """Cleans a text of a field."""

    def url(self, given: str) -> str:
        """Returns an address of the web; empty where it is none."""

    def change(self, rule: str, field: str, before: str, after: str) -> str:
        """Takes note of a change and returns what the field is now."""


def clean_details(
    given: tuple[str, ...],
    details: tuple[Author, ...],
    listed: Callable[[tuple[str, ...]], tuple[tuple[str, ...], bool]],
    work: Work,
) -> tuple[tuple[Author, ...], bool]:
    """Cleans each name by itself, so that its details stay beside it.

    A name of which the parts are known holds no other names and is not split.

    Args:
        given: the names.
        details: one for each.
        listed: cleans names without parts and says whether the list is complete.
        work: takes note of changes.

    Returns:
        The authors, and whether the list is complete.
    """
    kept: list[Author] = []
    complete = True
    for printed, told in zip(given, details, strict=True):
        author = _without_et_al(told)
        name = printed if author is told else author.name
        complete = complete and author is told
        if not author.has_parts:
            names_, whole = listed((name,))
            complete = complete and whole
        elif names.is_others(name):
            names_, complete = (), False
        else:
            text = work.text("authors", name, ())
            cleaned = names.unmarked(names.spelled_out(text))
            work.change("marks on names", "authors", text, cleaned)
            names_ = () if names.is_nobody(cleaned) else (cleaned,)
        if len(names_) == 1:
            kept.append(clean_author(author, names_[0], work))
        else:
            kept += map(Author, names_)
    return tuple(kept), complete


def _without_et_al(author: Author) -> Author:
    """Returns an author without the "et al." behind an inverted name ("Smith, J. et al.")."""
    given = names.without_et_al(author.given)
    if given == author.given:
        return author
    particle = joined(author.dropping_particle, author.particle)
    name = natural_name(author.family, given, particle, author.suffix)
    return replace(author, name=name, given=given)


def clean_author(author: Author, name: str, work: Work) -> Author:
    """Returns the details of an author, cleaned.

    Args:
        author: as the format read it.
        name: the printed name, cleaned.
        work: takes note of changes.
    """

    def part(text: str) -> str:
        if not text:
            return ""
        if text.isascii() and text.isalpha():
            return text
        plain = names.spelled_out(work.text("authors", text, ()))
        # A number after a family name is a footnote's, as in the name itself.
        return names.unmarked(f"x {plain}").removeprefix("x").strip()

    orcid = orcid_of(author.orcid)
    if author.orcid and not orcid:
        work.change(BAD_IDENTIFIER, "orcid", author.orcid[:200], "")
    places = (
        _AFFILIATION_END.sub("", work.text("affiliations", affiliation, ()))
        for affiliation in author.affiliations[:MOST_AFFILIATIONS]
    )
    if author.literal:
        own = Author(name, literal=True)
    else:
        own = Author(
            name,
            family=part(author.family),
            given=part(author.given),
            particle=part(author.particle),
            dropping_particle=part(author.dropping_particle),
            suffix=part(author.suffix),
        )
    if not (author.orcid or author.affiliations or author.source_id):
        return own
    source_id = " ".join(author.source_id.split())[:200]
    return replace(
        own,
        orcid=orcid,
        affiliations=tuple(dict.fromkeys(place for place in places if place)),
        source_id=source_id if source_id.isprintable() else "",
    )
