"""Clauses joined: groups inside groups are flattened, and title or abstract is text."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from indexer.query import (
    And,
    Clause,
    Fuzzy,
    Or,
    Phrase,
    TextField,
    Wildcard,
    Word,
    Years,
)

_MOST_NESTED: Final = 8
"""Groups in which title and abstract are compared."""


def all_of(clauses: Sequence[Clause]) -> Clause | None:
    """Returns a clause that all of them match; None for none. Years are taken together.

    >>> all_of([Years(2010, None), Years(None, 2015)])
    Years(low=2010, high=2015)
    """
    needed: list[Clause] = []
    for clause in clauses:
        for part in clause.clauses if isinstance(clause, And) else (clause,):
            before = next((other for other in needed if isinstance(other, Years)), None)
            if isinstance(part, Years) and before is not None:
                both = _both(before, part)
                if both is not None:
                    needed[needed.index(before)] = both
                    continue
            if part not in needed:
                needed.append(part)
    if len(needed) < 2:
        return needed[0] if needed else None
    return And(tuple(needed))


def any_of(clauses: Sequence[Clause]) -> Clause | None:
    """Returns a clause that one of them matches; None for none.

    The same words in the title or in the abstract are words without a field.
    """
    flat = [
        part
        for clause in clauses
        for part in (clause.clauses if isinstance(clause, Or) else (clause,))
    ]
    of_abstract = {in_text: clause for clause in flat if (in_text := _in_text(clause, "abstract"))}
    of_title = {in_text: clause for clause in flat if (in_text := _in_text(clause, "title"))}
    both = set(of_abstract) & set(of_title)
    dropped = {of_abstract[text] for text in both}
    merged = {of_title[text]: text for text in both}
    kept: dict[Clause, None] = {}
    for clause in flat:
        if clause not in dropped:
            kept[merged.get(clause, clause)] = None
    if len(kept) < 2:
        return next(iter(kept), None)
    return Or(tuple(kept))


def _in_text(clause: Clause, field: TextField, depth: int = 0) -> Clause | None:
    """Returns a leaf of one field, or alternatives of such, without the field; else None."""
    if isinstance(clause, Word | Phrase | Wildcard | Fuzzy):
        return replace(clause, field=None) if clause.field == field else None
    if isinstance(clause, Or) and depth < _MOST_NESTED:
        parts = [_in_text(part, field, depth + 1) for part in clause.clauses]
        if all(part is not None for part in parts):
            return Or(tuple(part for part in parts if part is not None))
    return None


def _both(one: Years, other: Years) -> Years | None:
    """Returns the years in both; None where there is none."""
    lows = [low for low in (one.low, other.low) if low is not None]
    highs = [high for high in (one.high, other.high) if high is not None]
    low, high = max(lows, default=None), min(highs, default=None)
    return None if low is not None and high is not None and low > high else Years(low, high)
