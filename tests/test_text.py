"""Folding: what is one word for matching, and the way back to the original characters."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from indexer.text.folded import Folded
from indexer.text.folding import MATH, fold, forms
from indexer.text.letters import spellings

CASES = {
    # case, accents, ligatures, typography
    "GROUP": "group",
    "naïve Müller Ångström": "naive muller angstrom",
    "Straße Œuvre Łódź Ørsted": "strasse oeuvre lodz orsted",
    "non‐invasive – it’s “so”": 'non-invasive - it\'s "so"',
    "soft\u00adhyphen zero\u200bwidth": "softhyphen zerowidth",
    "ﬁne Ⅳ ½": "fine iv 1⁄2",
    # TeX around, inside and instead of words
    r"$\textbf{G}$roup": "group",
    r"\emph{very} {\em so} \textit{x}": "very so x",
    r"15\% \& \#1": "15% & #1",
    r"Erd\H{o}s \"{U}ber \'etude Tak\'a\v{c} na\"{\i}ve \c{c}a": "erdos uber etude takac naive ca",
    r"\O rsted \aa x \ss": "orsted ax ss",
    r"see~\cite{foo} and": "see   and",
    r"\mathcalO(n) \emphk": "o(n) k",
    # formulas are found by how they are read aloud
    r"$\ell_2$": "l2",
    "ℓ₂": "l2",
    "ell_2": "l2",
    "L_2": "l2",
    "x_i x_max snake_case": "xi x_max snake_case",
    r"$\alpha$-divergence": "alpha-divergence",
    "α-divergence": "alpha-divergence",
    "άλφα": "αλφα",
    r"$2\times 3 \le x$": "2 3  x",
    r"$\ell_\infty$ ℓ∞": "linfty linfty",
    r"$O(n\log n)$": "o(n log n)",
    "x² H₂O": "x2 h2o",
    "cost $5 or $6": "cost  5 or  6",
    # what dumps leave behind
    "2. 0×": "2.0×",
    "a gain of 2. 5": "a gain of 2.5",
    "i. e. so": "ie. so",
    "i.e., e.g. so": "ie., eg. so",
    "e. g. J. R. R. Tolkien": "eg. jrr. tolkien",
    "AT&amp;T &uuml;ber &eacute; &lt;b&gt;": "at&t uber e <b>",
    "AT&T R&D; a & b": "at&t r&d; a & b",
}


@pytest.mark.parametrize(("text", "expected"), CASES.items())
def test_folding(text: str, expected: str) -> None:
    assert expected == fold(text).text


def test_initials_of_a_name_stay_apart() -> None:
    assert fold("J. R. R. Tolkien", name=True).text == "j. r. r. tolkien"


def test_umlauts_are_kept_for_analysis() -> None:
    expected = "müller møller ånd naive"

    for text in ("Müller Møller Ånd naïve", r"M\"uller M{\o}ller \r{A}nd na\"{\i}ve"):
        assert expected == fold(text, umlauts=True).text
        assert expected == fold(unicodedata.normalize("NFD", text), umlauts=True).text


def test_umlauts_have_two_spellings() -> None:
    assert spellings("müller") == ("muller", "mueller")
    assert spellings("møller") == ("moller", "moeller")
    assert spellings("plain") == ("plain", "plain")


def test_a_value_is_found_by_either_spelling() -> None:
    assert forms("Zürich Workshop") == ("zurich workshop", "zuerich workshop")
    assert forms("ICML") == ("icml",)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("It costs $5 million and $6 million", []),
        ("$n$ and $m$", ["$n$", "$m$"]),
        ("$a$5", []),
        (r"\(x\) and \[y\] $$z$$", [r"\(x\)", r"\[y\]", "$$z$$"]),
        ("$ a $", []),
        (r"\$5 and $x$", ["$x$"]),
    ],
)
def test_formulas(text: str, found: list[str]) -> None:
    assert found == [match[0] for match in MATH.finditer(text)]


def stretches(text: str, word: str, folded: Folded) -> list[str]:
    at = folded.text.index(word)
    start, end = folded.source(at, at + len(word))
    return [text[start:end]]


@pytest.mark.parametrize(
    ("text", "word", "source"),
    [
        (r"a $\textbf{G}$roup b", "group", r"$\textbf{G}$roup"),
        (r"the $\ell_2$ norm", "l2", r"$\ell_2$"),
        (r"the $\ell_2$ norm", "norm", "norm"),
        ("une e\u0301tude", "etude", "e\u0301tude"),
        ("cafe\u0301 x", "caf", "caf"),
        ("cafe\u0301 x", "cafe", "cafe\u0301"),
        ("Straße", "strass", "Straß"),
        ("Stra&szlig;e x", "strasse", "Stra&szlig;e"),
        ("Stra&szlig;e x", "s", "S"),
        ("gain 2. 0 now", "2.0", "2. 0"),
        ("i. e. so", "ie", "i. e"),
        (r"Tak\'{a}\v{c} x", "takac", r"Tak\'{a}\v{c}"),
        (r"n\log m", "log", r"\log "),
        ("ell_2 x", "l2", "ell_2"),
    ],
)
def test_the_way_back(text: str, word: str, source: str) -> None:
    assert [source] == stretches(text, word, fold(text))


PIECES = (
    r"$ $\ell_2$ $\textbf{G}$ \emph{ } { \ \v{c} ü ß &amp; & ell_2 _ ^ ~ α αβ ά ’ word Word 12,000 "
    r"\frac{1}{2} \cite{x} \log 中 ` \% \( \) ﬁ İ ǆ"
).split()
MARKS = [
    "u\u0308",
    "e\u0301",
    "\u0301",
    "\u00ad",
    "\ud800",
    r"\"u",
    "i. e. ",
    "2. 0",
    "A. B. ",
    ". ",
]
pieces = st.lists(st.sampled_from([*PIECES, *MARKS, " "]) | st.text(max_size=3), max_size=12).map(
    "".join
)


@given(pieces)
@example("\u0301a")
@example("İ")
def test_sources_are_in_range_monotone_and_cut_no_atom(text: str) -> None:
    for folded in (fold(text), fold(text, name=True), fold(text, umlauts=True)):
        last = 0
        for start, end in folded.atoms:
            assert 0 <= last <= start < end <= len(text)
            last = end
        inner = {place for start, end in folded.atoms for place in range(start + 1, end)}
        before = 0
        for at in range(len(folded.text)):
            start, end = folded.source(at, at + 1)
            assert 0 <= start <= end <= len(text)
            assert not inner & {start, end}
            whole = folded.source(0, at + 1)
            assert whole[0] <= start
            assert before <= whole[1]
            before = whole[1]


@given(pieces)
def test_a_mark_never_splits_a_letter_from_its_accents(text: str) -> None:
    folded = fold(text)
    for at in range(len(folded.text)):
        start, end = folded.source(at, at + 1)
        if start > 0 and start < end:
            assert not unicodedata.combining(text[start])
        if end < len(text) and start < end:
            assert not unicodedata.combining(text[end])


@given(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\\"), max_size=20))
def test_normal_forms_fold_alike(text: str) -> None:
    composed, spread = (unicodedata.normalize(form, text) for form in ("NFC", "NFD"))

    for umlauts in (False, True):
        assert fold(composed, umlauts=umlauts).text == fold(spread, umlauts=umlauts).text


@given(st.text(st.characters(codec="ascii", exclude_characters="\\$`{}~_&"), max_size=30))
def test_plain_ascii_is_only_lowered(text: str) -> None:
    if ". " not in text and not text.count("."):
        assert Folded(text.lower()) == fold(text)


@given(st.text(st.characters(exclude_characters="\\$`{}~_&."), max_size=20))
def test_folding_twice_changes_nothing(text: str) -> None:
    once = fold(text).text

    assert once == fold(once).text


@given(st.text(max_size=40))
def test_folding_never_raises(text: str) -> None:
    fold(text)
    fold(text, name=True, umlauts=True)
