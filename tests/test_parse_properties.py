"""Whatever is typed is read, quickly, and what is written is read back as the same."""

from __future__ import annotations

import time
from typing import get_args

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from indexer.language.lexer import FIELDS
from indexer.language.parse import MAX_DEPTH, MAX_LEAVES, MAX_REPAIRS, parse_clause, parse_query
from indexer.language.runs import is_condition
from indexer.language.unparse import format_clause
from indexer.query import (
    And,
    AuthorName,
    Clause,
    Fuzzy,
    Has,
    HasField,
    LikelyPerson,
    Not,
    Occur,
    Or,
    Part,
    Phrase,
    Position,
    Value,
    Wildcard,
    Word,
    Words,
    Years,
)

letters = st.text("abcdeXYZéß12", min_size=1, max_size=6).filter(lambda text: text[0].isalpha())
inner = st.text("ab é-'.&", max_size=8).map(lambda text: " ".join(text.split()))
plain = st.one_of(
    letters,
    st.tuples(letters, letters).map("-".join),
    st.sampled_from([r"$\ell_2$", "C++", "and", r"M\"uller", "3:1", "A*", "it's", "http://a.b/c"]),
)
text_fields = st.sampled_from([None, "title", "abstract"])
boosts = st.sampled_from([1.0, 0.0, 0.5, 2.0, 12.345, 100.0])
years = st.integers(0, 9999)
leaves: st.SearchStrategy[Clause] = st.one_of(
    st.builds(Word, plain, text_fields, st.just(value=False), boosts),
    st.builds(Word, letters | st.just("non-invasive,"), text_fields, st.just(value=True), boosts),
    st.builds(
        Phrase,
        st.tuples(letters, inner, letters).map(lambda three: " ".join(" ".join(three).split())),
        text_fields,
        st.integers(0, 9),
        boosts,
    ),
    st.builds(
        Wildcard,
        st.tuples(
            st.sampled_from(["", "*", "?"]), letters, st.sampled_from(["*", "?", "??", "*a?"])
        )
        .map("".join)
        .filter(lambda pattern: not (pattern[0].isupper() and pattern[1:] == "*")),
        st.sampled_from([None, "title", "abstract"]),
        boosts,
    ),
    st.builds(Fuzzy, letters, st.integers(1, 2), text_fields, boosts),
    st.builds(
        AuthorName,
        st.lists(letters, min_size=1, max_size=3).map(" ".join)
        | st.sampled_from(["Jaggi, M", "J. L'Engle", "Lacoste-Julien", "Tao Lin 0004"]),
        st.sampled_from(Position),
        st.booleans(),
    ),
    st.builds(
        LikelyPerson,
        letters | st.sampled_from(["Tao Lin 0004", "J. L'Engle"]),
        st.integers(0, 99_999),
    ),
    st.builds(
        Value,
        st.sampled_from(["venue", "id"]),
        letters | st.sampled_from(["Machine Learning", "a/b"]),
    ),
    years.map(lambda year: Years(year, None)),
    years.map(lambda year: Years(None, year)),
    st.tuples(years, years).map(lambda two: Years(min(two), max(two))),
    st.sampled_from(get_args(HasField)).map(lambda field: Has(field)),  # noqa: PLW0108 - mypy takes the class for another type,
)


def _run(parts: list[tuple[Clause, Occur]]) -> Clause:
    """Make a run in its normal form: no condition without a sign, no lone part without one."""
    signed = tuple(
        Part(clause, Occur.REQUIRED if not occur and is_condition(clause) else occur)
        for clause, occur in parts
    )
    return signed[0].clause if len(signed) == 1 and not signed[0].occur else Words(signed)


def _nest(inside: st.SearchStrategy[Clause]) -> st.SearchStrategy[Clause]:
    several = st.lists(inside, min_size=2, max_size=4).map(tuple)
    return st.one_of(
        st.lists(st.tuples(inside, st.sampled_from(Occur)), min_size=1, max_size=5).map(_run),
        several.map(And),
        several.map(Or),
        inside.map(Not),
    )


trees = st.recursive(leaves, _nest, max_leaves=12)


@given(trees)
@settings(max_examples=400, deadline=None)
def test_a_tree_is_read_back_as_itself(tree: Clause) -> None:
    written = format_clause(tree)

    assert (tree, ()) == parse_clause(written)


