"""How a subject grows or fades: the share of each year's papers that match a query.

Shares, not counts: a field that publishes twice as much has twice the papers on everything.
"""

from __future__ import annotations

import csv
import io
import re
from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import dataclass, replace
from threading import Lock
from typing import Any, Final

from flask import Blueprint, Flask, Response, current_app, render_template, request, url_for
from flask.typing import ResponseReturnValue

from indexer import FacetRequest, Match, Query, Searcher, YearRange, name_slug, parse_query
from webui.http import request_context
from webui.http.error_pages import refused
from webui.openapi.answers import TrendsJson
from webui.urls import query_edits
from webui.urls.slugs import Moved, find_venue
from webui.views.json_api import answer

blueprint = Blueprint("trends", __name__)
MOST: Final = 5
_WIDTH: Final = 672
_HEIGHT: Final = 260
_STEPS: Final = (10, 15, 20, 30, 40, 50, 60, 80)
"""Upper edges of the frame within one power of ten; half of each is round, too."""
_LABELS: Final = 8
"""Years named below the frame, at most: more of them touch on a telephone."""
_REMEMBERED: Final = 500
"""Queries whose counts are remembered, of some 3 kB each for 40 years."""
_COUNTS: Final = "quiver.year_counts"
_WORDS: Final = re.compile(r"[^\W_]+(?: [^\W_]+){0,4}")
"""A query of nothing but words, each counted in every grammatical form."""


@dataclass(frozen=True, slots=True)
class Trend:
    """One query over the years.

    Attributes:
        query: the query with the filters that hold for all.
        counts: papers that match, by year.
        line: points of its line, as SVG writes them; a year without papers breaks it.
        end: where its line ends, for its label; None where it has no point.
    """

    query: Query
    counts: dict[int, int]
    line: str
    end: tuple[float, float] | None


@dataclass(frozen=True, slots=True)
class Trends:
    """All lines in one frame.

    Attributes:
        years: without gaps, oldest first.
        totals: papers of each year, matching or not.
        top: the share at the upper edge, from 0 to 1.
    """

    years: tuple[int, ...]
    totals: dict[int, int]
    lines: tuple[Trend, ...]
    top: float

    def share(self, trend: Trend, year: int) -> float | None:
        """Returns the share of a year's papers that match, from 0 to 1; None without papers."""
        total = self.totals.get(year, 0)
        return trend.counts.get(year, 0) / total if total else None


class YearCounts:
    """Remembers how many papers of each year match the last queries; threads may share it.

    Five costly queries may take longer than a page may. What was counted until then stays, so that
    the page which is refused is whole when it is asked for again.
    """

    def __init__(self, most: int = _REMEMBERED) -> None:
        """Remember nothing yet.

        Args:
            most: queries that are remembered.
        """
        self._most = most
        self._lock = Lock()
        self._known: OrderedDict[Hashable, dict[int, int]] = OrderedDict()

    def of(self, searcher: Searcher, query: Query) -> dict[int, int]:
        """Returns the number of matching papers by year, whatever years the query asks for.

        Raises:
            QueryTimedOut: when the deadline has cut the count.
        """
        key = (searcher.identity, searcher.generation, query.text, query.match, query.filters)
        with self._lock:
            if key in self._known:
                self._known.move_to_end(key)
                return self._known[key]
        counts = _by_year(searcher, query)
        request_context.require_complete()
        with self._lock:
            self._known[key] = counts
            if len(self._known) > self._most:
                self._known.popitem(last=False)
        return counts


def register(app: Flask) -> None:
    """Adds the pages, and what they remember, to an application."""
    app.extensions[_COUNTS] = YearCounts()
    app.register_blueprint(blueprint)


def trends(
    searcher: Searcher,
    queries: tuple[Query, ...],
    count: Callable[[Searcher, Query], dict[int, int]],
) -> Trends:
    """Counts queries year by year.

    Args:
        searcher: counts the papers.
        queries: with the same filters and range of years.
        count: returns the number of matching papers by year.
    """
    everything = replace(queries[0], text="", clause=None) if queries else Query()
    totals = count(searcher, everything)
    low, high = everything.years.low, everything.years.high
    known = [
        year for year in totals if (low is None or low <= year) and (high is None or year <= high)
    ]
    years = tuple(range(min(known), max(known) + 1)) if known else ()
    counted = [(query, count(searcher, query)) for query in queries]
    shares = [counts.get(year, 0) / totals[year] for _, counts in counted for year in known]
    top = _rounded(max(shares, default=0.0))
    lines = tuple(_trend(query, counts, years, totals, top) for query, counts in counted)
    return Trends(years, totals, lines, top)


