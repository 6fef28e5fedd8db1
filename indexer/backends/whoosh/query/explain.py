"""What a score is made of, summand by summand."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise

import numpy as np

from indexer.backends.whoosh.postings.positions import is_member
from indexer.backends.whoosh.query.boolean import Workspace
from indexer.backends.whoosh.query.evaluator import Evaluation
from indexer.backends.whoosh.query.execution import Finding, shared_words
from indexer.backends.whoosh.scoring.collection import TEXT_FIELDS, Collection
from indexer.backends.whoosh.scoring.query_context import Execution
from indexer.backends.whoosh.scoring.ranked_docs import RankedDoc
from indexer.backends.whoosh.scoring.relevance_feedback import ExpansionTerm, expansion_scores
from indexer.backends.whoosh.scoring.rescoring import Candidates, signals_of
from indexer.query import Match, Sort
from indexer.query_analysis.leaf_analysis import LeafReading
from indexer.query_analysis.plan import Run, hinting, matching_leaves
from indexer.query_analysis.terms import TextTerm, term_label
from indexer.search import Contribution


def explained(
    collection: Collection, found: Finding, places: Sequence[RankedDoc]
) -> tuple[tuple[Contribution, ...], ...]:
    """Returns for each hit the contributions that add up to its score, largest first."""
    ranked = found.query.sort is Sort.RELEVANCE and collection.ranking.depth > 0
    shared = shared_words(collection, found) if ranked and places else ()
    matching = _matching(collection, found, places)
    return tuple(
        _explained(collection, found, place, shared, matching[at])
        for at, place in enumerate(places)
    )


def _explained(
    collection: Collection,
    found: Finding,
    place: RankedDoc,
    shared: tuple[ExpansionTerm, ...],
    matching: dict[int, bool],
) -> tuple[Contribution, ...]:
    parts: list[Contribution] = []
    for term, factor in _counted(collection, found, matching):
        parts += _term_parts(collection, found.asked, place, term, factor)
    base = sum(part.value for part in parts)
    ranking = collection.ranking
    terms = found.signal_terms
    if found.query.sort is Sort.RELEVANCE and terms and place.score > base * (1 + 1e-5):
        docs = collection.readers[place.segment].arrays.docs
        paper = Candidates(place.segment, np.array([place.doc], np.int32), docs)
        signals = signals_of(collection, paper, terms, found.asked)
        parts += [
            Contribution("coverage", "", base * ranking.coverage * float(signals.coverage[0])),
            Contribution("title", "", base * ranking.title_match * float(signals.title_match[0])),
        ]
        for (first, second), added in zip(pairwise(terms), signals.closeness, strict=False):
            label = f"{term_label(first)} near {term_label(second)}"
            parts.append(Contribution(label, "", float(added[0])))
        more = expansion_scores(collection, paper, shared)[:, 0].tolist()
        parts += [
            Contribution(f"{word.stem}, as in the best papers", "", value)
            for word, value in zip(shared, more, strict=True)
        ]
    kept = sorted((part for part in parts if part.value), key=lambda one: -one.value)
    return tuple(kept)


def _term_parts(
    collection: Collection, asked: Execution, place: RankedDoc, term: TextTerm, boost: float
) -> list[Contribution]:
    """Share out a term's score over the fields, by what each adds to its frequency."""
    postings = collection.postings(term, asked)[place.segment]
    held = collection.scored(term, asked).parts[place.segment]
    docs, scores = held.docs, held.scores
    at = int(np.searchsorted(docs, place.doc))
    if at >= len(docs) or docs[at] != place.doc or scores is None:
        return []
    norms = collection.norms(place.segment)
    weights = {}
    for field in TEXT_FIELDS:
        counts = getattr(postings, field)
        if counts is not None and counts[at]:
            weights[field] = float(counts[at] * norms[field][place.doc])
    total = sum(weights.values()) or 1.0
    score = float(scores[at]) * boost
    label = term_label(term)
    return [Contribution(label, field, score * weight / total) for field, weight in weights.items()]


def _counted(
    collection: Collection, found: Finding, matching: dict[int, bool]
) -> list[tuple[TextTerm, float]]:
    """Returns the terms whose score a paper has, each with the factor on it.

    They are those of leaves that match within clauses that match, and, where words may be
    missing, the parts of compounds beside them.
    """
    counted: list[tuple[TextTerm, float]] = []
    for node in matching_leaves(found.plan, matching):
        if isinstance(node, LeafReading):
            counted += [(term, node.boost) for term in node.terms]
        elif found.match is Match.ANY:
            counted += _hinted(found, node, collection.ranking.parts)
    return counted


def _hinted(found: Finding, run: Run, weight: float) -> Iterator[tuple[TextTerm, float]]:
    for word in hinting(found.plan, run):
        if word.leaf in found.asked.cut:
            continue
        for parts in word.parts:
            yield from ((part, word.boost * weight) for part in parts)


def _matching(
    collection: Collection, found: Finding, places: Sequence[RankedDoc]
) -> list[dict[int, bool]]:
    """Say of each node of the plan which of some papers match it; all are looked at together."""
    matching: list[dict[int, bool]] = [{} for _ in places]
    for segment in sorted({place.segment for place in places}):
        here = [at for at, place in enumerate(places) if place.segment == segment]
        papers = np.array([places[at].doc for at in here], np.int32)
        desk = Workspace(collection.readers[segment].size)
        evaluation = Evaluation(collection, segment, found.plan, desk, found.asked)
        for node, one in evaluation.nodes(found.match):
            if one is not None:
                held = is_member(papers, one.docs) != one.negated
                for at, holds in zip(here, held.tolist(), strict=True):
                    matching[at][node] = holds
    return matching