PIECES = (
    'a b foo-bar AND OR NOT ( ) " “ ” + - = ^2 ~ ~2 * ? : $ \\ [ ] {x} year: year:2019- title: '
    r"ti: author: au:^x id: has: no:abs foo: , . / NEAR/2 w/3 é \" $\a$ A* all: >= TO ; ü ﬁ Ⅳ"
).split()
texts = st.one_of(
    st.text(max_size=60),
    st.lists(st.sampled_from([*PIECES, *FIELDS]), max_size=25).map(" ".join),
    st.lists(st.sampled_from([*PIECES, " ", "  "]), max_size=40).map("".join),
    st.binary(max_size=60).map(lambda raw: raw.decode("utf-8", "surrogateescape")),
)


@given(texts)
@settings(max_examples=1500, deadline=None)
@example("$ AND $\\")
@example('"a\\" b')
@example("-$ a")
@example("?*?A")
def test_any_string_is_read_and_its_reading_is_a_fixed_point(text: str) -> None:
    query = parse_query(text)

    assert query.text == text
    assert [*query.repairs] == sorted(query.repairs, key=lambda one: (one.start, one.end))
    assert all(0 <= one.start <= one.end <= len(text) for one in query.repairs)
    written = format_clause(query.clause)
    assert written.encode() is not None
    assert query.clause == parse_clause(written)[0]
    assert written == format_clause(parse_clause(written)[0])


HOSTILE = (
    "(" * 5_000,
    "(" * 5_000 + "a" + ")" * 5_000,
    ")" * 5_000,
    "a " * 10_000,
    "a" * 300_000,
    "*a" * 150_000,
    "a* OR " * 50_000,
    '"' * 300_000,
    '" ' * 150_000,
    '"a ' * 100_000,
    '\\"a' * 100_000,
    "-$ " * 100_000,
    "$" * 300_000,
    "$\\" * 150_000,
    "NOT " * 75_000,
    "- " * 150_000,
    "-" * 300_000,
    "-(" * 150_000,
    "AND " * 75_000,
    "title:" * 50_000,
    "year:[" * 50_000,
    "foo:" * 75_000,
    "a NEAR/2 " * 30_000,
    "author:a, A" * 25_000,
    "author:(" + "a " * 100_000,
    "a~" * 150_000,
    "a^1" * 100_000,
    "^" * 300_000,
    "=" * 300_000,
    "\x00" * 300_000,
    "\ud800" * 300_000,
    "é́" * 100_000,
    "1" * 300_000,
    "year:" + "1" * 300_000,
    "a~" + "1" * 300_000,
    "id:" + "(" * 150_000 + ")" * 149_000,
    "id:" + ")" * 300_000,
    '"' + "a " * 150_000 + '"',
)


@pytest.mark.parametrize("text", HOSTILE, ids=lambda text: ascii(text[:12]))
def test_no_string_costs_more_than_a_second(text: str) -> None:
    begun = time.process_time()

    query = parse_query(text)
    written = format_clause(query.clause)

    assert time.process_time() - begun < 1
    assert _leaves(query.clause) <= MAX_LEAVES
    assert _depth(query.clause) <= MAX_DEPTH * 6 + 6
    assert len(query.repairs) <= MAX_REPAIRS
    assert query.clause == parse_clause(written)[0]


def test_what_is_beyond_a_limit_is_named() -> None:
    text = "word " * (MAX_LEAVES + 5)

    clause, repairs = parse_clause(text)

    assert _leaves(clause) == MAX_LEAVES
    assert [(MAX_LEAVES * 5, len(text))] == [(one.start, one.end) for one in repairs]

    deep, repairs = parse_clause("(a OR " * 30 + "b" + ")" * 30 + " c")

    assert [one.start for one in repairs] == [MAX_DEPTH * 6]
    assert isinstance(deep, Words)
    assert Part(Word("c")) == deep.parts[-1]


def _leaves(clause: Clause | None) -> int:
    return sum(1 for one in _walk(clause) if not isinstance(one, And | Or | Not | Words))


def _depth(clause: Clause | None) -> int:
    return 0 if clause is None else 1 + max((_depth(one) for one in _inside(clause)), default=0)


def _walk(clause: Clause | None) -> list[Clause]:
    if clause is None:
        return []
    return [clause, *(one for inside in _inside(clause) for one in _walk(inside))]


def _inside(clause: Clause) -> tuple[Clause, ...]:
    match clause:
        case And(clauses=clauses) | Or(clauses=clauses):
            return clauses
        case Words(parts=parts):
            return tuple(part.clause for part in parts)
        case Not(clause=only):
            return (only,)
        case _:
            return ()
