"""The marks and words of a typed query, one token at a time.

The lexer decides what a character means where it stands: a hyphen is NOT only after a space and
right before a term, a colon makes a field only after a field's name, a ``$…$`` of TeX is one word
whatever it holds. What the words then say is read by `indexer.language.leaves`.
"""

from __future__ import annotations

import difflib
import re
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Final, get_args

from indexer.query import RecordField, Repair
from indexer.record.identifier_forms import FIELD_SCHEMES

FIELDS: Final = MappingProxyType(
    {
        "title": "title",
        "ti": "title",
        "abstract": "abstract",
        "abs": "abstract",
        "author": "author",
        "authors": "author",
        "au": "author",
        "venue": "venue",
        "year": "year",
        "type": "type",
        "id": "id",
        "has": "has",
        "no": "no",
        "label": "label",
        "all": "all",
        **{field: field for field in get_args(RecordField)},
        "aff": "affiliation",
        "lang": "language",
        "mesh": "subject",
        "keyword": "subject",
        **{scheme: scheme for scheme in FIELD_SCHEMES},
        "pmc": "pmcid",
    }
)
"""Names a person may type before a colon, and the field each stands for; ``all`` is no field."""

QUOTES: Final = '"“”„‟«»〝〞〟＂'
LEADING: Final = "-+!,.;:/|&<>~^=[]#@`'’‘´…–—·•%"
"""Marks without meaning before a word."""
TRAILING: Final = ",.;:!/|&~^=<>[]-–—…'’`@·•"
"""Marks without meaning after a word; ``C++``, ``C#``, ``15%`` and ``$x$`` keep theirs."""

_SPACED_FIELDS = frozenset({"title", "author", "abstract", "venue", "year"})
_NOT_FIELDS = frozenset({"http", "https", "ftp", "urn", "mailto"})
_WHOLE_VALUES = frozenset({"id", *FIELD_SCHEMES})
"""Fields whose value goes on to the next space, whatever signs it holds."""
_VOID = re.compile(r"[\x00-\x1f\x7f-\x9f\ud800-\udfff]")
_FIELD = re.compile(r"([A-Za-z][A-Za-z_]{0,30}):")
_YEAR_SIGN = re.compile(r"year(?=[<>]=?\s*[0-9]{4}\b)", re.IGNORECASE)
_TO = r"(?:-{1,3}|–|—|\.{2,3}|:)"
_YEARS = re.compile(
    rf"[\[{{][^\]}}]{{0,40}}[\]}}]|[<>]=?\s*[0-9]{{4}}\b"
    rf"|[0-9]{{4}}\s*(?:{_TO}|to\b|TO\b)\s*[0-9]{{4}}\b"
    rf"|[0-9]{{4}}{_TO}(?![0-9])|{_TO}[0-9]{{4}}\b"
)
_ID = re.compile(r"[^\s]+")
_NEAR = re.compile(r"(?:NEAR/?|[wW]/)([0-9]{1,4})")
_MARKS = re.compile(rf"[=^]{{0,8}}(?=[{QUOTES}])")
_PLAIN = re.compile(rf"[^\s(){QUOTES}\\$]+")
_SIMPLE = re.compile(r"[a-z]+(?=\s|$)")
_SPACE = re.compile(r"\s")
_RULE = re.compile(r"([^\w\s()])\1{7,}")
_QUOTE = re.compile(rf'(?!(?<=\\)"[A-Za-z{{\\])[{QUOTES}]')
_TEX_QUOTE = re.compile(r'\\"(?=[A-Za-z{\\])')
_CLOSING = re.compile(rf'(?:\\"(?=[A-Za-z{{\\])|[^{QUOTES}])*+[{QUOTES}]')
_AFTER_QUOTE = re.compile(r"(?:\$|~[0-9.]{0,8}|\^[0-9.]{1,8}){0,4}")
_AFTER_NAME = re.compile(r"(?:\$|~[0-9.]{0,8}|\^[0-9.]{1,8}|#[0-9]{1,9}\b){0,4}")
_AFTER_GROUP = re.compile(r"\^[0-9.]{1,8}")
_TEX_SPAN = 100
_PLURAL = re.compile(r"\((?:s|es)\)(?![^\W_])")
_FUNCTION = re.compile(r"[^\W\d_]{1,4}")
_ARGUMENT = re.compile(
    r"\((?!e?s\))(?=[^()]*[\d\W]|.\))"
    r"(?:[\w√+*/^.,-]{1,4}(?: (?=[\w√])(?!(?:AND|OR|NOT)\b))?){1,6}\)"
)
"""What stands behind O, SE or TD in "O(n log n)", "SE(3)", "TD(λ)"."""


