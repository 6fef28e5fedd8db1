"""Addresses of result pages: what stands after the ``?`` becomes a `Query`, and a `Query` that.

One query has one address: aliases are read but never written, values of a filter are sorted,
empty and default values left out. Parameters: ``q venue venue_not year year_not type type_not
author author_not year_from year_to match sort versions page per_page``; a repeated one means "any
of these".
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Final, Protocol, TypeVar
from urllib.parse import quote_plus

from indexer import (
    FACET_FIELDS,
    FacetField,
    Filter,
    Match,
    Query,
    QueryError,
    Sort,
    YearRange,
    parse_query,
)

_ALIASES: Final = {
    "query": "q",
    "size": "per_page",
    "rows": "per_page",
    "h": "per_page",
    "f": "offset",
    "start": "offset",
}
_SORTS: Final = {
    "relevance": Sort.RELEVANCE,
    "-year": Sort.NEWEST,
    "newest": Sort.NEWEST,
    "year": Sort.OLDEST,
    "oldest": Sort.OLDEST,
    "title": Sort.TITLE,
    "-added": Sort.ADDED,
    "added": Sort.ADDED,
}
TOGETHER: Final = ("versions", "collapse")
"""The parameter by which the versions of one work stand together."""
COMPACT: Final = ("view", "compact")
"""The parameter by which hits take less room."""
_MAX_PAGE: Final = 10**9
_HOLE: Final = "\0"
"""Stands for a filter still to be written; no parameter but a hole's own is written so."""
_Choice = TypeVar("_Choice")


class Turning(Protocol):
    """Writes the addresses of one query with another order, page or number of hits a page."""

    def __call__(self, sort: Sort = ..., page: int = ..., per_page: int = ...) -> str:
        """Write the address; what is not given stays as the query has it."""
        ...


_NUMBER: Final = re.compile(r"[+-]?[0-9]{1,20}\Z")


@dataclass(frozen=True, slots=True)
class SearchRequest:
    """What an address asks for.

    Attributes:
        query: the query; a parameter at fault counts as left out.
        faults: parameters without a meaning, one error each; the page is then a 400.
        notices: what was cut off or put right, one sentence each.
    """

    query: Query
    faults: tuple[QueryError, ...] = ()
    notices: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Params:
    """How addresses are read and written.

    Attributes:
        per_page: hits a page where the address does not say.
        min_per_page: fewest hits a page; 0 lets a machine ask for the numbers alone.
        max_per_page: most hits a page.
        max_text: most characters of the query string that are read.
        max_values: most filter values of all fields together.
        max_value: most characters of one filter value.
        together: addresses are written so that versions of one work stand together.
        compact: addresses are written so that more hits fit on a screen.
    """

    per_page: int = 20
    min_per_page: int = 1
    max_per_page: int = 100
    max_text: int = 2_000
    max_values: int = 200
    max_value: int = 500
    together: bool = False
    compact: bool = False

    def read(self, pairs: Iterable[tuple[str, str]]) -> SearchRequest:
        """Read the decoded pairs of a query string; never raises."""
        return _Reading(self, pairs).request()

    def pairs(self, query: Query) -> tuple[tuple[str, str], ...]:
        """Write a query as pairs, in canonical order."""
        return (*_asking(query), *self._showing(query.sort, query.page, query.per_page))

    def _showing(self, sort: Sort, page: int, per_page: int) -> list[tuple[str, str]]:
        """Write what of an answer is shown, and in which order."""
        found = []
        if sort is not Sort.RELEVANCE:
            found.append(("sort", sort.value))
        if self.together:
            found.append(TOGETHER)
        if self.compact:
            found.append(COMPACT)
        if page != 1:
            found.append(("page", str(page)))
        if per_page != self.per_page:
            found.append(("per_page", str(per_page)))
        return found

    def write(self, query: Query, path: str) -> str:
        """Write the address of a query under a path; nothing asked is the bare path."""
        pairs = _query_string(self.pairs(query))
        return f"{path}?{pairs}" if pairs else path

    def turning(self, query: Query, path: str) -> Turning:
        """Returns a writer of the addresses of other pages or orders of a query's results."""
        asking = _query_string(_asking(query))

        def write(
            sort: Sort = query.sort, page: int = query.page, per_page: int = query.per_page
        ) -> str:
            showing = _query_string(self._showing(sort, page, per_page))
            pairs = f"{asking}&{showing}" if asking and showing else asking or showing
            return f"{path}?{pairs}" if pairs else path

        return write

    def around(self, query: Query, field: FacetField, path: str) -> Around:
        """Returns a writer of the addresses that differ from a query's in one filter alone.

        A page of results has a hundred of these, and all but the filter is written once.
        """
        hole = Filter(field, (_HOLE,))
        filters = (
            *(facet_filter for facet_filter in query.filters if facet_filter.field != field),
            hole,
        )
        written = self.write(replace(query, filters=filters), path)
        head, _, tail = written.partition(_query_string(_filter_pairs(hole)))
        return Around(field, head, tail)

    def around_year(self, query: Query, path: str) -> Callable[[int], str]:
        """Returns a function from years to the addresses of the query in that year alone."""
        hole = YearRange(0, 0)  # no address says this
        written = self.write(replace(query, years=hole), path)
        head, _, tail = written.partition(_query_string(_year_pairs(hole)))
        return lambda year: f"{head}year_from={year}&year_to={year}{tail}"


