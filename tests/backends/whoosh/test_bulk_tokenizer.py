"""Cutting in bulk gives the tokens of the analyzer, whatever the text."""

from __future__ import annotations

from hypothesis import example, given, settings
from hypothesis import strategies as st

from indexer.analysis import Analyzer
from indexer.backends.whoosh.indexing.bulk_tokenizer import BulkTokenizer
from indexer.text.apart import folded_whole, folds_apart
from tests import strategies

ANALYZER = Analyzer()
PIECES = st.sampled_from(
    "i. e. i.e. e.g., 2. 0 2.0 12,000 . .. c++ c# C++, non-invasive L'Engle's ' - -- a-b-c-d-e-f "
    "$x_i$ $\\ell_2$ \\textbf{G}$roup \\'e {a} ~ ` ´ ﬁ ½ ß É e\u0301 \u0301 ‐ — · 中文 ひらがな "
    "“q” ‘q’ “non-invasive”, q’s – x– —y “\u0301q” q”\u0301 ’23) "
    'İ ſ \u00a0 \u200b \u2028 _ x_y A.I. U.S.A. J. K. (see) [1] "q" 3D 3d. §4.1 a. b. x. '
    "Y \ua9b4".split(" ")
)
TEXTS = st.one_of(st.lists(PIECES, max_size=8).map(" ".join), strategies.texts, st.text())


def cut(text: str, table: BulkTokenizer) -> tuple[list[tuple[int, str]], int]:
    cuts = table.tokenize([text])
    found = sorted(
        (position, table.words[word])
        for position, word in zip(cuts.position.tolist(), cuts.word.tolist(), strict=True)
    )
    return [one for one in found if " " not in one[1]], int(cuts.lengths[0])


@settings(max_examples=400, deadline=None)
@given(TEXTS)
@example("cells i. e. cells. And 2. 0 more")
@example("e. g.,")
def test_one_text(text: str) -> None:
    tokens = ANALYZER.tokens(text)

    assert cut(text, BulkTokenizer(ANALYZER)) == (
        sorted((token.position, token.word) for token in tokens),
        sum(not (token.stop or token.joined) for token in tokens),
    )


@settings(max_examples=60, deadline=None)
@given(st.lists(TEXTS, max_size=6))
def test_many_texts_at_once_and_again(texts: list[str]) -> None:
    table = BulkTokenizer(ANALYZER)
    table.tokenize(texts)
    cuts = table.tokenize(texts)

    for number, text in enumerate(texts):
        found = sorted(
            (int(cuts.position[at]), table.words[cuts.word[at]])
            for at in range(len(cuts.word))
            if cuts.text[at] == number
        )
        assert [one for one in found if " " not in one[1]] == cut(text, table)[0]


def test_a_table_that_was_full_cuts_as_one_that_is_new() -> None:
    table = BulkTokenizer(ANALYZER)
    table.tokenize(["alpha beta", "beta gamma"])
    table.clear()

    assert cut("gamma beta", table)[0] == [(0, "gamma"), (1, "beta")]
    assert table.words == ["gamma", "beta"]


def test_only_the_stretch_with_tex_is_folded_as_a_whole() -> None:
    text = "we show that $x y$ holds and is good"

    assert text[slice(*folded_whole(text))] == "that $x y$ holds"
    assert folded_whole("see version 2. 0 of $x$") == (0, 23)
    assert folded_whole("$x$") == (0, 3)


def test_plain_text_folds_apart() -> None:
    assert folds_apart("A plain abstract, i.e. one without $. marks".replace("$", ""))
    assert not folds_apart("costs $5")
    assert not folds_apart("that is i. e. this")
    assert not folds_apart("version 2. 0 of it")
    assert folds_apart("in part A. Before")
