"""The order of screening: papers like the included and unlike the excluded come first.

Relevance feedback by Rocchio's formula (Rocchio 1971; weights of Salton & Buckley 1990, "Improving
retrieval performance by relevance feedback", https://doi.org/10.1002/(SICI)1097-4571(199006)41:4%3C288::AID-ASI8%3E3.0.CO;2-H):
the mean vector of the included papers less a third of that of the excluded ones. A vector has the
words of title and abstract, weighed by tf-idf among the papers compared, of length 1. Every backend
answers it, as it needs searches alone.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from indexer.paper import Paper
from indexer.query import And, Clause, Match, Or, Query, Sort, Value, Word
from indexer.related.more_like_this import is_general
from indexer.reviews.label_clauses import unlabelled, without_label
from indexer.reviews.labels import labels_of
from indexer.reviews.stopping import LEVEL, StoppingEstimate, stopping_estimate
from indexer.search import Searcher
from indexer.text.folding import fold

MOST_COMPARED: Final = 1_000
"""Candidates, and papers of each label, that are compared: as many as one search returns."""
_INCLUDED_WEIGHT: Final = 0.75
_EXCLUDED_WEIGHT: Final = 0.25
_TITLE: Final = 3
"""How often a word of the title counts, as in `indexer.related.more_like_this`."""
_TERMS: Final = 24
"""Words by which candidates are sought."""
_SHOWN: Final = 5
_SHORTEST: Final = 3

Vector = Mapping[str, float]


@dataclass(frozen=True, slots=True)
class ScreeningCandidate:
    """A paper to be screened.

    Attributes:
        score: of the feedback; 0 where there is nothing to compare.
        words: those that speak for it most.
    """

    paper: Paper
    score: float
    words: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ScreeningOrder:
    """What to screen next, and how far screening is.

    Attributes:
        candidates: the likeliest first.
        papers: number of papers that the query finds.
        included, excluded: how many of these have the label.
        stopping: whether enough has been found.
        is_feedback: whether labels decide the order; else it is that of the query.
    """

    candidates: tuple[ScreeningCandidate, ...]
    papers: int
    included: int
    excluded: int
    stopping: StoppingEstimate
    is_feedback: bool

    @property
    def left(self) -> int:
        """Number of papers without a label."""
        return self.papers - self.included - self.excluded


def screening_order(searcher: Searcher, query: Query, limit: int = 20) -> ScreeningOrder:
    """Returns the papers of a query that are to be screened next.

    Args:
        searcher: of the collection; labels come from its generation.
        query: that finds the papers of the review; a label in it is left out.
        limit: most papers returned.
    """
    base = replace(query, clause=without_label(query.clause), page=1, sort=Sort.RELEVANCE)
    matched = searcher.search(replace(base, per_page=0), facets=()).receipt.matched
    base = replace(base, match=Match(matched), text="")
    ids = frozenset(searcher.ids(base))
    screened = [label == "included" for paper, label in labels_of(searcher).order if paper in ids]
    included = _papers_of(searcher, Query(clause=Value("label", "included")))
    excluded = _papers_of(searcher, Query(clause=Value("label", "excluded")))
    candidates = _candidates(searcher, base, included, excluded)
    ranked = _ranked(candidates, included, excluded)
    return ScreeningOrder(
        tuple(ranked[:limit]),
        len(ids),
        sum(screened),
        len(screened) - sum(screened),
        stopping_estimate(screened, len(ids)),
        bool(included),
    )


def _papers_of(searcher: Searcher, query: Query) -> list[Paper]:
    results = searcher.search(replace(query, per_page=MOST_COMPARED), facets=())
    return [hit.paper for hit in results.hits]


def _candidates(
    searcher: Searcher, base: Query, included: Sequence[Paper], excluded: Sequence[Paper]
) -> list[Paper]:
    """Returns papers without a label: those with words of the included ones, then others."""
    left = replace(base, clause=unlabelled(base.clause))
    papers: dict[str, Paper] = {}
    if included:
        labelled = _vectors([*included, *excluded])
        profile = _profile(labelled[: len(included)], labelled[len(included) :])
        words = sorted(profile, key=lambda word: -profile[word])[:_TERMS]
        sought: Clause = Or(tuple(Word(word) for word in words))
        if words:
            near = replace(left, clause=And((unlabelled(base.clause), sought)))
            papers = {paper.id: paper for paper in _papers_of(searcher, near)}
    if len(papers) < MOST_COMPARED:
        papers |= {
            paper.id: paper for paper in _papers_of(searcher, left) if paper.id not in papers
        }
    return list(papers.values())[:MOST_COMPARED]


def _ranked(
    candidates: Sequence[Paper], included: Sequence[Paper], excluded: Sequence[Paper]
) -> list[ScreeningCandidate]:
    """Returns candidates by score; ties stay in the order in which they were found."""
    if not included:
        return [ScreeningCandidate(paper, 0.0, ()) for paper in candidates]
    vectors = _vectors([*included, *excluded, *candidates])
    first, second = len(included), len(included) + len(excluded)
    profile = _profile(vectors[:first], vectors[first:second])
    frequency = Counter(word for vector in vectors for word in vector)
    ranked = []
    for paper, vector in zip(candidates, vectors[second:], strict=True):
        shares = {word: weight * profile.get(word, 0.0) for word, weight in vector.items()}
        telling = [
            word for word in shares if shares[word] > 0 and frequency[word] * 2 <= len(vectors)
        ]
        words = sorted(telling, key=lambda word: -shares[word])
        score = round(sum(shares.values()), 6)
        ranked.append(ScreeningCandidate(paper, score, tuple(words[:_SHOWN])))
    return sorted(ranked, key=lambda candidate: -candidate.score)


def _profile(included: Sequence[Vector], excluded: Sequence[Vector]) -> dict[str, float]:
    """Returns Rocchio's vector: the mean of the included less a part of that of the excluded."""
    profile: dict[str, float] = {}
    for vectors, weight in ((included, _INCLUDED_WEIGHT), (excluded, -_EXCLUDED_WEIGHT)):
        for vector in vectors:
            for word, value in vector.items():
                profile[word] = profile.get(word, 0.0) + weight * value / len(vectors)
    return profile


