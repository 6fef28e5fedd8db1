"""Orders are total, change nothing but the order, and are cut into pages without loss."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.paper import Paper
from indexer.query import Match, Query, Sort, Word
from indexer.search import Searcher
from tests import strategies
from tests.conformance.backends import Backend
from tests.conformance.pace import pace

TIES = (
    Paper("b", "same title", "word", year=2020),
    Paper("a", "Same Title", "word", year=2020),
    Paper("c", "same title", "word", year=2021),
    Paper("d", "same title", "word"),
    Paper("A", "another", "word", year=2020),
    Paper("é", "Émile", "word word word", year=1999),
)
EXPECTED = {
    Sort.NEWEST: "c A a b é d",
    Sort.OLDEST: "é A a b c d",
    Sort.TITLE: "A c a b d é",
    Sort.ADDED: "c A a b é d",
}


@pytest.mark.parametrize(("sort", "expected"), EXPECTED.items())
def test_orders(backend: Backend, sort: Sort, expected: str) -> None:
    with backend.holding(TIES) as searcher:
        assert expected.split() == list(searcher.ids(Query(sort=sort)))
        assert expected.split() == list(searcher.ids(Query(clause=Word("word"), sort=sort)))


def test_relevance_is_by_score_then_newer_year_then_id(backend: Backend) -> None:
    with backend.holding(TIES) as searcher:
        found = searcher.search(Query(clause=Word("word", "abstract")))

    ids = [hit.paper.id for hit in found.hits]
    scores = [hit.score for hit in found.hits]
    assert ids == ["é", "c", "A", "a", "b", "d"]
    assert scores == sorted(scores, reverse=True)
    assert len(set(scores[1:])) == 1
    assert scores[-1] > 0


def test_without_a_query_relevance_is_newest(backend: Backend) -> None:
    with backend.holding(TIES) as searcher:
        found = searcher.search(Query())

        assert [hit.paper.id for hit in found.hits] == EXPECTED[Sort.NEWEST].split()
        assert {hit.score for hit in found.hits} == {0.0}


@pace()
@given(st.data())
def test_sorting_never_changes_the_set(backend: Backend, data: st.DataObject) -> None:
    with backend.holding(data.draw(strategies.collections(min_size=4))) as searcher:
        for query in data.draw(st.lists(strategies.queries, min_size=2, max_size=4)):
            sets = [set(searcher.ids(replace(query, sort=sort))) for sort in Sort]
            assert all(one == sets[0] for one in sets)


@pace()
@given(st.data())
def test_the_pages_together_are_the_hits(backend: Backend, data: st.DataObject) -> None:
    with backend.holding(data.draw(strategies.collections(min_size=4))) as searcher:
        for query in data.draw(st.lists(strategies.queries, min_size=2, max_size=4)):
            every = list(searcher.ids(query))
            total = searcher.count(query)
            assert len(every) == len(set(every)) == total
            size = data.draw(st.integers(1, 5))
            pages = -(-total // size)
            paged: list[str] = []
            for page in range(1, pages + 2):
                found = searcher.search(replace(query, page=page, per_page=size), facets=())
                assert found.total == total
                assert bool(found.hits) == (page <= pages)
                paged += [hit.paper.id for hit in found.hits]
            assert every == paged


def test_no_hits_on_a_page_of_none(examples: Searcher) -> None:
    found = examples.search(Query(per_page=0))

    assert found.hits == ()
    assert found.total == 6


@pytest.mark.parametrize(("page", "per_page"), [(0, 2), (-3, 2), (1, -1), (10**12, 20), (1, 10**9)])
def test_odd_pages_raise_nothing(examples: Searcher, page: int, per_page: int) -> None:
    found = examples.search(Query(page=page, per_page=per_page))

    assert found.total == 6
    assert len(found.hits) <= 6


@pace()
@given(st.data())
def test_the_same_query_has_the_same_answer(backend: Backend, data: st.DataObject) -> None:
    query = data.draw(strategies.queries)
    with backend.holding(data.draw(strategies.collections(min_size=4))) as searcher:
        assert searcher.search(query) == searcher.search(query)


def test_a_boost_weighs(examples: Searcher) -> None:
    def score(boost: float) -> float:
        clause = Word("learned", exact=True, boost=boost)
        return examples.search(Query(clause=clause, match=Match.ALL)).hits[0].score

    assert score(3.0) == pytest.approx(3 * score(1.0), rel=1e-3)
