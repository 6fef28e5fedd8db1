"""How single letters fold: accents off, ligatures apart, typography to ASCII, Greek by name."""

from __future__ import annotations

import unicodedata
from typing import Final

from indexer.text.scripts import script_letter

_LETTERS: Final = {
    "ß": "ss", "ẞ": "ss", "æ": "ae", "Æ": "ae", "œ": "oe", "Œ": "oe", "ł": "l", "Ł": "l",
    "đ": "d", "Đ": "d", "ð": "d", "Ð": "d", "þ": "th", "Þ": "th", "ħ": "h", "Ħ": "h", "ı": "i",
    "ŋ": "n", "ſ": "s", "ℓ": "l", "∞": "infty", "‐": "-", "‑": "-", "‒": "-", "–": "-", "−": "-",
    "—": " ", "―": " ", "’": "'", "‘": "'", "ʼ": "'", "′": "'", "`": "'", "´": "'", "“": '"',
    "”": '"', "«": '"', "»": '"', "\u00ad": "", "\u200b": "", "\u200c": "", "\u200d": "",
    "\ufeff": "", "\u2060": "", "·": " ",
}  # fmt: skip
_GREEK: Final = dict(
    zip(
        "αβγδεζηθικλμνξοπρςστυφχψω",
        "alpha beta gamma delta epsilon zeta eta theta iota kappa lambda mu nu xi omicron pi rho "
        "sigma sigma tau upsilon phi chi psi omega".split(),
        strict=True,
    )
)
UMLAUTS: Final = {
    "ä": ("a", "ae"), "ö": ("o", "oe"), "ü": ("u", "ue"), "ø": ("o", "oe"), "å": ("a", "aa"),
}  # fmt: skip
"""Letters that are written in one of two ways where they are missing."""
_PLAIN: Final = str.maketrans({letter: ways[0] for letter, ways in UMLAUTS.items()})
_SPELLED: Final = str.maketrans({letter: ways[1] for letter, ways in UMLAUTS.items()})


def fold_letter(char: str) -> str:
    """Folds one character that is not ASCII; what has no simpler form stays, in lower case."""
    folded = _LETTERS.get(char)
    if folded is None:
        folded = script_letter(char)
    if folded is None:
        spread = unicodedata.normalize("NFKD", char)
        plain = (_LETTERS.get(char, char) for char in spread if not unicodedata.combining(char))
        folded = "".join(plain).casefold()
    return folded


def umlaut(letter: str) -> str:
    """Returns the umlaut that a letter and its combining marks form, lower case, or ""."""
    composed = unicodedata.normalize("NFC", letter).lower()
    return composed if composed in UMLAUTS else ""


def greek(letter: str) -> str:
    """Returns TeX's name of a lower-case Greek letter, or "" for other letters."""
    return _GREEK.get(letter, "")


def spellings(word: str) -> tuple[str, str]:
    """Spell a folded word without its umlauts, simply and the German way.

    >>> spellings("müller"), spellings("jorgensen")
    (('muller', 'mueller'), ('jorgensen', 'jorgensen'))
    """
    return word.translate(_PLAIN), word.translate(_SPELLED)
