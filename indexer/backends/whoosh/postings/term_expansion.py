"""Term expansion: the words of a lexicon that match a wildcard, or are within some edits."""

from __future__ import annotations

import re
from functools import cached_property
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from indexer.backends.whoosh.format.segment import Lexicon

_Ids = NDArray[np.int64]
_LINE: Final = 10
"""A line feed, which no word contains."""
_BYTE: Final = 256
"""Code points below this are searched in a text of uint8, a quarter of the size."""


class LexiconScan:
    """Scans all words of a lexicon at once; the arrays for it are made at first use.

    Words are first filtered by a 64-bit signature of their letters: few words have all letters of a
    pattern, or nearly the letters of a similar word.
    """

    def __init__(self, lexicon: Lexicon) -> None:
        """Scans this lexicon."""
        self._lexicon = lexicon

    @cached_property
    def _letters(self) -> tuple[NDArray[np.uint32], _Ids, NDArray[np.int32]]:
        """Code points of all words, a line each; where each word begins; its length."""
        text = "\n".join(self._lexicon) + "\n"
        points = np.frombuffer(text.encode("utf-32-le", errors="surrogatepass"), np.uint32)
        ends = np.flatnonzero(points == _LINE)[: len(self._lexicon)]
        starts = np.zeros(len(ends), np.int64)
        starts[1:] = ends[:-1] + 1
        return points, starts, (ends - starts).astype(np.int32)

    @cached_property
    def _bytes(self) -> NDArray[np.uint8]:
        """The same text as uint8, with line feeds in place of larger code points."""
        points = self._letters[0]
        return np.where(points < _BYTE, points, _LINE).astype(np.uint8)

    @cached_property
    def _masks(self) -> NDArray[np.uint64]:
        """Letter signature of each word, uint64: code points modulo 64."""
        points, starts, _ = self._letters
        if not len(starts):
            return np.zeros(0, np.uint64)
        bits = np.where(points == _LINE, np.uint64(0), _bit(points))
        masks: NDArray[np.uint64] = np.bitwise_or.reduceat(bits, starts)
        return masks

    def matching_wildcard(self, pattern: str) -> _Ids:
        """Returns the ids of words that match a pattern: ``*`` any characters, ``?`` exactly one.

        Between stars the leftmost match of a piece is always sufficient, so each piece is searched
        once, in all words together.
        """
        first = re.split(r"[*?]", pattern, maxsplit=1)[0]
        prefixed = self._lexicon.prefixed(first)
        if not len(prefixed) or "\n" in pattern:
            return np.zeros(0, np.int64)
        if pattern == first + "*":
            return np.arange(prefixed.start, prefixed.stop)
        points, starts, lengths = self._letters
        text: NDArray[Any] = self._bytes
        pattern_points = _points(pattern)
        if len(pattern_points) and pattern_points.max() >= _BYTE:
            text = points
        pieces = pattern.split("*")
        needed = sum(map(len, pieces))
        span = slice(prefixed.start, prefixed.stop)
        signature = np.bitwise_or.reduce(_bit(_points(re.sub(r"[*?]", "", pattern))))
        candidates = (self._masks[span] & signature) == signature
        candidates &= lengths[span] == needed if len(pieces) == 1 else lengths[span] >= needed
        ids = np.flatnonzero(candidates) + prefixed.start
        positions = starts[ids]
        ids, positions = _match_at(text, pieces[0], ids, positions)
        if len(pieces) == 1:
            return ids
        positions = positions + len(pieces[0])
        last = pieces[-1]
        stops = starts[ids] + lengths[ids] - len(last)
        for piece in pieces[1:-1]:
            if piece.strip("?"):
                matches = _find_piece(text, piece)
                if not len(matches):
                    return np.zeros(0, np.int64)
                next_match = matches.take(matches.searchsorted(positions), mode="clip")
                selected = next_match >= positions  # clipped to the last match where none follows
                ids, positions, stops = ids[selected], next_match[selected], stops[selected]
            positions = positions + len(piece)
            selected = positions <= stops
            ids, positions, stops = ids[selected], positions[selected], stops[selected]
        selected = positions <= stops
        return _match_at(text, last, ids[selected], stops[selected])[0]

    def within_edits(self, word: str, distance: int) -> NDArray[np.int64]:
        """Returns the ids of words within some edits of a word, adjacent transpositions included.

        Restricted Damerau-Levenshtein distance, also called optimal string alignment (Damerau 1964,
        https://doi.org/10.1145/363958.363994), row by row over all candidates at once, and only in
        the band where a row can still end within `distance` (Ukkonen 1985,
        https://doi.org/10.1016/S0019-9958(85)80046-2).
        """
        points, starts, lengths = self._letters
        length = len(word)
        letters = _points(word)
        candidates = np.abs(lengths - length) <= distance
        # An edit removes at most one letter from the signature and adds at most one.
        mask = np.bitwise_or.reduce(_bit(letters))
        candidates &= np.bitwise_count(self._masks ^ mask) <= 2 * distance
        ids = np.flatnonzero(candidates)
        if not len(ids):
            return ids
        width = length + distance
        indexes = starts[ids, None] + np.arange(width)
        grid = points.take(indexes, mode="clip").T  # past the end of a word: never read as a result
        size = lengths[ids]
        beyond = np.full(len(ids), distance + 1, np.int16)
        second_last: list[NDArray[np.int16]] = [beyond] * (width + 1)
        previous = [
            np.full(len(ids), j, np.int16) if j <= distance else beyond for j in range(width + 1)
        ]
        for i in range(1, length + 1):
            row = [beyond] * (width + 1)
            if i <= distance:
                row[0] = np.full(len(ids), i, np.int16)
            for j in range(max(1, i - distance), min(width, i + distance) + 1):
                differs = (grid[j - 1] != letters[i - 1]).astype(np.int16)
                best = np.minimum(
                    previous[j - 1] + differs, np.minimum(previous[j], row[j - 1]) + 1
                )
                if i > 1 and j > 1:
                    swapped = (grid[j - 2] == letters[i - 1]) & (grid[j - 1] == letters[i - 2])
                    best = np.where(swapped, np.minimum(best, second_last[j - 2] + 1), best)
                row[j] = best.astype(np.int16)
            second_last, previous = previous, row
        distances = np.stack(previous)[size, np.arange(len(ids))]
        return ids[distances <= distance]


