"""Topics of a result: phrases that group its best papers, each with its true count.

The phrases are pairs and triples of words of the best hits, singular and plural taken together. The
count of each is that of the whole result with the phrase, so that it is the number of hits that a
reader gets who follows it.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Final

from indexer.analysis import STOP_WORDS
from indexer.language.parse import parse_query
from indexer.paper import Paper
from indexer.query import Match, Query
from indexer.related.more_like_this import is_general
from indexer.search import Searcher
from indexer.text.display import plain
from indexer.text.folding import fold

MOST: Final = 12
_SAMPLE: Final = 100
"""Best hits that are read: about a tenth of a second; half of them give coarser topics."""
_LEAST_SHARE: Final = 0.02
_MOST_SHARE: Final = 0.6
_WHOLE: Final = 0.6
"""Share of the papers of a pair that continue it by the same word, from which it is a fragment:
"visual question" of "visual question answering"."""
_LIFT: Final = 2.0
"""How many times as frequent a phrase is in a result as in all papers, at least: without it "neural
network" is a topic of everything."""
_FORMS: Final = 3
_COMPANIONS: Final = 3
_COMPANION_SHARE: Final = 0.25
"""Share of the papers of a topic that have a companion, at least."""
_TELLING: Final = 6.63
"""Least log-likelihood ratio of a companion: chance gives as much once in a hundred."""
_WORD: Final = re.compile(r"[^\W\d_][\w'-]*\w|[.,;:!?()]")

_Words = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Topic:
    """Papers of a result that share a phrase.

    Attributes:
        phrase: two or three words, in the form that is the most frequent.
        words: others that its papers have more than the rest, the most telling first.
        query: the query narrowed to the phrase.
        total: hits of `query`.
    """

    phrase: str
    words: tuple[str, ...]
    query: Query
    total: int


@dataclass(slots=True)
class _Phrase:
    """A candidate: the papers that have it, by place in the sample, and how they write it."""

    places: set[int] = field(default_factory=set)
    forms: Counter[str] = field(default_factory=Counter)

    @property
    def top_forms(self) -> list[str]:
        """The forms that are looked for, the most frequent first."""
        return sorted(self.forms, key=lambda form: (-self.forms[form], form))[:_FORMS]


def topics_of(searcher: Searcher, query: Query) -> tuple[Topic, ...]:
    """Returns up to `MOST` topics of the result of a query, the largest first.

    A topic has fewer papers than the result, and at least one; they may overlap.
    """
    best = searcher.search(replace(query, page=1, per_page=_SAMPLE), facets=())
    texts = [_words(hit.paper) for hit in best.hits]
    typed = _plain_words(query.text)
    asked = {_singular(part) for word in typed for part in (word, *word.split("-"))}
    left = _candidates(texts, asked)
    everything = searcher.count(_narrowed(query, "", ()))
    topics: list[Topic] = []
    covered: set[int] = set()
    for _ in range(3 * MOST):
        words = _largest(left, covered, len(texts))
        if words is None or len(topics) == MOST:
            break
        phrase = left.pop(words)
        if len(phrase.places - covered) < 2 and len(topics) >= MOST // 2:
            break
        narrowed = _narrowed(query, query.text, phrase.top_forms)
        total = searcher.count(narrowed)
        if not 0 < total < best.total:
            continue
        expected = searcher.count(_narrowed(query, "", phrase.top_forms)) / everything
        # A result that is most of the collection cannot have more of anything.
        if total / best.total < min(_LIFT, everything / best.total / 2) * expected:
            continue
        companions = _companions(texts, phrase.places, asked.union(words))
        topics.append(Topic(phrase.top_forms[0], companions, narrowed, total))
        covered |= phrase.places
        left = {other: rest for other, rest in left.items() if not _alike(words, other)}
    return tuple(sorted(topics, key=lambda topic: (-topic.total, topic.phrase)))


def _narrowed(query: Query, text: str, forms: list[str] | tuple[str, ...]) -> Query:
    """Returns a query with other words, of which papers must have all: `forms` are alternatives."""
    phrases = " OR ".join(f'"{form}"' for form in forms)
    return parse_query(
        f"{text} {f'({phrases})' if len(forms) > 1 else phrases}".strip(),
        filters=query.filters,
        years=query.years,
        match=Match.ALL,
        per_page=query.per_page,
    )


def _plain_words(text: str) -> list[str]:
    return [word for word in _WORD.findall(fold(plain(text)).text) if word[0].isalpha()]


def _words(paper: Paper) -> list[str]:
    """Returns the words of a paper in order; "" stands where two do not belong together."""
    words = _WORD.findall(fold(plain(f"{paper.title}. {paper.abstract}")).text)
    return [
        "" if len(word) < 3 or word in STOP_WORDS or is_general(word) else word for word in words
    ]


