"""Words side by side: what a run of terms without an operator between them means as a clause."""

from __future__ import annotations

from dataclasses import dataclass, replace

from indexer.language.leaves import read_word
from indexer.language.lexer import Token
from indexer.query import (
    And,
    AuthorName,
    Clause,
    Fuzzy,
    Has,
    LikelyPerson,
    Not,
    Occur,
    Or,
    Part,
    Phrase,
    Value,
    Wildcard,
    Word,
    Words,
    Years,
)

_LISTED = frozenset({"id", "year"})


@dataclass(frozen=True, slots=True)
class Item:
    """A part of a run while it is read.

    Attributes:
        negated: NOT was typed before it.
        grouped: it stood in parentheses, so it is no part of a sentence.
        token: the WORD it is made of, where it is one bare term.
    """

    clause: Clause
    occur: Occur = Occur.DEFAULT
    negated: bool = False
    grouped: bool = False
    token: Token | None = None


def is_question(clause: Clause) -> bool:
    """Returns whether a pattern is only a word followed by a question mark.

    Among other words of the text that mark is punctuation; alone it stands for one character.
    """
    if not isinstance(clause, Wildcard) or clause.field is not None:
        return False
    stem = clause.pattern.rstrip("?")
    return stem != clause.pattern and "*" not in stem and "?" not in stem


def is_running_text(clause: Clause) -> bool:
    """Returns whether a clause is a plain word, as sentences are made of."""
    plain = isinstance(clause, Word) and clause.field is None and not clause.exact
    return plain or is_question(clause)


def is_condition(clause: Clause) -> bool:
    """Returns whether a clause restricts the record or excludes, so is none of the bare words."""
    if isinstance(clause, And | Or):
        return all(is_condition(clause_) for clause_ in clause.clauses)
    if isinstance(clause, Words):
        return all(part.occur is Occur.EXCLUDED for part in clause.parts)
    return isinstance(clause, AuthorName | LikelyPerson | Value | Years | Has | Not)


def join_run(items: list[Item], field: str) -> Clause | None:
    """Returns one clause made of the parts of a run.

    Args:
        items: the parts in order.
        field: the field the run is a group of; a run of ids or of years means any of them.
    """
    if len(items) == 1:
        return _alone(items[0])
    bare = [item.clause for item in items if not item.negated and not item.occur]
    if items and field in _LISTED and len(bare) == len(items):
        return Or(tuple(bare))
    if sum(is_running_text(item.clause) for item in items) > 1:
        items = [_without_question(item) for item in items]
    words = [item for item in items if not _is_needed(item)]
    if len(words) == len(items):
        return _words(words)
    clauses: list[Clause] = []
    for item in items:
        if _is_needed(item):
            clauses.append(item.clause)
        elif item is words[0] and (run := _words(words)) is not None:
            clauses.append(run)
    return And(tuple(clauses))


def pair(left: Item, right: Item, slop: int) -> Item | None:
    """Joins two words to a phrase of some slop; None unless they are single words of one field."""
    first, second = _without_question(left).clause, _without_question(right).clause
    if not isinstance(first, Word) or not isinstance(second, Word):
        return None
    if right.occur or right.negated or second.field not in (None, first.field):
        return None
    if first.boost != 1.0 or second.boost != 1.0:
        return None
    text = " ".join(f"{first.text} {second.text}".split())
    return replace(left, clause=Phrase(text, first.field, slop), token=None)


def boosted(clause: Clause, boost: float) -> Clause:
    """Multiplies the boost of every word in a clause."""
    if isinstance(clause, Word | Phrase | Wildcard | Fuzzy):
        return replace(clause, boost=round(min(clause.boost * boost, 100.0), 3))
    if isinstance(clause, And | Or):
        return replace(clause, clauses=tuple(boosted(part, boost) for part in clause.clauses))
    if isinstance(clause, Words):
        parts = tuple(replace(part, clause=boosted(part.clause, boost)) for part in clause.parts)
        return Words(parts)
    return clause


def _is_needed(item: Item) -> bool:
    return not item.occur and not item.negated and is_condition(item.clause)


def _alone(item: Item) -> Clause:
    if item.occur:
        return Words((Part(item.clause, item.occur),))
    return Not(item.clause) if item.negated else item.clause


def _words(items: list[Item]) -> Clause | None:
    if len(items) < 2:
        return _alone(items[0]) if items else None
    return Words(
        tuple(Part(item.clause, Occur.EXCLUDED if item.negated else item.occur) for item in items)
    )


def _without_question(item: Item) -> Item:
    clause = item.clause
    if item.grouped or not isinstance(clause, Wildcard) or not is_question(clause):
        return item
    word = read_word(clause.pattern.rstrip("?"), None, lambda _: None)
    return replace(item, clause=boosted(word, clause.boost)) if word is not None else item
