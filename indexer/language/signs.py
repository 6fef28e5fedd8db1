"""Signs that carry meaning but are no terms of an index, so that a receipt can name them.

The analyzer makes terms of words, numbers, emoji and a few names that end in a sign ("C++", "C#",
"A*"). All other signs are left out of texts and queries alike: "p < .05" asks for "p" and "05".
Punctuation and the signs of the query language itself (`indexer.language.syntax`) mean nothing by
themselves and are not named.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from typing import Final

from indexer.analysis import Analyzer
from indexer.query import Repair
from indexer.text.folding import fold

LONGEST: Final = 200
"""Characters of a text whose signs are named; a longer one is pasted, not typed."""
_MOST: Final = 5
"""Signs that one sentence names."""
_CANDIDATE: Final = re.compile(r"[#<>=%@+&$*^~.]|[^\x00-\x7f]")
_TOKEN: Final = re.compile(r"\S+")
_TEX: Final = re.compile(r"\$[^$\n]*\$|\\[A-Za-z]+")
_QUOTES: Final = '"“”„‟«»〝〞〟＂'
_LONE: Final = frozenset("#<>=%@+&$*^~")
"""Signs of ASCII that are named where they stand without a word."""
_BETWEEN: Final = re.compile(r"(?<=\w)[<>=]+(?=[\w.])")
_BEFORE: Final = re.compile(r"(?:[#@$€£¥]|\.(?=[A-Z]{2}|[0-9]))(?=\w)")
_BEHIND: Final = re.compile(r"(?<=\w)(?:%|\+{1,2}|#)$")
_SYMBOLS: Final = frozenset(("Sm", "Sc", "So"))
_WITH_FIELD: Final = re.compile(r"[A-Za-z_]+:\S|(?i:year)[<>]|.*://")
_ENTRY: Final = re.compile(r"\s*@\w+\s*\{")
_ANALYZER: Final = Analyzer(stop_words=frozenset(), stemming=False)


def unindexed_signs(text: str) -> tuple[Repair, ...]:
    """Returns what to say of the signs of a query that no term of an index can hold.

    Args:
        text: as typed.

    Returns:
        At most one sentence about signs by themselves, and one about each word or number whose
        sign is left out; none where the text is longer than `LONGEST`.

    >>> [repair.reason for repair in unindexed_signs("p < .05")]
    ['The sign “<” is not indexed, so it was left out.', '“.05” was read as “05”.']
    """
    if len(text) > LONGEST or "\n" in text or not _CANDIDATE.search(text) or _ENTRY.match(text):
        return ()
    masked = _TEX.sub(lambda match: " " * len(match[0]), text)
    signs: dict[str, tuple[int, int]] = {}
    repairs: list[Repair] = []
    for match in _TOKEN.finditer(masked):
        start, token = match.start(), match[0]
        if _WITH_FIELD.match(token):
            continue
        for sign, offset in _signs_in(token):
            signs.setdefault(sign, (start + offset, start + offset + len(sign)))
        bare = token.strip(_QUOTES + "(),;:!?")
        read = _read_as(bare)
        if read:
            offset = start + token.index(bare)
            reason = f"“{bare}” was read as “{read}”."
            repairs.append(Repair(offset, offset + len(bare), reason))
    if signs:
        first, last = min(signs.values())[0], max(signs.values())[1]
        repairs.insert(0, Repair(first, last, _sentence(tuple(signs)[:_MOST])))
    return tuple(repairs)


def _signs_in(token: str) -> Iterator[tuple[str, int]]:
    """Yields the signs of a token without spaces that are left out, with their offsets."""
    bare = token.strip(_QUOTES + "(),;:!?")
    if len(bare) <= 3 and bare and set(bare) <= _LONE and bare not in ("*", "&", "+"):
        yield bare, token.index(bare)
        return
    if bare in ("&", "+", "*") and token != bare:  # in quotes, so it is meant
        yield bare, token.index(bare)
        return
    for match in _BETWEEN.finditer(token):
        yield match[0], match.start()
    for offset, char in enumerate(token):
        if not char.isascii() and unicodedata.category(char) in _SYMBOLS and not _is_term(char):
            yield char, offset


def _read_as(token: str) -> str:
    """Returns a word or number without the sign that its term lacks; empty where it lacks none."""
    match = _BEFORE.match(token)
    if match is not None:
        return token[match.end() :]
    match = _BEHIND.search(token)
    return token[: match.start()] if match is not None and not _ends_in_term(token) else ""


def _ends_in_term(token: str) -> bool:
    """Returns whether the sign at the end of a token is part of its term, as in "C++"."""
    words = _ANALYZER.words(fold(token, umlauts=True).text)
    return bool(words) and not words[-1][-1].isalnum()


def _is_term(char: str) -> bool:
    return bool(_ANALYZER.words(fold(char, umlauts=True).text))


def _sentence(signs: tuple[str, ...]) -> str:
    named = [f"“{sign}”" for sign in signs]
    if len(named) == 1:
        return f"The sign {named[0]} is not indexed, so it was left out."
    listed = f"{', '.join(named[:-1])} and {named[-1]}"
    return f"The signs {listed} are not indexed, so they were left out."
