"""From a query to the papers it finds: decided between "all" and "any", filtered, ordered."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from indexer.backends.whoosh.answer.evaluate import Evaluation, afford
from indexer.backends.whoosh.answer.feedback import SharedWord, likeness, shared_words_of
from indexer.backends.whoosh.answer.filters import Filters, all_of, filters_of
from indexer.backends.whoosh.answer.looking import Looked
from indexer.backends.whoosh.answer.matches import Desk, Sum
from indexer.backends.whoosh.answer.select import Order, Place, Ranked
from indexer.backends.whoosh.answer.signals import signals_of
from indexer.backends.whoosh.lookup.collection import Collection
from indexer.backends.whoosh.lookup.execution import Execution
from indexer.backends.whoosh.lookup.highest import rounded, shown
from indexer.backends.whoosh.lookup.matches import Matches
from indexer.matching.feedback import PAPERS
from indexer.matching.plan import Plan, signal_terms
from indexer.matching.terms import TextTerm
from indexer.query import FacetField, Match, Query, Sort


@dataclass(frozen=True, slots=True)
class Finding:
    """What a query finds.

    Attributes:
        match: ALL or ANY, as decided.
        matched: for each segment the papers that match the clause, before filters.
        filters: for each segment which papers pass each filter.
        hits: for each segment the papers that pass all filters.
        desks: for each segment the room that was worked in.
        asked: the query while it is answered.
        cost: postings that it takes to evaluate the plan once.
    """

    query: Query
    plan: Plan
    match: Match
    matched: tuple[Matches, ...]
    filters: tuple[Filters, ...]
    hits: tuple[Matches, ...]
    desks: tuple[Desk, ...]
    asked: Execution
    cost: int

    def under_others(self, field: FacetField) -> tuple[Matches, ...]:
        """Give for each segment the papers that pass every filter but those of one field."""
        found = []
        for matched, filters, hits in zip(self.matched, self.filters, self.hits, strict=True):
            found.append(hits if field not in filters else _kept(matched, filters, but=field))
        return tuple(found)

    @property
    def total(self) -> int:
        """Papers that match and pass the filters: counted when first asked for."""
        return sum(one.count for one in self.hits)

    @property
    def signal_terms(self) -> tuple[TextTerm, ...]:
        """The terms whose company is looked at, of those leaves that are evaluated."""
        terms = signal_terms(self.plan, self.match)
        if not self.asked.cut:
            return terms
        return tuple(term for term in terms if term in self.asked.terms)

    @property
    def scored(self) -> bool:
        """Whether any hit has a score."""
        return any(
            not one.empty and (one.positive or (one.scores is not None and bool(one.scores.any())))
            for one in self.hits
        )


def find(
    collection: Collection,
    query: Query,
    desks: tuple[Desk, ...],
    asked: Execution,
    *,
    plan: Plan | None = None,
) -> Finding:
    """Find what a query asks for.

    Under `Match.AUTO` all bare words are needed; where no paper has them all, any of them.

    Args:
        collection: where.
        query: what.
        desks: room to work in, one a segment, for this thread only.
        asked: pays for it; what cannot be afforded is left out.
        plan: in place of the query's own clause.
    """
    plan = plan or collection.plan(query.clause, asked)
    first = Match.ANY if query.match is Match.ANY else Match.ALL
    found = _matching(collection, query, desks, plan, first, asked)
    if query.match is Match.AUTO and not found.total and plan.bare > 1:
        found = _matching(collection, query, desks, plan, Match.ANY, asked)
    return found


def _matching(  # noqa: PLR0913, PLR0917 - what is evaluated, and how
    collection: Collection,
    query: Query,
    desks: tuple[Desk, ...],
    plan: Plan,
    match: Match,
    asked: Execution,
) -> Finding:
    cost = afford(collection, plan, asked)
    evaluations = (
        Evaluation(collection, segment, plan, desk, asked) for segment, desk in enumerate(desks)
    )
    matched = tuple(one.matches(match) for one in evaluations)
    filters = tuple(filters_of(reader, query) for reader in collection.readers)
    hits = tuple(_kept(one, those) for one, those in zip(matched, filters, strict=True))
    return Finding(query, plan, match, matched, filters, hits, desks, asked, cost)


def _kept(found: Matches, filters: Filters, *, but: FacetField | None = None) -> Matches:
    passing = all_of(filters, but=but)
    if passing is None:
        return found
    return found.under(passing) if isinstance(found, Sum) else passing.of(found)


def places(collection: Collection, found: Finding, first: int, last: int) -> list[Place]:
    """Give the hits of places `first` up to `last`, in the query's order."""
    last = min(last, collection.papers)
    if first >= last:
        return []
    if found.query.sort is Sort.RELEVANCE and found.scored:
        return relevant(collection, found, last).at(slice(first, last)).places()
    last = min(last, found.total)
    if first >= last:
        return []
    listed = Order(collection.readers).page(found.hits, _unscored(found.query.sort), first, last)
    return _with_scores(found, listed) if found.scored else listed


