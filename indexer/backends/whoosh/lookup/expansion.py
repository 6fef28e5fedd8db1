"""Which words of a lexicon fit a wildcard pattern, or are a few edits away from a word."""

from __future__ import annotations

import re
from functools import cached_property
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from indexer.backends.whoosh.storage.segment import Lexicon

_Ids = NDArray[np.int64]
_LINE: Final = 10
"""A line feed, which is in no word."""
_BYTE: Final = 256
"""Code points below this are looked for in a text of bytes, a quarter of the others."""


class LexiconScan:
    """Looks through all words of a lexicon at once; what that takes is made on first use.

    Words are passed over by the set of their letters, 64 bits a word, before they are compared:
    few words have all letters of a pattern, or all but a few of those of a word nearby.
    """

    def __init__(self, lexicon: Lexicon) -> None:
        """Look through this lexicon."""
        self._lexicon = lexicon

    @cached_property
    def _letters(self) -> tuple[NDArray[np.uint32], _Ids, NDArray[np.int32]]:
        """The code points of all words, a line each, where each begins, and its length."""
        text = "\n".join(self._lexicon) + "\n"
        points = np.frombuffer(text.encode("utf-32-le", errors="surrogatepass"), np.uint32)
        ends = np.flatnonzero(points == _LINE)[: len(self._lexicon)]
        starts = np.zeros(len(ends), np.int64)
        starts[1:] = ends[:-1] + 1
        return points, starts, (ends - starts).astype(np.int32)

    @cached_property
    def _bytes(self) -> NDArray[np.uint8]:
        """The same text, line feeds for the code points that are no byte."""
        points = self._letters[0]
        return np.where(points < _BYTE, points, _LINE).astype(np.uint8)

    @cached_property
    def _masks(self) -> NDArray[np.uint64]:
        """The letters of each word, code points that are 64 apart as one."""
        points, starts, _ = self._letters
        if not len(starts):
            return np.zeros(0, np.uint64)
        bits = np.where(points == _LINE, np.uint64(0), _bit(points))
        masks: NDArray[np.uint64] = np.bitwise_or.reduceat(bits, starts)
        return masks

    def fitting(self, pattern: str) -> _Ids:
        """Give the ids of the words that fit ``*`` (any characters) and ``?`` (just one).

        Between stars the leftmost place is always good enough, so that each piece is looked for
        once, in all words together.
        """
        first = re.split(r"[*?]", pattern, maxsplit=1)[0]
        range_ = self._lexicon.prefixed(first)
        if not len(range_) or "\n" in pattern:
            return np.zeros(0, np.int64)
        if pattern == first + "*":
            return np.arange(range_.start, range_.stop)
        points, starts, lengths = self._letters
        text: NDArray[Any] = self._bytes
        asked = _points(pattern)
        if len(asked) and asked.max() >= _BYTE:
            text = points
        pieces = pattern.split("*")
        needed = sum(map(len, pieces))
        span = slice(range_.start, range_.stop)
        held = np.bitwise_or.reduce(_bit(_points(re.sub(r"[*?]", "", pattern))))
        fits = (self._masks[span] & held) == held
        fits &= lengths[span] == needed if len(pieces) == 1 else lengths[span] >= needed
        ids = np.flatnonzero(fits) + range_.start
        places = starts[ids]
        ids, places = _anchored(text, pieces[0], ids, places)
        if len(pieces) == 1:
            return ids
        places = places + len(pieces[0])
        last = pieces[-1]
        stops = starts[ids] + lengths[ids] - len(last)
        for piece in pieces[1:-1]:
            if piece.strip("?"):
                at = _occurrences(text, piece)
                if not len(at):
                    return np.zeros(0, np.int64)
                found = at.take(at.searchsorted(places), mode="clip")
                kept = found >= places  # the last one is given where none is behind
                ids, places, stops = ids[kept], found[kept], stops[kept]
            places = places + len(piece)
            kept = places <= stops
            ids, places, stops = ids[kept], places[kept], stops[kept]
        kept = places <= stops
        return _anchored(text, last, ids[kept], stops[kept])[0]

    def close(self, word: str, distance: int) -> NDArray[np.int64]:
        """Give the ids of the words at most `distance` edits away, swaps of neighbours included.

        The restricted Damerau-Levenshtein distance (no stretch is edited twice), row by row over
        all candidate words at once, only where the row can still end within `distance`.
        """
        points, starts, lengths = self._letters
        asked = len(word)
        letters = _points(word)
        near = np.abs(lengths - asked) <= distance
        # An edit takes at most one letter out of the set and puts one in.
        mask = np.bitwise_or.reduce(_bit(letters))
        near &= np.bitwise_count(self._masks ^ mask) <= 2 * distance
        ids = np.flatnonzero(near)
        if not len(ids):
            return ids
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


def _points(text: str) -> NDArray[np.uint32]:
    return np.frombuffer(text.encode("utf-32-le", errors="surrogatepass"), np.uint32)


def _bit(points: NDArray[np.uint32]) -> NDArray[np.uint64]:
    bits: NDArray[np.uint64] = np.uint64(1) << (points & np.uint32(63)).astype(np.uint64)
    return bits


def _anchored(text: NDArray[Any], piece: str, ids: _Ids, places: _Ids) -> tuple[_Ids, _Ids]:
    """Keep the words in which a piece stands at just these places."""
    for step, point in enumerate(_points(piece).tolist()):
        if point != ord("?"):
            kept = text.take(places + step, mode="clip") == point
            ids, places = ids[kept], places[kept]
    return ids, places


def _occurrences(text: NDArray[Any], piece: str) -> _Ids:
    """Give the places of a text, rising, where a piece begins that has more than ``?``."""
    points = _points(piece).tolist()
    steps = [step for step, point in enumerate(points) if point != ord("?")]
    found = np.flatnonzero(text == points[steps[0]])
    for step in steps[1:]:
        found = found[text.take(found + (step - steps[0]), mode="clip") == points[step]]
    return found - steps[0]
