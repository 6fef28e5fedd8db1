"""Thousands of queries that nobody would type, at two thousand real papers.

Half are drawn from the grammar of the language, with words of the papers; the others are such
queries damaged, and bytes. None may raise, take a second, or leave memory behind.
"""

from __future__ import annotations

import random
import resource
import time
from collections.abc import Callable, Iterator
from itertools import islice
from pathlib import Path

import pytest

from indexer import Index, Searcher, open_index, parse_query
from indexer.query import Match, Query, Sort
from tests.conformance.test_real import read
from tests.effort import effort

pytestmark = pytest.mark.slow
QUERIES = effort(10_000, 200_000)
WHOLE = 20
"""One in so many is answered with its page and receipt, the others are read and counted."""
SECOND = 1.0
GROWTH = 400
"""Megabytes that the process may grow by: its caches, 256 by their own count, and words met."""
FIELDS = (
    "title",
    "ti",
    "abstract",
    "abs",
    "author",
    "au",
    "venue",
    "year",
    "type",
    "id",
    "nofield",
)
SIGNS = ('"', "(", ")", "[", "]", "{", "}", "~", "^", "*", "?", "+", "-", ":", "=", "\\", "/", "|",
         "&", "&&", "||", "AND", "OR", "NOT", "NEAR/3", "w/2", "TO", "..", "$", "\x00", "\ud800",
         "\u0301", "é", "ß", "中", "“", "”", "\t", "\n", "&amp;", "$\\ell_2$")  # fmt: skip


class Grammar:
    """Draws queries of every shape the language has."""

    def __init__(self, words: list[str], names: list[str], chance: random.Random) -> None:
        self.words, self.names, self.chance = words, names, chance

    def query(self) -> str:
        kind = self.chance.random()
        if kind < 0.5:
            return self.clauses(3)
        text = self.clauses(2)
        if kind < 0.8:
            return self.damaged(text)
        size = self.chance.randrange(60)
        return self.chance.randbytes(size).decode(
            self.chance.choice(("latin-1", "utf-16", "utf-8")), "replace"
        )

    def clauses(self, depth: int) -> str:
        joins = (" ", " ", " ", " AND ", " OR ", " NOT ", " -", " +")
        parts = [self.clause(depth) for _ in range(self.chance.choice((1, 1, 2, 2, 3, 5)))]
        written = parts[0]
        for part in parts[1:]:
            written += self.chance.choice(joins) + part
        return written

    def clause(self, depth: int) -> str:
        shapes: list[Callable[[], str]] = [self.word, self.word, self.word, self.phrase, self.near,
                  self.pattern, self.fuzzy, self.field, self.author, self.years]  # fmt: skip
        if depth and self.chance.random() < 0.2:
            return f"({self.clauses(depth - 1)})"
        return self.chance.choice(shapes)()

    def word(self) -> str:
        return self.chance.choice(self.words)

    def phrase(self) -> str:
        return '"' + " ".join(self.word() for _ in range(self.chance.randrange(5))) + '"'

    def near(self) -> str:
        return f"{self.phrase()}~{self.chance.choice((0, 1, 5, 99, 10**9))}"

    def pattern(self) -> str:
        word = list(self.word())
        for _ in range(self.chance.choice((1, 1, 2, 4))):
            word[self.chance.randrange(len(word))] = self.chance.choice("*?")
        return "".join(word)

    def fuzzy(self) -> str:
        return self.word() + self.chance.choice(("~", "~1", "~2", "~9", "^3", "^0", "^-1", "^1e9"))

    def field(self) -> str:
        sign = self.chance.choice((":", ":", ":=", ": ", ":^"))
        inside = self.clauses(0) if self.chance.random() < 0.2 else self.word()
        return f"{self.chance.choice(FIELDS)}{sign}{inside}"

    def author(self) -> str:
        name = self.chance.choice(self.names)
        return self.chance.choice(
            (f'author:"{name}"', f"author:^{name}", f'author:="{name}"', f"au:{name}$", name)
        )

    def years(self) -> str:
        low, high = self.chance.randrange(10_000), self.chance.randrange(10_000)
        return self.chance.choice(
            (
                f"year:{low}",
                f"year:{low}-{high}",
                f"year:>={low}",
                f"[{low} TO {high}]",
                f"year:..{high}",
                "has:abstract",
                "no:doi",
            )
        )

    def damaged(self, text: str) -> str:
        signs = list(text)
        for _ in range(self.chance.choice((1, 2, 4, 8))):
            at = self.chance.randrange(len(signs) + 1)
            if self.chance.random() < 0.6:
                signs[at:at] = self.chance.choice(SIGNS)
            else:
                signs[at : at + 3] = []
        return "".join(signs)


