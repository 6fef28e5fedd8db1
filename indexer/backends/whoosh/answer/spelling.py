"""Did you mean: the queries worth asking when a word of the query is hardly known here."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from itertools import chain

import numpy as np

from indexer.backends.whoosh.lookup.collection import Collection
from indexer.backends.whoosh.lookup.people import names_with
from indexer.matching.plan import Plan
from indexer.matching.terms import StemTerm
from indexer.query import Query, Word
from indexer.suggest import RARE, SHORTEST, Vocabulary, corrected_queries


class Spelling:
    """Knows the unstemmed words of texts and names, from the first time a rare one is asked for."""

    def __init__(self, collection: Collection) -> None:
        """Speak of the words of this collection."""
        self._collection = collection

    def corrected(self, query: Query, plan: Plan) -> Iterator[tuple[str, Query]]:
        """Give the words put in and the query with them, best first; see `corrected_queries`.

        Nothing, and at once, where every word is common or part of a name.
        """
        words = (one.terms[0] for one in plan.asking if one.terms and isinstance(one.leaf, Word))
        if not any(map(self._rare, words)):
            return iter(())
        papers = self._collection.papers
        return corrected_queries(query, self._vocabulary, papers=papers, is_name=self._is_name)

    def _rare(self, term: object) -> bool:
        if not isinstance(term, StemTerm) or len(term.word) < SHORTEST:
            return False
        held = self._collection.word_papers(term.word)
        return held <= max(1, RARE * self._collection.papers) and not self._is_name(term.word)

    def _is_name(self, folded: str) -> bool:
        return any(len(names_with(reader, folded)) for reader in self._collection.readers)

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
