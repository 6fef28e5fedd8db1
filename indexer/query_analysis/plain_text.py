"""Plain words: queries without operators and fields, whose text may be read as something else."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from indexer.query import Clause, Occur, Word, Words

MOST_WORDS: Final = 24
"""Words of a query in which names, venues and years are looked for; longer texts are none."""


def is_plain(clause: Clause | None, most: int = MOST_WORDS) -> bool:
    """Returns whether a clause is nothing but words of the text side by side.

    Args:
        clause: of a query.
        most: words that it may have.
    """
    if isinstance(clause, Word):
        return clause.field is None and not clause.exact and clause.boost == 1.0
    return (
        isinstance(clause, Words)
        and len(clause.parts) <= most
        and all(
            part.occur is Occur.DEFAULT and isinstance(part.clause, Word) and is_plain(part.clause)
            for part in clause.parts
        )
    )


def title_clause(clause: Clause | None) -> Clause | None:
    """Returns the same plain words, looked for in titles only; None for any other clause."""
    if isinstance(clause, Word):
        return replace(clause, field="title")
    if isinstance(clause, Words):
        return Words(
            tuple(
                replace(part, clause=replace(part.clause, field="title"))
                for part in clause.parts
                if isinstance(part.clause, Word)
            )
        )
    return None
