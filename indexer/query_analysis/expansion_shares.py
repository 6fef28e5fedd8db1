"""The words that the patterns and fuzzy words of a query stand for, all of them together.

A query may ask for `Limits.terms` words by its patterns. Where they stand for more, none gets more
than a level at which all fit (max-min fairness; Bertsekas & Gallager 1992, "Data Networks", 6.5.2):
so a broad pattern never takes the words of a narrow one, and the order of the query does not count.
Of one pattern those words stay that most papers hold, of equals the first by alphabet.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from indexer.budget import PATTERNS_NOTE, Budget, BudgetSpent
from indexer.query import Clause, Fuzzy, Leaf, Wildcard, leaves_of
from indexer.query_analysis.leaf_analysis import (
    EMPTY_NOTE,
    NO_WORDS,
    Expansion,
    LeafReading,
    Vocabulary,
    read_leaf,
)
from indexer.query_analysis.terms import EveryTerm, UnionTerm
from indexer.text.folding import fold

MOST_WORDS: Final = 512
"""Most words of one pattern, in texts and again in names: half of `Limits.terms` each."""
_SHOWN: Final = 5
"""Up to so many words are named in the receipt."""

Pattern = Wildcard | Fuzzy


@dataclass(frozen=True, slots=True)
class _Expanded:
    """What one pattern stands for, in texts and in names."""

    words: Expansion
    names: Expansion

    @property
    def size(self) -> int:
        return len(self.words.words) + len(self.names.words)

    @property
    def total(self) -> int:
        return self.words.total + self.names.total


def reader_of(
    clause: Clause | None,
    vocabulary: Vocabulary,
    budget: Budget,
    *,
    skip: int = -1,
    read: Callable[[Leaf], LeafReading] | None = None,
) -> Callable[[Leaf], LeafReading]:
    """Returns what reads the leaves of a query, its patterns as they share the budget.

    Args:
        clause: the query.
        vocabulary: of the collection.
        budget: of the query.
        skip: place of a leaf, in order from 0, that is not asked for.
        read: reads what is no pattern; None = `read_leaf`.
    """
    leaves = (leaf for index, leaf in enumerate(leaves_of(clause)) if index != skip)
    patterns = read_patterns(leaves, vocabulary, budget)
    most = budget.limits.phrase_words

    def read_one(leaf: Leaf) -> LeafReading:
        if isinstance(leaf, Pattern):
            # The one that is skipped need not be read.
            return patterns.get(leaf) or LeafReading(leaf)
        return read_leaf(leaf, vocabulary, phrase_words=most) if read is None else read(leaf)

    return read_one


def read_patterns(
    leaves: Iterable[Leaf], vocabulary: Vocabulary, budget: Budget
) -> dict[Leaf, LeafReading]:
    """Reads the patterns and fuzzy words among the leaves of a query.

    Args:
        leaves: of the whole query, in order; others are passed over.
        vocabulary: of the collection.
        budget: of the query.
    """
    readings: dict[Leaf, LeafReading] = {}
    expanded: dict[Pattern, _Expanded] = {}
    compared = 0
    for leaf in dict.fromkeys(leave for leave in leaves if isinstance(leave, Pattern)):
        folded = folded_pattern(leaf)
        if not any(sign.isalnum() or sign in "*?" for sign in folded):
            readings[leaf] = LeafReading(leaf, note=EMPTY_NOTE)
        elif isinstance(leaf, Wildcard) and not folded.strip("*"):
            readings[leaf] = LeafReading(leaf, test=EveryTerm())
        elif is_compared(leaf, folded) and (compared := compared + 1) > budget.limits.patterns:
            note = PATTERNS_NOTE.format(budget.limits.patterns)
            readings[leaf] = LeafReading(leaf, note=note)
        else:
            try:
                budget.check()
                expanded[leaf] = _expand(leaf, folded, vocabulary)
            except BudgetSpent as spent:
                readings[leaf] = LeafReading(leaf, note=spent.note)
    most = level([expansion.size for expansion in expanded.values()], budget.limits.terms)
    return readings | {
        leaf: _reading(leaf, expansion, most) for leaf, expansion in expanded.items()
    }


def is_compared(leaf: Pattern, folded: str) -> bool:
    """Says whether a pattern has to be compared with every word: it is no plain prefix."""
    return isinstance(leaf, Fuzzy) or not folded.endswith("*") or bool({*folded[:-1]} & {*"*?"})


def folded_pattern(leaf: Pattern) -> str:
    """Folds a pattern like a joined word: without hyphens, apostrophes and white space.

    Empty for a fuzzy word that has neither letter nor digit.
    """
    text = leaf.pattern if isinstance(leaf, Wildcard) else leaf.text
    folded = "".join(sign for sign in fold(text).text if sign not in "-'" and not sign.isspace())
    if isinstance(leaf, Fuzzy) and not any(sign.isalnum() for sign in folded):
        return ""
    return folded


def level(sizes: Sequence[int], room: int) -> int:
    """Returns the most that each may have so that all together have at most `room`.

    >>> level([3, 600, 600], 1024)
    510
    """
    left = room
    for passed, size in enumerate(sorted(sizes)):
        share = left // (len(sizes) - passed)
        if size > share:
            return share
        left -= size
    return room


def shares(words: int, names: int, most: int) -> tuple[int, int]:
    """Returns how many words of texts and of names a pattern gets that may have `most` of both."""
    if words + names <= most:
        return words, names
    of_names = min(names, max(most // 2, most - words))
    return most - of_names, of_names


def _expand(leaf: Pattern, folded: str, vocabulary: Vocabulary) -> _Expanded:
    def expand(*, names: bool) -> Expansion:
        if isinstance(leaf, Wildcard):
            return vocabulary.fitting(folded, names=names)
        return vocabulary.close(folded, min(2, max(1, leaf.distance)), names=names)

    return _Expanded(
        NO_WORDS if leaf.field == "author" else expand(names=False),
        expand(names=True) if leaf.field in (None, "author") else NO_WORDS,
    )


def _reading(leaf: Pattern, expanded: _Expanded, most: int) -> LeafReading:
    words, names = expanded.words.words, expanded.names.words
    of_words, of_names = shares(len(words), len(names), most)
    words, names = words[:of_words], names[:of_names]
    term = UnionTerm(tuple(sorted(words)), tuple(sorted(names)), leaf.field)
    return LeafReading(leaf, (term,), None, leaf.boost, note=_note(term, expanded.total))


def _note(term: UnionTerm, total: int) -> str:
    held = len(term.words) + len(term.names)
    if held < total:
        return f"stopped at {held:,} of {total:,} words"
    taken = sorted({*term.words, *term.names})
    if not taken:
        return "no word fits"
    if len(taken) <= _SHOWN:
        return "stands for " + ", ".join(taken)
    return f"stands for {len(taken):,} words"
