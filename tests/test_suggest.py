"""Suggestions are words of the index near the typed one; completions go on like what is typed."""

from __future__ import annotations

import gzip
import json
import re
import timeit
from collections import Counter
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.language.parse import parse_query
from indexer.suggestions.spelling_correction import Vocabulary, corrected_queries, corrections

WORDS = {
    "learning": 900,
    "leaning": 20,
    "learnings": 30,
    "transformer": 500,
    "transformers": 300,
    "jaggi": 80,
    "federated": 100,
    "gossip": 12,
    "lerning": 1,
    "cat": 50,
    "über": 4,
}
VOCABULARY = Vocabulary(list(WORDS), list(WORDS.values()))


def distance(first: str, second: str) -> int:
    """Count edits the plain way: insert, delete, replace, swap neighbours, no letter twice."""
    table = [
        [max(i, j) if not i * j else 0 for j in range(len(second) + 1)]
        for i in range(len(first) + 1)
    ]
    for i in range(1, len(first) + 1):
        for j in range(1, len(second) + 1):
            differs = first[i - 1] != second[j - 1]
            ways = [table[i - 1][j] + 1, table[i][j - 1] + 1, table[i - 1][j - 1] + differs]
            if i > 1 and j > 1 and first[i - 1] == second[j - 2] and first[i - 2] == second[j - 1]:
                ways.append(table[i - 2][j - 2] + 1)
            table[i][j] = min(ways)
    return table[-1][-1]


short = st.text("abcé", min_size=1, max_size=7)


@given(st.lists(short, unique=True, max_size=30), short, st.integers(0, 2))
def test_near_words_are_those_within_the_distance(words: list[str], word: str, edits: int) -> None:
    vocabulary = Vocabulary(words, [1] * len(words))

    near = {one.word: one.distance for one in vocabulary.near(word, edits)}

    assert near == {one: distance(word, one) for one in words if distance(word, one) <= edits}


def test_near_words_are_in_order_and_common_enough() -> None:
    near = VOCABULARY.near("learning", 1)

    assert [one.word for one in near] == ["learning", "learnings", "leaning", "lerning"]
    assert [one.word for one in VOCABULARY.near("learning", 1, least=25)] == [
        "learning",
        "learnings",
    ]
    assert (
        VOCABULARY.near("", 2)
        == VOCABULARY.near("a" * 25, 2)
        == Vocabulary([], []).near("a", 1)
        == []
    )


@pytest.mark.parametrize(
    ("word", "meant"),
    [
        ("lerning", ["learning", "leaning"]),  # one paper has it, too
        ("tranformer", ["transformer", "transformers"]),
        ("jagi", ["jaggi"]),
        ("fedreated", ["federated"]),
        ("uber", ["über"]),
        ("learning", []),  # known
        ("gossip", []),  # rare, yet known
        ("gossips", []),  # only an ending
        ("cta", []),  # too short
        ("gossi9", []),  # no word
        ("xqzkwv", []),
    ],
)
def test_what_was_meant(word: str, meant: list[str]) -> None:
    assert meant == corrections(word, VOCABULARY, papers=1000)


def corrected(text: str, *names: str) -> list[tuple[str, str]]:
    found = corrected_queries(
        parse_query(text, page=3), VOCABULARY, papers=1000, is_name=set(names).__contains__
    )
    return [(words, query.text) for words, query in found]


def test_queries_are_corrected_all_words_at_once_and_one_by_one() -> None:
    assert corrected("federatd lerning year:2019") == [
        ("(federated learning) AND year:2019", "(federated learning) AND year:2019"),
        ("(federated lerning) AND year:2019", "(federated lerning) AND year:2019"),
        ("(federatd learning) AND year:2019", "(federatd learning) AND year:2019"),
    ]
    assert corrected("title:Lerning OR b") == [
        ("title:Learning OR b", "title:Learning OR b"),
        ("title:Leaning OR b", "title:Leaning OR b"),
    ]


def test_what_is_meant_as_typed_is_left_alone() -> None:
    assert corrected('"lerning" -lerning NOT lerning lerning~ "a lerning"') == []
    assert corrected("jagi", "jagi") == []
    assert corrected("") == corrected("learning") == []


def test_corrected_queries_begin_at_page_one_and_keep_the_rest() -> None:
    query = parse_query("lerning", page=3, per_page=7)

    _, changed = next(iter(corrected_queries(query, VOCABULARY, papers=9, is_name=lambda _: False)))

    assert (changed.page, changed.per_page) == (1, 7)
    assert changed.clause == parse_query(changed.text).clause


def test_a_misspelt_name_is_corrected_by_the_words_of_names() -> None:
    assert corrected("author:Jagi lerning", "jaggi")[0][0] == "author:Jaggi AND learning"
    assert corrected("author:Jaggi", "jaggi") == []
    assert corrected('author:="Jagi"', "jaggi") == []


@pytest.mark.bench
def test_suggestions_are_quick(shared_data: Path) -> None:
    """Under 5 ms at the vocabulary of the whole corpus."""
    words: Counter[str] = Counter()
    with gzip.open(shared_data / "papers" / "papers.jsonl.gz", "rt", encoding="utf-8") as lines:
        for line in lines:
            paper = json.loads(line)
            text = f"{paper['title']} {paper['abstract']} {' '.join(paper['authors'])}".lower()
            words.update(set(re.findall(r"\w+", text)))
    vocabulary = Vocabulary(list(words), list(words.values()))
    asked: dict[str, Callable[[], object]] = {
        typed: partial(corrections, typed, vocabulary, papers=86_867)
        for typed in ("lerning", "tranformer", "jagi", "convoluton", "reinforcment")
    }
    for typed, answer in asked.items():
        assert answer(), typed
        quickest = min(timeit.repeat(answer, number=1, repeat=9))
        assert quickest < 0.005, f"{typed}: {quickest * 1000:.2f} ms"
