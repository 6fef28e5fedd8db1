"""All segments of a generation as one collection: its statistics, vocabulary and scored terms.

Statistics are those of the live papers of all segments together, so a paper's score does not
depend on how the papers are spread over segments or on what was deleted.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from indexer.analysis import Analyzer
from indexer.backends.whoosh.lookup.cache import BoundedCache
from indexer.backends.whoosh.lookup.expansion import CAP, LexiconScan
from indexer.backends.whoosh.lookup.frequency import name_word_papers, word_papers
from indexer.backends.whoosh.lookup.matches import Matches, Scores, check_papers
from indexer.backends.whoosh.lookup.people import is_name
from indexer.backends.whoosh.lookup.postings import Postings, postings_of
from indexer.backends.whoosh.lookup.reader import SegmentReader
from indexer.backends.whoosh.lookup.stems import Stems
from indexer.backends.whoosh.storage.snapshot import Snapshot
from indexer.matching.joining import joined_word
from indexer.matching.plan import Plan, plan_of
from indexer.matching.reading import Expansion, LeafReading, read_leaf
from indexer.matching.terms import TextTerm, Way
from indexer.query import And, Clause, Leaf, Not, Or, TextField, Words
from indexer.ranking import Ranking, idf

TEXT_FIELDS: tuple[TextField, ...] = ("title", "abstract", "author")
TERM_BYTES = 128 << 20
"""Budget of scored terms, at least: about the whole of 100,000 papers."""
PAPER_TERM_BYTES = 256
"""Where there are many papers, so much for each: the most used terms."""
POSTING_BYTES = 48 << 20
LEAF_BYTES = 8 << 20


@dataclass(frozen=True, slots=True)
class ScoredTerm:
    """A term with its score in every paper that holds it.

    Attributes:
        papers: how many live papers of the collection hold it.
        parts: for each segment those that do.
    """

    papers: int
    parts: tuple[Matches, ...]


@dataclass(frozen=True, slots=True)
class _Field:
    """How a field counts: its weight, how much its length matters, the mean length."""

    weight: float
    b: float
    average: float


class Collection:
    """What a searcher knows beyond single segments."""

    def __init__(self, snapshot: Snapshot, analyzer: Analyzer, ranking: Ranking) -> None:
        """Open the collection; everything is derived on first use."""
        self.analyzer = analyzer
        self.ranking = ranking
        self.readers = tuple(SegmentReader(one) for one in snapshot.segments)
        self.papers = sum(reader.papers for reader in self.readers)
        self._scored: BoundedCache[ScoredTerm] = BoundedCache(
            max(TERM_BYTES, PAPER_TERM_BYTES * self.papers), self._weigh_scored
        )
        self._postings: BoundedCache[tuple[Postings, ...]] = BoundedCache(
            POSTING_BYTES, _weigh_postings
        )
        self._plans: BoundedCache[Plan] = BoundedCache(LEAF_BYTES, _weigh_plan)
        self._forms: BoundedCache[tuple[str, ...]] = BoundedCache(LEAF_BYTES, _weigh_forms)
        self._leaves: BoundedCache[LeafReading] = BoundedCache(LEAF_BYTES, _weigh_leaf)

    def read(self, leaf: Leaf) -> LeafReading:
        """Read a leaf of a query."""
        return self._leaves.get(leaf, lambda: read_leaf(leaf, self))

    def plan(self, clause: Clause | None, skip: int = -1) -> Plan:
        """Plan a query; those of people, words side by side, are kept for their next page.

        Args:
            clause: the query.
            skip: place of a leaf, in order from 0, that is treated as saying nothing.
        """

        def planned() -> Plan:
            return plan_of(
                clause,
                self.read,
                skip=skip,
                join=lambda first, second: joined_word(first, second, self),
            )

        if isinstance(clause, Words) and not any(
            isinstance(part.clause, Words | And | Or | Not) for part in clause.parts
        ):
            return self._plans.get((clause, skip), planned)
        return planned()

    def postings(self, term: TextTerm) -> tuple[Postings, ...]:
        """Find a term in each segment."""
        return self._postings.get(
            term, lambda: tuple(postings_of(reader, term) for reader in self.readers)
        )

    def scored(self, term: TextTerm) -> ScoredTerm:
        """Find a term and score it in each segment (BM25F, see `indexer.ranking`)."""
        return self._scored.get(term, lambda: self._score(term))

    def _score(self, term: TextTerm) -> ScoredTerm:
        found = self.postings(term)
        holding = sum(len(one.docs) for one in found)
        for reader, one in zip(self.readers, found, strict=True):
            check_papers(one.docs, reader.size)
        weight = idf(self.papers, holding) * (self.ranking.k1 + 1)
        parts = []
        for at, one in enumerate(found):
            scores = self.weighted(at, one)
            saturated = scores + self.ranking.k1
            scores *= weight
            scores /= saturated
            positive = not len(scores) or bool(scores.min() > 0)
            parts.append(Matches(one.docs, scores, positive=positive, lasting=True))
        return ScoredTerm(holding, tuple(parts))

    def weighted(self, segment: int, found: Postings) -> Scores:
        """Add up the normalised frequencies of the fields: tf' of `indexer.ranking`.

        Abstracts hold nearly every posting, the other fields few of a long list.
        """
        norms = self.norms(segment)
        if found.abstract is None:
            total = np.zeros(len(found.docs))
        else:
            total = norms["abstract"].take(found.docs)
            total *= found.abstract
        others: tuple[TextField, ...] = ("title", "author")
        for field in others:
            counts = found.title if field == "title" else found.author
            if counts is not None:
                there = np.flatnonzero(counts > 0)
                total[there] += counts[there] * norms[field].take(found.docs[there])
        return total

    def _weigh_scored(self, scored: ScoredTerm) -> int:
        sizes = [reader.size for reader in self.readers]
        return sum(map(Matches.weight, scored.parts, sizes))

    def norms(self, segment: int) -> dict[TextField, Scores]:
        """For each field, what one occurrence in each paper of a segment weighs."""
        norms = self._norms[segment]
        if norms is None:
            arrays = self.readers[segment].arrays
            lengths = (arrays.title_length, arrays.abstract_length, arrays.author_length)
            norms = self._norms[segment] = {
                field: _norm(self._fields[field], length)
                for field, length in zip(TEXT_FIELDS, lengths, strict=True)
            }
        return norms

    @cached_property
    def _norms(self) -> list[dict[TextField, Scores] | None]:
        return [None] * len(self.readers)

    @cached_property
    def _fields(self) -> dict[TextField, _Field]:
        ranking = self.ranking
        totals = [0, 0, 0]
        for reader in self.readers:
            arrays = reader.arrays
            lengths = (arrays.title_length, arrays.abstract_length, arrays.author_length)
            for at, length in enumerate(lengths):
                totals[at] += reader.total_length(length)
        count = max(1, self.papers)
        return {
            "title": _Field(ranking.title_weight, ranking.title_b, totals[0] / count),
            "abstract": _Field(ranking.abstract_weight, ranking.abstract_b, totals[1] / count),
            "author": _Field(ranking.author_weight, ranking.author_b, totals[2] / count),
        }

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
        return any(is_name(reader, words) for reader in self.readers)

    def fitting(self, pattern: str, *, names: bool) -> Expansion:
        """Expand a wildcard pattern over the words of texts, or of names."""
        return self._expanded([scan.fitting(pattern) for scan in self._scans(names)], names=names)

    def close(self, word: str, distance: int, *, names: bool) -> Expansion:
        """Expand a fuzzy word likewise."""
        found = [scan.close(word, distance) for scan in self._scans(names)]
        return self._expanded(found, names=names)

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
            first = np.argsort(-held[held > 0], kind="stable")[:CAP]
            return Expansion(tuple(lexicons[0][at] for at in np.sort(ids[first])), len(ids))
        counts: dict[str, int] = {}
        for lexicon, all_counts, places in zip(lexicons, counts_of, found, strict=True):
            for at, papers in zip(places.tolist(), all_counts[places].tolist(), strict=True):
                if papers:
                    word = lexicon[at]
                    counts[word] = counts.get(word, 0) + papers
        words = sorted(counts, key=lambda word: (-counts[word], word))[:CAP]
        return Expansion(tuple(sorted(words)), len(counts))


def _norm(field: _Field, lengths: NDArray[np.int32]) -> Scores:
    if not field.average:
        return np.full(len(lengths), field.weight)
    norm = 1 - field.b + field.b * lengths / field.average
    weights: Scores = np.divide(field.weight, norm, out=np.zeros(len(lengths)), where=norm > 0)
    return weights


def _weigh_postings(found: tuple[Postings, ...]) -> int:
    return sum(600 + one.bytes for one in found)


def _weigh_plan(plan: Plan) -> int:
    return 1000 + 500 * len(plan.leaves)


def _weigh_forms(words: tuple[str, ...]) -> int:
    return sum(len(word) + 60 for word in words)


def _weigh_leaf(reading: LeafReading) -> int:
    return 1000 + sum(2 * len(str(term)) for term in reading.terms)
