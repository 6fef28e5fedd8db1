"""From a query to the papers it finds: decided between "all" and "any", filtered, ordered."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from indexer.backends.whoosh.query.boolean import ScoredUnion, Workspace
from indexer.backends.whoosh.query.evaluator import Evaluation, afford
from indexer.backends.whoosh.query.filters import Filters, all_of, filters_of
from indexer.backends.whoosh.scoring.collection import Collection
from indexer.backends.whoosh.scoring.match_tiers import best_in_tiers, first_tier, tied_in_tiers
from indexer.backends.whoosh.scoring.meaning import meaning_scores, nearest_docs, query_vector
from indexer.backends.whoosh.scoring.query_context import Execution
from indexer.backends.whoosh.scoring.ranked_docs import Ranked, RankedDoc, RankOrder
from indexer.backends.whoosh.scoring.relevance_feedback import (
    ExpansionTerm,
    expansion_scores,
    expansion_terms_of,
)
from indexer.backends.whoosh.scoring.rescoring import Candidates, signals_of
from indexer.backends.whoosh.scoring.scored_docs import NOTHING, Matches, Scores, rounded, shown
from indexer.query import FacetField, Match, Query, Sort
from indexer.query_analysis.plan import Plan, signal_terms
from indexer.query_analysis.relevance_model import PAPERS
from indexer.query_analysis.terms import TextTerm


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
        complete: for each segment the papers that have all bare words, before filters, where AUTO
            went on to papers with some of them; elsewhere None.
        leading: for each segment those of `complete` that pass all filters; they come first under
            RELEVANCE.
        fallen: whether `complete` is what is asked for, but the filters left none of it.
    """

    query: Query
    plan: Plan
    match: Match
    matched: tuple[Matches, ...]
    filters: tuple[Filters, ...]
    hits: tuple[Matches, ...]
    desks: tuple[Workspace, ...]
    asked: Execution
    cost: int
    complete: tuple[Matches, ...] | None = None
    leading: tuple[Matches, ...] = ()
    fallen: bool = False

    def under_others(self, field: FacetField) -> tuple[Matches, ...]:
        """Returns for each segment the hits of the query without the filters of one field.

        Where AUTO fell back to some of the words only because of that field's filters, the papers
        with all words are the hits without them.
        """
        if not any(field in filters for filters in self.filters):
            return self.hits
        if self.fallen and self.complete is not None:
            complete = _all_kept(self.complete, self.filters, but=field)
            if any(one.count for one in complete):
                return complete
        return _all_kept(self.matched, self.filters, but=field)

    @property
    def all_words(self) -> int | None:
        """Number of hits that have all bare words; None unless AUTO went on to some of them."""
        return None if self.complete is None else sum(one.count for one in self.leading)

    @property
    def full(self) -> int:
        """Number of hits that have all that was asked for: of those with some words, none."""
        return self.total if self.all_words is None else self.all_words

    @property
    def all_words_elsewhere(self) -> int:
        """Number of papers with all bare words that do not pass the filters, where counted."""
        return sum(one.count for one in self.complete or ()) - (self.all_words or 0)

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
    desks: tuple[Workspace, ...],
    asked: Execution,
    *,
    plan: Plan | None = None,
) -> Finding:
    """Find what a query asks for.

    Under `Match.AUTO` all bare words are needed if at least `Ranking.enough` papers have them,
    whatever the filters, so that a filter changes nothing in what is asked for. If fewer have them,
    any of the words is enough, and those few papers come first; so it is, too, if no paper that
    passes the filters has them all.

    Args:
        collection: where.
        query: what.
        desks: room to work in, one a segment, for this thread only.
        asked: pays for it; what cannot be afforded is left out.
        plan: in place of the query's own clause.
    """
    plan = plan or collection.plan(query.clause, asked)
    first = Match.ANY if query.match is Match.ANY else Match.ALL
    filters = tuple(filters_of(reader, query) for reader in collection.readers)
    matched, cost = _matched(collection, plan, desks, first, asked)
    hits = _all_kept(matched, filters)
    if query.match is not Match.AUTO or plan.bare < 2:
        return Finding(query, plan, first, matched, filters, hits, desks, asked, cost)
    having = sum(one.count for one in matched)
    fallen = having >= (collection.ranking.enough if plan.monotone else 1)
    if fallen and any(one.count for one in hits):
        return Finding(query, plan, first, matched, filters, hits, desks, asked, cost)
    relaxed, cost = _matched(collection, plan, desks, Match.ANY, asked)
    return Finding(
        query,
        plan,
        Match.ANY,
        relaxed,
        filters,
        _all_kept(relaxed, filters),
        desks,
        asked,
        cost,
        complete=matched,
        leading=hits,
        fallen=fallen,
    )


