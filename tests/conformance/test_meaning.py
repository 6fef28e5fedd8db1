"""Meaning beside words: every engine that keeps vectors orders and lists as the oracle does."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.language.parse import parse_query
from indexer.paper import Paper
from indexer.query import Filter, Match, YearRange
from indexer.search import FacetRequest, Searcher
from tests import strategies
from tests.conformance.backends import Backend
from tests.conformance.pace import pace
from tests.oracle import MemoryIndex
from tests.semantic import encoder

TOPICS = ("car engine", "soup recipe", "tree root", "star light", "river flood")
PAPERS = tuple(
    Paper(
        f"p{at:02}",
        f"{TOPICS[at % 5]} number{at}",
        f"of {TOPICS[(at // 5) % 5]} and vehicle" if at % 3 else "A study of the automobile.",
        venue="ICML" if at % 2 else "JMLR",
        year=2000 + at % 7,
    )
    for at in range(36)
)
Pair = tuple[Searcher, Searcher, Searcher]


@pytest.fixture(scope="module")
def searchers(engine: Backend) -> Iterator[Pair]:
    """The engine with vectors, the engine without, and the oracle with vectors."""
    oracle_index = MemoryIndex.of(PAPERS)
    oracle_index.encode_meaning(encoder())
    with ExitStack() as opened:
        searcher = opened.enter_context(engine.holding(PAPERS, meaning=True))
        if searcher.meaning() is None:
            pytest.skip(f"{engine.name} keeps no vectors")
        words = opened.enter_context(engine.holding(PAPERS))
        yield searcher, words, opened.enter_context(oracle_index.searcher())


@pace()
@given(
    st.lists(
        st.sampled_from([*" ".join(TOPICS).split(), "automobile", "vehicle", "study", "number7"]),
        min_size=2,
        max_size=5,
    ),
    st.sampled_from(list(Match)),
    st.sampled_from(
        (
            ((), YearRange()),
            ((Filter("venue", ("ICML",)),), YearRange()),
            ((Filter("venue", ("ICML",)),), YearRange(2002, 2005)),
        )
    ),
    strategies.facet_requests,
)
def test_meaning_orders_as_in_the_oracle_and_changes_no_number(
    searchers: Pair,
    words: list[str],
    match: Match,
    narrowed: tuple[tuple[Filter, ...], YearRange],
    requests: tuple[FacetRequest, ...],
) -> None:
    filters, years = narrowed
    searcher, plain, oracle = searchers
    query = parse_query(" ".join(words), match=match, filters=filters, years=years, per_page=9)
    found = searcher.search(query, facets=requests)
    expected = oracle.search(query, facets=requests)
    without = plain.search(query, facets=requests)

    assert found.total == expected.total == without.total
    assert dict(found.facets) == dict(expected.facets) == dict(without.facets)
    assert found.receipt.ordered_by == expected.receipt.ordered_by
    assert [hit.score for hit in found.hits] == pytest.approx(
        [hit.score for hit in expected.hits], rel=1e-4
    )
    assert set(searcher.ids(query)) == set(plain.ids(query))
    assert [(hit.paper.id, hit.score) for hit in found.close] == [
        (hit.paper.id, hit.score) for hit in expected.close
    ]


def test_the_nearest_are_those_of_the_oracle(searchers: Pair) -> None:
    searcher, _, oracle = searchers
    for some in (PAPERS[:1], PAPERS[3:6], (Paper("", "", "a recipe for the river"),)):
        assert searcher.nearest(some, 12) == oracle.nearest(some, 12)
