"""What each control of a result page does to the query it stands on.

Pure functions from query to query; each keeps everything it does not speak of, and all but
`turned` go back to page one, for a page number means nothing in another set or order.
"""

from __future__ import annotations

from dataclasses import replace

from indexer import FACET_FIELDS, FacetField, Filter, Query, Sort, YearRange


def narrowed(query: Query, field: FacetField, value: str) -> Query:
    """Returns the query with this value as the only filter of its facet."""
    return _with(query, Filter(field, include=(value,)))


def without_value(query: Query, field: FacetField, value: str) -> Query:
    """Drops a value from its filter, whether it was chosen or excluded."""
    return _with(query, without(query.filter(field), value), keep_years=True)


def excluding(was: Filter, value: str) -> Filter:
    """Exclude a value in a filter, where it may have been chosen."""
    kept = tuple(kept_value for kept_value in was.include if kept_value != value)
    return Filter(was.field, include=kept, exclude=tuple(sorted({*was.exclude, value})))


def without(was: Filter, value: str) -> Filter:
    """Drops a value from a filter."""
    return Filter(
        was.field,
        include=tuple(kept_value for kept_value in was.include if kept_value != value),
        exclude=tuple(kept_value for kept_value in was.exclude if kept_value != value),
    )


def without_field(query: Query, field: FacetField) -> Query:
    """Drops every condition on a facet; for the year its range, too."""
    return _with(query, Filter(field))


def without_years(query: Query) -> Query:
    """Drops the range of years, keeping years chosen one by one."""
    return replace(query, years=YearRange(), page=1)


def cleared(query: Query) -> Query:
    """Drops all filters, keeping what was typed and the order."""
    return replace(query, filters=(), years=YearRange(), page=1)


def sorted_by(query: Query, sort: Sort) -> Query:
    """Returns the query for the same papers in another order."""
    return replace(query, sort=sort, page=1)


def turned(query: Query, page: int) -> Query:
    """Turns to a page of the same answer."""
    return replace(query, page=page)


def filtered(query: Query) -> bool:
    """Returns whether the query has any filter."""
    return query.years != YearRange() or any(
        facet_filter.include or facet_filter.exclude for facet_filter in query.filters
    )


def _with(query: Query, changed: Filter, *, keep_years: bool = False) -> Query:
    """Returns the query with this filter as its facet's only one; an empty one is dropped."""
    by_field = {facet_filter.field: facet_filter for facet_filter in query.filters} | {
        changed.field: changed
    }
    filters = tuple(
        by_field[field]
        for field in FACET_FIELDS
        if field in by_field and (by_field[field].include or by_field[field].exclude)
    )
    drop_years = changed.field == "year" and not keep_years
    return replace(query, filters=filters, years=YearRange() if drop_years else query.years, page=1)
