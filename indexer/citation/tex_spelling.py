r"""Characters beyond ASCII as TeX: accents spelled out, signs by their names.

No format of its own; `indexer.citation.texsafe` writes texts with it.
"""

from __future__ import annotations

import unicodedata
from types import MappingProxyType
from typing import Final

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
    "\xa0": "~", "\xad": r"\-", "\u200b": "", "\u2060": "", "\ufeff": "", "\ufffc": "",
    **dict.fromkeys("\u200c\u200d\u200e\u200f\u202a\u202b\u202c\u202d\u202e", ""),
    **dict.fromkeys("\u2066\u2067\u2068\u2069", ""),
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


def spell(cluster: str) -> str:
    r"""Returns one character, with its combining marks, in TeX; one that has no name stays.

    The letters i and j keep their dots under accents (``{\\'i}``): LaTeX drops them by itself, and
    readers of BibTeX take a dotless letter with an accent for two characters.
    """
    if cluster in _LETTERS:
        return _LETTERS[cluster]
    taken_apart = unicodedata.normalize("NFD", cluster)
    first, marks = taken_apart[:1], list(taken_apart[1:])
    if marks and all(mark in _MARKS for mark in marks) and (first.isascii() or first in _LETTERS):
        return _accented(_LETTERS.get(first, first).strip("{}"), marks)
    plain = unicodedata.normalize("NFKC", cluster)
    if len(plain) > 1 and plain.isascii() and plain.isalpha():
        return plain
    name = named(cluster)
    return cluster if name is None else f"{{${name}$}}"


def _accented(letter: str, marks: list[str]) -> str:
    for mark in marks:
        sign = _MARKS[mark]
        is_plain = len(letter) == 1 and not sign.isalpha()
        letter = f"\\{sign}{letter}" if is_plain else f"\\{sign}{{{letter}}}"
    return f"{{{letter}}}"


def named(cluster: str) -> str | None:
    """Returns what stands for a sign in a formula, without the dollars; None where nothing does."""
    if cluster in _SCRIPTS:
        return _SCRIPTS[cluster]
    plain = unicodedata.normalize("NFKC", cluster)
    for char in (cluster, plain):
        if char in _MATH:
            return f"\\{_MATH[char]}"
    return plain if plain.isascii() and plain.isalnum() else None
