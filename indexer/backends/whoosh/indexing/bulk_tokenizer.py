"""Cut many texts into words at once: every distinct piece of text is analysed only once.

Between spaces a text is nearly always a run of pieces that mean the same wherever they stand
("learning,", "(non-invasive)"), so one table from piece to its tokens does away with folding and
cutting each occurrence again. Where folding looks across a space (TeX, "i. e.", "2. 0"), that
stretch of the text is folded as a whole, and its folded pieces are looked up. Either way the tokens
equal those of `Analyzer.tokens`.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import compress, islice, repeat
from typing import Final

import numpy as np
from numpy.typing import NDArray

from indexer.analysis import MAX_PARTS, MAX_WORD, Analyzer, open_word
from indexer.backends.whoosh.indexing.chunk_hashing import Pieces
from indexer.text.apart import folded_whole, folds_apart
from indexer.text.folding import fold

_EDGES: Final = ".,;:()[]!?\"'“”‘’–—"
_MOST_PIECES: Final = 500_000
_TEXTS: Final = 1 << 12
"""Texts whose words are put in their places together."""
Opened = Iterable[tuple[Sequence[str], str]]
"""Words of a piece, each by its parts and its joined form."""


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
        self._analyzer = analyzer
        self.forget()

    def forget(self) -> None:
        """Let go of all words."""
        self.words: list[str] = []
        self._ids: dict[str, int] = {}
        self._pieces = Pieces(self._learn)
        self._ends = array("q", [0])
        self._word = array("i")
        self._offset = array("i")
        self._parts = array("i")
        self._counted = array("i")

    def cut(self, texts: Iterable[str]) -> Cuts:
        """Cut texts into words; `words` holds at least theirs until the next call."""
        if len(self._pieces) > _MOST_PIECES:
            self.forget()
        stretches: list[bytes] = []
        folded: list[bool] = []
        counts = []
        for text in texts:
            before = len(stretches)
            if folds_apart(text):
                stretches.append(text.encode("utf-8", "surrogatepass"))
                folded.append(False)
            else:
                start, end = folded_whole(text)
                whole = fold(text[start:end], umlauts=True).text
                for part, is_folded in ((text[:start], False), (whole, True), (text[end:], False)):
                    stretches.append(part.encode("utf-8", "surrogatepass"))
                    folded.append(is_folded)
            counts.append(len(stretches) - before)
        pieces, ends = self._pieces.number(stretches, folded)
        self.words.extend(islice(self._ids, len(self.words), None))
        last = np.zeros(len(counts) + 1, np.int64)
        np.cumsum(counts, out=last[1:])
        begins = ends[last]
        parts = [
            self._spread(pieces, begins[low : low + _TEXTS + 1], low)
            for low in range(0, max(1, len(counts)), _TEXTS)
        ]
        return Cuts(*map(np.concatenate, zip(*parts, strict=True)))

    def _spread(
        self, every: NDArray[np.int32], ends: NDArray[np.int64], first_text: int
    ) -> tuple[NDArray[np.int32], ...]:
        """Give what `Cuts` holds of some texts, whose pieces end at `ends`."""
        # `take` with places of the machine's own width is twice as fast as indexing.
        pieces = every[ends[0] : ends[-1]].astype(np.intp)
        ends = ends - ends[0]
        token_ends = np.array(self._ends, np.int32)
        first, count = token_ends.take(pieces), np.diff(token_ends).take(pieces)
        before = np.zeros(len(pieces) + 1, np.int32)
        np.cumsum(np.array(self._parts, np.int32).take(pieces), out=before[1:])
        lengths = np.diff(ends)
        text = np.repeat(np.arange(len(lengths), dtype=np.int32) + first_text, lengths)
        base = before[:-1] - np.repeat(before[ends[:-1]], lengths)
        at = np.repeat(np.arange(len(pieces)), count)
        start = np.cumsum(count, dtype=np.int32) - count
        token = ((first - start).take(at) + np.arange(len(at), dtype=np.int32)).astype(np.intp)
        counted = np.zeros(len(pieces) + 1, np.int32)
        np.cumsum(np.array(self._counted, np.int32).take(pieces), out=counted[1:])
        return (
            np.array(self._word, np.int32).take(token),
            text.take(at),
            base.take(at) + np.array(self._offset, np.int32).take(token),
            np.diff(counted[ends]),
        )

    def _learn(self, pieces: Sequence[str], folded: Sequence[bool]) -> NDArray[np.int32]:
        """Note the tokens of new pieces; gives their numbers."""
        # Most are one plain word between marks, which takes no look at each of them.
        cores = [piece.strip(_EDGES) for piece in pieces]
        plain = [core.isascii() and core.isalnum() for core in cores]
        at = np.array(plain, np.bool_)
        numbers = np.empty(len(pieces), np.int32)
        numbers[at] = self._learn_plain(
            [core.lower()[:MAX_WORD] for core in compress(cores, plain)]
        )
        others = np.flatnonzero(~at)
        numbers[others] = self._learn_opened(
            self._opened(pieces[one], cores[one], folded=folded[one]) for one in others.tolist()
        )
        return numbers

    def _learn_plain(self, words: Sequence[str]) -> NDArray[np.int32]:
        """Note pieces that are one word each; gives their numbers."""
        stop_words, known, count = self._analyzer.stop_words, len(self._parts), len(words)
        token = len(self._word)
        self._note(words)
        self._ends.extend(range(token + 1, token + count + 1))
        self._offset.extend(repeat(0, count))
        self._parts.extend(repeat(1, count))
        self._counted.extend([word not in stop_words for word in words])
        return np.arange(known, known + count, dtype=np.int32)

    def _opened(self, piece: str, core: str, *, folded: bool) -> Opened:
        """Give the words of a piece, each opened, see `open_word`; `core` is it without edges."""
        if core.isascii() and len(core) <= MAX_WORD:
            parts = core.lower().split("-")
            if all(map(str.isalnum, parts)):
                return [(parts, "".join(parts) if len(parts) <= MAX_PARTS else "")]
        words = self._analyzer.words(piece if folded else fold(piece, umlauts=True).text)
        return map(open_word, words)

    def _learn_opened(self, many: Iterable[Opened]) -> NDArray[np.int32]:
        """Note pieces whose words are opened, see `open_word`; gives their numbers."""
        stop_words, known, token = self._analyzer.stop_words, len(self._parts), len(self._word)
        words: list[str] = []
        offsets: list[int] = []
        for opened in many:
            position = counted = 0
            for parts, joined in opened:
                if joined:
                    words += (joined, f"{joined} {' '.join(parts)}")
                    offsets += (position, position)
                    if len(parts) == 1:  # an umlaut's two spellings stand for each other
                        words.append(f"{parts[0]} {joined}")
                        offsets.append(position)
                words += parts
                for part in parts:
                    offsets.append(position)
                    position += 1
                    counted += part not in stop_words
            self._ends.append(token + len(words))
            self._parts.append(position)
            self._counted.append(counted)
        self._note(words)
        self._offset.extend(offsets)
        return np.arange(known, len(self._parts), dtype=np.int32)

    def _note(self, words: Iterable[str]) -> None:
        ids = self._ids
        self._word.extend([ids.setdefault(word, len(ids)) for word in words])
