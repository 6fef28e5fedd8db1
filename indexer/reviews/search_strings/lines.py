"""Numbered lines of a search history, as databases show and export them.

A line begins with its number: "1", "1.", "#1", "S1" or "Line 1". Lines that begin otherwise go on
the line before. PubMed lists the newest line first, so lines count by their numbers.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

_NUMBER: Final = re.compile(
    r"^[ \t]*(?:line\s+|search\s+)?[#S]?(\d{1,3})(?:[.):|\t]+|[ \t])[ \t]*(?=\S)",
    re.IGNORECASE | re.MULTILINE,
)
_HITS: Final = re.compile(
    r"(?:[ \t]+\(\d[\d,]*\)|\t+[ \t]*\d[\d,. ]*|[ \t]+\d{1,3}(?:,\d{3})+)[ \t]*$"
)
_FORM: Final = re.compile(
    r"(?:^|(?<=[\s;]))(?:Limiters?|Expanders?|Search modes?|Narrow by|Indexes|Timespan|Refined by"
    r"|Filters?(?: applied)?|Sort by|Databases?|Interface|Editions)[ \t]*(?:[-–=:])[^\n]*",
    re.IGNORECASE,
)
"""What a database writes of its search form beside a string."""
_SET_OF: Final = re.compile(r"(?im)(?<=\d)[ \t]+use[ \t]+[a-z]{3,8}\d*[ \t]*$")
"""What Ovid writes for a set of one of several databases, as in ``6 use ppez``."""
_PROMPT: Final = re.compile(r"(?im)^[ \t]*(?:Search|Query|Search strategy)[ \t]*:")
_WIDEST_GAP: Final = 20
"""Lines that an excerpt may leave out; a larger step is a number in the text."""


@dataclass(frozen=True, slots=True)
class SearchLines:
    """The lines of a search string.

    Attributes:
        spans: start and end of each line's text, by its number; empty where the text has no
            numbered lines.
        settings: start and end of what says how the search form was set.
        text: the text, in which numbers, counts of hits and settings are blanks.
    """

    spans: Mapping[int, tuple[int, int]]
    settings: tuple[tuple[int, int], ...]
    text: str


def numbered_lines(text: str) -> SearchLines:
    r"""Finds the lines of a search history; the offsets stay those of the text.

    >>> numbered_lines("1 cats (12)\\n2 dogs\\n3 1 or 2").spans
    {1: (2, 6), 2: (14, 18), 3: (21, 27)}
    """
    found = [match for form in (_FORM, _SET_OF) for match in form.finditer(text)]
    settings = tuple((match.start(), match.end()) for match in found)
    for start, end in (*settings, *((prompt.span()) for prompt in _PROMPT.finditer(text))):
        text = _blanked(text, start, end)
    heads = _heads(text)
    if len(heads) < 2 or text[: heads[0].start()].strip():
        return SearchLines({}, settings, text)
    numbers = [int(head[1]) for head in heads]
    ends = [head.start() for head in heads[1:]] + [len(text)]
    spans: dict[int, tuple[int, int]] = {}
    for head, number, end in zip(heads, numbers, ends, strict=True):
        line = text[head.end() : end].rstrip()
        hits = _HITS.search(line)
        kept = line[: hits.start()] if hits and _is_count(hits[0], max(numbers)) else line
        start = head.end()
        text = _blanked(text, start + len(kept), start + len(line))
        spans[number] = (start, start + len(kept.rstrip()))
    return SearchLines(spans, settings, text)


def _heads(text: str) -> list[re.Match[str]]:
    """Returns the numbers that begin lines of the history: they only rise, or only fall."""
    heads: list[re.Match[str]] = []
    step = 0
    for head in _NUMBER.finditer(text):
        gap = int(head[1]) - int(heads[-1][1]) if heads else 1
        step = step or (gap > 0) - (gap < 0) if heads else 0
        if not heads or 0 < gap * step <= _WIDEST_GAP:
            heads.append(head)
    return heads


def _is_count(text: str, last: int) -> bool:
    """Returns whether a number at the end of a line counts hits, so is not that of a line."""
    number = re.sub(r"\D", "", text)
    return "(" not in text or not number or int(number) > last or int(number) == 0


def _blanked(text: str, start: int, end: int) -> str:
    blanks = re.sub(r"[^\n]", " ", text[start:end])
    return f"{text[:start]}{blanks}{text[end:]}"
