"""Tokens: words, compounds, numbers, names; alike for texts, queries and highlighting."""

from __future__ import annotations

import unicodedata
from itertools import product, zip_longest
from string import ascii_lowercase

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.analysis import (
    MAX_WORD,
    STOP_WORDS,
    Analyzer,
    german_spelling,
    name_tokens,
    name_words,
    open_word,
)
from indexer.text.folding import fold
from tests import strategies

WORDS = {
    "Deep Learning": "deep learning",
    "non-invasive": "noninvasive non invasive",
    "one-to-one": "onetoone one to one",
    "L'Engle’s": "lengle l engle",
    "newton's": "newton",
    "a-b-c-d-e-f": "a b c d e f",
    "12,000 2.0 3.14.1 1,2": "12000 2.0 3.14.1 1 2",
    "C++ c# F#": "c++ c# f#",
    "a/b x_max": "a b x max",
    "GPT-4 COVID-19": "gpt4 gpt 4 covid19 covid 19",
    "中文 Deep学习": "中 文 deep 学 习",
    "Müller": "mueller muller",
    "Hans-Jürgen": "hans juergen jurgen",
    "Müller's": "mueller muller",
    r"$\textbf{G}$roup-robust": "grouprobust group robust",
    r"$\ell_2$-norm": "l2norm l2 norm",
    "2. 0× i. e. so": "2.0 ie so",
    "—–- ... !": "",
    "": "",
}


@pytest.mark.parametrize(("text", "words"), WORDS.items())
def test_words(text: str, words: str) -> None:
    assert words.split() == [token.word for token in Analyzer().tokens(text)]


def test_a_compound_shares_the_place_of_its_first_part() -> None:
    tokens = Analyzer().tokens("A non-invasive way")

    assert [(one.word, one.position, one.start, one.end, one.joined) for one in tokens] == [
        ("a", 0, 0, 1, False),
        ("noninvasive", 1, 2, 14, True),
        ("non", 1, 2, 5, False),
        ("invasive", 2, 6, 14, False),
        ("way", 3, 15, 18, False),
    ]


def test_stems_and_stop_words() -> None:
    tokens = Analyzer().tokens("The networks of Learning")

    assert [(one.stem, one.stop) for one in tokens] == [
        ("the", True),
        ("network", False),
        ("of", True),
        ("learn", False),
    ]


def test_many_stems_at_once_are_the_stems_one_by_one() -> None:
    words = ["the", "networks", "learning", "naïveté", "gpt2", "c++", "yoga", "sky", "fulfil"]
    # Some beginnings with the three last letters of any suffix, and with all others.
    words += [
        start + "".join(end)
        for start in ("gener", "compl", "hesita", "vale")
        for end in product(ascii_lowercase, repeat=3)
    ]

    analyzer = Analyzer()
    assert analyzer.stems(words) == [analyzer.stem(word) for word in words]
    assert Analyzer(stemming=False).stems(words) == words


def test_without_stemming_and_stop_words() -> None:
    analyzer = Analyzer(stop_words=frozenset(), stemming=False)

    assert [(one.stem, one.stop) for one in analyzer.tokens("The networks")] == [
        ("the", False),
        ("networks", False),
    ]


def test_stop_words_are_folded_words() -> None:
    for word in STOP_WORDS:
        assert [word] == [token.word for token in Analyzer().tokens(word)]


ONE_SET = [
    ["non-invasive", "NON-INVASIVE", "non‑invasive"],
    ["Müller", "MÜLLER", "Mu\u0308ller", r"M\"{u}ller", r"M\"uller", "M&uuml;ller"],
    ["Takáč", "Takac", "TAKÁČ", r"Tak\'a\v{c}", unicodedata.normalize("NFD", "Takáč")],
    [r"$\ell_2$", "ell_2", "l2", "L2", "ℓ₂", "l_2"],
    [r"$\textbf{G}$roup", "Group", r"\emph{Group}", "{G}roup"],
    ["L'Engle", "L’Engle", "L`Engle"],
    [r"$\alpha$", "alpha", "α", "Alpha"],
    [r"15\%", "15%", r"$15\%$", "15"],
    ["2. 0", "2.0"],
    ["i. e.", "i.e.", "ie"],
]


@pytest.mark.parametrize("spellings", ONE_SET, ids=lambda one: one[0])
def test_spellings_of_one_thing_are_the_same_words(spellings: list[str]) -> None:
    found = {tuple(one.word for one in Analyzer().tokens(text)) for text in spellings}

    assert len(found) == 1


texts = strategies.texts | st.text(max_size=30)


@given(texts)
def test_positions_rise_and_spans_lie_in_the_text(text: str) -> None:
    analyzer = Analyzer()
    parts = [one for one in analyzer.tokens(text) if not one.joined]

    assert [one.position for one in parts] == list(range(len(parts)))
    for token in analyzer.tokens(text):
        assert 0 <= token.start < token.end <= len(text)
        assert 0 < len(token.word) <= MAX_WORD
        assert token.word == token.word.lower()
        assert " " not in token.word
        assert token.stem == analyzer.stem(token.word)


@given(texts)
def test_a_joined_form_stands_before_its_first_part(text: str) -> None:
    tokens = Analyzer().tokens(text)

    for token, after in zip_longest(tokens, tokens[1:]):
        if token.joined:
            assert after is not None
            assert not after.joined
            assert after.position == token.position
            assert token.start <= after.start <= after.end <= token.end


@given(texts)
def test_the_bulk_way_gives_the_same_words(text: str) -> None:
    analyzer = Analyzer()
    opened = []
    for raw in analyzer.words(fold(text, umlauts=True).text):
        parts, joined = open_word(raw)
        opened += [joined, *parts] if joined else list(parts)

    assert opened == [token.word for token in analyzer.tokens(text)]


@given(st.lists(strategies.words, max_size=6))
def test_a_text_is_the_words_of_its_words(words: list[str]) -> None:
    """Nothing between two words but a space: each is analysed as it would be alone."""
    analyzer = Analyzer()
    alone = [token.word for word in words for token in analyzer.tokens(word)]

    assert alone == [token.word for token in analyzer.tokens(" ".join(words))]


NAMES = {
    "Simon Lacoste-Julien": "simon lacostejulien lacoste julien",
    "J. R. R. Tolkien": "j r r tolkien",
    "J.R.R. Tolkien": "j r r tolkien",
    "Tao Lin 0004": "tao lin 0004",
    "Madeleine L'Engle": "madeleine lengle l engle",
    "Conan O’Brien": "conan obrien o brien",
    "S. M. de Bruyn Kops": "s m de bruyn kops",
    "Lars Ångström": "lars aangstroem angstrom",
    "The Who": "the who",
    "王伟": "王 伟",
    "": "",
}


@pytest.mark.parametrize(("name", "words"), NAMES.items())
def test_words_of_names(name: str, words: str) -> None:
    assert tuple(words.split()) == name_words(name)


def test_names_as_germans_write_them() -> None:
    spelled = german_spelling(name_tokens("Hans-Jürgen Müller Lacoste-Julien"))

    assert list(spelled) == ["hans", "juergen", "mueller", "lacoste", "julien"]


@given(st.text(max_size=30))
def test_any_name_can_be_analysed(name: str) -> None:
    tokens = name_tokens(name)

    assert name_words(name) == tuple(token.word for token in tokens)
    parts = [token for token in tokens if not token.joined]
    assert len(list(german_spelling(tokens))) == len(parts)
    assert all(token.stem == token.word for token in tokens)
