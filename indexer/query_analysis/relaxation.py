"""Queries that ask for less: one clause left out, or one filter."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Final

from indexer.language.unparse import format_clause
from indexer.query import And, Clause, Not, Or, Part, Query, Words, YearRange, inner_clauses
from indexer.query_analysis.plan import Plan

DEPTH: Final = 100
"""Deeper trees are answered, but neither written out in full nor taken apart."""


def unfiltered(query: Query) -> Iterator[tuple[str, Query]]:
    """Yields the query with one filter less each, and what that means."""
    years = YearRange()
    if query.years != years or query.filter("year").include:
        others = tuple(
            facet_filter for facet_filter in query.filters if facet_filter.field != "year"
        )
        yield "in any year", replace(query, years=years, filters=others)
    for facet_filter in query.filters:
        if facet_filter.field != "year" and (facet_filter.include or facet_filter.exclude):
            others = tuple(other for other in query.filters if other.field != facet_filter.field)
            yield f"with any {facet_filter.field}", replace(query, filters=others)


def is_deep(clause: Clause | None) -> bool:
    """Returns whether a tree is too deep to be written out or taken apart."""
    level = [clause] if clause is not None else []
    depth = 0
    while level and depth <= DEPTH:
        depth += 1
        level = [inner for outer in level for inner in inner_clauses(outer) or ()]
    return depth > DEPTH


def left_out(plan: Plan, at: int) -> str:
    """Returns what a query lacks without the leaf at this place of its plan, as it was typed."""
    reading = plan.leaves[at]
    asked = any(other is reading for other in plan.asking)
    return f"without {format_clause(reading.leaf if asked else Not(reading.leaf))}"


def without(clause: Clause | None, at: int) -> Clause | None:
    """Takes the leaf at this place (in order, from 0) out of a tree that is not too deep."""
    return None if clause is None else _without(clause, at)[0]


def _without(clause: Clause, at: int) -> tuple[Clause | None, int]:
    """Returns what stays, and the place left to look for after the leaves of this clause."""
    match clause:
        case Words(parts):
            kept = []
            for part in parts:
                inner, at = _without(part.clause, at)
                if inner is not None:
                    kept.append(Part(inner, part.occur))
            if len(kept) == 1 and not kept[0].occur:
                return kept[0].clause, at
            return (Words(tuple(kept)) if kept else None), at
        case And(clauses) | Or(clauses):
            left = []
            for inner_clause in clauses:
                inner, at = _without(inner_clause, at)
                if inner is not None:
                    left.append(inner)
            if len(left) == 1:
                return left[0], at
            return (type(clause)(tuple(left)) if left else None), at
        case Not(negated):
            inner, at = _without(negated, at)
            return (None if inner is None else Not(inner)), at
    return (None if at == 0 else clause), at - 1
