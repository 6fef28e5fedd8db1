"""What is found out of the best papers: where they stand in lists, and what they share."""

from __future__ import annotations

from dataclasses import replace
from importlib.util import find_spec
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from indexer.analysis import Analyzer
from indexer.backends.whoosh.format.generation import LoadedSegment, segment_from, store_from
from indexer.backends.whoosh.kernels.dispatch import KernelChoice
from indexer.backends.whoosh.postings.segment_reader import Ids, SegmentReader
from indexer.backends.whoosh.scoring import document_terms as stemming
from indexer.backends.whoosh.scoring.document_terms import StemNumbers, Stems
from indexer.backends.whoosh.scoring.rescoring import Candidates
from indexer.backends.whoosh.scoring.scored_docs import ScoredDocs
from indexer.errors import IndexDamaged
from indexer.paper import Paper
from indexer.query_analysis.relevance_model import PAPERS, relevance_model, stem_cache, stems_of
from tests import strategies
from tests.backends.whoosh.in_memory import arrays_of

needs_numba = pytest.mark.skipif(find_spec("numba") is None, reason="needs the extra `fast`")
ANALYZER = Analyzer()
SIZE = 4000


@pytest.fixture(scope="module", params=["numpy", pytest.param("numba", marks=needs_numba)])
def kernels(request: pytest.FixtureRequest) -> KernelChoice:
    choice = KernelChoice(request.param)
    choice.opened()
    return choice


def drawn(chance: np.random.Generator, length: int) -> Ids:
    return np.sort(chance.choice(SIZE, length, replace=False)).astype(np.int32)


def expected(lists: list[Ids], papers: Ids) -> list[list[int]]:
    found = [{paper: at for at, paper in enumerate(one.tolist())} for one in lists]
    return [[places.get(paper, -1) for paper in papers.tolist()] for places in found]


@pytest.mark.parametrize("seed", range(60))
def test_papers_are_found_in_lists_of_every_length(kernels: KernelChoice, seed: int) -> None:
    chance = np.random.default_rng(seed)
    lengths = [0, 1, 2, 3, *chance.integers(0, SIZE, 6).tolist(), SIZE]
    chance.shuffle(lengths)
    lists = [drawn(chance, length) for length in lengths]
    docs = np.concatenate(lists)
    ends = np.cumsum([0, *lengths]).tolist()
    spans = list(pairwise(ends))
    others = [drawn(chance, int(chance.integers(0, 300))) for _ in range(3)]
    papers = drawn(chance, int(chance.choice([1, 2, 200])))
    looked = Candidates(0, papers, docs, kernels.ready)

    assert looked.places(spans, others).tolist() == expected([*lists, *others], papers)
    # Some are known by now, one is asked for twice, and a list can be a span.
    again = [spans[3], spans[0], spans[3]]
    more = [docs[slice(*spans[5])], drawn(chance, 50)]
    asked = [lists[3], lists[0], lists[3], *more]
    assert looked.places(again, more).tolist() == expected(asked, papers)
    assert looked.places(()).shape == (0, len(papers))


@pytest.mark.parametrize("seed", range(20))
def test_sums_are_those_of_the_lists_one_after_the_other(kernels: KernelChoice, seed: int) -> None:
    chance = np.random.default_rng(seed)
    parts = []
    for length in (0, 1, 700, 2500):
        docs = drawn(chance, length)
        parts.append(ScoredDocs(docs, chance.random(length), lasting=True))
    parts.append(ScoredDocs(drawn(chance, 90)))
    whole = np.zeros(SIZE)
    for one in parts:
        if one.scores is not None:
            whole[one.docs] += one.scores
    papers = drawn(chance, 200)

    sums = Candidates(0, papers, parts[0].docs, kernels.ready).sums(parts)

    assert sums.tolist() == whole[papers].tolist()


def read(papers: list[Paper]) -> SegmentReader:
    arrays = arrays_of(papers, ANALYZER)
    return SegmentReader(LoadedSegment(segment_from(arrays), store_from(arrays), None))


@settings(deadline=None, max_examples=30)
@given(st.data())
def test_what_papers_share_is_the_relevance_model(data: st.DataObject) -> None:
    papers = list(data.draw(strategies.collections(min_size=2, max_size=14)))
    at = data.draw(st.integers(0, len(papers) - 1))
    readers = [read(some) for some in (papers[:at], papers[at:]) if some]
    stems = Stems(readers, ANALYZER.stem, ANALYZER.stop_words)
    everyone = [(at, number) for at, one in enumerate(readers) for number in range(one.size)]
    order = data.draw(st.permutations(everyone))[:PAPERS]
    scores = sorted(data.draw(st.lists(st.floats(0, 90), min_size=len(order), max_size=len(order))))
    best = [(*one, score) for one, score in zip(order, reversed(scores), strict=True)]
    known = stem_cache(ANALYZER.stem, ANALYZER.stop_words)
    counted = [
        (score, stems_of(readers[segment].store.paper(number), known))
        for segment, number, score in best
    ]

    for _ in range(2):  # the second time all of it is known
        assert list(stems.model(best).items()) == list(relevance_model(counted).items())
    assert stems.model([]) == {}


def test_numbers_of_stems_begin_anew_and_say_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    base = Paper("p", "Deep graph networks", "Graphs of wings and flows.")
    papers = [replace(base, id=f"p{at}", title=f"{base.title} word{at}") for at in range(6)]
    reader = read(papers)
    stems = Stems([reader], ANALYZER.stem, ANALYZER.stop_words)
    best = [(0, number, 3.0 - number) for number in range(3)]
    first = stems.model(best)
    monkeypatch.setattr(stemming, "MOST_STEMS", 2)

    assert stems.model(best) == first
    known = stem_cache(ANALYZER.stem, ANALYZER.stop_words)
    alone = [(1.0, stems_of(reader.store.paper(5), known))]
    assert stems.model([(0, 5, 1.0)]) == relevance_model(alone) != first


def test_stems_are_numbered_as_they_are_met() -> None:
    numbers = StemNumbers()

    assert numbers.of(["graph", "wing"]).tolist() == [0, 1]
    assert numbers.of(["flow", "graph"]).tolist() == [2, 0]
    assert numbers.stems == ["graph", "wing", "flow"]


def test_a_stem_whose_postings_end_outside_is_damage() -> None:
    reader = read([Paper("p", "Deep graph networks", "Graphs of wings and flows.")])
    stem = reader.arrays.stems.find("graph")
    reader.arrays.stem_ptr[stem + 1] = len(reader.arrays.docs) + 1
    stems = Stems([reader], ANALYZER.stem, ANALYZER.stop_words)

    with pytest.raises(IndexDamaged, match="quiver rollback"):
        stems.spans("graph")
    assert stems.spans("deep").papers == 1
