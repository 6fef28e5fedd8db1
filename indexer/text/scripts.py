"""Scripts other than Latin: what is a word in them, which letters are the same, light stemming.

Sources: Larkey, Ballesteros & Connell 2007, "Light stemming for Arabic information retrieval"
(light10), and the Arabic and Persian normalization of Lucene; NLTK's Snowball stemmer for Russian;
for Korean the case particles of Sohn 1999, "The Korean Language", 8.2.
"""

from __future__ import annotations

import unicodedata
from types import MappingProxyType
from typing import Final, Protocol

UNSPACED: Final = r"\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\uac00-\ud7af"
"""Thai, Lao, Burmese, Khmer and Hangul for a character class: words are looked for as sequences of
characters, in Korean because particles are written together with the noun."""
SIGNS: Final = r"\u2600-\u27bf\U0001f300-\U0001faff"
"""Pictographs and emoji for a character class: each is a word."""
INDIC: Final = r"\u0900-\u0963\u0966-\u0dff"
"""The scripts of India for a character class: their vowel signs are no letters for `re`."""

_SAME: Final = MappingProxyType(
    {
        "ى": "ي", "ی": "ي", "ې": "ي", "ک": "ك", "ڪ": "ك", "ة": "ه", "ۀ": "ه", "ہ": "ه", "ھ": "ه",
        "ە": "ه", "ٱ": "ا", "ـ": "", "\ufe0e": "", "\ufe0f": "", "\u20e3": "",
        "\u200e": "", "\u200f": "",
    }
)  # fmt: skip
"""Letters that keyboards for Arabic and Persian write differently; marks that say only how to show
a sign or which way to write."""
_TONES: Final = ("\U0001f3fb", "\U0001f3ff")
"""The first and the last of the modifiers of a skin tone."""
_ARTICLES: Final = ("وال", "بال", "كال", "فال", "لل", "ال", "و")
_ARABIC_ENDINGS: Final = ("ها", "ان", "ات", "ون", "ين", "يه", "ه", "ي")
_PARTICLES: Final = (
    "에서는", "에서도", "으로서", "으로써", "으로는", "에게서", "으로", "에서", "에게",
    "까지", "부터", "처럼", "보다", "은", "는", "을", "를", "의", "에",
)  # fmt: skip
_WEAK_PARTICLES: Final = ("이", "가", "와", "과", "로", "도", "만")
"""Also last syllables of many nouns, so that more must be left without them."""


class Stemmer(Protocol):
    """What a Snowball stemmer does."""

    def stem(self, word: str) -> str:
        """Returns the stem of a word."""


def script_letter(char: str) -> str | None:
    """Returns what a character beyond ASCII folds to by the rules of its script; None for others.

    A syllable of Hangul stays whole, a digit of any script is the one of ASCII.
    """
    if "\uac00" <= char <= "\ud7a3":
        return char
    same = _SAME.get(char)
    if same is not None:
        return same
    if _TONES[0] <= char <= _TONES[1]:
        return ""
    if char.isdecimal():
        return str(unicodedata.decimal(char))
    return None


def is_arabic(char: str) -> bool:
    """Returns whether a character is a letter of the Arabic script."""
    return "\u0620" <= char <= "\u06d3" and char.isalpha()


def is_unspaced(word: str) -> bool:
    """Returns whether a word is one character of a script in which a word is a sequence of them."""
    return len(word) == 1 and (
        "\u0e00" <= word <= "\u0eff"
        or "\u1000" <= word <= "\u109f"
        or "\u1780" <= word <= "\u17ff"
        or "\uac00" <= word <= "\ud7af"
    )


def without_particle(word: str) -> str:
    """Returns a Korean word without the particle written together with it.

    >>> without_particle("번역을"), without_particle("학습")
    ('번역', '학습')
    """
    if not "\uac00" <= word[-1:] <= "\ud7a3":
        return word
    for particles, least in ((_PARTICLES, 2), (_WEAK_PARTICLES, 3)):
        for particle in particles:
            if word.endswith(particle) and len(word) - len(particle) >= least:
                return word[: -len(particle)]
    return word


def script_stem(word: str, russian: Stemmer) -> str:
    """Returns the stem of a folded word that is not ASCII, by its script.

    Args:
        word: folded.
        russian: for words in Cyrillic letters.
    """
    if "\u0400" <= word[0] <= "\u04ff":
        if word.endswith(("ии", "ыи", "ои", "еи")):  # folding has taken the breve of й
            word = word[:-1] + "й"
        return russian.stem(word) or word
    return _arabic_stem(word) if is_arabic(word[0]) else word


def _arabic_stem(word: str) -> str:
    for article in _ARTICLES:
        least = 3 if article == "و" else 2
        if word.startswith(article) and len(word) - len(article) >= least:
            word = word[len(article) :]
            break
    for ending in _ARABIC_ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= 2:
            word = word[: -len(ending)]
    return word
