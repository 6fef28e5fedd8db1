"""The filters beside a result: what each row says and where each of its links leads."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import NamedTuple

from indexer import UNKNOWN, Facet, FacetField, Query, as_words
from webui.urls import query_edits
from webui.urls.query_params import Around

FIELD_NAMES: dict[FacetField, str] = {
    "venue": "Venue",
    "year": "Year",
    "type": "Type",
    "author": "Author",
}
PLURALS: dict[FacetField, str] = {
    "venue": "venues",
    "year": "years",
    "type": "types",
    "author": "author names",
}
Write = Callable[[Query], str]
"""Returns the address of a query."""
WriteAround = Callable[[Query, FacetField], Around]
"""Returns what writes the addresses of a query with another filter of one field."""


class FacetRow(NamedTuple):
    """One value of a facet.

    Attributes:
        value: what the filter takes.
        label: what the reader sees.
        count: hits after following `only`.
        only: address with this value the only one chosen in its facet.
        without: address with this value excluded; empty when it is.
        undo: address with neither; empty when neither stands.
    """

    value: str
    label: str
    count: int  # type: ignore[assignment] # the number, not the method of tuples
    selected: bool
    excluded: bool
    only: str
    without: str
    undo: str


@dataclass(frozen=True, slots=True)
class Panel:
    """One facet of a result.

    Attributes:
        field: the parameter it sets.
        name: its heading.
        chosen: how many of its values are chosen or excluded.
        distinct: how many values have hits; more than `rows` where the list is cut.
    """

    field: FacetField
    name: str
    rows: tuple[FacetRow, ...]
    chosen: int
    distinct: int


@dataclass(frozen=True, slots=True)
class Chip:
    """A filter that stands, and the address without it.

    Attributes:
        name: the field and how it is meant ("Venue", "Not author").
    """

    name: str
    value: str
    remove: str


def facet_label(value: str) -> str:
    """Words a value for the reader."""
    return "Unknown" if value == UNKNOWN else value


def facet_panel(query: Query, facet: Facet, around: WriteAround) -> Panel:
    """Lays out one facet of an answer to a query."""
    field = facet.field
    was = query.filter(field)
    alone = query_edits.without_field(query, field)
    only = around(alone, field)
    # The years from and to make way for one year chosen, but not for one excluded.
    with_years = field == "year" and query.years != alone.years
    beside = around(replace(alone, years=query.years), field) if with_years else only
    stands = bool(was.include or was.exclude)
    rows = []
    for value, count, selected, excluded in facet.values:
        chosen, without = only.with_value(value)
        if excluded:
            without = ""
        elif stands:
            without = beside.filtered(query_edits.excluding(was, value))
        elif with_years:
            _, without = beside.with_value(value)
        undo = beside.filtered(query_edits.without(was, value)) if selected or excluded else ""
        label = facet_label(value)
        rows.append(FacetRow(value, label, count, selected, excluded, chosen, without, undo))
    return Panel(
        field=field,
        name=FIELD_NAMES[field],
        rows=tuple(rows),
        chosen=len(was.include) + len(was.exclude),
        distinct=facet.distinct,
    )


def chips(query: Query, write: Write) -> tuple[Chip, ...]:
    """Lists every filter that stands, in the order of the facets."""
    found: list[Chip] = []
    for facet_filter in query.filters:
        name = FIELD_NAMES[facet_filter.field]
        for values, wording in (
            (facet_filter.include, name),
            (facet_filter.exclude, f"Not {name.lower()}"),
        ):
            found += [
                Chip(
                    wording,
                    facet_label(value),
                    write(query_edits.without_value(query, facet_filter.field, value)),
                )
                for value in values
            ]
    low, high = query.years.low, query.years.high
    if low is not None or high is not None:
        if low == high:
            wording = str(low)
        elif low is None:
            wording = f"up to {high}"
        elif high is None:
            wording = f"from {low}"
        else:
            wording = f"{low}–{high}"
        found.append(Chip("Years", wording, write(query_edits.without_years(query))))
    for typed in query.typed:
        words = replace(query, text=as_words(query.text, typed), typed=(), page=1)
        found.append(Chip(FIELD_NAMES[typed.field], f"{typed.value} (typed)", write(words)))
    return tuple(found)
