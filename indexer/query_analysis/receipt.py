"""The receipt of a query, for each engine: how it was read, what emptied it, what finds more.

An engine says what it found (`Outcome`) and counts what other queries would find (`Counting`).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Final, Protocol

from indexer.budget import Budget
from indexer.language.unparse import format_clause
from indexer.query import Clause, Leaf, Match, Query
from indexer.query_analysis.leaf_analysis import STOP_NOTE, LeafReading
from indexer.query_analysis.plan import Plan
from indexer.query_analysis.relaxation import is_deep, left_out, unfiltered, without
from indexer.results import Alternative, ClauseReading, Receipt
from indexer.suggestions.spelling_correction import SPELT_RIGHT, label_of

LOOKED_AT: Final = 24
"""Most leaves that are left out one by one to see what emptied the result."""
MOST_LEAVES: Final = 64
"""Queries of more leaves are not searched for the one that emptied them."""
ALTERNATIVES: Final = 6
"""Most queries that a receipt offers, corrections of the spelling aside."""


class Counted(Protocol):
    """How many papers a query finds."""

    @property
    def total(self) -> int:
        """All hits."""

    @property
    def full(self) -> int:
        """Hits that have all that was asked for: of papers with some of the words, none."""


class Outcome(Counted, Protocol):
    """What a query has found."""

    @property
    def query(self) -> Query:
        """The query as it was asked."""

    @property
    def plan(self) -> Plan:
        """The query as it was executed."""

    @property
    def match(self) -> Match:
        """ALL or ANY, as decided."""

    @property
    def all_words(self) -> int | None:
        """Hits that have all bare words, see `Receipt`."""

    @property
    def all_words_elsewhere(self) -> int:
        """Papers that have all bare words and do not pass the filters, see `Receipt`."""


class Counting(Protocol):
    """Counts papers on behalf of a receipt."""

    @property
    def notes(self) -> Mapping[Leaf, str]:
        """Leaves that were left out of the execution, with what to say of them, so far."""

    def leaf_hits(self, readings: tuple[LeafReading, ...]) -> Sequence[int]:
        """Returns the number of papers that match each leaf on its own."""

    def totals(self, queries: Sequence[Query]) -> Iterable[Counted]:
        """Counts what each query finds, lazily or together; ends early once it costs too much."""

    def totals_without(self, query: Query, leaves: range, budget: Budget) -> Iterable[Counted]:
        """Counts what a query finds without each of these leaves, in the same way.

        Args:
            query: as it was asked.
            leaves: places in its plan.
            budget: of the query, to which reading its patterns anew is charged.
        """


def receipt_of(
    outcome: Outcome,
    counting: Counting,
    corrected: Iterable[tuple[str, Query]],
    budget: Budget,
) -> Receipt:
    """Returns how a query was read.

    Args:
        outcome: what it found.
        counting: counts papers.
        corrected: the words put in and the query with them, best first; read only where a
            correction may be offered.
        budget: of the query; other queries are counted while its time lasts.
    """
    query, leaves = outcome.query, outcome.plan.leaves
    deep = is_deep(query.clause)
    asked = {id(reading) for reading in outcome.plan.asking}
    empty = query.match is not Match.ANY and not outcome.full
    emptied: dict[int, int] = {}
    if empty and 1 < len(leaves) <= MOST_LEAVES and not budget.overdue:
        places = range(min(len(leaves), LOOKED_AT))
        counts = counting.totals_without(replace(query, match=Match.ALL), places, budget)
        emptied = {place: count.total for place, count in zip(places, counts, strict=False)}
    hits = counting.leaf_hits(leaves)
    notes = counting.notes
    readings = tuple(
        ClauseReading(
            reading.leaf,
            format_clause(reading.leaf),
            hits[place],
            bool(emptied.get(place)),
            notes.get(reading.leaf)
            or reading.note
            or (STOP_NOTE if reading.stop and id(reading) not in asked else ""),
        )
        for place, reading in enumerate(leaves)
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
        outcome.all_words,
        outcome.all_words_elsewhere,
    )


def _corrected(
    outcome: Outcome, corrected: Iterable[tuple[str, Query]], counting: Counting
) -> Iterator[Alternative]:
    """Yields queries with a rare word corrected of which more papers have all words."""
    is_any = outcome.query.match is Match.ANY
    if outcome.full and not is_any and len(outcome.plan.asking) >= SPELT_RIGHT:
        return
    corrections = list(corrected)
    if not corrections:
        return
    counts = counting.totals([changed for _, changed in corrections])
    totals: set[int] = set()
    for (words, changed), count in zip(corrections, counts, strict=False):
        if count.total in totals:  # another form of a word that was offered
            continue
        if count.full > outcome.full:
            totals.add(count.total)
            yield Alternative(label_of(words), changed, count.total)


def _alternatives(
    outcome: Outcome, emptied: Mapping[int, int], counting: Counting
) -> Iterator[Alternative]:
    """Yields queries that find more: one clause left out, or one filter."""
    query = replace(outcome.query, page=1)
    here = 0 if query.match is Match.ALL else outcome.total
    offered = 0
    for place, total in sorted(emptied.items(), key=lambda item: (-item[1], item[0])):
        rest = without(query.clause, place)
        if not total or rest is None or offered == ALTERNATIVES:
            continue
        offered += 1
        yield Alternative(left_out(outcome.plan, place), _asking(query, rest), total)
    if offered == ALTERNATIVES or (outcome.total and not outcome.all_words_elsewhere):
        return
    freed = list(unfiltered(query))
    counts = counting.totals([changed for _, changed in freed])
    for (label, changed), count in zip(freed, counts, strict=False):
        # Where papers with some of the words are shown, those with all are what is more.
        if count.full if outcome.total else count.total > here:
            offered += 1
            yield Alternative(label, changed, count.total)
        if offered == ALTERNATIVES:
            return


def _asking(query: Query, clause: Clause) -> Query:
    """Returns the query with another clause, all of whose words are needed."""
    return replace(query, text=format_clause(clause), clause=clause, repairs=(), match=Match.ALL)
