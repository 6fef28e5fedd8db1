"""Likeness of meaning, by comparing every vector with every other.

Vectors are kept in eight bits as the engines keep them; sums are those of whole numbers.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from indexer.meaning.model import SentenceEncoder, text_of
from indexer.meaning.quantization import quantize
from indexer.meaning.weights import Floats
from indexer.paper import Paper
from indexer.ranking import Ranking

Vector = tuple[list[int], float]
"""Numbers of a vector and the factor on them."""
LEAST = 0.35
"""Cosine of a paper that is listed as close in meaning."""
LISTED = 10
SHARED = 10
"""Papers nearest to one whose scores it shares in."""
LEADING = 100
"""Papers, the best, that share scores."""


class Meaning:
    """The vectors of papers, by paper id, and the encoder that made them."""

    def __init__(self, encoder: SentenceEncoder, papers: Sequence[Paper]) -> None:
        self.encoder = encoder
        texts = [text_of(paper) for paper in papers]
        vectors = [row for part in encoder.vectors(texts) for row in part]
        self._of = {
            paper.id: shrunk(row)
            for paper, row in zip(papers, vectors, strict=True)
            if np.abs(row).max() > 0
        }

    def of_text(self, text: str) -> Vector:
        return unit([self.encoder.query(text)])

    def of_papers(self, papers: Sequence[Paper]) -> Vector:
        """Returns the mean of vectors; papers of the index are not encoded again."""
        rows = []
        for paper in papers:
            known = self._of.get(paper.id)
            rows.append(
                self.encoder.query(text_of(paper))
                if known is None
                else np.array(known[0], np.float32) * np.float32(known[1])
            )
        return unit(rows)

    def cosine(self, paper: Paper, vector: Vector) -> float | None:
        """Returns how near a paper is; None where it has no vector."""
        known = self._of.get(paper.id)
        return None if known is None else cosine(known, vector)

    def added(
        self, scored: Sequence[tuple[Paper, float]], vector: Vector, ranking: Ranking
    ) -> list[float]:
        """Returns the scores of candidates with what meaning adds to them."""
        near = [self.cosine(paper, vector) for paper, _ in scored]
        highest = max((one for one in near if one is not None), default=0.0)
        best = max((score for _, score in scored), default=0.0)
        sums = []
        for (_, score), one in zip(scored, near, strict=True):
            if highest <= 0:
                more = 0.0
            elif one is None:
                more = score
            else:
                more = best * max(one, 0.0) / highest
            sums.append(score + ranking.meaning * more)
        papers = [paper for paper, _ in scored]
        factor = ranking.neighbours / (1 - ranking.neighbours)
        return [total + factor * self._shared(at, papers, sums) for at, total in enumerate(sums)]

    def _shared(self, at: int, papers: Sequence[Paper], scores: Sequence[float]) -> float:
        """Returns the mean score of the papers nearest to one of them."""
        least = sorted(scores, reverse=True)[:LEADING][-1]
        known = [
            place
            for place, paper in enumerate(papers)
            if paper.id in self._of and scores[place] >= least
        ]
        if len(known) < 2:
            return 0.0
        if at not in known:
            return scores[at]
        own = self._of[papers[at].id]
        likeness = {one: cosine(self._of[papers[one].id], own) for one in known if one != at}
        least = sorted(likeness.values(), reverse=True)[: min(SHARED, len(likeness))][-1]
        chosen = [scores[one] for one, near in likeness.items() if near >= least]
        return sum(chosen) / len(chosen)


def shrunk(row: Floats) -> Vector:
    codes = quantize(row.reshape(1, -1))
    return [int(number) for number in codes.codes[0]], float(codes.scales[0])


def unit(rows: Sequence[Floats]) -> Vector:
    """Returns the mean of vectors, of length 1."""
    mean = np.mean(np.stack(rows), axis=0, dtype=np.float64)
    length = max(float(np.linalg.norm(mean)), 1e-9)
    return shrunk(np.asarray(mean / length, np.float32))


def cosine(one: Vector, other: Vector) -> float:
    product = sum(a * b for a, b in zip(one[0], other[0], strict=True))
    return float(np.round(product * one[1] * other[1], 5))
