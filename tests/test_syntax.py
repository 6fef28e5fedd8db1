"""What the help says is true, and the form writes what it was given."""

from __future__ import annotations

from typing import Any

import pytest

from indexer.language.lexer import FIELDS
from indexer.language.parse import parse_clause
from indexer.language.syntax import SYNTAX, SyntaxRow, compose_query
from indexer.language.unparse import format_clause


@pytest.mark.parametrize("row", SYNTAX, ids=lambda row: row.example)
def test_examples_are_read_without_repair_and_their_other_spellings_alike(row: SyntaxRow) -> None:
    clause, repairs = parse_clause(row.example)

    assert clause is not None
    assert repairs == ()
    for other in row.others:
        assert (clause, ()) == parse_clause(other)


def test_the_table_shows_every_field_and_has_no_example_twice() -> None:
    shown = " ".join(f"{row.example} {row.meaning}" for row in SYNTAX)

    for field in set(FIELDS.values()) - {"all"}:
        assert f"{field}:" in shown
    assert len({row.example for row in SYNTAX}) == len(SYNTAX)


@pytest.mark.parametrize(
    ("written", "fields"),
    [
        ("", {}),
        ("", {"all_words": " - ", "exact_phrase": '""', "author": " ; ", "venue": ""}),
        ("a AND b", {"all_words": "a b"}),
        ('non-invasive AND "brain signals"', {"all_words": 'non-invasive "brain signals"'}),
        ('"to be"', {"exact_phrase": "to be"}),
        ('"to be"', {"exact_phrase": '"to be"'}),
        ("a OR b", {"any_words": "a b"}),
        ("NOT a AND NOT b", {"none_words": "a b"}),
        ("title:a AND title:b", {"title": "a b"}),
        ('author:"Jaggi, M" AND author:Stich', {"author": "Jaggi, M; Stich"}),
        ('venue:ICML OR venue:"Machine Learning"', {"venue": "ICML; Machine Learning"}),
        ("year:2019-2022", {"year_from": 2019, "year_to": 2022}),
        ("year:>=2019", {"year_from": 2019}),
        (
            'a AND "b c" AND (d OR e) AND NOT f AND title:g AND author:h AND year:<=2022',
            {
                "all_words": "a",
                "exact_phrase": "b c",
                "any_words": "d e",
                "none_words": "f",
                "title": "g",
                "author": "h",
                "year_to": 2022,
            },
        ),
    ],
)
def test_the_form_writes_what_it_was_given(written: str, fields: dict[str, Any]) -> None:
    composed = compose_query(**fields)

    assert written == composed
    assert composed == format_clause(parse_clause(composed)[0])


def test_the_form_takes_years_in_the_wrong_order() -> None:
    composed = compose_query(all_words="a", year_from=2022, year_to=2019)

    assert composed == "a AND year:2019-2022"
