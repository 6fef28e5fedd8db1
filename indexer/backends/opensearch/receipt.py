"""How a query was read, what emptied it, and what would find something.

Did you mean: the queries worth asking when a word of the query is hardly known here.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final, Protocol

from indexer.backends.opensearch.term_dictionary import WordFacts
from indexer.budget import Budget
from indexer.language.unparse import format_clause
from indexer.query import Match, Query, Word
from indexer.query_analysis.leaf_analysis import STOP_NOTE, LeafReading
from indexer.query_analysis.plan import Plan
from indexer.query_analysis.relaxation import is_deep, left_out, unfiltered, without
from indexer.query_analysis.terms import NameTerm, StemTerm
from indexer.search import Alternative, ClauseReading, Receipt
from indexer.suggest import (
    LONG,
    MOST_WORDS,
    RARE,
    SHORTEST,
    SPELT_RIGHT,
    Vocabulary,
    corrected_queries,
    label_of,
)
from indexer.text.folding import fold

LOOKED_AT: Final = 24
"""Most leaves that are left out one by one to see what emptied the result."""
MOST_LEAVES: Final = 64
"""Queries of more leaves are not searched for the one that emptied them."""
ALTERNATIVES: Final = 6


class Counted(Protocol):
    """How many papers a query finds."""

    @property
    def total(self) -> int:
        """All hits."""

    @property
    def full(self) -> int:
        """Hits that have all that was asked for."""


class Counting(Protocol):
    """What a receipt asks of a searcher."""

    def leaf_hits(self, readings: tuple[LeafReading, ...]) -> list[int]:
        """Count the papers that match each leaf on its own."""

    def totals(
        self, queries: list[Query], *, skip: list[int | None], budget: Budget | None = None
    ) -> Sequence[Counted]:
        """Count what each query finds, one of its leaves left out where `skip` says so."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a query; `match` is ALL or ANY, as decided.

    Attributes:
        all_words: see `Receipt`; so `all_words_elsewhere`.
    """

    query: Query
    plan: Plan
    match: Match
    total: int
    all_words: int | None = None
    all_words_elsewhere: int = 0

    @property
    def full(self) -> int:
        """Number of hits that have all that was asked for."""
        return self.total if self.all_words is None else self.all_words


def receipt_of(
    outcome: Outcome,
    counting: Counting,
    corrected: Iterable[tuple[str, Query]],
    budget: Budget,
) -> Receipt:
    """Returns how the query of an outcome was read.

    Args:
        outcome: what came of it.
        counting: counts papers.
        corrected: of `spelling.Spelling`.
        budget: of the query; what would find more is looked for while its time lasts.
    """
    query, leaves = outcome.query, outcome.plan.leaves
    deep = is_deep(query.clause)
    asked = {id(reading) for reading in outcome.plan.asking}
    empty = query.match is not Match.ANY and not outcome.full
    emptied: dict[int, int] = {}
    if empty and 1 < len(leaves) <= MOST_LEAVES and not budget.overdue:
        places = list(range(min(len(leaves), LOOKED_AT)))
        needed = [replace(query, match=Match.ALL)] * len(places)
        counts = counting.totals(needed, skip=[*places], budget=budget)
        emptied = {at: count.total for at, count in zip(places, counts, strict=True)}
    hits = counting.leaf_hits(leaves)
    readings = tuple(
        ClauseReading(
            reading.leaf,
            format_clause(reading.leaf),
            hits[at],
            bool(emptied.get(at)),
            reading.note or (STOP_NOTE if reading.stop and id(reading) not in asked else ""),
        )
        for at, reading in enumerate(leaves)
    )
    alternatives: tuple[Alternative, ...] = ()
    if not deep and not budget.overdue:
        alternatives = tuple(_corrected(outcome, corrected, counting))
    if empty and not deep and not budget.overdue:
        alternatives += tuple(_alternatives(outcome, emptied, counting))
    return Receipt(
        "a very deep query" if deep else format_clause(query.clause),
        readings,
        "any" if outcome.match is Match.ANY else "all",
        query.repairs,
        alternatives,
        outcome.all_words,
        outcome.all_words_elsewhere,
    )


def _corrected(
    outcome: Outcome, corrected: Iterable[tuple[str, Query]], counting: Counting
) -> Iterator[Alternative]:
    """Returns queries with a rare word corrected of which more papers have all words."""
    is_any = outcome.query.match is Match.ANY
    if outcome.full and not is_any and len(outcome.plan.asking) >= SPELT_RIGHT:
        return
    asked = list(corrected)
    if not asked:
        return
    counts = counting.totals([changed for _, changed in asked], skip=[None] * len(asked))
    given: set[int] = set()
    for (words, changed), count in zip(asked, counts, strict=True):
        if count.total in given:  # another form of a word that was given
            continue
        if count.full > outcome.full:
            given.add(count.total)
            yield Alternative(label_of(words), changed, count.total)


def _alternatives(
    outcome: Outcome, emptied: dict[int, int], counting: Counting
) -> Iterator[Alternative]:
    """Yields queries that find more: one clause left out, or one filter."""
    query = replace(outcome.query, page=1)
    here = 0 if query.match is Match.ALL else outcome.total
    given = 0
    for at, total in sorted(emptied.items(), key=lambda one: (-one[1], one[0])):
        rest = without(query.clause, at)
        if total and rest is not None and given < ALTERNATIVES:
            text = format_clause(rest)
            changed = replace(query, text=text, clause=rest, repairs=(), match=Match.ALL)
            given += 1
            label = left_out(outcome.plan, at)
            yield Alternative(label, changed, total)
    if outcome.total and not outcome.all_words_elsewhere:
        return
    freed = list(unfiltered(query))
    counts = counting.totals([changed for _, changed in freed], skip=[None] * len(freed))
    for (label, changed), count in zip(freed, counts, strict=True):
        # Where papers with some of the words are shown, those with all are what is more.
        better = count.full if outcome.total else count.total > here
        if better and given < ALTERNATIVES:
            given += 1
            yield Alternative(label, changed, count.total)


class Spelling:
    """Corrects queries by the words that the cluster has near their rare ones."""

    def __init__(self, words: WordFacts, papers: int) -> None:
        """Speak of the words of one generation, which has so many papers."""
        self._words = words
        self._papers = papers

    def corrected(self, query: Query, plan: Plan) -> Iterator[tuple[str, Query]]:
        """Returns the words put in and the query; see `indexer.suggest.corrected_queries`.

        Nothing where every word is common or part of a name, which one request tells.
        """
        leaves = (one for one in plan.asking if one.terms and isinstance(one.leaf, Word))
        typed = {
            term.word: fold(one.leaf.text).text
            for one in leaves
            if isinstance(one.leaf, Word)
            and isinstance(term := one.terms[0], StemTerm)
            and len(term.word) >= SHORTEST
        }
        in_names = {
            word: None
            for one in plan.asking
            for term in one.terms
            if isinstance(term, NameTerm)
            for word in term.words
            if len(word) >= SHORTEST
        }
        texts, names = self._words.word_papers(sorted(typed.keys() | in_names))
        most = max(1, RARE * self._papers)
        rare = [word for word in typed if texts[word] <= most and not names[word]]
        typed |= {word: word for word in in_names if word not in typed}
        rare += [word for word in in_names if not names[word] and word not in rare]
        if not rare:
            return iter(())
        held: dict[str, int] = {}
        rare = rare[: MOST_WORDS**2]  # no more are corrected: so many leaves, so many words each
        for word in rare:
            held |= self._words.neighbours(word, 2 if len(word) >= LONG else 1)
        vocabulary = Vocabulary(list(held), list(held.values()))
        mended = {typed[word] for word in rare}
        return corrected_queries(
            query, vocabulary, papers=self._papers, is_name=lambda folded: folded not in mended
        )
