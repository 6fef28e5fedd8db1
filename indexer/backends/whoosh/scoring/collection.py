"""All segments of a generation as one collection: statistics, term lookup and scored terms.

Statistics are those of the live docs of all segments, so the score of a doc depends neither on how
docs are spread over segments nor on tombstones. The last functions count the live docs of each word
of a segment.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from indexer.analysis import Analyzer
from indexer.authors.clustering.people_table import ATTACHED as PEOPLE_ATTACHED
from indexer.authors.person_papers import PersonPapers, papers_of_person
from indexer.backends.whoosh.format.generation import Snapshot
from indexer.backends.whoosh.format.ragged_arrays import concatenate_ranges, distinct
from indexer.backends.whoosh.kernels.dispatch import KernelChoice, Kernels
from indexer.backends.whoosh.postings.author_names import docs_of_names, is_name, names_of_key
from indexer.backends.whoosh.postings.cache_sizes import (
    LEAF_BYTES,
    PAPER_BYTES,
    SCORE_BYTES,
    SHRUNK,
    TERM_BYTES,
)
from indexer.backends.whoosh.postings.caches import BoundedCache, Cache, GdsfCache
from indexer.backends.whoosh.postings.posting_list import PostingList, find_postings
from indexer.backends.whoosh.postings.segment_reader import SegmentReader
from indexer.backends.whoosh.postings.term_expansion import LexiconScan
from indexer.backends.whoosh.scoring.bm25f import Bm25f
from indexer.backends.whoosh.scoring.document_terms import Stems
from indexer.backends.whoosh.scoring.query_context import Execution
from indexer.backends.whoosh.scoring.scored_docs import Scores
from indexer.backends.whoosh.scoring.term_scores import ScoredTerm, ScoredTerms
from indexer.budget import DEFAULT, Budget, Deadline, HeavyLane, Limits
from indexer.meaning.model import EncoderChoice, SentenceEncoder
from indexer.query import And, Clause, Leaf, Not, Or, TextField, Words, leaves_of
from indexer.query_analysis.compounds import joined_word
from indexer.query_analysis.expansion_shares import MOST_WORDS, Pattern, reader_of
from indexer.query_analysis.leaf_analysis import Expansion, LeafReading, read_leaf
from indexer.query_analysis.plan import Plan, plan_of
from indexer.query_analysis.terms import StemTerm, TextTerm, Way
from indexer.ranking import Ranking
from indexer.reviews.labels import ATTACHED as LABELS_ATTACHED
from indexer.reviews.labels import read_labels

TEXT_FIELDS: tuple[TextField, ...] = ("title", "abstract", "author")


class Collection:
    """What a searcher knows across segments."""

    def __init__(  # noqa: PLR0913 - what a searcher is made of
        self,
        snapshot: Snapshot,
        analyzer: Analyzer,
        ranking: Ranking,
        kernels: KernelChoice | None = None,
        limits: Limits = DEFAULT,
        *,
        encoder: EncoderChoice | None = None,
    ) -> None:
        """Opens the collection; everything is derived on first use."""
        self._encoder = encoder
        self.analyzer = analyzer
        self.ranking = ranking
        size = max(1, sum(segment.arrays.papers for segment in snapshot.segments))
        self.readers = tuple(
            SegmentReader(segment, segment.arrays.papers / size) for segment in snapshot.segments
        )
        self.papers = sum(reader.papers for reader in self.readers)
        self.size = sum(reader.size for reader in self.readers)
        self.limits = limits.over(self.papers)
        self.lane = HeavyLane()
        self._loaded = False
        scores, known = (per_paper * self.papers for per_paper in PAPER_BYTES)
        self._formula = Bm25f(self.readers, ranking, kernels)
        self._scored = ScoredTerms(
            tuple(reader.size for reader in self.readers),
            self._look_up,
            self._formula,
            known=max(TERM_BYTES, known),
            whole=max(SCORE_BYTES, scores),
        )
        self._same: GdsfCache[TextTerm] = GdsfCache(LEAF_BYTES, _weigh_term)
        self._plans: BoundedCache[Plan] = BoundedCache(LEAF_BYTES, _weigh_plan)
        self._forms: BoundedCache[tuple[str, ...]] = BoundedCache(LEAF_BYTES, _weigh_forms)
        self._leaves: BoundedCache[LeafReading] = BoundedCache(LEAF_BYTES, _weigh_leaf)
        self._expansions: BoundedCache[Expansion] = BoundedCache(LEAF_BYTES, _weigh_expansion)
        self._named: BoundedCache[bool] = BoundedCache(LEAF_BYTES, lambda _: 300)
        self._labels = read_labels(snapshot.attached.get(LABELS_ATTACHED))
        self._people = snapshot.attached.get(PEOPLE_ATTACHED)

    def encoder(self) -> SentenceEncoder | None:
        """Returns what encodes queries; None where it is switched off or not installed."""
        return None if self._encoder is None else self._encoder.usable()

    @property
    def kernels(self) -> Kernels | None:
        """The compiled loops, if they are ready."""
        return self._formula.kernels

    @property
    def caches(self) -> tuple[Cache, ...]:
        """All caches bounded by bytes."""
        leaves = (self._plans, self._forms, self._leaves, self._expansions, self._named)
        segments = (cache for reader in self.readers for cache in reader.caches)
        return *self._scored.caches, self._same, *leaves, *self.stems.caches, *segments

    def shrink(self) -> None:
        """Bounds all caches to one in `SHRUNK` of their bytes, for a generation few ask for."""
        for cache in self.caches:
            cache.resize(cache.budget // SHRUNK)
        self.stems.forget_chunks()

    def deadline(self) -> Deadline:
        """Returns the deadline of one query, which begins now."""
        if not self._loaded:  # the first stem of a process loads NLTK: no query pays for it
            self.analyzer.stem("loading")
            if any(reader.meaning is not None for reader in self.readers):
                self.encoder()
            self._loaded = True
        return Deadline(self.limits.seconds, self.lane)

    def read(self, leaf: Leaf) -> LeafReading:
        """Returns the analysis of a query leaf that is no pattern."""
        most = self.limits.phrase_words
        return self._leaves.get(leaf, lambda: read_leaf(leaf, self, phrase_words=most))

    def plan(self, clause: Clause | None, execution: Execution, skip: int = -1) -> Plan:
        """Returns the query plan; that of plain words is cached for the next page.

        Args:
            clause: the query.
            execution: charged for expanding patterns.
            skip: index of a leaf that is left out.
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
            read = reader_of(clause, self, execution.budget, skip=skip, read=self.read)
        return planned()

    def postings(self, term: TextTerm, execution: Execution) -> tuple[PostingList, ...]:
        """Returns the posting lists of a term, one a segment; see `scored`."""
        return self.scored(term, execution).postings

    def scored(self, term: TextTerm, execution: Execution | None = None) -> ScoredTerm:
        """Returns a term with its posting lists; scores (BM25F) are computed when they are needed.

        Args:
            term: to look up.
            execution: charged once for the term, cached or not, so that an answer does not
                depend on earlier queries. None for no charge.

        Raises:
            BudgetSpent: when the query cannot afford the term.
        """
        if execution is not None and (paid := execution.terms.get(term)) is not None:
            return paid
        same = self._same.lookup(term) or self._same.get(term, lambda: self._widest(term))
        scored_term = self._scored.get(same, None if execution is None else execution.budget)
        if execution is not None:
            execution.terms[term] = scored_term
        return scored_term

    def _look_up(self, term: TextTerm, budget: Budget) -> tuple[PostingList, ...]:
        """Returns the posting lists of a term."""
        return tuple(find_postings(reader, term, budget) for reader in self.readers)

    def _widest(self, term: TextTerm) -> TextTerm:
        """Returns one term for all surface forms of a stem that occur in no author name."""
        if not isinstance(term, StemTerm) or term.exact or term.field == "author":
            return term
        if term.field is None and any(
            reader.arrays.name_words.find(term.word) >= 0 for reader in self.readers
        ):
            return term
        return replace(term, word="")

    def norms(self, segment: int) -> dict[TextField, Scores]:
        """Returns for each field the weight of one occurrence in each doc of a segment."""
        return self._formula.norms(segment)

    def stem(self, word: str) -> str:
        """Returns the stem of a folded word; that of an indexed word is looked up."""
        for reader in self.readers:
            form = reader.arrays.words.find(word)
            if form >= 0:
                return reader.arrays.stems[int(reader.arrays.word_stem[form])]
        return self.analyzer.stem(word)

    @cached_property
    def stems(self) -> Stems:
        """Term vectors of docs, for pseudo-relevance feedback."""
        return Stems(self.readers, self.stem, self.analyzer.stop_words)

    def forms(self, stem: str) -> tuple[str, ...]:
        """Returns the surface forms of a stem, possibly repeated."""
        return self._forms.get(stem, lambda: tuple(self._all_forms(stem)))

    def _all_forms(self, stem: str) -> Iterator[str]:
        """Yields the surface forms of a stem, segment by segment."""
        for reader in self.readers:
            arrays = reader.arrays
            stem_id = arrays.stems.find(stem)
            if stem_id >= 0:
                span = slice(
                    int(arrays.stem_word_ptr[stem_id]), int(arrays.stem_word_ptr[stem_id + 1])
                )
                yield from (arrays.words[word] for word in arrays.stem_words[span].tolist())

    def partings(self, word: str) -> tuple[Way, ...]:
        """Returns every way a word was split by hyphens in a live doc, ascending."""
        ways: set[Way] = set()
        for reader in self.readers:
            compounds = reader.arrays.compounds
            pointers, docs = reader.arrays.compound_ptr, reader.arrays.compound_papers
            for compound in compounds.prefixed(word + " "):
                if len(
                    reader.drop_deleted(docs[int(pointers[compound]) : int(pointers[compound + 1])])
                ):
                    ways.add(tuple(compounds[compound].split(" ")[1:]))
        return tuple(sorted(ways))

    def named(self, words: Way) -> bool:
        """Returns whether these folded words are the whole name of a live author."""
        return self._named.get(
            words, lambda: any(is_name(reader, words) for reader in self.readers)
        )

    def labelled(self, label: str) -> tuple[str, ...]:
        """Returns the ids of the papers with a label; "any" stands for each label."""
        return self._labels.ids(label)

    def papers_of_person(self, key: str, number: int) -> PersonPapers:
        """Returns the papers of one of the likely people of a `name_key`."""
        return papers_of_person(self._people, key, number, self._ids_by)

    def _ids_by(self, key: str) -> Iterator[str]:
        """Yields the ids of the papers of an exact name, deleted ones included."""
        for reader in self.readers:
            docs, _ = docs_of_names(reader, names_of_key(reader, key))
            for doc in docs.tolist():
                yield reader.paper_id(doc)

    def fitting(self, pattern: str, *, names: bool) -> Expansion:
        """Returns the expansion of a wildcard pattern over the words of texts, or of names."""
        return self._expansions.get(
            (pattern, 0, names),
            lambda: self._expanded(
                [scan.matching_wildcard(pattern) for scan in self._scans(names)], names=names
            ),
        )

    def close(self, word: str, distance: int, *, names: bool) -> Expansion:
        """Returns the expansion of a fuzzy word over the words of texts, or of names."""
        return self._expansions.get(
            (word, distance, names),
            lambda: self._expanded(
                [scan.within_edits(word, distance) for scan in self._scans(names)], names=names
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
        """Returns the document frequency of a surface form in title or abstract."""
        forms = (reader.arrays.words.find(word) for reader in self.readers)
        pairs = zip(self.word_counts, forms, strict=True)
        return sum(int(counts[form]) for counts, form in pairs if form >= 0)

    @cached_property
    def word_counts(self) -> tuple[NDArray[np.int32], ...]:
        """For each segment the live df of each of its surface forms."""
        return tuple(word_papers(reader) for reader in self.readers)

    @cached_property
    def name_counts(self) -> tuple[NDArray[np.int64], ...]:
        """For each segment the live df of each of its name words."""
        return tuple(name_word_papers(reader) for reader in self.readers)

    def _expanded(self, word_ids: list[NDArray[np.int64]], *, names: bool) -> Expansion:
        """Returns the most frequent of the words found in each segment."""
        counts_of: tuple[NDArray[Any], ...] = self.name_counts if names else self.word_counts
        lexicons = [
            reader.arrays.name_words if names else reader.arrays.words for reader in self.readers
        ]
        if len(word_ids) == 1:
            # Ids ascend as their words do, so only the words that are returned are decoded.
            dfs = counts_of[0][word_ids[0]]
            ids = word_ids[0][dfs > 0]
            first = np.argsort(-dfs[dfs > 0], kind="stable")[:MOST_WORDS]
            return Expansion(
                tuple(lexicons[0][word_id] for word_id in ids[first].tolist()), len(ids)
            )
        counts: dict[str, int] = {}
        for lexicon, all_counts, segment_ids in zip(lexicons, counts_of, word_ids, strict=True):
            for word_id, df in zip(
                segment_ids.tolist(), all_counts[segment_ids].tolist(), strict=True
            ):
                if df:
                    word = lexicon[word_id]
                    counts[word] = counts.get(word, 0) + df
        words = sorted(counts, key=lambda word: (-counts[word], word))[:MOST_WORDS]
        return Expansion(tuple(words), len(counts))


def _weigh_term(term: TextTerm) -> int:
    return 300 + 2 * len(str(term))


def _weigh_plan(plan: Plan) -> int:
    return 1000 + 500 * len(plan.leaves)


def _weigh_forms(words: tuple[str, ...]) -> int:
    return sum(len(word) + 60 for word in words)


def _weigh_expansion(expansion: Expansion) -> int:
    return 300 + sum(len(word) + 60 for word in expansion.words)


def _weigh_leaf(reading: LeafReading) -> int:
    return 1000 + sum(2 * len(str(term)) for term in reading.terms)


def word_papers(reader: SegmentReader) -> NDArray[np.int32]:
    """Returns the live df of each surface form of title and abstract, int32."""
    arrays = reader.arrays
    if reader.live is None:
        return arrays.word_df
    deleted = ~reader.live[arrays.docs]
    stems = np.repeat(np.arange(len(arrays.stems)), np.diff(arrays.stem_ptr))
    counts = arrays.title_tf[:].astype(np.int64) + arrays.abstract_tf[:]
    deleted_occurrences = np.repeat(deleted, counts)
    words = arrays.stem_words[
        arrays.stem_word_ptr[np.repeat(stems, counts)[deleted_occurrences]]
        + arrays.forms[np.flatnonzero(deleted_occurrences)]
    ]
    docs = np.repeat(arrays.docs, counts)[deleted_occurrences]
    pairs = np.unique(words.astype(np.int64) << 32 | docs)
    fewer = np.bincount(pairs >> 32, minlength=len(arrays.word_df))
    return (arrays.word_df - fewer).astype(np.int32)


def name_word_papers(reader: SegmentReader) -> NDArray[np.int64]:
    """Returns the live df of each name word, int64."""
    arrays = reader.arrays
    names = arrays.name_word_names.astype(np.int64)
    counts = np.diff(arrays.name_papers_ptr)[names]
    docs = arrays.name_papers[concatenate_ranges(arrays.name_papers_ptr[names], counts)]
    words = np.repeat(np.arange(len(arrays.name_words)), np.diff(arrays.name_word_ptr))
    pairs = distinct(np.repeat(words, counts) << 32 | docs, in_runs=True)
    if reader.live is not None:
        pairs = pairs[reader.live[pairs & 0xFFFFFFFF]]
    return np.bincount(pairs >> 32, minlength=len(arrays.name_words))
