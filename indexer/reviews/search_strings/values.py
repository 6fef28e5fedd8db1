"""Terms of a record as clauses: years, headings, languages, kinds, names, numbers."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from indexer.cleaning.languages import language_of
from indexer.query import And, AuthorName, Clause, Has, Not, Value, Years
from indexer.record.identifier_forms import identifier_of
from indexer.record.identifiers import orcid_of
from indexer.reviews.search_strings.syntax import (
    KINDS,
    NARROWER,
    NO_LIMIT,
    NO_SUBHEADING,
    NO_TYPES,
    Target,
)

_YEAR: Final = re.compile(
    r"(?<!\d)(1[5-9]\d\d|20\d\d|3000)(?:(?:[/-]\d{1,2}(?!\d)){1,2}|\d{4}(?!\d))?(?!\d)"
)
_OPEN: Final = 3000
"""The year that PubMed writes for "to this day"."""
_WILDCARDS: Final = re.compile(r"[*?$#]")
_WHOLE_WORDS: Final = "Wildcards are not known in this field"
_ONLY_YEARS: Final = "Only years are compared here, without months and days."
_LIMITED_YEARS: Final = re.compile(
    r'yr\s*=\s*"?\s*(?P<low>\d{4})?\s*(?P<dash>-)?\s*(?P<high>\d{4}|current)?\s*"?', re.IGNORECASE
)
_SCOPUS_LIMIT: Final = re.compile(r"\(?\s*([A-Za-z-]+)\s*,\s*[\"']?([^\"')]*)[\"']?\s*\)?\s*")
_SCOPUS_FIELDS: Final[Mapping[str, Target]] = MappingProxyType({
    "language": "language", "doctype": "kind", "srctype": "kind", "pubyear": "year",
    "exactsrctitle": "venue", "exactkeyword": "subject", "affilcountry": "affiliation",
})  # fmt: skip


@dataclass(frozen=True, slots=True)
class RecordClause:
    """A term of a record as a clause.

    Attributes:
        clause: None where it has no equal.
        losses: sentences on what is lost, without a full stop where the clause is None.
    """

    clause: Clause | None
    losses: tuple[str, ...] = ()


def record_clause(target: Target, text: str) -> RecordClause:
    """Returns what a term asks of a field of the record.

    >>> record_clause("year", "2010-2015").clause
    Years(low=2010, high=2015)
    """
    text = " ".join(text.split()).strip(" ,;")
    match target:
        case "year":
            return _years(text)
        case "subject":
            return _subject(text)
        case "author":
            name = _WILDCARDS.sub("", text).strip(" ,.")
            return RecordClause(AuthorName(name)) if name else RecordClause(None, ("No name",))
        case "venue" | "affiliation":
            if _WILDCARDS.search(text):
                return RecordClause(None, (_WHOLE_WORDS,))
            return RecordClause(Value(target, text) if text else None)
        case "kind":
            kind = KINDS.get(text.casefold())
            return RecordClause(Value("kind", kind)) if kind else RecordClause(None, (NO_TYPES,))
    return _identified(target, text)


def _identified(target: Target, text: str) -> RecordClause:
    """Returns what a term asks of a field whose values are checked."""
    if target == "language":
        if tag := language_of(text):
            return RecordClause(Value("language", tag))
        return RecordClause(None, (f"“{text}” is not the name of a language",))
    if target == "orcid":
        if orcid := orcid_of(text):
            return RecordClause(Value("orcid", orcid))
        return RecordClause(None, (f"“{text}” is not an ORCID iD",))
    if target in ("doi", "pmid"):
        if identifier := identifier_of(target, text):
            return RecordClause(Value("identifier", str(identifier)))
        return RecordClause(None, (f"“{text}” is not a {target.upper()}",))
    return limit_clause(text)


def years_between(low: str, high: str) -> RecordClause:
    """Returns the years from one date to another."""
    first, last = _YEAR.search(low), _YEAR.search(high)
    if first is None or last is None:
        return RecordClause(None, (NO_LIMIT,))
    exact = len(first[0]) == len(last[0]) == 4
    return RecordClause(_span(int(first[1]), int(last[1])), () if exact else (_ONLY_YEARS,))


def limit_clause(text: str) -> RecordClause:
    """Returns what a limit asks: years, a language, an abstract; None for all else.

    >>> limit_clause('english language and yr="2010 -Current"').clause
    And(clauses=(Value(field='language', value='en'), Years(low=2010, high=None)))
    """
    clauses: list[Clause] = []
    unknown: list[str] = []
    for part in re.split(r"\s+and\s+|;", text.strip(" ()."), flags=re.IGNORECASE):
        named = re.sub(
            r"\s+language$|[\[\]]|\bla(?:ng)?$", "", part.strip(' ()".'), flags=re.IGNORECASE
        )
        if years := _LIMITED_YEARS.fullmatch(part.strip(" ().")):
            low = int(years["low"]) if years["low"] else None
            high = years["high"] or ("" if years["dash"] else years["low"])
            clauses.append(Years(low, int(high) if high and high.isdecimal() else None))
        elif tag := language_of(named):
            clauses.append(Value("language", tag))
        elif re.fullmatch(r"has ?abstracts?|abstracts?", named, re.IGNORECASE):
            clauses.append(Has("abstract"))
        elif named:
            unknown.append(named)
    losses = (f"{NO_LIMIT} ({', '.join(unknown)[:200]})",) if unknown else ()
    if not clauses:
        return RecordClause(None, losses or (NO_LIMIT,))
    clause = clauses[0] if len(clauses) == 1 else And(tuple(clauses))
    return RecordClause(clause, tuple(f"{loss}; left out." for loss in losses))


def scopus_limit(code: str, text: str) -> RecordClause:
    """Returns what LIMIT-TO or EXCLUDE asks, of the text between its parentheses."""
    found = _SCOPUS_LIMIT.fullmatch(text.strip())
    target = _SCOPUS_FIELDS.get(found[1].casefold()) if found else None
    if found is None or target is None:
        return RecordClause(None, (NO_LIMIT,))
    made = record_clause(target, found[2])
    if made.clause is None or code != "exclude":
        return made
    return RecordClause(Not(made.clause), made.losses)


def _years(text: str) -> RecordClause:
    dates = list(_YEAR.finditer(text))
    if not dates or len(dates) > 2:
        return RecordClause(None, (f"“{text}” is no year or range of years",))
    losses = (_ONLY_YEARS,) if any(len(date[0]) > 4 for date in dates) else ()
    first = int(dates[0][1])
    if len(dates) == 2:
        return RecordClause(_span(first, int(dates[1][1])), losses)
    before, after = text[: dates[0].start()].strip(), text[dates[0].end() :].strip()
    if re.match(r"[-:>]", after):
        return RecordClause(Years(first, None), losses)
    if re.search(r"[-:<]$", before):
        return RecordClause(Years(None, first), losses)
    return RecordClause(Years(first, first), losses)


def _span(first: int, last: int) -> Years:
    return Years(first, None if last >= _OPEN else last)


def _subject(text: str) -> RecordClause:
    losses: list[str] = []
    heading, slash, _ = text.partition("/")
    if slash and heading.strip():
        losses.append(f"{NO_SUBHEADING}.")
        text = heading.strip()
    if text.endswith("+"):
        losses.append(NARROWER)
        text = text.rstrip("+ ")
    if _WILDCARDS.search(text):
        return RecordClause(None, (_WHOLE_WORDS,))
    if not any(char.isalnum() for char in text):
        return RecordClause(None, ("There is no word in this",))
    return RecordClause(Value("subject", text), tuple(losses))
