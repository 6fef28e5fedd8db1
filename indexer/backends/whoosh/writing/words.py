"""Cut many texts into words at once: every distinct piece of text is analysed only once.

Between white space a text is nearly always a run of pieces that mean the same wherever they stand
("learning,", "(non-invasive)"), so one dictionary from piece to its tokens does away with folding
and cutting each occurrence again. The few texts whose folding looks across white space (TeX,
"i. e.", "2. 0") are folded whole. Either way the tokens equal those of `Analyzer.tokens`.
"""

from __future__ import annotations

import re
from array import array
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from indexer.analysis import MAX_WORD, Analyzer, open_word
from indexer.text.folding import fold

_MARKS: Final = "\\$`{}~"
_ACROSS: Final = re.compile(r"\. (?:(?<=\d\. )\d|(?<=[^\W\d_]\. )[^\W\d_]\.)")
_EDGES: Final = ".,;:()[]!?\"'"
_MOST_PIECES: Final = 1_000_000


def folds_apart(text: str) -> bool:
    """Say whether folding the pieces between white space gives what folding the whole gives."""
    return not any(mark in text for mark in _MARKS) and _ACROSS.search(text) is None


@dataclass(frozen=True, slots=True)
class Cuts:
    """The words of some texts, one entry an occurrence, text by text.

    Attributes:
        word: int32, id in `WordTable.words`.
        text: int32, place of the text in the list that was cut, rising.
        position: int32, as `Token.position`.
        lengths: int32, one a text: words that count (neither stop words nor joined forms).
    """

    word: NDArray[np.int32]
    text: NDArray[np.int32]
    position: NDArray[np.int32]
    lengths: NDArray[np.int32]


class WordTable:
    """Distinct words with ids from 0, and what each piece of text is made of.

    A compound counts as a word of its own, too, written "noninvasive non invasive": no real word
    holds a space.
    """

    def __init__(self, analyzer: Analyzer) -> None:
        """Begin with no words."""
        self.words: list[str] = []
        self._analyzer = analyzer
        self._ids: dict[str, int] = {}
        self._forget()

    def _forget(self) -> None:
        self._pieces = _Pieces(self._of_piece)
        self._raws = _Pieces(self._of_raw)
        self._ends = array("q", [0])
        self._word = array("i")
        self._offset = array("i")
        self._parts = array("i")
        self._counted = array("i")

    def cut(self, texts: Iterable[str]) -> Cuts:
        """Cut texts into words."""
        if len(self._parts) > _MOST_PIECES:
            self._forget()
        pieces = array("i")
        ends = array("q", [0])
        for text in texts:
            if folds_apart(text):
                pieces.extend(map(self._pieces.__getitem__, text.split()))
            else:
                raws = self._analyzer.words(fold(text, umlauts=True).text)
                pieces.extend(map(self._raws.__getitem__, raws))
            ends.append(len(pieces))
        return self._spread(np.array(pieces, np.int32), np.array(ends, np.int64))

    def _spread(self, pieces: NDArray[np.int32], ends: NDArray[np.int64]) -> Cuts:
        """Put the words of each piece in its place."""
        token_ends = np.array(self._ends, np.int64)
        first = token_ends[pieces]
        count = token_ends[pieces + 1] - first
        parts = np.array(self._parts, np.int32)[pieces]
        before = np.zeros(len(pieces) + 1, np.int64)
        np.cumsum(parts, out=before[1:])
        text = np.repeat(np.arange(len(ends) - 1, dtype=np.int32), np.diff(ends))
        base = (before[:-1] - before[ends[:-1]][text]).astype(np.int32)
        start = np.cumsum(count) - count
        token = np.repeat(first - start, count) + np.arange(int(count.sum()))
        counted = np.zeros(len(pieces) + 1, np.int64)
        np.cumsum(np.array(self._counted, np.int32)[pieces], out=counted[1:])
        return Cuts(
            np.array(self._word, np.int32)[token],
            np.repeat(text, count),
            np.repeat(base, count) + np.array(self._offset, np.int32)[token],
            np.diff(counted[ends]).astype(np.int32),
        )

    def _of_piece(self, piece: str) -> int:
        core = piece.strip(_EDGES)
        if core.isascii() and core.isalnum():
            return self._learn_one(core.lower()[:MAX_WORD])
        return self._learn(self._analyzer.words(fold(piece, umlauts=True).text))

    def _of_raw(self, raw: str) -> int:
        return self._learn([raw])

    def _learn(self, raws: list[str]) -> int:
        """Note the tokens of a piece; gives its number."""
        position = counted = 0
        for raw in raws:
            parts, joined = open_word(raw)
            if joined:
                self._note(joined, position)
                self._note(" ".join((joined, *parts)), position)
                if len(parts) == 1:  # an umlaut's two spellings stand for each other
                    self._note(f"{parts[0]} {joined}", position)
            for part in parts:
                self._note(part, position)
                counted += part not in self._analyzer.stop_words
                position += 1
        self._ends.append(len(self._word))
        self._parts.append(position)
        self._counted.append(counted)
        return len(self._parts) - 1

    def _learn_one(self, word: str) -> int:
        """Note a piece that is one plain word."""
        self._note(word, 0)
        self._ends.append(len(self._word))
        self._parts.append(1)
        self._counted.append(word not in self._analyzer.stop_words)
        return len(self._parts) - 1

    def _note(self, word: str, position: int) -> None:
        known = self._ids.get(word)
        if known is None:
            known = self._ids[word] = len(self.words)
            self.words.append(word)
        self._word.append(known)
        self._offset.append(position)


class _Pieces(dict[str, int]):
    """Piece of text -> its number, learnt when first asked for."""

    __slots__ = ("_learn",)

    def __init__(self, learn: object) -> None:
        super().__init__()
        self._learn = learn

    def __missing__(self, piece: str) -> int:
        number: int = self._learn(piece)  # type: ignore[operator]
        self[piece] = number
        return number
