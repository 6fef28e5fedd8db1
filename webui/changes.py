"""What each control of a result page does to the query it stands on.

Pure functions from query to query; each keeps everything it does not speak of, and all but
`turned` go back to page one, for a page number means nothing in another set or order.
"""

from __future__ import annotations

from dataclasses import replace

from indexer import FACET_FIELDS, FacetField, Filter, Query, Sort, YearRange


def narrowed(query: Query, field: FacetField, value: str) -> Query:
    """Make a value the only one chosen of its facet; the facet's other conditions go."""
    return _with(query, Filter(field, include=(value,)))


def excluded(query: Query, field: FacetField, value: str) -> Query:
    """Take the papers with a value away; other conditions of its facet stay."""
    was = query.filter(field)
    kept = tuple(one for one in was.include if one != value)
    return _with(
        query,
        Filter(field, include=kept, exclude=tuple(sorted({*was.exclude, value}))),
        keep_years=True,
    )


def without_value(query: Query, field: FacetField, value: str) -> Query:
    """Drop a value from its filter, whether it was chosen or excluded."""
    was = query.filter(field)
    return _with(
        query,
        Filter(
            field,
            include=tuple(one for one in was.include if one != value),
            exclude=tuple(one for one in was.exclude if one != value),
        ),
        keep_years=True,
    )


def without_field(query: Query, field: FacetField) -> Query:
    """Drop every condition on a facet; for the year its range, too."""
    return _with(query, Filter(field))


def without_years(query: Query) -> Query:
    """Drop the range of years, keeping years chosen one by one."""
    return replace(query, years=YearRange(), page=1)


def cleared(query: Query) -> Query:
    """Drop all filters, keeping what was typed and the order."""
    return replace(query, filters=(), years=YearRange(), page=1)


def in_year(query: Query, year: int) -> Query:
    """Look at one year only, as a bar of the histogram does."""
    return replace(without_field(query, "year"), years=YearRange(year, year))


def sorted_by(query: Query, sort: Sort) -> Query:
    """Put the same papers in another order."""
    return replace(query, sort=sort, page=1)


def sized(query: Query, per_page: int) -> Query:
    """Show more or fewer hits a page."""
    return replace(query, per_page=per_page, page=1)


def turned(query: Query, page: int) -> Query:
    """Turn to a page of the same answer."""
    return replace(query, page=page)


def filtered(query: Query) -> bool:
    """Say whether any filter stands."""
    return query.years != YearRange() or any(one.include or one.exclude for one in query.filters)


def _with(query: Query, changed: Filter, *, keep_years: bool = False) -> Query:
    """Put one facet's filter in the place of the one before; an empty one goes."""
    by_field = {one.field: one for one in query.filters} | {changed.field: changed}
    filters = tuple(
        by_field[field]
        for field in FACET_FIELDS
        if field in by_field and (by_field[field].include or by_field[field].exclude)
    )
    drop_years = changed.field == "year" and not keep_years
    return replace(query, filters=filters, years=YearRange() if drop_years else query.years, page=1)