@pytest.fixture(scope="module")
def index(shared_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Index:
    made = open_index(tmp_path_factory.mktemp("any") / "index")
    with made.writer(rebuild=True) as writer:
        for paper in islice(read(shared_data), 0, None, 43):
            writer.add(paper)
    return made


@pytest.fixture(scope="module")
def searcher(index: Index) -> Iterator[Searcher]:
    with index.searcher() as opened:
        yield opened


def took(searcher: Searcher, query: Query, *, whole: bool) -> float:
    """Answer a query; gives the seconds of processor time."""
    began = time.process_time()
    if whole:
        searcher.search(query)
    else:
        searcher.count(query)
    return time.process_time() - began


def megabytes() -> float:
    """Returns the most memory that this process has held."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def test_no_query_fails_or_takes_a_second(
    index: Index, searcher: Searcher, shared_data: Path
) -> None:
    papers = list(islice(read(shared_data), 0, None, 1500))
    words = sorted({word for paper in papers for word in paper.title.split()})
    names = sorted({name for paper in papers for name in paper.authors})
    chance = random.Random(4)
    grammar = Grammar(words, names, chance)

    def asked(text: str) -> Query:
        match, sort = chance.choice(list(Match)), chance.choice(list(Sort))
        return parse_query(text, match=match, sort=sort, per_page=3)

    for _ in range(2_000):
        searcher.search(asked(grammar.query()))
    before = megabytes()
    slow = []
    for number in range(QUERIES):
        query = asked(grammar.query())
        whole = number % WHOLE == 0
        if took(searcher, query, whole=whole) > SECOND:
            # A busy machine counts time of others now and then: asked anew, with nothing kept.
            with index.searcher() as fresh:
                if took(fresh, query, whole=whole) > SECOND:
                    slow.append(query.text)

    assert not slow
    assert megabytes() - before < GROWTH


@pytest.mark.parametrize(
    "text",
    [
        "*",
        "* *",
        " OR ".join(f"{letter}*" for letter in "abcdefghijklmnopqrstuvwxyz"),
        " ".join(f"*{letter}*" for letter in "abcdefghijklmnopqrstuvwxyz" * 20),
        " OR ".join(f"{letter}*?*{letter}~" for letter in "abcdefghij" * 50),
        " ".join(f"word{number}" for number in range(10_000)),
        '"' + "learning " * 10_000 + '"',
        '"' + "of the " * 3_000 + '"~500',
        "(" * 50_000 + "learning" + ")" * 50_000,
        "NOT " * 10_000 + "learning",
        "learning AND (" * 2_000 + "deep",
        "x" * 1_000_000,
        "non-" * 5_000 + "invasive",
        "$" * 10_000,
        "\\frac{" * 10_000,
        '"' * 100_000,
    ],
    ids=lambda text: text[:12],
)
@pytest.mark.parametrize("match", list(Match))
def test_no_extreme_takes_a_second(
    index: Index, searcher: Searcher, text: str, match: Match
) -> None:
    def answered(by: Searcher) -> float:
        began = time.process_time()
        results = by.search(parse_query(text, match=match))
        taken = time.process_time() - began
        assert results.total <= by.info().papers
        return taken

    if answered(searcher) > SECOND:
        with index.searcher() as fresh:  # as above
            assert answered(fresh) < SECOND