@dataclass(frozen=True, slots=True)
class Around:
    """Writes the addresses of one query with any filter of one field.

    Attributes:
        field: of the filter.
        head, tail: what stands before the filter and behind it.
    """

    field: FacetField
    head: str
    tail: str

    def filtered(self, facet_filter: Filter) -> str:
        """Write the address with a filter, which may be empty."""
        pairs = _query_string(_filter_pairs(facet_filter))
        if pairs:
            return f"{self.head}{pairs}{self.tail}"
        return self.head + self.tail[1:] if self.tail else self.head[:-1]

    def with_value(self, value: str) -> tuple[str, str]:
        """Write the addresses with one value chosen, and with it excluded, alone."""
        pair = f"={quote_plus(value)}{self.tail}"
        head = self.head + self.field
        return head + pair, f"{head}_not{pair}"


def _asking(query: Query) -> list[tuple[str, str]]:
    """Write what papers are asked for."""
    found = [("q", query.text)] if query.text.strip() else []
    for facet_filter in sorted(
        query.filters, key=lambda facet_filter: FACET_FIELDS.index(facet_filter.field)
    ):
        found += _filter_pairs(facet_filter)
    found += _year_pairs(query.years)
    if query.match is not Match.AUTO:
        found.append(("match", query.match.value))
    return found


def _filter_pairs(facet_filter: Filter) -> list[tuple[str, str]]:
    pairs = [(facet_filter.field, value) for value in sorted(set(facet_filter.include))]
    return pairs + [
        (f"{facet_filter.field}_not", value) for value in sorted(set(facet_filter.exclude))
    ]


def _year_pairs(years: YearRange) -> list[tuple[str, str]]:
    ends = (("year_from", years.low), ("year_to", years.high))
    return [(name, str(year)) for name, year in ends if year is not None]


def _query_string(pairs: Iterable[tuple[str, str]]) -> str:
    """Write pairs for an address; the names of parameters need no quoting."""
    return "&".join([f"{name}={quote_plus(value)}" for name, value in pairs])


class _Reading:
    """One reading of one query string."""

    def __init__(self, params: Params, pairs: Iterable[tuple[str, str]]) -> None:
        self.params = params
        self.faults: list[QueryError] = []
        self.notices: list[str] = []
        self.given: dict[str, list[str]] = {}
        for key, value in pairs:
            self.given.setdefault(_ALIASES.get(key, key), []).append(value)

    def request(self) -> SearchRequest:
        text = self._text()
        filters = self._filters()
        years = self._years()
        match = self._choice("match", {choice.value: choice for choice in Match})
        sort = self._choice("sort", _SORTS)
        params = self.params
        per_page = self._number("per_page", params.min_per_page, params.max_per_page)
        if per_page is None:
            per_page = params.per_page
        page = self._number("page", 1, _MAX_PAGE)
        offset = self._number("offset", 0, _MAX_PAGE)
        if page is None:
            page = 1 if offset is None else offset // max(1, per_page) + 1
        query = parse_query(
            text,
            filters=filters,
            years=years,
            match=match or Match.AUTO,
            sort=sort or Sort.RELEVANCE,
            page=page,
            per_page=per_page,
        )
        return SearchRequest(query, tuple(self.faults), tuple(self.notices))

    def _text(self) -> str:
        text = " ".join(self.given.get("q", ()))
        if len(text) > self.params.max_text:
            self.notices.append(
                f"Only the first {self.params.max_text:,} of {len(text):,} characters were read."
            )
            text = text[: self.params.max_text]
        return text

    def _filters(self) -> tuple[Filter, ...]:
        left = self.params.max_values
        dropped = 0
        found: list[Filter] = []
        for field in FACET_FIELDS:
            sides: list[tuple[str, ...]] = []
            for name in (field, f"{field}_not"):
                values = self._values(name)
                sides.append(tuple(sorted(values[:left])))
                dropped += max(0, len(values) - left)
                left -= len(sides[-1])
            if any(sides):
                found.append(Filter(field, *sides))
        if dropped:
            self.notices.append(
                f"Only {self.params.max_values:,} filter values can be used at once; "
                f"{dropped:,} more were left out."
            )
        return tuple(found)

    def _values(self, name: str) -> list[str]:
        values = dict.fromkeys(
            value[: self.params.max_value] for value in self.given.get(name, ()) if value.strip()
        )
        return list(values)

    def _years(self) -> YearRange:
        low = self._number("year_from", 1, 9999)
        high = self._number("year_to", 1, 9999)
        if low is not None and high is not None and low > high:
            self.notices.append(f"The years were put in order: {high} to {low}.")
            low, high = high, low
        return YearRange(low, high)

    def _number(self, name: str, low: int, high: int) -> int | None:
        given = [value.strip() for value in self.given.get(name, ()) if value.strip()]
        if not given:
            return None
        if _NUMBER.match(given[-1]) and low <= int(given[-1]) <= high:
            return int(given[-1])
        reason = f"expected a whole number from {low} to {_grouped(high)}, got {_shown(given[-1])}"
        self.faults.append(QueryError(name, reason))
        return None

    def _choice(self, name: str, choices: Mapping[str, _Choice]) -> _Choice | None:
        given = [value.strip() for value in self.given.get(name, ()) if value.strip()]
        if not given:
            return None
        if given[-1] in choices:
            return choices[given[-1]]
        words = ", ".join(choices)
        self.faults.append(QueryError(name, f"expected one of {words}; got {_shown(given[-1])}"))
        return None


def _grouped(number: int) -> str:
    """Write a number for people: no separator in what may be a year."""
    return f"{number:,}" if number > 9_999 else str(number)


def _shown(value: str) -> str:
    """Quote what was given, cut where nobody would read on."""
    return f"“{value[:40]}…”" if len(value) > 40 else f"“{value}”"
