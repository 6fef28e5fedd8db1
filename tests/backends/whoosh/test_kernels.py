"""Compiled loops and numpy's give the same, and both what plain Python gives."""

from __future__ import annotations

import random
import threading
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from importlib.util import find_spec

import numpy as np
import pytest

from indexer.analysis import Analyzer
from indexer.backends.whoosh.facets.author_counts import (
    AuthorCounts,
    TopAuthorCounts,
    count_author_keys,
)
from indexer.backends.whoosh.facets.author_ranks import RankedAuthorCounts, RankedKeys
from indexer.backends.whoosh.facets.value_counts import count_column
from indexer.backends.whoosh.format.generation import (
    LoadedSegment,
    Snapshot,
    segment_from,
    store_from,
)
from indexer.backends.whoosh.kernels import dispatch as choices
from indexer.backends.whoosh.kernels.dispatch import PATIENCE, KernelChoice
from indexer.backends.whoosh.postings.segment_reader import Column, SegmentReader
from indexer.backends.whoosh.query.boolean import ScoredUnion, Workspace
from indexer.backends.whoosh.query.filters import FilterDocs
from indexer.backends.whoosh.scoring.scored_docs import ScoredDocs
from indexer.backends.whoosh.searcher import WhooshSearcher
from indexer.errors import ConfigError
from indexer.language.parse import parse_query
from indexer.meaning.quantization import distances, nearest_signs
from indexer.paper import Paper
from indexer.query import Filter, Match, Query, Sort, YearRange
from indexer.ranking import BM25F
from indexer.search import DEFAULT_FACETS, FacetRequest, IndexInfo
from tests.backends.whoosh.in_memory import arrays_of

needs_numba = pytest.mark.skipif(find_spec("numba") is None, reason="needs the extra `fast`")
SIZE = 9000
ANALYZER = Analyzer()
INFO = IndexInfo("g1", "", 0, 0, 0, None, None, 0, (), "whoosh")


@pytest.fixture(scope="module", params=["numpy", pytest.param("numba", marks=needs_numba)])
def kernels(request: pytest.FixtureRequest) -> KernelChoice:
    choice = KernelChoice(request.param)
    choice.opened()
    return choice


def lists(chance: np.random.Generator, *, lasting: bool) -> list[ScoredDocs]:
    """Draw lists of every length, from one paper to nearly all; many scores are equal."""
    made = []
    for _ in range(int(chance.integers(1, 9))):
        length = int(min(SIZE, 1 + SIZE * chance.random() ** 4))
        docs = np.sort(chance.choice(SIZE, length, replace=False)).astype(np.int32)
        high = chance.choice([0.5, 2.0, 9.0])
        scores = np.round(high * chance.random(length) ** 3 + 0.01, 2)
        made.append(ScoredDocs(docs, scores, positive=True, lasting=lasting))
    return made


def added(parts: list[ScoredDocs]) -> np.ndarray:
    sums = np.zeros(SIZE)
    for one in parts:
        assert one.scores is not None
        sums[one.docs] += one.scores
    return sums


def pairs(found: ScoredDocs, wanted: int) -> list[tuple[float, int]]:
    docs, scores = found.ordered(wanted)
    return list(zip((-scores).tolist(), docs.tolist(), strict=True))


@pytest.mark.parametrize("seed", range(120))
def test_the_best_of_a_union_are_the_best(kernels: KernelChoice, seed: int) -> None:
    chance = np.random.default_rng(seed)
    parts = lists(chance, lasting=bool(seed % 3))
    sums = added(parts)
    desk = Workspace(SIZE, kernels)
    wanted = int(chance.choice([1, 10, 200, 3000]))
    found = ScoredUnion(parts, desk)
    if seed % 4 > 1:  # some share of the papers, or of a span of them
        first, last = sorted(chance.choice(SIZE, 2).tolist()) if seed % 8 > 3 else (0, SIZE)
        counts = np.zeros(SIZE, np.bool_)
        counts[first:last] = True
        if seed % 4 == 3:
            counts &= chance.random(SIZE) < chance.choice([0.01, 0.2])
        found = found.under(FilterDocs(first, last, counts if seed % 4 == 3 else None))
        sums[~counts] = 0

    expected = sorted((-float(f"{sums[doc]:.6g}"), doc) for doc in np.flatnonzero(sums).tolist())
    assert found.count == len(expected)
    assert pairs(found, wanted) == expected[:wanted]
    assert found.docs.tolist() == np.flatnonzero(sums).tolist()
    assert found.scores == pytest.approx(sums[sums > 0])
    assert not desk.sums.any()
    assert not desk.marks.any()


