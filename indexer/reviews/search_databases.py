"""The query languages of bibliographic databases: fields, truncation, proximity, operators.

Checked on 1 December 2026: proximity at https://researchguides.uic.edu/searchstrategies/proximityoperators
and, for Ovid, https://tools.ovid.com/ovidgo/searches/training.php; wildcards at
https://hslmcmaster.libguides.com/srm/truncation and https://libguides.ust.hk/scopus/document-search;
Ovid's fields at http://www.ovid.com/OSPguides/ovrndb.htm, PubMed's at
https://library.mskcc.org/blog/?p=34516, authors, titles and sources of EBSCO at
https://fc-library.atlassian.net/wiki/x/AwBVLw. Other field codes have not been checked.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Final


@dataclass(frozen=True, slots=True)
class SearchDatabase:
    """How one database writes a search string; "{}" stands for the text.

    Attributes:
        name: by which it is chosen.
        label: as people call it.
        fields: how a text is asked for, by field of Quiver's language; "" is for words without a
            field, in title and abstract. A field that is absent has no equal.
        years: how a range of years is asked for; empty without an equal.
        near: the operator between words near each other, "{}" for the distance.
        near_offset: what is added to the number of other words between two for that distance.
        near_phrases: by field, how words near each other are asked for as one phrase, with
            "{text}" and "{slop}"; empty where there is an operator.
        any_letters: truncation.
        one_letter: wildcard for just one character; empty without an equal.
        inside: the wildcards of Quiver ("*", "?") that may stand before the end of a word.
        after_initials: truncation after the initials of an author; empty where it is not needed.
        but_not: the operator of exclusion.
    """

    name: str
    label: str
    fields: Mapping[str, str]
    years: str = ""
    near: str = ""
    near_offset: int = 0
    near_phrases: Mapping[str, str] = field(default_factory=dict)
    any_letters: str = "*"
    one_letter: str = "?"
    inside: str = "*?"
    after_initials: str = "*"
    but_not: str = "NOT"


DATABASES: Final = (
    SearchDatabase(
        "pubmed", "PubMed",
        MappingProxyType({
            "": "{}[tiab]", "title": "{}[ti]", "abstract": "{}[ab]", "author": "{}[au]",
            "venue": "{}[ta]", "doi": "{}[doi]", "pmid": "{}[pmid]", "affiliation": "{}[ad]",
            "orcid": "{}[auid]", "language": "{}[la]",
        }),
        years="{low}:{high}[dp]",
        near_phrases=MappingProxyType({
            "": '"{text}"[tiab:~{slop}]', "title": '"{text}"[ti:~{slop}]',
            "abstract": '"{text}"[ab:~{slop}]',
        }),
        one_letter="", inside="", after_initials="",
    ),
    SearchDatabase(
        "ovid", "Ovid",
        MappingProxyType({
            "": "{}.ti,ab.", "title": "{}.ti.", "abstract": "{}.ab.", "author": "{}.au.",
            "venue": "{}.jn.", "doi": "{}.do.", "affiliation": "{}.in.", "language": "{}.lg.",
        }),
        near="adj{}", near_offset=1, one_letter="#", inside="?", but_not="not",
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
        near="N{}",
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
