"""Topics of a result: pairs of words that group its best papers, each with its true count.

The pairs are taken from the best hits; the count of each is that of the whole result with the pair
as a phrase, so that it is the number of hits that a reader gets who follows it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Final

from indexer.language.parse import parse_query
from indexer.paper import Paper
from indexer.query import Query
from indexer.related.more_like_this import is_general
from indexer.search import Searcher
from indexer.text.display import plain
from indexer.text.folding import fold

MOST: Final = 12
_SAMPLE: Final = 100
"""Best hits that are read: about a tenth of a second; half of them give coarser topics."""
_LEAST_SHARE: Final = 0.02
_MOST_SHARE: Final = 0.6
_COMPANIONS: Final = 3
_WORD: Final = re.compile(r"[^\W\d_][\w'-]+|[.,;:!?()]")


@dataclass(frozen=True, slots=True)
class Topic:
    """Papers of a result that share a pair of words.

    Attributes:
        phrase: the pair.
        words: others that its papers have more than the rest, the most telling first.
        query: the query narrowed to the phrase.
        total: hits of `query`.
    """

    phrase: str
    words: tuple[str, ...]
    query: Query
    total: int


def topics_of(searcher: Searcher, query: Query) -> tuple[Topic, ...]:
    """Returns up to `MOST` topics of the result of a query, the largest first.

    A topic has fewer papers than the result, and at least one; they may overlap.
    """
    best = searcher.search(replace(query, page=1, per_page=_SAMPLE), facets=())
    papers = [hit.paper for hit in best.hits]
    texts = [_words(paper) for paper in papers]
    holders = _holders(texts, set(_plain_words(query.text)))
    topics = []
    for phrase in _choose_pairs(holders, len(papers)):
        narrowed = _narrowed(query, phrase)
        total = searcher.count(narrowed)
        if 0 < total < best.total:
            words = _companions(texts, holders[phrase], phrase, query.text)
            topics.append(Topic(phrase, words, narrowed, total))
    return tuple(sorted(topics, key=lambda topic: (-topic.total, topic.phrase)))


def _narrowed(query: Query, phrase: str) -> Query:
    return parse_query(
        f'{query.text} "{phrase}"'.strip(),
        filters=query.filters,
        years=query.years,
        match=query.match,
        per_page=query.per_page,
    )


def _plain_words(text: str) -> list[str]:
    return [word for word in _WORD.findall(fold(plain(text)).text) if word[0].isalpha()]


def _words(paper: Paper) -> list[str]:
    """Returns the words of a paper in order; "" stands where two do not belong together."""
    words = _WORD.findall(fold(plain(f"{paper.title}. {paper.abstract}")).text)
    return ["" if not word[0].isalpha() or is_general(word) else word for word in words]


def _holders(texts: list[list[str]], asked: set[str]) -> dict[str, set[int]]:
    """Returns the papers of each pair of words that is frequent enough, by place in the sample."""
    holders: dict[str, set[int]] = {}
    for place, words in enumerate(texts):
        for first, second in pairwise(words):
            if min(len(first), len(second)) < 3 or {first, second} <= asked or first == second:
                continue
            holders.setdefault(f"{first} {second}", set()).add(place)
    least = max(3, round(_LEAST_SHARE * len(texts)))
    most = _MOST_SHARE * len(texts)
    return {pair: places for pair, places in holders.items() if least <= len(places) <= most}


def _choose_pairs(holders: dict[str, set[int]], sample: int) -> list[str]:
    """Choose pairs one by one, each for the papers that no earlier pair has."""
    covered: set[int] = set()
    chosen: list[str] = []
    left = dict(holders)
    while left and len(chosen) < MOST:
        gains = {
            pair: len(places - covered) + len(places) / max(1, sample)
            for pair, places in left.items()
        }
        best = max(gains, key=lambda pair: (gains[pair], pair))
        if len(left[best] - covered) < 2 and len(chosen) >= MOST // 2:
            break
        chosen.append(best)
        covered |= left.pop(best)
        stems = {word[:5] for word in best.split()}
        # "neural networks" after "neural network" is the same topic again.
        left = {
            pair: places
            for pair, places in left.items()
            if {word[:5] for word in pair.split()} != stems
        }
    return chosen


def _companions(
    texts: list[list[str]], places: set[int], phrase: str, asked: str
) -> tuple[str, ...]:
    """Returns the words whose share among the papers of a pair exceeds their share elsewhere."""
    passed = {*phrase.split(), *_plain_words(asked), ""}
    inside: dict[str, int] = {}
    outside: dict[str, int] = {}
    for place, words in enumerate(texts):
        counts = inside if place in places else outside
        for word in set(words) - passed:
            counts[word] = counts.get(word, 0) + 1
    rest = max(1, len(texts) - len(places))
    excess = {
        word: count / len(places) - outside.get(word, 0) / rest
        for word, count in inside.items()
        if count > 1 and len(word) > 3
    }
    best = sorted(excess, key=lambda word: (-excess[word], word))
    return tuple(word for word in best if excess[word] > 0)[:_COMPANIONS]
