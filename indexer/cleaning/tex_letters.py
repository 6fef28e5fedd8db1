r"""Letters, signs and braces of TeX as plain Unicode: BibTeX is written in them, some names too.

Only what stands for characters is undone: ``\"{o}``, ``{\ss}``, ``\&``, ``{GAN}``, ``---``.
Formulas and commands such as ``\emph{…}`` stay as they are, for they are the paper's own.
"""

from __future__ import annotations

import re
import unicodedata

from indexer.text.folding import MATH

_MARKS = {
    "'": "\u0301", "`": "\u0300", "^": "\u0302", '"': "\u0308", "~": "\u0303", "=": "\u0304",
    ".": "\u0307", "u": "\u0306", "v": "\u030c", "H": "\u030b", "c": "\u0327", "d": "\u0323",
    "b": "\u0331", "r": "\u030a", "k": "\u0328", "ocirc": "\u030a", "polhk": "\u0328",
}  # fmt: skip
_LETTERS = {
    "ss": "ß", "ae": "æ", "AE": "Æ", "oe": "œ", "OE": "Œ", "aa": "å", "AA": "Å", "o": "ø",
    "O": "Ø", "l": "ł", "L": "Ł", "i": "ı", "j": "ȷ", "dh": "ð", "DH": "Ð", "dj": "đ", "DJ": "Đ",
    "th": "þ", "TH": "Þ", "ng": "ŋ", "NG": "Ŋ", "textquoteright": "’", "textquoteleft": "‘",
    "textquotesingle": "'", "textquotedblleft": "“", "textquotedblright": "”", "textendash": "–",
    "textemdash": "—", "ldots": "…", "dots": "…", "textregistered": "®", "texttrademark": "™",
    "textbullet": "•", "textperiodcentered": "·", "textcent": "¢", "texteuro": "€", "textyen": "¥",
    "textdagger": "†", "textdaggerdbl": "‡", "textperthousand": "‰", "textquestiondown": "¿",
    "textexclamdown": "¡", "guillemotleft": "«", "guillemotright": "»",
    "textbraceleft": "\\{", "textbraceright": "\\}",
    "textdollar": "\\$", "textasciitilde": "~", "textunderscore": "_", "textbackslash": "\x00",
    "textdegree": "°",
    "textasciicircum": "^", "textgreater": ">", "textless": "<", "textbar": "|", "slash": "/",
    "S": "§", "copyright": "©", "pounds": "£", "cprime": "ʹ", "cdprime": "ʺ", "relax": "",
}  # fmt: skip
_ACCENT = re.compile(
    r"\{?\\(?:(?P<sign>['\"`^~=.])|(?P<letter>ocirc|polhk|[uvHcdbrk])(?=[\s{\\]))\s*"
    r"(?:\{\\?(?P<braced>[^\W\d_])\s*\}|\{?\\(?P<dotless>[ij])(?![A-Za-z])(?:\{\}|\s+)?\}?"
    r"|(?P<bare>[^\W\d_]))(?P<closed>\})?"
)
_LETTER = re.compile(
    r"\\(" + "|".join(sorted(_LETTERS, key=len, reverse=True)) + r")(?![A-Za-z])(\{\}|\s+)?"
)
_ADJOINING = re.compile(r"\$\}\{\$(?=[\\^_])")
_TIE = re.compile(r"(?<!\\)~")
_ESCAPED = re.compile(r"\\([&%#_])")
_LIGATURES = (("---", "—"), ("--", "–"), ("``", "“"), ("''", "”"))
_COMMAND_BEFORE = re.compile(r"(?:\\[A-Za-z]+\*?\s*|[_^])$")


def without_tex_letters(text: str) -> str:
    """Writes what TeX spells out as characters; formulas are left alone."""
    if "$}{$" in text:  # two formulas side by side are one: "$$" would begin another
        text = _ADJOINING.sub("", text).replace("$}{$", " ")
    if "$" not in text and "\\(" not in text:
        return _plain(text)
    pieces: list[str] = []
    at = 0
    for formula in MATH.finditer(text):
        pieces += (_plain(text[at : formula.start()]), formula[0])
        at = formula.end()
    pieces.append(_plain(text[at:]))
    return "".join(pieces)


def _plain(text: str) -> str:
    if "\\" in text:
        for _ in range(3):  # two accents on a letter: the inner one first
            before, text = text, _ACCENT.sub(_accented, text)
            if text == before:
                break
    if "~" in text:
        text = _TIE.sub(" ", text)
    if "\\" in text:
        # A backslash that is spelled out begins nothing, so it is put in last of all.
        text = _LETTER.sub(lambda match: _LETTERS[match[1]], text.replace("\x00", ""))
        text = _ESCAPED.sub(r"\1", text).replace("\\-", "")
    if "{" in text or "}" in text:
        text = _unbraced(text)
    for written, meant in _LIGATURES:
        if written in text:
            text = text.replace(written, meant)
    return text.replace("\x00", "\\") if "\x00" in text else text


def _accented(match: re.Match[str]) -> str:
    mark = _MARKS[match["sign"] or match["letter"]]
    letter = match["braced"] or match["dotless"] or match["bare"]
    opened = match[0].startswith("{")
    closed = match["closed"] or ""
    rest = "" if opened and closed else ("{" if opened else "") + closed
    return (
        unicodedata.normalize("NFC", letter + mark) + rest
        if not opened or closed
        else (rest + unicodedata.normalize("NFC", letter + mark))
    )


def _unbraced(text: str) -> str:
    """Drops braces that only protect or groups; keeps those that hold a command's argument."""
    pieces: list[str] = []
    kept: list[bool] = []
    last_closed_kept = False
    for piece in re.split(r"(\\[{}]|[{}])", text):
        if piece == "{":
            before = "".join(pieces[-2:])
            keep = _COMMAND_BEFORE.search(before) is not None or (
                last_closed_kept and before.endswith("}")
            )
            kept.append(keep)
            if keep:
                pieces.append(piece)
        elif piece == "}":
            last_closed_kept = kept.pop() if kept else False
            if last_closed_kept:
                pieces.append(piece)
        elif piece:
            pieces.append(piece)
    pieces.extend("}" for brace in kept if brace)
    return "".join(pieces)
