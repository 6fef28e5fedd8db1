"""Explains a score by contributions that add up to it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise

import numpy as np

from indexer.backends.whoosh.postings.positions import is_member
from indexer.backends.whoosh.query.boolean import Workspace
from indexer.backends.whoosh.query.evaluator import Evaluation
from indexer.backends.whoosh.query.execution import QueryMatches
from indexer.backends.whoosh.query.top_hits import Rescored, rescored
from indexer.backends.whoosh.scoring.collection import TEXT_FIELDS, Collection
from indexer.backends.whoosh.scoring.query_context import Execution
from indexer.backends.whoosh.scoring.ranked_docs import RankedDoc
from indexer.backends.whoosh.scoring.relevance_feedback import expansion_scores
from indexer.backends.whoosh.scoring.rescoring import Candidates, signals_of
from indexer.query import Match, Sort
from indexer.query_analysis.leaf_analysis import LeafReading
from indexer.query_analysis.plan import Run, hinting, matching_leaves
from indexer.query_analysis.terms import TextTerm, term_label
from indexer.search import Contribution


def explained(
    collection: Collection, matches: QueryMatches, hits: Sequence[RankedDoc]
) -> tuple[tuple[Contribution, ...], ...]:
    """Returns for each hit the contributions that add up to its score, largest first."""
    ranked = matches.query.sort is Sort.RELEVANCE and collection.ranking.depth > 0
    final = rescored(collection, matches) if ranked and hits else None
    matching = _matching(collection, matches, hits)
    return tuple(
        _explained(collection, matches, hit, final, matching[rank]) for rank, hit in enumerate(hits)
    )


def _explained(
    collection: Collection,
    matches: QueryMatches,
    hit: RankedDoc,
    final: Rescored | None,
    matching: dict[int, bool],
) -> tuple[Contribution, ...]:
    parts: list[Contribution] = []
    for term, factor in _counted(collection, matches, matching):
        parts += _term_parts(collection, matches.execution, hit, term, factor)
    base = sum(part.value for part in parts)
    ranking = collection.ranking
    terms = matches.signal_terms
    if matches.query.sort is Sort.RELEVANCE and terms and hit.score > base * (1 + 1e-5):
        docs = collection.readers[hit.segment].arrays.docs
        paper = Candidates(hit.segment, np.array([hit.doc], np.int32), docs)
        signals = signals_of(collection, paper, terms, matches.execution)
        parts += [
            Contribution("coverage", "", base * ranking.coverage * float(signals.coverage[0])),
            Contribution("title", "", base * ranking.title_match * float(signals.title_match[0])),
        ]
        for (first, second), added in zip(pairwise(terms), signals.closeness, strict=False):
            label = f"{term_label(first)} near {term_label(second)}"
            parts.append(Contribution(label, "", float(added[0])))
        shared = final.expansion if final else ()
        more = expansion_scores(collection, paper, shared)[:, 0].tolist()
        parts += [
            Contribution(f"{word.stem}, as in the best papers", "", value)
            for word, value in zip(shared, more, strict=True)
        ]
        if final:
            near = final.meaning_of(hit.segment, hit.doc)
            parts += [Contribution(label, "", value) for label, value in near]
    nonzero = sorted((part for part in parts if part.value), key=lambda part: -part.value)
    return tuple(nonzero)


def _term_parts(
    collection: Collection, execution: Execution, hit: RankedDoc, term: TextTerm, boost: float
) -> list[Contribution]:
    """Returns a term's score divided among fields in proportion to their share of its frequency."""
    postings = collection.postings(term, execution)[hit.segment]
    scored_docs = collection.scored(term, execution).parts[hit.segment]
    docs, scores = scored_docs.docs, scored_docs.scores
    index = int(np.searchsorted(docs, hit.doc))
    if index >= len(docs) or docs[index] != hit.doc or scores is None:
        return []
    norms = collection.norms(hit.segment)
    weights = {}
    for field in TEXT_FIELDS:
        counts = getattr(postings, field)
        if counts is not None and counts[index]:
            weights[field] = float(counts[index] * norms[field][hit.doc])
    total = sum(weights.values()) or 1.0
    score = float(scores[index]) * boost
    label = term_label(term)
    return [Contribution(label, field, score * weight / total) for field, weight in weights.items()]


def _counted(
    collection: Collection, matches: QueryMatches, matching: dict[int, bool]
) -> list[tuple[TextTerm, float]]:
    """Returns the terms that contribute to the score of a doc, each with its boost.

    They belong to matching leaves within matching clauses; where words are optional, the parts of
    compounds contribute too.
    """
    counted: list[tuple[TextTerm, float]] = []
    for node in matching_leaves(matches.plan, matching):
        if isinstance(node, LeafReading):
            counted += [(term, node.boost) for term in node.terms]
        elif matches.match is Match.ANY:
            counted += _hinted(matches, node, collection.ranking.parts)
    return counted


def _hinted(matches: QueryMatches, run: Run, weight: float) -> Iterator[tuple[TextTerm, float]]:
    for word in hinting(matches.plan, run):
        if word.leaf in matches.execution.cut:
            continue
        for parts in word.parts:
            yield from ((part, word.boost * weight) for part in parts)


def _matching(
    collection: Collection, matches: QueryMatches, hits: Sequence[RankedDoc]
) -> list[dict[int, bool]]:
    """Returns for each hit, by index of the plan's node, whether it matches that node."""
    matching: list[dict[int, bool]] = [{} for _ in hits]
    for segment in sorted({hit.segment for hit in hits}):
        ranks = [rank for rank, hit in enumerate(hits) if hit.segment == segment]
        doc_ids = np.array([hits[rank].doc for rank in ranks], np.int32)
        workspace = Workspace(collection.readers[segment].size)
        evaluation = Evaluation(collection, segment, matches.plan, workspace, matches.execution)
        for node, docs in evaluation.nodes(matches.match):
            if docs is not None:
                matched = is_member(doc_ids, docs.docs) != docs.negated
                for rank, matches_node in zip(ranks, matched.tolist(), strict=True):
                    matching[rank][node] = matches_node
    return matching
