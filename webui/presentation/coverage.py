"""What a collection holds, for its first page: the years of each venue, and queries that find.

An example is made from the papers themselves and shown only if it has hits here.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Final, NamedTuple

from indexer import UNKNOWN, FacetRequest, Filter, Query, Searcher, Sort, parse_query, plain

_VENUES: Final = 30
_HEIGHT: Final = 20
_WIDTH: Final = 240
_SAMPLE: Final = 60
"""Newest papers whose titles give the words of examples."""
_WORD: Final = re.compile(r"[A-Za-z]{4,}")
_COMMON: Final = frozenset("with from into based using towards toward over under without".split())


class CoverageRow(NamedTuple):
    """One venue.

    Attributes:
        first, last: years of its oldest and newest papers.
        missing: the years between them without papers, as text; empty where there are none.
        path: of an SVG, a column for each year.
    """

    venue: str
    papers: int
    first: int
    last: int
    missing: str
    path: str


@dataclass(frozen=True, slots=True)
class Coverage:
    """The venues with most papers, over the years from `first` to `last`."""

    rows: tuple[CoverageRow, ...]
    first: int
    last: int
    width: int = _WIDTH


class ExampleQuery(NamedTuple):
    """A query, what it means, and how many papers it finds."""

    query: str
    meaning: str
    total: int


def coverage(searcher: Searcher) -> Coverage | None:
    """Returns the papers of each large venue by year; None without venues or years."""
    info = searcher.info()
    venues = [
        value.value for value in searcher.values("venue", limit=_VENUES) if value.value != UNKNOWN
    ]
    if not venues or not info.first_year or not info.last_year:
        return None
    first, last = info.first_year, info.last_year
    counted = [(venue, _by_year(searcher, venue)) for venue in venues]
    rows = [_row(venue, years, first, last) for venue, years in counted if years]
    return Coverage(tuple(rows), first, last) if rows else None


def _by_year(searcher: Searcher, venue: str) -> dict[int, int]:
    query = Query(filters=(Filter("venue", (venue,)),), per_page=0)
    facet = searcher.search(query, facets=(FacetRequest("year", 0),)).facets["year"]
    return {
        int(value.value): value.count
        for value in facet.values
        if value.count and value.value.isdecimal()
    }


def _row(venue: str, years: dict[int, int], first: int, last: int) -> CoverageRow:
    step = _WIDTH / (last - first + 1)
    most = max(years.values())
    path = ""
    for year, count in sorted(years.items()):
        # A year with one paper stays visible beside one with thousands.
        tall = max(2.0, round(_HEIGHT * count / most, 1))
        x, wide = round(step * (year - first), 1), round(max(1.0, step - 1), 1)
        path += f"M{x} {_HEIGHT}v-{tall}h{wide}v{tall}z"
    missing = [year for year in range(min(years), max(years)) if year not in years]
    return CoverageRow(
        venue, sum(years.values()), min(years), max(years), _ranges(missing, 6), path
    )


def _ranges(years: list[int], most: int) -> str:
    """Writes ascending years as ranges: "1999, 2001–2003"; of many, that there are many."""
    runs: list[list[int]] = []
    for year in years:
        if runs and year == runs[-1][-1] + 1:
            runs[-1].append(year)
        else:
            runs.append([year])
    if len(runs) > most:
        return f"{len(years)} of these years"
    return ", ".join(str(run[0]) if len(run) == 1 else f"{run[0]}–{run[-1]}" for run in runs)


def example_queries(searcher: Searcher) -> tuple[ExampleQuery, ...]:
    """Returns up to six queries of different kinds, each with the papers that it finds here."""
    found = []
    kinds: set[str] = set()
    for text, meaning in _candidates(searcher):
        if meaning in kinds:
            continue
        total = searcher.count(parse_query(text))
        if total:
            kinds.add(meaning)
            found.append(ExampleQuery(text, meaning, total))
    return tuple(found)


def _candidates(searcher: Searcher) -> Iterator[tuple[str, str]]:
    newest = searcher.search(Query(sort=Sort.NEWEST, per_page=_SAMPLE), facets=())
    pairs: Counter[str] = Counter()
    for hit in newest.hits:
        words = [word.lower() for word in _WORD.findall(plain(hit.paper.title))]
        both = pairwise(words)
        pairs.update(" ".join(pair) for pair in both if not _COMMON.intersection(pair))
    frequent = [pair for pair, _ in pairs.most_common(3)]
    for pair in frequent:
        yield pair, "all of these words"
        yield f'"{pair}"', "this phrase"
    for value in searcher.values("author", limit=3):
        if value.value != UNKNOWN and '"' not in value.value:
            yield f'author:"{value.value}"', "papers of an author"
    info = searcher.info()
    if info.last_year:
        yield f"year:{max(info.first_year or 0, info.last_year - 3)}-{info.last_year}", "some years"
    for value in searcher.values("venue", limit=2):
        if value.value != UNKNOWN and '"' not in value.value:
            name = f'"{value.value}"' if " " in value.value else value.value
            yield (
                f"venue:{name} {frequent[0].split()[0]}" if frequent else f"venue:{name}",
                ("words at a venue"),
            )
    for pair in frequent:
        first, second = pair.split()
        yield f"{first} -{second}", "one word without another"
