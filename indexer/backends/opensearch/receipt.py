"""Spelling correction ("did you mean"): the queries to offer when a word is rare in the index."""

from __future__ import annotations

from collections.abc import Iterator

from indexer.backends.opensearch.term_dictionary import WordFacts
from indexer.query import Query, Word
from indexer.query_analysis.plan import Plan
from indexer.query_analysis.terms import NameTerm, StemTerm
from indexer.suggestions.spelling_correction import (
    LONG,
    MOST_WORDS,
    RARE,
    SHORTEST,
    Vocabulary,
    corrected_queries,
)
from indexer.text.folding import fold


class Spelling:
    """Corrects queries by the words that the cluster has near their rare ones."""

    def __init__(self, words: WordFacts, papers: int) -> None:
        """Speak of the words of one generation, which has so many papers."""
        self._words = words
        self._papers = papers

    def corrected(self, query: Query, plan: Plan) -> Iterator[tuple[str, Query]]:
        """Returns the words put in and the query; see `corrected_queries`.

        Nothing where every word is common or part of a name, which one request tells.
        """
        leaves = (
            reading for reading in plan.asking if reading.terms and isinstance(reading.leaf, Word)
        )
        typed = {
            term.word: fold(reading.leaf.text).text
            for reading in leaves
            if isinstance(reading.leaf, Word)
            and isinstance(term := reading.terms[0], StemTerm)
            and len(term.word) >= SHORTEST
        }
        in_names = {
            word: None
            for reading in plan.asking
            for term in reading.terms
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
