"""What the terms of a query mark in a text: words by themselves, phrases where they stand."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import Final

from indexer.analysis import MAX_PARTS, MAX_WORD, PATTERN, name_tokens, open_word
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
from indexer.text.chunk_cache import CHUNK_BYTES, ChunkCache
from indexer.text.folded import Folded

WORD: Final = re.compile(PATTERN)
"""The raw words of folded text, as `Analyzer.tokens` cuts them."""
_PUNCTUATED: Final = re.compile(rf"""[("'\[]*([a-z0-9]{{1,{MAX_WORD}}})[.,;:!?)"'\]]*""")
"""A chunk that is one plain word of ASCII with the punctuation around it, as most are."""
FEW: Final = 32
"""Up to so many words are looked for in a name before it is cut into words."""
_WORD_BYTES: Final = 320
"""Bytes of each token of an `OddChunk`."""


@dataclass(frozen=True, slots=True, eq=False)
class OddChunk:
    """The tokens of a chunk that is anything but one plain word.

    Attributes:
        raws: for each raw word the tokens that `open_word` makes of it, the joined form first;
            positions and offsets count from the beginning of the chunk.
        width: number of positions its tokens take.
        words: every token text, joined forms included.
    """

    raws: tuple[tuple[TextToken, ...], ...]
    width: int
    words: frozenset[str]


ChunkTokens = ChunkCache[str | OddChunk]
"""The tokens of each chunk of folded text: a plain word mostly, else an `OddChunk`.

No token holds a space, so the tokens of a text are those of its chunks, one after the other.
"""


def token_cache(limit: int = CHUNK_BYTES) -> ChunkTokens:
    """Returns an empty cache of the tokens of chunks, of at most `limit` bytes."""
    return ChunkCache(_tokenize, _weigh, limit)


def _weigh(tokens: str | OddChunk) -> int:
    return 0 if isinstance(tokens, str) else _WORD_BYTES * sum(map(len, tokens.raws))


def _tokenize(chunk: str) -> str | OddChunk:
    word = _PUNCTUATED.fullmatch(chunk)
    if word is not None:
        return chunk if word[1] == chunk else word[1]
    raws: list[tuple[TextToken, ...]] = []
    width = 0
    raw = ""
    for match in WORD.finditer(chunk):
        raw = match[0]
        parts, joined = open_word(raw)
        start, end = match.span()
        tokens = [TextToken(joined, width, start, end)] if joined else []
        for step, part in enumerate(parts):
            if len(parts) > 1:
                start = chunk.index(part, start)
                end = start + len(part)
            tokens.append(TextToken(part, width + step, start, end))
            start = end
        width += len(parts)
        raws.append(tuple(tokens))
    if len(raws) == 1 and [token.word for token in raws[0]] == [raw]:
        return chunk if chunk == raw else raw
    words = frozenset(token.word for tokens in raws for token in tokens)
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
        chunks: ChunkTokens,
    ) -> None:
        """Sort terms by how they are looked for.

        Args:
            terms: what to mark.
            field: where to look.
            forms: gives the surface words of a stem.
            chunks: cache of the tokens of chunks.
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
        self._chunks = chunks

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
        stretches_ = [(token.start, token.end) for token in seen if token.word in words]
        if self._compounds or self._phrases or self._nears:
            stretches_ += self._rows(seen)
        return merged(stretches_)

    def _look(self, folded: Folded) -> list[TextToken]:
        """Returns the tokens of a text that the query contains, and the joined forms around them.

        Most chunks of a text are a plain word that is not asked for: built-in functions read and
        pass over them, and only the others are looked at one by one.
        """
        wanted = self._wanted
        texts = folded.text.split(" ")
        tokens = list(map(self._chunks.__getitem__, texts))
        seen: list[TextToken] = []
        ends: list[int] = []
        more = 0  # words that the chunks before had beyond one each
        for at in [
            at for at, chunk in enumerate(tokens) if chunk in wanted or type(chunk) is OddChunk
        ]:
            chunk = tokens[at]
            if isinstance(chunk, OddChunk) and wanted.isdisjoint(chunk.words):
                more += chunk.width - 1
                continue
            text = texts[at]
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
            compounds = [ways for ways, of_stems in self._compounds if of_stems is stems]
            phrases = () if stems else self._phrases
            if not compounds and not phrases:
                continue
            known = self._stems if stems else {}
            held = {known.get(token.word, token.word) for token in seen}
            rows: list[tuple[tuple[Way, ...], ...]] = [
                (there,) for ways in compounds if (there := possible(ways, held))
            ]
            rows += [steps for steps in phrases if all(possible(ways, held) for ways in steps)]
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
        if any(word in low for word in self._wanted):
            return True
        return tight != low and any(word in tight for word in self._wanted)

    def name_spans(self, name: str, *, first: bool, last: bool) -> list[Span]:
        """Returns the spans to highlight in one author's name.

        Args:
            name: as printed.
            first: whether it is the first author.
            last: whether it is the last one.
        """
        if not self.may_mark((name,)):
            return []
        seen = [
            TextToken(token.word, token.position, token.start, token.end)
            for token in name_tokens(name)
        ]
        held = {token.word for token in seen}
        asked = self._words & held
        for ways, _ in self._compounds:
            asked.update(word for way in ways if held.issuperset(way) for word in way)
        stretches_: list[Stretch] = []
        for term in self._names:
            if (term.position == "^" and not first) or (term.position == "$" and not last):
                continue
            if term.key is not None:
                if term.key == name_key(name):
                    stretches_.append((0, len(name)))
            else:
                asked |= name_answer(held, term) or set()
        stretches_ += [(token.start, token.end) for token in seen if token.word in asked]
        if self._phrases or self._nears:
            by_word = places_of(seen, {})
            for steps in self._phrases:
                stretches_ += extents(seen, stretches(by_word, steps))
            for words, width in self._nears:
                stretches_ += [
                    (seen[at].start, seen[at].end) for at in gathered(seen, words, width)
                ]
        return merged(stretches_)


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
                answers[at] |= {word_ for word_ in held if word_.startswith(word)}
            elif word[0].isalpha() and any(full[:at] + full[at + 1 :]):
                answers[at] |= {word[0]} & held
    return set().union(*answers) if all(answers) else None


def merged(stretches_: Iterable[Stretch]) -> list[Span]:
    """Returns spans in order, overlapping and adjacent ones merged."""
    spans: list[Span] = []
    for start, end in sorted(stretches_):
        if spans and start <= spans[-1].end:
            if end > spans[-1].end:
                spans[-1] = Span(spans[-1].start, end)
        else:
            spans.append(Span(start, end))
    return spans
