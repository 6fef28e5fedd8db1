"""The explanation of a score for the reader: a sentence and a bar for each part of it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final, NamedTuple

from indexer import Contribution

_WORD: Final = re.compile(r"[^\W_]+")
_FIELDS: Final = {
    "title": "in the title",
    "abstract": "in the abstract",
    "author": "in the authors’ names",
    "authors": "in the authors’ names",
    "keywords": "in the keywords",
}
_SIGNALS: Final = {
    "coverage": "The paper has many of the words of the query",
    "title": "The title resembles the query",
    "likeness of meaning": "The paper is close to the query in meaning",
    "papers of like meaning": "Papers close to it in meaning fit the query",
}


class ScoreBar(NamedTuple):
    """One part of a score.

    Attributes:
        sentence: what adds it.
        value: what it adds.
        width: of its bar, in hundredths of the largest part.
    """

    sentence: str
    value: float
    width: float


def score_bars(why: Sequence[Contribution], text: str) -> tuple[ScoreBar, ...]:
    """Returns the parts of a score, largest first; the values add up to it.

    Args:
        why: contributions of a hit.
        text: the query as typed: terms are named by its words rather than by their stems.
    """
    typed = _WORD.findall(text)
    largest = max((abs(part.value) for part in why), default=0.0) or 1.0
    return tuple(
        ScoreBar(_sentence(part, typed), part.value, round(100 * abs(part.value) / largest, 1))
        for part in why
    )


def _sentence(part: Contribution, typed: Sequence[str]) -> str:
    if not part.field and part.label in _SIGNALS:
        return _SIGNALS[part.label]
    first, near, second = part.label.partition(" near ")
    if near and not part.field:
        return f"“{_as_typed(first, typed)}” stands close to “{_as_typed(second, typed)}”"
    word, _, rest = part.label.partition(", as in")
    named = f"“{_as_typed(word, typed)}”"
    if rest:
        return f"{named}, a word that the best papers share"
    return f"{named} {_FIELDS.get(part.field, part.field)}".rstrip()


def _as_typed(label: str, typed: Sequence[str]) -> str:
    """Returns the typed word whose stem a label is, or the label."""
    folded = label.casefold()

    def shared(word: str) -> int:
        pairs = zip(word.casefold(), folded, strict=False)
        return next((at for at, (a, b) in enumerate(pairs) if a != b), min(len(word), len(folded)))

    best = max(typed, key=shared, default=label)
    # A stem may end otherwise than its word: "studi" is of "study".
    return best if best and shared(best) >= max(3, len(folded) - 2) else label