class Kind(StrEnum):
    """What a token is."""

    WORD = "word"
    QUOTED = "quoted"
    FIELD = "field"
    OPEN = "("
    CLOSE = ")"
    AND = "AND"
    OR = "OR"
    NOT = "NOT"
    NEAR = "NEAR"
    PLUS = "+"
    MINUS = "-"
    END = ""


@dataclass(frozen=True, slots=True)
class Token:
    """A piece of the query.

    Attributes:
        start: offset of its first character in the typed string.
        end: offset after its last.
        text: what a WORD or QUOTED holds, the field's name of a FIELD, the number of a NEAR.
        before: marks right before the opening quote (``=``, ``^``).
        after: marks right after the closing quote or parenthesis (``~3``, ``^2``, ``$``, ``#3``).
    """

    kind: Kind
    start: int
    end: int
    text: str = ""
    before: str = ""
    after: str = ""


def is_operator(word: str) -> bool:
    """Returns whether a bare word would be read as an operator."""
    return word in ("AND", "OR", "NOT", "ANDNOT") or _NEAR.fullmatch(word) is not None


def _balanced(text: str) -> str:
    """Returns the text up to its first unbalanced parenthesis."""
    opened: list[int] = []
    for at, char in enumerate(text):
        if char == "(":
            opened.append(at)
        elif char == ")":
            if not opened:
                return text[:at]
            opened.pop()
    return text[: opened[0]] if opened else text


