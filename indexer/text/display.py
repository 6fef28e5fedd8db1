r"""A paper's text for reading: TeX rendered, formulas as MathML, matches marked.

A text is cut into stretches that show as they are and stretches that show as something else (a
formula, an accent, a command without its backslash). The latter are marked whole or not at all, so
a mark never splits a formula, an entity or a letter and its accents; and the marks change nothing
about what is shown: the texts of the pieces always add up to `plain` of the text.
"""

from __future__ import annotations

import html
import re
import unicodedata
from collections.abc import Iterator, Sequence
from typing import Final, Literal, NamedTuple

from indexer.search import Span
from indexer.text.folding import MATH
from indexer.text.formula import Formulas, is_structural, mathml, unicode
from indexer.text.symbols import symbol

Style = Literal["", "emphasis", "strong", "code", "sub", "super"]

_STYLES: Final[dict[str, Style]] = {
    "emph": "emphasis", "textit": "emphasis", "textsl": "emphasis", "em": "emphasis",
    "it": "emphasis", "sl": "emphasis", "itshape": "emphasis", "textbf": "strong", "bf": "strong",
    "bfseries": "strong", "texttt": "code", "tt": "code", "ttfamily": "code", "url": "code",
    "textsuperscript": "super", "textsubscript": "sub",
}  # fmt: skip
_SILENT: Final = frozenset(
    "text textrm textsf textsc textnormal textup textmd underline mathbf mathit mathrm mathsf "
    "mathtt mathcal mathfrak mathscr boldsymbol bm mbox hbox operatorname rm sf sc cal scshape "
    "rmfamily sffamily left right big Big bigg Bigg displaystyle textstyle scriptstyle limits "
    "nolimits ensuremath protect relax noindent small large Large huge normalsize footnotesize "
    "tiny xspace centering par item phantom boldmath math".split()
)
_ACCENTS: Final = {
    "'": "\u0301", "`": "\u0300", "^": "\u0302", '"': "\u0308", "~": "\u0303", "=": "\u0304",
    ".": "\u0307", "u": "\u0306", "v": "\u030c", "H": "\u030b", "c": "\u0327", "d": "\u0323",
    "b": "\u0331", "r": "\u030a", "k": "\u0328",
}  # fmt: skip
_SIGNS: Final = {
    **{sign: sign for sign in "%&#_${}"}, **dict.fromkeys(",;: \\", " "),
    **dict.fromkeys("!/-()[]", ""), "|": "‖",
}  # fmt: skip
"""What a backslash and a sign show."""
_ACCENT = re.compile(
    r"""\\(?:(?P<sign>['"`^~=.])|(?P<letter>[uvHcdbrk])(?=[\s{\\]))\s*"""
    r"""(?:\{\\?(?P<braced>[A-Za-z])\}|\\(?P<dotless>[ij])(?![A-Za-z])|(?P<bare>[A-Za-z]))"""
)
_GONE = re.compile(
    r"\\(?:cite[a-z]*|ref|eqref|label|footnote|thanks)\*?\s*(?:\[[^\]]*\])?\{[^{}]*\}"
    r"|\\(?:begin|end)\{[^{}]*\}|\\href\{[^{}]*\}|\\textcolor\{[^{}]*\}|\\color\{[^{}]*\}"
)
_COMMAND = re.compile(r"\\([A-Za-z]+)\*?[ \t]*")
_ARGUMENTS = re.compile(r"(?:\s*(?:\{(?:[^{}]|\{[^{}]*\})*\}|[_^]\{?[^{}\s]+\}?)){0,3}")
_ENTITY = re.compile(r"&(?:#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});")
_WORDY = re.compile(
    r"\\(?P<style>text[a-z]{2}|text|emph|math[a-z]{2,3}|mbox)\s*\{(?P<text>[^\\{}$^_]*)\}"
    r"|(?P<number>\d[\d., ]*(?:\\?%)?)"
)
_GROUP = re.compile(r"[\w' -]*[^\W\d_][\w' -]*")
_SPECIAL = re.compile(r"[\\${}~]|``|''|&(?=[#A-Za-z])")


class Piece(NamedTuple):
    """A stretch of a displayed text in one look; a tuple, as a page has a hundred of them.

    Attributes:
        text: what a reader sees, plain characters, not escaped.
        marked: it matched the query.
        style: how it is set.
        mathml: a formula as safe markup to show in place of `text`; empty for all else.
    """

    text: str
    marked: bool = False
    style: Style = ""
    mathml: str = ""


class _Stretch(NamedTuple):
    """Source characters from `start` to `end` that show as `text`; `whole` cannot be divided."""

    start: int
    end: int
    text: str
    style: Style = ""
    whole: bool = True
    tex: str = ""


