"""Two tiers of relevance: the few hits with all terms come before those with some of them."""

from __future__ import annotations

from collections.abc import Sequence
from functools import reduce

import numpy as np
from numpy.typing import NDArray

from indexer.backends.whoosh.postings.positions import is_member
from indexer.backends.whoosh.query.boolean import Workspace
from indexer.backends.whoosh.scoring.collection import Collection
from indexer.backends.whoosh.scoring.ranked_docs import Ranked, RankOrder
from indexer.backends.whoosh.scoring.rescoring import Candidates
from indexer.backends.whoosh.scoring.scored_docs import ScoredDocs, rounded


def first_tier(
    collection: Collection,
    leading: Sequence[ScoredDocs],
    hits: Sequence[ScoredDocs],
    workspaces: Sequence[Workspace],
) -> Ranked:
    """Returns the hits of the first tier, in no order, with their clause scores.

    Args:
        collection: the index.
        leading: for each segment the hits of the first tier; empty where there is none.
        hits: for each segment all hits, which provide the scores.
        workspaces: per segment, the scratch arrays of the thread.
    """
    parts = [Ranked(np.zeros(0, np.int64), np.zeros(0, np.int32), np.zeros(0))]
    for segment, matches in enumerate(leading):
        if matches.count:
            docs = collection.readers[segment].arrays.docs
            candidates = Candidates(segment, matches.docs, docs, workspaces[segment].kernels)
            scores = rounded(candidates.sums(hits[segment].summands))
            parts.append(
                Ranked(np.full(len(candidates.papers), segment), candidates.papers, scores)
            )
    return reduce(Ranked.then, parts)


def best_in_tiers(order: RankOrder, hits: Sequence[ScoredDocs], first: Ranked, k: int) -> Ranked:
    """Returns the top k hits by clause score, those of the tier `first` before others."""
    best = order.best(hits, k)
    if not len(first):
        return best
    return order.tied(first).then(best.take(np.flatnonzero(~_among(best, first)))).take(slice(k))


def tied_in_tiers(order: RankOrder, ranked: Ranked, first: Ranked, k: int | None = None) -> Ranked:
    """Returns `RankOrder.tied` of hits, those of the tier `first` before others."""
    if not len(first):
        return order.tied(ranked, k)
    leads = _among(ranked, first)
    ahead, behind = (order.tied(ranked.take(np.flatnonzero(tier))) for tier in (leads, ~leads))
    return ahead.then(behind).take(slice(k))


def _among(ranked: Ranked, others: Ranked) -> NDArray[np.bool_]:
    """Returns for each hit whether it is among others, bool."""
    keys, other_keys = ((hits.segments << 32) | hits.docs for hits in (ranked, others))
    return is_member(keys, np.sort(other_keys))
