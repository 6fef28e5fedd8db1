"""Identifiers of works and people in one form each: ISBN, ISSN, ORCID, arXiv, PubMed and others.

An identifier that carries a check digit and does not pass it is none.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Final

LONGEST: Final = 200
"""Most characters of an identifier."""
SCHEMES: Final = MappingProxyType({
    "acl": "ACL Anthology", "arxiv": "arXiv", "citekey": "Citation key", "dblp": "DBLP",
    "handle": "Handle", "hdl": "Handle", "isbn": "ISBN", "issn": "ISSN",
    "mag": "Microsoft Academic", "oai": "OAI-PMH", "openalex": "OpenAlex",
    "openreview": "OpenReview", "own": "Record number", "pii": "PII", "pmcid": "PubMed Central",
    "pmid": "PubMed", "s2": "Semantic Scholar", "scopus": "Scopus", "wos": "Web of Science",
})  # fmt: skip
"""The schemes that formats fill in and what a page calls them.

``own`` is the number of a record in its dump, ``citekey`` the key by which it is cited there.
"""
_SCHEME = re.compile(r"[a-z][a-z0-9_]{0,19}")
_ARXIV = re.compile(
    r"(?:https?://)?(?:(?:www\.|export\.)?arxiv\.org/(?:abs|pdf|html)/|arxiv(?:\.org)?:\s*)?"
    r"(\d{4}\.\d{4,5}|[a-z-]+(?:\.[a-z-]+)?/\d{7})(?:v\d+)?(?:\.pdf)?(?:\s*\[[\w.-]+\])?",
    re.IGNORECASE,
)
_ORCID = re.compile(
    r"(?:https?://orcid\.org/)?(\d{4})-?(\d{4})-?(\d{4})-?(\d{3}[\dX])", re.IGNORECASE
)
_ISSN = re.compile(r"(\d{4})-?(\d{3}[\dX])", re.IGNORECASE)
_QUALIFIER = re.compile(r"\s*\([^()]{0,40}\)\s*$")
"""What librarians write behind a number: "(hbk)", "(Electronic)"."""
_PMID = re.compile(r"(?:pmid:?\s*|https?://(?:www\.)?(?:pubmed\.ncbi\.nlm\.nih\.gov/|"
                   r"ncbi\.nlm\.nih\.gov/pubmed/))?0*([1-9]\d{0,8})/?", re.IGNORECASE)  # fmt: skip
_PMCID = re.compile(r"(?:pmcid:?\s*|https?://\S*/pmc/articles/|https?://pmc\.ncbi\S*/articles/)?"
                    r"(?:PMC)?0*([1-9]\d{0,8})(?:\.\d+)?/?", re.IGNORECASE)  # fmt: skip


def normalised(scheme: str, value: str) -> str:
    """Returns an identifier in the one form of its scheme; empty where it is none.

    >>> normalised("isbn", "978-3-16-148410-0"), normalised("arxiv", "arXiv:1706.03762v5")
    ('9783161484100', '1706.03762')
    """
    plain = " ".join(value.split())
    if not plain or len(plain) > LONGEST or not plain.isprintable():
        return ""
    if not _SCHEME.fullmatch(scheme):
        return ""
    known = _FORMS.get(scheme)
    return plain if known is None else known(plain)


def orcid_of(text: str) -> str:
    """Returns an ORCID iD in groups of four digits; empty where the check digit (ISO 7064) fails.

    >>> orcid_of("https://orcid.org/0000-0002-1825-0097")
    '0000-0002-1825-0097'
    """
    match = _ORCID.fullmatch(text.strip())
    if match is None:
        return ""
    digits = "".join(match.groups()).upper()
    total = 0
    for digit in digits[:-1]:
        total = (total + int(digit)) * 2
    check = (12 - total % 11) % 11
    return "-".join(match.groups()).upper() if digits[-1] == "0123456789X"[check] else ""


def isbn_of(text: str) -> str:
    """Returns an ISBN of 10 or 13 digits without hyphens; empty where its check digit fails."""
    plain = _QUALIFIER.sub("", text)
    digits = re.sub(r"(?i)^(?:urn:)?isbn(?:-1[03])?:?|[\s\u2010-\u2015-]", "", plain).upper()
    if re.fullmatch(r"\d{13}", digits):
        total = sum(int(digit) * (1, 3)[place % 2] for place, digit in enumerate(digits))
        return digits if total % 10 == 0 else ""
    if re.fullmatch(r"\d{9}[\dX]", digits):
        total = sum("0123456789X".index(digit) * (10 - place) for place, digit in enumerate(digits))
        return digits if total % 11 == 0 else ""
    return ""


def issn_of(text: str) -> str:
    """Returns an ISSN as "2049-3630"; empty where its check digit fails."""
    plain = _QUALIFIER.sub("", text)
    match = _ISSN.fullmatch(re.sub(r"(?i)^e?issn:?\s*|[\s\u2010-\u2015]", "", plain))
    if match is None:
        return ""
    digits = (match[1] + match[2]).upper()
    total = sum("0123456789X".index(digit) * (8 - place) for place, digit in enumerate(digits))
    return f"{digits[:4]}-{digits[4:]}" if total % 11 == 0 else ""


def arxiv_of(text: str) -> str:
    """Returns an arXiv number without version; empty where it is none."""
    match = _ARXIV.fullmatch(text.strip())
    return match[1].lower() if match else ""


def _pmid(text: str) -> str:
    match = _PMID.fullmatch(text)
    return match[1] if match else ""


def _pmcid(text: str) -> str:
    match = _PMCID.fullmatch(text)
    return f"PMC{match[1]}" if match else ""


_FORMS: Final[Mapping[str, Callable[[str], str]]] = MappingProxyType(
    {"isbn": isbn_of, "issn": issn_of, "arxiv": arxiv_of, "pmid": _pmid, "pmcid": _pmcid}
)
