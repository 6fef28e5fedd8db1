"""What one leaf of a query asks of one paper: terms, each found so many times in each field."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Literal, Protocol

from indexer.analysis import MAX_PARTS, Token, german_spelling, name_tokens
from indexer.paper import name_key
from indexer.query import Position, TextField
from tests.oracle.document import Collection, Document

FIELDS: tuple[TextField, ...] = ("title", "abstract", "author")
TEXT: tuple[Literal["title", "abstract"], ...] = ("title", "abstract")


@dataclass(frozen=True, order=True)
class Mark:
    """A stretch that matched: in a text (place 0) or in the author's name at `place`."""

    field: TextField
    place: int
    start: int
    end: int


@dataclass
class Found:
    """How often a term stands in each field of a paper, and where."""

    tf: Counter[TextField] = field(default_factory=Counter)
    marks: list[Mark] = field(default_factory=list)

    def add(self, name: TextField, count: int, marks: list[Mark]) -> None:
        if count:
            self.tf[name] += count
            self.marks += marks


class Term(Protocol):
    """Scored as one word: its frequencies by field, and the papers where they are not all 0."""

    def find(self, document: Document, collection: Collection) -> Found: ...


Slot = tuple[tuple[str, ...], ...]
"""The ways to say one word of a phrase: each is words at consecutive positions."""


@dataclass(frozen=True)
class Sequence:
    """Slots one after the other: a word, a compound or a phrase.

    Attributes:
        stemmed: text is compared by stem; names always by their words.
        phrase: counted by distinct starts, and in a name the words stand in sequence. A single
            word counts its tokens, a compound the most frequent of its ways.
    """

    slots: tuple[Slot, ...]
    fields: tuple[TextField, ...]
    stemmed: bool
    phrase: bool

    def find(self, document: Document, collection: Collection) -> Found:
        found = Found()
        stem = collection.analyzer.stem
        for name in TEXT:
            if name in self.fields:
                tokens = document.tokens(name)
                slots = self.slots
                if self.stemmed:
                    slots = tuple(
                        tuple(tuple(stem(word) for word in way) for way in slot) for slot in slots
                    )
                marks = self._stretches(tokens, slots, stemmed=self.stemmed)
                count = len({start for start, _ in marks})
                if not self.phrase:
                    count = max(self._count(tokens, way) for way in slots[0])
                found.add(name, count, _marked(name, 0, marks, tokens))
        if "author" in self.fields:
            for place, tokens in enumerate(document.names):
                if self.phrase:
                    marks = self._stretches(tokens, self.slots, stemmed=False)
                    found.add("author", bool(marks), _marked("author", place, marks, tokens))
                else:
                    held = {token.word for token in tokens}
                    ways = [way for way in self.slots[0] if held.issuperset(way)]
                    asked = {word for way in ways for word in way}
                    found.add("author", bool(ways), _words("author", place, tokens, asked))
        return found

    def _count(self, tokens: tuple[Token, ...], way: tuple[str, ...]) -> int:
        if len(way) == 1:
            return sum(way[0] == (one.stem if self.stemmed else one.word) for one in tokens)
        return len(self._stretches(tokens, ((way,),), stemmed=self.stemmed))

    def _stretches(
        self, tokens: tuple[Token, ...], slots: tuple[Slot, ...], *, stemmed: bool
    ) -> set[tuple[int, int]]:
        """Yields (first, last) places in `tokens` of every way the slots stand in a row."""
        at: dict[int, dict[str, list[int]]] = {}
        for place, token in enumerate(tokens):
            key = token.stem if stemmed else token.word
            at.setdefault(token.position, {}).setdefault(key, []).append(place)

        def follow(position: int, rest: tuple[Slot, ...]) -> Iterator[tuple[int, ...]]:
            if not rest:
                yield ()
                return
            for way in rest[0]:
                held = [at.get(position + step, {}).get(word) for step, word in enumerate(way)]
                if all(held):
                    places = tuple(place for one in held if one for place in one)
                    for more in follow(position + len(way), rest[1:]):
                        yield (*places, *more)

        return {(min(places), max(places)) for position in at for places in follow(position, slots)}


@dataclass(frozen=True)
class Stem:
    """A stem, in title and abstract only."""

    stem: str

    def find(self, document: Document, collection: Collection) -> Found:  # noqa: ARG002
        found = Found()
        for name in TEXT:
            found.add(name, sum(one.stem == self.stem for one in document.tokens(name)), [])
        return found


