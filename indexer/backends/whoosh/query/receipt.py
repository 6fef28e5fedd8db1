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
from indexer.backends.whoosh.query.execution import Finding, find
from indexer.backends.whoosh.scoring.collection import Collection
from indexer.backends.whoosh.scoring.meaning import query_vector
from indexer.budget import Budget, BudgetSpent
from indexer.query import Leaf, Query, Word
from indexer.query_analysis.leaf_analysis import LeafReading
from indexer.query_analysis.plan import Plan
from indexer.query_analysis.receipt import receipt_of
from indexer.query_analysis.terms import NameTerm, StemTerm
from indexer.results import Receipt
from indexer.suggest import RARE, SHORTEST, Vocabulary, corrected_queries


def budgeted_receipt(
    collection: Collection, spelling: Spelling, found: Finding, desks: tuple[Workspace, ...]
) -> Receipt:
    """Returns how the query of a finding was read."""
    counting = BudgetedCounting(collection, found, desks)
    corrected = _corrections(spelling, found)
    receipt = receipt_of(found, counting, corrected, found.asked.budget)
    return replace(receipt, ordered_by=ordered_by(collection, found))


def _corrections(spelling: Spelling, found: Finding) -> Iterator[tuple[str, Query]]:
    """Yields the words put in and the query with them; nothing is read before the first."""
    with found.asked.budget.deadline.paused():
        spelling.prepare(found.plan)
    yield from spelling.corrected(found.query, found.plan)


class BudgetedCounting:
    """Counts papers one query at a time, as long as the budget of the query allows."""

    def __init__(
        self, collection: Collection, found: Finding, desks: tuple[Workspace, ...]
    ) -> None:
        """Counts on behalf of the query of a finding."""
        self._collection = collection
        self._found = found
        self._desks = desks

    @property
    def notes(self) -> Mapping[Leaf, str]:
        """Leaves that were left out, with what the receipt says of them."""
        return self._found.asked.cut

    def leaf_hits(self, readings: tuple[LeafReading, ...]) -> list[int]:
        """Returns the number of papers that match each leaf on its own."""
        return [hits_of(self._collection, self._found, reading) for reading in readings]

    def totals(self, queries: Sequence[Query]) -> Iterator[Finding]:
        """Yields what each query finds."""
        for query in queries:
            if not self._affords():
                return
            yield find(self._collection, query, self._desks, self._found.asked)

    def totals_without(self, query: Query, leaves: range, budget: Budget) -> Iterator[Finding]:
        """Yields what a query finds without each of these leaves; the finding has the budget."""
        del budget
        for leaf in leaves:
            if not self._affords():
                return
            plan = self._collection.plan(query.clause, self._found.asked, leaf)
            yield find(self._collection, query, self._desks, self._found.asked, plan=plan)

    def _affords(self) -> bool:
        """Charges another execution to the budget of the query, if it is left."""
        asked = self._found.asked
        if asked.cut or asked.budget.overdue or not asked.budget.affords(self._found.cost):
            return False
        asked.budget.spend(self._found.cost)
        return True


def ordered_by(collection: Collection, found: Finding) -> str:
    """Returns the model by which the best hits are ordered beside words; empty for words alone."""
    if not found.signal_terms:
        return ""
    vector = query_vector(collection, found.query)
    return "" if vector is None else vector.model.label


def hits_of(collection: Collection, found: Finding, reading: LeafReading) -> int:
    """Returns the number of papers that match one leaf on its own; 0 where it is left out."""
    asked = found.asked
    if reading.leaf in asked.cut:
        return 0
    try:
        holding = [collection.scored(term, asked).papers for term in reading.terms]
    except BudgetSpent as spent:  # it takes no part, as a stop word
        asked.cut[reading.leaf] = spent.note
        return 0
    if len(holding) == 1:
        return holding[0]
    total = 0
    for segment, desk in enumerate(found.desks):
        reader = collection.readers[segment]
        matches = Evaluation(collection, segment, found.plan, desk, asked).leaf(reading)
        total += reader.papers - len(matches.docs) if matches.negated else len(matches.docs)
    return total


class Spelling:
    """Knows the unstemmed words of texts and names, from the first time a rare one is asked for."""

    def __init__(self, collection: Collection) -> None:
        """Speak of the words of this collection."""
        self._collection = collection

    def corrected(self, query: Query, plan: Plan) -> Iterator[tuple[str, Query]]:
        """Returns the words put in and the query with them, best first; see `corrected_queries`.

        Nothing, and at once, where every word is common or part of a name.
        """
        if not self._doubts(plan):
            return iter(())
        papers = self._collection.papers
        return corrected_queries(query, self._vocabulary, papers=papers, is_name=self._is_name)

    def prepare(self, plan: Plan) -> None:
        """Reads the words of the collection, once, where a query has a word that is doubtful."""
        if self._doubts(plan):
            _ = self._vocabulary

    def _doubts(self, plan: Plan) -> bool:
        words = (one.terms[0] for one in plan.asking if one.terms and isinstance(one.leaf, Word))
        names = (term for one in plan.asking for term in one.terms if isinstance(term, NameTerm))
        return any(map(self._rare, words)) or any(map(self._unknown, names))

    def _rare(self, term: object) -> bool:
        if not isinstance(term, StemTerm) or len(term.word) < SHORTEST:
            return False
        held = self._collection.word_papers(term.word)
        return held <= max(1, RARE * self._collection.papers) and not self._is_name(term.word)

    def _unknown(self, term: NameTerm) -> bool:
        return any(len(word) >= SHORTEST and not self._is_name(word) for word in term.words)

    def _is_name(self, folded: str) -> bool:
        return any(len(names_with_word(reader, folded)) for reader in self._collection.readers)

    @cached_property
    def _vocabulary(self) -> Vocabulary:
        collection = self._collection
        held: dict[str, int] = {}
        for at, reader in enumerate(collection.readers):
            texts = zip(reader.arrays.words, collection.word_counts[at].tolist(), strict=True)
            names = zip(reader.arrays.name_words, collection.name_counts[at].tolist(), strict=True)
            for word, count in chain(texts, names):
                if count:
                    held[word] = held.get(word, 0) + count
        return Vocabulary(list(held), np.fromiter(held.values(), np.int64, len(held)))
