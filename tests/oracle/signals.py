"""What is added to the score of the best papers; the formula stands in `indexer.ranking`."""

from __future__ import annotations

from collections import Counter
from itertools import pairwise

from indexer.query import Clause, Match
from indexer.ranking import WINDOW, idf
from tests.oracle.document import Collection, Document
from tests.oracle.matching import Matching
from tests.oracle.reading import Terms, asking, read, speaking
from tests.oracle.terms import TEXT, Author, Sequence, Stem, Term

Starts = list[tuple[str, int, int]]
"""Where a term stands in a paper: (field, position, how many positions long)."""
Scored = tuple[int, float]
"""A paper, by its place in the collection, and its score."""


def signal_terms(clause: Clause | None, matching: Matching, match: Match) -> list[Term]:
    """Returns the terms whose company is looked at, each once, in the order of the query.

    Under "any" a compound is looked at part by part.
    """
    found: list[Term] = []
    for leaf in asking(speaking(clause, matching.collection)):
        asked = read(leaf, matching.collection)
        if isinstance(asked, Terms):
            apart = asked.parts if match is Match.ANY and asked.parts else ((),) * len(asked.terms)
            for term, parts in zip(asked.terms, apart, strict=True):
                found += parts or (term,)
    return [term for term in dict.fromkeys(found) if not isinstance(term, Author)]


def with_signals(base: float, at: int, terms: list[Term], matching: Matching) -> float:
    """Returns the final score of a paper whose clause score is `base`."""
    ranking = matching.ranking
    document = matching.collection.documents[at]
    count = len(matching.collection.documents)
    found = [matching.found(term) for term in terms]
    weights = [idf(count, len(papers)) for papers in found]
    titled = sum(at in papers and papers[at].tf["title"] > 0 for papers in found)
    title = titled / max(1, len(terms) + document.lengths["title"] - titled)
    if len(terms) < 2:
        return base * (1 + ranking.title_match * title**2)
    held = sum(weight for papers, weight in zip(found, weights, strict=True) if at in papers)
    coverage = held / sum(weights)
    close = 0.0
    for left, right in pairwise(range(len(terms))):
        ordered, window = _company(
            _starts(terms[left], document, matching), _starts(terms[right], document, matching)
        )
        close += max(weights[left], weights[right]) * (
            ranking.ordered * _saturated(ordered, ranking.k1)
            + ranking.window * _saturated(window, ranking.k1)
        )
    return base * (1 + ranking.coverage * coverage + ranking.title_match * title**2) + close


def led_on(best: list[Scored], count: int, matching: Matching) -> list[Scored]:
    """Add to the final scores of the best papers, best first, what the first of them lead on to.

    Args:
        best: their places in the collection, with their scores.
        count: terms of the query.
        matching: the collection and the weights.
    """
    collection, ranking = matching.collection, matching.ranking
    weights: dict[str, float] = {}
    for at, score in best[:10]:
        stems = _stems(at, collection)
        for stem, times in stems.items():
            weights[stem] = weights.get(stem, 0) + score * times / (stems.total() + 100)
    rounded = {stem: float(f"{weight:.6g}") for stem, weight in weights.items()}
    chosen = sorted(rounded, key=lambda stem: (-rounded[stem], stem))[:20]
    total = sum(rounded[stem] for stem in chosen)
    found = {stem: matching.found(Stem(stem)) for stem in chosen}
    papers = len(collection.documents)

    def likeness(at: int) -> float:
        return sum(
            rounded[stem]
            / total
            * idf(papers, len(found[stem]))
            * _saturated(matching.frequency(at, found[stem][at]), ranking.k1)
            for stem in chosen
            if at in found[stem]
        )

    return [(at, score + ranking.feedback * count * likeness(at)) for at, score in best]


def _stems(at: int, collection: Collection) -> Counter[str]:
    """Count the stems of a paper: no stop words, numbers or single signs, no joined forms."""
    return Counter(
        token.stem
        for field in TEXT
        for token in collection.documents[at].tokens(field)
        if not (token.joined or token.stop or token.word.isdigit()) and len(token.word) > 1
    )


def _saturated(times: float, k1: float) -> float:
    return times * (k1 + 1) / (k1 + times)


def _company(left: Starts, right: Starts) -> tuple[int, int]:
    """Count where `right` begins as `left` ends, and the pairs that begin near each other."""
    begins = {(field, position) for field, position, _ in right}
    ends = {(field, at) for field, at, length in left if (field, at + length) in begins}
    window = sum(
        field == other and abs(position - there) < WINDOW
        for field, position in {(field, position) for field, position, _ in left}
        for other, there in begins
    )
    return len(ends), window


def _starts(term: Term, document: Document, matching: Matching) -> Starts:
    """Say where a word or a compound stands; phrases and patterns have no one place."""
    if not isinstance(term, Sequence) or term.phrase:
        return []
    stem = matching.collection.analyzer.stem
    found: Starts = []
    for field in TEXT:
        if field not in term.fields:
            continue
        held: dict[int, set[str]] = {}
        for token in document.tokens(field):
            key = token.stem if term.stemmed else token.word
            held.setdefault(token.position, set()).add(key)
        for way in term.slots[0]:
            keys = [stem(word) for word in way] if term.stemmed else list(way)
            found += [
                (field, position, len(way))
                for position in held
                if all(key in held.get(position + n, ()) for n, key in enumerate(keys))
            ]
    return found
