"""How a query was read, what emptied it, and what would find something."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from indexer.backends.whoosh.answer.evaluate import Evaluation
from indexer.backends.whoosh.answer.finding import Finding, find
from indexer.backends.whoosh.answer.matches import Desk
from indexer.backends.whoosh.answer.spelling import Spelling
from indexer.backends.whoosh.lookup.collection import Collection
from indexer.backends.whoosh.lookup.plan import Plan, plan_of
from indexer.backends.whoosh.lookup.reading import STOP_NOTE, LeafReading
from indexer.language.unparse import format_clause
from indexer.query import And, Clause, Match, Not, Or, Part, Query, Words, YearRange
from indexer.search import Alternative, ClauseReading, Receipt

LOOKED_AT = 24
"""Most leaves that are left out one by one to see what emptied the result."""
ALTERNATIVES = 6
DEPTH = 100
"""Deeper trees are answered, but neither written out in full nor taken apart."""


def receipt_of(
    collection: Collection, spelling: Spelling, found: Finding, desks: tuple[Desk, ...]
) -> Receipt:
    """Say how the query of a finding was read."""
    query = found.query
    deep = _depth(query.clause) > DEPTH
    leaves = found.plan.leaves
    asked = {id(reading) for reading in found.plan.asking}
    empty = query.match is not Match.ANY and (found.match is Match.ANY or not found.total)
    emptied = _emptied(collection, query, leaves, desks) if empty and len(leaves) > 1 else {}
    readings = tuple(
        ClauseReading(
            reading.leaf,
            format_clause(reading.leaf),
            hits_of(collection, found.plan, reading, desks),
            bool(emptied.get(at)),
            reading.note or (STOP_NOTE if reading.stop and id(reading) not in asked else ""),
        )
        for at, reading in enumerate(leaves)
    )
    alternatives: tuple[Alternative, ...] = ()
    if not deep:
        alternatives = tuple(_corrected(collection, spelling, found, desks))
    if empty and not deep:
        alternatives += tuple(_alternatives(collection, found, emptied, desks))
    return Receipt(
        "a very deep query" if deep else format_clause(query.clause),
        readings,
        "any" if found.match is Match.ANY else "all",
        query.repairs,
        alternatives,
    )


def hits_of(
    collection: Collection, plan: Plan, reading: LeafReading, desks: tuple[Desk, ...]
) -> int:
    """Count the papers that match one leaf on its own."""
    if len(reading.terms) == 1:
        return collection.scored(reading.terms[0]).papers
    total = 0
    for segment, desk in enumerate(desks):
        reader = collection.readers[segment]
        matches = Evaluation(collection, segment, plan, desk).leaf(reading)
        total += reader.papers - len(matches.docs) if matches.negated else len(matches.docs)
    return total


def _emptied(
    collection: Collection,
    query: Query,
    leaves: tuple[LeafReading, ...],
    desks: tuple[Desk, ...],
) -> dict[int, int]:
    """Give, for each of the first leaves, what is found when all words but it are needed."""
    found = {}
    for at in range(min(len(leaves), LOOKED_AT)):
        rest = plan_of(query.clause, collection.read, skip=at)
        found[at] = find(collection, replace(query, match=Match.ALL), desks, plan=rest).total
    return found


def _corrected(
    collection: Collection, spelling: Spelling, found: Finding, desks: tuple[Desk, ...]
) -> Iterator[Alternative]:
    """Give queries with a rare word corrected that find more; with all words if these did not."""
    partial = found.match is Match.ANY and found.query.match is Match.AUTO
    given: set[int] = set()
    for words, changed in spelling.corrected(found.query, found.plan):
        other = find(collection, changed, desks)
        if partial and other.match is Match.ANY:
            continue
        if other.total in given:  # another form of a word that was given
            continue
        if other.total > (0 if partial else found.total):
            given.add(other.total)
            yield Alternative(f"did you mean {words}", changed, other.total)


def _alternatives(
    collection: Collection, found: Finding, emptied: dict[int, int], desks: tuple[Desk, ...]
) -> Iterator[Alternative]:
    """Give queries that find more: one clause left out, or one filter."""
    query = replace(found.query, page=1)
    here = 0 if found.query.match is Match.ALL else found.total
    given = 0
    fewer = sorted(emptied.items(), key=lambda one: (-one[1], one[0]))
    for at, total in fewer:
        rest = without(query.clause, at)
        if not total or rest is None or given == ALTERNATIVES:
            continue
        changed = replace(query, text=format_clause(rest), clause=rest, repairs=(), match=Match.ALL)
        given += 1
        yield Alternative(f"without {format_clause(found.plan.leaves[at].leaf)}", changed, total)
    if found.total:
        return
    for label, changed in _unfiltered(query):
        if given == ALTERNATIVES:
            return
        total = find(collection, changed, desks).total
        if total > here:
            given += 1
            yield Alternative(label, changed, total)


def _unfiltered(query: Query) -> Iterator[tuple[str, Query]]:
    """Give the query with one filter less each, and what that means."""
    years = YearRange()
    if query.years != years or query.filter("year").include:
        others = tuple(one for one in query.filters if one.field != "year")
        yield "in any year", replace(query, years=years, filters=others)
    for one in query.filters:
        if one.field != "year" and (one.include or one.exclude):
            others = tuple(other for other in query.filters if other.field != one.field)
            yield f"with any {one.field}", replace(query, filters=others)


def _inner(clause: Clause) -> tuple[Clause, ...]:
    match clause:
        case Words(parts):
            return tuple(part.clause for part in parts)
        case And(clauses) | Or(clauses):
            return clauses
        case Not(inner):
            return (inner,)
    return ()


def _depth(clause: Clause | None) -> int:
    """Say how deep a tree is, looking no further than it matters."""
    level = [clause] if clause is not None else []
    depth = 0
    while level and depth <= DEPTH:
        depth += 1
        level = [inner for one in level for inner in _inner(one)]
    return depth


def without(clause: Clause | None, at: int) -> Clause | None:
    """Take the leaf at this place (in order, from 0) out of a tree that is not too deep."""
    return None if clause is None else _without(clause, at)[0]


def _without(clause: Clause, at: int) -> tuple[Clause | None, int]:
    """Give what stays, and the place left to look for after the leaves of this clause."""
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
            for one in clauses:
                inner, at = _without(one, at)
                if inner is not None:
                    left.append(inner)
            if len(left) == 1:
                return left[0], at
            return (type(clause)(tuple(left)) if left else None), at
        case Not(negated):
            inner, at = _without(negated, at)
            return (None if inner is None else Not(inner)), at
    return (None if at == 0 else clause), at - 1
