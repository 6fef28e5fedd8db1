r"""A TeX formula for reading: as MathML for pages, as Unicode for everything else.

MathML is made by latex2mathml and then checked element by element: only presentational elements
and harmless attributes pass, everything is escaped here, and whatever cannot be shown properly
(an unknown structure, a faulty formula) becomes Unicode text instead. No TeX command is ever shown.
"""

from __future__ import annotations

import html
import re
import unicodedata
from collections import OrderedDict
from collections.abc import Iterator
from threading import Lock
from typing import Final
from xml.etree.ElementTree import Element

from indexer.text.symbols import symbol

MAX_FORMULA: Final = 400
"""Longer formulas are shown as Unicode: converting them takes too long for a page."""
_ARITY: Final = {
    "mfrac": 2, "mroot": 2, "msub": 2, "msup": 2, "munder": 2, "mover": 2, "msubsup": 3,
    "munderover": 3,
}  # fmt: skip
_ELEMENTS: Final = frozenset(
    "math mrow mi mn mo mtext mspace msqrt mstyle mpadded mphantom menclose mtable mtr mtd".split()
) | frozenset(_ARITY)
_ATTRIBUTES: Final = frozenset(
    "accent columnalign depth displaystyle fence form height largeop linethickness lspace maxsize "
    "minsize movablelimits notation rspace scriptlevel separator stretchy symmetric width".split()
)
_VALUE = re.compile(r"[\w.%+ -]{0,40}")
_TOKEN = re.compile(r"\\[A-Za-z]+\*?|\\.|[^\s\\]|\s+", re.DOTALL)

