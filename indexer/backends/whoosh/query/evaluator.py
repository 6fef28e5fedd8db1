"""Evaluate a plan over one segment."""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Iterator
from typing import Final

import numpy as np

from indexer.backends.whoosh.format.segment import HAS_BITS, Lexicon
from indexer.backends.whoosh.postings.positions import Integers
from indexer.backends.whoosh.postings.segment_reader import SegmentReader
from indexer.backends.whoosh.query.boolean import Workspace
from indexer.backends.whoosh.scoring.collection import Collection
from indexer.backends.whoosh.scoring.query_context import Execution
from indexer.backends.whoosh.scoring.scored_docs import EVERYTHING, NOTHING, Matches
from indexer.budget import Budget, BudgetSpent
from indexer.query import Match, Occur
from indexer.query_analysis.leaf_analysis import LeafReading
from indexer.query_analysis.plan import Either, Every, Node, Plan, Run, Without, hinting
from indexer.query_analysis.terms import (
    EveryTerm,
    HasTerm,
    IdsTerm,
    SetTerm,
    StemTerm,
    ValueTerm,
    YearsTerm,
    value_key,
)
from indexer.record_fields import RECORD_FIELDS, record_keys

_NODE: Final = 3
"""A clause made of clauses costs at most about as much as a posting for 2**_NODE papers."""


class Evaluation:
    """Evaluates one plan over one segment."""

    def __init__(
        self, collection: Collection, segment: int, plan: Plan, desk: Workspace, asked: Execution
    ) -> None:
        """Prepare to evaluate `plan` over the segment at this place.

        Its terms are those that `afford` has found; leaves that it has cut are left out.
        """
        self._collection = collection
        self._asked = asked
        self._segment = segment
        self._plan = plan
        self._desk = desk
        self._every = collection.readers[segment].live_docs

    def matches(self, match: Match) -> Matches:
        """Returns the papers that match under "all" or "any"; never negated."""
        last: Matches | None = None
        for _, one in self.nodes(match):
            last = one
        return Matches(self._every) if last is None else self._desk.plain(last, self._every)

    def nodes(self, match: Match) -> Iterator[tuple[int, Matches | None]]:
        """Yields the papers that match each node of the plan, each after its parts.

        None where all of a node is left out. What is not taken is not kept: a node has one parent.
        """
        found: dict[int, Matches | None] = {}
        for at in self._plan.order:
            one = found[at] = self._node(self._plan.nodes[at], found, match)
            yield at, one

    def _node(self, node: Node, found: dict[int, Matches | None], match: Match) -> Matches | None:
        match node:
            case LeafReading():
                return None if node.leaf in self._asked.cut else self.leaf(node)
            case Every(nodes):
                parts = _taken(found, nodes)
                return self._desk.every(parts) if parts else None
            case Either(nodes):
                parts = _taken(found, nodes)
                return self._desk.either(parts, self._every) if parts else None
            case Without(inner):
                parts = _taken(found, (inner,))
                return Matches(parts[0].docs, None, not parts[0].negated) if parts else None
            case Run():
                return self._run(node, found, match)

    def _run(self, run: Run, found: dict[int, Matches | None], match: Match) -> Matches | None:
        desk = self._desk
        needed: list[Matches] = []
        wanted: list[Matches] = []
        free = False
        for member in run.members:
            one = found.pop(member.node)
            if one is None:
                continue
            if member.occur is Occur.EXCLUDED:
                needed.append(Matches(one.docs, None, not one.negated))
            elif member.occur is Occur.REQUIRED:
                needed.append(one)
                free = free or member.about_words
            elif match is Match.ALL or not member.about_words:
                needed.append(one)
            else:
                wanted.append(one)
        if not needed and not wanted:
            return None
        if wanted and not free:
            needed.append(desk.either(wanted, self._every))
            wanted = []
        result = desk.every(needed) if needed else EVERYTHING
        hinted = self._parts(run) if match is Match.ANY else []
        for liked in (wanted, hinted):
            if liked:
                result = desk.preferred(result, desk.either(liked, self._every), self._every)
        return result

    def _parts(self, run: Run) -> list[Matches]:
        """Returns the parts of the compounds of a run, which score where words may be missing."""
        weight = self._collection.ranking.parts
        if not weight:
            return []
        asked, scored = self._asked, self._collection.scored
        return [
            scored(term, asked).parts[self._segment].boosted(weight * word.boost)
            for word in hinting(self._plan, run)
            if word.leaf not in asked.cut
            for parts in word.parts
            for term in parts
        ]

    def leaf(self, reading: LeafReading) -> Matches:
        """Evaluate one leaf on its own; nothing where it says nothing."""
        if reading.test is not None:
            return tested(self._collection.readers[self._segment], reading.test)
        terms, asked, scored = reading.terms, self._asked, self._collection.scored
        if not terms:
            return NOTHING
        found: Matches = scored(terms[0], asked).parts[self._segment]
        if len(terms) > 1:
            others = [scored(term, asked).parts[self._segment] for term in terms[1:]]
            found = self._desk.every([found, *others])
        return found if reading.boost == 1 else found.boosted(reading.boost)


