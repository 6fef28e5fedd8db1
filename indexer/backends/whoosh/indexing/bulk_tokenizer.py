"""Tokenizes many texts at once: every distinct chunk of text is analysed only once.

A chunk is the text between two spaces ("learning,", "(non-invasive)"). Nearly every chunk gives the
same tokens wherever it occurs, so one table from chunk to tokens replaces folding and splitting of
each occurrence. Where folding looks across a space (TeX, "i. e.", "2. 0"), that stretch of the text
is folded as a whole, and its folded chunks are looked up. Either way the tokens equal those of
`Analyzer.tokens`.
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
from indexer.backends.whoosh.indexing.chunk_hashing import ChunkTable
from indexer.text.apart import folded_whole, folds_apart
from indexer.text.folding import fold

_EDGES: Final = ".,;:()[]!?\"'“”‘’–—"
_MOST_CHUNKS: Final = 500_000
"""Chunks in the table, which bounds its memory; beyond that it starts anew."""
_TEXTS: Final = 1 << 12
"""Texts whose tokens are expanded together, to bound memory."""
Opened = Iterable[tuple[Sequence[str], str]]
"""Words of a chunk, each as its parts and its joined form ("" where it is no compound)."""


@dataclass(frozen=True, slots=True)
class TokenArrays:
    """Tokens of some texts, text by text in order of position.

    Attributes:
        word: int32, index into `BulkTokenizer.words`.
        text: int32, index of the text, ascending.
        position: int32, as `Token.position`.
        lengths: int32, one a text: tokens that are neither stop words nor joined forms.
    """

    word: NDArray[np.int32]
    text: NDArray[np.int32]
    position: NDArray[np.int32]
    lengths: NDArray[np.int32]


class BulkTokenizer:
    """Turns texts into word ids; `words` grows with the words met.

    A compound is also a word of its own, written "noninvasive non invasive"; no real word contains
    a space.
    """

    def __init__(self, analyzer: Analyzer) -> None:
        """Starts without words."""
        self._analyzer = analyzer
        self.clear()

    def clear(self) -> None:
        """Drops all words and chunks."""
        self.words: list[str] = []
        self._ids: dict[str, int] = {}
        self._chunks = ChunkTable(self._learn)
        self._ends = array("q", [0])
        self._word = array("i")
        self._offset = array("i")
        self._parts = array("i")
        self._counted = array("i")

    def tokenize(self, texts: Iterable[str]) -> TokenArrays:
        """Returns the tokens of texts; `words` holds all of theirs until the next call."""
        if len(self._chunks) > _MOST_CHUNKS:
            self.clear()
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
        chunks, chunk_ends = self._chunks.number_chunks(stretches, folded)
        self.words.extend(islice(self._ids, len(self.words), None))
        stretch_ends = np.zeros(len(counts) + 1, np.int64)
        np.cumsum(counts, out=stretch_ends[1:])
        text_starts = chunk_ends[stretch_ends]
        parts = [
            self._expand(chunks, text_starts[low : low + _TEXTS + 1], low)
            for low in range(0, max(1, len(counts)), _TEXTS)
        ]
        return TokenArrays(*map(np.concatenate, zip(*parts, strict=True)))

    def _expand(
        self, chunk_numbers: NDArray[np.int32], ends: NDArray[np.int64], first_text: int
    ) -> tuple[NDArray[np.int32], ...]:
        """Returns the columns of `TokenArrays` for some texts.

        Args:
            chunk_numbers: int32, of all texts.
            ends: int64[texts + 1], where the chunks of each of these texts begin in
                `chunk_numbers`.
            first_text: index of the first of these texts.
        """
        # `take` with indexes of the machine's own width is twice as fast as indexing.
        chunks = chunk_numbers[ends[0] : ends[-1]].astype(np.intp)
        ends = ends - ends[0]
        token_ends = np.array(self._ends, np.int32)
        first, count = token_ends.take(chunks), np.diff(token_ends).take(chunks)
        before = np.zeros(len(chunks) + 1, np.int32)
        np.cumsum(np.array(self._parts, np.int32).take(chunks), out=before[1:])
        lengths = np.diff(ends)
        text = np.repeat(np.arange(len(lengths), dtype=np.int32) + first_text, lengths)
        base = before[:-1] - np.repeat(before[ends[:-1]], lengths)
        chunk = np.repeat(np.arange(len(chunks)), count)
        start = np.cumsum(count, dtype=np.int32) - count
        token = ((first - start).take(chunk) + np.arange(len(chunk), dtype=np.int32)).astype(
            np.intp
        )
        counted = np.zeros(len(chunks) + 1, np.int32)
        np.cumsum(np.array(self._counted, np.int32).take(chunks), out=counted[1:])
        return (
            np.array(self._word, np.int32).take(token),
            text.take(chunk),
            base.take(chunk) + np.array(self._offset, np.int32).take(token),
            np.diff(counted[ends]),
        )

    def _learn(self, chunks: Sequence[str], folded: Sequence[bool]) -> NDArray[np.int32]:
        """Records the tokens of new chunks; returns their numbers, int32."""
        # Most are one ASCII word between punctuation: these are recorded together.
        cores = [chunk.strip(_EDGES) for chunk in chunks]
        plain = [core.isascii() and core.isalnum() for core in cores]
        is_plain = np.array(plain, np.bool_)
        numbers = np.empty(len(chunks), np.int32)
        numbers[is_plain] = self._learn_plain(
            [core.lower()[:MAX_WORD] for core in compress(cores, plain)]
        )
        others = np.flatnonzero(~is_plain)
        numbers[others] = self._learn_opened(
            self._opened(chunks[i], cores[i], folded=folded[i]) for i in others.tolist()
        )
        return numbers

    def _learn_plain(self, words: Sequence[str]) -> NDArray[np.int32]:
        """Records chunks of one word each; returns their numbers."""
        stop_words, first, count = self._analyzer.stop_words, len(self._parts), len(words)
        token = len(self._word)
        self._note(words)
        self._ends.extend(range(token + 1, token + count + 1))
        self._offset.extend(repeat(0, count))
        self._parts.extend(repeat(1, count))
        self._counted.extend([word not in stop_words for word in words])
        return np.arange(first, first + count, dtype=np.int32)

    def _opened(self, chunk: str, core: str, *, folded: bool) -> Opened:
        """Returns the words of a chunk, see `open_word`; `core` is it without punctuation."""
        if core.isascii() and len(core) <= MAX_WORD:
            parts = core.lower().split("-")
            if all(map(str.isalnum, parts)):
                return [(parts, "".join(parts) if len(parts) <= MAX_PARTS else "")]
        words = self._analyzer.words(chunk if folded else fold(chunk, umlauts=True).text)
        return map(open_word, words)

    def _learn_opened(self, chunks: Iterable[Opened]) -> NDArray[np.int32]:
        """Records chunks given by their words, see `open_word`; returns their numbers."""
        stop_words, first, token = self._analyzer.stop_words, len(self._parts), len(self._word)
        words: list[str] = []
        offsets: list[int] = []
        for chunk in chunks:
            position = counted = 0
            for parts, joined in chunk:
                if joined:
                    words += (joined, f"{joined} {' '.join(parts)}")
                    offsets += (position, position)
                    if len(parts) == 1:  # both spellings of an umlaut match each other
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
        return np.arange(first, len(self._parts), dtype=np.int32)

    def _note(self, words: Iterable[str]) -> None:
        """Appends the ids of words, new ones included."""
        ids = self._ids
        self._word.extend([ids.setdefault(word, len(ids)) for word in words])