@blueprint.get("/trends")
def page() -> ResponseReturnValue:
    """Returns up to five queries (``q``, repeated) drawn over the years, and as a table."""
    read = _read_queries()
    if isinstance(read, Response):
        return read
    found = _counted(read)
    pairs = [("q", query.text) for query in read]
    filters = (
        [
            pair
            for pair in request_context.params().pairs(read[0])
            if pair[0] not in ("q", "page", "sort", "per_page")
        ]
        if read
        else []
    )
    venue = _venue(read[0]) if read else ""
    return render_template(
        "trends/page.html",
        trends=found,
        exact=_exact(read, filters),
        labels=_labels(found.years),
        year_columns=_columns(found),
        venue=venue,
        unknown_venue=bool(venue) and not found.totals,
        json_href=_address("trends.as_json", pairs + filters),
        typed=[*(query.text for query in read), *[""] * (MOST - len(read))],
        filters=filters,
        hrefs=[request_context.search_href(query) for query in read],
        csv_href=_address("trends.table", pairs + filters),
        width=_WIDTH,
        height=_HEIGHT,
        generation=request_context.searcher().generation,
    )


@blueprint.get("/trends.json")
def as_json() -> ResponseReturnValue:
    """Returns the numbers behind the lines, and how each query was read."""
    read = _read_queries()
    if isinstance(read, Response):
        return read
    found = _counted(read)
    told: TrendsJson = {
        "papers": {str(year): found.totals.get(year, 0) for year in found.years},
        "queries": [
            {
                "query": trend.query.text,
                "counts": {str(year): trend.counts.get(year, 0) for year in found.years},
            }
            for trend in found.lines
        ],
        "generation": request_context.searcher().generation,
    }
    return answer(told)


@blueprint.get("/trends.csv")
def table() -> ResponseReturnValue:
    """Returns the numbers behind the lines."""
    read = _read_queries()
    if isinstance(read, Response):
        return read
    found = _counted(read)
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(["query", "year", "papers", "papers of the year", "share"])
    for trend in found.lines:
        # A cell that begins like a formula is one to a spreadsheet (OWASP, CSV injection).
        text = trend.query.text
        safe = f"'{text}" if text[:1] in "=+-@\t\r" else text
        for year in found.years:
            share = found.share(trend, year)
            shown = "" if share is None else f"{share:.6f}"
            row = [safe, year, trend.counts.get(year, 0), found.totals.get(year, 0), shown]
            writer.writerow(row)
    return Response(out.getvalue(), content_type="text/csv; charset=utf-8; header=present")


def _counted(read: tuple[Query, ...]) -> Trends:
    """Returns the trends of queries.

    Raises:
        QueryTimedOut: when the deadline has cut anything.
    """
    counts: YearCounts = current_app.extensions[_COUNTS]
    return trends(request_context.searcher(), read, counts.of)


def _read_queries() -> tuple[Query, ...] | Response:
    asked = request_context.read_request()
    if asked.faults:
        return refused(asked)
    longest = request_context.params().max_text
    asked_venues = asked.query.filter("venue").include
    if asked_venues and (named := _known_venue(asked_venues[0])) != asked_venues[0]:
        # The box takes a name as it is typed; the counts need it as it is printed.
        asked = replace(asked, query=query_edits.narrowed(asked.query, "venue", named))
    typed = [text.strip()[:longest] for text in request.args.getlist("q") if text.strip()]
    query = asked.query
    return tuple(
        parse_query(
            key,
            filters=query.filters,
            years=query.years,
            # Falling back to any of the words would draw another subject's line.
            match=Match.ALL if query.match is Match.AUTO else query.match,
            per_page=request_context.params().per_page,
        )
        for key in dict.fromkeys(typed[:MOST])
    )


