"""Evaluate a plan over one segment."""

from __future__ import annotations

import numpy as np

from indexer.backends.whoosh.answer.matches import Desk
from indexer.backends.whoosh.lookup.collection import Collection
from indexer.backends.whoosh.lookup.matches import EVERYTHING, NOTHING, Matches
from indexer.backends.whoosh.lookup.occurrences import Integers
from indexer.backends.whoosh.lookup.reader import SegmentReader
from indexer.backends.whoosh.storage.segment import HAS_BITS, Lexicon
from indexer.matching.plan import Either, Every, Node, Plan, Run, Without, hinting
from indexer.matching.reading import LeafReading
from indexer.matching.terms import EveryTerm, HasTerm, SetTerm, ValueTerm, YearsTerm, value_key
from indexer.query import Match, Occur


class Evaluation:
    """Evaluates one plan over one segment."""

    def __init__(self, collection: Collection, segment: int, plan: Plan, desk: Desk) -> None:
        """Prepare to evaluate `plan` over the segment at this place."""
        self._collection = collection
        self._segment = segment
        self._plan = plan
        self._desk = desk
        self._every = collection.readers[segment].every

    def matches(self, match: Match) -> Matches:
        """Give the papers that match under "all" or "any"; never negated."""
        order = self._plan.order
        if not order:
            return Matches(self._every)
        return self._desk.plain(self.nodes(match)[order[-1]], self._every)

    def nodes(self, match: Match) -> dict[int, Matches]:
        """Give the papers that match each node of the plan."""
        found: dict[int, Matches] = {}
        for at in self._plan.order:
            found[at] = self._node(self._plan.nodes[at], found, match)
        return found

    def _node(self, node: Node, found: dict[int, Matches], match: Match) -> Matches:
        match node:
            case LeafReading():
                return self.leaf(node)
            case Every(nodes):
                return self._desk.every([found[at] for at in nodes])
            case Either(nodes):
                return self._desk.either([found[at] for at in nodes], self._every)
            case Without(one):
                inner = found[one]
                return Matches(inner.docs, None, not inner.negated)
            case Run():
                return self._run(node, found, match)

    def _run(self, run: Run, found: dict[int, Matches], match: Match) -> Matches:
        desk = self._desk
        needed: list[Matches] = []
        wanted: list[Matches] = []
        free = False
        for member in run.members:
            one = found[member.node]
            if member.occur is Occur.EXCLUDED:
                needed.append(Matches(one.docs, None, not one.negated))
            elif member.occur is Occur.REQUIRED:
                needed.append(one)
                free = free or member.about_words
            elif match is Match.ALL or not member.about_words:
                needed.append(one)
            else:
                wanted.append(one)
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
        """Give the parts of the compounds of a run, which score where words may be missing."""
        weight = self._collection.ranking.parts
        if not weight:
            return []
        scored = self._collection.scored
        return [
            scored(term).parts[self._segment].boosted(weight * word.boost)
            for word in hinting(self._plan, run)
            for parts in word.parts
            for term in parts
        ]

    def leaf(self, reading: LeafReading) -> Matches:
        """Evaluate one leaf on its own; nothing where it says nothing."""
        if reading.test is not None:
            return tested(self._collection.readers[self._segment], reading.test)
        terms, scored = reading.terms, self._collection.scored
        if not terms:
            return NOTHING
        found: Matches = scored(terms[0]).parts[self._segment]
        if len(terms) > 1:
            others = [scored(term).parts[self._segment] for term in terms[1:]]
            found = self._desk.every([found, *others])
        return found if reading.boost == 1 else found.boosted(reading.boost)


def tested(reader: SegmentReader, test: SetTerm) -> Matches:
    """Give the papers whose record passes a test; no scores."""
    arrays = reader.arrays
    match test:
        case EveryTerm():
            return EVERYTHING
        case YearsTerm(low, high):
            first, last = reader.years(low, high)
            last = min(last, reader.unknown_years)
            return _living(reader, np.arange(first, max(first, last), dtype=np.int32))
        case HasTerm(field):
            bit = 1 << HAS_BITS.index(field)
            return _living(reader, np.flatnonzero(arrays.has & bit))
        case ValueTerm("id", folded):
            places = reader.folded_ids.get(folded, [])
            return _living(reader, np.sort(arrays.id_paper[places]))
        case ValueTerm(field, folded):
            lexicon: Lexicon = arrays.venues if field == "venue" else arrays.types
            codes = arrays.venue if field == "venue" else arrays.type
            places = [at for at, value in enumerate(lexicon) if value_key(value) == folded]
            return _living(reader, np.flatnonzero(np.isin(codes, places)))


def _living(reader: SegmentReader, docs: Integers) -> Matches:
    return Matches(reader.living(docs.astype(np.int32, copy=False)))
