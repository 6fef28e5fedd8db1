"""Evaluates a query plan over one segment, bottom-up, within the budget of the query."""

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
from indexer.backends.whoosh.scoring.scored_docs import EVERYTHING, NOTHING, ScoredDocs
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
from indexer.record.record_fields import RECORD_FIELDS, record_keys

_NODE: Final = 3
"""An inner node of the plan costs about one posting per 2**_NODE docs of the segment."""


class Evaluation:
    """Evaluates one plan over one segment."""

    def __init__(
        self,
        collection: Collection,
        segment: int,
        plan: Plan,
        workspace: Workspace,
        execution: Execution,
    ) -> None:
        """Prepares the evaluation of `plan` over one segment.

        Args:
            collection: the segments searched.
            segment: number of the segment, from 0.
            plan: its terms were looked up by `afford`; leaves that `afford` cut are left out.
            workspace: scratch arrays of this thread for the segment.
            execution: the query being executed.
        """
        self._collection = collection
        self._execution = execution
        self._segment = segment
        self._plan = plan
        self._workspace = workspace
        self._live = collection.readers[segment].live_docs

    def matches(self, match: Match) -> ScoredDocs:
        """Returns the docs that match under "all" or "any", never negated."""
        last: ScoredDocs | None = None
        for _, docs in self.nodes(match):
            last = docs
        if last is None:
            return ScoredDocs(self._live)
        return self._workspace.materialize(last, self._live)

    def nodes(self, match: Match) -> Iterator[tuple[int, ScoredDocs | None]]:
        """Yields each node of the plan, by its index, with the docs that match it; parts first.

        None stands for a node whose leaves are all cut. A node has one parent, so its docs are
        dropped once that is evaluated.
        """
        evaluated: dict[int, ScoredDocs | None] = {}
        for node_index in self._plan.order:
            docs = evaluated[node_index] = self._node(
                self._plan.nodes[node_index], evaluated, match
            )
            yield node_index, docs

    def _node(
        self, node: Node, evaluated: dict[int, ScoredDocs | None], match: Match
    ) -> ScoredDocs | None:
        match node:
            case LeafReading():
                return None if node.leaf in self._execution.cut else self.leaf(node)
            case Every(nodes):
                parts = _pop_parts(evaluated, nodes)
                return self._workspace.intersect(parts) if parts else None
            case Either(nodes):
                parts = _pop_parts(evaluated, nodes)
                return self._workspace.unite(parts, self._live) if parts else None
            case Without(inner):
                parts = _pop_parts(evaluated, (inner,))
                return ScoredDocs(parts[0].docs, None, not parts[0].negated) if parts else None
            case Run():
                return self._run(node, evaluated, match)

    def _run(
        self, run: Run, evaluated: dict[int, ScoredDocs | None], match: Match
    ) -> ScoredDocs | None:
        workspace = self._workspace
        needed: list[ScoredDocs] = []
        optional: list[ScoredDocs] = []
        has_required_words = False
        for member in run.members:
            docs = evaluated.pop(member.node)
            if docs is None:
                continue
            if member.occur is Occur.EXCLUDED:
                needed.append(ScoredDocs(docs.docs, None, not docs.negated))
            elif member.occur is Occur.REQUIRED:
                needed.append(docs)
                has_required_words = has_required_words or member.about_words
            elif match is Match.ALL or not member.about_words:
                needed.append(docs)
            else:
                optional.append(docs)
        if not needed and not optional:
            return None
        if optional and not has_required_words:
            needed.append(workspace.unite(optional, self._live))
            optional = []
        result = workspace.intersect(needed) if needed else EVERYTHING
        hinted = self._parts(run) if match is Match.ANY else []
        for parts in (optional, hinted):
            if parts:
                union = workspace.unite(parts, self._live)
                result = workspace.add_optional(result, union, self._live)
        return result

    def _parts(self, run: Run) -> list[ScoredDocs]:
        """Returns the parts of compounds, which add to the score where words are optional."""
        weight = self._collection.ranking.parts
        if not weight:
            return []
        execution, scored = self._execution, self._collection.scored
        return [
            scored(term, execution).parts[self._segment].boosted(weight * word.boost)
            for word in hinting(self._plan, run)
            if word.leaf not in execution.cut
            for parts in word.parts
            for term in parts
        ]

    def leaf(self, reading: LeafReading) -> ScoredDocs:
        """Returns the docs of one leaf on its own; none if it has no terms."""
        if reading.test is not None:
            return docs_passing_test(self._collection.readers[self._segment], reading.test)
        terms, execution, scored = reading.terms, self._execution, self._collection.scored
        if not terms:
            return NOTHING
        docs: ScoredDocs = scored(terms[0], execution).parts[self._segment]
        if len(terms) > 1:
            others = [scored(term, execution).parts[self._segment] for term in terms[1:]]
            docs = self._workspace.intersect([docs, *others])
        return docs if reading.boost == 1 else docs.boosted(reading.boost)


