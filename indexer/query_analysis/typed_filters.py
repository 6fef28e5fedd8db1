"""Venues and years that are typed among the words of a query, read as the filters they mean.

"NIPS 2017", "ICRA 2020 grasping", "transformers in 2023": an alias of the table of venues and a
year become conditions on the record. They never hide a better text match: a query stays as it is
where a title has all of its words, and a weak reading (a year by itself, "colt" in small letters)
is taken only where no paper has all the words. Quotation marks keep a word a word.

What people say before what they look for ("that paper about …") is left out in the same way.
Aliases are resolved in ``venue:`` and in filters of the venue, too.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Final

from indexer.cleaning.venues import Venues
from indexer.language.parse import parse_clause
from indexer.query import (
    And,
    Clause,
    Filter,
    Match,
    Not,
    Or,
    Phrase,
    Query,
    Repair,
    TypedFilter,
    Value,
    Words,
    YearRange,
    Years,
)
from indexer.query_analysis.plain_text import is_plain, title_clause
from indexer.query_analysis.questions import filler_spans
from indexer.search import Searcher

_LONGEST: Final = 10
"""Words of the longest name of a venue that is looked for."""
_SHORTEST: Final = 3
"""Letters of the shortest alias."""
_YEAR: Final = r"((?:19[5-9]|20[0-4])[0-9])"
_EDGE: Final = ".,;:()[]!?"
_SPANS: Final = (
    re.compile(
        rf"(?:from|between)?\s*\b{_YEAR}\s*(?:-|–|—|to|and|until|till)\s*{_YEAR}\b", re.IGNORECASE
    ),
    re.compile(rf"\b(?:since|from)\s+{_YEAR}(?:\s+on(?:wards?)?)?()\b", re.IGNORECASE),
    re.compile(rf"\b(?:until|till|up to)\s+(){_YEAR}\b", re.IGNORECASE),
)
_DECADE: Final = re.compile(
    r"\b(?:(?:from|in|of|during)\s+)?(?:the\s+)?((?:19[5-9]|20[0-4])0)['’]?s\b", re.IGNORECASE
)
_AFTER: Final = re.compile(rf"\bafter\s+{_YEAR}\b", re.IGNORECASE)
_BEFORE: Final = re.compile(rf"\bbefore\s+{_YEAR}\b", re.IGNORECASE)
_WITHIN: Final = re.compile(rf"\b(?:in|of|during|published in|year)\s+{_YEAR}\b", re.IGNORECASE)
_BARE: Final = re.compile(rf"(?<![\w-]){_YEAR}(?![\w-])")
_ATTACHED: Final = re.compile(r"([A-Za-z][A-Za-z0-9-]*?[A-Za-z])[-'’]?((?:19|20)?[0-9]{2})")
_JOINING: Final = frozenset("in at from of on the papers proceedings published".split())
_RECENT: Final = 50
"""Years of two digits below this one are of the 21st century."""


@dataclass(frozen=True, slots=True)
class _Piece:
    """A stretch of the text that says a filter; weak where it may as well be a word."""

    filter: TypedFilter
    clause: Value | Years
    weak: bool


def read_typed_filters(query: Query, searcher: Searcher, venues: Venues) -> Query:
    """Returns a query in which venues and years are the filters they mean.

    Args:
        query: as parsed.
        searcher: of the collection; asked how many papers a reading finds.
        venues: the table of aliases.
    """
    query = _with_venue_names(query, searcher, venues)
    if not is_plain(query.clause):
        return query
    text = query.text
    fillers = filler_spans(text)
    if fillers and not searcher.count(Query(clause=Phrase(text, "title"))):
        text, repairs = _without_filler(text, query.text)
        query = replace(query, clause=parse_clause(text)[0], repairs=(*repairs, *query.repairs))
    pieces = _pieces(text, searcher, venues)
    if not pieces:
        return query
    rest, left_out = _without_filler(_rest(text, pieces), query.text)
    filters = tuple(piece.clause for piece in pieces)
    spoken, _ = parse_clause(rest)
    clause: Clause = And((spoken, *filters)) if spoken is not None else _all(filters)
    everything = _unfiltered(query)
    weak = all(piece.weak for piece in pieces)
    if weak and (spoken is None or searcher.count(everything)):
        return query
    if not searcher.count(replace(everything, clause=clause)):
        return query
    titled = title_clause(query.clause)
    if titled is not None and _is_titled(query, searcher):
        if spoken is not None:
            return query
        clause = Or((titled, clause))
    read = tuple(
        Repair(typed.start, typed.end, _sentence(query.text[typed.start : typed.end], typed))
        for typed in (piece.filter for piece in pieces)
    )
    return replace(
        query,
        clause=clause,
        repairs=tuple(sorted((*query.repairs, *left_out, *read), key=lambda repair: repair.start)),
        typed=tuple(piece.filter for piece in pieces),
    )


def _without_filler(text: str, typed: str) -> tuple[str, tuple[Repair, ...]]:
    """Returns a text with blanks for what only leads to its subject, and what to say of that.

    Args:
        text: all or part of what was typed.
        typed: the whole, in which repairs have their places.
    """
    repairs: list[Repair] = []
    for start, end in filler_spans(text):
        said = text[start:end].strip()
        text = text[:start] + " " * (end - start) + text[end:]
        place = max(0, typed.find(said))
        reason = f"“{said}” was left out; in quotation marks it is kept."
        repairs.append(Repair(place, place + len(said), reason))
    return text, tuple(repairs)


def _unfiltered(query: Query) -> Query:
    """Returns the query for all words without its filters.

    How a text is read must not change with the filters beside it: their numbers would be wrong.
    """
    return replace(query, filters=(), years=YearRange(), match=Match.ALL, page=1)


def as_words(text: str, typed: TypedFilter) -> str:
    """Returns a query text in which a typed filter is a word again, between quotation marks."""
    return f'{text[: typed.start]}"{text[typed.start : typed.end]}"{text[typed.end :]}'


def _sentence(text: str, typed: TypedFilter) -> str:
    kind = "venue" if typed.field == "venue" else "years" if "-" in typed.value else "year"
    return f"“{text}” was read as the {kind} {typed.value}; in quotation marks it is a word."


def _all(filters: tuple[Value | Years, ...]) -> Clause:
    return filters[0] if len(filters) == 1 else And(filters)


def _is_titled(query: Query, searcher: Searcher) -> bool:
    """Return whether a title has all words of a query."""
    titled = title_clause(query.clause)
    everything = replace(_unfiltered(query), clause=titled)
    return titled is not None and searcher.count(everything) > 0


def _pieces(text: str, searcher: Searcher, venues: Venues) -> list[_Piece]:
    """Find at most one venue and one stretch of years; strong where they stand together."""
    venue = next(_venues(text, searcher, venues), None)
    pieces = [] if venue is None else [venue[0]]
    years = None if venue is None else venue[1]
    if years is None:
        taken = (venue[0].filter.start, venue[0].filter.end) if venue else (0, 0)
        years = _years(text, taken)
    if years is not None:
        pieces.append(years)
    if venue is not None and years is not None:
        pieces = [replace(piece, weak=False) for piece in pieces]
    return sorted(pieces, key=lambda piece: piece.filter.start)


def _venues(
    text: str, searcher: Searcher, venues: Venues
) -> Iterator[tuple[_Piece, _Piece | None]]:
    """Yields the venues that a text names, longest names first, each with a year written to it."""
    words = [(match.start(), match.end(), match.group()) for match in re.finditer(r"\S+", text)]
    for length in range(min(_LONGEST, len(words)), 0, -1):
        for first in range(len(words) - length + 1):
            run = words[first : first + length]
            start, end = run[0][0], run[-1][1]
            core = text[start:end].strip(_EDGE)
            start = text.index(core, start) if core else start
            if not core or any(_is_edge(word) for _, _, word in (run[0], run[-1])):
                continue
            year: _Piece | None = None
            said = core
            attached = _ATTACHED.fullmatch(core) if length == 1 else None
            if attached is not None and (name := venues.alias(attached[1])):
                said = attached[1]
                year = _attached_year(attached[2], start + len(core) - len(attached[2]))
            else:
                name = venues.alias(core)
            if not name or len(said) < _SHORTEST or not _has_venue(searcher, name):
                continue
            strong = length > 1 or length == len(words) or sum(map(str.isupper, said)) > 1
            span = TypedFilter("venue", name, start, start + len(said))
            yield _Piece(span, Value("venue", name), not strong), year


def _is_edge(word: str) -> bool:
    """Return whether a word is none of those that a name begins or ends with."""
    return word.casefold() in _JOINING or not any(map(str.isalpha, word))


def _attached_year(digits: str, start: int) -> _Piece:
    year = int(digits)
    if len(digits) == 2:
        year += 2000 if year < _RECENT else 1900
    return _year_piece(year, year, start, start + len(digits), weak=False)


def _year_piece(low: int | None, high: int | None, start: int, end: int, *, weak: bool) -> _Piece:
    written = str(low) if low == high else f"{low or ''}-{high or ''}"
    return _Piece(TypedFilter("year", written, start, end), Years(low, high), weak)


def _years(text: str, taken: tuple[int, int]) -> _Piece | None:
    """Find the years of a text outside the stretch that a venue takes."""

    def only_match(pattern: re.Pattern[str]) -> re.Match[str] | None:
        matches = (match_ for match_ in pattern.finditer(text))
        return next((m for m in matches if m.end() <= taken[0] or m.start() >= taken[1]), None)

    for pattern in _SPANS:
        if match := only_match(pattern):
            low, high = (int(year) if year else None for year in (match[1], match[2]))
            if low is None or high is None or low <= high:
                start = match.start() + len(match.group()) - len(match.group().lstrip())
                return _year_piece(low, high, start, match.end(), weak=False)
    if match := only_match(_DECADE):
        return _year_piece(int(match[1]), int(match[1]) + 9, *match.span(), weak=False)
    if match := only_match(_AFTER):
        return _year_piece(int(match[1]) + 1, None, *match.span(), weak=False)
    if match := only_match(_BEFORE):
        return _year_piece(None, int(match[1]) - 1, *match.span(), weak=False)
    if match := only_match(_WITHIN):
        return _year_piece(int(match[1]), int(match[1]), *match.span(), weak=False)
    match = only_match(_BARE)
    return _year_piece(int(match[1]), int(match[1]), *match.span(), weak=True) if match else None


def _rest(text: str, pieces: list[_Piece]) -> str:
    """Return what is left of a text without the filters and what only joined them to it."""
    left: list[str] = []
    at = 0
    for piece in pieces:
        before = text[at : piece.filter.start].split()
        while before and before[-1].casefold().strip(_EDGE) in _JOINING:
            before.pop()
        left += before
        at = piece.filter.end
    return " ".join(word for word in (*left, *text[at:].split()) if word.strip(_EDGE + "-–'’"))


def _has_venue(searcher: Searcher, name: str) -> bool:
    return searcher.count(Query(clause=Value("venue", name), per_page=0)) > 0


def _with_venue_names(query: Query, searcher: Searcher, venues: Venues) -> Query:
    """Put the names of the collection's venues for aliases in ``venue:`` and in the filter."""
    changed: dict[str, str] = {}

    def named(value: str) -> str:
        if value not in changed:
            name = venues.alias(value)
            known = not name or name == value or _has_venue(searcher, value)
            changed[value] = value if known or not _has_venue(searcher, name) else name
        return changed[value]

    def renamed(clause: Clause) -> Clause:
        match clause:
            case Value("venue", value):
                return replace(clause, value=named(value))
            case Words(parts):
                return Words(tuple(replace(part, clause=renamed(part.clause)) for part in parts))
            case And(clauses) | Or(clauses):
                return type(clause)(tuple(map(renamed, clauses)))
            case Not(inner):
                return Not(renamed(inner))
        return clause

    clause = query.clause
    if clause is not None and "venue" in query.text and not is_plain(clause):
        clause = renamed(clause)
    filters = tuple(
        Filter(
            facet_filter.field,
            tuple(map(named, facet_filter.include)),
            tuple(map(named, facet_filter.exclude)),
        )
        if facet_filter.field == "venue"
        else facet_filter
        for facet_filter in query.filters
    )
    repairs = tuple(
        Repair(at, at + len(value), f"“{value}” was read as the venue {name}.")
        for value, name in changed.items()
        if value != name and (at := query.text.find(value)) >= 0
    )
    if clause == query.clause and filters == query.filters:
        return query
    return replace(query, clause=clause, filters=filters, repairs=(*query.repairs, *repairs))
