"""What the terms of a query mark in a text: words by themselves, phrases where they stand."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import Final

from indexer.analysis import MAX_PARTS, PATTERN, name_tokens, open_word
from indexer.highlighting.phrase_matches import (
    Stretch,
    TextToken,
    extents,
    gathered,
    places_of,
    possible,
    stretches,
)
from indexer.paper import name_key
from indexer.query import TextField
from indexer.query_analysis.terms import (
    CompoundTerm,
    NameTerm,
    NearTerm,
    PhraseTerm,
    StemTerm,
    TextTerm,
    UnionTerm,
    Way,
)
from indexer.search import Span
from indexer.text.folded import Folded

WORD: Final = re.compile(PATTERN)
"""The raw words of folded text, as `Analyzer.tokens` cuts them."""
FEW: Final = 32
"""Up to so many words are looked for in a name before it is cut into words."""
CHUNK_BYTES: Final = 24 << 20
"""Memory for chunks: some 100,000 of 240 bytes. Fewer are read again more often."""
_PLAIN_BYTES: Final = 240
_WORD_BYTES: Final = 320
"""Beside a chunk, each word in it that is no plain one."""
_LONGEST_KEPT: Final = 64


@dataclass(frozen=True, slots=True, eq=False)
class OddChunk:
    """What stands between two spaces and is anything but one plain word.

    Attributes:
        raws: for every raw word in it, what `open_word` makes of that, the joined form first;
            positions and places are counted from the beginning of the chunk.
        width: how many positions its words take.
        words: all that it may be asked for by.
    """

    raws: tuple[tuple[TextToken, ...], ...]
    width: int
    words: frozenset[str]


class Chunks(dict[str, str | OddChunk]):
    """What stands between two spaces of folded text, and the words in it: mostly a plain one.

    No word holds a space, so the words of a text are those of its chunks, one after the other.
    Bounded by bytes: it begins anew when it holds too much.
    """

    def __init__(self) -> None:
        """Starts empty."""
        super().__init__()
        self._bytes = 0

    def __missing__(self, text: str) -> str | OddChunk:
        """Read a chunk that was not met before."""
        held = _read(text)
        if len(text) <= _LONGEST_KEPT:
            self._bytes += _PLAIN_BYTES
            if not isinstance(held, str):
                self._bytes += _WORD_BYTES * sum(map(len, held.raws))
            if self._bytes > CHUNK_BYTES:
                self.forget()
            self[text] = held
        return held

    def forget(self) -> None:
        """Empties the cache."""
        self.clear()
        self._bytes = 0


def _read(text: str) -> str | OddChunk:
    raws: list[tuple[TextToken, ...]] = []
    width = 0
    raw = ""
    for match in WORD.finditer(text):
        raw = match[0]
        parts, joined = open_word(raw)
        place, end = match.span()
        seen = [TextToken(joined, width, place, end)] if joined else []
        for step, part in enumerate(parts):
            if len(parts) > 1:
                place = text.index(part, place)
                end = place + len(part)
            seen.append(TextToken(part, width + step, place, end))
            place = end
        width += len(parts)
        raws.append(tuple(seen))
    if len(raws) == 1 and [one.word for one in raws[0]] == [raw]:
        return text if text == raw else raw
    words = frozenset(one.word for seen in raws for one in seen)
    return OddChunk(tuple(raws), width, words)


class FieldMatcher:
    """What to look for in one field: words that are marked wherever they stand, and rows of them.

    Stems are asked for as the surface words they stand for in the index, so no text is stemmed.
    """

    def __init__(
        self,
        terms: Iterable[TextTerm],
        field: TextField,
        forms: Callable[[str], Iterable[str]],
        known: Chunks,
    ) -> None:
        """Sort terms by how they are looked for.

        Args:
            terms: what to mark.
            field: where to look.
            forms: gives the surface words of a stem.
            known: chunks met before.
        """
        self._forms = forms
        self._stems: dict[str, str] = {}
        self._words: set[str] = set()
        self._compounds: list[tuple[tuple[Way, ...], bool]] = []
        self._phrases: list[tuple[tuple[Way, ...], ...]] = []
        self._nears: list[tuple[Way, int]] = []
        self._names: list[NameTerm] = []
        author = field == "author"
        for term in terms:
            if isinstance(term, NameTerm):
                if author:
                    self._names.append(term)
            elif term.field in (None, field):
                self._add(term, author=author)
        rows = (way for ways, _ in self._compounds for way in ways)
        steps = (way for phrase in self._phrases for ways in phrase for way in ways)
        nears = (words for words, _ in self._nears)
        self._wanted = {word for way in (*rows, *steps, *nears) for word in way}
        self._wanted |= self._words | self._stems.keys()
        self._known = known
        self._passed: set[str] = set()
        """Chunks met that take one position and are not asked for."""

    def _add(self, term: TextTerm, *, author: bool) -> None:
        match term:
            case StemTerm():
                if author or term.exact:
                    self._words.add(term.word)
                else:
                    self._words.update(self._forms(term.stem))
            case CompoundTerm():
                stems = not (author or term.exact)
                ways = term.ways if author else term.text_ways
                if stems:
                    single = (way[0] for way in ways if len(way) == 1)
                    self._words.update(word for stem in single for word in self._forms(stem))
                    ways = tuple(way for way in ways if len(way) > 1)
                    for stem in {stem for way in ways for stem in way}:
                        self._stems.update((word, stem) for word in self._forms(stem))
                self._compounds.append((ways, stems))
            case PhraseTerm():
                self._phrases.append(term.steps)
            case NearTerm():
                self._nears += [(words, len(words) + term.slop) for words in term.readings]
            case UnionTerm():
                self._words.update(term.names if author else term.words)

    @property
    def anything(self) -> bool:
        """Whether there is something to look for."""
        return bool(self._wanted or self._names)

    def spans(self, folded: Folded) -> list[Span]:
        """Returns the spans to highlight in a title or abstract, in order, adjacent ones merged."""
        seen = self._look(folded)
        if not seen:
            return []
        words = self._words
        found = [(one.start, one.end) for one in seen if one.word in words]
        if self._compounds or self._phrases or self._nears:
            found += self._rows(seen)
        return merged(found)

    def _look(self, folded: Folded) -> list[TextToken]:
        """Returns the tokens of a text that the query contains, and the joined forms around them.

        Most chunks of a text are a plain word that is not asked for: once met, they are passed
        over by built-in functions, and only the others are looked at one by one.
        """
        wanted, passed = self._wanted, self._passed
        texts = folded.text.split(" ")
        seen: list[TextToken] = []
        ends: list[int] = []
        more = 0  # words that the chunks before had beyond one each
        for at in [at for at, text in enumerate(texts) if text not in passed]:
            text = texts[at]
            chunk = self._known[text]
            if isinstance(chunk, str):
                if chunk not in wanted:
                    passed.add(text)
                    continue
            elif wanted.isdisjoint(chunk.words):
                if chunk.width == 1:
                    passed.add(text)
                more += chunk.width - 1
                continue
            ends = ends or list(accumulate(map(len, texts)))
            begin = ends[at] - len(text) + at
            if isinstance(chunk, str):
                start = begin + text.index(chunk)
                seen.append(TextToken(chunk, at + more, *folded.source(start, start + len(chunk))))
                continue
            for raw in chunk.raws:
                if any(word.word in wanted for word in raw):
                    for word in raw:
                        place = folded.source(begin + word.start, begin + word.end)
                        seen.append(TextToken(word.word, at + more + word.position, *place))
            more += chunk.width - 1
        return seen

    def _rows(self, seen: Sequence[TextToken]) -> Iterator[Stretch]:
        for stems in (False, True):
            known = self._stems if stems else {}
            held = {known.get(one.word, one.word) for one in seen}
            rows: list[tuple[tuple[Way, ...], ...]] = [
                (there,)
                for ways, of_stems in self._compounds
                if of_stems is stems and (there := possible(ways, held))
            ]
            if not stems:
                rows += [
                    steps for steps in self._phrases if all(possible(ways, held) for ways in steps)
                ]
            if rows:
                places = places_of(seen, known)
                for steps in rows:
                    yield from extents(seen, stretches(places, steps))
        for words, width in self._nears:
            for at in gathered(seen, words, width):
                yield seen[at].start, seen[at].end

    def may_mark(self, names: Sequence[str]) -> bool:
        """Returns whether any of some names may be highlighted; quick, and may err on True."""
        if self._names or len(self._wanted) > FEW:
            return True
        low = "\n".join(names)
        return not low.isascii() or self._anywhere(low.lower())

    def _anywhere(self, low: str) -> bool:
        """Returns whether lower-case ASCII text contains a word of the query."""
        tight = low.replace("-", "").replace("'", "")
        return any(word in low or word in tight for word in self._wanted)

    def name_spans(self, name: str, *, first: bool, last: bool) -> list[Span]:
        """Returns the spans to highlight in one author's name.

        Args:
            name: as printed.
            first: whether it is the first author.
            last: whether it is the last one.
        """
        if not self.may_mark((name,)):
            return []
        seen = [TextToken(one.word, one.position, one.start, one.end) for one in name_tokens(name)]
        held = {one.word for one in seen}
        asked = self._words & held
        for ways, _ in self._compounds:
            asked.update(word for way in ways if held.issuperset(way) for word in way)
        found: list[Stretch] = []
        for term in self._names:
            if (term.position == "^" and not first) or (term.position == "$" and not last):
                continue
            if term.key is not None:
                if term.key == name_key(name):
                    found.append((0, len(name)))
            else:
                asked |= name_answer(held, term) or set()
        found += [(one.start, one.end) for one in seen if one.word in asked]
        if self._phrases or self._nears:
            by_word = places_of(seen, {})
            for steps in self._phrases:
                found += extents(seen, stretches(by_word, steps))
            for words, width in self._nears:
                found += [(seen[at].start, seen[at].end) for at in gathered(seen, words, width)]
        return merged(found)


def name_answer(held: set[str], term: NameTerm) -> set[str] | None:
    """Returns the words of a name that match a query's; None if one has no match."""
    words = term.words
    answers = [set(pair) & held for pair in zip(words, term.spelled or words, strict=True)]
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
    """Returns spans in order, overlapping and adjacent ones merged."""
    spans: list[Span] = []
    for start, end in sorted(found):
        if spans and start <= spans[-1].end:
            if end > spans[-1].end:
                spans[-1] = Span(spans[-1].start, end)
        else:
            spans.append(Span(start, end))
    return spans
