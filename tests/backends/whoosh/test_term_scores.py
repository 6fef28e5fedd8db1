"""Terms are scored whole or in part, kept or not: what is found is always the same."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from importlib.util import find_spec

import numpy as np
import pytest

from indexer.analysis import Analyzer
from indexer.backends.whoosh.format.generation import (
    LoadedSegment,
    Snapshot,
    segment_from,
    store_from,
)
from indexer.backends.whoosh.kernels.dispatch import KernelChoice
from indexer.backends.whoosh.postings.posting_list import PostingList
from indexer.backends.whoosh.postings.segment_reader import SegmentReader
from indexer.backends.whoosh.query import boolean
from indexer.backends.whoosh.scoring import collection as collections
from indexer.backends.whoosh.scoring import max_score, term_scores
from indexer.backends.whoosh.scoring.bm25f import Bm25f
from indexer.backends.whoosh.scoring.collection import Collection
from indexer.backends.whoosh.searcher import WhooshSearcher
from indexer.errors import IndexDamaged
from indexer.language.parse import parse_query
from indexer.paper import Paper
from indexer.query import Match
from indexer.query_analysis.terms import StemTerm
from indexer.ranking import BM25F, Ranking
from tests.backends.whoosh.in_memory import arrays_of
from tests.backends.whoosh.test_kernels import INFO, some_papers, some_queries

ANALYZER = Analyzer()
LOOPS = ["numpy", *(["numba"] if find_spec("numba") else [])]
needs_numba = pytest.mark.skipif(len(LOOPS) < 2, reason="needs the extra `fast`")


@cache
def opened(name: str) -> KernelChoice:
    choice = KernelChoice("numba" if name == "numba" else "numpy")
    choice.opened()
    return choice


def snapshot_of(papers: list[Paper]) -> Snapshot:
    arrays = arrays_of(papers, ANALYZER)
    return Snapshot((LoadedSegment(segment_from(arrays), store_from(arrays)),), INFO)


@pytest.fixture(scope="module")
def snapshot() -> Snapshot:
    return snapshot_of(some_papers())


@pytest.fixture
def sparing(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let scores be made for some papers alone though there are few papers at all."""
    monkeypatch.setattr(term_scores, "_CALL", 0)
    monkeypatch.setattr(term_scores, "_DEARER", 1)
    monkeypatch.setattr(boolean, "_MANY", 0)
    monkeypatch.setattr(max_score, "_MANY", 0)
    monkeypatch.setattr(max_score, "_LONG", 0)


def terms_of(snapshot: Snapshot) -> list[StemTerm]:
    """All stems; as words they stand in names, too, or in none."""
    stems = list(snapshot.segments[0].arrays.stems)
    return [StemTerm(stem, stem) for stem in stems] + [StemTerm(stem, "") for stem in stems]


@needs_numba
def test_scores_by_compiled_loops_are_numpys_to_the_last_bit(snapshot: Snapshot) -> None:
    one, other = (
        Collection(snapshot, ANALYZER, Ranking(), opened(name)) for name in ("numpy", "numba")
    )
    authors = 0
    for term in terms_of(snapshot):
        left, right = one.scored(term), other.scored(term)
        (mine,), (yours,) = left.parts, right.parts
        size = one.readers[0].size
        authors += left.postings[0].author is not None
        assert left.papers == right.papers
        assert np.array_equal(mine.docs, yours.docs)
        assert mine.scores is not None
        assert yours.scores is not None
        assert np.array_equal(mine.scores, yours.scores)
        assert np.array_equal(mine.bits(size), yours.bits(size))
        assert (mine.highest, mine.limit) == (yours.highest, yours.limit)
        here, there = mine.blocks(size), yours.blocks(size)
        assert (here is None) == (there is None)
        if here is not None and there is not None:
            assert np.array_equal(here.firsts, there.firsts)
            assert np.array_equal(here.highest, there.highest)
    assert authors


