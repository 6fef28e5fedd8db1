"""Terms of titles and abstracts as clauses: wildcards, phrases, words near each other.

Quiver has no wildcards inside a phrase or near another word. Such words are asked for one by one,
in the same field, which finds more; a note says so.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Final

from indexer.language.leaves import MAX_PHRASE, MAX_SLOP, MAX_WORD, has_letters
from indexer.query import And, Clause, Or, Phrase, TextField, Wildcard, Word
from indexer.reviews.search_strings.syntax import SearchSyntax, Wild
from indexer.reviews.search_strings.tokens import TokenKind
from indexer.reviews.search_strings.tree import SearchOperation, SearchTerm, SearchTree

WILD_PHRASE: Final = (
    "A phrase has no wildcards here: its words are asked for anywhere in the field, which finds "
    "more."
)
WILD_NEAR: Final = (
    "Only plain words can be asked for near each other: these are asked for anywhere in the field, "
    "which finds more."
)
NO_ORDER: Final = "Words near each other may stand in any order here, which finds more."
LIMITED: Final = "The number of letters that a wildcard stands for is not limited here."
SPREAD: Final = "The distance is counted over all of these words, not between neighbours."
_MOST_PHRASES: Final = 64
"""Phrases that words near each other may become."""
_MOST_OPTIONAL: Final = 2
"""Letters of a word that may be missing; more become any number of letters."""
_LIMITED: Final = re.compile(r"([*$])(\d+)")
_EDGES: Final = ".,;:!-'/&+|`"


@dataclass(frozen=True, slots=True)
class TextClause:
    """A term as a clause.

    Attributes:
        clause: None where it holds no word.
        losses: sentences on what is lost.
    """

    clause: Clause | None
    losses: tuple[str, ...] = ()


def text_clause(
    term: SearchTerm, field: TextField | None, syntax: SearchSyntax, *, is_phrase: bool
) -> TextClause:
    """Returns a term of the text: a word, a pattern, a phrase, or words that are all needed.

    Args:
        term: of the search string.
        field: the only one to look in, or None for all.
        syntax: of the database.
        is_phrase: words side by side without quotation marks are a phrase.
    """
    is_literal = term.style is TokenKind.BRACED
    wildcards: Mapping[str, Wild] = {} if is_literal else syntax.wildcards
    words = _words(term.text, wildcards)
    if not words:
        return TextClause(None)
    losses: list[str] = []
    if len(words) == 1:
        return TextClause(
            _word(words[0], field, wildcards, losses, exact=term.style is not TokenKind.WORD),
            tuple(losses),
        )
    if term.style is TokenKind.WORD and not is_phrase:
        needed = [_word(word, field, wildcards, losses, exact=False) for word in words]
        return TextClause(And(tuple(needed)), tuple(losses))
    if not any(_is_wild(word, wildcards) for word in words):
        return TextClause(Phrase(" ".join(words[:MAX_PHRASE]), field))
    parts: list[Clause] = []
    run: list[str] = []
    for word in [*words, ""]:
        if word and not _is_wild(word, wildcards):
            run.append(word)
            continue
        if run:
            parts.append(
                Phrase(" ".join(run), field) if len(run) > 1 else Word(run[0], field, exact=True)
            )
            run = []
        if word:
            parts.append(_word(word, field, wildcards, losses, exact=True))
    return TextClause(And(tuple(parts)), (*losses, WILD_PHRASE))


def near_clause(
    operation: SearchOperation, field: TextField | None, syntax: SearchSyntax
) -> TextClause | None:
    """Returns words near each other as phrases of some slop; None where they are not plain words.

    Groups of alternatives are multiplied out: ``(heart or cardiac) adj3 failure`` is two phrases.
    """
    sides = [list(_alternatives(operand, syntax)) for operand in operation.operands]
    total = 1
    for side in sides:
        total *= len(side)
    if any(text is None for side in sides for text in side) or not 0 < total <= _MOST_PHRASES:
        return None
    slop = min(MAX_SLOP, operation.distance * (len(sides) - 1))
    losses = [SPREAD] if len(sides) > 2 and slop else []
    if operation.is_ordered and slop:
        losses.append(NO_ORDER)
    phrases: list[Clause] = []
    for texts in product(*sides):
        words = [text for text in texts if text]
        phrases.append(Phrase(" ".join(words), field, slop))
        if not slop and not operation.is_ordered and len(words) == 2:
            phrases.append(Phrase(" ".join(reversed(words)), field))
    phrases = list(dict.fromkeys(phrases))
    return TextClause(phrases[0] if len(phrases) == 1 else Or(tuple(phrases)), tuple(losses))


def phrase_near(term: SearchTerm, field: TextField | None, distance: int) -> TextClause:
    """Returns the words of a term at most some other words apart, as PubMed's ``[tiab:~3]``."""
    words = _words(term.text, {})[:MAX_PHRASE]
    if len(words) < 2:
        return TextClause(Word(words[0], field, exact=True) if words else None)
    text, slop = " ".join(words), min(distance, MAX_SLOP)
    if slop or len(words) > 2:
        return TextClause(Phrase(text, field, slop))
    return TextClause(Or((Phrase(text, field), Phrase(" ".join(reversed(words)), field))))


def _alternatives(tree: SearchTree, syntax: SearchSyntax) -> Iterator[str | None]:
    """Yields the texts of a group of alternatives; None for anything else."""
    if isinstance(tree, SearchTerm) and tree.style in (
        TokenKind.WORD, TokenKind.QUOTED, TokenKind.BRACED,
    ):  # fmt: skip
        words = _words(tree.text, syntax.wildcards)
        is_plain = words and not any(_is_wild(word, syntax.wildcards) for word in words)
        yield " ".join(words) if is_plain else None
    elif isinstance(tree, SearchOperation) and tree.operator == "OR":
        for operand in tree.operands:
            yield from _alternatives(operand, syntax)
    else:
        yield None


def _words(text: str, wildcards: Mapping[str, Wild]) -> list[str]:
    """Returns the words of a text without the marks around them."""
    edges = "".join(char for char in _EDGES if char not in wildcards)
    words = (word.strip(edges) for word in text.split())
    return [word[:MAX_WORD] for word in words if has_letters(word)]


def _is_wild(word: str, wildcards: Mapping[str, Wild]) -> bool:
    return any(char in wildcards for char in word)


def _word(
    word: str,
    field: TextField | None,
    wildcards: Mapping[str, Wild],
    losses: list[str],
    *,
    exact: bool,
) -> Clause:
    if not _is_wild(word, wildcards):
        return Word(word, field, exact)
    if _LIMITED.search(word):
        losses.append(LIMITED)
        word = _LIMITED.sub(r"\1", word)
    kinds = {char: kind for char, kind in wildcards.items() if char in word}
    optional = sum(word.count(char) for char, kind in kinds.items() if kind == "optional")
    choices: list[Sequence[str]] = []
    for char in word:
        kind = kinds.get(char)
        if kind == "optional":
            choices.append(("?", "") if optional <= _MOST_OPTIONAL else ("*",))
        else:
            choices.append(({"any": "*", "one": "?"}.get(kind or "", char),))
    patterns = dict.fromkeys(re.sub(r"\*+", "*", "".join(chars)) for chars in product(*choices))
    clauses = [
        Wildcard(pattern, field)
        if re.search(r"[*?]", pattern)
        else Word(pattern, field, exact=True)
        for pattern in patterns
        if has_letters(pattern)
    ]
    return clauses[0] if len(clauses) == 1 else Or(tuple(clauses))