class Lexer:
    """Reads tokens from left to right.

    Attributes:
        repairs: what was mended on the way, in order of reading.
    """

    def __init__(self, text: str) -> None:
        """Begins at the start; control characters and lone surrogates count as spaces."""
        self._text = _VOID.sub(" ", text)
        self._at = 0
        self._size = len(text)
        self.repairs: list[Repair] = []

    def stop(self) -> None:
        """Leaves out everything that was not read yet."""
        self._at = self._size

    def next(self, field: str = "") -> Token:
        """Reads one token.

        Args:
            field: the field named right before, whose value follows; no operator is meant then.
        """
        while self._at < self._size:
            start = self._at
            char = self._text[start]
            literal = field not in ("", "all", "has", "no")
            if char.isspace():
                self._at += 1
                continue
            has_rules = field in ("", "year") or field in _WHOLE_VALUES
            if has_rules and (value := self._value(field)) is not None:
                return value
            if char == "(":
                return self._mark(Kind.OPEN, start, 1)
            if char == ")":
                suffix = _AFTER_GROUP.match(self._text, start + 1)
                after = suffix.group() if suffix else ""
                return self._mark(Kind.CLOSE, start, 1 + len(after), after)
            quoted = _MARKS.match(self._text, start)
            if quoted is not None:
                token = self._quoted(start, quoted.end(), field)
                if token is not None:
                    return token
                continue
            if char in "+-" and not literal and self._is_prefix(start):
                return self._mark(Kind.PLUS if char == "+" else Kind.MINUS, start, 1)
            if self._is_void(start, field):
                rule = _RULE.match(self._text, start)
                self._at = rule.end() - 1 if rule else start + 1
                continue
            named = self._field(start, literal=literal)
            if named is not None:
                return named
            return self._word(start, field=field, literal=literal)
        return Token(Kind.END, self._size, self._size)

    def _mark(self, kind: Kind, start: int, length: int, after: str = "") -> Token:
        self._at = start + length
        return Token(kind, start, self._at, after=after)

    def _is_prefix(self, at: int) -> bool:
        """Returns whether the sign at `at` follows a space and directly precedes a term."""
        before = self._text[at - 1] if at else " "
        after = self._text[at + 1] if at + 1 < self._size else " "
        if not (before.isspace() or before == "(") or after.isspace():
            return False
        return after in '("=*?\\$' or after in QUOTES or after not in LEADING + ")"

    def _is_void(self, at: int, field: str) -> bool:
        """Returns whether the character at `at`, where a word may begin, has no meaning there."""
        char = self._text[at]
        after = self._text[at + 1] if at + 1 < self._size else " "
        if char == "=" or (char == "^" and field == "author"):
            return after.isspace() or after in "()"
        if char == "$" and field != "author":
            return self._tex_end(at) == at
        if field == "year" and char in "<>~'’":
            return after.isspace()
        return char in LEADING

    def _value(self, field: str) -> Token | None:
        """Reads the value of a field whose values follow rules of their own, or a simple word."""
        pattern = _YEARS if field == "year" else _ID if field else _SIMPLE
        match = pattern.match(self._text, self._at)
        if match is None or self._text[self._at] in "(" + QUOTES:
            return None
        text = _balanced(match.group()) if field in _WHOLE_VALUES else match.group()
        if not text:
            return None
        start = self._at
        self._at += len(text)
        return Token(Kind.WORD, start, self._at, text)

    def _field(self, start: int, *, literal: bool) -> Token | None:
        """Reads the name of a field, or the word before a colon that names none."""
        sign = _YEAR_SIGN.match(self._text, start)
        if sign is not None:
            self._at = sign.end()
            return Token(Kind.FIELD, start, self._at, "year")
        match = _FIELD.match(self._text, start)
        if match is None:
            return None
        typed, end = match.group(1), match.end()
        after = self._text[end] if end < self._size else ""
        known = FIELDS.get(typed.lower())
        if known is not None:
            if after.isspace() and typed in _SPACED_FIELDS and not literal:
                self._at = end
                while self._at < self._size and self._text[self._at].isspace():
                    self._at += 1
                after = self._text[self._at] if self._at < self._size else ""
                if typed == "year" and after.isalpha():  # "the first year: results"
                    after = ""
            if after and not after.isspace() and after != ")":
                self._at = max(self._at, end)
                return Token(Kind.FIELD, start, end, known)
            self._at = start
            return None
        plain = literal or len(typed) == 1 or typed.lower() in _NOT_FIELDS
        if plain or not after or after.isspace() or after in "/)\\":
            return None
        near = difflib.get_close_matches(typed.lower(), FIELDS, n=1, cutoff=0.75)
        advice = f" Did you mean {near[0]}:?" if near else ""
        if near or typed.islower():  # "BERT:Pre-training" only lacks a space
            reason = f"There is no field “{typed}”, so it was read as a word.{advice}"
            self.repairs.append(Repair(start, end, reason))
        self._at = end
        return Token(Kind.WORD, start, end - 1, typed)

    def _quoted(self, start: int, opening: int, field: str) -> Token | None:
        """Reads up to the closing quote; without one the opening quote is passed over."""
        match = _CLOSING.match(self._text, opening + 1)
        if match is None:
            self.repairs.append(
                Repair(opening, opening + 1, "This quotation mark has no partner and was left out.")
            )
            self._at = opening + 1
            return None
        marks = _AFTER_NAME if field == "author" else _AFTER_QUOTE
        suffix = marks.match(self._text, match.end())
        after = suffix.group() if suffix else ""
        self._at = match.end() + len(after)
        inner = match.group()[:-1]
        return Token(Kind.QUOTED, start, self._at, inner, self._text[start:opening], after)

    def _word(self, start: int, *, field: str, literal: bool) -> Token:
        at = start
        while at < self._size:
            plain = _PLAIN.match(self._text, at)
            if plain is not None:
                at = plain.end()
                continue
            char = self._text[at]
            if char == "\\":
                at += 2 if _TEX_QUOTE.match(self._text, at) else 1
            elif char == "$":
                end = at + 1 if field == "author" else self._tex_end(at)
                if end == at:
                    break
                at = end
            elif char == "(" and (called := self._argument(start, at)):
                at = called
            else:
                break
        plural = _PLURAL.match(self._text, at) if at > start else None
        self._at = plural.end() if plural else at
        text = self._text[start:at]
        near = _NEAR.fullmatch(text)
        if literal:
            return Token(Kind.WORD, start, at, text)
        if near is not None:
            return Token(Kind.NEAR, start, at, near.group(1))
        if text == "ANDNOT":
            self._at = at - 3
            return Token(Kind.AND, start, at)
        if text in ("AND", "OR", "NOT"):
            return Token(Kind(text), start, at)
        return Token(Kind.WORD, start, at, text)

    def _argument(self, start: int, at: int) -> int:
        """Returns the offset behind "(n log n)" of a formula at `at`, or 0 where none is.

        Args:
            start: offset of the word that stands before it without a blank: O, SE, TD.
            at: offset of the opening parenthesis.
        """
        name = self._text[start:at]
        match = _ARGUMENT.match(self._text, at) if _FUNCTION.fullmatch(name) else None
        return match.end() if match is not None else 0

    def _tex_end(self, at: int) -> int:
        """Returns the offset after the ``$…$`` that begins at `at`, or `at` if none does.

        A span that holds spaces must hold a TeX command, too: "$5 and $10" is no formula. One
        that holds a quotation mark is none either.
        """
        close = self._text.find("$", at + 1, at + 1 + _TEX_SPAN)
        inner = self._text[at + 1 : close] if close > at + 1 else ""
        if not inner or _QUOTE.search(inner) or ("\\" not in inner and _SPACE.search(inner)):
            return at
        return close + 1
