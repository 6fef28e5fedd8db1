"""Orders the hits of a query: top k by clause score, rescoring of candidates, other orders."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Final

import numpy as np

from indexer.backends.whoosh.query.execution import QueryMatches
from indexer.backends.whoosh.query.filters import all_of
from indexer.backends.whoosh.scoring.collection import Collection
from indexer.backends.whoosh.scoring.match_tiers import best_in_tiers, first_tier, tied_in_tiers
from indexer.backends.whoosh.scoring.meaning import (
    candidate_vectors,
    meaning_scores,
    nearest_docs,
    neighbour_scores,
    query_vector,
)
from indexer.backends.whoosh.scoring.ranked_docs import Ranked, RankedDoc, RankOrder
from indexer.backends.whoosh.scoring.relevance_feedback import (
    ExpansionTerm,
    expansion_scores,
    expansion_terms_of,
)
from indexer.backends.whoosh.scoring.rescoring import Candidates, signals_of
from indexer.backends.whoosh.scoring.scored_docs import Scores, rounded, rounded_score
from indexer.query import Match, Sort
from indexer.query_analysis.relevance_model import PAPERS
from indexer.query_analysis.terms import TextTerm


def top_hits(
    collection: Collection, matches: QueryMatches, first: int, last: int
) -> list[RankedDoc]:
    """Returns the hits of ranks `first` up to `last`, counted from 0, in the query's order."""
    last = min(last, collection.papers)
    if first >= last:
        return []
    if matches.query.sort is Sort.RELEVANCE and matches.scored:
        return top_k(collection, matches, last).take(slice(first, last)).as_docs()
    last = min(last, matches.total)
    if first >= last:
        return []
    in_order = RankOrder(collection.readers).page(
        matches.hits, _order_without_scores(matches.query.sort), first, last
    )
    return _with_scores(matches, in_order) if matches.scored else in_order


_FIRST: Final = 100
"""Hits that `all_hits` ranks on their own: most callers take a few, and ordering all docs with some
of the words takes ten times as long."""


def all_hits(collection: Collection, matches: QueryMatches) -> Iterator[RankedDoc]:
    """Returns an iterator over all hits in the query's order; scores are 0 but for RELEVANCE."""
    if not matches.scored or matches.query.sort is not Sort.RELEVANCE:
        order = _order_without_scores(matches.query.sort)
        return RankOrder(collection.readers).listed(matches.hits, order)
    first = top_k(collection, matches, min(_FIRST, matches.total)).as_docs()
    return chain(first, _hits_after(collection, matches, len(first)))


def _hits_after(collection: Collection, matches: QueryMatches, rank: int) -> Iterator[RankedDoc]:
    """Yields the hits from a rank on, counted from 0, by relevance."""
    if matches.total > rank:
        yield from top_k(collection, matches, matches.total).take(slice(rank, None)).lazily()


def _order_without_scores(sort: Sort) -> Sort:
    return Sort.NEWEST if sort is Sort.RELEVANCE else sort


def top_k(collection: Collection, matches: QueryMatches, k: int) -> Ranked:
    """Returns the top k hits by relevance, of which the best `Ranking.depth` are rescored."""
    order = RankOrder(collection.readers)
    depth = collection.ranking.depth
    terms = matches.signal_terms if depth > 0 else ()
    first = first_tier(collection, matches.leading, matches.hits, matches.workspaces)
    base = best_in_tiers(order, matches.hits, first, max(k, depth if terms else 0))
    if not terms or not len(base):
        return base.take(slice(k))
    rescored = _rescored(collection, matches, terms, base.take(slice(depth)), first)
    final = tied_in_tiers(order, rescored.ranked, first)
    matches.execution.best = matches.plan, final
    return final.then(base.take(slice(depth, None))).take(slice(k))


@dataclass(frozen=True, slots=True)
class Rescored:
    """The candidates of a query with their final scores.

    Attributes:
        ranked: the candidates, unordered.
        expansion: terms of pseudo-relevance feedback; empty where there is none.
        meaning: score added for likeness of meaning, and for that to other candidates, each by its
            label for the explanation: float64, one per candidate; empty where words alone count.
    """

    ranked: Ranked
    expansion: tuple[ExpansionTerm, ...] = ()
    meaning: tuple[tuple[str, Scores], ...] = ()

    def meaning_of(self, segment: int, doc: int) -> list[tuple[str, float]]:
        """Returns the scores added to one doc for meaning, with their labels."""
        ranked = self.ranked
        ranks = np.flatnonzero((ranked.segments == segment) & (ranked.docs == doc))
        return [(label, float(scores[rank])) for label, scores in self.meaning for rank in ranks]


def rescored(collection: Collection, matches: QueryMatches) -> Rescored | None:
    """Returns the rescored candidates, to explain their scores; None if words alone count."""
    terms = matches.signal_terms
    vector = query_vector(collection, matches.query)
    if not matches.total or not (_feedback(collection, matches, terms) or (terms and vector)):
        return None
    order = RankOrder(collection.readers)
    first = first_tier(collection, matches.leading, matches.hits, matches.workspaces)
    base = best_in_tiers(order, matches.hits, first, collection.ranking.depth)
    return _rescored(collection, matches, terms, base, first)