@dataclass(frozen=True)
class Near:
    """A phrase with slop: every word, in any order, within a stretch of positions of one field.

    Attributes:
        readings: the words asked for: compounds in parts, and (if that differs) joined.
    """

    readings: tuple[tuple[str, ...], ...]
    fields: tuple[TextField, ...]
    slop: int

    def find(self, document: Document, collection: Collection) -> Found:  # noqa: ARG002
        found = Found()
        for name in TEXT:
            if name in self.fields:
                tokens = document.tokens(name)
                starts, held = self._stretches(tokens)
                found.add(name, len(starts), _tokens(name, 0, tokens, held))
        if "author" in self.fields:
            for place, tokens in enumerate(document.names):
                starts, held = self._stretches(tokens)
                found.add("author", bool(starts), _tokens("author", place, tokens, held))
        return found

    def _stretches(self, tokens: tuple[Token, ...]) -> tuple[set[int], set[int]]:
        """Returns the positions where a stretch begins, and the places in `tokens` inside them."""
        starts: set[int] = set()
        held: set[int] = set()
        for words in self.readings:
            asked = Counter(words)
            length = len(words) + self.slop
            places = [place for place, token in enumerate(tokens) if token.word in asked]
            for first in {tokens[place].position for place in places}:
                inside = [
                    place for place in places if first <= tokens[place].position < first + length
                ]
                there = Counter(tokens[place].word for place in inside)
                if all(there[word] >= count for word, count in asked.items()):
                    starts.add(first)
                    held.update(inside)
        return starts, held


@dataclass(frozen=True)
class AnyOf:
    """One of many surface words: what a wildcard or a fuzzy word stands for."""

    words: frozenset[str]
    author_words: frozenset[str]
    fields: tuple[TextField, ...]

    def find(self, document: Document, collection: Collection) -> Found:  # noqa: ARG002
        found = Found()
        for name in TEXT:
            if name in self.fields:
                marks = _words(name, 0, document.tokens(name), self.words)
                found.add(name, len(marks), marks)
        if "author" in self.fields:
            for place, tokens in enumerate(document.names):
                marks = _words("author", place, tokens, self.author_words)
                found.add("author", bool(marks), marks)
        return found


@dataclass(frozen=True)
class Author:
    """All parts of a name within one author.

    Attributes:
        spelled: the words as Germans write them without umlauts.
        opened: an initial stands for a name that begins so, and the reverse.
        exact: the `name_key` the whole name must have; empty = by its words.
    """

    words: tuple[str, ...]
    position: Position = Position.ANY
    opened: bool = True
    exact: str = ""
    spelled: tuple[str, ...] = ()

    def find(self, document: Document, collection: Collection) -> Found:  # noqa: ARG002
        found = Found()
        names = list(enumerate(document.names))
        if self.position is Position.FIRST:
            names = names[:1]
        elif self.position is Position.LAST:
            names = names[-1:]
        for place, tokens in names:
            name = document.paper.authors[place]
            if self.exact:
                same = name_key(name) == self.exact
                found.add("author", same, [Mark("author", place, 0, len(name))])
            else:
                met = self._met(tokens)
                if met is not None:
                    found.add("author", 1, _words("author", place, tokens, met))
        return found

    def _met(self, tokens: tuple[Token, ...]) -> set[str] | None:
        """Returns the words of the name that answer those asked for, or None."""
        held = {token.word for token in tokens}
        answers = [set(pair) & held for pair in zip(self.words, self.spelled, strict=True)]
        for start in range(len(self.words)):
            for end in range(start + 2, min(len(self.words), start + MAX_PARTS) + 1):
                joined = "".join(self.words[start:end])
                if joined in held:
                    for at in range(start, end):
                        answers[at].add(joined)
        if self.opened:
            full = [
                bool(answer) and len(word) > 1 and word[0].isalpha()
                for word, answer in zip(self.words, answers, strict=True)
            ]
            for at, word in enumerate(self.words):
                if len(word) == 1 and word.isalpha():
                    answers[at] |= {one for one in held if one.startswith(word)}
                elif word[0].isalpha() and any(full[:at] + full[at + 1 :]):
                    answers[at] |= {word[0]} & held
        if not all(answers):
            return None
        return set().union(*answers)


def author(text: str, position: Position = Position.ANY) -> Author | None:
    """Read a name as typed; None where it holds no word."""
    tokens = name_tokens(text)
    words = tuple(token.word for token in tokens if not token.joined)
    return Author(words, position, spelled=tuple(german_spelling(tokens))) if words else None


def _marked(
    name: TextField, place: int, stretches: set[tuple[int, int]], tokens: tuple[Token, ...]
) -> list[Mark]:
    return [
        Mark(name, place, tokens[first].start, max(one.end for one in tokens[first : last + 1]))
        for first, last in sorted(stretches)
    ]


def _tokens(name: TextField, place: int, tokens: tuple[Token, ...], held: set[int]) -> list[Mark]:
    return [Mark(name, place, tokens[at].start, tokens[at].end) for at in sorted(held)]


def _words(
    name: TextField,
    place: int,
    tokens: tuple[Token, ...],
    words: set[str] | frozenset[str],
) -> list[Mark]:
    held = {at for at, token in enumerate(tokens) if token.word in words}
    return _tokens(name, place, tokens, held)
