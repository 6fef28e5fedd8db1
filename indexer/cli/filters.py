"""The options of a search: filters, years, order and page, as the `Query` they make."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, TypeVar

import click

from indexer.cleaning.venues import Venues
from indexer.cli.terminal import echo_lines
from indexer.query import FACET_FIELDS, FacetField, Filter, Match, Sort, YearRange
from indexer.search import Searcher
from indexer.text.folding import fold

Function = TypeVar("Function", bound=Callable[..., Any])
_MOST_YEARS = 500
_YEARS = re.compile(
    r"(?:(?P<op>>=|<=|>|<|=)\s*)?(?P<low>\d{1,4})?\s*(?P<dash>\.\.|--|-|–|:)?\s*(?P<high>\d{1,4})?"
)


def filter_options(function: Function) -> Function:
    """Declares the filters, each repeatable: values of one are OR, different ones AND."""
    for option in (
        click.option(
            "--year",
            "years",
            multiple=True,
            metavar="YEARS",
            help="2019, 2019-2022, 2019-, -2022 or '>=2019'.",
        ),
        click.option("--author-not", multiple=True, metavar="NAME", help="Not by this author."),
        click.option("--author", multiple=True, metavar="NAME", help="By this exact name."),
        click.option("--type-not", multiple=True, metavar="TYPE", help="Not of this type."),
        click.option(
            "--type", multiple=True, metavar="TYPE", help="'Conference Paper' or 'Journal Article'."
        ),
        click.option(
            "--venue-not", multiple=True, metavar="VENUE", help="Not published at this venue."
        ),
        click.option(
            "--venue",
            multiple=True,
            metavar="VENUE",
            help="Published at this venue, such as NeurIPS.",
        ),
    ):
        function = option(function)
    return function


def order_options(function: Function) -> Function:
    """Declares the order of the hits and how many words must match."""
    for option in (
        click.option(
            "--match",
            type=click.Choice([match.value for match in Match]),
            default=Match.AUTO.value,
            show_default=True,
            help="Words a paper must contain; auto: all, or some where few papers have all.",
        ),
        click.option(
            "--sort",
            type=click.Choice([sort.value for sort in Sort]),
            default=Sort.RELEVANCE.value,
            show_default=True,
            help="Order of the results; -year is newest first.",
        ),
    ):
        function = option(function)
    return function


def read_filters(
    searcher: Searcher,
    chosen: dict[str, tuple[str, ...]],
    years: tuple[str, ...],
    venues: Venues,
) -> tuple[tuple[Filter, ...], YearRange]:
    """Returns the filters of a query that the options ask for.

    A value is taken as it is in the index where only case or accents differ ("icml" is ICML).

    Args:
        searcher: knows the values.
        chosen: by option name: venue, venue_not, type, type_not, author, author_not.
        years: values of ``--year``; one is a range, several are alternatives.
        venues: the table of their aliases.
    """
    asked, span = _read_years(years)
    filters: list[Filter] = []
    for field in FACET_FIELDS:
        include = (
            asked if field == "year" else _known_values(searcher, field, chosen[field], venues)
        )
        exclude = (
            ()
            if field == "year"
            else _known_values(searcher, field, chosen[f"{field}_not"], venues)
        )
        if include or exclude:
            filters.append(Filter(field, include, exclude))
    return tuple(filters), span


def read_years(text: str) -> YearRange:
    """Reads the years of one ``--year``.

    Raises:
        BadParameter: where they are none.
    """
    match = _YEARS.fullmatch(text.strip())
    parts = match.groupdict() if match else {}
    low, high = (int(parts[side]) if parts.get(side) else None for side in ("low", "high"))
    operator, dash = parts.get("op"), parts.get("dash")
    if (low is None and high is None) or (operator and (dash or high is not None)):
        raise click.BadParameter(
            f"expected years such as 2019, 2019-2022, 2019-, -2022 or '>=2019'; got '{text}'",
            param_hint="'--year'",
        )
    if operator and low is not None:
        return {
            ">=": YearRange(low, None),
            ">": YearRange(low + 1, None),
            "<=": YearRange(None, low),
            "<": YearRange(None, low - 1),
            "=": YearRange(low, low),
        }[operator]
    if not dash:
        return YearRange(low, low)
    if low is not None and high is not None and low > high:
        raise click.BadParameter(
            f"{low} is after {high}; did you mean {high}-{low}?", param_hint="'--year'"
        )
    return YearRange(low, high)


def _read_years(texts: tuple[str, ...]) -> tuple[tuple[str, ...], YearRange]:
    if len(texts) < 2:
        return (), read_years(texts[0]) if texts else YearRange()
    years: set[int] = set()
    for text in texts:
        span = read_years(text)
        if span.low is None or span.high is None or span.high - span.low >= _MOST_YEARS:
            raise click.BadParameter(
                f"several --year need both ends; got '{text}'", param_hint="'--year'"
            )
        years.update(range(span.low, span.high + 1))
    return tuple(str(year) for year in sorted(years, reverse=True)), YearRange()


def _known_values(
    searcher: Searcher, field: FacetField, texts: tuple[str, ...], venues: Venues
) -> tuple[str, ...]:
    values_: list[str] = []
    for text in texts:
        values = [value.value for value in searcher.values(field, contains=text, limit=0)]
        alike = [value for value in values if fold(value).text == fold(text).text]
        chosen = text if text in values or len(alike) != 1 else alike[0]
        name = venues.alias(text) if field == "venue" else ""
        if chosen not in values and name:
            named = [value.value for value in searcher.values(field, contains=name, limit=0)]
            chosen, values = (name, [name]) if name in named else (chosen, values)
        if chosen not in values:
            near = f" Did you mean: {', '.join(alike or values[:3])}?" if values else ""
            echo_lines(f"No {field} in the index is exactly '{text}'.{near}", err=True)
        values_.append(chosen)
    return tuple(dict.fromkeys(values_))
