"""Several authors, or authors with a year, typed as people cite: "Kingma & Welling 2014".

"Vaswani et al. (2017)", "LeCun Y, Bengio Y", the key "vaswani2017attention" and "papers by Martin
Jaggi on compression" ask for papers of these authors, this year and these words. They are read so
only where the collection has such a paper and no more titles have the names as words.

Works on the `Searcher` contract alone, so every engine reads them alike.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import Final

from indexer.analysis import STOP_WORDS, plain_words
from indexer.cleaning.venues import Venues
from indexer.language.parse import parse_clause
from indexer.query import (
    And,
    AuthorName,
    Clause,
    Match,
    Or,
    Position,
    Query,
    Repair,
    Word,
    Years,
)
from indexer.query_analysis.plain_text import is_plain, title_clause
from indexer.query_analysis.typed_names import spelled_names
from indexer.references.name_list import listed_names
from indexer.search import Searcher

_MOST_WORDS: Final = 12
_MOST_NAMES: Final = 6
_FIRST: Final = 100.0
"""Factor on the score of papers whose first author is the first named: above all others."""
_YEAR: Final = r"(?P<year>(?:19[5-9]|20[0-4])\d)"
_CITED: Final = re.compile(
    rf"\(?(?P<names>[^()\d]+?)(?P<more>,? et\.? al\b\.?)?,?\s*[(\[]?{_YEAR}[a-z]?[)\]]{{0,2}}"
)
_LISTED: Final = re.compile(r"(?P<names>[^()\d]+?)(?P<more>,? et\.? al\b\.?)?")
_KEY: Final = re.compile(
    rf"(?P<names>[^\W\d_]{{2,30}}){_YEAR}[_:-]?(?P<words>[a-z]{{3,30}})?[a-z]?"
)
_ABOUT: Final = re.compile(
    r"(?:papers?|articles?|publications?|works?|research)\s+(?:written\s+)?(?:by|from|of)\s+"
    r"(?P<names>[^()\d]+?)\s+(?:on|about|regarding|in)\s+(?P<words>[^()]+)",
    re.IGNORECASE,
)
_MONTHS: Final = frozenset(
    "january february march april may june july august september october november december".split()
)


@dataclass(frozen=True, slots=True)
class _Cited:
    """Authors as typed, with the year and the words about which they wrote."""

    names: tuple[str, ...]
    year: int | None = None
    words: str = ""
    certain: bool = False


def read_typed_authors(query: Query, searcher: Searcher, venues: Venues) -> Query:
    """Returns a query for papers of the authors and the year named; else the query as it is.

    Args:
        query: as parsed.
        searcher: of the collection.
        venues: the table of aliases; the name of a venue is no author's.
    """
    text = " ".join(query.text.split())
    if len(text.split()) > _MOST_WORDS or not is_plain(query.clause):
        return query
    cited = _cited(text)
    if cited is None or any(_is_no_name(name, venues) for name in cited.names):
        return query
    clauses: list[AuthorName | Years] = []
    for name in cited.names:
        spelled = (AuthorName(spelling) for spelling in reversed(spelled_names(name)))
        known = next((clause for clause in spelled if searcher.count(Query(clause=clause))), None)
        if known is None:
            return query
        clauses.append(known)
    if cited.year is not None:
        clauses.append(Years(cited.year, cited.year))
    words = parse_clause(cited.words)[0] if cited.words else None
    asked = (*clauses, words) if words is not None else tuple(clauses)
    clause: Clause = And(asked)
    papers = searcher.count(Query(clause=clause, match=Match.ALL))
    first = clauses[0]
    if cited.year is not None and isinstance(first, AuthorName):
        lead = replace(first, position=Position.FIRST)
        scored = Word(first.name, "author", boost=_FIRST)
        clause = Or((And((lead, *asked[1:], scored)), clause))
    if not papers or not (cited.certain or _are_rather_names(searcher, query, clauses)):
        return query
    return replace(
        query,
        clause=clause,
        repairs=(*query.repairs, Repair(0, len(query.text), _sentence(query.text, cited))),
    )


def _cited(text: str) -> _Cited | None:
    """Returns what a text cites; None where it has the form of no citation."""
    match = _KEY.fullmatch(text) or _ABOUT.fullmatch(text) or _CITED.fullmatch(text)
    if match is not None:
        groups = match.groupdict()
        names = listed_names(groups["names"])
        year, words = groups.get("year"), groups.get("words") or ""
        certain = bool(groups.get("more") or (words and (year or " by " in text)))
        known = _Cited(names, int(year) if year else None, words, certain)
    elif (match := _LISTED.fullmatch(text)) is not None:
        known = _Cited(listed_names(match["names"]))
        if len(known.names) < 2:
            return None
    else:
        return None
    return known if 0 < len(known.names) <= _MOST_NAMES else None


def _is_no_name(name: str, venues: Venues) -> bool:
    words = plain_words(name)
    is_small = all(word in STOP_WORDS or word in _MONTHS or len(word) < 2 for word in words)
    return is_small or bool(venues.alias(name))


def _are_rather_names(searcher: Searcher, query: Query, clauses: list[AuthorName | Years]) -> bool:
    """Whether no title has all that was typed, and titles have no name more often than authors."""
    titled = title_clause(query.clause)
    if titled is not None and searcher.count(Query(clause=titled, match=Match.ALL)):
        return False
    for clause in clauses:
        if isinstance(clause, AuthorName) and len(plain_words(clause.name)) == 1:
            in_titles = title_clause(parse_clause(clause.name)[0])
            used = searcher.count(Query(clause=in_titles)) if in_titles is not None else 0
            if used > searcher.count(Query(clause=clause)):
                return False
    return True


def _sentence(text: str, cited: _Cited) -> str:
    names = cited.names[0]
    if len(cited.names) > 1:
        names = f"{', '.join(cited.names[:-1])} and {cited.names[-1]}"
    year = f" of {cited.year}" if cited.year is not None else ""
    about = f" about “{cited.words}”" if cited.words else ""
    return f"“{text}” was read as papers{year} by {names}{about}; in quotation marks, as words."
