"""What a score is made of, summand by summand."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise

import numpy as np

from indexer.backends.whoosh.postings.positions import is_member
from indexer.backends.whoosh.query.boolean import Desk
from indexer.backends.whoosh.query.evaluator import Evaluation
from indexer.backends.whoosh.query.execution import Finding, Rescored, rescored
from indexer.backends.whoosh.scoring.collection import TEXT_FIELDS, Collection
from indexer.backends.whoosh.scoring.query_context import Execution
from indexer.backends.whoosh.scoring.ranked_docs import RankedDoc
from indexer.backends.whoosh.scoring.relevance_feedback import expansion_scores
from indexer.backends.whoosh.scoring.rescoring import Candidates, signals_of
from indexer.query import Match, Occur, Sort
from indexer.query_analysis.leaf_analysis import LeafReading
from indexer.query_analysis.plan import Either, Every, Run, Without, hinting
from indexer.query_analysis.terms import (
    CompoundTerm,
    NameTerm,
    NearTerm,
    PhraseTerm,
    StemTerm,
    TextTerm,
    UnionTerm,
)
from indexer.search import Contribution


def explained(
    collection: Collection, found: Finding, places: Sequence[RankedDoc]
) -> tuple[tuple[Contribution, ...], ...]:
    """Returns for each hit the contributions that add up to its score, largest first."""
    ranked = found.query.sort is Sort.RELEVANCE and collection.ranking.depth > 0
    final = rescored(collection, found) if ranked and places else None
    matching = _matching(collection, found, places)
    return tuple(
        _explained(collection, found, place, final, matching[at]) for at, place in enumerate(places)
    )


def _explained(
    collection: Collection,
    found: Finding,
    place: RankedDoc,
    final: Rescored | None,
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
            label = f"{label_of(first)} near {label_of(second)}"
            parts.append(Contribution(label, "", float(added[0])))
        shared = final.shared if final else ()
        more = expansion_scores(collection, paper, shared)[:, 0].tolist()
        parts += [
            Contribution(f"{word.stem}, as in the best papers", "", value)
            for word, value in zip(shared, more, strict=True)
        ]
        if final:
            near = final.meaning_of(place.segment, place.doc)
            parts.append(Contribution("likeness of meaning", "", near))
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
    label = label_of(term)
    return [Contribution(label, field, score * weight / total) for field, weight in weights.items()]


def label_of(term: TextTerm) -> str:
    """Say a term in words for the reader."""
    match term:
        case StemTerm():
            return term.word if term.exact else term.stem
        case CompoundTerm():
            return term.ways[0][0] if len(term.ways[0]) == 1 else "-".join(term.ways[0])
        case PhraseTerm():
            return '"' + " ".join(word for ways in term.steps for word in ways[-1]) + '"'
        case NearTerm():
            return '"' + " ".join(term.readings[0]) + f'"~{term.slop}'
        case UnionTerm():
            words = sorted({*term.words, *term.names})
            return words[0] if len(words) == 1 else f"any of {len(words):,} words"
        case NameTerm():
            return term.key if term.key is not None else " ".join(term.words)


def _counted(
    collection: Collection, found: Finding, matching: dict[int, bool]
) -> list[tuple[TextTerm, float]]:
    """Returns the terms whose score a paper has, each with the factor on it.

    They are those of leaves that match within clauses that match, and, where words may be
    missing, the parts of compounds beside them.
    """
    plan = found.plan
    if not plan.order:
        return []
    counted: list[tuple[TextTerm, float]] = []
    waiting = [plan.order[-1]]
    while waiting:
        at = waiting.pop()
        if not matching.get(at):
            continue
        node = plan.nodes[at]
        match node:
            case LeafReading():
                counted += [(term, node.boost) for term in node.terms]
            case Run(members):
                if found.match is Match.ANY:
                    counted += _hinted(found, node, collection.ranking.parts)
                shown = [one.node for one in members if one.occur is not Occur.EXCLUDED]
                waiting.extend(reversed(shown))
            case Every(inner) | Either(inner):
                waiting.extend(reversed(inner))
            case Without():
                pass
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
        desk = Desk(collection.readers[segment].size)
        evaluation = Evaluation(collection, segment, found.plan, desk, found.asked)
        for node, one in evaluation.nodes(found.match):
            if one is not None:
                held = is_member(papers, one.docs) != one.negated
                for at, holds in zip(here, held.tolist(), strict=True):
                    matching[at][node] = holds
    return matching
