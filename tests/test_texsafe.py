"""Text of papers becomes TeX that compiles and means the same."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from indexer.citation.texsafe import _joined, _pieces, spell, tex_text, tex_title


@pytest.mark.parametrize(
    ("text", "tex"),
    [
        ("100% of R&D #1 a_b", r"100\% of R\&D \#1 a\_b"),
        (r"15\% \& \emph{so} \'a \{", r"15\% \& \emph{so} \'a \textbraceleft{}"),
        ("$5 and $10", r"\$5 and \$10"),
        (r"$\ell_2$ & $a<b$", r"$\ell_2$ \& $a<b$"),
        ("} {a} {", r"\textbraceright{} {a} \textbraceleft{}"),
        (r"$\{$ x", r"\$\textbraceleft{}\$ x"),
        ("a\\", r"a\textbackslash{}"),
        ("é ç ş ø Å ï", r"{\'e} {\c{c}} {\c{s}} {\o} {\AA} {\"i}"),
        ("ệ", r"{\^{\d{e}}}"),
        ("ı̆ ǿ", r"{\u{\i}} {\'{\o}}"),
        ("“a” – ‘b’ — …", "``a'' -- `b' --- {\\ldots}"),
        ("α ≤ 𝛽² ℝ 𝐱", r"{$\alpha$} {$\leq$} {$\beta$}{$^2$} {$\mathbb{R}$} {$x$}"),
        (r"$\begin{array}{c}N\\{k}\end{array}$", r"$\begin{array}{c}N\\ {k}\end{array}$"),
        ("$α≤1$", r"$\alpha \leq 1$"),
        ("伟 🏹", "伟 🏹"),
    ],
)
def test_text_is_written_so_that_tex_takes_it(text: str, tex: str) -> None:
    assert tex == tex_text(text)


def test_titles_protect_what_must_not_be_lowered() -> None:
    title = "BERT of Self-Supervised 3D GANs: A Study in C, École and $L_2$ by iPhone"

    assert tex_title(title) == (
        r"{BERT} of Self-Supervised {3D} {GANs:} A Study in {C,} {\'E}cole and {$L_2$} by {iPhone}"
    )
    assert tex_title(r"\emph{BERT}") == r"{{\emph{BERT}}}"
    assert tex_title("Über", ascii=False) == "Über"


@given(st.text())
@settings(deadline=None)
def test_braces_always_balance(text: str) -> None:
    for tex in (tex_text(text), tex_title(text), tex_text(text, ascii=False)):
        depth = 0
        for char in tex:
            depth += (char == "{") - (char == "}")
            assert depth >= 0
        assert depth == 0


@given(st.characters(categories=["Lu", "Ll"], max_codepoint=0x17F))
def test_letters_spelled_in_tex_are_read_back(letter: str) -> None:
    """By pylatexenc, which knows other tables than ours."""
    latex2text = pytest.importorskip("pylatexenc.latex2text")

    spelled = spell(letter)

    back = unicodedata.normalize("NFKC", latex2text.LatexNodes2Text().latex_to_text(spelled))
    assert unicodedata.normalize("NFKC", letter) == back
    assert spelled.isascii() or letter not in "äöüßéèçñøåłžšáãõëêîïôûùæœđČčłŃńÖÜ"


@given(st.text("aZ09 ,.:;()/+-", max_size=40))
def test_plain_text_is_written_as_other_text_is(text: str) -> None:
    for ascii in (True, False):
        assert tex_text(text, ascii=ascii) == _joined(_pieces(text, ascii=ascii, protect=False))
