"""A tree of clauses written down as a list, each clause after those it is made of.

So no depth of nesting can exhaust the stack, and a clause's answer is there when it is needed.
What says nothing is left out, and stop words beside other words.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from indexer.query import (
    And,
    Clause,
    Fuzzy,
    Leaf,
    Match,
    Not,
    Occur,
    Phrase,
    Wildcard,
    Word,
    Words,
    inner_clauses,
)
from indexer.query_analysis.compounds import Join
from indexer.query_analysis.leaf_analysis import JOINED_NOTE, NAME_NOTE, LeafReading
from indexer.query_analysis.terms import NameTerm, TextTerm


@dataclass(frozen=True, slots=True)
class Member:
    """One member of a run of words.

    Attributes:
        node: its place in the plan.
        about_words: it asks for words, so it may be missing under "any".
    """

    node: int
    occur: Occur
    about_words: bool


@dataclass(frozen=True, slots=True)
class Run:
    """Clauses side by side; how many are needed is decided when it is evaluated."""

    members: tuple[Member, ...]


@dataclass(frozen=True, slots=True)
class Every:
    """All of these nodes."""

    nodes: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Either:
    """At least one of these nodes."""

    nodes: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Without:
    """Not this node."""

    node: int


Node = LeafReading | Run | Every | Either | Without


@dataclass(frozen=True, slots=True)
class Plan:
    """A query ready to be evaluated.

    Attributes:
        nodes: each after its parts.
        order: the places in `nodes` that take part, rising, the whole query last; empty where
            nothing is asked.
        leaves: every leaf of the query in order, those left out included.
        bare: how many words may be missing under "any", in the run that has most of them.
        asking: the leaves that take part and are not negated, in order.
        monotone: every paper that matches under "all" also matches under "any"; not so where words
            that may be missing are negated.
    """

    nodes: tuple[Node, ...]
    order: tuple[int, ...]
    leaves: tuple[LeafReading, ...]
    bare: int
    asking: tuple[LeafReading, ...]
    monotone: bool = True


@dataclass(slots=True)
class _ClauseNode:
    """What is known of a clause once its node is made; `node` -1 = it says nothing."""

    node: int
    about_words: bool = False
    bare: int = 0
    stop: bool = False
    monotone: bool = True


def plan_of(
    clause: Clause | None,
    read: Callable[[Leaf], LeafReading],
    *,
    skip: int = -1,
    join: Join = lambda _first, _second: None,
) -> Plan:
    """Writes down a tree.

    Args:
        clause: the tree.
        read: reads a leaf.
        skip: place of a leaf, in order from 0, that is treated as saying nothing.
        join: says which neighbours in a run of words are one; the second is then left out.
    """
    if clause is None:
        return Plan((), (), (), 0, ())
    nodes: list[Node] = []
    leaves: list[LeafReading] = []
    made: list[_ClauseNode] = []
    waiting: list[tuple[Clause, Clause | None, bool]] = [(clause, None, False)]
    taken: LeafReading | None = None
    while waiting:
        current, behind, opened = waiting.pop()
        inner = inner_clauses(current)
        if inner is None:
            leaf: Leaf = current  # type: ignore[assignment]  # what is not made of clauses is a leaf
            at = len(leaves)
            if taken is not None:
                leaves.append(replace(taken, leaf=leaf))
                made.append(_ClauseNode(-1))
                taken = None
                continue
            word = None
            if behind is not None and skip not in (at, at + 1):
                word = join(leaf, behind)  # type: ignore[arg-type]  # so is what is behind it
            reading = read(leaf if word is None else word)
            if word is not None:
                note = JOINED_NOTE + word.text.replace("-", "")
                if word.field != leaf.field:  # type: ignore[union-attr]  # both are words
                    note = NAME_NOTE + word.text
                reading = taken = replace(reading, leaf=leaf, note=note)
            leaves.append(reading)
            made.append(_leaf(reading, nodes) if at != skip else _ClauseNode(-1))
        elif not opened:
            waiting.append((current, None, True))
            waiting.extend(reversed([(*pair, False) for pair in _neighbours(current, inner)]))
        else:
            parts = made[len(made) - len(inner) :] if inner else []
            del made[len(made) - len(inner) :]
            made.append(_node(current, parts, nodes))
    root = made.pop()
    if root.node < 0:
        return Plan((), (), tuple(leaves), 0, ())
    order = _reached(nodes, root.node)
    asking = tuple(node for node in _unnegated(nodes, root.node) if isinstance(node, LeafReading))
    return Plan(tuple(nodes), order, tuple(leaves), root.bare, asking, root.monotone)


def _neighbours(
    clause: Clause, inner: tuple[Clause, ...]
) -> Iterator[tuple[Clause, Clause | None]]:
    """Yields each part with the word right behind it, where both are bare words side by side."""
    bare = [False] * len(inner)
    if isinstance(clause, Words):
        bare = [
            part.occur is Occur.DEFAULT and isinstance(part.clause, Word) for part in clause.parts
        ]
    for index, part in enumerate(inner):
        beside = bare[index] and index + 1 < len(inner) and bare[index + 1]
        yield part, inner[index + 1] if beside else None


def _leaf(reading: LeafReading, nodes: list[Node]) -> _ClauseNode:
    if not reading.speaks:
        return _ClauseNode(-1)
    nodes.append(reading)
    about = isinstance(reading.leaf, Word | Phrase | Wildcard | Fuzzy)
    return _ClauseNode(len(nodes) - 1, about, 0, reading.stop)


def _node(clause: Clause, parts: list[_ClauseNode], nodes: list[Node]) -> _ClauseNode:
    """Makes the node of a clause whose parts are made."""
    if isinstance(clause, Words):
        return _run(clause, parts, nodes)
    kept = [part for part in parts if part.node >= 0]
    if not kept:
        return _ClauseNode(-1)
    made = _ClauseNode(
        len(nodes), any(part.about_words for part in kept), max(p.bare for p in kept)
    )
    made.monotone = all(part.monotone for part in kept)
    if isinstance(clause, Not):
        nodes.append(Without(kept[0].node))
        made.about_words = False
        made.monotone = not made.bare
    elif isinstance(clause, And):
        nodes.append(Every(tuple(part.node for part in kept)))
    else:
        nodes.append(Either(tuple(part.node for part in kept)))
    return made


def _run(clause: Words, parts: list[_ClauseNode], nodes: list[Node]) -> _ClauseNode:
    kept = [(part, made) for part, made in zip(clause.parts, parts, strict=True) if made.node >= 0]
    stops = [made.stop and part.occur is Occur.DEFAULT for part, made in kept]
    excluded = [part.occur is Occur.EXCLUDED for part, _ in kept]
    if not all(stop or out for stop, out in zip(stops, excluded, strict=True)):
        kept = [item for stop, item in zip(stops, kept, strict=True) if not stop]
    if not kept:
        return _ClauseNode(-1)
    members = tuple(Member(made.node, part.occur, made.about_words) for part, made in kept)
    here = sum(member.occur is Occur.DEFAULT and member.about_words for member in members)
    nodes.append(Run(members))
    about = any(member.about_words for member in members if member.occur is not Occur.EXCLUDED)
    bare = max([here, *(made.bare for _, made in kept)])
    monotone = all(
        not made.bare if part.occur is Occur.EXCLUDED else made.monotone for part, made in kept
    )
    return _ClauseNode(len(nodes) - 1, about, bare, monotone=monotone)


def _reached(nodes: list[Node], root: int) -> tuple[int, ...]:
    nodes_: list[int] = []
    waiting = [root]
    while waiting:
        at = waiting.pop()
        nodes_.append(at)
        match nodes[at]:
            case Run(members):
                waiting.extend(member.node for member in members)
            case Every(inner) | Either(inner):
                waiting.extend(inner)
            case Without(one):
                waiting.append(one)
    return tuple(sorted(nodes_))


def _unnegated(
    nodes: Sequence[Node], root: int, holds: Callable[[int], bool] = lambda _: True
) -> Iterator[LeafReading | Run]:
    """Yields the leaves and runs below a node that are not negated, in the order of the query."""
    waiting = [root]
    while waiting:
        place = waiting.pop()
        if not holds(place):
            continue
        node = nodes[place]
        match node:
            case LeafReading():
                yield node
            case Run(members):
                yield node
                shown = [member.node for member in members if member.occur is not Occur.EXCLUDED]
                waiting.extend(reversed(shown))
            case Every(inner) | Either(inner):
                waiting.extend(reversed(inner))
            case Without():
                pass


def matching_leaves(plan: Plan, matching: Mapping[int, bool]) -> Iterator[LeafReading | Run]:
    """Yields the leaves and runs that make up the score of a paper, in the order of the query.

    They match within clauses that match, and none of them is negated.

    Args:
        plan: the query.
        matching: whether the paper matches each node; a node that is absent does not match.
    """
    if plan.order:
        yield from _unnegated(plan.nodes, plan.order[-1], lambda place: matching.get(place, False))


def signal_terms(plan: Plan, match: Match) -> tuple[TextTerm, ...]:
    """Returns the terms whose company is looked at, each once, in the order of the query.

    Args:
        plan: the query.
        match: ALL or ANY; under ANY a compound is looked at part by part.
    """
    terms = (term for reading in plan.asking for term in _terms_of(reading, match))
    return tuple(dict.fromkeys(term for term in terms if not isinstance(term, NameTerm)))


def _terms_of(reading: LeafReading, match: Match) -> Iterator[TextTerm]:
    if match is Match.ALL or not reading.parts:
        yield from reading.terms
        return
    for term, parts in zip(reading.terms, reading.parts, strict=True):
        yield from parts or (term,)


def hinting(plan: Plan, run: Run) -> Iterator[LeafReading]:
    """Yields the bare words of a run whose parts add to scores where words may be missing."""
    for member in run.members:
        node = plan.nodes[member.node]
        if member.occur is Occur.DEFAULT and isinstance(node, LeafReading) and node.parts:
            yield node