def some_words_under_others(
    collection: Collection, found: Finding, field: FacetField
) -> Callable[[], tuple[Matches, ...]] | None:
    """Returns what finds the papers with some of the words under all filters but one field's.

    They are the hits after a click on a value of the field of which no paper has all words. None
    where these are no others than those that have all, or where they are found already.
    """
    auto = found.query.match is Match.AUTO and found.plan.bare > 1
    if not auto or (found.match is Match.ANY and not found.fallen):
        return None

    def find_some() -> tuple[Matches, ...]:
        matched = found.matched
        if found.match is Match.ALL:
            matched, _ = _matched(collection, found.plan, found.desks, Match.ANY, found.asked)
        return _all_kept(matched, found.filters, but=field)

    return find_some


def _matched(
    collection: Collection, plan: Plan, desks: tuple[Workspace, ...], match: Match, asked: Execution
) -> tuple[tuple[Matches, ...], int]:
    """Returns for each segment the papers that match a plan, before filters, and its cost."""
    cost = afford(collection, plan, asked)
    if plan.leaves and all(reading.leaf in asked.cut for reading in plan.leaves):
        return (NOTHING,) * len(
            desks
        ), cost  # of a query that was left out whole, no paper is known
    evaluations = (
        Evaluation(collection, segment, plan, desk, asked) for segment, desk in enumerate(desks)
    )
    return tuple(one.matches(match) for one in evaluations), cost


def _all_kept(
    matched: tuple[Matches, ...], filters: tuple[Filters, ...], *, but: FacetField | None = None
) -> tuple[Matches, ...]:
    return tuple(_kept(one, those, but=but) for one, those in zip(matched, filters, strict=True))


def _kept(found: Matches, filters: Filters, *, but: FacetField | None = None) -> Matches:
    passing = all_of(filters, but=but)
    if passing is None:
        return found
    return found.under(passing) if isinstance(found, ScoredUnion) else passing.of(found)


def places(collection: Collection, found: Finding, first: int, last: int) -> list[RankedDoc]:
    """Returns the hits of places `first` up to `last`, in the query's order."""
    last = min(last, collection.papers)
    if first >= last:
        return []
    if found.query.sort is Sort.RELEVANCE and found.scored:
        return relevant(collection, found, last).at(slice(first, last)).places()
    last = min(last, found.total)
    if first >= last:
        return []
    listed = RankOrder(collection.readers).page(
        found.hits, _unscored(found.query.sort), first, last
    )
    return _with_scores(found, listed) if found.scored else listed


_BEST: Final = 100
"""Hits that `every_place` ranks before the others."""


def every_place(collection: Collection, found: Finding) -> Iterator[RankedDoc]:
    """Yields all hits in the query's order; scores are given under RELEVANCE only.

    The best hits are ranked by themselves, since most readers take a few: to order all papers with
    some of the words takes ten times as long.
    """
    if not found.scored or found.query.sort is not Sort.RELEVANCE:
        yield from RankOrder(collection.readers).listed(found.hits, _unscored(found.query.sort))
        return
    yield from relevant(collection, found, min(_BEST, found.total)).places()
    if found.total > _BEST:
        others = relevant(collection, found, found.total)
        yield from others.at(slice(_BEST, None)).places()


def _unscored(sort: Sort) -> Sort:
    return Sort.NEWEST if sort is Sort.RELEVANCE else sort


def relevant(collection: Collection, found: Finding, wanted: int) -> Ranked:
    """Returns the best hits; signals are added to the best `Ranking.depth` of them."""
    order = RankOrder(collection.readers)
    depth = collection.ranking.depth
    terms = found.signal_terms if depth > 0 else ()
    first = first_tier(collection, found.leading, found.hits, found.desks)
    base = best_in_tiers(order, found.hits, first, max(wanted, depth if terms else 0))
    if not terms or not len(base):
        return base.at(slice(wanted))
    rescored = _rescored(collection, found, terms, base.at(slice(depth)), first)
    final = tied_in_tiers(order, rescored.ranked, first)
    found.asked.best = found.plan, final
    return final.then(base.at(slice(depth, None))).at(slice(wanted))


@dataclass(frozen=True, slots=True)
class Rescored:
    """The candidates of a query with their final scores.

    Attributes:
        ranked: in no order.
        shared: expansion terms of the best papers; none where they do not count.
        meaning: what meaning adds to each; None where it does not count.
    """

    ranked: Ranked
    shared: tuple[ExpansionTerm, ...] = ()
    meaning: Scores | None = None

    def meaning_of(self, segment: int, doc: int) -> float:
        """Returns what meaning adds to the score of one paper."""
        if self.meaning is None:
            return 0.0
        ranked = self.ranked
        at = np.flatnonzero((ranked.segments == segment) & (ranked.docs == doc))
        return float(self.meaning[at[0]]) if len(at) else 0.0


