"""Every backend against the brute-force oracle, on random papers and random queries."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import currently_in_test_context, given, note
from hypothesis import strategies as st

from indexer.paper import Paper
from indexer.query import Query, Sort
from indexer.ranking import BM25F, Ranking
from indexer.search import FacetRequest, Results, Searcher, Snippet, Span
from tests import strategies
from tests.conformance.backends import Backend
from tests.conformance.pace import pace
from tests.oracle import MemoryIndex, MemorySearcher
from tests.oracle.snippets import merged

NEAR = 1e-4
"""Scores may differ by this much, relatively: 32-bit sums against 64-bit ones."""


def same_order(found: list[str], expected: list[str], scores: dict[str, float]) -> None:
    """Hold that two orders are equal, but for papers whose scores are nearly equal."""
    for one, other in zip(found, expected, strict=True):
        if one != other:
            assert scores[one] == pytest.approx(scores[other], rel=NEAR), (found, expected)


def same_page(found: Results, expected: Results) -> None:
    """Hold that two pages agree in everything the contract fixes."""
    assert found.total == expected.total
    assert len(found.hits) == len(expected.hits)
    assert dict(found.facets) == dict(expected.facets)
    assert found.receipt.matched == expected.receipt.matched
    assert found.receipt.all_words == expected.receipt.all_words
    assert found.receipt.all_words_elsewhere == expected.receipt.all_words_elsewhere
    pairs = list(zip(found.receipt.clauses, expected.receipt.clauses, strict=True))
    for one, other in pairs:
        assert (one.clause, one.hits, one.emptied) == (other.clause, other.hits, other.emptied)
        assert one.note or not other.note


def same_hits(found: Results, scores: dict[str, float], oracle: MemorySearcher) -> None:
    """Hold that scores and marks are the oracle's."""
    for hit in found.hits:
        assert hit.score == pytest.approx(scores[hit.paper.id], rel=NEAR, abs=1e-9)
        marks = oracle.marks(found.query, hit.paper.id)
        expected = [Snippet("title", hit.paper.title, 0, merged(marks, "title"))]
        for place, name in enumerate(hit.paper.authors):
            spans = merged(marks, "author", place)
            if spans:
                expected.append(Snippet("author", name, place, spans))
        assert [one for one in hit.snippets if one.field != "abstract"] == expected
        for passage in (one for one in hit.snippets if one.field == "abstract"):
            same_passage(passage, merged(marks, "abstract"))


def same_passage(passage: Snippet, spans: tuple[Span, ...]) -> None:
    """Hold that a passage marks what the whole abstract marks there, and misses no mark."""
    end = passage.offset + len(passage.text)
    inside = [span for span in spans if passage.offset <= span.start and span.end <= end]
    shifted = [(span.start + passage.offset, span.end + passage.offset) for span in passage.spans]
    assert shifted == [(span.start, span.end) for span in inside]
    assert bool(inside) == bool(spans)


def compare(
    searcher: Searcher, oracle: MemorySearcher, query: Query, requests: tuple[FacetRequest, ...]
) -> None:
    """Hold that a backend answers a query as the oracle does."""
    if currently_in_test_context():
        note(repr(query))
    found = searcher.search(query, facets=requests)
    expected = oracle.search(query, facets=requests)
    same_page(found, expected)
    scores = oracle.scores(query)
    if query.sort is Sort.RELEVANCE:
        same_order(list(searcher.ids(query)), list(oracle.ids(query)), scores)
    else:
        assert list(searcher.ids(query)) == list(oracle.ids(query))
        assert [hit.paper.id for hit in found.hits] == [hit.paper.id for hit in expected.hits]
    assert searcher.count(query) == expected.total
    same_hits(found, scores, oracle)


def _compare_on(backend: Backend, data: st.DataObject, ranking: Ranking) -> None:
    papers = data.draw(strategies.collections(min_size=5, max_size=16))
    ranking = replace(ranking, enough=data.draw(st.sampled_from((1, 2, 10))))
    with (
        backend.holding(papers, ranking) as searcher,
        MemoryIndex.of(papers, ranking=ranking).searcher() as oracle,
    ):
        for query in data.draw(st.lists(strategies.queries, min_size=4, max_size=10)):
            compare(searcher, oracle, query, data.draw(strategies.facet_requests))


