"""A query that was read, written as one query of the cluster whose scores are the tree's."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from indexer.backends.opensearch.mapping import Body
from indexer.backends.opensearch.scoring import (
    EVERYTHING,
    NOTHING,
    Scoring,
    either,
    every,
    quiet,
)
from indexer.backends.opensearch.term_queries import frequency, matching, record_query, scored
from indexer.query import Match, Occur
from indexer.query_analysis.leaf_analysis import LeafReading
from indexer.query_analysis.plan import Either, Every, Plan, Run, Without, hinting
from indexer.query_analysis.terms import TextTerm

Holding = Callable[[TextTerm], int]
"""How many papers hold a term."""
MOST_CLAUSES: Final = 1000
"""Single conditions in one request; a cluster refuses more than 1,024 unless told otherwise."""


def matching_query(plan: Plan, match: Match) -> Body:
    """Matches what a query asks for, scoring nothing."""
    return _write_plan(plan, match, _leaf_match)


def scored_query(  # noqa: PLR0913 - all that a score is made of
    plan: Plan,
    match: Match,
    holding: Holding,
    scoring: Scoring,
    names: Mapping[TextTerm, str] | None = None,
    *,
    parts: bool = True,
) -> Body:
    """Matches what a query asks for, with the sum of the scores of its leaves.

    Args:
        plan: the query, read.
        match: ALL or ANY.
        holding: for the idf of a term.
        scoring: the weights.
        names: terms whose presence hits tell (`term_queries.scored`); of the parts of a compound,
            which score where words may be missing, with an ``h`` before.
        parts: let these score.
    """
    told = names or {}

    def leaf(reading: LeafReading) -> Body:
        if reading.test is not None:
            return quiet(record_query(reading.test))
        boost = max(0.0, reading.boost)
        return every(
            [
                scored(term, holding(term), boost, scoring, told.get(term, ""))
                for term in reading.terms
            ]
        )

    def liked(reading: LeafReading) -> list[Body]:
        boost = max(0.0, reading.boost) * scoring.ranking.parts
        if not boost or not parts:
            return []
        terms = [term for some in reading.parts for term in some]
        return [
            scored(term, holding(term), boost, scoring, f"h{told[term]}" if term in told else "")
            for term in terms
        ]

    return _write_plan(plan, match, leaf, liked)


def with_matched_terms(query: Body, names: Mapping[TextTerm, str]) -> Body:
    """Lets the hits of a query tell, besides, which terms they hold; they score nothing by that."""
    more: list[Body] = []
    for term, name in names.items():
        places = {name: matching(term), f"{name} title": frequency(term, "title")}
        for place, held in places.items():
            body = quiet(held)
            body["constant_score"]["_name"] = place
            more.append(body)
    return {"bool": {"must": [query], "should": more}} if more else query


def leaf_query(reading: LeafReading) -> Body:
    """Matches one leaf on its own, scoring nothing; no paper where it says nothing."""
    return _leaf_match(reading) if reading.speaks else NOTHING


def scores(plan: Plan) -> bool:
    """Returns whether anything in a query can score."""
    return any(reading.terms for reading in plan.asking)


def clauses(query: object) -> int:
    """Counts the single conditions of a query, as the cluster does."""
    if isinstance(query, dict):
        own = sum(name in _SINGLE for name in query)
        near = sum(
            len(rule["match"]["query"].split())
            for name, body in query.items()
            if name == "intervals"
            for rule in body.values()
        )
        return own + near + sum(clauses(inner) for inner in query.values())
    if isinstance(query, list):
        return sum(clauses(inner) for inner in query)
    return 0


_SINGLE: Final = frozenset(
    {"term", "terms", "match_phrase", "prefix", "range", "exists", "match_all", "match_none"}
)


def _leaf_match(reading: LeafReading) -> Body:
    if reading.test is not None:
        return quiet(record_query(reading.test))
    return every([quiet(matching(term)) for term in reading.terms])


Parts = Callable[[LeafReading], list[Body]]


def _write_plan(
    plan: Plan,
    match: Match,
    leaf: Callable[[LeafReading], Body],
    parts: Parts = lambda _: [],
) -> Body:
    """Writes a plan, each node after its parts."""
    if not plan.order:
        return EVERYTHING
    written: dict[int, Body] = {}
    for at in plan.order:
        node = plan.nodes[at]
        if isinstance(node, Run):
            written[at] = _run(plan, node, match, written, parts)
        else:
            written[at] = _node(node, written, leaf)
    return written[plan.order[-1]]


def _node(
    node: LeafReading | Every | Either | Without,
    written: dict[int, Body],
    leaf: Callable[[LeafReading], Body],
) -> Body:
    match node:
        case Every(nodes):
            return every([written[node_index] for node_index in nodes])
        case Either(nodes):
            return either([written[node_index] for node_index in nodes])
        case Without(one):
            return quiet({"bool": {"must_not": [written[one]]}})
        case LeafReading():
            return leaf(node)


def _run(plan: Plan, run: Run, match: Match, written: dict[int, Body], parts: Parts) -> Body:
    needed: list[Body] = []
    wanted: list[Body] = []
    taken: list[Body] = []
    free = False
    for member in run.members:
        query = written[member.node]
        if member.occur is Occur.EXCLUDED:
            taken.append(query)
        elif member.occur is Occur.REQUIRED:
            needed.append(query)
            free = free or member.about_words
        elif match is Match.ALL or not member.about_words:
            needed.append(query)
        else:
            wanted.append(query)
    if wanted and not free:
        needed.append(either(wanted))
        wanted = []
    if match is Match.ANY:
        wanted += [part for reading in hinting(plan, run) for part in parts(reading)]
    if not taken and not wanted:
        return every(needed)
    body: Body = {"must": needed or [EVERYTHING]}
    if wanted:
        body["should"] = wanted
    if taken:
        body["must_not"] = taken
    return {"bool": body}