def _points(text: str) -> NDArray[np.uint32]:
    """Returns the code points of a text, uint32."""
    return np.frombuffer(text.encode("utf-32-le", errors="surrogatepass"), np.uint32)


def _bit(points: NDArray[np.uint32]) -> NDArray[np.uint64]:
    """Returns the signature bit of each code point."""
    bits: NDArray[np.uint64] = np.uint64(1) << (points & np.uint32(63)).astype(np.uint64)
    return bits


def _match_at(text: NDArray[Any], piece: str, ids: _Ids, positions: _Ids) -> tuple[_Ids, _Ids]:
    """Keeps the words that contain a piece at exactly these positions."""
    for step, point in enumerate(_points(piece).tolist()):
        if point != ord("?"):
            selected = text.take(positions + step, mode="clip") == point
            ids, positions = ids[selected], positions[selected]
    return ids, positions


def _find_piece(text: NDArray[Any], piece: str) -> _Ids:
    """Returns the positions of a piece in a text, ascending; it has more than ``?``."""
    points = _points(piece).tolist()
    steps = [step for step, point in enumerate(points) if point != ord("?")]
    positions = np.flatnonzero(text == points[steps[0]])
    for step in steps[1:]:
        positions = positions[text.take(positions + (step - steps[0]), mode="clip") == points[step]]
    return positions - steps[0]
