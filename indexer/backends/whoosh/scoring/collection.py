"""All segments of a generation as one collection: its statistics, vocabulary and scored terms.

Statistics are those of the live papers of all segments together, so a paper's score does not
depend on how the papers are spread over segments or on what was deleted.

How many live papers hold each word of a segment, in texts and in names.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from indexer.analysis import Analyzer
from indexer.backends.whoosh.format.generation import Snapshot
from indexer.backends.whoosh.kernels.dispatch import KernelChoice
from indexer.backends.whoosh.postings.author_names import is_name
from indexer.backends.whoosh.postings.cache_sizes import (
    LEAF_BYTES,
    PAPER_BYTES,
    SCORE_BYTES,
    TERM_BYTES,
)
from indexer.backends.whoosh.postings.caches import BoundedCache, FrequentCache
from indexer.backends.whoosh.postings.positions import distinct, spread
from indexer.backends.whoosh.postings.posting_list import Postings, postings_of
from indexer.backends.whoosh.postings.segment_reader import SegmentReader
from indexer.backends.whoosh.postings.term_expansion import LexiconScan
from indexer.backends.whoosh.scoring.bm25f import Bm25f
from indexer.backends.whoosh.scoring.document_terms import Stems
from indexer.backends.whoosh.scoring.query_context import Execution
from indexer.backends.whoosh.scoring.scored_docs import Scores
from indexer.backends.whoosh.scoring.term_scores import ScoredTerm, ScoredTerms
from indexer.budget import DEFAULT, Budget, Deadline, HeavyLane, Limits
from indexer.query import And, Clause, Leaf, Not, Or, TextField, Words
from indexer.query_analysis.compounds import joined_word
from indexer.query_analysis.expansion_shares import MOST_WORDS, Pattern, leaves_of, reader_of
from indexer.query_analysis.leaf_analysis import Expansion, LeafReading, read_leaf
from indexer.query_analysis.plan import Plan, plan_of
from indexer.query_analysis.terms import StemTerm, TextTerm, Way
from indexer.ranking import Ranking

TEXT_FIELDS: tuple[TextField, ...] = ("title", "abstract", "author")


class Collection:
    """What a searcher knows beyond single segments."""

    def __init__(
        self,
        snapshot: Snapshot,
        analyzer: Analyzer,
        ranking: Ranking,
        kernels: KernelChoice | None = None,
        limits: Limits = DEFAULT,
    ) -> None:
        """Open the collection; everything is derived on first use."""
        self.analyzer = analyzer
        self.ranking = ranking
        size = max(1, sum(one.arrays.papers for one in snapshot.segments))
        self.readers = tuple(
            SegmentReader(one, one.arrays.papers / size) for one in snapshot.segments
        )
        self.papers = sum(reader.papers for reader in self.readers)
        self.size = sum(reader.size for reader in self.readers)
        self.limits = limits.over(self.papers)
        self.lane = HeavyLane()
        scores, known = (one * self.papers for one in PAPER_BYTES)
        self._formula = Bm25f(self.readers, ranking, kernels)
        self._scored = ScoredTerms(
            tuple(reader.size for reader in self.readers),
            self._found,
            self._formula,
            known=max(TERM_BYTES, known),
            whole=max(SCORE_BYTES, scores),
        )
        self._same: FrequentCache[TextTerm] = FrequentCache(LEAF_BYTES, _weigh_term)
        self._plans: BoundedCache[Plan] = BoundedCache(LEAF_BYTES, _weigh_plan)
        self._forms: BoundedCache[tuple[str, ...]] = BoundedCache(LEAF_BYTES, _weigh_forms)
        self._leaves: BoundedCache[LeafReading] = BoundedCache(LEAF_BYTES, _weigh_leaf)
        self._expansions: BoundedCache[Expansion] = BoundedCache(LEAF_BYTES, _weigh_expansion)
        self._named: BoundedCache[bool] = BoundedCache(LEAF_BYTES, lambda _: 300)

    def deadline(self) -> Deadline:
        """Returns the deadline of one query, which begins now."""
        return Deadline(self.limits.seconds, self.lane)

    def read(self, leaf: Leaf) -> LeafReading:
        """Read a leaf of a query that is no pattern."""
        most = self.limits.phrase_words
        return self._leaves.get(leaf, lambda: read_leaf(leaf, self, phrase_words=most))

    def plan(self, clause: Clause | None, asked: Execution, skip: int = -1) -> Plan:
        """Plan a query; those of people, words side by side, are kept for their next page.

        Args:
            clause: the query.
            asked: counts what patterns cost.
            skip: place of a leaf, in order from 0, that is treated as saying nothing.
        """

        def planned() -> Plan:
            return plan_of(
                clause,
                read,
                skip=skip,
                join=lambda first, second: joined_word(first, second, self),
            )

        read: Callable[[Leaf], LeafReading] = self.read
        if isinstance(clause, Words) and not any(
            isinstance(part.clause, Words | And | Or | Not | Pattern) for part in clause.parts
        ):
            return self._plans.get((clause, skip), planned)
        if any(isinstance(leaf, Pattern) for leaf in leaves_of(clause)):
            read = reader_of(clause, self, asked.budget, skip=skip, read=self.read)
        return planned()

    def postings(self, term: TextTerm, asked: Execution) -> tuple[Postings, ...]:
        """Find a term in each segment; see `scored`."""
        return self.scored(term, asked).postings

    def scored(self, term: TextTerm, asked: Execution | None = None) -> ScoredTerm:
        """Find a term; its scores (BM25F, see `indexer.ranking`) are made when they are needed.

        Args:
            term: what is asked for.
            asked: the query; it pays for the term once, whether or not that is in a cache, so that
                its answer does not depend on what others asked before. None = nobody pays.

        Raises:
            BudgetSpent: when the query cannot afford the term.
        """
        if asked is not None and (paid := asked.terms.get(term)) is not None:
            return paid
        same = self._same.held(term) or self._same.get(term, lambda: self._widest(term))
        found = self._scored.get(same, None if asked is None else asked.budget)
        if asked is not None:
            asked.terms[term] = found
        return found

    def _found(self, term: TextTerm, budget: Budget) -> tuple[Postings, ...]:
        return tuple(postings_of(reader, term, budget) for reader in self.readers)

    def _widest(self, term: TextTerm) -> TextTerm:
        """Give one term for all forms of a word that no author has in a name."""
        if not isinstance(term, StemTerm) or term.exact or term.field == "author":
            return term
        if term.field is None and any(
            reader.arrays.name_words.find(term.word) >= 0 for reader in self.readers
        ):
            return term
        return replace(term, word="")

    def norms(self, segment: int) -> dict[TextField, Scores]:
        """For each field, what one occurrence in each paper of a segment weighs."""
        return self._formula.norms(segment)

    def stem(self, word: str) -> str:
        """Give the stem of a folded word; words of the collection need no stemmer for that."""
        for reader in self.readers:
            at = reader.arrays.words.find(word)
            if at >= 0:
                return reader.arrays.stems[int(reader.arrays.word_stem[at])]
        return self.analyzer.stem(word)

    @cached_property
    def stems(self) -> Stems:
        """What the words of papers say of others."""
        return Stems(self.readers, self.stem, self.analyzer.stop_words)

    def forms(self, stem: str) -> tuple[str, ...]:
        """Give the surface words of a stem, perhaps more than once."""
        return self._forms.get(stem, lambda: tuple(self._all_forms(stem)))

    def _all_forms(self, stem: str) -> Iterator[str]:
        for reader in self.readers:
            arrays = reader.arrays
            at = arrays.stems.find(stem)
            if at >= 0:
                span = slice(int(arrays.stem_word_ptr[at]), int(arrays.stem_word_ptr[at + 1]))
                yield from (arrays.words[word] for word in arrays.stem_words[span].tolist())

    def partings(self, word: str) -> tuple[Way, ...]:
        """Give every way a plain word was parted by hyphens in a live paper, rising."""
        found: set[Way] = set()
        for reader in self.readers:
            compounds = reader.arrays.compounds
            pointers, papers = reader.arrays.compound_ptr, reader.arrays.compound_papers
            for at in compounds.prefixed(word + " "):
                if len(reader.living(papers[int(pointers[at]) : int(pointers[at + 1])])):
                    found.add(tuple(compounds[at].split(" ")[1:]))
        return tuple(sorted(found))

    def named(self, words: Way) -> bool:
        """Say whether these folded words are the whole name of an author of a live paper."""
        return self._named.get(words, lambda: any(is_name(one, words) for one in self.readers))

    def fitting(self, pattern: str, *, names: bool) -> Expansion:
        """Expand a wildcard pattern over the words of texts, or of names."""
        return self._expansions.get(
            (pattern, 0, names),
            lambda: self._expanded(
                [scan.fitting(pattern) for scan in self._scans(names)], names=names
            ),
        )

    def close(self, word: str, distance: int, *, names: bool) -> Expansion:
        """Expand a fuzzy word likewise."""
        return self._expansions.get(
            (word, distance, names),
            lambda: self._expanded(
                [scan.close(word, distance) for scan in self._scans(names)], names=names
            ),
        )

    def _scans(self, names: bool) -> tuple[LexiconScan, ...]:  # noqa: FBT001 - private
        return self._name_scans if names else self._word_scans

    @cached_property
    def _word_scans(self) -> tuple[LexiconScan, ...]:
        return tuple(LexiconScan(reader.arrays.words) for reader in self.readers)

    @cached_property
    def _name_scans(self) -> tuple[LexiconScan, ...]:
        return tuple(LexiconScan(reader.arrays.name_words) for reader in self.readers)

    def word_papers(self, word: str) -> int:
        """Count the live papers that hold a surface word in title or abstract."""
        places = (reader.arrays.words.find(word) for reader in self.readers)
        pairs = zip(self.word_counts, places, strict=True)
        return sum(int(counts[at]) for counts, at in pairs if at >= 0)

    @cached_property
    def word_counts(self) -> tuple[NDArray[np.int32], ...]:
        """For each segment the live papers of each of its words."""
        return tuple(word_papers(reader) for reader in self.readers)

    @cached_property
    def name_counts(self) -> tuple[NDArray[np.int64], ...]:
        """For each segment the live papers with an author of each of its name words."""
        return tuple(name_word_papers(reader) for reader in self.readers)

    def _expanded(self, found: list[NDArray[np.int64]], *, names: bool) -> Expansion:
        counts_of: tuple[NDArray[Any], ...] = self.name_counts if names else self.word_counts
        lexicons = [
            reader.arrays.name_words if names else reader.arrays.words for reader in self.readers
        ]
        if len(found) == 1:
            # Ids rise as their words do, so that only words that are taken need be read.
            held = counts_of[0][found[0]]
            ids = found[0][held > 0]
            first = np.argsort(-held[held > 0], kind="stable")[:MOST_WORDS]
            return Expansion(tuple(lexicons[0][at] for at in ids[first].tolist()), len(ids))
        counts: dict[str, int] = {}
        for lexicon, all_counts, places in zip(lexicons, counts_of, found, strict=True):
            for at, papers in zip(places.tolist(), all_counts[places].tolist(), strict=True):
                if papers:
                    word = lexicon[at]
                    counts[word] = counts.get(word, 0) + papers
        words = sorted(counts, key=lambda word: (-counts[word], word))[:MOST_WORDS]
        return Expansion(tuple(words), len(counts))


def _weigh_term(term: TextTerm) -> int:
    return 300 + 2 * len(str(term))


def _weigh_plan(plan: Plan) -> int:
    return 1000 + 500 * len(plan.leaves)


def _weigh_forms(words: tuple[str, ...]) -> int:
    return sum(len(word) + 60 for word in words)


def _weigh_expansion(found: Expansion) -> int:
    return 300 + sum(len(word) + 60 for word in found.words)


def _weigh_leaf(reading: LeafReading) -> int:
    return 1000 + sum(2 * len(str(term)) for term in reading.terms)


def word_papers(reader: SegmentReader) -> NDArray[np.int32]:
    """int32[W], live papers that hold each surface word of title and abstract."""
    arrays = reader.arrays
    if reader.live is None:
        return arrays.word_df
    gone = ~reader.live[arrays.docs]
    stems = np.repeat(np.arange(len(arrays.stems)), np.diff(arrays.stem_ptr))
    counts = arrays.title_tf[:].astype(np.int64) + arrays.abstract_tf[:]
    lost = np.repeat(gone, counts)
    words = arrays.stem_words[
        arrays.stem_word_ptr[np.repeat(stems, counts)[lost]] + arrays.forms[np.flatnonzero(lost)]
    ]
    papers = np.repeat(arrays.docs, counts)[lost]
    pairs = np.unique(words.astype(np.int64) << 32 | papers)
    fewer = np.bincount(pairs >> 32, minlength=len(arrays.word_df))
    return (arrays.word_df - fewer).astype(np.int32)


def name_word_papers(reader: SegmentReader) -> NDArray[np.int64]:
    """int64[K], live papers that have an author with each name word."""
    arrays = reader.arrays
    names = arrays.name_word_names.astype(np.int64)
    counts = np.diff(arrays.name_papers_ptr)[names]
    papers = arrays.name_papers[spread(arrays.name_papers_ptr[names], counts)]
    words = np.repeat(np.arange(len(arrays.name_words)), np.diff(arrays.name_word_ptr))
    pairs = distinct(np.repeat(words, counts) << 32 | papers)
    if reader.live is not None:
        pairs = pairs[reader.live[pairs & 0xFFFFFFFF]]
    return np.bincount(pairs >> 32, minlength=len(arrays.name_words))
