"""Lists of keywords that dumps write as one text."""

from __future__ import annotations

import re


def split_keywords(text: str, separators: str = ",;") -> tuple[str, ...]:
    """Splits a text at any of the separators; empty items are none.

    >>> split_keywords("snow, rain;; wind")
    ('snow', 'rain', 'wind')
    """
    pieces = re.split(f"[{re.escape(separators)}]", text)
    return tuple(stripped for piece in pieces if (stripped := piece.strip()))


def listed_keywords(text: str) -> tuple[str, ...]:
    """Splits a text at its semicolons where it has any, else at its commas.

    >>> listed_keywords("Databases, Protein; Humans")
    ('Databases, Protein', 'Humans')
    """
    return split_keywords(text, ";" if ";" in text else ",")
