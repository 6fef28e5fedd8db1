"""How a query was read, what emptied it, and what would find something.

Did you mean: the queries worth asking when a word of the query is hardly known here.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import cached_property
from itertools import chain

import numpy as np

from indexer.backends.whoosh.postings.author_names import names_with_word
from indexer.backends.whoosh.query.boolean import Desk
from indexer.backends.whoosh.query.evaluator import Evaluation
from indexer.backends.whoosh.query.execution import Finding, find
from indexer.backends.whoosh.scoring.collection import Collection
from indexer.budget import BudgetSpent
from indexer.language.unparse import format_clause
from indexer.query import Match, Query, Word
from indexer.query_analysis.leaf_analysis import STOP_NOTE, LeafReading
from indexer.query_analysis.plan import Plan
from indexer.query_analysis.relaxation import is_deep, left_out, unfiltered, without
from indexer.query_analysis.terms import NameTerm, StemTerm
from indexer.search import Alternative, ClauseReading, Receipt
from indexer.suggest import RARE, SHORTEST, SPELT_RIGHT, Vocabulary, corrected_queries, label_of

LOOKED_AT = 24
"""Most leaves that are left out one by one to see what emptied the result."""
MOST_LEAVES = 64
"""Queries of more leaves are not searched for the one that emptied them."""
ALTERNATIVES = 6


def receipt_of(
    collection: Collection, spelling: Spelling, found: Finding, desks: tuple[Desk, ...]
) -> Receipt:
    """Returns how the query of a finding was read."""
    query = found.query
    deep = is_deep(query.clause)
    leaves = found.plan.leaves
    asked = {id(reading) for reading in found.plan.asking}
    empty = query.match is not Match.ANY and not found.full
    looked = empty and 1 < len(leaves) <= MOST_LEAVES
    emptied = _emptied(collection, found, leaves, desks) if looked else {}
    notes = found.asked.cut
    readings = tuple(
        ClauseReading(
            reading.leaf,
            format_clause(reading.leaf),
            hits_of(collection, found, reading),
            bool(emptied.get(at)),
            notes.get(reading.leaf)
            or reading.note
            or (STOP_NOTE if reading.stop and id(reading) not in asked else ""),
        )
        for at, reading in enumerate(leaves)
    )
    alternatives: tuple[Alternative, ...] = ()
    if not deep:
        alternatives = tuple(_corrected(collection, spelling, found, desks))
    if empty and not deep:
        alternatives += tuple(_alternatives(collection, found, emptied, desks))
    return Receipt(
        "a very deep query" if deep else format_clause(query.clause),
        readings,
        "any" if found.match is Match.ANY else "all",
        query.repairs,
        alternatives,
        found.all_words,
        found.all_words_elsewhere,
    )


def hits_of(collection: Collection, found: Finding, reading: LeafReading) -> int:
    """Count the papers that match one leaf on its own; 0 where it is left out."""
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


def _emptied(
    collection: Collection,
    found: Finding,
    leaves: tuple[LeafReading, ...],
    desks: tuple[Desk, ...],
) -> dict[int, int]:
    """Returns, for each of the first leaves, what is found when all words but it are needed.

    As many as the budget of the query allows.
    """
    query = replace(found.query, match=Match.ALL)
    totals: dict[int, int] = {}
    for at in range(min(len(leaves), LOOKED_AT)):
        if not _affords(found):
            break
        rest = collection.plan(query.clause, found.asked, at)
        totals[at] = find(collection, query, desks, found.asked, plan=rest).total
    return totals


def _affords(found: Finding) -> bool:
    """Take what another search like this one costs from the budget of the query, if it is left."""
    budget = found.asked.budget
    if found.asked.cut or budget.overdue or not budget.affords(found.cost):
        return False
    budget.spend(found.cost)
    return True


def _corrected(
    collection: Collection, spelling: Spelling, found: Finding, desks: tuple[Desk, ...]
) -> Iterator[Alternative]:
    """Returns queries with a rare word corrected of which more papers have all words."""
    given: set[int] = set()
    if found.full and found.query.match is not Match.ANY and len(found.plan.asking) >= SPELT_RIGHT:
        return
    if found.asked.budget.overdue:
        return
    for words, changed in spelling.corrected(found.query, found.plan):
        if not _affords(found):
            return
        other = find(collection, changed, desks, found.asked)
        if other.total in given:  # another form of a word that was given
            continue
        if other.full > found.full:
            given.add(other.total)
            yield Alternative(label_of(words), changed, other.total)


def _alternatives(
    collection: Collection, found: Finding, emptied: dict[int, int], desks: tuple[Desk, ...]
) -> Iterator[Alternative]:
    """Yields queries that find more: one clause left out, or one filter."""
    query = replace(found.query, page=1)
    here = 0 if found.query.match is Match.ALL else found.total
    given = 0
    fewer = sorted(emptied.items(), key=lambda one: (-one[1], one[0]))
    for at, total in fewer:
        rest = without(query.clause, at)
        if not total or rest is None or given == ALTERNATIVES:
            continue
        changed = replace(query, text=format_clause(rest), clause=rest, repairs=(), match=Match.ALL)
        given += 1
        yield Alternative(left_out(found.plan, at), changed, total)
    if found.total and not found.all_words_elsewhere:
        return
    for label, changed in unfiltered(query):
        if given == ALTERNATIVES or not _affords(found):
            return
        other = find(collection, changed, desks, found.asked)
        # Where papers with some of the words are shown, those with all are what is more.
        if other.full if found.total else other.total > here:
            given += 1
            yield Alternative(label, changed, other.total)


class Spelling:
    """Knows the unstemmed words of texts and names, from the first time a rare one is asked for."""

    def __init__(self, collection: Collection) -> None:
        """Speak of the words of this collection."""
        self._collection = collection

    def corrected(self, query: Query, plan: Plan) -> Iterator[tuple[str, Query]]:
        """Returns the words put in and the query with them, best first; see `corrected_queries`.

        Nothing, and at once, where every word is common or part of a name.
        """
        words = (one.terms[0] for one in plan.asking if one.terms and isinstance(one.leaf, Word))
        names = (term for one in plan.asking for term in one.terms if isinstance(term, NameTerm))
        if not any(map(self._rare, words)) and not any(map(self._unknown, names)):
            return iter(())
        papers = self._collection.papers
        return corrected_queries(query, self._vocabulary, papers=papers, is_name=self._is_name)

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
