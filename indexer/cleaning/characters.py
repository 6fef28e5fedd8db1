"""Mend the characters of a text: wrong decodings, lost ligatures, invisible and stray marks."""

from __future__ import annotations

import re
import unicodedata

_MOJIBAKE = re.compile(
    "[\u00c2-\u00f4](?:[\u0080-\u00bf\u0152\u0153\u0160\u0161\u0178\u017d\u017e\u0192\u02c6\u02dc]"
    "|[\u2013-\u203a\u20ac\u2122])"
)
"""A letter that is the first byte of UTF-8 read as Latin-1, before one that is a later byte."""
_INVISIBLE = re.compile(
    "[\u0000-\u0008\u000e-\u001b\u007f-\u009f\u00ad\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff"
    "\ufff9-\ufffb\ud800-\udfff\ufffe\uffff]"
)
"""Control characters, soft hyphens, marks of direction, lone halves of surrogate pairs."""
_C1 = re.compile("[\u0080-\u009f]")
_LIGATURES = {"ﬀ": "ff", "ﬁ": "fi", "ﬂ": "fl", "ﬃ": "ffi", "ﬄ": "ffl", "ﬅ": "st", "ﬆ": "st"}
_LIGATURE = re.compile("[ﬀ-ﬆ]")
_CID = re.compile(r"\s*\(cid:(\d+)\)(\s*)")
_CID_LIGATURES = {"11": "ff", "12": "fi", "13": "fl", "14": "ffi", "15": "ffl"}
_SPACING_ACCENT = re.compile("([A-Za-z])([´¨])(?!ı)|([´¨])([aeiouyAEIOUYı])")
_DOTLESS = re.compile("ı([\u0300-\u0302\u0308])")
"""TeX sets an accent on an i without its dot; in Unicode the accent takes the dot's place."""
_COMBINING = {"´": "\u0301", "¨": "\u0308"}


def mend_characters(text: str) -> str:
    """Returns the text in NFC, as its author would have typed it.

    Undoes UTF-8 read as Latin-1 or Windows-1252 (by ftfy's test, ftfy.readthedocs.io), ligatures
    and accents that a PDF took apart, and ``(cid:173)``; drops what cannot be seen. The glyph
    numbers of ``(cid:N)`` are those of TeX's fonts (OT1) and of soft hyphens at line ends.
    """
    if "(cid:" in text:
        text = _CID.sub(_cid, text)
    if text.isascii():
        return _INVISIBLE.sub("", text) if not text.isprintable() else text
    if _MOJIBAKE.search(text) is not None:
        text = _decoded_again(text)
    if _INVISIBLE.search(text) is not None:
        text = _INVISIBLE.sub("", _C1.sub(_windows, text))
    if _LIGATURE.search(text) is not None:
        text = _LIGATURE.sub(lambda match: _LIGATURES[match[0]], text)
    if "´" in text or "¨" in text:
        text = _SPACING_ACCENT.sub(_accent, text)
    if "ı" in text:
        text = _DOTLESS.sub(r"i\1", text)
    return unicodedata.normalize("NFC", text)


def _decoded_again(text: str) -> str:
    import ftfy

    return ftfy.fix_encoding(text)


def _windows(match: re.Match[str]) -> str:
    """Reads a C1 control as the character that Windows-1252 has in its place, if it has one."""
    return match[0].encode("latin-1").decode("cp1252", errors="ignore")


def _cid(match: re.Match[str]) -> str:
    number, after = match.groups()
    before = match[0][: match[0].index("(")]
    if number == "173":
        return ""
    if ligature := _CID_LIGATURES.get(number):
        return before + ligature + after
    return " "


def _accent(match: re.Match[str]) -> str:
    letter, sign, first, vowel = match.groups()
    if letter and letter in "aeiouyAEIOUY":
        return letter + _COMBINING[sign]
    if vowel:
        return ("i" if vowel == "ı" else vowel) + _COMBINING[first]
    return match[0]


def one_line(text: str) -> str:
    """Makes every run of white space, line breaks included, one space."""
    return " ".join(text.split())
