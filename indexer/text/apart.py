"""Which texts can be folded piece by piece, so that each distinct piece is folded only once.

Folding looks across spaces only for TeX and for what dumps tore apart ("i. e.", "2. 0").
"""

from __future__ import annotations

import re
from typing import Final

_MARKS: Final = "\\$`{}~"
_ACROSS: Final = re.compile(r"\. (?:(?<=\d\. )\d|(?<=[^\W\d_]\. )[^\W\d_]\.)")


def folds_apart(text: str) -> bool:
    """Returns whether folding the pieces between spaces gives what folding the whole gives."""
    return not any(mark in text for mark in _MARKS) and _ACROSS.search(text) is None


def folded_whole(text: str) -> tuple[int, int]:
    """Returns the span of a text that must be folded as a whole.

    It reaches from the piece before the first mark of TeX to the piece after the last one, for a
    command may swallow a space; where more than TeX looks across spaces, it is the whole text.
    """
    if _ACROSS.search(text) is not None:
        return 0, len(text)
    first = min(at for mark in _MARKS if (at := text.find(mark)) >= 0)
    last = max(text.rfind(mark) for mark in _MARKS)
    return _spaces_before(text, first), _spaces_after(text, last)


def _spaces_before(text: str, at: int) -> int:
    """Goes back to the second space, and on while nothing but space was passed."""
    start = text.rfind(" ", 0, at)
    while start > 0:
        before = text.rfind(" ", 0, start)
        if text[before + 1 : start].strip():
            return before + 1
        start = before
    return 0


def _spaces_after(text: str, at: int) -> int:
    end = text.find(" ", at)
    while end >= 0:
        after = text.find(" ", end + 1)
        if text[end + 1 : after if after >= 0 else len(text)].strip():
            return after if after >= 0 else len(text)
        end = after
    return len(text)
