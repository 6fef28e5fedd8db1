"""No string a user can type raises, wherever it stands."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.query import (
    And,
    AuthorName,
    Clause,
    Filter,
    Fuzzy,
    Match,
    Not,
    Or,
    Part,
    Phrase,
    Query,
    Sort,
    Value,
    Wildcard,
    Word,
    Words,
)
from indexer.search import FacetRequest, Searcher
from tests.conformance.pace import pace

anything = st.text(st.characters(exclude_categories=()), max_size=30) | st.text(
    "ab*?~\\$\"'()[]{}-+^_|&;<>%.:/ \n\t\0", max_size=30
)
leaves: st.SearchStrategy[Clause] = st.one_of(
    st.builds(Word, anything),
    st.builds(Word, anything, st.sampled_from(("title", "abstract", "author")), st.booleans()),
    st.builds(Phrase, anything, slop=st.integers(-1, 5)),
    st.builds(Wildcard, anything),
    st.builds(Fuzzy, anything, st.integers(-1, 9)),
    st.builds(AuthorName, anything, exact=st.booleans()),
    st.builds(Value, st.sampled_from(("venue", "type", "id")), anything),
)


@pace(4)
@given(leaves, anything)
def test_any_string_is_answered(examples: Searcher, leaf: Clause, text: str) -> None:
    for clause in (leaf, Not(leaf), Words((Part(leaf), Part(Word("learning"))))):
        query = Query(
            text=text,
            clause=clause,
            filters=(Filter("author", (text,)), Filter("venue", (), (text,))),
        )
        found = examples.search(query, facets=(FacetRequest("author", contains=text),))
        assert found.total == examples.count(query) == len(list(examples.ids(query)))


@pace(2)
@given(anything)
def test_any_string_can_be_looked_up(examples: Searcher, text: str) -> None:
    assert examples.get(text) is None or text
    examples.values("author", prefix=text, contains=text)
    examples.names(text)
    for field in ("venue", "year", "type", "author"):
        found = examples.search(Query(filters=(Filter(field, (text, text)),)))
        assert found.total <= 6


def _nested(depth: int) -> Clause:
    clause: Clause = Word("learning")
    for level in range(depth):
        clause = Not(Not(clause)) if level % 2 else And((Or((clause,)), Word("object")))
    return clause


LONG_CLAUSES: list[Clause] = [
    Words(tuple(Part(Word(f"word{number}")) for number in range(1024))),
    Or(tuple(Wildcard(f"{chr(97 + number % 26)}*") for number in range(200))),
    Phrase(" ".join(["learning"] * 500)),
    Phrase(" ".join(["learning", "to"] * 100), slop=50),
    Word("a" * 10_000),
    Word("-".join(["part"] * 1000)),
    Wildcard("*a" * 8 + "*"),
    Wildcard("?" * 200),
    Fuzzy("x" * 300, 2),
    AuthorName(" ".join(["Martin"] * 300)),
    _nested(60),
    And(()),
    Or(()),
    Words(()),
    Not(Words(())),
]


@pytest.mark.parametrize("clause", LONG_CLAUSES, ids=lambda clause: type(clause).__name__)
@pytest.mark.parametrize("match", list(Match))
def test_long_and_deep_queries_are_answered(
    examples: Searcher, clause: Clause, match: Match
) -> None:
    found = examples.search(Query(clause=clause, match=match, sort=Sort.TITLE))

    assert found.total == examples.count(Query(clause=clause, match=match))