def every_place(collection: Collection, found: Finding) -> Iterator[Place]:
    """Give all hits in the query's order, lazily; scores are given under RELEVANCE only."""
    if found.scored and found.query.sort is Sort.RELEVANCE:
        return iter(relevant(collection, found, found.total).places())
    return Order(collection.readers).listed(found.hits, _unscored(found.query.sort))


def _unscored(sort: Sort) -> Sort:
    return Sort.NEWEST if sort is Sort.RELEVANCE else sort


def relevant(collection: Collection, found: Finding, wanted: int) -> Ranked:
    """Give the best hits; signals are added to the best `Ranking.depth` of them."""
    order = Order(collection.readers)
    depth = collection.ranking.depth
    terms = found.signal_terms if depth > 0 else ()
    base = order.best(found.hits, max(wanted, depth if terms else 0))
    if not terms or not len(base):
        return base
    looked = _looked_at(collection, found, base.at(slice(depth)))
    final = with_signals(collection, found, terms, looked)
    factor = _feedback(collection, found, terms)
    if factor:
        shared = shared_words_of(collection, order.tied(final, PAPERS), factor)
        final = with_feedback(collection, looked, shared, final)
    return order.tied(final).then(base.at(slice(depth, None))).at(slice(wanted))


def shared_words(collection: Collection, found: Finding) -> tuple[SharedWord, ...]:
    """Give the words by which the best papers lead on to others; none where they do not count."""
    terms = found.signal_terms
    factor = _feedback(collection, found, terms)
    if not factor or not found.total:
        return ()
    order = Order(collection.readers)
    looked = _looked_at(collection, found, order.best(found.hits, collection.ranking.depth))
    best = order.tied(with_signals(collection, found, terms, looked), PAPERS)
    return shared_words_of(collection, best, factor)


def _looked_at(collection: Collection, found: Finding, ranked: Ranked) -> list[Looked]:
    return [
        Looked(
            segment,
            ranked.docs[places],
            collection.readers[segment].arrays.docs,
            found.desks[segment].kernels,
        )
        for segment, places in ranked.rising()
    ]


def _feedback(collection: Collection, found: Finding, terms: Sequence[TextTerm]) -> float:
    """Give the factor on what the words of the best papers add; 0 where they do not count."""
    counts = found.match is Match.ANY and len(terms) > 1
    return collection.ranking.feedback * len(terms) if counts else 0.0


def with_signals(
    collection: Collection,
    found: Finding,
    terms: tuple[TextTerm, ...],
    looked: Sequence[Looked],
) -> Ranked:
    """Give papers, as they come, with their scores and what the signals add."""
    scores = []
    for one in looked:
        base = one.sums(found.hits[one.segment].summands)
        signals = signals_of(collection, one, terms, found.asked)
        scores.append(signals.scores(base, collection.ranking))
    return Ranked(
        np.repeat([one.segment for one in looked], [len(one.papers) for one in looked]),
        np.concatenate([one.papers for one in looked]),
        rounded(np.concatenate(scores)),
    )


def with_feedback(
    collection: Collection,
    looked: Sequence[Looked],
    shared: Sequence[SharedWord],
    ranked: Ranked,
) -> Ranked:
    """Give the same papers with what shared words add to their scores."""
    more = np.concatenate([likeness(collection, one, shared).sum(0) for one in looked])
    return Ranked(ranked.segments, ranked.docs, rounded(ranked.scores + more))


def _with_scores(found: Finding, listed: list[Place]) -> list[Place]:
    """Give papers in another order than relevance the scores of their clauses.

    Signals belong to the order by relevance: here they would cost time and change nothing.
    """
    scored = []
    for one in listed:
        hits = found.hits[one.segment]
        score = 0.0
        if hits.scores is not None:
            score = float(hits.scores[int(np.searchsorted(hits.docs, one.doc))])
        scored.append(Place(one.segment, one.doc, shown(score)))
    return scored
