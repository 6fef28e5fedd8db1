r"""Text of a paper as TeX that compiles: accents spelled out, special characters escaped.

The texts of papers hold TeX of their own (``$\ell_2$``, ``15\%``, ``\emph{…}``). What is on the
list of `indexer.citation.tex_commands` stays; all else, ``\input{…}`` for one, is escaped and shows
as it was written. Nothing is escaped twice.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from types import MappingProxyType
from typing import Final

from indexer.citation import tex_commands as tex
from indexer.citation.tex_formula import safe_formula
from indexer.citation.tex_spelling import named, spell
from indexer.text.folding import MATH

__all__ = ["spell", "tex_text", "tex_title"]

_ESCAPES: Final = MappingProxyType({
    "%": r"\%", "&": r"\&", "#": r"\#", "_": r"\_", "$": r"\$", "^": r"\textasciicircum{}",
    "~": r"\textasciitilde{}", "<": r"\textless{}", ">": r"\textgreater{}", "|": r"\textbar{}",
})  # fmt: skip
_OPEN, _CLOSE = r"\textbraceleft{}", r"\textbraceright{}"
_BACKSLASH = r"\textbackslash{}"
_TOKEN = re.compile(
    r"\\(?P<command>[A-Za-z]+\*?|[^A-Za-z\s]|\ )|(?P<brace>[{}])|(?P<slash>\\)"
    r"|(?P<special>[%&#_$^~<>|])"
    r"|(?P<beyond>[^\x00-\x7f][\u0300-\u036f]*|[A-Za-z][\u0300-\u036f]+)"
)
_UNSEEN = re.compile(
    r"[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufffc"
    r"\ud800-\udfff]"
)
"""Characters that show nothing; they are taken out first of all, lest they part a command."""
_OPEN_COMMAND = re.compile(r"\\[A-Za-z]+\*?$")
_GROUP = r"\{(?:[^{}$\\]|\\.|\{(?:[^{}$\\]|\\.|\{[^{}$]{0,80}\}){0,80}\}){0,120}\}"
_SCRIPT = rf"[_^](?:{_GROUP}|\\[A-Za-z]+(?![A-Za-z])|[A-Za-z0-9])"
_BARE = re.compile(
    r"(?<!\\)\\(?P<name>[A-Za-z]{2,20})(?![A-Za-z])"
    rf"(?P<arguments>(?:\s?{_GROUP}){{0,2}})(?P<scripts>(?:{_SCRIPT}){{0,2}})"
)
_CAPITAL = re.compile(r"\w[A-Z]|\d[A-Za-z]|(?<![A-Za-z])[B-HJ-Z](?![A-Za-z'’])")
_ONE_LETTER = re.compile(r"\s*[A-Za-z]|\s*\\[ij](?![A-Za-z])")
_PLAIN = re.compile(r"[A-Za-z0-9 ,.:;()/+-]*+")
"""Text without anything that TeX reads as a command, as most fields of a paper are."""
_SPACED_LETTER = re.compile(r"\s+[A-Za-z]|\s*\\[ij](?![A-Za-z])")


def tex_text(text: str, *, ascii: bool = True) -> str:
    """Writes a text so that TeX takes it and shows what was meant; its braces balance.

    Args:
        text: one line of a paper.
        ascii: spell characters beyond ASCII; those TeX has no name for stay as they are.
    """
    if _PLAIN.fullmatch(text):
        return " ".join(text.split())
    return _joined(_pieces(text, ascii=ascii, protect=False))


def tex_title(text: str, *, ascii: bool = True) -> str:
    """Writes a title so that styles which lower its case leave acronyms and formulas alone.

    Braces go around words with a capital inside ("BERT", "iPhone", "3D") and single capitals, and
    around formulas; other words keep their case to the style.
    """
    return _joined(_pieces(text, ascii=ascii, protect=True))


def _joined(pieces: Iterable[str]) -> str:
    r"""Returns pieces as one text; a command and letters behind it never become another command.

    A dotless i and the ligature "ﬀ" would end a condition of TeX.
    """
    written: list[str] = []
    last = ""
    for piece in pieces:
        if not piece:
            continue
        if piece[0].isalpha() and piece[0].isascii() and _OPEN_COMMAND.search(last):
            written.append("{}")
        written.append(piece)
        last = piece
    return "".join(written)


def _pieces(text: str, *, ascii: bool, protect: bool) -> list[str]:
    text = " ".join(_UNSEEN.sub("", unicodedata.normalize("NFC", text)).split())
    formulas = _formulas(text, ascii=ascii)
    masked: list[str] = []
    end = 0
    for start, stop, _ in formulas:
        masked += (text[end:start], " " * (stop - start))
        end = stop
    words = _Words("".join((*masked, text[end:])), ascii=ascii)
    pieces: list[str] = []
    at = 0
    for start, stop, formula in formulas:
        pieces += words.write(at, start, protect=protect)
        is_bare = text[start] == "\\" and text[start + 1].isalpha()
        pieces.append(f"{{{formula}}}" if formula and (protect or is_bare) else formula)
        at = stop
    pieces += words.write(at, len(text), protect=protect)
    return pieces


def _formulas(text: str, *, ascii: bool) -> list[tuple[int, int, str]]:
    r"""Returns where formulas begin and end, and what is written for each.

    A command of mathematics outside of a formula (``\ell_1``, ``\log``) is one with its arguments.
    """
    formulas: list[tuple[int, int, str]] = []
    at = 0
    for match in MATH.finditer(text):
        formulas += _bare_formulas(text, at, match.start(), ascii=ascii)
        formula = _formula(match[0], ascii=ascii)
        if formula is not None:
            formulas.append((match.start(), match.end(), formula))
        at = match.end()
    return [*formulas, *_bare_formulas(text, at, len(text), ascii=ascii)]


def _bare_formulas(text: str, start: int, end: int, *, ascii: bool) -> list[tuple[int, int, str]]:
    formulas: list[tuple[int, int, str]] = []
    for match in _BARE.finditer(text, start, end) if "\\" in text[start:end] else ():
        name = match["name"]
        if name == "ensuremath" and not match["arguments"]:
            formulas.append((match.start(), match.end("name"), ""))
            continue
        if name in tex.TEXT_LETTERS or name in tex.TEXT_FONTS or name in tex.TEXT_SWITCHES:
            continue
        is_symbol = name in tex.MATH_SYMBOLS
        if not is_symbol and name not in tex.MATH_ARGUMENTS and name != "ensuremath":
            continue
        arguments = "" if is_symbol else match["arguments"]
        scripts = match["scripts"] if arguments == match["arguments"] else ""
        body = f"\\{name}{arguments}"
        if name == "ensuremath":
            body = arguments.strip()[1:-1]
        formula = _formula(f"${body}{scripts}$", ascii=ascii)
        if formula is not None:
            length = 1 + len(name) + len(arguments) + len(scripts)
            formulas.append((match.start(), match.start() + length, formula))
    return formulas


def _formula(formula: str, *, ascii: bool) -> str | None:
    return safe_formula(
        formula, sign=named if ascii else None, text=lambda text: tex_text(text, ascii=ascii)
    )


class _Words:
    """The words of a text outside its formulas; braces are pairs over all of it.

    Args:
        text: with spaces in the place of formulas.
    """

    def __init__(self, text: str, *, ascii: bool) -> None:
        self._text = text
        self._ascii = ascii
        self._partner = _paired(text)

    def write(self, start: int, end: int, *, protect: bool) -> list[str]:
        """Returns the words and spaces between two places."""
        words: list[str] = []
        for match in re.finditer(r"\s+|\S+", self._text[start:end]):
            word, at = match[0], start + match.start()
            written = word if word.isspace() else self._word(at, at + len(word))
            if protect and _CAPITAL.search(word) and self._is_whole(at, at + len(word)):
                written = f"{{{{{written}}}}}" if written.startswith("\\") else f"{{{written}}}"
            words.append(written)
        return words

    def _is_whole(self, start: int, end: int) -> bool:
        """Whether a word is whole: its braces are pairs, its last command has its argument."""
        last = self._text[start:end].rfind("\\")
        if last >= 0 and re.fullmatch(r"\\[A-Za-z]*|\\\W", self._text[start + last : end]):
            return False
        return all(
            start <= self._partner[at] < end for at in range(start, end) if at in self._partner
        )

    def _word(self, start: int, end: int) -> str:
        return _joined(self._write_range(start, end))

    def _write_range(self, start: int, end: int) -> list[str]:
        written: list[str] = []
        at = start
        for match in _TOKEN.finditer(self._text, start, end):
            written.append(self._text[at : match.start()])
            at = match.end()
            if match["command"] is not None:
                written.append(self._command(match["command"], at))
            elif match["brace"] is not None:
                brace = match[0]
                paired = match.start() in self._partner
                written.append(brace if paired else _OPEN if brace == "{" else _CLOSE)
            elif match["slash"] is not None:
                written.append(_BACKSLASH)
            elif match["special"] is not None:
                written.append(_ESCAPES[match[0]])
            elif match["beyond"] is not None:
                written.append(spell(match[0]) if self._ascii else match[0])
        written.append(self._text[at:end])
        return written

    def _command(self, name: str, end: int) -> str:
        """Returns a command that may pass; of any other the text.

        Args:
            name: letters or one sign, without the backslash.
            end: place behind it.
        """
        if name in "{}":
            return _OPEN if name == "{" else _CLOSE
        bare = name.removesuffix("*")
        bare = tex.RENAMED.get(bare, bare)
        takes_group = self._opens_group(end)
        if name in tex.ACCENT_SIGNS:
            passes = takes_group or _ONE_LETTER.match(self._text, end) is not None
        elif name in tex.ACCENT_LETTERS:
            passes = takes_group or _SPACED_LETTER.match(self._text, end) is not None
        elif bare in tex.TEXT_FONTS:
            passes = takes_group
        else:
            passes = name in tex.TEXT_SIGNS or bare in tex.TEXT_LETTERS or bare in tex.TEXT_SWITCHES
        if passes:
            return f"\\{bare}"
        if len(name) == 1 and not name.isalpha():
            if name == "\\":
                return _BACKSLASH * 2
            sign = spell(name) if self._ascii and not name.isascii() else name
            return _BACKSLASH + _ESCAPES.get(name, sign)
        return _BACKSLASH + name

    def _opens_group(self, at: int) -> bool:
        """Whether the next character but for white space opens a group."""
        while at < len(self._text) and self._text[at].isspace():
            at += 1
        return at in self._partner and self._text[at] == "{"


def _paired(text: str) -> dict[int, int]:
    r"""Returns the places of braces that are pairs, each with its partner's; ``\{`` is no brace."""
    opened: list[int] = []
    paired: dict[int, int] = {}
    for match in re.finditer(r"\\[\\{}]|[{}]", text):
        if match[0] == "{":
            opened.append(match.start())
        elif match[0] == "}" and opened:
            start = opened.pop()
            paired[start], paired[match.start()] = match.start(), start
    return paired
