"""The query languages of bibliographic databases: fields, truncation, proximity, operators.

Sources, as read in 2026: PubMed user guide (https://pubmed.ncbi.nlm.nih.gov/help/), Ovid advanced
searching techniques (https://ospguides.ovid.com), Web of Science core collection help
(https://webofscience.help.clarivate.com), EBSCO Connect (https://connect.ebsco.com), Scopus search
guide (https://schema.elsevier.com/dtds/document/bkapi/search/SCOPUSSearchTips.htm).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final


@dataclass(frozen=True, slots=True)
class SearchDatabase:
    """How one database writes a search string; "{}" stands for the text.

    Attributes:
        name: by which it is chosen.
        label: as people call it.
        fields: by field of Quiver's language how a text is asked for in it; "" is for words without
            a field, in title and abstract. A field that is absent has no equal.
        years: how a range of years is asked for, with "{low}" and "{high}"; empty without an equal.
        near: how words near each other are asked for: what stands between them, with "{}" for how
            many others may lie between; or, with "{phrase}", the whole.
        any_letters: truncation, at the end of a word.
        one_letter: wildcard for just one character; empty without an equal.
        inside: whether wildcards may stand before the end of a word.
        but_not: the operator of exclusion.
    """

    name: str
    label: str
    fields: Mapping[str, str]
    years: str
    near: str
    any_letters: str = "*"
    one_letter: str = "?"
    inside: bool = True
    but_not: str = "NOT"


DATABASES: Final = (
    SearchDatabase(
        "pubmed", "PubMed",
        MappingProxyType({
            "": "{}[tiab]", "title": "{}[ti]", "author": "{}[au]", "venue": "{}[ta]",
            "doi": "{}[doi]", "pmid": "{}[pmid]", "affiliation": "{}[ad]", "orcid": "{}[auid]",
            "language": "{}[la]",
        }),
        years="{low}:{high}[dp]", near='"{phrase}"[tiab:~{}]', one_letter="", inside=False,
    ),
    SearchDatabase(
        "ovid", "Ovid",
        MappingProxyType({
            "": "{}.ti,ab.", "title": "{}.ti.", "abstract": "{}.ab.", "author": "{}.au.",
            "venue": "{}.jn.", "doi": "{}.do.", "affiliation": "{}.in.", "language": "{}.lg.",
        }),
        years="", near="adj{}", one_letter="#", but_not="not",
    ),
    SearchDatabase(
        "wos", "Web of Science",
        MappingProxyType({
            "": "(TI=({0}) OR AB=({0}))", "title": "TI=({})", "abstract": "AB=({})",
            "author": "AU=({})", "venue": "SO=({})", "doi": "DO=({})", "pmid": "PMID=({})",
            "affiliation": "AD=({})", "orcid": "AI=({})", "language": "LA=({})",
        }),
        years="PY=({low}-{high})", near="NEAR/{}",
    ),
    SearchDatabase(
        "ebsco", "EBSCO",
        MappingProxyType({
            "": "(TI {0} OR AB {0})", "title": "TI {}", "abstract": "AB {}", "author": "AU {}",
            "venue": "SO {}", "affiliation": "AF {}", "language": "LA {}",
        }),
        years="", near="N{}",
    ),
    SearchDatabase(
        "scopus", "Scopus",
        MappingProxyType({
            "": "TITLE-ABS({})", "title": "TITLE({})", "abstract": "ABS({})", "author": "AUTH({})",
            "venue": "SRCTITLE({})", "doi": "DOI({})", "pmid": "PMID({})",
            "affiliation": "AFFIL({})", "orcid": "ORCID({})", "language": "LANGUAGE({})",
        }),
        years="(PUBYEAR > {before} AND PUBYEAR < {after})", near="W/{}", but_not="AND NOT",
    ),
)  # fmt: skip
"""In the order in which they are listed."""
