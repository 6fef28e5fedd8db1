"""How a subject grows or fades: the share of each year's papers that match a query.

Shares, not counts: a field that publishes twice as much has twice the papers on everything.
"""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass, replace
from typing import Any, Final

from flask import Blueprint, Response, render_template, request, url_for
from flask.typing import ResponseReturnValue

from indexer import FacetRequest, Match, Query, Searcher, YearRange, parse_query
from webui.http import request_context
from webui.http.error_pages import refused

blueprint = Blueprint("trends", __name__)
MOST: Final = 5
_WIDTH: Final = 672
_HEIGHT: Final = 260
_STEPS: Final = (10, 15, 20, 30, 40, 50, 60, 80)
"""Upper edges of the frame within one power of ten; half of each is round, too."""


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


def trends(searcher: Searcher, queries: tuple[Query, ...]) -> Trends:
    """Count queries year by year; they have the same filters and range of years."""
    everything = replace(queries[0], text="", clause=None) if queries else Query()
    totals = _by_year(searcher, everything)
    low, high = everything.years.low, everything.years.high
    known = [
        year for year in totals if (low is None or low <= year) and (high is None or year <= high)
    ]
    years = tuple(range(min(known), max(known) + 1)) if known else ()
    counted = [(query, _by_year(searcher, query)) for query in queries]
    shares = [counts.get(year, 0) / totals[year] for _, counts in counted for year in known]
    top = _rounded(max(shares, default=0.0))
    lines = tuple(_trend(query, counts, years, totals, top) for query, counts in counted)
    return Trends(years, totals, lines, top)


@blueprint.get("/trends")
def page() -> ResponseReturnValue:
    """Returns up to five queries (``q``, repeated) drawn over the years, and as a table."""
    read = _asked()
    if isinstance(read, Response):
        return read
    found = trends(request_context.searcher(), read)
    request_context.whole()
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
    return render_template(
        "trends/page.html",
        trends=found,
        typed=[*(query.text for query in read), *[""] * (MOST - len(read))],
        filters=filters,
        hrefs=[request_context.search_href(query) for query in read],
        csv_href=_written("trends.table", pairs + filters),
        width=_WIDTH,
        height=_HEIGHT,
        x=lambda year: _x(year, found.years),
        generation=request_context.searcher().generation,
    )


@blueprint.get("/trends.csv")
def table() -> ResponseReturnValue:
    """Returns the numbers behind the lines."""
    read = _asked()
    if isinstance(read, Response):
        return read
    found = trends(request_context.searcher(), read)
    request_context.whole()
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


def _asked() -> tuple[Query, ...] | Response:
    asked = request_context.asked()
    if asked.faults:
        return refused(asked)
    longest = request_context.params().max_text
    typed = [one.strip()[:longest] for one in request.args.getlist("q") if one.strip()]
    query = asked.query
    return tuple(
        parse_query(
            one,
            filters=query.filters,
            years=query.years,
            # Falling back to any of the words would draw another subject's line.
            match=Match.ALL if query.match is Match.AUTO else query.match,
            per_page=request_context.params().per_page,
        )
        for one in dict.fromkeys(typed[:MOST])
    )


def _by_year(searcher: Searcher, query: Query) -> dict[int, int]:
    counted = replace(query, page=1, per_page=0, years=YearRange())
    counted = replace(counted, filters=tuple(one for one in counted.filters if one.field != "year"))
    facet = searcher.search(counted, facets=(FacetRequest("year", 0),)).facets["year"]
    return {int(one.value): one.count for one in facet.values if one.value.isdecimal()}


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


def _written(endpoint: str, pairs: list[tuple[str, str]]) -> str:
    named: dict[str, Any] = {}
    for name, value in pairs:
        named.setdefault(name, []).append(value)
    return url_for(endpoint, **named)
