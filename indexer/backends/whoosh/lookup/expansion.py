"""Which words of a lexicon fit a wildcard pattern, or are a few edits away from a word."""

from __future__ import annotations

import re
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from indexer.backends.whoosh.storage.segment import Lexicon

CAP = 512
"""Most words a pattern stands for, in texts and again in names: those that most papers hold."""


class LexiconScan:
    """Looks through all words of a lexicon at once; what that takes is made on first use."""

    def __init__(self, lexicon: Lexicon) -> None:
        """Look through this lexicon."""
        self._lexicon = lexicon

    @cached_property
    def _lines(self) -> tuple[str, NDArray[np.int64]]:
        """All words in one text, a line each, and where each line begins."""
        text = "\n".join(self._lexicon) + "\n"
        starts = np.zeros(len(self._lexicon) + 1, np.int64)
        lengths = [len(line) + 1 for line in text.split("\n")]
        np.cumsum(lengths[: len(self._lexicon)], out=starts[1:])
        return text, starts

    @cached_property
    def _letters(self) -> tuple[NDArray[np.uint32], NDArray[np.int64], NDArray[np.int64]]:
        """The code points of `_lines`, where each word begins, and its length."""
        text, starts = self._lines
        points = np.frombuffer(text.encode("utf-32-le"), np.uint32)
        return points, starts[:-1], np.diff(starts) - 1

    def fitting(self, pattern: str) -> NDArray[np.int64]:
        """Give the ids of the words that fit ``*`` (any characters) and ``?`` (just one)."""
        prefix = re.split(r"[*?]", pattern, maxsplit=1)[0]
        range_ = self._lexicon.prefixed(prefix)
        if not len(range_) or "\n" in pattern:
            return np.zeros(0, np.int64)
        if pattern == prefix + "*":
            return np.arange(range_.start, range_.stop)
        text, starts = self._lines
        low, high = int(starts[range_.start]), int(starts[range_.stop])
        matches = _compiled(pattern).finditer(text, low, high)
        found = [one.start() for one in matches if one.end() > one.start()]  # no empty last line
        return np.searchsorted(starts, np.array(found, np.int64))

    def close(self, word: str, distance: int) -> NDArray[np.int64]:
        """Give the ids of the words at most `distance` edits away, swaps of neighbours included.

        The restricted Damerau-Levenshtein distance (no stretch is edited twice), row by row over
        all candidate words at once, only where the row can still end within `distance`.
        """
        points, starts, lengths = self._letters
        asked = len(word)
        ids = np.flatnonzero(np.abs(lengths - asked) <= distance)
        if not len(ids):
            return ids
        letters = np.frombuffer(word.encode("utf-32-le", errors="surrogatepass"), np.uint32)
        width = asked + distance
        at = starts[ids, None] + np.arange(width)
        grid = points.take(at, mode="clip").T  # past the end of a word: never read as a result
        size = lengths[ids]
        far = np.full(len(ids), distance + 1, np.int16)
        before: list[NDArray[np.int16]] = [far] * (width + 1)
        last = [np.full(len(ids), j, np.int16) if j <= distance else far for j in range(width + 1)]
        for i in range(1, asked + 1):
            row = [far] * (width + 1)
            if i <= distance:
                row[0] = np.full(len(ids), i, np.int16)
            for j in range(max(1, i - distance), min(width, i + distance) + 1):
                differs = (grid[j - 1] != letters[i - 1]).astype(np.int16)
                best = np.minimum(last[j - 1] + differs, np.minimum(last[j], row[j - 1]) + 1)
                if i > 1 and j > 1:
                    swapped = (grid[j - 2] == letters[i - 1]) & (grid[j - 1] == letters[i - 2])
                    best = np.where(swapped, np.minimum(best, before[j - 2] + 1), best)
                row[j] = best.astype(np.int16)
            before, last = last, row
        ends = np.stack(last)[size, np.arange(len(ids))]
        return ids[ends <= distance]


def _compiled(pattern: str) -> re.Pattern[str]:
    """Write a pattern as an expression that matches whole lines in linear time.

    Between stars the leftmost place is always good enough, so each piece is an atomic group; only
    the last piece, of fixed length, is tied to the end of the line.
    """
    pieces = [
        "".join(r"[^\n]" if sign == "?" else re.escape(sign) for sign in piece)
        for piece in pattern.split("*")
    ]
    first, *rest = pieces
    written = f"^{first}"
    for piece in rest[:-1]:
        if piece:
            written += rf"(?>[^\n]*?{piece})"
    if rest:
        written += rf"[^\n]*{rest[-1]}"
    return re.compile(written + "$", re.MULTILINE)