def _singular(word: str) -> str:
    """Returns a word without the ending of the plural.

    D. Harman (1991), "How effective is suffixing?", JASIS 42(1), with "-xes" and the like added.
    """
    if word.endswith("ies") and not word.endswith(("aies", "eies")):
        return f"{word[:-3]}y"
    if word.endswith(("xes", "ches", "shes", "sses", "zes")):
        return word[:-2]
    if word.endswith("s") and not word.endswith(("us", "ss", "is")):
        return word[:-1]
    return word


def _runs(words: list[str], length: int) -> Iterator[list[str]]:
    """Yields so many words in a row, wherever they belong together."""
    for start in range(len(words) - length + 1):
        run = words[start : start + length]
        if all(run):
            yield run


def _candidates(texts: list[list[str]], asked: set[str]) -> dict[_Words, _Phrase]:
    """Returns the phrases that are frequent enough, by their words in the singular."""
    phrases: dict[_Words, _Phrase] = {}
    for place, words in enumerate(texts):
        for length in (2, 3):
            for run in _runs(words, length):
                key = tuple(map(_singular, run))
                if len(set(key)) == length:
                    phrase = phrases.setdefault(key, _Phrase())
                    phrase.places.add(place)
                    phrase.forms[" ".join(run)] += 1
    least = max(3, round(_LEAST_SHARE * len(texts)))
    most = _MOST_SHARE * len(texts)
    frequent = {key: one for key, one in phrases.items() if len(one.places) >= least}
    kept: dict[_Words, _Phrase] = {}
    fragments: set[_Words] = set()
    for key, phrase in frequent.items():
        if len(key) < 3:
            continue
        parts = [part for part in (key[:2], key[1:]) if not asked.issuperset(part)]
        whole = [
            part for part in parts if len(phrase.places) >= _WHOLE * len(frequent[part].places)
        ]
        if whole and not asked.issuperset(key):
            kept[key] = phrase
            fragments.update(whole)
    kept |= {
        key: phrase
        for key, phrase in frequent.items()
        if len(key) == 2 and key not in fragments and not asked.issuperset(key)
    }
    return {key: phrase for key, phrase in kept.items() if len(phrase.places) <= most}


def _largest(phrases: dict[_Words, _Phrase], covered: set[int], sample: int) -> _Words | None:
    """Returns the phrase with the most papers that no topic has yet; None where none is left."""
    return max(
        phrases,
        key=lambda words: (
            len(phrases[words].places - covered) + len(phrases[words].places) / max(1, sample),
            words,
        ),
        default=None,
    )


def _alike(words: _Words, other: _Words) -> bool:
    """Returns whether two phrases would be the same topic: "graph convolution" and its network."""
    one, two = ({word[:5] for word in key} for key in (words, other))
    return one <= two or two <= one


def _companions(texts: list[list[str]], places: set[int], passed: set[str]) -> tuple[str, ...]:
    """Returns the words that the papers of a phrase have more often than chance explains.

    By log-likelihood ratio: T. Dunning (1993), "Accurate methods for the statistics of surprise and
    coincidence", Computational Linguistics 19(1).
    """
    inside: Counter[str] = Counter()
    outside: Counter[str] = Counter()
    for place, words in enumerate(texts):
        (inside if place in places else outside).update(set(words))
    rest = len(texts) - len(places)
    least = max(3, _COMPANION_SHARE * len(places))
    ratios = {
        word: _log_likelihood_ratio(count, len(places), outside[word], rest)
        for word, count in inside.items()
        if count >= least
        and len(word) > 3
        and _singular(word) not in passed
        and count * rest > outside[word] * len(places)
    }
    best = sorted(ratios, key=lambda word: (-ratios[word], word))
    told: dict[str, str] = {}
    for word in best:
        if ratios[word] >= _TELLING:
            told.setdefault(_singular(word), word)
    return tuple(told.values())[:_COMPANIONS]


def _log_likelihood_ratio(one: int, of_one: int, other: int, of_other: int) -> float:
    """Returns how unlikely it is that two shares differ by chance; 0 where they are the same."""

    def likelihood(count: int, size: int, share: float) -> float:
        return sum(
            number * math.log(part)
            for number, part in ((count, share), (size - count, 1 - share))
            if number
        )

    if not of_other:
        return 0.0
    both = (one + other) / (of_one + of_other)
    return 2 * (
        likelihood(one, of_one, one / of_one)
        + likelihood(other, of_other, other / of_other)
        - likelihood(one, of_one, both)
        - likelihood(other, of_other, both)
    )
