"""Completion of what is being typed: names, venues and titles that go on like it, most used first.

A text is found from the beginning of each of its words, and a name in either order: "jaggi m",
"martin ja" and "jag" all give "Martin Jaggi". Case, accents and punctuation play no part.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from indexer.language.lexer import FIELDS
from indexer.text.folding import fold

LONGEST: Final = 80
"""Characters of a folded text that are compared."""


@dataclass(frozen=True, slots=True)
class Completion:
    """One text that goes on like what was typed.

    Attributes:
        text: as it stands in the index.
        papers: number of papers it has.
    """

    text: str
    papers: int


class Completions:
    """Texts laid out for completion; never changes.

    Needs one key, about 100 bytes, for every word that a text may be begun from.
    """

    def __init__(
        self, texts: Sequence[str], papers: Sequence[int] | NDArray[np.int64], *, starts: int = 8
    ) -> None:
        """Take the texts.

        Args:
            texts: names, venues or titles, no two equal.
            papers: for each, the number of papers, by which they are ordered.
            starts: first words that a text may be begun from; 1 = only its beginning.
        """
        self._texts = tuple(texts)
        self._papers = np.asarray(papers, dtype=np.int64)
        pairs = sorted(
            (key, owner) for owner, text in enumerate(texts) for key in _keys(text, starts)
        )
        self._keys = [key for key, _ in pairs]
        self._owners = np.fromiter((owner for _, owner in pairs), np.int64, len(pairs))
        self._key_papers = self._papers[self._owners]
        self._starts = starts

    def __len__(self) -> int:
        return len(self._texts)

    def complete(self, typed: str, limit: int = 10) -> list[Completion]:
        """Give the texts that hold the typed words from a word's beginning on.

        Args:
            typed: what stands in the box so far; its last word may be half a word.
            limit: most texts to give; those of most papers, among equals the first by letters.
        """
        prefix = _key(typed)
        if not prefix or limit < 1:
            return []
        low = bisect_left(self._keys, prefix)
        high = bisect_left(self._keys, prefix + "\U0010ffff", lo=low)
        owners, papers = self._owners[low:high], self._key_papers[low:high]
        enough = limit * self._starts  # keys that surely are of `limit` different texts
        if len(owners) > enough:
            least = np.partition(papers, len(owners) - enough)[len(owners) - enough]
            ties = np.flatnonzero(papers == least)[:enough]
            owners = np.concatenate([owners[papers > least], owners[ties]])
        owners = np.unique(owners)
        found = [Completion(self._texts[owner], int(self._papers[owner])) for owner in owners]
        found.sort(key=lambda one: (-one.papers, one.text.casefold(), one.text))
        return found[:limit]


def complete_field(typed: str) -> list[str]:
    """Give the fields of the query language whose name goes on like the word typed last.

    >>> complete_field("gossip au")
    ['author:']
    """
    word = re.split(r"[\s(+-]", typed)[-1].lower()
    if not word.isalpha():
        return []
    names = dict.fromkeys(FIELDS.values())
    return [f"{name}:" for name in names if name.startswith(word)]


def _keys(text: str, starts: int) -> Iterator[str]:
    """Give the text from the beginning of each of its first words on, then what came before it."""
    words = _key(text).split()
    for start in range(min(starts, len(words))):
        yield " ".join((*words[start:], *words[:start]))[:LONGEST]


def _key(text: str) -> str:
    """Fold a text to its letters and digits, words parted by one space."""
    folded = fold(text[: 4 * LONGEST], name=True).text.replace("'", "")
    return " ".join(re.findall(r"\w+", folded))[:LONGEST]
