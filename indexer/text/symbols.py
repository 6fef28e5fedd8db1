r"""What TeX's commands for single characters stand for: Greek, relations, arrows, letters."""

from __future__ import annotations

import unicodedata
from typing import Final

_SYMBOLS: Final = dict(
    pair.split(":", 1)
    for pair in (
        "epsilon:ϵ varepsilon:ε phi:ϕ varphi:φ Phi:Φ lambda:λ Lambda:Λ vartheta:ϑ varrho:ϱ "
        "varsigma:ς varpi:ϖ ell:ℓ hbar:ℏ infty:∞ partial:∂ nabla:∇ emptyset:∅ varnothing:∅ aleph:ℵ "
        "times:× cdot:· div:÷ pm:± mp:∓ ast:∗ star:⋆ circ:∘ bullet:• oplus:⊕ otimes:⊗ odot:⊙ "
        "le:≤ leq:≤ leqslant:≤ ge:≥ geq:≥ geqslant:≥ ne:≠ neq:≠ ll:≪ gg:≫ approx:≈ sim:∼ simeq:≃ "
        "cong:≅ equiv:≡ propto:∝ asymp:≍ lesssim:≲ gtrsim:≳ prec:≺ succ:≻ in:∈ notin:∉ ni:∋ "
        "subset:⊂ subseteq:⊆ supset:⊃ supseteq:⊇ cup:∪ cap:∩ setminus:∖ vee:∨ wedge:∧ lor:∨ land:∧ "
        "neg:¬ lnot:¬ forall:∀ exists:∃ perp:⊥ bot:⊥ top:⊤ to:→ rightarrow:→ longrightarrow:→ "
        "leftarrow:← leftrightarrow:↔ Rightarrow:⇒ Leftarrow:⇐ Leftrightarrow:⇔ mapsto:↦ "
        "uparrow:↑ downarrow:↓ sum:∑ prod:∏ int:∫ dots:… ldots:… cdots:⋯ mid:| vert:| Vert:‖ "
        "langle:⟨ rangle:⟩ lceil:⌈ rceil:⌉ lfloor:⌊ rfloor:⌋ lbrace:{ rbrace:} prime:′ dagger:† "
        "ddagger:‡ S:§ P:¶ copyright:© pounds:£ degree:° textdegree:° checkmark:✓ square:□ "
        "triangle:△ backslash:⧵ textbackslash:⧵ ss:ß ae:æ AE:Æ oe:œ OE:Œ o:ø O:Ø l:ł L:Ł aa:å AA:Å "
        "i:ı j:ȷ textregistered:® texttrademark:™ euro:€ texteuro:€ textendash:– textemdash:— "
        "textquoteright:’ textquoteleft:‘ textquotedblleft:“ textquotedblright:” textasciitilde:~ "
        "textunderscore:_ textless:< textgreater:> textbar:| textellipsis:… LaTeX:LaTeX TeX:TeX"
    ).split()
)
_GREEK: Final = frozenset(
    "alpha beta gamma delta zeta eta theta iota kappa mu nu xi omicron pi rho sigma tau upsilon "
    "chi psi omega".split()
)


def symbol(name: str) -> str | None:
    r"""Returns the character of a TeX command (without its backslash), or None."""
    if name in _SYMBOLS:
        return _SYMBOLS[name]
    if name.lower() in _GREEK:
        case = "SMALL" if name[0].islower() else "CAPITAL"
        return unicodedata.lookup(f"GREEK {case} LETTER {name.upper()}")
    return None
