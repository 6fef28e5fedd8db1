"""Display: TeX rendered, formulas safe, marks that change nothing."""

from __future__ import annotations

import gzip
import json
import re
import unicodedata
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from indexer.analysis import Analyzer
from indexer.search import Span
from indexer.text.display import Piece, display, plain
from indexer.text.folding import MATH
from indexer.text.formula import Formulas, mathml, unicode
from tests.effort import effort

SHOWN = {
    "a < b & c > d": "a < b & c > d",
    "It costs $5 million and $6 more": "It costs $5 million and $6 more",
    r"$\textbf{G}$roup $\textbf{R}$obust": "Group Robust",
    r"15\% of $15\%$ and $0.5$": "15% of 15% and 0.5",
    r"the $\ell_2$ norm": "the ℓ₂ norm",
    r"$O(\sqrt{n}\log n)$": "O(√n log n)",
    r"\mathcalO(\sqrt{T}) and \emphk": "O(√T) and k",
    r"\emph{very} {\em so} \texttt{x}": "very so x",
    r"{BERT}s of {D}eep sets {0, 1}": "BERTs of Deep sets {0, 1}",
    r"Erd\H{o}s \"uber Tak\'{a}\v{c} na\"{\i}ve \O rsted": "Erdős über Takáč naïve Ørsted",
    "``quoted'' isn't": "“quoted” isn't",
    r"Fig.~3 about ~10": "Fig. 3 about ~10",
    r"as in \cite{foo}, \ref{x}": "as in,",
    r"\url{http://x.org/a} \href{http://y.org}{text}": "http://x.org/a text",
    "AT&amp;T &eacute; &lt;b&gt; &nosuch; R&D": "AT&T é <b> &nosuch; R&D",
    r"\unknown{x} \alpha \textbackslash": "unknownx α⧵",
    r"\\ \, \! \|": " ‖",
    "": "",
}


@pytest.mark.parametrize(("text", "shown"), SHOWN.items())
def test_what_is_shown(text: str, shown: str) -> None:
    assert shown.split() == plain(text).split()


def test_styles() -> None:
    assert display(r"a \emph{b} $\textbf{c}$ \texttt{d}") == (
        Piece("a "),
        Piece("b", style="emphasis"),
        Piece(" "),
        Piece("c", style="strong"),
        Piece(" "),
        Piece("d", style="code"),
    )


def test_a_formula_is_mathml_with_its_text_beside_it() -> None:
    piece = display(r"$\ell_2$")[0]

    assert piece.text == "ℓ₂"
    assert piece.mathml == "<math><mrow><msub><mi>ℓ</mi><mn>2</mn></msub></mrow></math>"


@pytest.mark.parametrize(
    ("tex", "shown"),
    [
        (r"\ell_2", "ℓ₂"),
        (r"x^{n+1}_{max}", "xⁿ⁺¹ₘₐₓ"),
        (r"\frac{a+b}{c}", "(a+b)/c"),
        (r"\tilde{O}(\epsilon^{-2})", "Õ(ϵ⁻²)"),
        (r"\mathbb{R}^{d\times d}", "ℝ^(d× d)"),
        (r"a \le b \in \Omega", "a ≤ b ∈ Ω"),
        (r"\left\{ x \right\}", "{ x }"),
        (r"\begin{matrix}1&2\\3&4\end{matrix}", "1 2 3 4"),
        (r"f'(x)", "f′(x)"),
        ("", ""),
        ("{" * 200, ""),
        (r"\frac", "/"),
        ("x^", "x"),
    ],
)
def test_formulas_in_unicode(tex: str, shown: str) -> None:
    assert shown == unicode(tex)


@pytest.mark.parametrize(
    "tex",
    [
        r"\href{javascript:alert(1)}{x}",
        r"\style{color:red}{x}",
        r"\class{foo}{x}",
        r"\text{<script>alert(1)</script>}",
        r"\color{red}x",
        r"<img src=x onerror=alert(1)>",
        r"\unknowncommand x",
        r"a & b \\ c",
        r"\text{&lt;b&gt;}",
    ],
)
def test_mathml_is_harmless(tex: str) -> None:
    made = mathml(tex)

    for element in ET.fromstring(made or "<math/>").iter():  # noqa: S314 - our own, just made
        assert element.tag in "math mrow mi mn mo mtext mspace mstyle mtable mtr mtd".split()
        assert set(element.attrib) <= {"stretchy", "mathvariant", "width"}
        assert "\\" not in (element.text or "")


