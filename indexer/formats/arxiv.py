"""What an arXiv number and a journal reference say of a paper; shared by the formats of arXiv."""

from __future__ import annotations

import re

from indexer.intake.names import split_names
from indexer.intake.tex_letters import without_tex_letters

_NEW = re.compile(r"(\d\d)(\d\d)\.\d{4,5}(?:v\d+)?")
_OLD = re.compile(r"[a-z-]+(?:\.[A-Za-z-]+)?/(\d\d)\d{5}(?:v\d+)?")
NUMBER = re.compile(rf"(?:{_NEW.pattern}|{_OLD.pattern})")
"""An arXiv number, of 2007 and after ("0704.0001") or before ("hep-th/9901001")."""
_CITATION = re.compile(
    r"[\s,:;(]*(?:\bvol(?:ume)?\b|\bno\b|\bpp?\b|\bpages?\b|\d|\().*$", re.IGNORECASE | re.DOTALL
)
_AFFILIATION = re.compile(r"\s*\([^()]*(?:\([^()]*\)[^()]*)*\)")


def listed_names(text: str) -> tuple[str, ...]:
    """Split authors as arXiv lists them: affiliations in brackets are left out, TeX is undone."""
    listed = without_tex_letters(" ".join(text.split()))
    return split_names(_AFFILIATION.sub("", listed))


def year_of(number: str) -> int | None:
    """Give the year of the first version, as numbers tell (arxiv.org/help/arxiv_identifier)."""
    match = _NEW.fullmatch(number) or _OLD.fullmatch(number)
    if match is None:
        return None
    short = int(match[1])
    return 1900 + short if short > 90 else 2000 + short


def venue_of(journal_reference: str) -> str:
    """Give the name before volume, pages and year; "arXiv" where there is no reference."""
    name = _CITATION.sub("", " ".join(journal_reference[:500].split())).strip(" ,.;:")
    return name if len(name) > 1 else "arXiv"