@pace(2)
@given(st.data())
def test_answers_are_the_oracles(engine: Backend, data: st.DataObject) -> None:
    _compare_on(engine, data, BM25F)


@pace()
@given(st.data())
def test_other_weights(engine: Backend, data: st.DataObject) -> None:
    weights = Ranking(
        k1=0.9, title_weight=2, author_weight=0.5, title_b=0.4, abstract_b=0, author_b=1, depth=0
    )
    _compare_on(engine, data, weights)


@pace()
@given(st.data())
def test_the_default_ranking(engine: Backend, data: st.DataObject) -> None:
    _compare_on(engine, data, Ranking())


@pace()
@given(st.data())
def test_updates_answer_as_one_build(engine: Backend, data: st.DataObject) -> None:
    """Papers written in several goes, some replaced, some deleted, answer as if written at once."""
    with engine.index(BM25F) as index:
        live: dict[str, Paper] = {}
        for _ in range(data.draw(st.integers(2, 4))):
            gone = data.draw(st.sets(st.sampled_from(sorted(live)), max_size=3)) if live else set()
            with index.writer() as writer:
                for paper_id in sorted(gone):
                    assert writer.delete(paper_id)
                    del live[paper_id]
                for paper in data.draw(strategies.collections(max_size=6)):
                    # Ids come from a small range, so that some papers are replaced.
                    renamed = replace(paper, id=f"p{int(paper.id[1:]) % 12}")
                    writer.add(renamed)
                    live[renamed.id] = renamed
        with (
            index.searcher() as searcher,
            MemoryIndex.of(live.values(), ranking=BM25F).searcher() as oracle,
        ):
            assert all(searcher.get(paper_id) == paper for paper_id, paper in live.items())
            for query in data.draw(st.lists(strategies.queries, min_size=2, max_size=6)):
                if query.sort is not Sort.ADDED:  # the one order that knows of the goes
                    compare(searcher, oracle, query, data.draw(strategies.facet_requests))


@pace()
@given(st.data())
def test_values_and_names_are_the_oracles(engine: Backend, data: st.DataObject) -> None:
    papers = data.draw(strategies.collections(min_size=5, max_size=16))
    with (
        engine.holding(papers) as searcher,
        MemoryIndex.of(papers).searcher() as oracle,
    ):
        for request in data.draw(strategies.facet_requests):
            prefix = data.draw(st.sampled_from(("", "m", "JA", "tao l")))
            found, expected = (
                one.values(request.field, prefix=prefix, contains=request.contains, limit=3)
                for one in (searcher, oracle)
            )
            assert expected == found
        for name in strategies.NAMES:
            assert searcher.names(name) == oracle.names(name)


@pace()
@given(st.data())
def test_alternatives_find_what_they_promise(engine: Backend, data: st.DataObject) -> None:
    papers = data.draw(strategies.collections(min_size=5, max_size=16))
    with engine.holding(papers) as searcher:
        for query in data.draw(st.lists(strategies.queries, min_size=4, max_size=10)):
            found = searcher.search(query)
            for alternative in found.receipt.alternatives:
                assert alternative.query.page == 1
                assert alternative.total == searcher.count(alternative.query) > 0
                if found.receipt.matched == "all":
                    assert alternative.total > found.total


@pace()
@given(st.data())
def test_contributions_add_up_to_the_score(engine: Backend, data: st.DataObject) -> None:
    papers = data.draw(strategies.collections(min_size=5, max_size=16))
    with engine.holding(papers) as searcher:
        for query in data.draw(st.lists(strategies.queries, min_size=4, max_size=10)):
            for hit in searcher.search(query, explain=True).hits:
                summed = sum(one.value for one in hit.why)
                assert summed == pytest.approx(hit.score, rel=NEAR, abs=1e-6)
