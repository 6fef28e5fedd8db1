r"""Text of a paper as TeX that compiles: accents spelled out, special characters escaped.

The texts of papers hold TeX of their own (``$\ell_2$``, ``15\%``, ``\emph{…}``), which stays; what
is no TeX is escaped, so that nothing is escaped twice.
"""

from __future__ import annotations

import re
import unicodedata
from types import MappingProxyType
from typing import Final

from indexer.text.folding import MATH

_MARKS: Final = MappingProxyType({
    "\u0300": "`", "\u0301": "'", "\u0302": "^", "\u0303": "~", "\u0304": "=", "\u0306": "u",
    "\u0307": ".", "\u0308": '"', "\u030a": "r", "\u030b": "H", "\u030c": "v", "\u0323": "d",
    "\u0327": "c", "\u0328": "k", "\u0331": "b", "\u0332": "b",
})  # fmt: skip
_LETTERS: Final = MappingProxyType({
    "ß": r"{\ss}", "æ": r"{\ae}", "Æ": r"{\AE}", "œ": r"{\oe}", "Œ": r"{\OE}", "ø": r"{\o}",
    "Ø": r"{\O}", "ł": r"{\l}", "Ł": r"{\L}", "ı": r"{\i}", "ȷ": r"{\j}", "đ": r"{\dj}",
    "Đ": r"{\DJ}", "ð": r"{\dh}", "Ð": r"{\DH}", "þ": r"{\th}", "Þ": r"{\TH}", "ŋ": r"{\ng}",
    "Ŋ": r"{\NG}", "å": r"{\aa}", "Å": r"{\AA}",
    "‘": "`", "’": "'", "“": "``", "”": "''", "–": "--", "—": "---", "…": r"{\ldots}",
    "\u2010": "-", "\u2011": "-", "\u2012": "--", "\u2015": "---", "\u2003": " ", "\u2009": " ",
    "\xa0": "~", "\xad": r"\-", "\u200b": "", "\u2060": "", "\ufeff": "",
    "´": "'", "„": ",,", "‚": ",", "«": r"{\guillemotleft}", "»": r"{\guillemotright}",
    "°": r"{\textdegree}", "•": r"{\textbullet}", "·": r"{\textperiodcentered}",
    "§": r"{\S}", "¶": r"{\P}", "©": r"{\copyright}", "®": r"{\textregistered}",
    "™": r"{\texttrademark}", "£": r"{\pounds}", "€": r"{\texteuro}", "¥": r"{\textyen}",
    "¢": r"{\textcent}", "¿": r"{\textquestiondown}", "¡": r"{\textexclamdown}",
    "†": r"{\textdagger}", "‡": r"{\textdaggerdbl}", "‰": r"{\textperthousand}",
    "ﬀ": "ff", "ﬁ": "fi", "ﬂ": "fl", "ﬃ": "ffi", "ﬄ": "ffl",
})  # fmt: skip
_MATH: Final = MappingProxyType({
    **dict(zip("αβγδεζηθικλμνξπρςστυφχψω", (
        "alpha beta gamma delta varepsilon zeta eta theta iota kappa lambda mu nu xi pi rho "
        "varsigma sigma tau upsilon varphi chi psi omega").split(), strict=True)),
    **dict(zip("ΓΔΘΛΞΠΣΥΦΨΩ", "Gamma Delta Theta Lambda Xi Pi Sigma Upsilon Phi Psi Omega".split(),
               strict=True)),
    "µ": "mu", "ϵ": "epsilon", "ϕ": "phi", "ϑ": "vartheta", "ϱ": "varrho", "ℓ": "ell", "ω": "omega",
    "×": "times", "±": "pm", "∓": "mp", "÷": "div", "⋅": "cdot", "∗": "ast", "⋆": "star",
    "∘": "circ", "◦": "circ", "∞": "infty", "≤": "leq", "≥": "geq", "⩽": "leq", "⩾": "geq",
    "≠": "neq", "≈": "approx", "≃": "simeq", "≡": "equiv", "∼": "sim", "∝": "propto", "≪": "ll",
    "≫": "gg", "∈": "in", "∉": "notin", "⊂": "subset", "⊆": "subseteq", "∪": "cup", "∩": "cap",
    "∅": "emptyset", "∖": "setminus", "∀": "forall", "∃": "exists", "¬": "neg", "∧": "wedge",
    "∨": "vee", "⊕": "oplus", "⊗": "otimes", "⊙": "odot", "⊤": "top", "⊥": "bot", "∂": "partial",
    "∇": "nabla", "∆": "Delta", "∑": "sum", "∏": "prod", "∫": "int", "√": "surd", "→": "rightarrow",
    "←": "leftarrow", "↔": "leftrightarrow", "⇒": "Rightarrow", "⇔": "Leftrightarrow",
    "↦": "mapsto", "↑": "uparrow", "↓": "downarrow", "⟨": "langle", "⟩": "rangle", "⌊": "lfloor",
    "⌋": "rfloor", "⌈": "lceil", "⌉": "rceil", "∥": "parallel", "‖": "Vert", "′": "prime",
    "ℝ": "mathbb{R}", "ℂ": "mathbb{C}", "ℕ": "mathbb{N}", "ℤ": "mathbb{Z}", "ℚ": "mathbb{Q}",
    "𝔼": "mathbb{E}", "ℙ": "mathbb{P}", "ℒ": "mathcal{L}", "ℋ": "mathcal{H}", "𝒪": "mathcal{O}",
})  # fmt: skip
_SCRIPTS: Final = MappingProxyType({
    **{raised: f"^{plain}" for raised, plain in zip("⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻ⁿ", "0123456789+-n", strict=True)},
    **{low: f"_{plain}" for low, plain in zip("₀₁₂₃₄₅₆₇₈₉", "0123456789", strict=True)},
    "−": "-", "½": r"\frac{1}{2}",
})  # fmt: skip
_ESCAPES: Final = MappingProxyType({
    "%": r"\%", "&": r"\&", "#": r"\#", "_": r"\_", "$": r"\$", "^": r"\textasciicircum{}",
    "~": r"\textasciitilde{}", "<": r"\textless{}", ">": r"\textgreater{}", "|": r"\textbar{}",
})  # fmt: skip
_OPEN, _CLOSE = r"\textbraceleft{}", r"\textbraceright{}"
_TOKEN = re.compile(
    r"(?P<command>\\(?:[A-Za-z]+\*?|[%&#_$,;!/\\ -]|['\"`^~=.](?=[A-Za-z{\\])))"
    r"|(?P<brace>\\?[{}])|(?P<slash>\\)|(?P<special>[%&#_$^~<>|])|(?P<beyond>[^\x00-\x7f][\u0300-\u036f]*|[A-Za-z][\u0300-\u036f]+)"
)
_BREAK = re.compile(r"(?<!\\)((?:\\\\)+)(?=[{}])")
_CAPITAL = re.compile(r"\w[A-Z]|\d[A-Za-z]|(?<![A-Za-z])[B-HJ-Z](?![A-Za-z'’])")


