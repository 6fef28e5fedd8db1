"""What an arXiv number and a journal reference say of a paper; shared by the formats of arXiv."""

from __future__ import annotations

import re
from collections.abc import Mapping

from indexer.cleaning.names import split_names
from indexer.cleaning.tex_letters import without_tex_letters
from indexer.publication import Publication

_NEW = re.compile(r"(\d\d)(\d\d)\.\d{4,5}(?:v\d+)?")
_OLD = re.compile(r"[a-z-]+(?:\.[A-Za-z-]+)?/(\d\d)\d{5}(?:v\d+)?")
NUMBER = re.compile(rf"(?:{_NEW.pattern}|{_OLD.pattern})")
"""An arXiv number, of 2007 and after ("0704.0001") or before ("hep-th/9901001")."""
_CITATION = re.compile(r"\bvol(?:ume)?\b|\bno\b|\bpp?\b|\bpages?\b|\d|\(", re.IGNORECASE)
_AFFILIATION = re.compile(r"\s*\([^()]*(?:\([^()]*\)[^()]*)*\)")


_VOLUME = (
    re.compile(
        r"(?P<name>\D(?:[^,;:(]*?[^\s.,;:(])?)[\s.,]*\b(?:vol(?:ume|\.)?\s*)?(?P<volume>[A-Z]?\d{1,4})"
        r"(?:\s*,?\s*(?:no\.?|issue|\()\s*(?P<issue>\d{1,3}(?:-\d{1,3})?)\)?)?\s*[:,]\s*"
        r"(?:pp?\.?\s*)?(?P<pages>[A-Z]?\d{1,7}(?:\s*-{1,2}\s*[A-Z]?\d{1,7})?)"
        r"\s*[,.;]?\s*\(?(?:[A-Z][a-z]+\.?\s*)?(?:19|20)\d\d\)?\.?"
    ),
    re.compile(
        r"(?P<name>\D(?:[^,;:(]*?[^\s.,;:(])?)[\s.,]*\b(?:vol(?:ume|\.)?\s*)?(?P<volume>[A-Z]?\d{1,4})"
        r"\s*,?\s*\((?:19|20)\d\d\)\s*,?\s*(?:no\.?\s*(?P<issue>\d{1,3})\s*,?\s*)?"
        r"(?:pp?\.?\s*)?(?P<pages>[A-Z]?\d{1,7}(?:\s*-{1,2}\s*[A-Z]?\d{1,7})?)\.?"
    ),
)
"""References of which every number can be told: "Phys.Rev.D76:013009,2007", "A 12 (2007) 3-9"."""


def publication_of_arxiv(
    number: str, journal_reference: str, more: Mapping[str, str], subjects: tuple[str, ...]
) -> Publication:
    """Returns what arXiv's metadata say beside title, authors and abstract.

    Args:
        number: that of the paper.
        journal_reference: where it was published since; empty where nowhere.
        more: texts by name of `Publication`'s fields.
        subjects: categories and classes.
    """
    reference = " ".join(journal_reference[:500].split())
    match = next((volume for pattern in _VOLUME if (volume := pattern.fullmatch(reference))), None)
    told = {name: text or "" for name, text in match.groupdict().items()} if match else {}
    return Publication(
        kind="" if reference else "article",
        volume=told.get("volume", ""),
        issue=told.get("issue", ""),
        pages=told.get("pages", ""),
        number=more.get("number", ""),
        date=more.get("date", ""),
        licence=more.get("licence", ""),
        pdf_url=f"https://arxiv.org/pdf/{number}" if number else "",
        retracted=more.get("note", "")
        .lower()
        .startswith(
            ("this paper has been withdrawn", "this submission has been withdrawn", "withdrawn")
        ),
        subjects=subjects,
        note=more.get("note", ""),
    )


def listed_names(text: str) -> tuple[str, ...]:
    """Split authors as arXiv lists them: affiliations in brackets are left out, TeX is undone."""
    listed = without_tex_letters(" ".join(text.split()))
    return split_names(_AFFILIATION.sub("", listed))


def year_of(number: str) -> int | None:
    """Returns the year of the first version, as numbers tell (arxiv.org/help/arxiv_identifier)."""
    match = _NEW.fullmatch(number) or _OLD.fullmatch(number)
    if match is None:
        return None
    short = int(match[1])
    return 1900 + short if short > 90 else 2000 + short


def venue_of(journal_reference: str) -> str:
    """Returns the name before volume, pages and year; "arXiv" where there is no reference."""
    reference = " ".join(journal_reference[:500].split())
    name = _CITATION.split(reference, maxsplit=1)[0].rstrip(" ,:;(").strip(" ,.;:")
    return name if len(name) > 1 else "arXiv"
