"""The words that the best papers share, and how much each counts."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.analysis import Analyzer
from indexer.paper import Paper
from indexer.query_analysis.relevance_model import (
    PAPERS,
    SMOOTHING,
    WORDS,
    ChunkStems,
    relevance_model,
    stem_cache,
    stems_of,
)
from tests import strategies


@pytest.fixture(scope="module")
def known() -> ChunkStems:
    analyzer = Analyzer()
    return stem_cache(analyzer.stem, analyzer.stop_words)


def test_what_says_nothing_is_not_counted(known: ChunkStems) -> None:
    paper = Paper("p", "Learning to learn: x in 2019", r"12 non-invasive, $\textbf{G}$roup i. e. 3")

    assert stems_of(paper, known) == {
        "learn": 2, "non": 1, "invas": 1, "group": 1, "ie": 1,
    }  # fmt: skip


@given(strategies.papers())
def test_stems_are_those_of_the_analyzer(paper: Paper) -> None:
    analyzer = Analyzer()
    counted = stems_of(paper, stem_cache(analyzer.stem, analyzer.stop_words))
    tokens = [*analyzer.tokens(paper.title), *analyzer.tokens(paper.abstract)]

    expected = [
        token.stem
        for token in tokens
        if not (token.joined or token.stop or token.word.isdigit()) and len(token.word) > 1
    ]
    assert sorted(counted.elements()) == sorted(expected)


def test_a_word_weighs_by_its_share_of_papers_and_by_their_scores() -> None:
    model = relevance_model([(3.0, {"flow": 2, "wing": 1}), (1.0, {"flow": 1})])

    flow = 3 * 2 / (3 + SMOOTHING) + 1 / (1 + SMOOTHING)
    wing = 3 / (3 + SMOOTHING)
    assert list(model) == ["flow", "wing"]
    assert model["flow"] == pytest.approx(flow / (flow + wing), rel=1e-5)
    assert sum(model.values()) == pytest.approx(1)


def test_only_the_best_papers_and_words_count() -> None:
    many = {f"word{at:02}": 100 - at for at in range(40)}
    assert list(relevance_model([(1.0, many)])) == [f"word{at:02}" for at in range(WORDS)]

    papers = [(1.0, {f"of{at}": 1}) for at in range(PAPERS + 5)]
    assert len(relevance_model(papers)) == PAPERS


def test_nothing_leads_on_to_nothing() -> None:
    assert relevance_model([]) == relevance_model([(1.0, {})]) == {}
    assert relevance_model([(0.0, {"word": 1})]) == {}


counts = st.dictionaries(st.text("ab", min_size=1), st.integers(1, 9))


@given(st.lists(st.tuples(st.floats(0.1, 50), counts), max_size=12))
def test_weights_add_up_to_one(best: list[tuple[float, dict[str, int]]]) -> None:
    model = relevance_model(best)
    assert not model or sum(model.values()) == pytest.approx(1)
    assert list(model.values()) == sorted(model.values(), reverse=True)
