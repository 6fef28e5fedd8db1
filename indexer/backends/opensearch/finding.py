"""From a query to the papers it finds: decided between "all" and "any", ordered, paged."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from indexer.backends.opensearch.facets import filter_query
from indexer.backends.opensearch.feedback import Feedback
from indexer.backends.opensearch.lexicon import Ask, WordFacts
from indexer.backends.opensearch.mapping import Body
from indexer.backends.opensearch.pages import Pages, Place, Reach
from indexer.backends.opensearch.scoring import Collection, Scoring
from indexer.backends.opensearch.tree import (
    MOST_CLAUSES,
    clauses,
    leaf_query,
    matching_query,
)
from indexer.matching.joining import joined_word
from indexer.matching.plan import Plan, plan_of
from indexer.matching.reading import LeafReading, read_leaf
from indexer.query import Clause, Leaf, Match, Query
from indexer.ranking import Ranking

TOO_LARGE_NOTE: Final = "left out: the query asks for more than the cluster takes at once"


@dataclass(frozen=True, slots=True)
class Finding:
    """What a query finds.

    Attributes:
        matching: the clause as a query, without filters and scores.
    """

    plan: Plan
    match: Match
    total: int
    places: tuple[Place, ...]
    aggregations: Body
    matching: Body


class Finder:
    """Finds papers of one generation."""

    def __init__(
        self, ask: Ask, words: WordFacts, collection: Collection, ranking: Ranking
    ) -> None:
        """Find in the generation that `ask` asks."""
        self._words = words
        scoring = Scoring(collection, ranking)
        self._reach = Reach(ask, words, scoring, Feedback(words, scoring))

    def find(
        self,
        query: Query,
        first: int,
        size: int,
        *,
        aggs: Body | None = None,
        explain: bool = False,
    ) -> Finding:
        """Find the hits from place `first` (from 0) on, `size` of them, and count.

        Args:
            query: what is asked; its page is void.
            first: hits to pass over.
            size: hits to give.
            aggs: what to count besides.
            explain: say of each hit what its score is made of.
        """
        plan = self._planned(query.clause)
        match = Match.ANY if query.match is Match.ANY else Match.ALL
        pages = Pages(self._reach, query, plan, explain=explain)
        answer = pages.answer(match, first, size, aggs)
        if query.match is Match.AUTO and not answer.total and plan.bare > 1:
            match = Match.ANY
            answer = pages.answer(match, first, size, aggs)
        return Finding(
            plan,
            match,
            answer.total,
            answer.places,
            answer.aggregations,
            matching_query(plan, match),
        )

    def ids(self, query: Query) -> Iterator[str]:
        """Give the ids of all matches in order, asking as they are taken."""
        first = self.find(query, 0, max(1, self._reach.scoring.ranking.depth))
        yield from (str(place.after[-1]) for place in first.places)
        if first.total <= len(first.places):
            return
        plan = self._planned(query.clause)
        pages = Pages(self._reach, query, plan)
        yield from pages.rest(first.match, first.places)

    def leaf_hits(self, readings: tuple[LeafReading, ...]) -> list[int]:
        """Count the papers that match each leaf on its own."""
        self._words.count(term for one in readings for term in one.terms)
        others = [one for one in readings if len(one.terms) != 1]
        counts = iter(self._words.counts([leaf_query(one) for one in others]))
        return [
            self._words.holding(one.terms[0]) if len(one.terms) == 1 else next(counts)
            for one in readings
        ]

    def totals(self, queries: list[Query], *, skip: list[int | None]) -> list[int]:
        """Count what each query finds, one of its leaves left out where `skip` says so."""
        asked: list[Body] = []
        wider: list[Body | None] = []
        for query, at in zip(queries, skip, strict=True):
            plan = self._planned(query.clause, skip=at)
            match = Match.ANY if query.match is Match.ANY else Match.ALL
            filters = filter_query(query)
            asked.append(_under(matching_query(plan, match), filters))
            auto = query.match is Match.AUTO and plan.bare > 1
            wider.append(_under(matching_query(plan, Match.ANY), filters) if auto else None)
        counts = self._words.counts(asked)
        again = [at for at, count in enumerate(counts) if not count and wider[at] is not None]
        if again:
            more = self._words.counts([body for at in again if (body := wider[at]) is not None])
            for at, count in zip(again, more, strict=True):
                counts[at] = count
        return counts

    def _planned(self, clause: Clause | None, skip: int | None = None) -> Plan:
        """Read a tree; leaves that would make the request too large are left out, with a note."""
        leaves = [one.leaf for one in plan_of(clause, LeafReading).leaves]
        self._words.prepare(leaves)
        room = MOST_CLAUSES

        def read(leaf: Leaf) -> LeafReading:
            nonlocal room
            reading = read_leaf(leaf, self._words)
            cost = clauses(leaf_query(reading))
            if cost > room:
                return LeafReading(leaf, note=TOO_LARGE_NOTE)
            room -= cost
            return reading

        return plan_of(
            clause,
            read,
            skip=-1 if skip is None else skip,
            join=lambda first, second: joined_word(first, second, self._words),
        )


def _under(query: Body, filters: Body | None) -> Body:
    return query if filters is None else {"bool": {"filter": [query, filters]}}
