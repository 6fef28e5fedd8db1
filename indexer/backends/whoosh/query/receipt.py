"""Counts for the receipt of a query, within its budget, and spelling corrections.

`indexer.query_analysis.receipt` makes the receipt.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from itertools import chain

import numpy as np

from indexer.backends.whoosh.postings.author_names import names_with_word
from indexer.backends.whoosh.query.boolean import Workspace
from indexer.backends.whoosh.query.evaluator import Evaluation
from indexer.backends.whoosh.query.execution import QueryMatches, find
from indexer.backends.whoosh.scoring.collection import Collection
from indexer.backends.whoosh.scoring.meaning import query_vector
from indexer.budget import Budget, BudgetSpent
from indexer.query import Leaf, Query, Word
from indexer.query_analysis.leaf_analysis import LeafReading
from indexer.query_analysis.plan import Plan
from indexer.query_analysis.receipt import receipt_of
from indexer.query_analysis.terms import NameTerm, StemTerm
from indexer.results import Receipt
from indexer.suggestions.spelling_correction import RARE, SHORTEST, Vocabulary, corrected_queries


def budgeted_receipt(
    collection: Collection,
    spelling: Spelling,
    matches: QueryMatches,
    workspaces: tuple[Workspace, ...],
) -> Receipt:
    """Returns how a query was read, with a hit count per clause."""
    counting = BudgetedCounting(collection, matches, workspaces)
    corrected = _corrections(spelling, matches)
    receipt = receipt_of(matches, counting, corrected, matches.execution.budget)
    return replace(receipt, ordered_by=ordered_by(collection, matches))


def _corrections(spelling: Spelling, matches: QueryMatches) -> Iterator[tuple[str, Query]]:
    """Yields corrected words and the query with them; reads nothing before the first."""
    with matches.execution.budget.deadline.paused():
        spelling.prepare(matches.plan)
    yield from spelling.corrected(matches.query, matches.plan)


class BudgetedCounting:
    """Counts hits of other queries, one at a time, within the budget of the query."""

    def __init__(
        self, collection: Collection, matches: QueryMatches, workspaces: tuple[Workspace, ...]
    ) -> None:
        """Charges what it counts to the execution of `matches`."""
        self._collection = collection
        self._matches = matches
        self._workspaces = workspaces

    @property
    def notes(self) -> Mapping[Leaf, str]:
        """Leaves that were cut, with what the receipt says of them."""
        return self._matches.execution.cut

    def leaf_hits(self, readings: tuple[LeafReading, ...]) -> list[int]:
        """Returns the number of docs that match each leaf on its own."""
        return [hits_of(self._collection, self._matches, reading) for reading in readings]

    def totals(self, queries: Sequence[Query]) -> Iterator[QueryMatches]:
        """Yields the matches of each query; stops when the budget is spent."""
        for query in queries:
            if not self._affords():
                return
            yield find(self._collection, query, self._workspaces, self._matches.execution)

    def totals_without(self, query: Query, leaves: range, budget: Budget) -> Iterator[QueryMatches]:
        """Yields the matches of a query without each of these leaves."""
        del budget
        for leaf in leaves:
            if not self._affords():
                return
            plan = self._collection.plan(query.clause, self._matches.execution, leaf)
            yield find(
                self._collection, query, self._workspaces, self._matches.execution, plan=plan
            )

    def _affords(self) -> bool:
        """Charges another evaluation to the budget, if enough is left."""
        execution = self._matches.execution
        if (
            execution.cut
            or execution.budget.overdue
            or not execution.budget.affords(self._matches.cost)
        ):
            return False
        execution.budget.spend(self._matches.cost)
        return True


def ordered_by(collection: Collection, matches: QueryMatches) -> str:
    """Returns the label of the model that reorders the best hits; empty for words alone."""
    if not matches.signal_terms:
        return ""
    vector = query_vector(collection, matches.query)
    return "" if vector is None else vector.model.label


def hits_of(collection: Collection, matches: QueryMatches, reading: LeafReading) -> int:
    """Returns the number of docs that match one leaf on its own; 0 if it is cut."""
    execution = matches.execution
    if reading.leaf in execution.cut:
        return 0
    try:
        holding = [collection.scored(term, execution).papers for term in reading.terms]
    except BudgetSpent as spent:  # it takes no part, as a stop word
        execution.cut[reading.leaf] = spent.note
        return 0
    if len(holding) == 1:
        return holding[0]
    total = 0
    for segment, workspace in enumerate(matches.workspaces):
        reader = collection.readers[segment]
        docs = Evaluation(collection, segment, matches.plan, workspace, execution).leaf(reading)
        total += reader.papers - len(docs.docs) if docs.negated else len(docs.docs)
    return total


class Spelling:
    """Spelling corrections from the unstemmed words of texts and names, read on first use."""

    def __init__(self, collection: Collection) -> None:
        """Corrects to words of this collection."""
        self._collection = collection

    def corrected(self, query: Query, plan: Plan) -> Iterator[tuple[str, Query]]:
        """Returns corrected words and the query with them, best first; see `corrected_queries`.

        Empty, and without reading the vocabulary, if every word is common or part of a name.
        """
        if not self._doubts(plan):
            return iter(())
        papers = self._collection.papers
        return corrected_queries(query, self._vocabulary, papers=papers, is_name=self._is_name)

    def prepare(self, plan: Plan) -> None:
        """Reads the words of the collection, once, if a query has a doubtful word."""
        if self._doubts(plan):
            _ = self._vocabulary

    def _doubts(self, plan: Plan) -> bool:
        words = (
            reading.terms[0]
            for reading in plan.asking
            if reading.terms and isinstance(reading.leaf, Word)
        )
        names = (
            term for reading in plan.asking for term in reading.terms if isinstance(term, NameTerm)
        )
        return any(map(self._rare, words)) or any(map(self._unknown, names))

    def _rare(self, term: object) -> bool:
        if not isinstance(term, StemTerm) or len(term.word) < SHORTEST:
            return False
        papers = self._collection.word_papers(term.word)
        return papers <= max(1, RARE * self._collection.papers) and not self._is_name(term.word)

    def _unknown(self, term: NameTerm) -> bool:
        return any(len(word) >= SHORTEST and not self._is_name(word) for word in term.words)

    def _is_name(self, folded: str) -> bool:
        return any(len(names_with_word(reader, folded)) for reader in self._collection.readers)

    @cached_property
    def _vocabulary(self) -> Vocabulary:
        collection = self._collection
        counts: dict[str, int] = {}
        for segment, reader in enumerate(collection.readers):
            texts = zip(reader.arrays.words, collection.word_counts[segment].tolist(), strict=True)
            names = zip(
                reader.arrays.name_words, collection.name_counts[segment].tolist(), strict=True
            )
            for word, count in chain(texts, names):
                if count:
                    counts[word] = counts.get(word, 0) + count
        return Vocabulary(list(counts), np.fromiter(counts.values(), np.int64, len(counts)))
