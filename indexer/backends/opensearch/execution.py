"""From a query to the papers it finds: decided between "all" and "any", ordered, paged."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Final, NamedTuple

from indexer.backends.opensearch.boolean_query import (
    MOST_CLAUSES,
    clauses,
    leaf_query,
    matching_query,
)
from indexer.backends.opensearch.facets import filter_query
from indexer.backends.opensearch.mapping import Body
from indexer.backends.opensearch.rescoring import Feedback
from indexer.backends.opensearch.scoring import Collection, Scoring
from indexer.backends.opensearch.search_requests import ClusterHit, Pages, Reach
from indexer.backends.opensearch.term_dictionary import Ask, WordFacts
from indexer.budget import DEFAULT, Budget, Deadline, Limits
from indexer.query import Clause, Leaf, Match, Query, leaves_of
from indexer.query_analysis.compounds import joined_word
from indexer.query_analysis.expansion_shares import reader_of
from indexer.query_analysis.leaf_analysis import LeafReading
from indexer.query_analysis.plan import Plan, plan_of
from indexer.ranking import Ranking

TOO_LARGE_NOTE: Final = "left out: the query asks for more than the cluster takes at once"


@dataclass(frozen=True, slots=True)
class Finding:
    """What a query finds.

    Attributes:
        matching: the clause as a query, without filters and scores.
        all_words: number of hits that have all bare words; None unless AUTO went on to papers with
            some of them.
        all_words_elsewhere: number of papers with all bare words that do not pass the filters.
        complete: as `matching`, with all words, where the filters alone left no paper with these.
        some: as `matching`, with some of the words, where AUTO asks for all of them, or did before
            the filters left none.
    """

    query: Query
    plan: Plan
    match: Match
    total: int
    places: tuple[ClusterHit, ...]
    aggregations: Body
    matching: Body
    all_words: int | None = None
    all_words_elsewhere: int = 0
    complete: Body | None = None
    some: Body | None = None

    @property
    def full(self) -> int:
        """Number of hits that have all that was asked for."""
        return self.total if self.all_words is None else self.all_words


class Count(NamedTuple):
    """How many papers a query finds.

    Attributes:
        total: all hits.
        full: those that have all that was asked for: of papers with some of the words, none.
    """

    total: int
    full: int


class Finder:
    """Finds papers of one generation."""

    def __init__(
        self,
        ask: Ask,
        words: WordFacts,
        collection: Collection,
        ranking: Ranking,
        limits: Limits = DEFAULT,
    ) -> None:
        """Finds in the generation that `ask` asks.

        Args:
            ask: sends a search.
            words: what is known of its words.
            collection: its statistics.
            ranking: how papers are scored.
            limits: of each query.
        """
        self._words = words
        self._limits = limits
        scoring = Scoring(collection, ranking)
        self._reach = Reach(ask, words, scoring, Feedback(words, scoring))

    def find(  # noqa: PLR0913 - what a page is made of
        self,
        query: Query,
        first: int,
        size: int,
        *,
        aggs: Body | None = None,
        explain: bool = False,
        budget: Budget | None = None,
    ) -> Finding:
        """Finds the hits from place `first` (from 0) on, `size` of them, and counts.

        Args:
            query: what is asked; its page is void.
            first: hits to pass over.
            size: hits to give.
            aggs: what to count besides.
            explain: say of each hit what its score is made of.
            budget: of the query: at its deadline the cluster answers with what it has found. None
                = a new one for the plan, and the cluster takes the time that it needs.
        """
        plan = self._planned(query.clause, budget or self.budget())
        deadline = None if budget is None else budget.deadline
        match = Match.ANY if query.match is Match.ANY else Match.ALL
        pages = Pages(self._reach, query, plan, explain=explain, deadline=deadline)
        answer = pages.answer(match, first, size, aggs)
        matching = matching_query(plan, match)
        if query.match is not Match.AUTO or plan.bare < 2:
            return Finding(
                query, plan, match, answer.total, answer.places, answer.aggregations, matching
            )
        some = matching_query(plan, Match.ANY)
        having = answer.total
        if having < self._enough and filter_query(query) is not None:
            (having,) = self._words.counts([matching])
        wanted = having >= (self._enough if plan.monotone else 1)
        if wanted and answer.total:
            return Finding(
                query,
                plan,
                match,
                answer.total,
                answer.places,
                answer.aggregations,
                matching,
                some=some,
            )
        leading = pages.leading(answer.total)
        relaxed = pages.answer(Match.ANY, first, size, aggs, leading)
        return Finding(
            query,
            plan,
            Match.ANY,
            relaxed.total,
            relaxed.places,
            relaxed.aggregations,
            some,
            all_words=answer.total,
            all_words_elsewhere=having - answer.total,
            complete=matching if wanted else None,
            some=some if wanted else None,
        )

    @property
    def _enough(self) -> int:
        return self._reach.scoring.ranking.enough

    def ids(self, query: Query) -> Iterator[str]:
        """Returns the ids of all matches in order: the first at once, others as they are taken."""
        first = self.find(query, 0, max(1, self._reach.scoring.ranking.depth, self._enough))
        listed = (str(place.after[-1]) for place in first.places)
        if first.total <= len(first.places):
            return listed
        pages = Pages(self._reach, query, first.plan)
        return chain(listed, pages.rest(first.match, first.places))

    @property
    def notes(self) -> Mapping[Leaf, str]:
        """No leaf: what a request leaves out says so in its reading."""
        return {}

    def leaf_hits(self, readings: tuple[LeafReading, ...]) -> list[int]:
        """Counts the papers that match each leaf on its own."""
        self._words.count(term for reading in readings for term in reading.terms)
        others = [reading for reading in readings if len(reading.terms) != 1]
        counts = iter(self._words.counts([leaf_query(other) for other in others]))
        return [
            self._words.holding(reading.terms[0]) if len(reading.terms) == 1 else next(counts)
            for reading in readings
        ]

    def deadline(self) -> Deadline:
        """Returns a deadline that begins now; a cluster is waited for, so time is what passes."""
        return Deadline(self._limits.seconds, clock=time.monotonic)

    def budget(self, deadline: Deadline | None = None) -> Budget:
        """Begins to count what a query costs."""
        return Budget(self._limits, deadline or self.deadline())

    def totals(self, queries: Sequence[Query]) -> list[Count]:
        """Counts what each query finds, all in one request."""
        return self._totals(queries, [None] * len(queries), self.budget())

    def totals_without(self, query: Query, leaves: range, budget: Budget) -> list[Count]:
        """Counts what a query finds without each of these leaves, all in one request."""
        return self._totals([query] * len(leaves), list(leaves), budget)

    def _totals(
        self, queries: Sequence[Query], skip: Sequence[int | None], budget: Budget
    ) -> list[Count]:
        """Counts what each query finds, one of its leaves left out where `skip` says so."""
        plans = [
            self._planned(query.clause, budget, skip=at)
            for query, at in zip(queries, skip, strict=True)
        ]
        filters = [filter_query(query) for query in queries]
        auto = [
            query.match is Match.AUTO and plan.bare > 1
            for query, plan in zip(queries, plans, strict=True)
        ]
        asked: list[Body] = []
        for query, plan, those in zip(queries, plans, filters, strict=True):
            match = Match.ANY if query.match is Match.ANY else Match.ALL
            matching = matching_query(plan, match)
            # Whatever the filters, AUTO looks at how many papers of the collection have all words.
            asked += [_under(matching, those), matching]
        counted = self._words.counts(asked)
        counts = [Count(total, total) for total in counted[::2]]
        relaxed = []
        for at, having in enumerate(counted[1::2]):
            wanted = having >= (self._enough if plans[at].monotone else 1)
            if auto[at] and not (wanted and counts[at].total):
                relaxed.append(at)
        wider = [_under(matching_query(plans[at], Match.ANY), filters[at]) for at in relaxed]
        for at, total in zip(relaxed, self._words.counts(wider), strict=True):
            counts[at] = Count(total, counts[at].full)
        return counts

    def _planned(self, clause: Clause | None, budget: Budget, skip: int | None = None) -> Plan:
        """Reads a tree; leaves that would make the request too large are left out, with a note."""
        self._words.prepare(leaves_of(clause))
        read_one = reader_of(clause, self._words, budget, skip=-1 if skip is None else skip)
        room = MOST_CLAUSES

        def read(leaf: Leaf) -> LeafReading:
            nonlocal room
            reading = read_one(leaf)
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
