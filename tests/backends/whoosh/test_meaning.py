"""Vectors of papers: written, merged, verified, resumed; and how they order and find."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from indexer.backends.whoosh.format.array_file import open_arrays, write_arrays
from indexer.backends.whoosh.index import WhooshIndex
from indexer.backends.whoosh.indexing.vector_log import NAME, VectorLog
from indexer.errors import IndexDamaged
from indexer.language.parse import parse_query
from indexer.meaning.quantization import quantize
from indexer.paper import Paper
from indexer.query import Filter, Match, YearRange
from indexer.ranking import Ranking
from tests.semantic import WIDTH, choice, encoder

TOPICS = ("car engine", "soup recipe", "tree root", "star light", "river flood")


def papers(count: int, start: int = 0) -> list[Paper]:
    """Papers on a few matters, some of which name them by other words."""
    return [
        Paper(
            f"p{at:03}",
            f"{TOPICS[at % 5]} number{at}",
            f"of {TOPICS[(at // 5) % 5]} and vehicle" if at % 3 else "A study of the automobile.",
            year=2000 + at % 7,
            venue="ICML" if at % 2 else "JMLR",
        )
        for at in range(start, start + count)
    ]


def index_of(folder: Path, some: list[Paper], *, encoded: bool = True) -> WhooshIndex:
    index = WhooshIndex(folder, encoder=choice())
    with index.writer(rebuild=True) as writer:
        for paper in some:
            writer.add(paper)
    if encoded:
        index.encode_meaning(encoder())
    return index


def vectors(index: WhooshIndex) -> dict[str, bytes]:
    """The codes of each live paper that has a vector, by its id."""
    found = {}
    for segment in index.opened().segments:
        if segment.meaning is None:
            continue
        for at in np.flatnonzero(segment.meaning.present).tolist():
            if segment.deleted is None or not segment.deleted[at]:
                found[segment.store.paper(at).id] = segment.meaning.codes[at].tobytes()
    return found


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> WhooshIndex:
    return index_of(tmp_path_factory.mktemp("meaning") / "index", papers(40))


def test_vectors_are_a_publication_of_their_own(tmp_path: Path) -> None:
    index = index_of(tmp_path, papers(12), encoded=False)
    before = {one.name: one.read_bytes() for one in index.opened().folder.glob("*.arrays")}

    assert not index.has_vectors()
    assert index.encode_meaning(encoder()) == "g000002"
    assert index.has_vectors()
    assert index.encode_meaning(encoder()) is None
    assert {one.name: one.read_bytes() for one in index.opened().folder.glob("*.arrays")} == before
    assert index.verify() == 12
    assert not (tmp_path / NAME).exists()
    with index.searcher() as searcher:
        described = searcher.meaning()
        assert described is not None
        assert (described.model, described.papers) == ("test", 12)
    index.rollback()
    assert not index.has_vectors()
    assert index.verify() == 12


def test_updates_and_rebuilds_keep_the_vectors_of_texts_that_stay(tmp_path: Path) -> None:
    index = index_of(tmp_path, papers(30))
    first = vectors(index)
    with index.writer() as writer:
        writer.delete("p001")
        writer.add(replace(papers(1)[0], venue="Another"))
        for paper in papers(5, start=100):
            writer.add(paper)

    kept = vectors(index)
    assert "p001" not in kept
    assert kept == {one: first[one] for one in kept}
    assert len(kept) == 29
    told: list[tuple[int, int]] = []
    index.encode_meaning(encoder(), lambda done, total: told.append((done, total)))
    assert told[0] == (29, 34)
    assert told[-1] == (34, 34)
    assert index.verify() == 34
    every = vectors(index)
    with index.writer(rebuild=True) as writer:
        for paper in (*papers(30), *papers(5, start=100)):
            writer.add(paper)
    assert vectors(index).items() >= {k: v for k, v in every.items() if k != "p001"}.items()
    assert index.verify() == 35


def test_vectors_of_another_model_are_not_used_and_replaced(tmp_path: Path) -> None:
    index = index_of(tmp_path, papers(10))
    other = WhooshIndex(tmp_path, encoder=choice("test 2"))
    with other.searcher() as searcher:
        assert not searcher.search(parse_query("car engine")).receipt.ordered_by
        assert searcher.nearest(papers(1)) == ()
    assert other.encode_meaning(encoder("test 2")) is not None
    with other.searcher() as searcher:
        assert searcher.search(parse_query("car engine")).receipt.ordered_by
    assert index.verify() == 10


def test_a_killed_run_is_resumed_and_loses_nothing(tmp_path: Path) -> None:
    index = index_of(tmp_path, papers(20), encoded=False)
    child = os.fork()
    if not child:
        try:

            def die(done: int, _total: int) -> None:
                if done:
                    os.kill(os.getpid(), signal.SIGKILL)

            WhooshIndex(tmp_path).encode_meaning(encoder(), die)
        finally:
            os._exit(1)
    _, status = os.waitpid(child, 0)
    assert os.WTERMSIG(status) == signal.SIGKILL
    assert index.generation() == "g000001"
    assert index.verify() == 20
    with (tmp_path / NAME).open("ab") as file:
        file.write(b"half a record")
    told: list[int] = []
    index.encode_meaning(encoder(), lambda done, _total: told.append(done))
    assert told == [20]
    assert len(vectors(index)) == 20
    assert index.verify() == 20


def test_a_log_ends_before_what_is_not_what_was_written(tmp_path: Path) -> None:
    path = tmp_path / NAME
    texts = np.arange(4, dtype=np.uint64)
    written = quantize(np.eye(4, WIDTH, dtype=np.float32))
    with VectorLog(path, "model", WIDTH) as log:
        log.append(texts, written)
    data = bytearray(path.read_bytes())
    data[20 + 2 * (len(data) - 20) // 4 + 9] ^= 1
    path.write_bytes(data)
    with VectorLog(path, "model", WIDTH) as log:
        assert log.texts.tolist() == [0, 1]
        np.testing.assert_array_equal(log.vectors.codes, written.codes[:2])
    with VectorLog(path, "another", WIDTH) as log:
        assert not len(log.texts)


def _flip(path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[100] ^= 1
    path.unlink()  # the old file is mapped
    path.write_bytes(data)


def _other_signs(path: Path) -> None:
    arrays = dict(open_arrays(path))
    path.unlink()
    write_arrays(path, arrays | {"signs": ~arrays["signs"]})


def _fewer(path: Path) -> None:
    arrays = dict(open_arrays(path))
    path.unlink()
    write_arrays(path, arrays | {"scales": arrays["scales"][1:]})


@pytest.mark.parametrize("damage", [_flip, _other_signs, _fewer, Path.unlink])
def test_damaged_vectors_are_noticed(tmp_path: Path, damage: Callable[[Path], None]) -> None:
    index = index_of(tmp_path, papers(6))
    (path,) = index.opened().folder.glob("*.meaning")
    damage(path)
    with pytest.raises(IndexDamaged, match="meaning"):
        index.verify()


def test_meaning_reorders_and_changes_no_number(index: WhooshIndex) -> None:
    words = WhooshIndex(index.path)
    for text in ("automobile engine", "vehicle soup recipe", "flood light of the car"):
        for match in Match:
            query = parse_query(text, match=match, per_page=100)
            with index.searcher() as searcher, words.searcher() as plain:
                found, other = searcher.search(query, explain=True), plain.search(query)
                again = searcher.search(replace(query, per_page=7, page=2))
            assert found.total == other.total
            assert found.facets == other.facets
            assert {one.paper.id for one in found.hits} == {one.paper.id for one in other.hits}
            assert again.hits == tuple(replace(one, why=()) for one in found.hits[7:14])
            assert found.receipt.ordered_by == "test, first 128 word pieces"
            assert not other.receipt.ordered_by
            for hit in found.hits:
                assert sum(part.value for part in hit.why) == pytest.approx(hit.score, rel=1e-4)
            by_words = {one.paper.id: one.score for one in other.hits}
            assert all(hit.score >= by_words[hit.paper.id] for hit in found.hits)


@pytest.mark.parametrize(
    "text",
    ["automobile", '"car engine"', "title:car engine", "car engin*", "car -engine", "car OR soup"],
)
def test_what_asks_for_what_is_written_is_ordered_by_words(index: WhooshIndex, text: str) -> None:
    with index.searcher() as searcher:
        results = searcher.search(parse_query(text))
    assert not results.receipt.ordered_by
    assert not results.close


def test_a_title_comes_first(index: WhooshIndex) -> None:
    with index.searcher() as searcher:
        for paper in papers(40):
            assert searcher.search(parse_query(paper.title)).hits[0].paper == paper


def test_the_list_stands_under_the_same_filters_and_repeats_no_hit(index: WhooshIndex) -> None:
    query = parse_query("car engine number1", match=Match.ALL)
    filtered = replace(query, filters=(Filter("venue", ("ICML",)),), years=YearRange(2001, 2005))
    with index.searcher() as searcher:
        for asked in (query, filtered):
            results = searcher.search(asked)
            close = [hit.paper for hit in results.close]
            assert close
            assert not {one.id for one in close} & {one.paper.id for one in results.hits}
            scores = [hit.score for hit in results.close]
            assert scores == sorted(scores, reverse=True)
        assert {one.venue for one in close} == {"ICML"}
        assert all(2001 <= (one.year or 0) <= 2005 for one in close)


@given(st.integers(0, 39), st.integers(1, 40))
@settings(max_examples=15, deadline=None)
def test_the_nearest_are_those_of_a_full_comparison(
    index: WhooshIndex, number: int, limit: int
) -> None:
    """Signs choose a thousand candidates, so of forty papers none is lost."""
    paper = papers(40)[number]
    with index.searcher() as searcher:
        near = searcher.nearest([paper], limit)
    exact = {}
    (own,) = encoder().vectors([f"{paper.title} {paper.abstract}"])
    for one in papers(40):
        (other,) = encoder().vectors([f"{one.title} {one.abstract}"])
        exact[one.id] = float(own[0] @ other[0])
    assert near[0][0] == paper
    for one, cosine in near:
        assert cosine == pytest.approx(exact[one.id], abs=0.02)
    worst = near[-1][1]
    assert all(exact[one] <= worst + 0.02 for one in exact.keys() - {p.id for p, _ in near})


def test_segments_and_tombstones_change_no_order(tmp_path: Path) -> None:
    """The same papers in one segment and in several, some of them deleted, answer alike."""
    one = index_of(tmp_path / "one", papers(30))
    several = index_of(tmp_path / "several", papers(33, start=0))
    for at in (30, 31, 32):
        with several.writer() as writer:
            writer.delete(f"p{at:03}")
    with several.writer() as writer:
        writer.add(papers(1)[0])
        writer.add(replace(papers(2)[1], title="To be replaced"))
    with several.writer() as writer:
        writer.add(papers(2)[1])
    several.encode_meaning(encoder())
    assert len(several.opened().segments) > 1
    query = parse_query("vehicle engine of a river", match=Match.ANY, per_page=50)
    with one.searcher() as first, several.searcher() as second:
        expected, found = first.search(query), second.search(query)
    assert [(hit.paper.id, hit.score) for hit in found.hits] == [
        (hit.paper.id, hit.score) for hit in expected.hits
    ]
    assert found.close == expected.close


def test_a_weight_of_nothing_switches_it_off(index: WhooshIndex) -> None:
    off = WhooshIndex(index.path, ranking=Ranking(meaning=0.0), encoder=choice())
    with off.searcher() as searcher, WhooshIndex(index.path).searcher() as plain:
        query = parse_query("automobile engine")
        assert searcher.search(query).hits == plain.search(query).hits
