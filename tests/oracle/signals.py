"""What is added to the score of the best papers; the formula stands in `indexer.ranking`."""

from __future__ import annotations

from itertools import pairwise

from indexer.query import Clause
from indexer.ranking import WINDOW, idf
from tests.oracle.document import Document
from tests.oracle.matching import Matching
from tests.oracle.reading import Terms, asking, read, speaking
from tests.oracle.terms import TEXT, Author, Sequence, Term

Starts = list[tuple[str, int, int]]
"""Where a term stands in a paper: (field, position, how many positions long)."""


def signal_terms(clause: Clause | None, matching: Matching) -> list[Term]:
    """Give the terms whose company is looked at, each once, in the order of the query."""
    found: list[Term] = []
    for leaf in asking(speaking(clause, matching.collection)):
        asked = read(leaf, matching.collection)
        if isinstance(asked, Terms):
            found += [term for term in asked.terms if not isinstance(term, Author)]
    return list(dict.fromkeys(found))


def with_signals(base: float, at: int, terms: list[Term], matching: Matching) -> float:
    """Give the final score of a paper whose clause score is `base`."""
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


def _saturated(times: int, k1: float) -> float:
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
