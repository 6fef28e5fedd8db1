"""Signs that no term can hold are named; punctuation and the query language are not."""

from __future__ import annotations

import pytest

from indexer.language.parse import parse_clause, parse_query
from indexer.language.signs import LONGEST, unindexed_signs
from indexer.language.unparse import format_clause
from indexer.paper import Paper
from indexer.query import Match, Word
from tests.oracle import MemoryIndex


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


@pytest.mark.parametrize(
    ("typed", "text", "other"),
    [
        ("AT&T", "A label of AT&T labs.", "Looks at a kite of t."),
        ("I/O", "Faults of I/O here.", "O and then I here."),
        ("A/B testing", "A/B testing of kites.", "Testing a vitamin B."),
        ("SE(3)", "Poses in SE(3).", "SE of 3 kites."),
        ("O(n log n)", "It takes $O(n \\log n)$ steps.", "n of O and log of n."),
        ("U.S. kites", "Kites of the U.S. coast.", "Kites of u and s."),
        ("GAN(s)", "Many GANs.", "Nothing."),
    ],
)
def test_short_words_that_a_sign_parts_stand_in_a_row(typed: str, text: str, other: str) -> None:
    papers = (Paper("right", "Kites", text, ()), Paper("wrong", "Looms", other, ()))
    with MemoryIndex.of(papers).searcher() as searcher:
        found = searcher.search(parse_query(typed, match=Match.ALL))
    assert [hit.paper.id for hit in found.hits] == ["right"]


@pytest.mark.parametrize("text", ["SE(3)", "O(n log n)", "TD(λ)", "AT&T", "net (graph OR tree)"])
def test_formulas_are_written_back(text: str) -> None:
    clause, _ = parse_clause(text)
    assert format_clause(clause) == text
    assert parse_clause(format_clause(clause))[0] == clause


@pytest.mark.parametrize(
    ("typed", "read"), [("50%", ["“50%” was read as “50”."]), ("C++", []),
                        ("k-means++", ["“k-means++” was read as “k-means”."])],
)  # fmt: skip
def test_signs_behind_words_are_named(typed: str, read: list[str]) -> None:
    assert [repair.reason for repair in unindexed_signs(typed)] == read
