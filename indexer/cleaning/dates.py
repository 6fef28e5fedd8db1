"""Dates in any form that dumps write them, as ISO 8601."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

LONGEST: Final = 100
"""Most characters of a text that may be a date."""
_MONTHS: Final = (
    *("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"),
)
_NAMES = r"(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\.?"
_ISO = re.compile(r"(\d{4})(?:-(\d{1,2})(?:-(\d{1,2}))?)?(?:[T ]\d{1,2}:.*|Z)?")
_BASIC = re.compile(r"(\d{4})(\d{2})(\d{2})?")
_SLASHED = re.compile(r"(\d{4})/(\d{0,2})/?(\d{0,2})(?:/.*| .*)?")
_YEAR_FIRST = re.compile(
    rf"(\d{{4}})[\s,-]+({_NAMES})(?:[\s-]+(\d{{1,2}}))?(?![\d\w]).*", re.IGNORECASE
)
_DAY_FIRST = re.compile(
    rf"(?:[a-z]{{3,9}},?\s+)?(?:(\d{{1,2}})(?:st|nd|rd|th)?[\s.-]+)?({_NAMES})[\s,.-]+(\d{{4}})\b.*",
    re.IGNORECASE,
)
_MONTH_DAY = re.compile(
    rf"({_NAMES})\s+(\d{{1,2}})(?:st|nd|rd|th)?,?\s+(\d{{4}})\b.*", re.IGNORECASE
)


def iso_date(text: str) -> str:
    """Returns a date as ISO 8601, as exact as it is written; empty where it is none.

    A range, its ends separated by a slash, is a range again; a text of which only the year is
    plain gives nothing.

    >>> [iso_date(one) for one in ("2020 Jul 17", "20190501", "2019-08-19/2019-08-21", "Spring")]
    ['2020-07-17', '2019-05-01', '2019-08-19/2019-08-21', '']
    """
    text = " ".join(text[:LONGEST].split())
    first, slash, last = text.partition("/")
    if slash and len(first) >= 7 and len(last) >= 7:
        ends = iso_date(first), iso_date(last)
        return "/".join(ends) if all(ends) else ends[0]
    for year, month, day in _readings(text):
        if (written := date_of(year, month, day)) or year == "0000":
            return written
    return ""


def date_of(year: str, month: str = "", day: str = "") -> str:
    """Returns a date made of its parts; what is no month or no day is left out.

    Args:
        year: four digits; anything else gives nothing.
        month: a number or an English name.
        day: a number.
    """
    if not re.fullmatch(r"[12]\d{3}", year):
        return ""
    key = month.strip().lower()[:3]
    number = _MONTHS.index(key) + 1 if key in _MONTHS else int(key) if key.isdecimal() else 0
    if not 1 <= number <= 12:
        return year
    if not day.strip().isdecimal() or not 1 <= int(day) <= 31:
        return f"{year}-{number:02}"
    return f"{year}-{number:02}-{int(day):02}"


def _readings(text: str) -> Iterator[tuple[str, str, str]]:
    for pattern in (_ISO, _BASIC, _SLASHED, _YEAR_FIRST):
        if match := pattern.fullmatch(text):
            yield match[1], match[2] or "", match[3] or ""
    if match := _MONTH_DAY.fullmatch(text):
        yield match[3], match[1], match[2]
    if match := _DAY_FIRST.fullmatch(text):
        yield match[3], match[2], match[1] or ""
