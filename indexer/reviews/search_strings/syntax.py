"""How bibliographic databases write a search string: a table for the reader.

Fields are checked against the guides that `indexer.reviews.search_databases` names; the order of
operators against, for Scopus, https://blog.scopus.com/posts/boolean-searches-in-scopus-understanding-operator-precedence-best-practices
(the order until 2025, in which published strings were run), for PubMed its help ("from left to
right"), and for the others the order that they share: proximity, NOT, AND, OR.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final, Literal

Target = Literal[
    "text", "title", "abstract", "author", "venue", "subject", "language", "affiliation",
    "doi", "pmid", "orcid", "year", "kind", "limit", "",
]  # fmt: skip
"""What a field of a database is here; "" has no equal, "limit" is read by its value."""
Wild = Literal["any", "one", "optional"]
"""Any number of characters, just one, none or one."""
Operator = Literal["AND", "OR", "NOT", "NEAR", "RANGE"]

_WIDER: Final = "Keywords, subject headings and full text are not searched with these words here."
NARROWER: Final = "Narrower headings are not added here; add those that matter as subjects."
FOCUS: Final = "Here a heading counts wherever it stands: main topics are not marked."
NO_TYPES: Final = "Types of publication of this kind are not known here"
_NO_FIELD: Final = "This field is not known here"
NO_LIMIT: Final = "Limits and filters of the search form are not known here"
NO_SUBHEADING: Final = "Subheadings are not known here"


@dataclass(frozen=True, slots=True)
class SearchField:
    """A field of a database.

    Attributes:
        target: what it is here.
        note: what is lost; of a field without an equal why, without a full stop.
    """

    target: Target
    note: str = ""


@dataclass(frozen=True, slots=True)
class Near:
    """An operator between words near each other.

    Attributes:
        pattern: matches it; the group "distance" may be empty.
        offset: what is added to the distance for the number of other words between two.
        default: the distance where none is written.
        is_ordered: whether the words must stand in the order written.
    """

    pattern: re.Pattern[str]
    offset: int = 0
    default: int = 1
    is_ordered: bool = False


@dataclass(frozen=True, slots=True)
class SearchSyntax:
    """How one database reads a search string.

    Attributes:
        name: as in `indexer.reviews.search_databases`.
        fields: by code, in lower case, single spaces.
        field_style: "[]" after a term, "." after a term or group, "=" before, "word" before,
            "call" before a group in parentheses.
        wildcards: by character.
        near: operators.
        levels: operators that bind alike, the loosest first.
        phrases: where words without quotation marks are a phrase: everywhere, only before a field,
            or nowhere; elsewhere all of them are needed.
        default: the field of a term that has none.
    """

    name: str
    fields: Mapping[str, SearchField]
    field_style: Literal["[]", ".", "=", "word", "call"]
    wildcards: Mapping[str, Wild]
    near: tuple[Near, ...] = ()
    levels: tuple[frozenset[Operator], ...] = ()
    phrases: Literal["everywhere", "fields", "nowhere"] = "everywhere"
    default: SearchField = SearchField("text", _WIDER)


def _fields(*rows: tuple[Target, str, str]) -> Mapping[str, SearchField]:
    """Returns fields by code; codes are separated by "|"."""
    return MappingProxyType(
        {
            code.strip(): SearchField(target, note)
            for target, note, codes in rows
            for code in codes.split("|")
        }
    )


def _levels(*names: str) -> tuple[frozenset[Operator], ...]:
    known: tuple[Operator, ...] = ("AND", "OR", "NOT", "NEAR", "RANGE")
    return tuple(frozenset(name for name in known if name in level.split()) for level in names)


def _near(pattern: str) -> re.Pattern[str]:
    return re.compile(rf"{pattern}(?=[\s()\"]|$)", re.IGNORECASE)


_USUAL: Final = _levels("OR", "AND", "NOT", "NEAR")

SYNTAXES: Final = (
    SearchSyntax(
        "pubmed",
        _fields(
            ("text", "", "tiab|title/abstract"),
            ("title", "", "ti|title"),
            ("abstract", "", "ab|abstract"),
            ("text", _WIDER, "tw|text word|text words|all|all fields"),
            ("subject", NARROWER, "mh|mesh|mesh terms|mesh term|mesh heading"),
            ("subject", FOCUS, "majr|mesh major topic"),
            ("subject", "", "mh:noexp|mesh:noexp|mesh terms:noexp|ot|other term"),
            ("subject", "", "nm|supplementary concept|rn|ec/rn number|substance name"),
            ("subject", FOCUS, "majr:noexp|mesh major topic:noexp"),
            ("author", "", "au|author|fau|full author name|1au|author - first|first author name"),
            ("author", "", "lastau|author - last|last author name"),
            ("venue", "", "ta|journal|jour|so|source"),
            ("year", "", "dp|pdat|date - publication|publication date|ppdat|epdat|year"),
            ("language", "", "la|lang|language"),
            ("affiliation", "", "ad|affiliation|affl"),
            ("doi", "", "doi|aid|lid|article identifier"), ("pmid", "", "pmid|uid"),
            ("orcid", "", "auid|author - identifier"),
            ("kind", NO_TYPES, "pt|ptyp|publication type"),
            ("", NO_SUBHEADING, "sh|mesh subheading|subheading"),
            ("limit", NO_LIMIT, "sb|subset|filter"),
            ("", _NO_FIELD, "edat|entry date|date - entry|crdt|date - create|mhda|lr|dcom"),
            ("", _NO_FIELD, "date - completion|date - modification|date - mesh|si|gr|grant number"),
            ("", _NO_FIELD, "secondary source id|cn|corporate author|ed|editor|ir|investigator"),
            ("", _NO_FIELD, "ip|issue|vi|volume|pg|pagination|isbn|book|pl|ps|cois|pubn|tt"),
        ),
        "[]", MappingProxyType({"*": "any"}),
        levels=_levels("AND OR NOT", "RANGE"), phrases="fields",
    ),
    SearchSyntax(
        "ovid",
        _fields(
            ("title", "", "ti|ot|m_titl"), ("abstract", "", "ab"),
            ("text", _WIDER, "tw|mp|af|tx|ct"),
            ("subject", "", "sh|hw|kw|kf|id|nm|rn|rs|px|rx|ox|de|dq|mh"),
            ("author", "", "au|fa|a1|al"), ("venue", "", "jn|jw|ja|jx|so"),
            ("year", "", "yr|dp|py"), ("language", "", "lg|la"),
            ("affiliation", "", "in|ia"), ("doi", "", "do|di"), ("pmid", "", "pm"),
            ("kind", NO_TYPES, "pt"), ("", NO_SUBHEADING, "fs|xs"),
            ("", _NO_FIELD, "ui|an|is|vo|ip|pg|ed|ep|em|dt|da|up|sb|cp|pl|gr|tn|dv|mf|dm|ez|rd|st"),
        ),
        ".", MappingProxyType({"*": "any", "$": "any", "#": "one", "?": "optional"}),
        (
            Near(_near(r"adj(?P<distance>\d+)"), offset=-1),
            Near(_near(r"adj(?P<distance>)"), default=0, is_ordered=True),
        ),
        _USUAL,
    ),
    SearchSyntax(
        "wos",
        _fields(
            ("text", _WIDER, "ts|all|tx|topic|all fields"), ("title", "", "ti|title"),
            ("abstract", "", "ab|abstract"),
            ("subject", "", "ak|kp|su|de|id|mh|ky|author keywords"),
            ("author", "", "au|af|a1|author"), ("venue", "", "so|ta|ji|cf|publication name"),
            ("year", "", "py|fpy|dop|pd|year published"), ("language", "", "la|language"),
            ("affiliation", "", "ad|og|oo|sg|in|address"), ("doi", "", "do|doi"),
            ("pmid", "", "pmid|pm"), ("orcid", "", "ai"),
            ("kind", NO_TYPES, "dt|document type|document types"),
            ("", _NO_FIELD, "wc|sc|is|fo|fg|ft|ut|gp|ed|ci|cu|ps|sa|zp|edn|sdg|tmac|tmso|tmic"),
        ),
        "=", MappingProxyType({"*": "any", "?": "one", "$": "optional"}),
        (
            Near(_near(r"near/(?P<distance>\d+)")),
            Near(_near(r"near(?P<distance>)"), default=15),
        ),
        _USUAL, phrases="nowhere",
    ),
    SearchSyntax(
        "ebsco",
        _fields(
            ("title", "", "ti"), ("abstract", "", "ab"), ("text", _WIDER, "tx"),
            ("subject", "", "su|sh|de|dh|kw|mw|ma|mj|zu|zw|mh"),
            ("subject", FOCUS, "mm"), ("author", "", "au|ar"), ("venue", "", "so|jn|jt"),
            ("year", "", "py|dt|yr|pd"), ("language", "", "la|ln"), ("affiliation", "", "af|ad"),
            ("doi", "", "doi"), ("pmid", "", "pm"), ("kind", NO_TYPES, "pt|zt"),
            ("", _NO_FIELD, "is|ib|an|ui|vi|ip|em|md|ro|ed|pg|co|ps|ge|rv|ac"),
        ),
        "word", MappingProxyType({"*": "any", "?": "one", "#": "optional"}),
        (
            Near(_near(r"n(?P<distance>\d+)")),
            Near(_near(r"w(?P<distance>\d+)"), is_ordered=True),
        ),
        _USUAL,
    ),
    SearchSyntax(
        "scopus",
        _fields(
            ("text", _WIDER, "title-abs-key|title-abs-key-auth|all"), ("text", "", "title-abs"),
            ("title", "", "title"), ("abstract", "", "abs"),
            ("subject", "", "key|authkey|indexterms"),
            ("author", "", "auth|author-name|auth-name|firstauth|authlastname|authfirst"),
            ("venue", "", "srctitle|exactsrctitle|srctitle-abbr|confname|conf"),
            ("year", "", "pubyear|pubdatetxt"), ("language", "", "language"),
            ("affiliation", "", "affil|affilorg|affilcity|affilcountry"), ("doi", "", "doi"),
            ("pmid", "", "pmid"), ("orcid", "", "orcid"), ("kind", NO_TYPES, "doctype|srctype"),
            ("limit", NO_LIMIT, "limit-to|exclude"),
            ("", _NO_FIELD, "subjarea|issn|isbn|eid|af-id|au-id|ref|reftitle|fund-all"),
            ("", _NO_FIELD, "fund-sponsor|fund-acr|fund-no|casregnumber|chem|chemname"),
            ("", _NO_FIELD, "chemindex|openaccess|indexdate|loaddate|srcid|volume|issue|pages"),
            ("", _NO_FIELD, "website|editor|editfirst|editlast|confloc|manufacturer|tradename"),
        ),
        "call", MappingProxyType({"*": "any", "?": "one"}),
        (
            Near(_near(r"w/(?P<distance>\d+)")),
            Near(_near(r"pre/(?P<distance>\d+)"), is_ordered=True),
        ),
        _levels("NOT", "AND", "NEAR", "OR"), phrases="nowhere",
    ),
)  # fmt: skip


def syntax_named(name: str) -> SearchSyntax:
    """Returns the syntax of a database.

    Raises:
        KeyError: where it is not known.
    """
    return next(syntax for syntax in SYNTAXES if syntax.name == name)


KINDS: Final = MappingProxyType({
    "ar": "article-journal", "cp": "paper-conference", "bk": "book", "ch": "chapter",
    "j": "article-journal", "p": "paper-conference", "b": "book",
    "journal article": "article-journal", "article": "article-journal", "book": "book",
    "proceedings paper": "paper-conference", "conference paper": "paper-conference",
    "book chapter": "chapter", "preprint": "preprint", "dissertation": "thesis",
    "dissertations": "thesis", "dataset": "dataset", "academic dissertation": "thesis",
})  # fmt: skip
"""Types of publication that have an equal, as a kind of work, by their name or code."""
