"""TeX's spellings of characters, and the TeX that is the paper's own and stays."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.cleaning.tex_letters import without_tex_letters


@pytest.mark.parametrize(
    ("tex", "expected"),
    [
        (r"Hj\o{}rland, Jos\'{e}, Na\"{\i}ve", "Hjørland, José, Naïve"),
        (r"{\'E}mile {\'{E}}mile \'Emile {\' E}mile", "Émile Émile Émile Émile"),
        (r"K{\"{o}}nig, Fran\c cois, \v{S}koda, {\v S}", "König, François, Škoda, Š"),
        (r"Tu{\'{\^a}}n, \`{\^{e}}", "Tuấn, ề"),
        (r"{\ss} \ss{} \AA ngstr\"om \l{}", "ß ß Ångström ł"),
        (r"R\&D 15\% a\_b \#1 A\textasciicircum{}2", "R&D 15% a_b #1 A^2"),
        (r"``quoted'' a--b --- c~d", "“quoted” a–b — c d"),
        (r"{GAN}s of {{Double}} braces", "GANs of Double braces"),
        (r"\emph{kept} {\emph{kept}} \frac{a}{b}", r"\emph{kept} \emph{kept} \frac{a}{b}"),
        (r"$\mathbb{R}^{n}$ {x} $\hat{\o}$", r"$\mathbb{R}^{n}$ x $\hat{\o}$"),
        (r"a_{b} c^{d}", r"a_{b} c^{d}"),
        (r"a \{ b \}", r"a \{ b \}"),
        ("unbalanced } {", "unbalanced  "),
        ("no TeX at all", "no TeX at all"),
    ],
)
def test_letters(tex: str, expected: str) -> None:
    assert expected == without_tex_letters(tex)


@given(st.text(alphabet="ab{}\\'\"^~$oic -", max_size=40))
def test_any_text_passes(text: str) -> None:
    assert "\0" not in without_tex_letters(text)
