"""Years and ranges of years as people type them, those included that need a little repair.

What cannot be read is kept as a `Value` of the field "year", which no paper has: a filter that is
not understood must never turn into "every paper".
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from typing import Final

from indexer.query import Value, Years

_YEAR = r"([0-9]{4})"
_SPAN = re.compile(rf"{_YEAR}?\s*(?:-{{1,3}}|–|—|\.{{2,3}}|:|to|TO)\s*{_YEAR}?")
_BRACKET = re.compile(rf"([\[{{])\s*(?:{_YEAR}|\*)\s+(?:TO|to)\s+(?:{_YEAR}|\*)\s*([\]}}])")
_LIMIT = re.compile(rf"([<>]?=?)\s*{_YEAR}")

_OPEN_LOW: Final = ("since", "from", "after", "≥", ">=", ">")
_OPEN_HIGH: Final = ("until", "till", "up to", "before", "≤", "<=", "<")
_PAST: Final = frozenset({"after", "before", ">", "<"})
"""Limits that do not include the year itself."""
_LIMITED = re.compile(rf"({'|'.join((*_OPEN_LOW, *_OPEN_HIGH))})\s*([0-9]{{4}})(?![0-9])\W*\w?")
_ONWARD = re.compile(r"([0-9]{4})\s*(?:\+|(?:-|–|—|to)\s*(?:now|today|present|current|date))")
_DECADE = re.compile(r"(?:the\s+)?([0-9]{3})(?:0['’]?s|[x*?_.#-])(?:\s*-)?")
_SHORT_DECADE = re.compile(r"(?:the\s+)?['’]?([0-9])0['’]?s")
_CENTURY = re.compile(r"([0-9]{2})(?:\*|[x?_.#]{2})|([0-9]{2})00s")
_NTH_CENTURY = re.compile(r"(?:the\s+)?([0-9]{1,2})(?:st|nd|rd|th)[\s_-]*c(?:entury)?\.?")
_SHORT_SPAN = re.compile(r"([0-9]{2})([0-9]{2})\s*(?:-|–|—|/|to)\s*'?([0-9]{2})")
_DATE = re.compile(r"([0-9]{4})(?:[-/.][0-9]{1,2}){1,2}(?:[T\s].*)?|([0-9]{4})[01][0-9][0-3][0-9]")
_WITHIN = re.compile(r"(?<![0-9])[0-9]{4}(?![0-9])")
_LOOKALIKE: Final = str.maketrans("oOlI", "0011")
_LATEST_SHORT: Final = 3
"""Decades written with one digit up to this one are of the 21st century ('20s), others the 20th."""


def read_years(text: str, report: Callable[[str], None]) -> Years | Value:
    """Returns the year or range of years that a text says.

    Besides the spellings of the syntax table it takes decades (``1990s``, ``199*``), centuries
    (``19*``), dates, short ranges (``2019-20``) and a year with something beside it (``2019a``);
    each of these is reported.

    Args:
        text: what was typed behind the field's name.
        report: is told in one sentence what was mended.

    Returns:
        The years, or a `Value` of the field "year" that matches no paper.
    """
    text = unicodedata.normalize("NFKC", text).strip().rstrip(",;")
    if text == "*":
        return Years(None, None)
    years = _plain(text)
    if years is not None:
        low, high = years
        if low is not None and high is not None and low > high:
            report(f"The years were put in order: {high} to {low}.")
            low, high = high, low
        return Years(low, high)
    years = _mended(text.casefold()) or _mended(text.translate(_LOOKALIKE).casefold())
    if years is None:
        report(f"“{text}” is not a year or a range such as 2019-2022, so no paper matches it.")
        return Value("year", " ".join(text.split()))
    low, high = years
    report(f"“{text}” was read as {_years_text(low, high)}.")
    return Years(low, high)


def _plain(text: str) -> tuple[int | None, int | None] | None:
    """Reads the spellings of the syntax table."""
    bracket = _BRACKET.fullmatch(text)
    limit = _LIMIT.fullmatch(text)
    span = _SPAN.fullmatch(text)
    if bracket is not None:
        low = int(bracket[2]) + (bracket[1] == "{") if bracket[2] else None
        return low, int(bracket[3]) - (bracket[4] == "}") if bracket[3] else None
    if limit is not None:
        sign, year = limit[1], int(limit[2])
        low = None if sign.startswith("<") else year + (sign == ">")
        return low, None if sign.startswith(">") else year - (sign == "<")
    if span is not None and (span[1] or span[2]):
        return int(span[1]) if span[1] else None, int(span[2]) if span[2] else None
    return None


def _mended(text: str) -> tuple[int | None, int | None] | None:  # noqa: PLR0911 - one a spelling
    """Reads what is a year but for a little; `text` is case-folded."""
    if match := _LIMITED.fullmatch(text):
        sign, year = match[1], int(match[2])
        if sign in _OPEN_LOW:
            return year + (sign in _PAST), None
        return None, year - (sign in _PAST)
    if match := _ONWARD.fullmatch(text):
        return int(match[1]), None
    if match := _DECADE.fullmatch(text):
        return int(match[1]) * 10, int(match[1]) * 10 + 9
    if match := _SHORT_DECADE.fullmatch(text):
        first = int(match[1]) * 10 + (2000 if int(match[1]) < _LATEST_SHORT else 1900)
        return first, first + 9
    if match := _CENTURY.fullmatch(text):
        first = int(match[1] or match[2]) * 100
        return first, first + 99
    if match := _NTH_CENTURY.fullmatch(text):
        return int(match[1]) * 100 - 99, int(match[1]) * 100
    if (match := _SHORT_SPAN.fullmatch(text)) and int(match[3]) > int(match[2]):
        return int(match[1] + match[2]), int(match[1] + match[3])
    if match := _DATE.fullmatch(text):
        return int(match[1] or match[2]), int(match[1] or match[2])
    within = [int(year) for year in _WITHIN.findall(text)]
    return (min(within), max(within)) if within else None


def _years_text(low: int | None, high: int | None) -> str:
    if low is None:
        return f"{high} and before"
    if high is None:
        return f"{low} and after"
    return f"the year {low}" if low == high else f"the years {low} to {high}"
