"""WordPiece: from a text to the ids of its word pieces, as BERT's uncased models were trained.

The text is cleaned of control characters, ideographs stand alone, accents are removed, letters are
lowered one by one, and it is cut at white space and around punctuation. A word becomes the longest
pieces of the vocabulary that lead through it, from its beginning; a word that no pieces make up is
`[UNK]` (Devlin et al. 2019, "BERT", https://aclanthology.org/N19-1423; Wu et al. 2016, "Google's
Neural Machine Translation System", https://arxiv.org/abs/1609.08144).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from typing import Final

_LONGEST_WORD: Final = 100
"""Characters; a longer word is `[UNK]`, as in the reference."""
_MOST_WORDS: Final = 50_000
"""Words whose pieces are kept, some 200 bytes each."""
_MOST_CODES: Final = 50_000
"""Characters that are looked up once; others each time they occur."""
_ASCII_WORDS: Final = re.compile(r"[!-/:-@\[-`{-~]|[^\s!-/:-@\[-`{-~]+")
_ASCII_CONTROLS: Final = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_ASCII_SIGNS: Final = frozenset("$+<=>^`|~")
"""Signs that are cut off like punctuation, though Unicode counts them among the symbols."""
_IDEOGRAPHS: Final = (
    (0x4E00, 0x9FFF),
    (0x3400, 0x4DBF),
    (0x20000, 0x2A6DF),
    (0x2A700, 0x2B73F),
    (0x2B740, 0x2B81F),
    (0x2B920, 0x2CEAF),
    (0xF900, 0xFAFF),
    (0x2F800, 0x2FA1F),
)
"""Code points, from and to, that stand alone."""
_OTHER: Final = frozenset({"Cc", "Cf", "Co", "Cs"})
"""Categories of characters that are left out; those not assigned yet stay, as in the reference."""


class WordPiece:
    """The tokenizer of one vocabulary; safe to use from several threads."""

    def __init__(self, pieces: Iterable[str]) -> None:
        """Numbers the pieces of a vocabulary from 0.

        Args:
            pieces: in the order of their ids; one that goes on within a word begins with "##".
        """
        self._ids = {piece: number for number, piece in enumerate(pieces)}
        self._begin, self._end = self._ids["[CLS]"], self._ids["[SEP]"]
        self._unknown = [self._ids["[UNK]"]]
        self._known: dict[str, list[int]] = {}
        self._cleaned: Mapping[int, str] = _Cleaned()
        self._folded: Mapping[int, str] = _Folded()

    def __len__(self) -> int:
        """Number of pieces in the vocabulary."""
        return len(self._ids)

    def encode(self, text: str, limit: int) -> list[int]:
        """Returns the ids of a text, `[CLS]` first and `[SEP]` last.

        Args:
            text: any text.
            limit: the most ids, these two among them; what comes after is cut off.

        Example:
            >>> WordPiece(["[CLS]", "[SEP]", "[UNK]", "deep", "##er"]).encode("Deeper", 8)
            [0, 3, 4, 1]
        """
        ids = [self._begin]
        for word in self._words(text):
            ids += self._known.get(word) or self._pieces(word)
            if len(ids) >= limit:
                del ids[limit - 1 :]
                break
        ids.append(self._end)
        return ids

    def _words(self, text: str) -> list[str]:
        """Returns the words and signs of a text, folded."""
        if text.isascii():
            return _ASCII_WORDS.findall(_ASCII_CONTROLS.sub("", text).lower())
        cleaned = unicodedata.normalize("NFD", text.translate(self._cleaned))
        return cleaned.translate(self._folded).split(" ")

    def _pieces(self, word: str) -> list[int]:
        """Returns the ids of a word; none for an empty one."""
        if not word:
            return []
        ids = self._cut(word)
        if len(word) > _LONGEST_WORD:
            return ids
        if len(self._known) >= _MOST_WORDS:
            self._known.clear()
        self._known[word] = ids
        return ids

    def _cut(self, word: str) -> list[int]:
        if len(word) > _LONGEST_WORD:
            return self._unknown
        ids: list[int] = []
        start = 0
        while start < len(word):
            prefix = "##" if start else ""
            for end in range(len(word), start, -1):
                piece = self._ids.get(prefix + word[start:end])
                if piece is not None:
                    ids.append(piece)
                    start = end
                    break
            else:
                return self._unknown
        return ids


class _Cleaned(dict[int, str]):
    """For `str.translate`: no control characters, one kind of space, ideographs alone."""

    def __missing__(self, code: int) -> str:
        char = chr(code)
        if char in "\t\n\r":
            cleaned = " "
        elif code in (0, 0xFFFD) or unicodedata.category(char) in _OTHER:
            cleaned = ""
        elif char.isspace():
            cleaned = " "
        elif any(first <= code <= last for first, last in _IDEOGRAPHS):
            cleaned = f" {char} "
        else:
            cleaned = char
        if len(self) < _MOST_CODES:
            self[code] = cleaned
        return cleaned


class _Folded(dict[int, str]):
    """For `str.translate`: no accents, small letters, signs of punctuation alone."""

    def __missing__(self, code: int) -> str:
        char = chr(code)
        category = unicodedata.category(char)
        if category == "Mn":
            folded = ""
        elif category.startswith("P") or char in _ASCII_SIGNS:
            folded = f" {char} "
        else:
            folded = char.lower()
        if len(self) < _MOST_CODES:
            self[code] = folded
        return folded
