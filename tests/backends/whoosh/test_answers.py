"""What only this engine promises: equal answers however papers are spread, signals, limits."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from indexer.analysis import Analyzer
from indexer.backends.whoosh.facets.author_index import _SIMPLE
from indexer.backends.whoosh.format.generation import (
    LoadedSegment,
    Snapshot,
    segment_from,
    store_from,
)
from indexer.backends.whoosh.searcher import WhooshSearcher
from indexer.language.parse import parse_query
from indexer.paper import Paper
from indexer.query import Clause, Filter, Match, Not, Or, Part, Query, Sort, Word, Words
from indexer.ranking import Ranking, idf
from indexer.search import IndexInfo
from indexer.text.folding import forms
from tests import strategies
from tests.backends.whoosh.in_memory import arrays_of
from tests.conformance.pace import EXAMPLES

ANALYZER = Analyzer()
INFO = IndexInfo("g1", "", 0, 0, 0, None, None, 0, (), "whoosh")


def loaded(papers: list[Paper], gone: frozenset[str] = frozenset()) -> LoadedSegment:
    arrays = arrays_of(papers, ANALYZER)
    segment = segment_from(arrays)
    deleted = np.zeros(segment.papers, np.bool_)
    for at, paper_id in enumerate(segment.ids):
        deleted[segment.id_paper[at]] = paper_id in gone
    return LoadedSegment(segment, store_from(arrays), deleted if gone else None)


@contextmanager
def searching(
    *segments: list[Paper], gone: frozenset[str] = frozenset(), ranking: Ranking | None = None
) -> Iterator[WhooshSearcher]:
    """Yield a searcher over these segments; nothing touches a disk."""
    snapshot = Snapshot(tuple(loaded(one, gone) for one in segments), INFO)
    yield WhooshSearcher(snapshot, analyzer=ANALYZER, ranking=ranking)


@settings(max_examples=2 * EXAMPLES, deadline=None)
@given(st.data())
def test_spread_over_segments_with_deletions_answers_as_one(data: st.DataObject) -> None:
    """The default ranking too: same hits, same order, same scores, same facets."""
    papers = list(data.draw(strategies.collections(min_size=6, max_size=14)))
    gone = frozenset(one.id for one in papers[:2])
    at = data.draw(st.integers(1, len(papers) - 1))
    with searching(papers[2:]) as one, searching(papers[:at], papers[at:], gone=gone) as many:
        for query in data.draw(st.lists(strategies.queries, min_size=3, max_size=8)):
            left, right = one.search(query), many.search(query)
            assert replace(left, took_ms=0.0) == replace(right, took_ms=0.0)
            assert list(one.ids(query)) == list(many.ids(query))


def paper(number: int, title: str, abstract: str = "", **more: object) -> Paper:
    return replace(Paper(f"p{number}", title, abstract), **more)  # type: ignore[arg-type]


def test_the_signals_are_those_of_the_formula() -> None:
    papers = [
        paper(1, "Deep graph networks"),
        paper(2, "Other matters", "Graph of deep things, and networks."),
        paper(3, "Nothing of it"),
    ]
    plain = Ranking(depth=0)
    query = Query(clause=Words((Part(Word("deep")), Part(Word("graph")))), match=Match.ALL)
    with searching(papers, ranking=plain) as bare, searching(papers) as full:
        base = {hit.paper.id: hit.score for hit in bare.search(query).hits}
        final = {hit.paper.id: hit.score for hit in full.search(query).hits}
    weights = Ranking()
    rarity = idf(3, 2)

    def saturated(times: float) -> float:
        return times * (weights.k1 + 1) / (weights.k1 + times)

    # "deep graph" is two of the three words of the first title: once in order, one close pair.
    likeness = (2 / 3) ** 2
    expected = base["p1"] * (1 + weights.coverage + weights.title_match * likeness)
    expected += rarity * (weights.ordered + weights.window) * saturated(1)
    assert final["p1"] == pytest.approx(expected, rel=1e-5)
    # The second has both words close, in the other order, and none in the title.
    expected = base["p2"] * (1 + weights.coverage) + rarity * weights.window * saturated(1)
    assert final["p2"] == pytest.approx(expected, rel=1e-5)


def test_a_title_pasted_finds_its_paper_first() -> None:
    words = "deep graph networks learning molecules quickly robots see".split()
    text = "Deep graph networks learning molecules quickly; robots see graph networks. " * 3
    papers = [paper(n, " ".join(words[:n]), text) for n in range(2, 9)]
    with searching(papers) as searcher:
        for one in papers:
            found = searcher.search(parse_query(one.title))
            assert found.hits[0].paper == one


def test_fallback_to_any_says_what_left_nothing_and_what_would_find_more() -> None:
    papers = [paper(1, "Graph networks"), paper(2, "Graph learning"), paper(3, "Learning")]
    with searching(papers) as searcher:
        found = searcher.search(parse_query("graph networks zebra"))
        assert found.receipt.matched == "any"
        assert [one.emptied for one in found.receipt.clauses] == [False, False, True]
        assert found.receipt.alternatives
        for other in found.receipt.alternatives:
            assert searcher.count(other.query) == other.total > 0


def test_a_filter_that_leaves_nothing_is_offered_to_be_dropped() -> None:
    papers = [paper(1, "Graph networks", year=2020, venue="ICML")]
    query = replace(parse_query("graph"), filters=(Filter("venue", ("Nowhere",)),))
    with searching(papers) as searcher:
        labels = {one.label: one.total for one in searcher.search(query).receipt.alternatives}
        assert labels == {"with any venue": 1}


def test_stop_words_beside_words_are_named() -> None:
    with searching([paper(1, "The graph")]) as searcher:
        first, second = searcher.search(parse_query("the graph")).receipt.clauses
        assert (first.note, second.note) == ("stop word: not asked for", "")


def test_deep_and_wide_trees_are_answered() -> None:
    clause: Clause = Word("graph")
    for level in range(3000):
        clause = Not(clause) if level % 2 else Or((clause, Word(f"word{level % 7}")))
    wide = Words(tuple(Part(Word(f"word{number}")) for number in range(1024)))
    papers = [paper(number, f"Graph word{number}") for number in range(50)]
    with searching(papers) as searcher:
        for asked in (clause, wide, Or((clause, wide))):
            started = time.thread_time()
            for match in Match:
                searcher.search(Query(clause=asked, match=match))
            assert time.thread_time() - started < 10


@pytest.mark.parametrize("sort", list(Sort))
def test_pages_of_a_long_list_join_without_gaps(sort: Sort) -> None:
    papers = [
        paper(n, f"Graph {'x' * (n % 7)}", year=None if n % 5 == 0 else 2000 + n % 9)
        for n in range(700)
    ]
    query = Query(clause=Word("graph"), sort=sort, per_page=50)
    with searching(papers[:400], papers[400:]) as searcher:
        pages = [
            hit.paper.id
            for page in range(1, 16)
            for hit in searcher.search(replace(query, page=page), facets=()).hits
        ]
        assert pages == list(searcher.ids(query))
        assert sorted(pages) == sorted(one.id for one in papers)


def test_no_segment_and_no_paper() -> None:
    with searching() as none, searching([]) as empty:
        for searcher in (none, empty):
            found = searcher.search(parse_query("graph author:x year:2000.."))
            assert (found.total, found.hits) == (0, ())
            assert searcher.get("p") is None
            assert searcher.values("author") == ()
            assert searcher.names("x") == ()


def test_did_you_mean_only_what_finds_more_and_never_for_a_name() -> None:
    papers = [paper(number, f"Learning graphs {number}") for number in range(30)]
    papers += [paper(40, "Lerning graphs"), paper(41, "Optimisation", authors=("Ann Lerninger",))]
    with searching(papers) as searcher:
        first, *_ = searcher.search(parse_query("lerning")).receipt.alternatives
        assert (first.label, first.total) == ("Did you mean learning?", 30)
        assert searcher.count(first.query) == first.total
        for known in ("learning", "lerninger", "zzzzzz"):
            assert not searcher.search(parse_query(known)).receipt.alternatives


@given(st.from_regex(_SIMPLE, fullmatch=True))
def test_simple_names_fold_to_their_lower_case(name: str) -> None:
    assert tuple(forms(name)) == (name.lower(),)
