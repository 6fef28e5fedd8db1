"""Wildcards and fuzzy words over the vocabulary of a collection."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable

from indexer.text.folding import fold

CAP = 512
"""Most words a pattern stands for, in texts and again in names: those that most papers hold."""
TERMS = 1024
"""Words of all patterns of a query together."""
PHRASE = 64
"""Words of a phrase."""
PATTERNS = 32
"""Fuzzy words and patterns, but plain prefixes, of a query."""


def pattern_word(text: str) -> str:
    """Fold a pattern like a joined word: without hyphens, apostrophes and white space."""
    return re.sub(r"[\s'-]+", "", fold(text).text)


def fits(pattern: str) -> Callable[[str], bool]:
    """Make the test of a wildcard pattern: ``*`` any characters, ``?`` just one."""
    signs = {"*": ".*", "?": "."}
    test = re.compile("".join(signs.get(sign) or re.escape(sign) for sign in pattern), re.DOTALL)
    return lambda word: test.fullmatch(word) is not None


def near(text: str, distance: int) -> Callable[[str], bool]:
    """Make the test of a fuzzy word."""
    return lambda word: edits(text, word) <= distance


def edits(left: str, right: str) -> int:
    """Count insertions, deletions, replacements and swaps of neighbours, none edited twice."""
    rows = [list(range(len(right) + 1))]
    for i, one in enumerate(left, 1):
        row = [i]
        for j, other in enumerate(right, 1):
            best = min(rows[-1][j] + 1, row[-1] + 1, rows[-1][j - 1] + (one != other))
            if i > 1 and j > 1 and one == right[j - 2] and left[i - 2] == other:
                best = min(best, rows[-2][j - 2] + 1)
            row.append(best)
        rows.append(row)
    return rows[-1][-1]


def expand(vocabulary: Counter[str], test: Callable[[str], bool]) -> tuple[list[str], int]:
    """Returns the words that pass, commonest first, at most `CAP`, and how many would."""
    passing = [word for word in vocabulary if test(word)]
    passing.sort(key=lambda word: (-vocabulary[word], word))
    return passing[:CAP], len(passing)


def shared_out(sizes: list[int], room: int) -> int:
    """Returns the most words that each may have: raised by one as long as all fit together."""
    most = 0
    while most < max(sizes, default=0) and sum(min(size, most + 1) for size in sizes) <= room:
        most += 1
    return most
