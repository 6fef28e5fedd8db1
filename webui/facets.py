"""The filters beside a result: what each row says and where each of its links leads."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from indexer import UNKNOWN, Facet, FacetField, Filter, Query
from webui import changes

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
"""Gives the address of a query."""
Around = Callable[[Query, FacetField], Callable[[Filter], str]]
"""Gives what gives the address of a query with another filter of one field."""


@dataclass(frozen=True, slots=True)
class Row:
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
    count: int
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
    rows: tuple[Row, ...]
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
    """Word a value for the reader."""
    return "Unknown" if value == UNKNOWN else value


def facet_panel(query: Query, facet: Facet, around: Around) -> Panel:
    """Lay out one facet of an answer to a query."""
    field = facet.field
    was = query.filter(field)
    alone = changes.without_field(query, field)
    only = around(alone, field)
    # The years from and to make way for one year chosen, but not for one excluded.
    beside = around(replace(alone, years=query.years), field) if field == "year" else only
    rows = tuple(
        Row(
            value=one.value,
            label=facet_label(one.value),
            count=one.count,
            selected=one.selected,
            excluded=one.excluded,
            only=only(Filter(field, (one.value,))),
            without="" if one.excluded else beside(changes.excluding(was, one.value)),
            undo=beside(changes.without(was, one.value)) if one.selected or one.excluded else "",
        )
        for one in facet.values
    )
    return Panel(
        field=field,
        name=FIELD_NAMES[field],
        rows=rows,
        chosen=len(was.include) + len(was.exclude),
        distinct=facet.distinct,
    )


def chips(query: Query, write: Write) -> tuple[Chip, ...]:
    """List every filter that stands, in the order of the facets."""
    found: list[Chip] = []
    for one in query.filters:
        name = FIELD_NAMES[one.field]
        for values, wording in ((one.include, name), (one.exclude, f"Not {name.lower()}")):
            found += [
                Chip(
                    wording,
                    facet_label(value),
                    write(changes.without_value(query, one.field, value)),
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
        found.append(Chip("Years", wording, write(changes.without_years(query))))
    return tuple(found)