@pytest.mark.parametrize("seed", range(12))
def test_so_are_those_of_long_lists(kernels: KernelChoice, seed: int) -> None:
    chance = np.random.default_rng(seed)
    size = 300_000
    parts = []
    for low in (2_000, 20_000, 50_000, 50_000)[: 2 + seed % 3]:
        docs = np.flatnonzero(chance.random(size) < low / size * (0.5 + chance.random()))
        scores = chance.choice([1.0, 2.0, 4.0]) * chance.random(len(docs)) ** 2 + 0.01
        parts.append(ScoredDocs(docs.astype(np.int32), scores, positive=True, lasting=True))
    sums = np.zeros(size)
    for one in parts:
        assert one.scores is not None
        sums[one.docs] += one.scores
    desk = Workspace(size, kernels)
    order = np.argsort(-sums, kind="stable")

    for wanted in (10, 200):
        near = order[: wanted + 100].tolist()
        expected = sorted((-float(f"{sums[doc]:.6g}"), doc) for doc in near)
        assert pairs(ScoredUnion(parts, desk), wanted) == expected[:wanted]
    assert not desk.sums.any()


@pytest.mark.parametrize("seed", range(40))
def test_all_of_some_lists_are_what_they_share(kernels: KernelChoice, seed: int) -> None:
    chance = np.random.default_rng(seed)
    parts = lists(chance, lasting=True)
    if seed % 5 == 0:
        parts.append(ScoredDocs(parts[0].docs[::2]))
    shared = set(range(SIZE))
    for one in parts:
        shared &= set(one.docs.tolist())
    sums = np.zeros(SIZE)
    for one in parts:
        if one.scores is not None:
            sums[one.docs] += one.scores
    desk = Workspace(SIZE, kernels)

    found = desk.intersect(parts)

    assert found.docs.tolist() == sorted(shared)
    assert found.scores == pytest.approx(sums[sorted(shared)])
    assert not desk.sums.any()


def some_papers() -> list[Paper]:
    """Make papers of a few hundred words, some of them in nearly every paper."""
    chance = random.Random(5)
    words = [
        f"{a}{b}" for a in "bar cor del fim gon hul jat kel mor".split() for b in "ao ei ut".split()
    ]
    weights = [1 / (at + 1) for at in range(len(words))]
    names = [f"{one.title()} {other.title()}son" for one in words for other in words[:9]]
    names += [f"{one.title()} {other.title()}sen" for one in words for other in words]
    fame = [1 / (at + 1) for at in range(len(names))]
    made = []
    for number in range(3000):
        drawn = chance.choices(words, weights, k=14)
        made.append(
            Paper(
                id=f"p{number}",
                title=" ".join(drawn[:4]),
                abstract=" ".join(drawn[4:]),
                authors=tuple(chance.choices(names, fame, k=chance.randint(0, 7))),
                venue=chance.choice(["", "ICML", "AAAI", "NeurIPS"]),
                year=chance.choice([None, *range(2000, 2024)]),
            )
        )
    return made


@pytest.fixture(scope="module")
def snapshot() -> Snapshot:
    arrays = arrays_of(some_papers(), ANALYZER)
    return Snapshot((LoadedSegment(segment_from(arrays), store_from(arrays)),), INFO)


def some_queries() -> Iterator[Query]:
    chance = random.Random(6)
    words = "barao barei corut delao fimei gonut hulao jatei kelut morao morut".split()
    for number in range(60):
        text = " ".join(chance.sample(words, chance.randint(1, 6)))
        text = (text, f'"{text}"', f"{text} -barao", f"+{text}", f"{text} OR kel*")[number % 5]
        yield parse_query(
            text,
            match=chance.choice(list(Match)),
            sort=Sort.NEWEST if number % 7 == 0 else Sort.RELEVANCE,
            filters=(Filter("venue", ("ICML",), ()),) if number % 3 == 0 else (),
            years=YearRange(2004, 2015) if number % 4 == 0 else YearRange(),
            page=chance.choice([1, 1, 3]),
        )


@pytest.mark.parametrize("share", [0.0, 0.001, 0.04, 0.7])
@pytest.mark.parametrize("names", [1, 30, 300, 70_000])
@pytest.mark.parametrize("shuffled", [True, False])
def test_values_are_counted_by_run_as_by_paper(
    kernels: KernelChoice, share: float, names: int, *, shuffled: bool
) -> None:
    chance = np.random.default_rng(names)
    codes = chance.integers(0, names, SIZE)
    codes[-1] = names - 1
    column = Column.of(tuple(map(str, range(names))), codes if shuffled else np.sort(codes))
    docs = np.flatnonzero(chance.random(SIZE) < share).astype(np.int32)

    counts = count_column(column, ScoredDocs(docs), kernels.ready)

    held = Counter(column.codes[docs].tolist())
    assert counts == [(str(code), held[code]) for code in sorted(held)]


