"""Page ranges as formats write them; what they share, no format of its own."""

from __future__ import annotations

import re

_SHORT = re.compile(r"([A-Za-z]*)(\d+)-(\d+)")


def whole_pages(text: str) -> str:
    """Returns ranges with their last pages written out, as NLM shortens them.

    >>> whole_pages("1231-8"), whole_pages("S12-9; discussion S20")
    ('1231-1238', 'S12-S19, discussion S20')
    """
    return ", ".join(_expand_end(piece.strip()) for piece in text.split(";") if piece.strip())


def _expand_end(text: str) -> str:
    match = _SHORT.fullmatch(text)
    if match is None or len(match[3]) >= len(match[2]):
        return text
    prefix, first, last = match[1], match[2], match[3]
    return f"{prefix}{first}-{prefix}{first[: len(first) - len(last)]}{last}"


def page_range(first: str, last: str) -> str:
    """Returns a range of two pages, each of which may be missing or hold the range itself."""
    first, last = first.strip(), last.strip()
    if not first or not last or first == last or "-" in first or "–" in first:
        return first or last
    return f"{first}-{last}"
