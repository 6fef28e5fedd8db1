"""Search strings as tokens: terms, fields, operators, references to lines."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum
from typing import Final

from indexer.reviews.search_strings.syntax import SYNTAXES, Operator, SearchSyntax

_SAME_LENGTH: Final = str.maketrans({
    "“": '"', "”": '"', "„": '"', "«": '"', "»": '"', "″": '"', "‘": "'", "’": "'", "–": "-",
    "‐": "-", "‑": "-", "—": "-", "\t": " ", "\r": " ", "\n": " ", "\f": " ", "\v": " ",
    "\u00a0": " ", "\u2009": " ", "\u202f": " ", "\u200b": " ", "\ufeff": " ", "＝": "=",
})  # fmt: skip
"""Signs of word processors, each as one sign of a keyboard, so that offsets stay."""
_END: Final = r"(?=[\s()\"]|$)"
_AND_NOT: Final = re.compile(rf"(?:and|or)\s+not{_END}", re.IGNORECASE)
_BOOLEAN: Final = re.compile(rf"(and|or|not|same|&&|\|\|){_END}", re.IGNORECASE)
_QUOTED: Final = re.compile(r'"([^"]*)"')
_APOSTROPHES: Final = re.compile(r"'([^'\"()]*[^\s'\"()])'(?=[\s(),.\]]|$)")
_BRACED: Final = re.compile(r"\{([^{}]*)\}")
_TAG: Final = re.compile(r"\[([^\[\]]*)\]")
_EQUALS: Final = re.compile(
    r"(?i)([A-Z][A-Z0-9]{0,4})\s*=\s*"
    r"|((?:TOPIC|TITLE|AUTHOR|ABSTRACT|LANGUAGE|PUBLICATION NAME|YEAR PUBLISHED|ALL FIELDS|DOI"
    r"|DOCUMENT TYPES?|ADDRESS|AUTHOR KEYWORDS))\s*:\s*"
)
_CALL: Final = re.compile(r"([A-Z][A-Z-]{1,24})\s*(?=\()", re.IGNORECASE)
_COMPARISON: Final = re.compile(
    r"PUBYEAR\s*(?P<sign>[<>]=?|=|AFT|BEF|IS)\s*(?P<year>\d{4})", re.IGNORECASE
)
_CODE: Final = re.compile(r"([A-Za-z]{2,3})(?=\s*[(\"]|\s+[^\s)])")
_HEADING: Final = re.compile(
    r"(?P<exp>exp(?:lode)?\s+)?(?P<focus>\*)?(?P<exp2>exp(?:lode)?\s+)?(?P<heading>\"[^\"]+\""
    r"|(?!\d+\s*/|(?:and|or|not|adj\d*)\s)(?:(?!\s(?:and|or|not|adj\d*)\s)[^()\"/\[\]=]){1,120}?)"
    r"/(?P<sub>[a-z]{2}(?:\s*,\s*[a-z]{2})*)?(?:\s*\[[^\]]*\])?(?=[\s).]|$)",
    re.IGNORECASE,
)
_RANGE_OF_LINES: Final = re.compile(
    r"(?P<first>and|or)/(?P<numbers>\d[\d,\s-]*\d|\d)|(?P<before>\d[\d,-]*)/(?P<last>and|or)\b",
    re.IGNORECASE,
)
_LINE: Final = re.compile(rf"#\s?(\d{{1,3}}){_END}")
_SET: Final = re.compile(rf"S(\d{{1,3}}){_END}", re.IGNORECASE)
_BARE_LINE: Final = re.compile(rf"(\d{{1,3}}){_END}")
_LIMIT: Final = re.compile(r"limit\s+#?(\d{1,3})\s+to\s+(.+)", re.IGNORECASE | re.DOTALL)
_YEAR_LIMIT: Final = re.compile(r"(?i)yr\s*=\s*(?:\"[^\"]*\"|[\d-]+)")
_DEDUPLICATED: Final = re.compile(
    rf"remove\s+duplicates\s+from\s+#?(\d{{1,3}}){_END}", re.IGNORECASE
)
_WORD: Final = re.compile(r"[^\s()\"\[\]{}]+")


class TokenKind(Enum):
    """What a token is."""

    OPEN = "("
    CLOSE = ")"
    WORD = "word"
    QUOTED = "quoted"
    BRACED = "braced"
    HEADING = "heading"
    OPERATOR = "operator"
    FIELD_BEFORE = "field before"
    FIELD_AFTER = "field after"
    LINES = "lines"
    LIMIT = "limit"
    YEARS = "years"
    END = "end"


@dataclass(frozen=True, slots=True)
class Token:
    """A token of a search string.

    Attributes:
        start: offset in the text, from 0, in characters.
        end: offset after the last character.
        text: of a term without its quotation marks; of a limit what it says.
        codes: of the field, in lower case; of a heading what stands beside it.
        operator: of an OPERATOR or of LINES.
        distance: other words between two.
        is_ordered: whether words stand in the order written.
        numbers: of lines; of YEARS the first and the last, 0 for none.
    """

    kind: TokenKind
    start: int
    end: int
    text: str = ""
    codes: tuple[str, ...] = ()
    operator: Operator | None = None
    distance: int = 0
    is_ordered: bool = False
    numbers: tuple[int, ...] = ()


class SearchStringLexer:
    """Cuts a stretch of a text into tokens."""

    def __init__(self, text: str, syntax: SearchSyntax, *, has_lines: bool) -> None:
        """Takes the text.

        Args:
            text: all of it; offsets count from its beginning.
            syntax: of the database.
            has_lines: whether a number alone is that of a line.
        """
        self._text = text.translate(_SAME_LENGTH)
        self._syntax = syntax
        self._has_lines = has_lines
        codes = "|".join(sorted(map(re.escape, syntax.fields), key=len, reverse=True))
        self._suffix = re.compile(
            r"\.\s?(?P<codes>(?:[a-z]{2}|m_titl)(?:\s?,\s?(?:[a-z]{2}|m_titl))*)\s?\.(?=[\s)]|$)"
            rf"|\.(?P<known>(?:{codes})(?:\s?,\s?(?:{codes}))*)(?=[\s)]|$)",
            re.IGNORECASE,
        )

    def tokens(self, start: int, end: int) -> list[Token]:
        """Returns the tokens from one offset to another, the last of them END."""
        tokens: list[Token] = []
        place = start
        while place < end:
            if self._text[place].isspace():
                place += 1
                continue
            if (comment := self._comment(place, end)) is not None:
                place = comment
                continue
            token = self._token(place, end, tokens[-1] if tokens else None)
            tokens.append(token)
            place = max(token.end, place + 1)
        tokens.append(Token(TokenKind.END, end, end))
        return tokens

    def _comment(self, place: int, end: int) -> int | None:
        """Returns where a remark in square brackets ends; tags of PubMed are none."""
        if self._text[place] != "[" or self._syntax.field_style == "[]":
            return None
        tag = self._match(_TAG, place, end)
        if tag is None or " ".join(tag[1].casefold().split()) in SYNTAXES[0].fields:
            return None
        return tag.end()

    def _token(self, place: int, end: int, before: Token | None) -> Token:
        char = self._text[place]
        if char in "()":
            kind = TokenKind.OPEN if char == "(" else TokenKind.CLOSE
            return Token(kind, place, place + 1, char)
        ways = (self._field, self._operator, self._lines, self._quoted)
        made = (way(place, end, before) for way in ways)
        return next((token for token in made if token is not None), None) or self._word(place, end)

    def _match(self, pattern: re.Pattern[str], place: int, end: int) -> re.Match[str] | None:
        return pattern.match(self._text, place, end)

    def _field(self, place: int, end: int, before: Token | None) -> Token | None:
        style, fields = self._syntax.field_style, self._syntax.fields
        if style == "[]" and (tag := self._match(_TAG, place, end)):
            code = " ".join(tag[1].casefold().split())
            return Token(TokenKind.FIELD_AFTER, place, tag.end(), tag[0], (code,))
        if style == "." and (token := self._ovid_field(place, end, before)):
            return token
        if style == "=" and (named := self._match(_EQUALS, place, end)):
            code = (named[1] or " ".join(named[2].split())).casefold()
            return Token(TokenKind.FIELD_BEFORE, place, named.end(), named[0], (code,))
        if style == "word" and (named := self._match(_CODE, place, end)):
            code = named[1].casefold()
            if code in fields and named[1].isupper():
                return Token(TokenKind.FIELD_BEFORE, place, named.end(), named[0], (code,))
        if style == "call":
            if compared := self._match(_COMPARISON, place, end):
                numbers = _compared(compared["sign"].upper(), int(compared["year"]))
                return Token(TokenKind.YEARS, place, compared.end(), compared[0], numbers=numbers)
            named = self._match(_CALL, place, end)
            if named and (named[1].casefold() in fields or "-" in named[1]):
                code = named[1].casefold()
                return Token(TokenKind.FIELD_BEFORE, place, named.end(), named[0], (code,))
        return None

    def _ovid_field(self, place: int, end: int, before: Token | None) -> Token | None:
        if before is not None and before.end == place:
            suffix = self._match(self._suffix, place, end)
            if suffix:
                codes = (suffix["codes"] or suffix["known"]).casefold().split(",")
                stripped = tuple(code.strip() for code in codes)
                return Token(TokenKind.FIELD_AFTER, place, suffix.end(), suffix[0], stripped)
        if years := self._match(_YEAR_LIMIT, place, end):
            return Token(TokenKind.LIMIT, place, years.end(), years[0])
        heading = self._match(_HEADING, place, end)
        if heading is None:
            return None
        beside = {
            "exp": heading["exp"] or heading["exp2"],
            "focus": heading["focus"],
            "sub": heading["sub"],
        }
        text = heading["heading"].strip(' "')
        return Token(
            TokenKind.HEADING, place, heading.end(), text,
            tuple(name for name, written in beside.items() if written),
        )  # fmt: skip

    def _operator(self, place: int, end: int, before: Token | None) -> Token | None:
        for near in self._syntax.near:
            if found := self._match(near.pattern, place, end):
                distance = int(found["distance"][:4]) if found["distance"] else near.default
                return Token(
                    TokenKind.OPERATOR, place, found.end(), found[0], operator="NEAR",
                    distance=max(0, distance + near.offset), is_ordered=near.is_ordered,
                )  # fmt: skip
        if both := self._match(_AND_NOT, place, end):
            return Token(TokenKind.OPERATOR, place, both.end(), both[0], operator="NOT")
        if found := self._match(_BOOLEAN, place, end):
            names: dict[str, Operator] = {"or": "OR", "||": "OR", "not": "NOT"}
            operator = names.get(found[1].casefold(), "AND")
            return Token(TokenKind.OPERATOR, place, found.end(), found[0], operator=operator)
        if self._text[place] == ":" and before is not None and self._is_date_style():
            return Token(TokenKind.OPERATOR, place, place + 1, ":", operator="RANGE")
        return None

    def _is_date_style(self) -> bool:
        return any("RANGE" in level for level in self._syntax.levels)

    def _lines(self, place: int, end: int, before: Token | None) -> Token | None:
        if before is None:
            if limit := self._match(_LIMIT, place, end):
                return Token(
                    TokenKind.LIMIT, place, limit.end(), limit[2], numbers=(int(limit[1]),)
                )
            if once := self._match(_DEDUPLICATED, place, end):
                return Token(TokenKind.LINES, place, once.end(), numbers=(int(once[1]),))
        if several := self._match(_RANGE_OF_LINES, place, end):
            name = (several["first"] or several["last"]).casefold()
            numbers = _numbers(several["numbers"] or several["before"])
            operator: Operator = "OR" if name == "or" else "AND"
            return Token(
                TokenKind.LINES, place, several.end(), several[0], operator=operator,
                numbers=numbers,
            )  # fmt: skip
        patterns = [_LINE]
        if self._syntax.name == "ebsco":
            patterns.append(_SET)
        if self._has_lines:
            patterns.append(_BARE_LINE)
        for pattern in patterns:
            if line := self._match(pattern, place, end):
                return Token(TokenKind.LINES, place, line.end(), line[0], numbers=(int(line[1]),))
        return None

    def _quoted(self, place: int, end: int, _before: Token | None) -> Token | None:
        for pattern, kind in (
            (_QUOTED, TokenKind.QUOTED), (_APOSTROPHES, TokenKind.QUOTED),
            (_BRACED, TokenKind.BRACED),
        ):  # fmt: skip
            if quoted := self._match(pattern, place, end):
                return Token(kind, place, quoted.end(), quoted[1])
        return None

    def _word(self, place: int, end: int) -> Token:
        word = self._match(_WORD, place, end)
        if word is None:
            return Token(TokenKind.WORD, place, place + 1, self._text[place])
        stop = word.end()
        if self._syntax.field_style == ".":
            suffix = self._suffix.search(self._text, place + 1, min(end, stop + 80))
            if suffix is not None and suffix.start() < stop:
                stop = suffix.start()
        return Token(TokenKind.WORD, place, stop, self._text[place:stop])


def _numbers(text: str) -> tuple[int, ...]:
    """Returns the numbers of "1-3,7"."""
    numbers: list[int] = []
    for part in text.split(","):
        first, _, last = (piece.strip() for piece in part.partition("-"))
        if first.isdecimal():
            high = int(last[:3]) if last.isdecimal() else int(first[:3])
            numbers.extend(range(int(first[:3]), high + 1))
    return tuple(numbers)


def _compared(sign: str, year: int) -> tuple[int, int]:
    """Returns the first and the last year, 0 for none."""
    return {
        ">": (year + 1, 0), "AFT": (year + 1, 0), ">=": (year, 0), "<": (0, year - 1),
        "BEF": (0, year - 1), "<=": (0, year),
    }.get(sign, (year, year))  # fmt: skip
