"""Two tiers of an order by relevance: the few hits with all words, then those with some of them."""

from __future__ import annotations

from collections.abc import Sequence
from functools import reduce

import numpy as np
from numpy.typing import NDArray

from indexer.backends.whoosh.postings.positions import contained
from indexer.backends.whoosh.query.boolean import Desk
from indexer.backends.whoosh.scoring.collection import Collection
from indexer.backends.whoosh.scoring.ranked_docs import Ranked, RankOrder
from indexer.backends.whoosh.scoring.rescoring import Looked
from indexer.backends.whoosh.scoring.scored_docs import Matches, rounded


def first_tier(
    collection: Collection,
    leading: Sequence[Matches],
    hits: Sequence[Matches],
    desks: Sequence[Desk],
) -> Ranked:
    """Returns the hits of the first tier, in no order, with their clause scores.

    Args:
        collection: where.
        leading: for each segment the hits of the first tier; of no segment where there is none.
        hits: for each segment all hits, whose scores count.
        desks: for each segment the room that is worked in.
    """
    parts = [Ranked(np.zeros(0, np.int64), np.zeros(0, np.int32), np.zeros(0))]
    for segment, matches in enumerate(leading):
        if matches.count:
            docs = collection.readers[segment].arrays.docs
            looked = Looked(segment, matches.docs, docs, desks[segment].kernels)
            scores = rounded(looked.sums(hits[segment].summands))
            parts.append(Ranked(np.full(len(looked.papers), segment), looked.papers, scores))
    return reduce(Ranked.then, parts)


def best_in_tiers(order: RankOrder, hits: Sequence[Matches], first: Ranked, wanted: int) -> Ranked:
    """Returns the first `wanted` hits by clause score, those of the tier `first` before others."""
    best = order.best(hits, wanted)
    if not len(first):
        return best
    return order.tied(first).then(best.at(np.flatnonzero(~_among(best, first)))).at(slice(wanted))


def tied_in_tiers(
    order: RankOrder, ranked: Ranked, first: Ranked, wanted: int | None = None
) -> Ranked:
    """Returns `RankOrder.tied` of hits, those of the tier `first` before others."""
    if not len(first):
        return order.tied(ranked, wanted)
    leads = _among(ranked, first)
    ahead, behind = (order.tied(ranked.at(np.flatnonzero(tier))) for tier in (leads, ~leads))
    return ahead.then(behind).at(slice(wanted))


def _among(ranked: Ranked, others: Ranked) -> NDArray[np.bool_]:
    keys, known = ((papers.segments << 32) | papers.docs for papers in (ranked, others))
    return contained(keys, np.sort(known))
