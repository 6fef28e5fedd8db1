"""Signs that no term can hold are named; punctuation and the query language are not."""

from __future__ import annotations

import pytest

from indexer.language.parse import parse_query
from indexer.language.signs import LONGEST, unindexed_signs
from indexer.query import Word


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("#", ["The sign “#” is not indexed, so it was left out."]),
        ("x ≤ y", ["The sign “≤” is not indexed, so it was left out."]),
        ("a ≤ b → c", ["The signs “≤” and “→” are not indexed, so they were left out."]),
        ("p<0.05", ["The sign “<” is not indexed, so it was left out."]),
        (
            "p < .05",
            ["The sign “<” is not indexed, so it was left out.", "“.05” was read as “05”."],
        ),
        (".NET runtime", ["“.NET” was read as “NET”."]),
        ("#metoo movement", ["“#metoo” was read as “metoo”."]),
        ('"+"', ["The sign “+” is not indexed, so it was left out."]),
    ],
)
def test_signs_left_out_are_named(text: str, named: list[str]) -> None:
    assert [repair.reason for repair in unindexed_signs(text)] == named


@pytest.mark.parametrize(
    "text",
    [
        *("C++ C# A*", "R^2", "L1/L2", "λ", "🙂", "science & art", "gossip^3 x", "tranformer~"),
        *("year>=2019", "year:>2020 x", "+a b", "$O(n) < 1$ bound", "non-invasive (a, b): c?", "*"),
        *("https://example.org/?a=b#c", "@article{x, year = 2019}", "# " * LONGEST),
    ],
)
def test_terms_syntax_and_pasted_texts_are_not(text: str) -> None:
    assert unindexed_signs(text) == ()


def test_the_places_are_those_of_the_signs() -> None:
    first, second = unindexed_signs("p < .05")

    assert ("p < .05"[first.start : first.end], "p < .05"[second.start : second.end]) == (
        "<",
        ".05",
    )


def test_a_query_of_signs_alone_has_one_sentence_for_both() -> None:
    (repair,) = parse_query("#").repairs

    assert repair.reason == (
        "There is no word to look for in this. The sign “#” is not indexed, so it was left out."
    )
    assert (repair.start, repair.end) == (0, 1)


def test_infinity_is_a_term() -> None:
    query = parse_query("∞")

    assert (query.clause, query.repairs) == (Word("∞"), ())
