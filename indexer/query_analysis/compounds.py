"""Two words of a query that are one: a compound typed with a blank, or a name with a stop word.

"non invasive" is "non-invasive" and "noninvasive": words that only ever stand before others
("non", "multi") are read as one with the word behind them where some paper writes the two with a
hyphen. Any two words that are somewhere joined would be too many: "deep-learning" is written, but
who asks for `deep learning` asks for two words.

"Bo An", "Di He" and "Jonathan May" are people, though "an", "he" and "may" are stop words: beside
a word with which it is an author's whole name, a stop word is asked for. Where it comes first
("Will Smith", but also "an li") both must begin with capitals.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Final

from indexer.analysis import open_word, plain_words
from indexer.highlighting.spans import WORD
from indexer.query import Leaf, Word
from indexer.query_analysis.leaf_analysis import Vocabulary
from indexer.text.folding import fold

BOUND: Final = frozenset(
    """anti auto bi co counter cross de hetero homo hyper infra inter intra macro meta micro mini
    mono multi nano neo non omni para poly post pre proto pseudo quasi re self semi sub super supra
    tele trans tri ultra un uni""".split()
)
"""What stands before a word and is none itself."""

Join = Callable[[Leaf, Leaf], Word | None]
"""Returns the one word that two neighbours are, or None where they are two."""


def joined_word(first: Leaf, second: Leaf, vocabulary: Vocabulary) -> Word | None:
    """Returns the compound or the name that two neighbouring words of a query are.

    Both must be plain words, sought in the same field with the same weight.

    Args:
        first: a leaf.
        second: the one right behind it.
        vocabulary: of the collection.
    """
    if not isinstance(first, Word) or not isinstance(second, Word):
        return None
    if first.exact or replace(second, text=first.text) != first:
        return None
    pair = (_plain(first.text), _plain(second.text))
    if all(pair) and pair[0] in BOUND and pair in vocabulary.partings("".join(pair)):
        return replace(first, text="-".join(pair))
    if first.field is None and _is_name(first, second, vocabulary):
        return replace(first, text=f"{first.text} {second.text}", field="author")
    return None


def _is_name(first: Word, second: Word, vocabulary: Vocabulary) -> bool:
    pair = (*plain_words(first.text), *plain_words(second.text))
    if len(pair) != 2:
        return False
    leads, follows = (word in vocabulary.analyzer.stop_words for word in pair)
    if leads == follows:
        return False
    if leads and not (first.text[0].isupper() and second.text[0].isupper()):
        return False
    return vocabulary.named(pair)


def _plain(text: str) -> str:
    """Returns the one plain word that a text is, folded, or nothing."""
    raws = WORD.findall(fold(text, umlauts=True).text)
    parts, joined = open_word(raws[0]) if len(raws) == 1 else ((), "")
    return parts[0] if len(parts) == 1 and not joined else ""
