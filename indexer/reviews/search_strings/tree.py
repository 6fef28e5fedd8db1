"""Tokens of a search string to a tree of terms and operators, by the precedence of the database."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Final

from indexer.errors import SearchStringError
from indexer.reviews.search_strings.syntax import Operator, SearchSyntax
from indexer.reviews.search_strings.tokens import Token, TokenKind

_DEEPEST: Final = 50
"""Parentheses inside each other that are read."""
_TERMS: Final = frozenset({TokenKind.WORD, TokenKind.QUOTED, TokenKind.BRACED, TokenKind.HEADING})


@dataclass(frozen=True, slots=True)
class SearchTerm:
    """A term, or words side by side without quotation marks.

    Attributes:
        style: WORD, QUOTED, BRACED, HEADING, LIMIT or YEARS.
        codes: of a HEADING what stands beside it.
        numbers: of YEARS.
    """

    text: str
    start: int
    end: int
    style: TokenKind
    codes: tuple[str, ...] = ()
    numbers: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class FieldScope:
    """A tree that is searched in some fields.

    Attributes:
        codes: of the fields, in lower case.
        mark: start and end of what names them.
    """

    tree: SearchTree
    codes: tuple[str, ...]
    start: int
    end: int
    mark: tuple[int, int]


@dataclass(frozen=True, slots=True)
class SearchOperation:
    """Operands joined by one operator; NOT takes the second from the first, or is alone.

    Attributes:
        distance: of NEAR, other words between two.
        is_ordered: of NEAR.
    """

    operator: Operator
    operands: tuple[SearchTree, ...]
    start: int
    end: int
    distance: int = 0
    is_ordered: bool = False


@dataclass(frozen=True, slots=True)
class LineReference:
    """A line of the history by its number."""

    number: int
    start: int
    end: int


SearchTree = SearchTerm | FieldScope | SearchOperation | LineReference

Fault = Callable[[int, str], SearchStringError]
"""Makes an error of an offset and a sentence."""


class SearchStringParser:
    """Reads tokens by recursive descent, one level of precedence inside the other."""

    def __init__(
        self, tokens: list[Token], syntax: SearchSyntax, lines: Collection[int], fault: Fault
    ) -> None:
        """Begins before the first token.

        Args:
            tokens: of one line or of a whole string.
            syntax: of the database.
            lines: numbers of the lines that may be referred to.
            fault: makes an error.
        """
        self._tokens = tokens
        self._place = 0
        self._syntax = syntax
        self._lines = lines
        self._fault = fault
        self._depth = 0

    def read(self) -> SearchTree:
        """Returns the tree of all tokens.

        Raises:
            SearchStringError: when a parenthesis, quotation mark or operator lacks its other half.
        """
        tree = self._level(0)
        token = self._token
        if token.kind is TokenKind.CLOSE:
            raise self._fault(token.start, "this parenthesis closes none; remove it or add a (")
        if token.kind is not TokenKind.END:
            raise self._unexpected(token)
        return tree

    @property
    def _token(self) -> Token:
        return self._tokens[self._place]

    def _next(self) -> Token:
        token = self._token
        self._place += 1
        return token

    def _level(self, number: int) -> SearchTree:
        """Reads operands of the operators of one level, from left to right."""
        if number == len(self._syntax.levels):
            return self._primary()
        level = self._syntax.levels[number]
        if "NOT" in level and self._token.operator == "NOT":
            sign = self._next()
            inner = self._level(number + 1)
            left: SearchTree = SearchOperation("NOT", (inner,), sign.start, inner.end)
        else:
            left = self._level(number + 1)
        while (operator := self._joins(level)) is not None:
            sign = self._token
            if sign.kind is TokenKind.OPERATOR:
                self._next()
            right = self._level(number + 1)
            left = _joined(operator, left, right, sign)
        return left

    def _joins(self, level: frozenset[Operator]) -> Operator | None:
        """Returns the operator at hand if it is of this level; operands side by side are AND."""
        token = self._token
        if token.kind is TokenKind.OPERATOR and token.operator in level:
            return token.operator
        begins = token.kind not in (
            TokenKind.OPERATOR, TokenKind.CLOSE, TokenKind.END, TokenKind.FIELD_AFTER,
        )  # fmt: skip
        return "AND" if begins and "AND" in level else None

    def _primary(self) -> SearchTree:
        token = self._token
        if token.kind is TokenKind.FIELD_BEFORE:
            self._next()
            near = next(
                (at for at, level in enumerate(self._syntax.levels) if "NEAR" in level),
                len(self._syntax.levels),
            )
            self._deeper(token)
            inner = self._level(near) if self._syntax.field_style != "call" else self._primary()
            self._depth -= 1
            mark = (token.start, token.end)
            return FieldScope(inner, token.codes, token.start, inner.end, mark)
        tree = self._group() if token.kind is TokenKind.OPEN else self._operand()
        while self._token.kind is TokenKind.FIELD_AFTER:
            after = self._next()
            tree = FieldScope(tree, after.codes, tree.start, after.end, (after.start, after.end))
        return tree

    def _group(self) -> SearchTree:
        opening = self._next()
        self._deeper(opening)
        if self._token.kind is TokenKind.CLOSE:
            raise self._fault(opening.start, "there is nothing between these parentheses")
        tree = self._level(0)
        closing = self._next()
        if closing.kind is TokenKind.END:
            told = "this parenthesis is never closed; add a ) where its group ends"
            raise self._fault(opening.start, told)
        if closing.kind is not TokenKind.CLOSE:
            raise self._unexpected(closing)
        self._depth -= 1
        return tree

    def _deeper(self, token: Token) -> None:
        self._depth += 1
        if self._depth > _DEEPEST:
            told = f"more than {_DEEPEST} groups inside each other; use fewer parentheses"
            raise self._fault(token.start, told)

    def _operand(self) -> SearchTree:
        token = self._token
        if token.kind is TokenKind.LINES and not self._is_number():
            return self._references(self._next())
        if token.kind in (TokenKind.LIMIT, TokenKind.YEARS):
            self._next()
            term = SearchTerm(token.text, token.start, token.end, token.kind, numbers=token.numbers)
            if token.kind is TokenKind.YEARS or not token.numbers:
                return term
            line = self._reference(token, token.numbers[0])
            return SearchOperation("AND", (line, term), token.start, token.end)
        if token.kind is TokenKind.WORD or token.kind is TokenKind.LINES:
            return self._words()
        if token.kind in _TERMS:
            self._next()
            return SearchTerm(token.text, token.start, token.end, token.kind, token.codes)
        raise self._unexpected(token)

    def _is_number(self) -> bool:
        """Returns whether a number that could be a line's is a word: "2 dimensional"."""
        token = self._token
        if token.operator is not None or not token.text or token.text.startswith("#"):
            return False
        return self._tokens[self._place + 1].kind is TokenKind.WORD

    def _words(self) -> SearchTerm:
        begin = self._place
        self._next()
        while self._token.kind is TokenKind.WORD or (
            self._token.kind is TokenKind.LINES and self._token.text.isdecimal()
        ):
            self._next()
        run = self._tokens[begin : self._place]
        for token in run:
            if token.text == '"':
                told = "this quotation mark is never closed; add a second one"
                raise self._fault(token.start, told)
            if token.text in ("[", "]"):
                told = "tags in square brackets are PubMed's; choose the database of this string"
                if self._syntax.field_style == "[]":
                    told = "this bracket has no other half; write a tag as in [tiab]"
                raise self._fault(token.start, told)
        text = " ".join(token.text for token in run)
        return SearchTerm(text, run[0].start, run[-1].end, TokenKind.WORD)

    def _references(self, token: Token) -> SearchTree:
        lines = tuple(self._reference(token, number) for number in token.numbers)
        if not lines:
            raise self._unexpected(token)
        if len(lines) == 1:
            return lines[0]
        return SearchOperation(token.operator or "AND", lines, token.start, token.end)

    def _reference(self, token: Token, number: int) -> LineReference:
        if number not in self._lines:
            told = (
                f"there is no line {number} before this; paste the numbered lines, too, or put a "
                "term in quotation marks"
            )
            raise self._fault(token.start, told)
        return LineReference(number, token.start, token.end)

    def _unexpected(self, token: Token) -> SearchStringError:
        if token.kind is TokenKind.END:
            return self._fault(token.start, "something is missing at the end, after an operator")
        shown = token.text or token.kind.value
        if token.kind is TokenKind.OPERATOR:
            told = f"{shown} needs a term before and after it"
        elif token.kind is TokenKind.FIELD_AFTER:
            told = f"the field {shown} needs a term before it"
        else:
            told = f"a term was expected here; found {shown[:40]}"
        return self._fault(token.start, told)


def _joined(operator: Operator, left: SearchTree, right: SearchTree, sign: Token) -> SearchTree:
    """Returns two operands as one; the same operator takes on a further operand."""
    end = right.end
    if operator == "NEAR":
        if isinstance(right, FieldScope) and not isinstance(left, FieldScope):
            # A field at the end of words near each other is that of all of them.
            inner = _joined(operator, left, right.tree, sign)
            return FieldScope(inner, right.codes, left.start, end, right.mark)
        same = (
            isinstance(left, SearchOperation)
            and left.operator == "NEAR"
            and (left.distance, left.is_ordered) == (sign.distance, sign.is_ordered)
        )
    else:
        same = isinstance(left, SearchOperation) and left.operator == operator != "NOT"
        same = same and operator != "RANGE"
    if same and isinstance(left, SearchOperation) and left.end <= sign.start:
        operands = (*left.operands, right)
    else:
        operands = (left, right)
    return SearchOperation(operator, operands, left.start, end, sign.distance, sign.is_ordered)