def _by_year(searcher: Searcher, query: Query) -> dict[int, int]:
    counted = replace(query, page=1, per_page=0, years=YearRange())
    counted = replace(
        counted,
        filters=tuple(
            facet_filter for facet_filter in counted.filters if facet_filter.field != "year"
        ),
    )
    facet = searcher.search(counted, facets=(FacetRequest("year", 0),)).facets["year"]
    return {int(value.value): value.count for value in facet.values if value.value.isdecimal()}


def _trend(
    query: Query,
    counts: dict[int, int],
    years: tuple[int, ...],
    totals: dict[int, int],
    top: float,
) -> Trend:
    steps: list[str] = []
    end: tuple[float, float] | None = None
    drawing = False
    for year in years:
        if not totals.get(year):
            drawing = False
            continue
        share = counts.get(year, 0) / totals[year]
        end = (_x(year, years), round(_HEIGHT * (1 - share / top), 1))
        steps.append(f"{'L' if drawing else 'M'}{end[0]} {end[1]}")
        drawing = True
    return Trend(query, counts, "".join(steps), end)


def _x(year: int, years: tuple[int, ...]) -> float:
    span = max(1, len(years) - 1)
    return round(_WIDTH * (year - years[0]) / span, 1)


def _rounded(share: float) -> float:
    """Returns the next round share above a share, so that the axis has readable labels."""
    edges = (step / scale for scale in (100_000, 10_000, 1_000, 100) for step in _STEPS)
    return next((edge for edge in edges if share <= edge), 1.0)


def _venue(query: Query) -> str:
    """Returns the venue that the queries are limited to; empty where there is none, or several."""
    chosen = query.filter("venue").include
    return chosen[0] if len(chosen) == 1 else ""


def _known_venue(text: str) -> str:
    """Returns the venue that a text names, in any case and without accents, or else the text."""
    searcher = request_context.searcher()
    named = find_venue(searcher, name_slug(text))
    if isinstance(named, Moved):
        named = find_venue(searcher, named.slug)
    return named if isinstance(named, str) else text


def _exact(read: tuple[Query, ...], filters: list[tuple[str, str]]) -> list[dict[str, str]]:
    """Returns, for each query of plain words, the address that counts these forms of them only."""
    texts = [query.text for query in read]
    offers = []
    for place, text in enumerate(texts):
        if not _WORDS.fullmatch(text):
            continue
        quoted = " ".join(f'"{word}"' for word in text.split())
        pairs = [("q", text) for text in [*texts[:place], quoted, *texts[place + 1 :]]]
        offers.append({"text": text, "href": _address("trends.page", pairs + filters)})
    return offers


def _labels(years: tuple[int, ...]) -> list[tuple[float, int]]:
    """Returns the years to name below the frame, each with its place: round ones and the ends."""
    if not years:
        return []
    step = next(
        step_ for step_ in (1, 2, 5, 10, 20, 50, 100, 10_000) if len(years) / step_ < _LABELS
    )
    first, last = years[0], years[-1]
    # A round year beside an end would touch it.
    apart = max(1, (last - first) * 12 // 100)
    inner = [
        year for year in years if year % step == 0 and year - first > apart and last - year > apart
    ]
    return [(_x(year, years), year) for year in dict.fromkeys([first, *inner, last])]


def _columns(found: Trends) -> list[dict[str, Any]]:
    """Lays out one column a year, which shows the values of the year on hover and on focus."""
    half = _WIDTH / max(1, len(found.years) - 1) / 2
    columns = []
    for year in found.years:
        if not found.totals.get(year):
            continue
        x = _x(year, found.years)
        values = [
            f"{trend.query.text[:40]} {100 * (found.share(trend, year) or 0):.2f}% "
            f"({trend.counts.get(year, 0):,})"
            for trend in found.lines
        ]
        columns.append(
            {"year": year, "x": x, "left": round(x - half, 1), "wide": round(2 * half, 1)}
            | {"shares": values, "papers": found.totals[year]}
        )
    return columns


def _address(endpoint: str, pairs: list[tuple[str, str]]) -> str:
    named: dict[str, Any] = {}
    for name, value in pairs:
        named.setdefault(name, []).append(value)
    return url_for(endpoint, **named)