_COMBINING: Final = {
    "hat": "\u0302", "widehat": "\u0302", "tilde": "\u0303", "widetilde": "\u0303",
    "Tilde": "\u0303", "bar": "\u0304", "overline": "\u0304", "vec": "\u20d7", "dot": "\u0307",
    "ddot": "\u0308", "acute": "\u0301", "grave": "\u0300", "check": "\u030c", "breve": "\u0306",
}  # fmt: skip
_PLAIN: Final = frozenset(
    "text textbf textit texttt textrm textsf textsc textsl textnormal textup textmd emph underline "
    "mathbf mathit mathrm mathsf mathtt mathcal mathfrak mathscr mathbb boldsymbol bm mbox hbox "
    "operatorname smash ensuremath left right big Big bigg Bigg bigl bigr Bigl Bigr displaystyle "
    "textstyle scriptstyle limits nolimits bf it rm sf tt sc em sl cal bfseries itshape scshape "
    "ttfamily rmfamily sffamily label nonumber protect relax phantom middle color mathop mathbin "
    "mathrel bigg".split()
)
_FRACTIONS: Final = ("frac", "tfrac", "dfrac", "nicefrac", "binom")
_SPACES: Final = ("quad", "qquad", "hspace", "newline")
_ESCAPED: Final = ("\\%", "\\&", "\\#", "\\_", "\\$", "\\{", "\\}")
_SUPER: Final = dict(zip("0123456789+-=()ni", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁼⁽⁾ⁿⁱ", strict=True))
_SUB: Final = dict(zip("0123456789+-=()aeoxhklmnpst", "₀₁₂₃₄₅₆₇₈₉₊₋₌₍₎ₐₑₒₓₕₖₗₘₙₚₛₜ", strict=True))


def is_structural(name: str) -> bool:
    r"""Returns whether a command takes arguments that `unicode` knows how to lay out."""
    return name in _COMBINING or name in _FRACTIONS or name in ("sqrt", "mathbb")


def unicode(tex: str) -> str:
    r"""Writes a formula, without its dollars, as one line of Unicode text.

    >>> unicode(r"\ell_2"), unicode(r"O(\sqrt{n})"), unicode(r"\frac{a+b}{c}")
    ('ℓ₂', 'O(√n)', '(a+b)/c')
    """
    line = _Line(tex).read()
    return re.sub(r"\s+", " ", unicodedata.normalize("NFC", line)).strip()


class _Line:
    """Reads TeX tokens from left to right."""

    def __init__(self, tex: str) -> None:
        self.tokens: list[str] = _TOKEN.findall(tex)
        self.at = 0

    def read(self, *, closing: str = "", depth: int = 0) -> str:
        """Reads up to a closing token, or to the end."""
        parts: list[str] = []
        while self.at < len(self.tokens):
            if closing and self.tokens[self.at] == closing:
                self.at += 1
                break
            parts.append(self.item(depth))
        return "".join(parts)

    def item(self, depth: int) -> str:
        """Reads one token and what belongs to it."""
        sign = self.tokens[self.at]
        self.at += 1
        if sign == "{":
            return self.read(closing="}", depth=depth + 1) if depth < 50 else ""
        if sign in "^_":
            return self._script(sign, depth)
        if len(sign) > 1 and sign[1].isalpha():
            return self._command(sign[1:].removesuffix("*"), depth)
        if sign.isspace() or sign in ("&", "~", "\\ ", "\\,", "\\;", "\\\\"):
            return " "
        if sign in _ESCAPED:
            return sign[1]
        if sign[0] == "\\" or sign in "}$":
            return "‖" if sign == "\\|" else ""
        return "′" if sign == "'" else sign

    def argument(self, depth: int) -> str:
        """Reads what a command is applied to."""
        while self.at < len(self.tokens) and self.tokens[self.at].isspace():
            self.at += 1
        return self.item(depth + 1) if self.at < len(self.tokens) and depth < 50 else ""

    def _script(self, sign: str, depth: int) -> str:
        inner = self.argument(depth).strip()
        table = _SUPER if sign == "^" else _SUB
        if inner and all(char in table for char in inner):
            return "".join(table[char] for char in inner)
        if sign == "^" and inner in ("∘", "′", "∗", "⊤", "*"):
            return {"∘": "°", "⊤": "ᵀ"}.get(inner, inner)
        return sign + (inner if len(inner) == 1 else f"({inner})") if inner else ""

    def _command(self, name: str, depth: int) -> str:
        if name in _FRACTIONS:
            over, under = self.argument(depth), self.argument(depth)
            return f"{_grouped(over.strip())}/{_grouped(under.strip())}"
        if name == "sqrt":
            return f"√{_grouped(self.argument(depth).strip())}"
        if name == "mathbb":
            return "".join(map(_double_struck, self.argument(depth)))
        if name in _COMBINING:
            inner = self.argument(depth)
            return inner + _COMBINING[name] if len(inner) == 1 else inner
        if name in ("begin", "end", *_SPACES):
            if name not in _SPACES:
                self.argument(depth)
            return " "
        shown = "" if name in _PLAIN else symbol(name)
        return self._function(name) if shown is None else shown

    def _function(self, name: str) -> str:
        """Sets a named function (log, poly, …) apart from the letters around it."""
        last = self.tokens[self.at - 2][-1:] if self.at > 1 else ""
        before = " " if last.isalnum() or last in ("}", ")") else ""
        after = " " if self.at < len(self.tokens) and self.tokens[self.at][:1].isalnum() else ""
        return f"{before}{name}{after}"


def _grouped(text: str) -> str:
    return text if len(text) < 2 or text.isalnum() else f"({text})"


def _double_struck(char: str) -> str:
    if char.isascii() and char.isalpha() and char.isupper():
        for form in ("DOUBLE-STRUCK CAPITAL", "MATHEMATICAL DOUBLE-STRUCK CAPITAL"):
            try:
                return unicodedata.lookup(f"{form} {char}")
            except KeyError:
                continue
    return char


def mathml(tex: str) -> str:
    """Writes a formula, without its dollars, as one safe ``<math>`` element.

    Returns:
        Markup to put into a page as it is; empty where the formula cannot be shown as MathML.
    """
    if len(tex) > MAX_FORMULA:
        return ""
    from latex2mathml.converter import convert_to_element

    try:
        element = convert_to_element(tex.strip())
        return "".join(_tex_of(element, 0))
    except Exception:  # noqa: BLE001 - latex2mathml raises whatever a faulty formula runs it into
        return ""


class _Unshowable(Exception):  # noqa: N818 - it never leaves this module
    """The element is not one we let into a page."""


def _tex_of(element: Element, depth: int) -> Iterator[str]:
    name = element.tag
    if name not in _ELEMENTS or depth > 60 or len(element) != _ARITY.get(name, len(element)):
        raise _Unshowable
    attributes = "".join(
        f' {key}="{html.escape(value)}"'
        for key, value in element.attrib.items()
        if key in _ATTRIBUTES and _VALUE.fullmatch(value)
    )
    text = html.unescape(element.text or "").replace("\\", "")
    text, attributes = _varied(text, element.get("mathvariant", ""), attributes)
    yield f"<{name}{attributes}>{html.escape(text, quote=False)}"
    for child in element:
        yield from _tex_of(child, depth + 1)
    yield f"</{name}>"


def _varied(text: str, variant: str, attributes: str) -> tuple[str, str]:
    """Writes a letter in its variant as a character: browsers know no mathvariant but normal."""
    if variant == "normal":
        return text, f'{attributes} mathvariant="normal"'
    if variant in ("bold", "bold-italic") and len(text) == 1 and text.isascii() and text.isalpha():
        case = "CAPITAL" if text.isupper() else "SMALL"
        name = f"MATHEMATICAL {variant.upper().replace('-', ' ')} {case} {text.upper()}"
        return unicodedata.lookup(name), attributes
    return text, attributes


class Formulas:
    """Remembers the MathML of the formulas shown last; safe to share between threads.

    Attributes:
        size: most formulas kept.
    """

    def __init__(self, size: int = 2048) -> None:
        """Begins with none."""
        self.size = size
        self._kept: OrderedDict[str, str] = OrderedDict()
        self._lock = Lock()

    def mathml(self, tex: str) -> str:
        """Returns `mathml` of a formula, cached if it was shown before."""
        with self._lock:
            if tex in self._kept:
                self._kept.move_to_end(tex)
                return self._kept[tex]
        made = mathml(tex)
        if len(tex) > MAX_FORMULA:  # it is no MathML
            return made
        with self._lock:
            self._kept[tex] = made
            while len(self._kept) > self.size:
                self._kept.popitem(last=False)
        return made