@pytest.mark.parametrize("tex", ["x_", r"\left( x", r"\frac{1}", "{" * 300, "x" * 500, "%5"])
def test_what_mathml_cannot_show_is_text(tex: str) -> None:
    assert mathml(tex) == ""


def test_formulas_are_remembered_and_forgotten() -> None:
    formulas = Formulas(size=2)
    for tex in ("a", "b", "a", "c"):
        assert formulas.mathml(tex) == mathml(tex)

    assert list(formulas._kept) == ["a", "c"]


def marked(text: str, *spans: tuple[int, int]) -> list[str]:
    pieces = display(text, [Span(start, end) for start, end in spans])
    return [piece.text for piece in pieces if piece.marked]


def test_marks() -> None:
    assert marked("one two three", (0, 3), (8, 13)) == ["one", "three"]
    assert marked(r"$\textbf{G}$roup b", (0, 16)) == ["G", "roup"]
    assert marked(r"x $a+b$ y", (3, 4)) == ["a+b"]
    assert marked("a &amp; b", (3, 4)) == ["&"]
    assert marked("cafe\u0301 x", (0, 4)) == ["cafe\u0301"]
    assert marked("cafe\u0301 x", (4, 7)) == [" x"]
    assert marked("plain", (2, 2)) == []
    assert marked(r"Tak\'a\v{c} x", (0, 11)) == ["Takáč"]


def check(text: str, spans: list[Span]) -> None:
    """Hold what is promised of every text and every set of marks."""
    pieces = display(text, spans)
    shown = plain(text)
    assert shown == "".join(piece.text for piece in pieces)
    assert shown == "".join(piece.text for piece in display(text))
    for before, after in pairwise(pieces):
        if before.marked != after.marked and after.text and not (before.mathml or after.mathml):
            assert unicodedata.category(after.text[0])[0] != "M"
    assert [piece.text for piece in pieces if piece.mathml] == [
        piece.text for piece in display(text) if piece.mathml
    ]


TEXTS = st.lists(
    st.sampled_from(
        r"$ $\ell_2$ $\textbf{G}$ \emph{ } { \ \v{c} &amp; & ell_2 ~ `` '' \frac{1}{2} \cite{x} "
        r"\log \% \( \) \em \url{x} $x<y$ $$ word {A} _".split()
    )
    | st.sampled_from(["u\u0308", "\u0301", " ", "\\\\", '\\"u', "\ud800"])
    | st.text(max_size=3),
    max_size=12,
).map("".join)


@given(TEXTS, st.lists(st.integers(0, 60), max_size=6, unique=True))
@example("\u0301", [0, 1])
@example("a\u0301\u0301", [1, 2])
def test_marks_change_nothing_that_is_shown(text: str, cuts: list[int]) -> None:
    cuts = sorted(cut for cut in cuts if cut <= len(text))
    check(text, [Span(start, end) for start, end in zip(cuts[::2], cuts[1::2], strict=False)])


@given(TEXTS)
def test_no_command_is_ever_shown(text: str) -> None:
    shown = plain(text)

    assert not re.search(r"\\[A-Za-z]", shown)


class Page(HTMLParser):
    """Collects what markup says, and what text it holds."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:  # noqa: ARG002
        self.tags.add(tag)


@given(st.text("\\{}^_$<>&;'\" abcfrtextlqhs\n%", max_size=40))
def test_any_formula_is_safe_markup(tex: str) -> None:
    page = Page()
    page.feed(mathml(tex))
    page.close()

    assert all(tag == "math" or tag.startswith("m") for tag in page.tags)


def _papers(path: Path) -> list[dict[str, str]]:
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]


@pytest.mark.slow
def test_over_papers_that_hold_tex(shared_data: Path) -> None:
    """Marks of common words change nothing; no command shows; every formula is whole."""
    analyzer = Analyzer()
    formulas = Formulas(size=10_000)
    step = effort(5, 1)
    papers = _papers(shared_data / "papers" / "papers.jsonl.gz")[::step]
    seen = 0
    for paper in papers:
        for text in (paper["title"], paper["abstract"]):
            if not ("\\" in text or "$" in text or not text.isascii()):
                continue
            seen += 1
            spans = [
                Span(one.start, one.end) for one in analyzer.tokens(text)[::3] if not one.joined
            ]
            apart: list[Span] = []
            for span in spans:
                if not apart or span.start > apart[-1].end:
                    apart.append(span)
            pieces = display(text, apart, formulas=formulas)
            shown = "".join(piece.text for piece in pieces)
            assert shown == plain(text)
            assert not re.search(r"\\[A-Za-z]", shown)
            if len(MATH.findall(text)) > 3:
                check(text, apart)
    assert seen > 10_000 // step
