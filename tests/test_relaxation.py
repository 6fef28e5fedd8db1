"""The sentence over results that go on from all words to some of them."""

from __future__ import annotations

import pytest

from indexer.language.parse import parse_query
from indexer.paper import Paper
from indexer.query import Match, Query
from indexer.search import Receipt, Results
from indexer.suggestions.relaxation_text import (
    SOME_WORDS,
    offer_some_words,
    relaxation_sentence,
)
from tests.oracle import MemoryIndex


@pytest.mark.parametrize(
    ("total", "having", "elsewhere", "expected"),
    [
        (815, 3, 0, "3 papers have all of these words, 812 more have some of them."),
        (2, 1, 0, "1 paper has all of these words, 1 more has some of them."),
        (
            1_240,
            2,
            5,
            "Under these filters, 2 papers have all of these words, 1,238 more have some of them.",
        ),
        (815, 0, 0, "No paper has all of these words; these have some of them."),
        (
            620,
            0,
            59,
            (
                "No paper under these filters has all of these words; these have some of them. "
                "Without the filters, 59 papers have all of them."
            ),
        ),
        (3, 3, 0, ""),
        (0, 0, 0, ""),
        (0, 0, 4, ""),
        (12, None, 0, ""),
    ],
)
def test_both_numbers_are_said(
    total: int, having: int | None, elsewhere: int, expected: str
) -> None:
    receipt = Receipt("", matched="any", all_words=having, all_words_elsewhere=elsewhere)

    assert relaxation_sentence(Results(Query(), total, (), {}, receipt, "g1", 0.0)) == expected


def test_some_of_the_words_are_offered_where_few_papers_have_all() -> None:
    papers = [Paper(f"k{number}", "Kites") for number in range(3)]
    papers += [Paper(f"b{number}", "Wind and kites") for number in range(12)]
    with MemoryIndex.of(papers).searcher() as searcher:

        def offered(text: str, match: Match = Match.AUTO) -> list[tuple[str, Match, int]]:
            results = searcher.search(parse_query(text, match=match, page=2))
            more = offer_some_words(searcher, results).receipt.alternatives
            assert all(one.query.page == 1 for one in more)
            return [(one.label, one.query.match, one.total) for one in more]

        assert offered("wind kites") == [(SOME_WORDS, Match.ANY, 15)]
        assert offered("wind kites", Match.ALL) == [(SOME_WORDS, Match.ANY, 15)]
        assert offered("wind kites", Match.ANY) == []
        assert offered("kites") == []
        assert offered("") == []
