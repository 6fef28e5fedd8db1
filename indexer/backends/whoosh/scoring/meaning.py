"""Meaning: a feature of the candidates, and the papers nearest to a text.

The cosines are exact sums of whole numbers (`indexer.meaning.quantization`), so kernels, threads
and machines agree; ties go to the total order of hits.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from indexer.backends.whoosh.scoring.collection import Collection
from indexer.backends.whoosh.scoring.ranked_docs import Ranked, RankOrder
from indexer.backends.whoosh.scoring.scored_docs import Scores
from indexer.meaning.model import Model, SentenceEncoder, text_of
from indexer.meaning.quantization import (
    Quantized,
    Signs,
    cosines,
    nearest_signs,
    quantize,
    signs_of,
)
from indexer.meaning.weights import Floats
from indexer.paper import Paper
from indexer.query import Query
from indexer.query_analysis.meaning_text import MOST_CHARACTERS, question_of

_SHORTLIST: Final = 1000
"""Docs whose signs differ least from the query's and whose cosines are computed: they hold 97.7 to
100 % of the exact best 100 of 86,867 abstracts; half as many save under a millisecond."""
NEIGHBOURS: Final = 10
"""Candidates whose scores a candidate shares in."""
LEADING: Final = 100
"""Candidates, the best, among which neighbours are looked for: their number squared is the cost;
twice as many give no better order (nDCG@10 of three collections .634, against .635)."""


@dataclass(frozen=True, slots=True)
class TextVector:
    """The vector of a query or of another text.

    Attributes:
        model: what made it.
        codes: a single vector in eight bits.
        signs: uint64[1, width / 64].
    """

    model: Model
    codes: Quantized
    signs: Signs


def query_vector(collection: Collection, query: Query) -> TextVector | None:
    """Returns the vector of a query; None where it is ordered by words alone."""
    if not collection.ranking.meaning or collection.ranking.depth < 1:
        return None
    question = question_of(query)
    encoder = _encoder(collection) if question else None
    return None if encoder is None else _mean(encoder.model, [encoder.query(question)])


def papers_vector(collection: Collection, papers: Sequence[Paper]) -> TextVector | None:
    """Returns the mean vector of papers; None where the index or the encoder has none.

    Args:
        collection: the index.
        papers: each counts as much as any other; those of the index are not encoded again.
    """
    encoder = _encoder(collection) if papers else None
    if encoder is None:
        return None
    vectors = []
    for paper in papers:
        stored = _stored(collection, paper.id, encoder.model)
        text = text_of(paper)[:MOST_CHARACTERS]
        vectors.append(encoder.query(text) if stored is None else stored)
    return _mean(encoder.model, vectors)


def _encoder(collection: Collection) -> SentenceEncoder | None:
    """Returns the encoder by which vectors of the index were made, where there is one."""
    models = {reader.meaning.model for reader in collection.readers if reader.meaning is not None}
    encoder = collection.encoder() if models else None
    return encoder if encoder is not None and encoder.model.identity in models else None


def _stored(collection: Collection, paper_id: str, model: Model) -> Floats | None:
    """Returns the vector that the index has of a paper."""
    for reader in collection.readers:
        column = reader.meaning
        if column is not None and column.model == model.identity:
            doc = reader.find(paper_id)
            if doc is not None and column.scales[doc]:
                stored: Floats = column.codes[doc].astype(np.float32) * column.scales[doc]
                return stored
    return None


def _mean(model: Model, vectors: Sequence[Floats]) -> TextVector:
    """Returns the mean of vectors, of length 1, in eight bits."""
    mean: Scores = np.mean(np.stack(vectors), axis=0, dtype=np.float64)
    mean /= max(float(np.linalg.norm(mean)), 1e-9)
    codes = quantize(mean.astype(np.float32).reshape(1, -1))
    return TextVector(model, codes, signs_of(codes.codes))


def candidate_vectors(collection: Collection, vector: TextVector, ranked: Ranked) -> Quantized:
    """Returns the vectors of candidates, in their order; the scale is 0 where there is none.

    Args:
        collection: the index.
        vector: of the query; vectors of other models are left out.
        ranked: all candidates, in any order.
    """
    codes = np.zeros((len(ranked), vector.codes.codes.shape[1]), np.int8)
    scales = np.zeros(len(ranked), np.float32)
    for segment, ranks in ranked.rising():
        column = collection.readers[segment].meaning
        if column is not None and column.model == vector.model.identity:
            docs = ranked.docs[ranks]
            codes[ranks], scales[ranks] = column.codes[docs], column.scales[docs]
    return Quantized(codes, scales)


def meaning_scores(weight: float, vectors: Quantized, query: Quantized, scores: Scores) -> Scores:
    """Returns what meaning adds to the score of each candidate, never less than 0.

    It is `weight` times the best score times the share of the cosine in the highest one. A doc
    without a vector gets `weight` times its own score, so its rank stays about what words make it.

    Args:
        weight: `Ranking.meaning`.
        vectors: of the candidates, see `candidate_vectors`.
        query: a single vector.
        scores: of the candidates by words.
    """
    near = np.maximum(cosines(vectors, query), 0)
    highest = float(near.max(initial=0))
    if not highest:
        return np.zeros(len(scores))
    added: Scores = weight * np.where(
        vectors.scales > 0, float(scores.max()) * near / highest, scores
    )
    return added


def neighbour_scores(share: float, vectors: Quantized, scores: Scores) -> Scores:
    """Returns what the candidates nearest to each candidate add to its score, never less than 0.

    It is a multiple of the mean score of the `NEIGHBOURS` candidates of highest cosine, and of all
    that tie with the last of them, see `indexer.ranking`. A doc without a vector gets the same
    multiple of its own score, and so does one behind the best `LEADING`.

    Args:
        share: `Ranking.neighbours`.
        vectors: of the candidates, see `candidate_vectors`.
        scores: of the candidates by words and meaning.
    """
    least = np.partition(scores, -LEADING)[-LEADING] if len(scores) > LEADING else 0
    known = np.flatnonzero((vectors.scales > 0) & (scores >= least))
    if len(known) < 2:
        return np.zeros(len(scores))
    codes, scales = vectors.codes[known].astype(np.float32), vectors.scales[known].astype(float)
    # Not `@`: the threads of BLAS wait for one another on a busy machine, 7 ms instead of 0.8.
    products = np.einsum("ik,jk->ij", codes, codes)
    alike = np.round(products * scales[:, None] * scales, 5)
    np.fill_diagonal(alike, -2)  # a paper is no neighbour of its own
    k = min(NEIGHBOURS, len(known) - 1)
    near = (alike >= np.partition(alike, -k, axis=1)[:, [-k]]).astype(float)
    means = scores.copy()
    means[known] = near @ scores[known] / near.sum(1)
    return share / (1 - share) * means


def nearest_docs(
    collection: Collection,
    vector: TextVector,
    passing: Sequence[NDArray[np.bool_] | None],
    k: int,
) -> Ranked:
    """Returns the docs nearest in meaning, best first, their cosines as scores.

    Signs choose the candidates, so of a million docs a thousand cosines are computed. Ties go to
    the newer year, then the lower paper id.

    Args:
        collection: the index.
        vector: of the text.
        passing: for each segment the docs that may be found, bool[docs]; None = all.
        k: how many are needed.
    """
    kernels = collection.kernels
    scan = None if kernels is None else kernels.sign_distances
    shortlist = max(k, _SHORTLIST)
    parts = [Ranked(np.zeros(0, np.int64), np.zeros(0, np.int32), np.zeros(0))]
    for segment, (reader, mask) in enumerate(zip(collection.readers, passing, strict=True)):
        column = reader.meaning
        if column is None or column.model != vector.model.identity:
            continue
        allowed = column.present if reader.live is None else column.present & reader.live
        if mask is not None:
            allowed = allowed & mask
        rows = None if allowed.all() else np.flatnonzero(allowed)
        chosen = nearest_signs(column.signs, vector.signs, shortlist, rows, scan)
        near = cosines(column.vectors.take(chosen), vector.codes)
        parts.append(Ranked(np.full(len(chosen), segment), chosen.astype(np.int32), near))
    ranked = parts[0]
    for part in parts[1:]:
        ranked = ranked.then(part)
    return RankOrder(collection.readers).tied(ranked, k)
