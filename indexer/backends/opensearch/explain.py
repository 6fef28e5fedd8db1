"""What a score is made of, from what the cluster told of a hit."""

from __future__ import annotations

from collections.abc import Mapping

from indexer.backends.opensearch.term_queries import fields_of
from indexer.query import Match, Occur
from indexer.query_analysis.leaf_analysis import LeafReading
from indexer.query_analysis.plan import (
    Either,
    Every,
    Node,
    Plan,
    Run,
    Without,
    hinting,
    matching_leaves,
)
from indexer.query_analysis.terms import TextTerm, term_label
from indexer.search import Contribution


def explained(
    plan: Plan, match: Match, names: Mapping[TextTerm, str], told: Mapping[str, float]
) -> tuple[Contribution, ...]:
    """Returns the contributions of the terms, largest first.

    Args:
        plan: the query.
        match: how it was evaluated.
        names: under which each term tells of itself, see `term_queries.scored`.
        told: by the hit, with the score of each; tests tell nothing, so a clause of an OR that
            fails only by a test is taken to match.
    """
    parts: list[Contribution] = []
    for term, name in _counted(plan, match, names, told):
        shares = {
            field: told[f"{name} {field}"]
            for field in fields_of(term)
            if told.get(f"{name} {field}")
        }
        total = sum(shares.values())
        parts += [
            Contribution(term_label(term), field, told[name] * share / total)
            for field, share in shares.items()
        ]
    return tuple(sorted(parts, key=lambda part: -part.value))


def _counted(
    plan: Plan, match: Match, names: Mapping[TextTerm, str], told: Mapping[str, float]
) -> list[tuple[TextTerm, str]]:
    """Returns the terms whose score the paper has, with the name of each.

    They are those of leaves that match within clauses that match, and, where words may be
    missing, the parts of compounds beside them.
    """
    holds: dict[int, bool] = {}
    for at in plan.order:
        holds[at] = _holds(plan.nodes[at], match, holds, names, told)
    counted: list[tuple[TextTerm, str]] = []
    for node in matching_leaves(plan, holds):
        if isinstance(node, LeafReading):
            counted += [(term, names[term]) for term in node.terms]
        elif match is Match.ANY:
            parts = (part for reading in hinting(plan, node) for part in reading.parts)
            counted += [(term, f"h{names[term]}") for part in parts for term in part]
    return counted


def _holds(
    node: Node,
    match_: Match,
    holds: Mapping[int, bool],
    names: Mapping[TextTerm, str],
    told: Mapping[str, float],
) -> bool:
    match node:
        case LeafReading(terms=terms):
            return all(names.get(term, "") in told for term in terms)
        case Every(inner):
            return all(holds[node_index] for node_index in inner)
        case Either(inner):
            return any(holds[node_index] for node_index in inner)
        case Without():
            return True
        case Run(members):
            return all(
                holds[member.node]
                for member in members
                if member.occur is Occur.REQUIRED
                or (member.occur is Occur.DEFAULT and match_ is Match.ALL)
            )