def afford(collection: Collection, plan: Plan, asked: Execution) -> int:
    """Finds the terms of a plan as far as the budget of the query allows; cuts the other leaves.

    Plain words come first: they cost least and say most. What is found here is all that is
    evaluated, so no loop below, compiled or not, is given more postings than a query may have.

    Returns:
        what it takes to evaluate the plan once, in postings.
    """
    budget = asked.budget
    leaves = [node for at in plan.order if isinstance(node := plan.nodes[at], LeafReading)]
    inner = (len(plan.order) - len(leaves)) * (collection.size >> _NODE)
    cost = 0
    if len(leaves) > 1:
        leaves.sort(key=_is_costly)
        cost = inner
        if inner:
            _spend(budget, inner)
    for reading in leaves:
        if reading.leaf in asked.cut:
            continue
        try:
            if reading.test is not None:
                budget.check()
            for term in (*reading.terms, *(part for some in reading.parts for part in some)):
                cost += collection.scored(term, asked).papers
        except BudgetSpent as spent:
            asked.cut[reading.leaf] = spent.note
    return cost


def _spend(budget: Budget, postings: int) -> None:
    with contextlib.suppress(BudgetSpent):
        budget.spend(postings)


def _is_costly(reading: LeafReading) -> bool:
    return any(not isinstance(term, StemTerm) or term.exact for term in reading.terms)


def _taken(found: dict[int, Matches | None], nodes: Iterable[int]) -> list[Matches]:
    """Take out what matches some nodes, where they are not left out."""
    return [one for at in nodes if (one := found.pop(at)) is not None]


def tested(reader: SegmentReader, test: SetTerm) -> Matches:
    """Returns the papers whose record passes a test; no scores."""
    arrays = reader.arrays
    match test:
        case EveryTerm():
            return EVERYTHING
        case YearsTerm(low, high):
            first, last = reader.year_range(low, high)
            last = min(last, reader.first_without_year)
            return _living(reader, np.arange(first, max(first, last), dtype=np.int32))
        case HasTerm(field):
            bit = 1 << HAS_BITS.index(field)
            return _living(reader, np.flatnonzero(arrays.has & bit))
        case IdsTerm(name, ids):
            return _living(reader, reader.with_ids(name, ids))
        case ValueTerm("id", folded):
            places = reader.folded_ids.get(folded, [])
            return _living(reader, np.sort(arrays.id_paper[places]))
        case ValueTerm("identifier", key):
            return _living(reader, reader.identified(key))
        case ValueTerm(field, folded) if field in RECORD_FIELDS:
            keys = record_keys(field, folded.split())
            return _living(reader, reader.with_record_words(keys))
        case ValueTerm(field, folded):
            lexicon: Lexicon = arrays.venues if field == "venue" else arrays.types
            codes = arrays.venue if field == "venue" else arrays.type
            places = [at for at, value in enumerate(lexicon) if value_key(value) == folded]
            return _living(reader, np.flatnonzero(np.isin(codes, places)))


def _living(reader: SegmentReader, docs: Integers) -> Matches:
    return Matches(reader.drop_deleted(docs.astype(np.int32, copy=False)))