def afford(collection: Collection, plan: Plan, execution: Execution) -> int:
    """Looks up the terms of a plan within the budget of the query; cuts leaves that exceed it.

    Plain words come first: they are cheap and selective. Only terms looked up here are evaluated,
    so no loop, compiled or not, reads more postings than the budget allows.

    Returns:
        Postings read to evaluate the plan once.
    """
    budget = execution.budget
    nodes = (plan.nodes[node_index] for node_index in plan.order)
    leaves = [node for node in nodes if isinstance(node, LeafReading)]
    inner = (len(plan.order) - len(leaves)) * (collection.size >> _NODE)
    cost = 0
    if len(leaves) > 1:
        leaves.sort(key=_is_costly)
        cost = inner
        if inner:
            _spend(budget, inner)
    for reading in leaves:
        if reading.leaf in execution.cut:
            continue
        try:
            if reading.test is not None:
                budget.check()
            for term in (*reading.terms, *(part for some in reading.parts for part in some)):
                cost += collection.scored(term, execution).papers
        except BudgetSpent as spent:
            execution.cut[reading.leaf] = spent.note
    return cost


def _spend(budget: Budget, postings: int) -> None:
    with contextlib.suppress(BudgetSpent):
        budget.spend(postings)


def _is_costly(reading: LeafReading) -> bool:
    return any(not isinstance(term, StemTerm) or term.exact for term in reading.terms)


def _pop_parts(evaluated: dict[int, ScoredDocs | None], nodes: Iterable[int]) -> list[ScoredDocs]:
    """Removes and returns the docs of some nodes, without those whose leaves are all cut."""
    return [docs for node_index in nodes if (docs := evaluated.pop(node_index)) is not None]


def docs_passing_test(reader: SegmentReader, test: SetTerm) -> ScoredDocs:
    """Returns the docs whose record passes a test, without scores."""
    arrays = reader.arrays
    match test:
        case EveryTerm():
            return EVERYTHING
        case YearsTerm(low, high):
            first, last = reader.year_range(low, high)
            last = min(last, reader.first_without_year)
            return _live_docs(reader, np.arange(first, max(first, last), dtype=np.int32))
        case HasTerm(field):
            bit = 1 << HAS_BITS.index(field)
            return _live_docs(reader, np.flatnonzero(arrays.has & bit))
        case IdsTerm(name, ids):
            return _live_docs(reader, reader.with_ids(name, ids))
        case ValueTerm("id", folded):
            rows = reader.folded_ids.get(folded, [])
            return _live_docs(reader, np.sort(arrays.id_paper[rows]))
        case ValueTerm("identifier", key):
            return _live_docs(reader, reader.identified(key))
        case ValueTerm(field, folded) if field in RECORD_FIELDS:
            keys = record_keys(field, folded.split())
            return _live_docs(reader, reader.with_record_words(keys))
        case ValueTerm(field, folded):
            lexicon: Lexicon = arrays.venues if field == "venue" else arrays.types
            codes = arrays.venue if field == "venue" else arrays.type
            matching = [code for code, value in enumerate(lexicon) if value_key(value) == folded]
            return _live_docs(reader, np.flatnonzero(np.isin(codes, matching)))


def _live_docs(reader: SegmentReader, docs: Integers) -> ScoredDocs:
    return ScoredDocs(reader.drop_deleted(docs.astype(np.int32, copy=False)))
