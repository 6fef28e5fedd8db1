"""Two words of a query that are one: "non invasive" is "non-invasive" and "noninvasive".

Words that only ever stand before others ("non", "multi") are read as one with the word behind them
where some paper writes the two with a hyphen. Any two words that are somewhere joined would be too
many: "deep-learning" is written, but who asks for `deep learning` asks for two words.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Final

from indexer.analysis import open_word
from indexer.matching.marks import WORD
from indexer.query import Leaf, Word
from indexer.text.folding import fold

BOUND: Final = frozenset(
    """anti auto bi co counter cross de hetero homo hyper infra inter intra macro meta micro mini
    mono multi nano neo non omni para poly post pre proto pseudo quasi re self semi sub super supra
    tele trans tri ultra un uni""".split()
)
"""What stands before a word and is none itself."""

Partings = Callable[[str], tuple[tuple[str, ...], ...]]
"""Gives every way a plain word was parted by hyphens."""
Join = Callable[[Leaf, Leaf], Word | None]
"""Gives the one word that two neighbours are, or None where they are two."""


def joined_word(first: Leaf, second: Leaf, partings: Partings) -> Word | None:
    """Give the compound that two neighbouring words of a query are, written with a hyphen.

    Both must be plain words, sought in the same field with the same weight; stop words are none.
    """
    if not isinstance(first, Word) or not isinstance(second, Word):
        return None
    if first.exact or replace(second, text=first.text) != first:
        return None
    before = _plain(first.text)
    if before not in BOUND:
        return None
    behind = _plain(second.text)
    if not behind or (before, behind) not in partings(before + behind):
        return None
    return replace(first, text=f"{before}-{behind}")


def _plain(text: str) -> str:
    """Give the one plain word that a text is, folded, or nothing."""
    raws = WORD.findall(fold(text, umlauts=True).text)
    parts, joined = open_word(raws[0]) if len(raws) == 1 else ((), "")
    return parts[0] if len(parts) == 1 and not joined else ""