@pytest.mark.parametrize("share", [0.01, 0.04, 0.2, 0.7])
@pytest.mark.parametrize("kind", [np.uint16, np.int32])
def test_author_counts_by_rank_are_those_by_paper(
    kernels: KernelChoice, snapshot: Snapshot, kind: type[np.integer], share: float
) -> None:
    reader = SegmentReader(snapshot.segments[0])
    ranked = RankedKeys.of(reader)
    ranked = replace(ranked, first=ranked.first.astype(kind), more=ranked.more.astype(kind))
    chance = np.random.default_rng(7)
    nobody = np.zeros(0, np.int64)
    for _ in range(5):
        docs = np.flatnonzero(chance.random(reader.size) < share).astype(np.int32)
        expected = count_author_keys(reader, docs)
        counted = RankedAuthorCounts(ranked, reader, ScoredDocs(docs), kernels.ready)
        assert (counted.distinct, counted.nameless) == (expected.distinct, expected.nameless)
        for limit in (1, 5, 20, 300, 0):
            rows = dict(zip(*map(np.ndarray.tolist, counted.top(limit, nobody)), strict=True))
            every = dict(zip(*map(np.ndarray.tolist, expected.top(0, nobody)), strict=True))
            least = sorted(every.values(), reverse=True)[:limit][-1] if limit else 1
            assert rows.items() <= every.items()
            assert {one for one in every if every[one] >= least} <= rows.keys()


@pytest.mark.parametrize("share", [0.001, 0.01, 0.2, 0.7])
def test_authors_are_put_in_order_as_by_hand(
    kernels: KernelChoice, snapshot: Snapshot, share: float
) -> None:
    reader = SegmentReader(snapshot.segments[0])
    chance = np.random.default_rng(8)
    nobody = np.zeros(0, np.int64)
    order = chance.permutation(len(reader.arrays.name_keys)).astype(np.int32)
    for _ in range(5):
        found = ScoredDocs(np.flatnonzero(chance.random(reader.size) < share).astype(np.int32))
        plain = count_author_keys(reader, found.docs)
        counted: list[AuthorCounts] = [
            plain,
            RankedAuthorCounts(RankedKeys.of(reader), reader, found, kernels.ready),
        ]
        if kernels.ready is not None:
            counted.append(TopAuthorCounts(reader, found, order, kernels.ready))
        held = [(-plain.count_of(key), int(order[key]), key) for key in range(len(order))]
        rows = sorted(one for one in held if one[0])
        for one in counted:
            assert (one.distinct, one.nameless) == (len(rows), plain.nameless)
            for limit in (1, 20, 40, 300, 0):
                last = limit or None
                minus, numbers = one.top_sorted(limit, order, nobody)
                assert minus == [row[0] for row in rows[:last]]
                assert numbers == [row[2] for row in rows[:last]]


@needs_numba
@pytest.mark.parametrize("plain", [True, False])
def test_searches_with_and_without_numba_are_equal(snapshot: Snapshot, *, plain: bool) -> None:
    """The same hits, order, scores, facets and receipt, the last digit included."""
    ranking = BM25F if plain else None
    one, other = (
        WhooshSearcher(snapshot, analyzer=ANALYZER, ranking=ranking, kernels=KernelChoice(name))
        for name in ("numpy", "numba")
    )
    requests = (*DEFAULT_FACETS, FacetRequest("author", 30, 10))
    for query in some_queries():
        left, right = one.search(query, facets=requests), other.search(query, facets=requests)
        assert replace(left, took_ms=0.0) == replace(right, took_ms=0.0), query
        assert list(one.ids(query)) == list(other.ids(query))


def settle() -> None:
    """Wait for loops that are being made ready."""
    for thread in threading.enumerate():
        if thread.name == "kernels":
            thread.join(60)


@needs_numba
@needs_numba
def test_signs_are_scanned_as_by_numpy() -> None:
    chance = np.random.default_rng(3)
    signs = chance.integers(0, 1 << 64, (500, 6), np.uint64, endpoint=False)
    signs[100:110] = signs[7]
    signs.flags.writeable = False
    query = signs[7:8]
    choice = KernelChoice("numba")
    choice.opened()
    assert choice.ready is not None
    scan = choice.ready.sign_distances

    apart = np.empty(500, np.uint16)
    scan(signs, query[0].copy(), np.zeros(0, np.int64), apart)

    np.testing.assert_array_equal(apart, distances(signs, query))
    for rows in (None, np.flatnonzero(np.arange(500) % 3 != 1)):
        for k in (1, 5, 60, 600):
            chosen = nearest_signs(signs, query, k, rows, scan)
            np.testing.assert_array_equal(chosen, nearest_signs(signs, query, k, rows))


def test_auto_turns_to_numba_after_some_queries() -> None:
    choice = KernelChoice("auto")
    for _ in range(PATIENCE - 1):
        choice.count_query()
    assert choice.ready is None

    choice.count_query()
    settle()

    assert choice.ready is not None


def test_numpy_stays_numpy() -> None:
    choice = KernelChoice("numpy")
    for _ in range(PATIENCE + 1):
        choice.count_query()
    settle()
    assert choice.ready is None


def test_without_numba_auto_is_numpy_and_numba_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(choices, "has_module", lambda _: False)
    choice = KernelChoice("auto")
    for _ in range(PATIENCE + 1):
        choice.count_query()
    assert choice.ready is None
    with pytest.raises(ConfigError, match=r"search\.kernels: numba is not installed"):
        KernelChoice("numba")