def rescored(collection: Collection, found: Finding) -> Rescored | None:
    """Returns the candidates of a query, to explain their scores; None where only words count."""
    terms = found.signal_terms
    vector = query_vector(collection, found.query)
    if not found.total or not (_feedback(collection, found, terms) or (terms and vector)):
        return None
    order = RankOrder(collection.readers)
    first = first_tier(collection, found.leading, found.hits, found.desks)
    base = best_in_tiers(order, found.hits, first, collection.ranking.depth)
    return _rescored(collection, found, terms, base, first)


def _rescored(
    collection: Collection,
    found: Finding,
    terms: tuple[TextTerm, ...],
    base: Ranked,
    first: Ranked,
) -> Rescored:
    """Adds all features to the scores of candidates.

    Args:
        collection: the index.
        found: the query and its hits.
        terms: of the query, at least one.
        base: the candidates, best first.
        first: the hits that come before others.
    """
    order = RankOrder(collection.readers)
    looked = _looked_at(collection, found, base)
    final = with_signals(collection, found, terms, looked)
    factor = _feedback(collection, found, terms)
    shared: tuple[ExpansionTerm, ...] = ()
    if factor:
        shared = expansion_terms_of(collection, tied_in_tiers(order, final, first, PAPERS), factor)
        final = with_feedback(collection, looked, shared, final)
    vector = query_vector(collection, found.query)
    if vector is None:
        return Rescored(final, shared)
    added = meaning_scores(collection, vector, final)
    scores = rounded(final.scores + added)
    return Rescored(Ranked(final.segments, final.docs, scores), shared, added)


CLOSE: Final = 10
"""Papers close in meaning that are listed beside the results."""
_LEAST_COSINE: Final = 0.35
"""Texts on different matters are mostly below .2, two wordings of one question above .5."""


def close_docs(collection: Collection, found: Finding) -> list[RankedDoc]:
    """Returns the papers nearest in meaning that pass the filters and are not among the best hits.

    Where all words are needed no hit is among them; where some are enough, none of the
    `Ranking.depth` best, which are ordered by meaning already. Their scores are cosines.
    """
    vector = query_vector(collection, found.query)
    if vector is None:
        return []
    masks = []
    for reader, filters in zip(collection.readers, found.filters, strict=True):
        passing = all_of(filters)
        mask = np.ones(reader.size, np.bool_)
        if passing is not None:
            mask[: passing.first] = mask[max(passing.first, passing.last) :] = False
            if passing.mask is not None:
                mask &= passing.mask
        masks.append(mask)
    if found.match is Match.ALL:
        for mask, hits in zip(masks, found.hits, strict=True):
            mask[hits.docs] = False
    else:
        known = found.asked.best
        if known is None or known[0] is not found.plan:
            best = relevant(collection, found, collection.ranking.depth)
        else:
            best = known[1]
        for segment, doc, _ in best.rows():
            masks[segment][doc] = False
    nearest = nearest_docs(collection, vector, masks, CLOSE)
    return [place for place in nearest.places() if place.score >= _LEAST_COSINE]


def _looked_at(collection: Collection, found: Finding, ranked: Ranked) -> list[Candidates]:
    return [
        Candidates(
            segment,
            ranked.docs[places],
            collection.readers[segment].arrays.docs,
            found.desks[segment].kernels,
        )
        for segment, places in ranked.rising()
    ]


def _feedback(collection: Collection, found: Finding, terms: Sequence[TextTerm]) -> float:
    """Returns the factor on what the words of the best papers add; 0 where they do not count."""
    counts = found.match is Match.ANY and len(terms) > 1
    return collection.ranking.feedback * len(terms) if counts else 0.0


def with_signals(
    collection: Collection,
    found: Finding,
    terms: tuple[TextTerm, ...],
    looked: Sequence[Candidates],
) -> Ranked:
    """Returns papers, as they come, with their scores and what the signals add."""
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
    looked: Sequence[Candidates],
    shared: Sequence[ExpansionTerm],
    ranked: Ranked,
) -> Ranked:
    """Returns the same papers with what shared words add to their scores."""
    more = np.concatenate([expansion_scores(collection, one, shared).sum(0) for one in looked])
    return Ranked(ranked.segments, ranked.docs, rounded(ranked.scores + more))


def _with_scores(found: Finding, listed: list[RankedDoc]) -> list[RankedDoc]:
    """Returns papers in another order than relevance the scores of their clauses.

    Signals belong to the order by relevance: here they would cost time and change nothing.
    """
    scored = []
    for one in listed:
        hits = found.hits[one.segment]
        score = 0.0
        if hits.scores is not None:
            score = float(hits.scores[int(np.searchsorted(hits.docs, one.doc))])
        scored.append(RankedDoc(one.segment, one.doc, shown(score)))
    return scored
