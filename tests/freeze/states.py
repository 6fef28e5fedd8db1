"""Random states of the search page: URLs of queries, the same ones in every run."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import replace

from hypothesis import HealthCheck, Phase, given, settings

from indexer.language.unparse import format_clause
from indexer.paper import Paper
from indexer.query import Query
from tests import strategies
from webui.params import Params

PATTERNS = (
    "{a} {b}",
    "{a} {b} {c}",
    '"{a} {b}"',
    "title:{a}",
    "{a} -{b}",
    "{a} OR {b}",
    "{a}*",
    "{a}~",
    "{author}",
    'author:"{author}"',
    "{a} year:2015-2020",
)


def random_states(papers: Sequence[Paper], count: int) -> list[str]:
    """Returns query strings, without the "?": half from strategies, half from words of papers.

    Args:
        papers: where words and author names are taken from; at least one.
        count: how many query strings.
    """
    params = Params()
    states = []
    for query in drawn_queries(count // 2):
        text = format_clause(query.clause) if query.clause else ""
        states.append(params.write(replace(query, text=text), "").removeprefix("?"))
    chance = random.Random(11)
    while len(states) < count:
        paper = chance.choice(papers)
        words = [word for word in paper.title.split() if word.isalpha()] or ["learning"]
        a, b, c = (chance.choice(words).lower() for _ in range(3))
        author = chance.choice(paper.authors) if paper.authors else a
        text = chance.choice(PATTERNS).format(a=a, b=b, c=c, author=author)
        states.append(params.write(Query(text=text, page=chance.choice((1, 1, 2))), "")[1:])
    return states


def drawn_queries(count: int) -> list[Query]:
    """Returns the first queries that Hypothesis draws without randomness of its own."""
    drawn: list[Query] = []

    @settings(
        max_examples=max(count, 1),
        derandomize=True,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(strategies.queries)
    def collect(query: Query) -> None:
        drawn.append(query)

    collect()
    return drawn[:count]
