"""The budget of a query: what is counted, what is cut, and that every engine cuts the same."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer import Paper, Searcher, parse_query
from indexer.backends.whoosh.index import WhooshIndex
from indexer.backends.whoosh.postings import cache_sizes
from indexer.backends.whoosh.scoring.query_context import Execution
from indexer.backends.whoosh.searcher import WhooshSearcher
from indexer.budget import (
    DEFAULT,
    LIGHT,
    MEMORY_NOTE,
    PATTERNS_NOTE,
    TIME_NOTE,
    WORK_NOTE,
    Budget,
    BudgetSpent,
    Deadline,
    HeavyLane,
    Limits,
)
from indexer.highlighting.phrase_matches import TextToken, gathered
from indexer.query_analysis.expansion_shares import level, shares
from indexer.query_analysis.terms import UnionTerm
from tests.oracle import MemoryIndex
from tests.oracle.expansion import shared_out

PAPERS = tuple(
    Paper(
        id=f"p{at}",
        title=f"the a{at:04} of b{at:04} and the of",
        abstract=" ".join(f"c{at * 7 + step:05}" for step in range(7)) + " of the of the and",
        authors=(f"Nn{at} Zz{at % 50}",),
        year=2000 + at % 20,
    )
    for at in range(120)
)


class Clock:
    """A clock that shows what a test says; each look costs some."""

    def __init__(self, step: float = 0.0) -> None:
        self.now = 0.0
        self.step = step

    def __call__(self) -> float:
        self.now += self.step
        return self.now


def deadline(
    clock: Clock, seconds: float = 1.0, *, wall: Clock | None = None, lane: HeavyLane | None = None
) -> Deadline:
    return Deadline(seconds, lane, clock=clock, wall=wall or clock)


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> WhooshIndex:
    made = WhooshIndex(tmp_path_factory.mktemp("budget"))
    with made.writer() as writer:
        for paper in PAPERS:
            writer.add(paper)
    return made


@pytest.fixture(scope="module")
def oracle() -> Iterator[Searcher]:
    with MemoryIndex.of(PAPERS).searcher() as searcher:
        yield searcher


def limited(index: WhooshIndex, **limits: float) -> WhooshSearcher:
    """Open an index whose queries have these limits, whatever its size."""
    made = WhooshSearcher(index.opened().snapshot(), analyzer=index._analyzer)
    made._collection.limits = replace(DEFAULT, **limits)  # type: ignore[arg-type]
    return made


def notes(searcher: Searcher, text: str) -> list[str]:
    return [one.note for one in searcher.search(parse_query(text)).receipt.clauses]


def test_what_is_spent_is_counted_until_nothing_is_left() -> None:
    budget = Budget(Limits(postings=10), deadline(Clock()))
    budget.spend(6)
    assert budget.affords(4)
    with pytest.raises(BudgetSpent, match=WORK_NOTE):
        budget.spend(5)
    assert not budget.affords(1)
    assert not budget.late


def test_bytes_that_are_too_many_leave_room_for_fewer() -> None:
    budget = Budget(Limits(bytes=10), deadline(Clock()))
    with pytest.raises(BudgetSpent, match=MEMORY_NOTE):
        budget.hold(11)
    budget.hold(10)


def test_the_deadline_is_looked_at_whenever_something_is_spent() -> None:
    clock = Clock()
    budget = Budget(Limits(), deadline(clock))
    budget.spend(1)
    clock.now = 1.5
    with pytest.raises(BudgetSpent, match=TIME_NOTE):
        budget.spend(1)
    assert budget.late


def test_a_busy_machine_cuts_no_short_query() -> None:
    clock, wall = Clock(), Clock()
    ends = deadline(clock, wall=wall)
    clock.now, wall.now = LIGHT, 60.0
    seen = [ends.overdue]
    clock.now = LIGHT + 0.01
    seen += [ends.overdue, ends.late]
    assert seen == [False, True, True]


def test_one_long_query_at_a_time_goes_on() -> None:
    lane = HeavyLane()
    clocks = Clock(), Clock()
    first, second = (deadline(clock, 0.2, lane=lane) for clock in clocks)
    for clock in clocks:
        clock.now = LIGHT + 0.01
    assert not first.overdue
    assert second.overdue  # after it has waited as long as it may
    first.end()
    assert not deadline(clocks[0], lane=lane).overdue


def test_the_lane_is_left_when_a_search_ends(index: WhooshIndex) -> None:
    searcher = limited(index)
    lane = searcher._collection.lane
    assert lane.enter(0)
    lane.leave()
    page = searcher.for_page()
    assert page._deadline is not None
    page._deadline._alone = lane.enter(0)
    page.search(parse_query('"of the"'))
    assert lane.enter(0)
    lane.leave()


def test_the_searches_of_a_page_have_one_deadline(index: WhooshIndex) -> None:
    searcher = limited(index, seconds=0.5)
    page = searcher.for_page()
    assert page._deadline is not None
    page._deadline._clock = page._deadline._wall = clock = Clock()
    page._deadline._started = page._deadline._begun = 0.0
    assert page.count(parse_query("a0001")) == 1
    seen = [page.timed_out]
    clock.now = 0.6
    results = page.search(parse_query("a0001"))
    assert results.timed_out
    assert [one.note for one in results.receipt.clauses] == [TIME_NOTE]
    assert results.receipt.clauses[0].cut
    assert [*seen, page.timed_out] == [False, True]
    assert not searcher.for_page().timed_out
    assert not searcher.search(parse_query("a0001")).timed_out


def test_after_the_deadline_hits_come_without_marks(index: WhooshIndex) -> None:
    everything = parse_query("")
    results = limited(index, seconds=-1.0).search(everything)
    assert len(results.hits) == everything.per_page
    assert not any(one.spans for hit in results.hits for one in hit.snippets)


def test_large_collections_allow_more() -> None:
    assert DEFAULT.over(100_000) == DEFAULT
    assert DEFAULT.over(1_000_000).postings == 64_000_000


@given(st.lists(st.integers(0, 600), max_size=12), st.integers(0, 1024))
def test_words_are_shared_out_evenly(sizes: list[int], room: int) -> None:
    most = level(sizes, room)
    wanted = [min(size, most) for size in sizes]
    assert sum(wanted) <= room
    assert wanted == [min(size, shared_out(sizes, room)) for size in sizes]


@given(st.integers(0, 512), st.integers(0, 512), st.integers(1, 1024))
def test_texts_and_names_share_what_a_pattern_has(words: int, names: int, most: int) -> None:
    of_words, of_names = shares(words, names, most)
    assert 0 <= of_words <= words
    assert 0 <= of_names <= names
    assert of_words + of_names == min(most, words + names)


QUERIES = {
    "one broad pattern": "c*",
    "two broad patterns": "c* OR ?0*",
    "three, and a narrow one": "c* OR *1* OR ?*2* OR a0001*",
    "fuzzy": " OR ".join(f"c0{at:03}1~2" for at in range(3)),
    "names": "author:n* OR author:z* OR *n*",
    "many patterns": " OR ".join(f"*{at:02}?" for at in range(36)),
    "many prefixes": " OR ".join(f"c{at:03}*" for at in range(40)),
    "needed": "c* b* a*",
    "nothing has all": "+c* +b0001 +b0002",
}


@pytest.mark.parametrize("text", QUERIES.values(), ids=QUERIES)
def test_engines_cut_patterns_alike(index: WhooshIndex, oracle: Searcher, text: str) -> None:
    query = parse_query(text, per_page=300)
    with index.searcher() as searcher:
        mine, other = searcher.search(query), oracle.search(query)
    assert mine.total == other.total
    assert [one.paper.id for one in mine.hits] == [one.paper.id for one in other.hits]
    assert [one.hits for one in mine.receipt.clauses] == [one.hits for one in other.receipt.clauses]


def test_a_query_has_1024_words_of_patterns(index: WhooshIndex) -> None:
    with index.searcher() as searcher:
        plan = searcher._collection.plan(
            parse_query(QUERIES["three, and a narrow one"]).clause, Execution()
        )
    terms = [term for one in plan.leaves for term in one.terms if isinstance(term, UnionTerm)]
    held = [len(term.words) + len(term.names) for term in terms]
    assert 900 < sum(held) <= 1_024
    assert held[-1] == 1


def test_what_was_cut_of_a_pattern_is_said(index: WhooshIndex) -> None:
    with index.searcher() as searcher:
        assert notes(searcher, "c*") == ["stopped at 512 of 840 words"]


def test_patterns_beyond_the_limit_are_left_out_with_a_note(index: WhooshIndex) -> None:
    with index.searcher() as searcher:
        told = notes(searcher, QUERIES["many patterns"])
    left_out = PATTERNS_NOTE.format(DEFAULT.patterns)
    assert told.count(left_out) == 36 - DEFAULT.patterns
    assert told[-1] == left_out


@pytest.mark.parametrize("slop", ["", "~3"])
def test_a_phrase_has_64_words(index: WhooshIndex, oracle: Searcher, slop: str) -> None:
    text = '"' + "of the " * 100 + '"' + slop
    with index.searcher() as searcher:
        assert notes(searcher, text) == ["stopped at 64 of 200 words"]
        assert searcher.count(parse_query(text)) == oracle.count(parse_query(text)) == 0


COSTLY = {
    "phrases": '"of the" OR "the of" OR "and the of"',
    "near": '"of the and"~9 OR "the of"~1000',
    "patterns": "*c* OR *0*",
    "names": "author:n OR author:z",
    "exact": "=of OR =the",
}


@pytest.mark.parametrize("text", COSTLY.values(), ids=COSTLY)
def test_what_cannot_be_afforded_is_left_out_and_said(index: WhooshIndex, text: str) -> None:
    searcher = limited(index, postings=300)
    query = parse_query(f"a0001 OR {text}")
    results = searcher.search(query, explain=True)
    assert WORK_NOTE in [one.note for one in results.receipt.clauses]
    assert "p1" in [hit.paper.id for hit in results.hits]


@pytest.mark.parametrize("text", COSTLY.values(), ids=COSTLY)
def test_an_answer_does_not_depend_on_what_is_in_the_caches(index: WhooshIndex, text: str) -> None:
    for postings in (100, 300, 1_000, 3_000):
        searcher = limited(index, postings=postings)
        query = parse_query(f"a0001 OR {text}")
        cold = searcher.search(query)
        unhurried = limited(index)
        unhurried.search(query)
        unhurried._collection.limits = searcher._collection.limits
        warm = unhurried.search(query)
        assert replace(cold, took_ms=0) == replace(warm, took_ms=0)
        assert cold.receipt == warm.receipt


def test_no_loop_is_given_more_than_a_query_may_have(index: WhooshIndex) -> None:
    for text in COSTLY.values():
        asked = Execution(Budget(replace(DEFAULT, postings=2_000), deadline(Clock())))
        searcher = limited(index)
        query = parse_query(text)
        plan = searcher._collection.plan(query.clause, asked)
        from indexer.backends.whoosh.query.execution import find

        found = find(searcher._collection, query, searcher._workspaces, asked, plan=plan)
        kept = [one for one in plan.asking if one.leaf not in asked.cut]
        assert sum(asked.terms[term].papers for one in kept for term in one.terms) <= 2_000
        assert found.total <= len(PAPERS)


def test_after_the_deadline_everything_is_left_out(index: WhooshIndex) -> None:
    searcher = limited(index, seconds=-1.0)
    results = searcher.search(parse_query('"of the" OR *c* OR author:n'))
    assert {one.note for one in results.receipt.clauses} == {TIME_NOTE}


def test_the_rescue_of_an_empty_answer_stays_within_the_budget(index: WhooshIndex) -> None:
    text = " ".join(f"+{word}" for word in ["of", "the", *(f"b{at:04}" for at in range(20))])
    query = parse_query(text)
    few = limited(index, postings=400).search(query)
    many = limited(index).search(query)
    assert few.total == many.total == 0
    assert len(few.receipt.alternatives) <= len(many.receipt.alternatives)


def test_words_near_each_other_are_looked_at_once() -> None:
    tokens = [TextToken("ab"[at % 2], at, at, at + 1) for at in range(4_000)]
    assert gathered(tokens, ("a", "b"), 10**9) == set(range(4_000))
    assert gathered(tokens, ("a", "a"), 3) == set(range(0, 4_000, 2))
    assert gathered(tokens, ("a", "a"), 2) == set()


def test_all_caches_together_have_one_limit() -> None:
    parts = (
        cache_sizes.SCORE_BYTES,
        cache_sizes.TERM_BYTES,
        cache_sizes.OCCURRENCE_BYTES,
        cache_sizes.FILTER_BYTES,
        cache_sizes.STORE_BYTES,
        cache_sizes.STEM_BYTES,
        6 * cache_sizes.LEAF_BYTES,
    )
    assert sum(parts) <= cache_sizes.CACHE_BYTES


def test_opened_generations_keep_no_more_than_their_caches_may(
    index: WhooshIndex, tmp_path: Path
) -> None:
    del tmp_path
    with index.searcher() as searcher:
        for text in (*QUERIES.values(), *COSTLY.values()):
            searcher.search(parse_query(text))
        collection = searcher._collection
        assert collection._scored._known.bytes <= cache_sizes.TERM_BYTES
        assert collection._scored._score_cache.bytes <= cache_sizes.SCORE_BYTES
        assert collection._expansions.bytes <= cache_sizes.LEAF_BYTES


def test_a_generation_that_is_not_the_newest_keeps_little_in_memory(tmp_path: Path) -> None:
    index = WhooshIndex(tmp_path)
    papers = [Paper(f"p{number}", "Gossip learning of graphs") for number in range(300)]
    with index.writer() as writer:
        writer.add(papers[0])
    with index.searcher() as old:
        old.search(parse_query("gossip learnings graphs"))
        whole = sum(cache.budget for cache in old._collection.caches)
        with index.writer() as writer:
            for paper in papers:
                writer.add(paper)
        with index.searcher() as new, index.searcher(index.published()[0]) as named:
            caches = [one._collection.caches for one in (new, old, named)]
            assert sum(cache.budget for cache in caches[0]) == pytest.approx(whole, rel=0.01)
            for few in caches[1:]:
                assert sum(cache.budget for cache in few) <= whole // cache_sizes.SHRUNK
            assert old.search(parse_query("gossip learning")).total == 1


def test_a_query_that_is_left_out_whole_finds_nothing(tmp_path: Path) -> None:
    index = WhooshIndex(tmp_path, limits=replace(DEFAULT, postings=0, seconds=0.0))
    with index.writer() as writer:
        writer.add(Paper("a", "Gossip learning"))
    with index.searcher() as searcher:
        for text in ("gossip", "gossip learning", "gossip OR learning", "NOT gossip"):
            results = searcher.search(parse_query(text))
            assert (results.total, results.hits) == (0, ())
            assert all(clause.note for clause in results.receipt.clauses)


def test_what_is_made_once_for_all_queries_is_not_charged_to_one() -> None:
    now = [0.0]
    deadline = Deadline(1.0, clock=lambda: now[0], wall=lambda: now[0])
    with deadline.paused():
        now[0] += 60.0
    now[0] += 0.9
    assert not deadline.overdue
    now[0] += 0.2
    assert deadline.overdue
