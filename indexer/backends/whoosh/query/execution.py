"""Executes a query: decides between all and some of its words, evaluates the plan, filters."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from indexer.backends.whoosh.query.boolean import ScoredUnion, Workspace
from indexer.backends.whoosh.query.evaluator import Evaluation, afford
from indexer.backends.whoosh.query.filters import Filters, all_of, filters_of
from indexer.backends.whoosh.scoring.collection import Collection
from indexer.backends.whoosh.scoring.query_context import Execution
from indexer.backends.whoosh.scoring.scored_docs import NOTHING, ScoredDocs
from indexer.query import FacetField, Match, Query
from indexer.query_analysis.plan import Plan, signal_terms
from indexer.query_analysis.terms import TextTerm


@dataclass(frozen=True, slots=True)
class QueryMatches:
    """The docs that match a query, per segment, before and after its filters.

    Attributes:
        query: as asked.
        plan: what was evaluated.
        match: ALL or ANY, as decided.
        unfiltered: per segment, the docs that match the plan, before filters.
        filters: per segment, the docs that pass each filter.
        hits: per segment, the docs that match and pass all filters.
        workspaces: per segment, the scratch arrays of the thread.
        execution: the budget and the terms looked up.
        cost: postings read to evaluate the plan once.
        complete: per segment, the docs with all bare words, before filters, where AUTO was relaxed
            to some of them; elsewhere None.
        leading: per segment, those of `complete` that pass all filters; under RELEVANCE they rank
            first.
        relaxed_by_filters: whether enough docs have all words, but none of them passes the filters.
    """

    query: Query
    plan: Plan
    match: Match
    unfiltered: tuple[ScoredDocs, ...]
    filters: tuple[Filters, ...]
    hits: tuple[ScoredDocs, ...]
    workspaces: tuple[Workspace, ...]
    execution: Execution
    cost: int
    complete: tuple[ScoredDocs, ...] | None = None
    leading: tuple[ScoredDocs, ...] = ()
    relaxed_by_filters: bool = False

    def drill_sideways(self, field: FacetField) -> tuple[ScoredDocs, ...]:
        """Returns, per segment, the hits of the query without the filters of one field.

        Its facet counts are the hits after a click ("drill sideways"). Where AUTO was relaxed only
        because of that field's filters, the docs with all words are the hits without them.
        """
        if not any(field in filters for filters in self.filters):
            return self.hits
        if self.relaxed_by_filters and self.complete is not None:
            complete = _filter_docs(self.complete, self.filters, but=field)
            if any(docs.count for docs in complete):
                return complete
        return _filter_docs(self.unfiltered, self.filters, but=field)

    @property
    def all_words(self) -> int | None:
        """Number of hits that have all bare words; None unless AUTO was relaxed."""
        return None if self.complete is None else sum(docs.count for docs in self.leading)

    @property
    def full(self) -> int:
        """Number of hits that match without relaxation."""
        return self.total if self.all_words is None else self.all_words

    @property
    def all_words_elsewhere(self) -> int:
        """Number of docs with all bare words that do not pass the filters, where counted."""
        return sum(docs.count for docs in self.complete or ()) - (self.all_words or 0)

    @property
    def total(self) -> int:
        """Number of hits, counted lazily."""
        return sum(docs.count for docs in self.hits)

    @property
    def signal_terms(self) -> tuple[TextTerm, ...]:
        """Terms whose proximity and coverage count, of the leaves that are evaluated."""
        terms = signal_terms(self.plan, self.match)
        if not self.execution.cut:
            return terms
        return tuple(term for term in terms if term in self.execution.terms)

    @property
    def scored(self) -> bool:
        """Whether any hit has a score."""
        return any(
            not docs.empty
            and (docs.positive or (docs.scores is not None and bool(docs.scores.any())))
            for docs in self.hits
        )


def find(
    collection: Collection,
    query: Query,
    workspaces: tuple[Workspace, ...],
    execution: Execution,
    *,
    plan: Plan | None = None,
) -> QueryMatches:
    """Executes a query.

    Under `Match.AUTO` all bare words are required if at least `Ranking.enough` docs have them,
    whatever the filters, so that adding a filter does not change what the words mean. If fewer have
    them, any of the words is enough, and those few docs rank first. The same holds if no doc that
    passes the filters has all words.

    Args:
        collection: the segments searched.
        query: its clause, filters and `match`.
        workspaces: scratch arrays, one per segment, of this thread.
        execution: charged for postings; leaves beyond its budget are cut.
        plan: evaluated in place of the query's own clause.
    """
    plan = plan or collection.plan(query.clause, execution)
    first = Match.ANY if query.match is Match.ANY else Match.ALL
    filters = tuple(filters_of(reader, query) for reader in collection.readers)
    unfiltered, cost = _unfiltered_matches(collection, plan, workspaces, first, execution)
    hits = _filter_docs(unfiltered, filters)
    if query.match is not Match.AUTO or plan.bare < 2:
        return QueryMatches(
            query, plan, first, unfiltered, filters, hits, workspaces, execution, cost
        )
    complete_count = sum(docs.count for docs in unfiltered)
    relaxed_by_filters = complete_count >= (collection.ranking.enough if plan.monotone else 1)
    if relaxed_by_filters and any(docs.count for docs in hits):
        return QueryMatches(
            query, plan, first, unfiltered, filters, hits, workspaces, execution, cost
        )
    relaxed, cost = _unfiltered_matches(collection, plan, workspaces, Match.ANY, execution)
    return QueryMatches(
        query,
        plan,
        Match.ANY,
        relaxed,
        filters,
        _filter_docs(relaxed, filters),
        workspaces,
        execution,
        cost,
        complete=unfiltered,
        leading=hits,
        relaxed_by_filters=relaxed_by_filters,
    )


def relaxed_drill_sideways(
    collection: Collection, matches: QueryMatches, field: FacetField
) -> Callable[[], tuple[ScoredDocs, ...]] | None:
    """Returns a function that finds the relaxed hits under all filters but those of one field.

    They are the hits after a click on a value none of whose papers has all words. None if no value
    needs them: AUTO has nothing to relax, or was relaxed whatever the filters.
    """
    auto = matches.query.match is Match.AUTO and matches.plan.bare > 1
    if not auto or (matches.match is Match.ANY and not matches.relaxed_by_filters):
        return None

    def find_relaxed() -> tuple[ScoredDocs, ...]:
        unfiltered = matches.unfiltered
        if matches.match is Match.ALL:
            unfiltered, _ = _unfiltered_matches(
                collection, matches.plan, matches.workspaces, Match.ANY, matches.execution
            )
        return _filter_docs(unfiltered, matches.filters, but=field)

    return find_relaxed


def _unfiltered_matches(
    collection: Collection,
    plan: Plan,
    workspaces: tuple[Workspace, ...],
    match: Match,
    execution: Execution,
) -> tuple[tuple[ScoredDocs, ...], int]:
    """Returns, per segment, the docs that match a plan, before filters, and its cost."""
    cost = afford(collection, plan, execution)
    if plan.leaves and all(reading.leaf in execution.cut for reading in plan.leaves):
        return (NOTHING,) * len(workspaces), cost  # without this, a query cut whole matches all
    evaluations = (
        Evaluation(collection, segment, plan, workspace, execution)
        for segment, workspace in enumerate(workspaces)
    )
    return tuple(evaluation.matches(match) for evaluation in evaluations), cost


def _filter_docs(
    unfiltered: tuple[ScoredDocs, ...],
    filters: tuple[Filters, ...],
    *,
    but: FacetField | None = None,
) -> tuple[ScoredDocs, ...]:
    return tuple(
        _docs_passing(docs, passes, but=but)
        for docs, passes in zip(unfiltered, filters, strict=True)
    )


def _docs_passing(
    docs: ScoredDocs, filters: Filters, *, but: FacetField | None = None
) -> ScoredDocs:
    passing = all_of(filters, but=but)
    if passing is None:
        return docs
    return docs.under(passing) if isinstance(docs, ScoredUnion) else passing.of(docs)
