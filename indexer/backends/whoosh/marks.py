"""What the terms of a query mark in a text: words by themselves, phrases where they stand."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from indexer.analysis import MAX_PARTS, Token, name_tokens
from indexer.backends.whoosh.terms import (
    CompoundTerm,
    NameTerm,
    NearTerm,
    PhraseTerm,
    StemTerm,
    TextTerm,
    UnionTerm,
    Way,
)
from indexer.paper import name_key
from indexer.query import TextField
from indexer.search import Span

Stretch = tuple[int, int]
"""First and last place in a list of tokens."""


@dataclass(slots=True)
class Asked:
    """What to look for in one field.

    Attributes:
        stems, words: single words to mark wherever they stand.
        compounds: (ways, whether their words are stems).
        phrases: the steps of each. nears: (words, longest stretch) of each reading.
        names: for the author field.
    """

    stems: set[str] = field(default_factory=set)
    words: set[str] = field(default_factory=set)
    compounds: list[tuple[tuple[Way, ...], bool]] = field(default_factory=list)
    phrases: list[tuple[tuple[Way, ...], ...]] = field(default_factory=list)
    nears: list[tuple[Way, int]] = field(default_factory=list)
    names: list[NameTerm] = field(default_factory=list)

    @property
    def anything(self) -> bool:
        """Whether there is something to look for."""
        return bool(self.stems or self.words or self.names or self._in_rows)

    @property
    def _in_rows(self) -> bool:
        return bool(self.compounds or self.phrases or self.nears)

    def spans(self, tokens: Sequence[Token]) -> list[Span]:
        """Give what is marked in a title or an abstract, in order, merged where touching."""
        stems, words = self.stems, self.words
        found = [
            (token.start, token.end)
            for token in tokens
            if token.stem in stems or token.word in words
        ]
        if self._in_rows:
            found += self._rows(tokens)
        return merged(found)

    def _rows(self, tokens: Sequence[Token]) -> Iterator[Stretch]:
        by_word = _places(tokens, stems=False)
        by_stem = _places(tokens, stems=True)
        for ways, stems in self.compounds:
            yield from _extents(tokens, _stretches(by_stem if stems else by_word, (ways,)))
        for steps in self.phrases:
            yield from _extents(tokens, _stretches(by_word, steps))
        for words, width in self.nears:
            for at in _gathered(tokens, words, width):
                yield tokens[at].start, tokens[at].end

    def name_spans(self, name: str, *, first: bool, last: bool) -> list[Span]:
        """Give what is marked in one author's name.

        Args:
            name: as printed.
            first: it is the first author. last: it is the last one.
        """
        tokens = name_tokens(name)
        held = {token.word for token in tokens}
        asked = {word for word in self.words if word in held}
        for ways, _ in self.compounds:
            asked.update(word for way in ways if held.issuperset(way) for word in way)
        found: list[Stretch] = []
        for term in self.names:
            if (term.position == "^" and not first) or (term.position == "$" and not last):
                continue
            if term.key is not None:
                if term.key == name_key(name):
                    found.append((0, len(name)))
            else:
                asked |= name_answer(held, term) or set()
        found += [(token.start, token.end) for token in tokens if token.word in asked]
        if self.phrases or self.nears:
            by_word = _places(tokens, stems=False)
            for steps in self.phrases:
                found += _extents(tokens, _stretches(by_word, steps))
            for words, width in self.nears:
                places = _gathered(tokens, words, width)
                found += [(tokens[at].start, tokens[at].end) for at in places]
        return merged(found)


def asked_of(terms: Iterable[TextTerm], name: TextField) -> Asked:
    """Sort terms by how they are looked for in one field."""
    asked = Asked()
    author = name == "author"
    for term in terms:
        if isinstance(term, NameTerm):
            if author:
                asked.names.append(term)
            continue
        if term.field not in (None, name):
            continue
        match term:
            case StemTerm():
                if author or term.exact:
                    asked.words.add(term.word)
                else:
                    asked.stems.add(term.stem)
            case CompoundTerm():
                stems = not (author or term.exact)
                asked.compounds.append((term.ways if author else term.text_ways, stems))
            case PhraseTerm():
                asked.phrases.append(term.steps)
            case NearTerm():
                asked.nears += [(words, len(words) + term.slop) for words in term.readings]
            case UnionTerm():
                asked.words.update(term.names if author else term.words)
    return asked


def name_answer(held: set[str], term: NameTerm) -> set[str] | None:
    """Give the words of a name that answer those asked for, None if one goes unanswered."""
    words = term.words
    answers: list[set[str]] = [{word} & held for word in words]
    for start in range(len(words)):
        for end in range(start + 2, min(len(words), start + MAX_PARTS) + 1):
            joined = "".join(words[start:end])
            if joined in held:
                for at in range(start, end):
                    answers[at].add(joined)
    if term.opened:
        full = [
            bool(answer) and len(word) > 1 and word[0].isalpha()
            for word, answer in zip(words, answers, strict=True)
        ]
        for at, word in enumerate(words):
            if len(word) == 1 and word.isalpha():
                answers[at] |= {one for one in held if one.startswith(word)}
            elif word[0].isalpha() and any(full[:at] + full[at + 1 :]):
                answers[at] |= {word[0]} & held
    return set().union(*answers) if all(answers) else None


def merged(found: Iterable[Stretch]) -> list[Span]:
    """Put stretches in order and merge those that overlap or touch."""
    spans: list[Span] = []
    for start, end in sorted(found):
        if spans and start <= spans[-1].end:
            if end > spans[-1].end:
                spans[-1] = Span(spans[-1].start, end)
        else:
            spans.append(Span(start, end))
    return spans


Places = dict[int, dict[str, list[int]]]


def _places(tokens: Sequence[Token], *, stems: bool) -> Places:
    """Sort the places of tokens by position, then by word or stem."""
    at: Places = {}
    for place, token in enumerate(tokens):
        key = token.stem if stems else token.word
        at.setdefault(token.position, {}).setdefault(key, []).append(place)
    return at


def _stretches(at: Places, steps: tuple[tuple[Way, ...], ...]) -> set[Stretch]:
    """Give every stretch of tokens in which the steps follow each other.

    Step by step over all beginnings at once, so that no choice of ways is tried twice.
    """
    reached = {(position, -1, -1) for position in at}
    for ways in steps:
        following = set()
        for position, first, last in reached:
            for way in ways:
                held = [at.get(position + n, {}).get(word) for n, word in enumerate(way)]
                if all(held):
                    places = [place for one in held if one for place in one]
                    low = min(places) if first < 0 else min(first, *places)
                    following.add((position + len(way), low, max(last, *places)))
        reached = following
    return {(first, last) for _, first, last in reached}


def _extents(tokens: Sequence[Token], stretches: Iterable[Stretch]) -> list[Stretch]:
    """Give where stretches of tokens begin and end in the text."""
    return [
        (tokens[first].start, max(one.end for one in tokens[first : last + 1]))
        for first, last in stretches
    ]


def _gathered(tokens: Sequence[Token], words: Way, width: int) -> set[int]:
    """Give the places of the words inside stretches that hold them all."""
    asked = Counter(words)
    places = [place for place, token in enumerate(tokens) if token.word in asked]
    held: set[int] = set()
    for first in {tokens[place].position for place in places}:
        inside = [at for at in places if first <= tokens[at].position < first + width]
        there = Counter(tokens[at].word for at in inside)
        if all(there[word] >= count for word, count in asked.items()):
            held.update(inside)
    return held
