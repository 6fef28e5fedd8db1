"""How a query was read, what emptied it, and what would find something."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Final, Protocol

from indexer.budget import Budget
from indexer.language.unparse import format_clause
from indexer.matching.loosening import is_deep, left_out, unfiltered, without
from indexer.matching.plan import Plan
from indexer.matching.reading import STOP_NOTE, LeafReading
from indexer.query import Match, Query
from indexer.search import Alternative, ClauseReading, Receipt

LOOKED_AT: Final = 24
"""Most leaves that are left out one by one to see what emptied the result."""
MOST_LEAVES: Final = 64
"""Queries of more leaves are not searched for the one that emptied them."""
ALTERNATIVES: Final = 6


class Counting(Protocol):
    """What a receipt asks of a searcher."""

    def leaf_hits(self, readings: tuple[LeafReading, ...]) -> list[int]:
        """Count the papers that match each leaf on its own."""

    def totals(
        self, queries: list[Query], *, skip: list[int | None], budget: Budget | None = None
    ) -> list[int]:
        """Count what each query finds, one of its leaves left out where `skip` says so."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a query; `match` is ALL or ANY, as decided."""

    query: Query
    plan: Plan
    match: Match
    total: int


def receipt_of(
    outcome: Outcome,
    counting: Counting,
    corrected: Iterable[tuple[str, Query]],
    budget: Budget,
) -> Receipt:
    """Say how the query of an outcome was read.

    Args:
        outcome: what came of it.
        counting: counts papers.
        corrected: of `spelling.Spelling`.
        budget: of the query; what would find more is looked for while its time lasts.
    """
    query, leaves = outcome.query, outcome.plan.leaves
    deep = is_deep(query.clause)
    asked = {id(reading) for reading in outcome.plan.asking}
    empty = query.match is not Match.ANY and (outcome.match is Match.ANY or not outcome.total)
    emptied: dict[int, int] = {}
    if empty and 1 < len(leaves) <= MOST_LEAVES and not budget.overdue:
        places = list(range(min(len(leaves), LOOKED_AT)))
        needed = [replace(query, match=Match.ALL)] * len(places)
        totals = counting.totals(needed, skip=[*places], budget=budget)
        emptied = dict(zip(places, totals, strict=True))
    hits = counting.leaf_hits(leaves)
    readings = tuple(
        ClauseReading(
            reading.leaf,
            format_clause(reading.leaf),
            hits[at],
            bool(emptied.get(at)),
            reading.note or (STOP_NOTE if reading.stop and id(reading) not in asked else ""),
        )
        for at, reading in enumerate(leaves)
    )
    alternatives: tuple[Alternative, ...] = ()
    if not deep and not budget.overdue:
        alternatives = tuple(_corrected(outcome, corrected, counting))
    if empty and not deep and not budget.overdue:
        alternatives += tuple(_alternatives(outcome, emptied, counting))
    return Receipt(
        "a very deep query" if deep else format_clause(query.clause),
        readings,
        "any" if outcome.match is Match.ANY else "all",
        query.repairs,
        alternatives,
    )


def _corrected(
    outcome: Outcome, corrected: Iterable[tuple[str, Query]], counting: Counting
) -> Iterator[Alternative]:
    """Give queries with a rare word corrected that find more; with all words if these did not."""
    asked = list(corrected)
    if not asked:
        return
    partial = outcome.match is Match.ANY and outcome.query.match is Match.AUTO
    queries = [changed for _, changed in asked]
    needed = [replace(one, match=Match.ALL) for one in queries] if partial else queries
    totals = counting.totals(needed, skip=[None] * len(needed))
    given: set[int] = set()
    for (words, changed), total in zip(asked, totals, strict=True):
        if total in given:  # another form of a word that was given
            continue
        if total > (0 if partial else outcome.total):
            given.add(total)
            yield Alternative(f"did you mean {words}", changed, total)


def _alternatives(
    outcome: Outcome, emptied: dict[int, int], counting: Counting
) -> Iterator[Alternative]:
    """Give queries that find more: one clause left out, or one filter."""
    query = replace(outcome.query, page=1)
    here = 0 if query.match is Match.ALL else outcome.total
    given = 0
    for at, total in sorted(emptied.items(), key=lambda one: (-one[1], one[0])):
        rest = without(query.clause, at)
        if total and rest is not None and given < ALTERNATIVES:
            text = format_clause(rest)
            changed = replace(query, text=text, clause=rest, repairs=(), match=Match.ALL)
            given += 1
            label = left_out(outcome.plan, at)
            yield Alternative(label, changed, total)
    if outcome.total:
        return
    freed = list(unfiltered(query))
    totals = counting.totals([changed for _, changed in freed], skip=[None] * len(freed))
    for (label, changed), total in zip(freed, totals, strict=True):
        if total > here and given < ALTERNATIVES:
            given += 1
            yield Alternative(label, changed, total)