def _vectors(papers: Iterable[Paper]) -> list[Vector]:
    """Returns the words of papers, weighed by tf-idf among these papers, each of length 1."""
    counts = [_words(paper) for paper in papers]
    frequency = Counter(word for words in counts for word in words)
    vectors: list[Vector] = []
    for words in counts:
        weighed = {
            word: (1 + math.log(times)) * math.log((1 + len(counts)) / frequency[word])
            for word, times in words.items()
        }
        length = math.sqrt(sum(weight * weight for weight in weighed.values())) or 1.0
        vectors.append({word: weight / length for word, weight in weighed.items()})
    return vectors


def _words(paper: Paper) -> Counter[str]:
    words: Counter[str] = Counter()
    for text, times in ((paper.title, _TITLE), (paper.abstract, 1)):
        for chunk in fold(text).text.split():
            word = chunk.strip(".,;:!?()[]{}\"'“”‘’$\\*-–—/<>=")
            if len(word) >= _SHORTEST and word[0].isalpha() and not is_general(word):
                words[word] += times
    return words


def screening_sentences(order: ScreeningOrder) -> tuple[str, str]:
    """Returns in words how far screening is, and whether it may stop."""
    screened = order.included + order.excluded
    have = "paper is" if order.papers == 1 else "papers are"
    progress = (
        f"{screened:,} of {order.papers:,} {have} screened: {order.included:,} included, "
        f"{order.excluded:,} excluded; {order.left:,} left."
    )
    if not order.is_feedback:
        return progress, "No paper is included yet, so the order is that of the search."
    if not order.left:
        return progress, "All papers are screened."
    stopping = order.stopping
    told = f"Test for a recall of {stopping.target:.0%}: p = {stopping.probability:.2g}. "
    if stopping.may_stop:
        return progress, f"{told}At least that much has probably been found; screening may stop."
    return progress, f"{told}Go on screening until p is below {LEVEL}."
