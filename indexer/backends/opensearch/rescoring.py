"""The signals on top of BM25F (see `indexer.ranking`) for the best papers of a query.

The cluster gives these papers with the streams they were indexed by, and tells which terms each
holds; coverage, closeness and likeness of the title are then arithmetic on a few hundred papers.

What the words of the best papers add to the scores of others (see `indexer.ranking`).
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Container, Iterable, Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from indexer.backends.opensearch.document import paper_of
from indexer.backends.opensearch.mapping import Body
from indexer.backends.opensearch.scoring import Scoring
from indexer.backends.opensearch.term_dictionary import WordFacts
from indexer.query import TextField
from indexer.query_analysis.relevance_model import PAPERS, relevance_model, stem_cache, stems_of
from indexer.query_analysis.terms import (
    CompoundTerm,
    StemTerm,
    TextTerm,
    Way,
    term_label,
)
from indexer.ranking import WINDOW, Ranking, idf

STREAMS: Final = ("title_stems", "abstract_stems")
EXACT_STREAMS: Final = ("title_words", "abstract_words")
_FIELD: Final = 1 << 32
"""Added to positions of the abstract, so that nothing in it is near anything of the title."""


@dataclass(frozen=True, slots=True)
class Gain:
    """What one signal adds to a score."""

    label: str
    value: float


class Nearness:
    """Computes the signals of one query."""

    def __init__(
        self,
        terms: tuple[TextTerm, ...],
        names: Mapping[TextTerm, str],
        ranking: Ranking,
        idfs: Mapping[TextTerm, float],
    ) -> None:
        """Looks at the terms of a query.

        Args:
            terms: of `indexer.query_analysis.plan.signal_terms`.
            names: the name each tells of itself by.
            ranking: the weights.
            idfs: of these terms.
        """
        self.terms = terms
        self._names = names
        self._ranking = ranking
        self._idfs = idfs
        self._asked = {word for term in self.terms for _, word in _words(term)}

    @property
    def streams(self) -> tuple[str, ...]:
        """Fields of a document that are needed."""
        if not self.terms:
            return ()
        if len(self.terms) < 2 or not (self._ranking.ordered or self._ranking.window):
            return ("title_length",)
        if any(getattr(term, "exact", False) for term in self.terms):
            return ("title_length", *STREAMS, *EXACT_STREAMS)
        return ("title_length", *STREAMS)

    def gains(self, base: float, source: Body, told: Container[str]) -> list[Gain]:
        """Returns what the signals add to the score of one paper.

        Args:
            base: its score without them.
            source: its document's `streams`.
            told: the names that the hit told.
        """
        count = len(self.terms)
        if not count:
            return []
        weights = sum(self._idfs[term] for term in self.terms)
        held = sum(self._idfs[term] for term in self.terms if self._names[term] in told)
        titled = sum(f"{self._names[term]} title" in told for term in self.terms)
        likeness = titled / max(1, count + int(source["title_length"]) - titled)
        gains = [Gain("title", base * self._ranking.title_match * likeness**2)]
        if count > 1:
            gains.append(Gain("coverage", base * self._ranking.coverage * held / weights))
            gains += self._closeness(source)
        return [gain for gain in gains if gain.value]

    def _closeness(self, source: Body) -> list[Gain]:
        if not (self._ranking.ordered or self._ranking.window):
            return []
        places = {name: self._places(str(source.get(name) or "")) for name in self.streams[1:]}
        stood = [_term_positions(term, places) for term in self.terms]
        gains = []
        for index, (left, right) in enumerate(pairwise(stood)):
            if not (left and right):
                continue
            starts = sorted(right)
            ordered = sum(
                any(start + length in right for length in lengths)
                for start, lengths in left.items()
            )
            window = sum(
                bisect_left(starts, start + WINDOW) - bisect_left(starts, start - WINDOW + 1)
                for start in left
            )
            weight = max(self._idfs[self.terms[index]], self._idfs[self.terms[index + 1]])
            value = weight * (
                self._ranking.ordered * self._saturated(ordered)
                + self._ranking.window * self._saturated(window)
            )
            first, second = term_label(self.terms[index]), term_label(self.terms[index + 1])
            gains.append(Gain(f"{first} near {second}", value))
        return gains

    def _saturated(self, times: int) -> float:
        k1 = self._ranking.k1
        return times * (k1 + 1) / (k1 + times)

    def _places(self, stream: str) -> dict[str, set[int]]:
        """Returns the positions of the words asked for in one stream."""
        asked = self._asked
        ids_by_term: dict[str, set[int]] = {}
        for position, piece in enumerate(stream.split(" ")):
            if piece in asked:
                ids_by_term.setdefault(piece, set()).add(position)
            elif "|" in piece:
                for word in piece.split("|"):
                    if word in asked:
                        ids_by_term.setdefault(word, set()).add(position)
        return ids_by_term


def _words(term: TextTerm) -> list[tuple[bool, str]]:
    """Returns the words of a term and whether each is a stem."""
    match term:
        case StemTerm(stem, word, _, exact):
            return [(not exact, word if exact else stem)]
        case CompoundTerm(text_ways=ways, exact=exact):
            return [(not exact, word) for way in ways for word in way]
        case _:
            return []


def _term_positions(
    term: TextTerm, places: Mapping[str, dict[str, set[int]]]
) -> dict[int, set[int]]:
    """Returns where a term begins, with how many positions it takes there."""
    if not isinstance(term, StemTerm | CompoundTerm):
        return {}
    ways: tuple[Way, ...]
    if isinstance(term, StemTerm):
        ways = ((term.word if term.exact else term.stem,),)
    else:
        ways = term.text_ways
    ids_by_field: dict[int, set[int]] = {}
    fields: tuple[tuple[TextField, int], ...] = (("title", 0), ("abstract", _FIELD))
    for field, offset in fields:
        if term.field not in (None, field):
            continue
        at = places.get(f"{field}_words" if term.exact else f"{field}_stems", {})
        for way in ways:
            for start in at.get(way[0], ()):
                if all(start + step in at.get(word, ()) for step, word in enumerate(way)):
                    ids_by_field.setdefault(start + offset, set()).add(len(way))
    return ids_by_field


NEEDED = ("paper", *STREAMS, "title_length", "abstract_length")
"""Fields of a document that are looked at."""
_FIELDS: tuple[TextField, ...] = ("title", "abstract")


@dataclass(frozen=True, slots=True)
class SharedWord:
    """A word by which the best papers lead on to others.

    Attributes:
        worth: what a saturated occurrence of it adds to a score.
    """

    stem: str
    worth: float


class Feedback:
    """Learns from the best papers of queries over one generation."""

    def __init__(self, words: WordFacts, scoring: Scoring) -> None:
        """Counts words by `words`, and weighs them by `scoring`."""
        self._words = words
        self._scoring = scoring
        analyzer = words.analyzer
        self._chunks = stem_cache(analyzer.stem, analyzer.stop_words)

    def shared(self, best: Iterable[tuple[float, Body]], terms: int) -> tuple[SharedWord, ...]:
        """Returns the words that some papers share.

        Args:
            best: score and document of each, best first.
            terms: how many the query has.
        """
        looked = [
            (score, stems_of(paper_of(source["paper"]), self._chunks))
            for (score, source), _ in zip(best, range(PAPERS), strict=False)
        ]
        model = relevance_model(looked)
        held = self._words.stem_papers(sorted(model))
        ranking, papers = self._scoring.ranking, self._scoring.collection.papers
        factor = ranking.feedback * terms * (ranking.k1 + 1)
        return tuple(
            SharedWord(stem, factor * weight * idf(papers, min(papers, held[stem])))
            for stem, weight in model.items()
        )

    def gains(self, shared: tuple[SharedWord, ...], source: Body) -> list[Gain]:
        """Returns what each word adds to the score of a paper."""
        times = [Counter(_stems(source, field)) for field in _FIELDS]
        norms = [self._scoring.norm(field, int(source[f"{field}_length"])) for field in _FIELDS]
        gains: list[Gain] = []
        for word in shared:
            pairs = zip(times, norms, strict=True)
            frequency = sum(counted[word.stem] * norm for counted, norm in pairs)
            if frequency:
                value = word.worth * frequency / (self._scoring.ranking.k1 + frequency)
                gains.append(Gain(f"{word.stem}, as in the best papers", value))
        return gains


def _stems(source: Body, field: TextField) -> list[str]:
    """Returns the stems of a field, see `mapping`."""
    return str(source.get(f"{field}_stems") or "").replace("|", " ").split(" ")
