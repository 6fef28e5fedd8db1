"""One description of how text becomes terms, for indexing, queries and highlighting alike.

Folded text (`indexer.text`) is cut into words by NLTK's regular-expression tokenizer; words are
stemmed by NLTK's English Snowball stemmer, once per distinct word, after irregular plurals and
British spellings were made regular (`indexer.text.word_forms`); words of other scripts as
`indexer.text.scripts` says. Stop words keep their place
(phrases may hold them) but are neither scored nor counted in a field's length.

A compound ("non-invasive", "L'Engle") gives its parts at consecutive positions and, at the place
of its first part, the joined word ("noninvasive"), so that all ways to write it can meet. So does
a word with an umlaut: "Müller" is muller, and at the same place mueller.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Final

from indexer.text.folded import Folded
from indexer.text.folding import fold
from indexer.text.letters import spellings
from indexer.text.scripts import INDIC, SIGNS, UNSPACED, script_stem
from indexer.text.word_forms import own_stem, standard_form

if TYPE_CHECKING:
    from nltk.stem.snowball import EnglishStemmer, RussianStemmer
    from nltk.tokenize import RegexpTokenizer

VERSION: Final = 2
"""Rises when the same text may give other terms; an index says with which one it was written."""
PATTERN: Final = (
    rf"[\u3040-\u30ff\u3400-\u9fff{UNSPACED}{SIGNS}]"  # no spaces, signs: a character a word
    rf"|[{INDIC}]++"
    r"|\d{1,3}(?:,\d{3})+(?!\d)|\d+(?:\.\d+)+"  # 12,000 and 2.0 are one number
    r"|[a-z](?:\+\+|#)(?![\w+#])|[a-z]\*(?![\w*])"  # c++, c#, a*
    rf"|[^\W_\u3040-\u30ff\u3400-\u9fff{UNSPACED}{INDIC}äöüøå]++"  # ++: never half a word
    rf"(?:[-'][^\W_\u3040-\u30ff\u3400-\u9fff{UNSPACED}{INDIC}äöüøå]++)*(?![äöüøå])"
    rf"|[^\W_\u3040-\u30ff\u3400-\u9fff{UNSPACED}{INDIC}]+(?:'s)?"  # with an umlaut: by itself
)
_WORD: Final = re.compile(PATTERN)
_STEMMED: Final = tuple(
    "' s e y ed al ll ful ing ism ion ant ent er ator ic li iti enci anci ogi".split()
)
"""Endings without which Snowball leaves a folded word of ASCII alone: what the suffixes of all its
steps end in (Porter 2001, "Snowball: A language for stemming algorithms"). NLTK takes a hundred
times as long to find that out."""
MOST_STEMS: Final = 500_000
"""Stems that an analyzer remembers; it begins anew when it holds too many."""
MAX_PARTS: Final = 5
"""Compounds of more parts are just words in a row."""
MAX_WORD: Final = 64
"""Longer words are cut: nobody types them and they only blow up the lexicon."""

STOP_WORDS: Final = frozenset(
    """a about above after again against all also am an and any are as at be because been before
    being below between both but by can could did do does doing down during each few for from
    further had has have having he her here hers him his how however i if in into is it its itself
    just may me might more most much must my no nor not now of off on once only or other our ours
    out over own same shall she should so some such than that the their theirs them then there
    these they this those through thus to too under until up upon us very was we were what when
    where whether which while who whom whose why will with within without would you your""".split()
)
STOP_ABBREVIATIONS: Final = frozenset(("e.g", "i.e"))
"""Abbreviations that say as little as stop words; without the last full stop."""


@dataclass(frozen=True, slots=True)
class Token:
    """One word of a text.

    Attributes:
        word: folded surface form.
        stem: its Snowball stem, the term under which it is scored.
        position: place among the words of the text, from 0; the joined form of a compound shares
            the position of its first part.
        start: offset in the original text, inclusive. end: offset after the last character.
        joined: it is the joined form of a compound whose parts follow.
        stop: it is a stop word.
    """

    word: str
    stem: str
    position: int
    start: int
    end: int
    joined: bool = False
    stop: bool = False


@dataclass(frozen=True)
class Analyzer:
    """Text to tokens. Equal descriptions give equal tokens; the stem table is only a cache.

    Attributes:
        stop_words: folded words that are not scored.
        stemming: whether words are stemmed at all.
    """

    stop_words: frozenset[str] = STOP_WORDS
    stemming: bool = True

    # NLTK takes a second to import, so it is asked for only when there is work for it: bulk
    # indexing and words never seen before. Reading a query needs neither.

    @cached_property
    def _tokenizer(self) -> RegexpTokenizer:
        from nltk.tokenize import RegexpTokenizer

        return RegexpTokenizer(PATTERN)

    @cached_property
    def _stemmer(self) -> EnglishStemmer:
        from nltk.stem.snowball import EnglishStemmer

        return EnglishStemmer()

    @cached_property
    def _russian(self) -> RussianStemmer:
        from nltk.stem.snowball import RussianStemmer

        return RussianStemmer()

    @cached_property
    def _stems(self) -> dict[str, str]:
        return {}

    def stem(self, word: str) -> str:
        """Returns the stem of a folded word; asks NLTK once per distinct word."""
        if not self.stemming:
            return word
        stem = self._stems.get(word)
        if stem is None:
            stem = self._stem(word)
            if len(self._stems) >= MOST_STEMS:
                self._stems.clear()
            self._stems[word] = stem
        return stem

    def stems(self, words: Iterable[str]) -> list[str]:
        """Returns the stems of many distinct words, of which none is remembered."""
        if not self.stemming:
            return list(words)
        return [self._stem(word) for word in words]

    def _stem(self, word: str) -> str:
        if not word.isascii():
            return script_stem(word, self._russian)
        word = standard_form(word)
        own = own_stem(word)
        if own is not None:
            return own
        return self._stemmer.stem(word) or word if word.endswith(_STEMMED) else word

    def words(self, folded: str) -> list[str]:
        """Cut search text into raw words, compounds still whole ("non-invasive"), in order.

        This is the fast way in for bulk indexing; `open_word` opens each distinct raw word once.
        """
        if not folded.isascii():
            # Newer NLTK cuts by the `regex` module, whose letters beyond ASCII are not `re`'s.
            return _WORD.findall(folded)
        tokens_: list[str] = self._tokenizer.tokenize(folded)
        return tokens_

    def tokens(self, text: str) -> list[Token]:
        """Analyse a text, in order of position; a joined form stands before its parts."""
        return list(self.tokens_of(fold(text, umlauts=True)))

    def tokens_of(self, folded: Folded) -> Iterator[Token]:
        """Analyse a text that is folded already."""
        position = 0
        for match in _WORD.finditer(folded.text):
            start, end = match.span()
            raw = folded.text[start:end]
            parts, joined = open_word(raw)
            if joined:
                yield self._token(joined, position, folded.source(start, end), joined=True)
            at = start
            for part in parts:
                if len(parts) > 1:
                    at = folded.text.index(part, at)
                    span = folded.source(at, at + len(part))
                    at += len(part)
                else:
                    span = folded.source(start, end)
                yield self._token(part, position, span)
                position += 1

    def _token(
        self, word: str, position: int, span: tuple[int, int], *, joined: bool = False
    ) -> Token:
        stop = not joined and word in self.stop_words
        return Token(word, self.stem(word), position, *span, joined=joined, stop=stop)


def open_word(raw: str) -> tuple[tuple[str, ...], str]:
    """Opens a raw word of `Analyzer.words` into its parts and its joined form.

    Returns:
        The parts in order (one for a plain word) and the joined form, empty where there is none.
        A possessive 's is dropped: "newton's" is "newton". The joined form of a word with umlauts
        is its German spelling: "müller" has the part "muller" and is "mueller", too.
    """
    if raw.isascii() and raw.isalnum():
        return (raw[:MAX_WORD],), ""
    if raw[0].isdigit() and ("," in raw or "." in raw):
        return (raw.replace(",", "")[:MAX_WORD],), ""
    if raw[-1] in "+#*":
        return (raw,), ""
    raw = raw.removesuffix("'s")
    if not raw.isascii():
        plain, spelled = spellings(raw)
        if plain != spelled:
            return (plain[:MAX_WORD],), spelled[:MAX_WORD]
    parts = tuple(part[:MAX_WORD] for part in raw.replace("'", "-").split("-") if part)
    if not parts:
        return (raw[:MAX_WORD],), ""
    joined = "".join(parts) if 1 < len(parts) <= MAX_PARTS else ""
    return parts, joined[:MAX_WORD]


def name_tokens(name: str) -> list[Token]:
    """Analyse a person's name: words unstemmed, initials apart, joined forms before their parts.

    "Simon Lacoste-Julien" gives simon (0), lacostejulien (1), lacoste (1), julien (2).
    """
    return list(_NAMES.tokens_of(fold(name, name=True, umlauts=True)))


def german_spelling(tokens: list[Token]) -> Iterator[str]:
    """Yields each word of a name as Germans write it without umlauts, joined forms left out."""
    for before, token in zip([None, *tokens], tokens, strict=False):
        if not token.joined:
            same = before is not None and before.joined and before.end == token.end
            yield before.word if before is not None and same else token.word


def name_words(name: str) -> tuple[str, ...]:
    """Returns the words of `name_tokens`: what a name can be found by, in order."""
    return tuple(token.word for token in name_tokens(name))


def plain_words(name: str) -> tuple[str, ...]:
    """Returns the words of a name without accents and hyphens, in which variants agree.

    All of them are among its `name_words`.
    """
    tokens = _NAMES.tokens_of(fold(name, name=True))
    return tuple(token.word for token in tokens if not token.joined)


def leave_out_scipy() -> None:
    """Have NLTK do without scipy in this process; for programs, before they analyse anything.

    NLTK imports it where it is there, for statistics that nobody asks for here: a second and 60 MB.
    A library must not call this: whoever imports scipy afterwards is told that there is none.
    """
    sys.modules.setdefault("scipy", None)  # type: ignore[arg-type]  # so Python says it


_NAMES: Final = Analyzer(stop_words=frozenset(), stemming=False)
