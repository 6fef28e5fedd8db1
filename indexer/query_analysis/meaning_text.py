"""The text of a query that is compared by meaning: that of plain words alone.

Quotes, fields, patterns, operators, exclusions, identifiers and single words ask for what is
written, so such a query is ordered by words alone. Filters among the words do not matter.
"""

from __future__ import annotations

from typing import Final

from indexer.query import And, Clause, Has, Occur, Query, Sort, Value, Word, Words, Years

LEAST_WORDS: Final = 2
"""Words of a query that is compared by its meaning."""
MOST_CHARACTERS: Final = 20_000
"""Of a text that is compared by its meaning; the encoder reads fewer."""
_FILTERS: Final = (Value, Years, Has)
_NAMED: Final = ("id", "identifier")


def question_of(query: Query) -> str:
    """Returns the text of a query of plain words; empty where it asks for what is written.

    Example:
        >>> question_of(Query(clause=Words((Part(Word("large")), Part(Word("models"))))))
        'large models'
    """
    if query.sort is not Sort.RELEVANCE or query.clause is None:
        return ""
    words = _words(query.clause)
    if words is None or sum(word != "" for word in words) < LEAST_WORDS:
        return ""
    # As it was typed, signs of punctuation included, unless filters stand among the words.
    typed = "" if "" in words else query.text.strip()
    return (typed or " ".join(filter(None, words)))[:MOST_CHARACTERS]


def _words(clause: Clause) -> list[str] | None:
    """Returns the plain words of a clause, filters empty; None where it holds something else."""
    match clause:
        case Word(text=text, field=None, exact=False, boost=1.0):
            return [text]
        case Value(field=field) if field in _NAMED:
            return None
        case Value() | Years() | Has():
            return [""]
        case Words(parts):
            if any(part.occur is Occur.EXCLUDED for part in parts):
                return None
            return _together([part.clause for part in parts])
        case And(clauses) if sum(not isinstance(part, _FILTERS) for part in clauses) < LEAST_WORDS:
            return _together(list(clauses))
        case _:
            return None


def _together(clauses: list[Clause]) -> list[str] | None:
    words: list[str] = []
    for clause in clauses:
        more = _words(clause)
        if more is None:
            return None
        words += more
    return words
