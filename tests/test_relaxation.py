"""The sentence over results that go on from all words to some of them."""

from __future__ import annotations

import pytest

from indexer.query import Query
from indexer.relaxation import relaxation_sentence
from indexer.search import Receipt, Results


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