def _rescored(
    collection: Collection,
    matches: QueryMatches,
    terms: tuple[TextTerm, ...],
    base: Ranked,
    first: Ranked,
) -> Rescored:
    """Adds all features to the scores of candidates.

    Args:
        collection: the segments searched.
        matches: the query and its hits.
        terms: terms of the query, at least one.
        base: the candidates, best first.
        first: the hits of the first tier.
    """
    order = RankOrder(collection.readers)
    candidates = _candidates_of(collection, matches, base)
    final = with_signals(collection, matches, terms, candidates)
    factor = _feedback(collection, matches, terms)
    expansion: tuple[ExpansionTerm, ...] = ()
    if factor:
        expansion = expansion_terms_of(
            collection, tied_in_tiers(order, final, first, PAPERS), factor
        )
        final = with_feedback(collection, candidates, expansion, final)
    vector = query_vector(collection, matches.query)
    if vector is None:
        return Rescored(final, expansion)
    weights = collection.ranking
    vectors = candidate_vectors(collection, vector, final)
    near = meaning_scores(weights.meaning, vectors, vector.codes, final.scores)
    shared = neighbour_scores(weights.neighbours, vectors, final.scores + near)
    scores = rounded(final.scores + near + shared)
    added = (("likeness of meaning", near), ("papers of like meaning", shared))
    return Rescored(Ranked(final.segments, final.docs, scores), expansion, added)


CLOSE: Final = 10
"""Number of papers listed as close in meaning beside the results."""
_LEAST_COSINE: Final = 0.35
"""Cosine: texts on different matters are mostly below .2, two wordings of one question above .5."""


def close_docs(collection: Collection, matches: QueryMatches) -> list[RankedDoc]:
    """Returns the docs nearest in meaning that pass the filters, without the best hits.

    Under ALL every hit is left out; under ANY only the `Ranking.depth` best, which are ordered by
    meaning already. Scores are cosines.
    """
    vector = query_vector(collection, matches.query)
    if vector is None:
        return []
    masks = []
    for reader, filters in zip(collection.readers, matches.filters, strict=True):
        passing = all_of(filters)
        mask = np.ones(reader.size, np.bool_)
        if passing is not None:
            mask[: passing.first] = mask[max(passing.first, passing.last) :] = False
            if passing.mask is not None:
                mask &= passing.mask
        masks.append(mask)
    if matches.match is Match.ALL:
        for mask, hits in zip(masks, matches.hits, strict=True):
            mask[hits.docs] = False
    else:
        cached = matches.execution.best
        if cached is None or cached[0] is not matches.plan:
            best = top_k(collection, matches, collection.ranking.depth)
        else:
            best = cached[1]
        for segment, doc, _ in best.rows():
            masks[segment][doc] = False
    nearest = nearest_docs(collection, vector, masks, CLOSE)
    return [doc for doc in nearest.as_docs() if doc.score >= _LEAST_COSINE]


def _candidates_of(
    collection: Collection, matches: QueryMatches, ranked: Ranked
) -> list[Candidates]:
    return [
        Candidates(
            segment,
            ranked.docs[ranks],
            collection.readers[segment].arrays.docs,
            matches.workspaces[segment].kernels,
        )
        for segment, ranks in ranked.rising()
    ]


def _feedback(collection: Collection, matches: QueryMatches, terms: Sequence[TextTerm]) -> float:
    """Returns the weight of pseudo-relevance feedback; 0 if the query has none."""
    counts = matches.match is Match.ANY and len(terms) > 1
    return collection.ranking.feedback * len(terms) if counts else 0.0


def with_signals(
    collection: Collection,
    matches: QueryMatches,
    terms: tuple[TextTerm, ...],
    candidates: Sequence[Candidates],
) -> Ranked:
    """Returns candidates in their order, with the sum of clause score and signals."""
    scores = []
    for part in candidates:
        base = part.sums(matches.hits[part.segment].summands)
        signals = signals_of(collection, part, terms, matches.execution)
        scores.append(signals.scores(base, collection.ranking))
    return Ranked(
        np.repeat([part.segment for part in candidates], [len(part.papers) for part in candidates]),
        np.concatenate([part.papers for part in candidates]),
        rounded(np.concatenate(scores)),
    )


def with_feedback(
    collection: Collection,
    candidates: Sequence[Candidates],
    expansion: Sequence[ExpansionTerm],
    ranked: Ranked,
) -> Ranked:
    """Returns the same candidates with the scores of the expansion terms added."""
    more = np.concatenate(
        [expansion_scores(collection, part, expansion).sum(0) for part in candidates]
    )
    return Ranked(ranked.segments, ranked.docs, rounded(ranked.scores + more))


def _with_scores(matches: QueryMatches, in_order: list[RankedDoc]) -> list[RankedDoc]:
    """Adds clause scores to hits that are ordered by something else than relevance.

    Signals are left out: they would take time and change no order.
    """
    scored = []
    for hit in in_order:
        hits = matches.hits[hit.segment]
        score = 0.0
        if hits.scores is not None:
            score = float(hits.scores[int(np.searchsorted(hits.docs, hit.doc))])
        scored.append(RankedDoc(hit.segment, hit.doc, rounded_score(score)))
    return scored