def display(
    text: str, spans: Sequence[Span] = (), *, formulas: Formulas | None = None
) -> tuple[Piece, ...]:
    """Renders a text, or a snippet of one, for a page.

    Args:
        text: title, abstract or name as the paper has it; any string is accepted.
        spans: what matched, as offsets into `text`, in order and apart from each other.
        formulas: remembers formulas between calls, which makes pages of them much faster.
    """
    if text and not _special(text):
        if not spans:
            return (Piece(text),)
        if text.isascii():
            return tuple(_divided(text, spans))
    convert = formulas.mathml if formulas is not None else mathml
    pieces: list[Piece] = []
    for stretch in _stretches(text):
        for shown, marked in _marked(stretch, spans):
            markup = convert(stretch.tex) if stretch.tex else ""
            _append(pieces, Piece(shown, marked, stretch.style, markup))
    return tuple(pieces)


def _divided(text: str, spans: Sequence[Span]) -> list[Piece]:
    """Cuts a text that shows as it is, without combining characters, where marks begin and end."""
    pieces: list[Piece] = []
    at = 0
    for span in spans:
        start, end = max(span.start, at), min(span.end, len(text))
        if start >= end:
            continue
        if start > at:
            pieces.append(Piece(text[at:start]))
        elif pieces:
            start -= len(pieces.pop().text)
        pieces.append(Piece(text[start:end], marked=True))
        at = end
    if at < len(text):
        pieces.append(Piece(text[at:]))
    return pieces


def plain(text: str) -> str:
    """Renders a text without any markup: for a page's ``<title>``, a terminal, a feed."""
    if not _special(text):
        return text
    return "".join(stretch.text for stretch in _stretches(text))


def _special(text: str) -> bool:
    # Looking for a few signs takes far less than the pattern, and mostly none is there.
    hinted = (
        "$" in text
        or "\\" in text
        or "{" in text
        or "}" in text
        or "~" in text
        or "&" in text
        or "``" in text
        or "''" in text
    )
    return hinted and _SPECIAL.search(text) is not None


def _append(pieces: list[Piece], piece: Piece) -> None:
    if not piece.text and not piece.mathml:
        return
    last = pieces[-1] if pieces else None
    if last and not last.mathml and not piece.mathml:
        if (last.marked, last.style) == (piece.marked, piece.style):
            pieces[-1] = Piece(last.text + piece.text, piece.marked, piece.style)
            return
        if unicodedata.category(piece.text[0])[0] == "M" and last.marked != piece.marked:
            # A combining character goes with the letter before it, wherever the mark ended.
            end = next(
                (
                    index
                    for index, char in enumerate(piece.text)
                    if unicodedata.category(char)[0] != "M"
                ),
                len(piece.text),
            )
            pieces[-1] = Piece(last.text + piece.text[:end], last.marked, last.style)
            piece = Piece(piece.text[end:], piece.marked, piece.style)
            if not piece.text:
                return
    pieces.append(piece)


def _marked(stretch: _Stretch, spans: Sequence[Span]) -> Iterator[tuple[str, bool]]:
    """Cuts a stretch where marks begin and end; what is whole is marked if a mark touches it."""
    inside = [span for span in spans if span.start < stretch.end and stretch.start < span.end]
    if stretch.whole:
        yield stretch.text, any(span.end > span.start for span in inside)
        return
    at = stretch.start
    for span in inside:
        start, end = max(span.start, at), min(span.end, stretch.end)
        if start >= end:
            continue
        yield stretch.text[at - stretch.start : start - stretch.start], False
        yield stretch.text[start - stretch.start : end - stretch.start], True
        at = end
    yield stretch.text[at - stretch.start :], False


def _stretches(text: str) -> list[_Stretch]:
    if not _special(text):
        return [_Stretch(0, len(text), text, whole=False)]
    return _Reading(text).read()