def tex_text(text: str, *, ascii: bool = True) -> str:
    """Write a text so that TeX takes it and shows what was meant; its braces balance.

    Args:
        text: one line of a paper.
        ascii: spell characters beyond ASCII; those TeX has no name for stay as they are.
    """
    return _apart("".join(_pieces(text, ascii=ascii, protect=False)))


def tex_title(text: str, *, ascii: bool = True) -> str:
    """Write a title so that styles which lower its case leave acronyms and formulas alone.

    Braces go around words with a capital inside ("BERT", "iPhone", "3D") and single capitals, and
    around formulas; other words keep their case to the style.
    """
    return _apart("".join(_pieces(text, ascii=ascii, protect=True)))


def _apart(tex: str) -> str:
    r"""Part the line break ``\\\\`` from a brace behind it, which some readers take for ``\\{``."""
    return _BREAK.sub(r"\1 ", tex)


def _pieces(text: str, *, ascii: bool, protect: bool) -> list[str]:
    text = unicodedata.normalize("NFC", text)
    pieces: list[str] = []
    at = 0
    for match in MATH.finditer(text):
        if not _balances(match.group()):
            continue
        pieces += _plain(text[at : match.start()], ascii=ascii, protect=protect)
        formula = _formula(match.group()) if ascii else match.group()
        pieces.append(f"{{{formula}}}" if protect else formula)
        at = match.end()
    pieces += _plain(text[at:], ascii=ascii, protect=protect)
    return pieces


