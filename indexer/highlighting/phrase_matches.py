"""Rows of words in one text: compounds, phrases, and words near each other."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from indexer.query_analysis.terms import Way

Stretch = tuple[int, int]
"""First and last place in a list of words seen, or start and end in the text."""


class TextToken(NamedTuple):
    """A word of a text that was asked for, or the joined form around one."""

    word: str
    position: int
    start: int
    end: int


Places = dict[int, dict[str, list[int]]]


def places_of(seen: Sequence[TextToken], stems: Mapping[str, str]) -> Places:
    """Sorts the places of words by position, then by word, or by stem where that is known."""
    at: Places = {}
    for place, token in enumerate(seen):
        key = stems.get(token.word, token.word)
        at.setdefault(token.position, {}).setdefault(key, []).append(place)
    return at


def possible(ways: tuple[Way, ...], held: set[str]) -> tuple[Way, ...]:
    """Keeps the ways of which every word is there."""
    return tuple(way for way in ways if held.issuperset(way))


def stretches(at: Places, steps: tuple[tuple[Way, ...], ...]) -> set[Stretch]:
    """Returns every span of tokens that matches the steps in a row.

    Step by step over all beginnings at once, so that no choice of ways is tried twice.
    """
    reached = {(position, -1, -1) for position in at}
    for ways in steps:
        following = set()
        for position, first, last in reached:
            for way in ways:
                held = [at.get(position + n, {}).get(word) for n, word in enumerate(way)]
                if all(held):
                    places = [place for word_places in held if word_places for place in word_places]
                    low = min(places) if first < 0 else min(first, *places)
                    following.add((position + len(way), low, max(last, *places)))
        reached = following
    return {(first, last) for _, first, last in reached}


def extents(tokens: Sequence[TextToken], stretches: Iterable[Stretch]) -> list[Stretch]:
    """Returns the character spans of spans of tokens."""
    return [
        (tokens[first].start, max(token.end for token in tokens[first : last + 1]))
        for first, last in stretches
    ]


def gathered(tokens: Sequence[TextToken], words: Way, width: int) -> set[int]:
    """Returns the tokens of the words inside windows that contain all of them.

    A window moves over the text and counts what comes in and goes out, so that each token is
    looked at twice.

    Args:
        tokens: of one text, by position.
        words: what a stretch must hold, a word as often as it is here.
        width: the longest stretch, in words.
    """
    needed = Counter(words)
    places = [place for place, token in enumerate(tokens) if token.word in needed]
    there: Counter[str] = Counter()
    missing = len(needed)
    held: set[int] = set()
    low = high = done = 0
    while low < len(places):
        first = tokens[places[low]].position
        while high < len(places) and tokens[places[high]].position < first + width:
            word = tokens[places[high]].word
            there[word] += 1
            missing -= there[word] == needed[word]
            high += 1
        if not missing:
            held.update(places[max(low, done) : high])
            done = high
        while low < len(places) and tokens[places[low]].position == first:
            word = tokens[places[low]].word
            missing += there[word] == needed[word]
            there[word] -= 1
            low += 1
    return held
