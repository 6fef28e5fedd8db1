"""The list of authors at the beginning of a reference, so that what stands behind it is its title.

Names stand as "A. B. Lee", "Lee, A. B.", "Lee A. B.", "Lee AB", "LEE, Ann" or "Ann Lee", parted by
commas, semicolons, "and" or "&", and end with "et al.", a full stop, a colon or only a comma.
"""

from __future__ import annotations

import re
from types import MappingProxyType
from typing import Final

MOST_NAMES: Final = 200
"""Names that are passed over; the list of a large collaboration is cut shorter in print."""
_PARTICLES = (
    r"(?:(?:[Vv]an|[Vv]on|[Dd]e[nrl]?|[Dd][aiou]s?|[Ll][ae]|[Tt]en|[Tt]er|[Aa]l|[Bb]in) ){0,3}"
)
_FAMILY = rf"{_PARTICLES}[^\W\d_][\w'’‐-]+(?: [^\W\d_][\w'’‐-]+){{0,2}}?"
_INITIALS = r"[^\W\d_]{1,2}\.(?:[ -]?[^\W\d_]{1,2}\.){0,4}"
_END = r"(?=\s*[,;:.(]|\s+(?:and|und|et|y|e|и|&|//)\s|\s*$)"
_INITIALS_FIRST = re.compile(rf"{_INITIALS}\s?{_FAMILY}(?:,? (?:Jr|Sr|I{{2,3}})\.?)?{_END}")
_INITIALS_LAST = re.compile(rf"{_FAMILY},?\s{_INITIALS}(?:,? (?:Jr|Sr)\.|,? I{{2,3}}\b)?")
_CAPITALS_LAST = re.compile(rf"{_FAMILY},?\s[A-Z](?:-?[A-Z]){{0,3}}{_END}")
_GIVEN_LAST = re.compile(
    rf"{_FAMILY},\s(?!in\b)[^\W\d_][\w'’.-]*(?:\s[^\W\d_][\w'’.-]*){{0,2}}(?=\s*[;:])"
)
_GIVEN_FIRST = re.compile(
    r"[^\W\d_][\w'’.-]*(?: [^\W\d_][\w'’.-]*){1,3}(?=\s*[,;:]|\s+(?:and|&)\s)"
)
_CERTAIN = (_INITIALS_FIRST, _INITIALS_LAST, _CAPITALS_LAST, _GIVEN_LAST)
_NEXT: Final = MappingProxyType({
    _INITIALS_FIRST: (_INITIALS_FIRST,),
    _INITIALS_LAST: (_INITIALS_LAST, _INITIALS_FIRST),  # "Lee, A. B., and C. Doe"
})  # fmt: skip
"""How names may stand behind the first of a list; else as the first does."""
_BETWEEN = re.compile(
    r"\s*(?:[,;]\s*(?:(?:and|und|et|y|e|и|&)\s+)?|\s(?:and|und|et|y|e|и|&)\s+)(?!al\b)",
    re.IGNORECASE,
)
_OTHERS = re.compile(r"[,;]?\s*(?:\[?(?:et\.? al|и др|u\. a)\b\.?\]?|…|\.{3})", re.IGNORECASE)
_BEHIND = re.compile(r"\s*[,;:.]?\s*")


def behind_names(text: str) -> str:
    """Returns what stands behind the authors that a reference begins with; empty where none do.

    >>> behind_names("A. Lee, B. van Doe, Kites and looms, in: NeurIPS, 2019.")
    'Kites and looms, in: NeurIPS, 2019.'
    >>> behind_names("LEE, Ann ; DOE, Bo: Kites. In: Wind (2019)")
    'Kites. In: Wind (2019)'
    >>> behind_names("Ann Lee, Bo Doe: Kites. NIPS 2019: 1-9")
    'Kites. NIPS 2019: 1-9'
    """
    end = _end_of(text, _CERTAIN)
    if end:
        return text[end:]
    # Names in full look like any words, so they are names only before a colon.
    end = _end_of(text, (_GIVEN_FIRST,))
    return text[end:] if end and ":" in text[max(0, end - 2) : end] else ""


def listed_names(text: str) -> tuple[str, ...]:
    """Returns the names of a text that is nothing but a list of them.

    >>> listed_names("LeCun Y, Bengio Y"), listed_names("Kingma & Welling")
    (('LeCun Y', 'Bengio Y'), ('Kingma', 'Welling'))
    """
    names: list[str] = []
    at = 0
    while at < len(text) and len(names) < MOST_NAMES:
        matches = (pattern.match(text, at) for pattern in _CERTAIN)
        name = next((match for match in matches if match is not None), None)
        between = _BETWEEN.match(text, name.end()) if name is not None else None
        if name is None or not (between or name.end() >= len(text.rstrip(" .,"))):
            parts = re.split(r"\s*(?:[,;&]|\b(?:and|und)\b)[\s,]*", text)
            return tuple(part.strip(" .") for part in parts if part.strip(" ."))
        names.append(name[0])
        at = between.end() if between is not None else len(text)
    return tuple(names)


def _end_of(text: str, patterns: tuple[re.Pattern[str], ...]) -> int:
    """Returns the offset behind a list of names that one of some patterns match each."""
    end = at = 0
    for _ in range(MOST_NAMES):
        matches = (pattern.match(text, at) for pattern in patterns)
        name = next((match for match in matches if match is not None), None)
        if name is None:
            break
        if not end:
            patterns = _NEXT.get(name.re, (name.re,))
        end = name.end()
        between = _BETWEEN.match(text, end)
        if between is None:
            break
        at = between.end()
    if not end:
        return 0
    others = _OTHERS.match(text, end)
    behind = _BEHIND.match(text, others.end() if others else end)
    return behind.end() if behind else end