def _plain(text: str, *, ascii: bool, protect: bool) -> list[str]:
    """Write a stretch without formulas; stray braces become signs."""
    paired = _paired(text)
    words: list[str] = []
    for match in re.finditer(r"\s+|\S+", text):
        word = match.group()
        written = _word(word, match.start(), paired, ascii=ascii)
        whole = all(
            (match.start() <= at < match.end()) == (match.start() <= partner < match.end())
            for at, partner in paired.items()
            if match.start() <= at < match.end()
        )
        if protect and whole and _CAPITAL.search(word):
            written = f"{{{{{written}}}}}" if written.startswith("\\") else f"{{{written}}}"
        words.append(written)
    return words


def _word(word: str, offset: int, paired: dict[int, int], *, ascii: bool) -> str:
    def write(match: re.Match[str]) -> str:
        if match["command"] is not None:
            return match.group()
        if match["brace"] is not None:
            brace = match.group()
            if len(brace) == 1 and offset + match.start() in paired:
                return brace
            return _OPEN if brace.endswith("{") else _CLOSE
        if match["slash"] is not None:
            return r"\textbackslash{}"
        if match["special"] is not None:
            return _ESCAPES[match.group()]
        return spell(match.group()) if ascii else match.group()

    return _TOKEN.sub(write, word)


def spell(cluster: str) -> str:
    """Spell one character, with its combining marks, in TeX; one that has no name stays."""
    if cluster in _LETTERS:
        return _LETTERS[cluster]
    taken_apart = unicodedata.normalize("NFD", cluster)
    first, marks = taken_apart[:1], list(taken_apart[1:])
    if marks and all(mark in _MARKS for mark in marks) and (first.isascii() or first in _LETTERS):
        return _accented(_LETTERS.get(first, first).strip("{}"), marks)
    plain = unicodedata.normalize("NFKC", cluster)
    if len(plain) > 1 and plain.isascii() and plain.isalpha():
        return plain
    name = _named(cluster)
    return cluster if name is None else f"{{${name}$}}"


def _accented(letter: str, marks: list[str]) -> str:
    for mark in marks:
        sign = _MARKS[mark]
        if letter == "i" and sign not in "cdbk":
            letter = r"\i"
        is_plain = len(letter) == 1 and not sign.isalpha()
        letter = f"\\{sign}{letter}" if is_plain else f"\\{sign}{{{letter}}}"
    return f"{{{letter}}}"


def _named(cluster: str) -> str | None:
    """Give what stands for a sign inside a formula, without the dollars."""
    if cluster in _SCRIPTS:
        return _SCRIPTS[cluster]
    plain = unicodedata.normalize("NFKC", cluster)
    for char in (cluster, plain):
        if char in _MATH:
            return f"\\{_MATH[char]}"
    return plain if plain.isascii() and plain.isalnum() else None


def _formula(formula: str) -> str:
    """Write a formula with the signs in it by name."""

    def write(match: re.Match[str]) -> str:
        name = _named(match.group())
        if name is None:
            return match.group()
        return f"{name} " if name.startswith("\\") and name[-1].isalpha() else name

    return re.sub(r"[^\x00-\x7f]", write, formula)


def _balances(formula: str) -> bool:
    r"""Say whether the braces of a formula are pairs, as BibTeX counts them: ``\{`` is one, too."""
    depth = 0
    for char in formula:
        depth += (char == "{") - (char == "}")
        if depth < 0:
            return False
    return depth == 0


def _paired(text: str) -> dict[int, int]:
    r"""Find the braces that are pairs, each with the place of the other; ``\{`` is no brace."""
    opened: list[int] = []
    paired: dict[int, int] = {}
    for match in re.finditer(r"\\[{}]|[{}]", text):
        if match.group() == "{":
            opened.append(match.start())
        elif match.group() == "}" and opened:
            start = opened.pop()
            paired[start], paired[match.start()] = match.start(), start
    return paired