@pytest.mark.usefixtures("sparing")
@pytest.mark.parametrize("loops", LOOPS)
def test_some_scores_are_those_of_all(snapshot: Snapshot, loops: str) -> None:
    chance = np.random.default_rng(1)
    for term in terms_of(snapshot):
        collection = Collection(snapshot, ANALYZER, Ranking(), opened(loops))
        (part,) = collection.scored(term).parts
        places = chance.permutation(part.count)[: part.count // 5]
        limit = part.limit

        some = part.take_scores(places)

        assert part.is_fully_scored == (len(places) * 4 >= part.count)
        assert part.scores is not None
        assert np.array_equal(some, part.scores[places])
        half = slice(part.count // 4, part.count // 3)
        for kept in (half, places, part.docs % 7 == 1):
            (fresh,) = Collection(snapshot, ANALYZER, Ranking(), opened(loops)).scored(term).parts
            papers = fresh.part(kept)
            assert np.array_equal(papers.docs, part.docs[kept])
            assert papers.scores is not None
            assert np.array_equal(papers.scores, part.scores[kept])
        assert part.highest <= limit
        assert part.is_fully_scored
        assert part.has_bounds


@pytest.mark.usefixtures("sparing")
@pytest.mark.parametrize("loops", LOOPS)
@pytest.mark.parametrize(("scores", "terms"), [(0, 0), (0, 80 << 20), (60_000, 90_000)])
@pytest.mark.parametrize("plain", [True, False])
def test_answers_do_not_depend_on_what_is_kept(
    monkeypatch: pytest.MonkeyPatch,
    snapshot: Snapshot,
    loops: str,
    scores: int,
    terms: int,
    *,
    plain: bool,
) -> None:
    ranking = BM25F if plain else Ranking()
    whole = WhooshSearcher(snapshot, analyzer=ANALYZER, ranking=ranking)
    monkeypatch.setattr(collections, "SCORE_BYTES", scores)
    monkeypatch.setattr(collections, "TERM_BYTES", terms)
    monkeypatch.setattr(collections, "PAPER_BYTES", (0, 0))
    scarce = WhooshSearcher(snapshot, analyzer=ANALYZER, ranking=ranking, kernels=opened(loops))
    for query in [*some_queries()][::3] * 2:
        left, right = whole.search(query, facets=()), scarce.search(query, facets=())
        assert replace(left, took_ms=0.0) == replace(right, took_ms=0.0), query
        assert list(whole.ids(query)) == list(scarce.ids(query))


def common_and_rare() -> list[Paper]:
    """Make papers of which half hold a word, and few another in a title of its own."""
    made = []
    for number in range(2000):
        common = "the common word of many others here " if number % 2 else "something else "
        title = "rare" if number % 97 == 1 else f"paper {number}"
        made.append(Paper(f"p{number}", title, common * 3))
    return made


@pytest.mark.usefixtures("sparing")
@pytest.mark.parametrize("loops", LOOPS)
@pytest.mark.parametrize("match", [Match.ALL, Match.ANY])
def test_a_common_word_beside_a_rare_one_is_looked_into(loops: str, match: Match) -> None:
    """So it is never scored whole, and not even where all words are needed."""
    snapshot = snapshot_of(common_and_rare())
    searcher = WhooshSearcher(snapshot, analyzer=ANALYZER, ranking=BM25F, kernels=opened(loops))
    other = WhooshSearcher(snapshot, analyzer=ANALYZER, ranking=BM25F)
    held = {term: other._collection.scored(StemTerm(term, "")) for term in ("common", "rare")}
    for one in held.values():
        assert one.parts[0].scores is not None

    found = searcher.search(parse_query("common rare", match=match))

    often, seldom = (searcher._collection.scored(StemTerm(term, "")) for term in held)
    assert (often.papers, seldom.papers) == (1000, 21)
    assert not often.parts[0].is_fully_scored
    assert found.hits == other.search(parse_query("common rare", match=match)).hits
    assert found.total == (11 if match is Match.ALL else 1010)


def test_forms_of_a_word_that_is_no_name_are_one_term() -> None:
    papers = [Paper("a", "Learning learned", "", ("Ann Learned",)), Paper("b", "Uses of using it")]
    collection = Collection(snapshot_of(papers), ANALYZER, Ranking())

    def term(word: str) -> object:
        return collection.scored(StemTerm(ANALYZER.stem(word), word))

    assert term("uses") is term("using")
    assert term("learning") is term("learns")
    assert term("learning") is not term("learned")
    assert collection.scored(StemTerm("learn", "learned")).papers == 1


@pytest.mark.parametrize("loops", LOOPS)
def test_a_paper_that_holds_a_term_nowhere_is_damage(snapshot: Snapshot, loops: str) -> None:
    readers = (SegmentReader(snapshot.segments[0]),)
    formula = Bm25f(readers, BM25F, opened(loops))
    docs = np.arange(200, dtype=np.int32)
    counts = np.ones(200, np.uint8)
    assert (formula.scores(0, PostingList(docs, counts, counts), 1.0) > 0).all()
    counts[70] = 0

    with pytest.raises(IndexDamaged, match="quiver verify"):
        formula.scores(0, PostingList(docs, counts, counts), 1.0)


def test_a_field_without_weight_leaves_papers_without_a_score() -> None:
    papers = [Paper("a", "one word", "other words"), Paper("b", "one other", "")]
    collection = Collection(snapshot_of(papers), ANALYZER, replace(BM25F, title_weight=0.0))

    def scores(word: str) -> tuple[bool, list[bool]]:
        (part,) = collection.scored(StemTerm(word, word)).parts
        assert part.scores is not None
        return part.positive, (part.scores > 0).tolist()

    assert scores("word") == (True, [True])
    assert scores("other") == (False, [True, False])