class _Reading:
    """One pass over one text that holds TeX or something that looks like it."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.found: list[_Stretch] = []
        self.styles: list[tuple[Style, bool]] = []
        self.style: Style = ""
        self.maths = {match.start(): match.end() for match in MATH.finditer(text)}
        self.quoted = "``" in text

    def read(self) -> list[_Stretch]:
        """Walks from one special place to the next."""
        at = 0
        while at < len(self.text):
            match = _SPECIAL.search(self.text, at)
            stop = match.start() if match else len(self.text)
            if stop > at:
                self.found.append(_Stretch(at, stop, self.text[at:stop], self.style, whole=False))
            at = self._special(stop) if match else stop
        return self.found

    def _show(self, start: int, end: int, text: str, *, tex: str = "") -> int:
        self.found.append(_Stretch(start, end, text, self.style, tex=tex))
        return end

    def _special(self, at: int) -> int:
        text, char = self.text, self.text[at]
        if at in self.maths:
            return self._formula(at, self.maths[at])
        if char == "\\":
            return self._backslash(at)
        if char == "{":
            return self._open(at)
        if char == "}" and self.styles:
            self.style, shown = self.styles.pop()
            return self._show(at, at + 1, "}" if shown else "")
        if char == "&":
            entity = _ENTITY.match(text, at)
            if entity is not None and (meant := html.unescape(entity[0])) != entity[0]:
                return self._show(at, entity.end(), meant)
        elif char == "~" and 0 < at < len(text) - 1:
            # TeX's tie stands between words; before a number it says "about".
            if (text[at - 1].isalpha() or text[at - 1] in ".}") and not text[at + 1].isspace():
                return self._show(at, at + 1, " ")
        elif char in "`'" and self.quoted:
            return self._show(at, at + 2, "“" if char == "`" else "”")
        return self._show(at, at + 1, char)

    def _formula(self, start: int, end: int) -> int:
        whole = self.text[start:end]
        width = 2 if whole.startswith(("$$", "\\")) else 1
        tex = whole[width:-width].strip()
        wordy = _WORDY.fullmatch(tex)
        if wordy is None:
            return self._show(start, end, unicode(tex) or tex, tex=tex)
        if wordy["number"]:
            return self._show(start, end, wordy["number"].replace("\\", ""))
        style = _STYLES.get(wordy["style"].replace("mathbf", "textbf"), self.style)
        self.found.append(_Stretch(start, end, wordy["text"], style))
        return end

    def _open(self, at: int) -> int:
        """Begins a group; its braces are shown where they look like a set, not like TeX."""
        end = self.text.find("}", at)
        group = self.text[at + 1 : end] if end > 0 else ""
        if end < 0:
            return self._show(at, at + 1, "{")
        shown = "\\" not in group and _GROUP.fullmatch(group) is None
        self.styles.append((self.style, shown))
        return self._show(at, at + 1, "{" if shown else "")

    def _argument(self, at: int, style: Style) -> int:
        """Begins the group a command is applied to, if there is one."""
        if self.text.startswith("{", at) and "}" in self.text[at:]:
            self.styles.append((self.style, False))
            self.style = style
            return at + 1
        return at

    def _backslash(self, at: int) -> int:
        text = self.text
        accent = _ACCENT.match(text, at)
        if accent is not None:
            letter = accent["braced"] or accent["dotless"] or accent["bare"]
            mark = _ACCENTS[accent["sign"] or accent["letter"]]
            return self._show(at, accent.end(), unicodedata.normalize("NFC", letter + mark))
        gone = _GONE.match(text, at)
        if gone is not None:
            return self._leave_out(at, gone.end())
        command = _COMMAND.match(text, at)
        if command is None:
            shown = _SIGNS.get(text[at + 1 : at + 2])
            return self._show(at, at + 1 if shown is None else at + 2, shown or "")
        return self._command(at, command[1], command.end())

    def _leave_out(self, at: int, end: int) -> int:
        """Shows nothing, and no space before it either where none is wanted."""
        last = self.found[-1] if self.found else None
        closes = self.text[end : end + 1] in ("", " ", ".", ",", ";", ":", ")")
        if last is not None and not last.whole and last.text.endswith(" ") and closes:
            self.found[-1] = _Stretch(last.start, at - 1, last.text[:-1], last.style, whole=False)
            at -= 1
        return self._show(at, end, "")

    def _command(self, at: int, name: str, end: int) -> int:
        if name in _STYLES:
            self._show(at, end, "")
            if self.text.startswith("{", end):
                return self._argument(end, _STYLES[name])
            if self.styles:
                self.style = _STYLES[name]
            return end
        if name in _SILENT:
            self._show(at, end, "")
            return self._argument(end, self.style)
        if is_structural(name):
            arguments = _ARGUMENTS.match(self.text, end)
            stop = arguments.end() if arguments else end
            return self._show(at, stop, unicode(self.text[at:stop]))
        shown = symbol(name)
        gap = " " if self.text[end - 1 : end].isspace() else ""
        if shown is not None:
            return self._show(at, end, shown + ("" if shown.isalpha() else gap))
        for length in range(len(name) - 1, 1, -1):
            # Some dumps have lost their braces: \emphk is k, \mathcalO is O.
            if name[:length] in _SILENT or name[:length] in _STYLES or is_structural(name[:length]):
                return self._show(at, end, name[length:] + gap)
        return self._show(at, end, name + gap)
