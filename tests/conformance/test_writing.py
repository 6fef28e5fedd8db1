"""A generation appears whole or not at all, and stays as it is for whoever reads it."""

from __future__ import annotations

import multiprocessing
import os
import signal
import tempfile
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given

from indexer.errors import IndexLocked, IndexMissing
from indexer.paper import Paper
from indexer.query import Query, Word
from indexer.ranking import Ranking
from indexer.results import Changes
from indexer.search import Index, Searcher
from tests import strategies
from tests.conformance.backends import Backend
from tests.conformance.examples import EVERY, PAPERS
from tests.conformance.pace import pace

ONE = Paper("one", "First title", "words", ("Ann Ace",), "ICML", 2020)
TWO = Paper("two", "Second title", "words", ("Bob Bay",), "ICML", 2021)


def ids(index: Index) -> list[str]:
    with index.searcher() as searcher:
        return sorted(searcher.ids(Query()))


def write(index: Index, *papers: Paper) -> None:
    with index.writer() as writer:
        for paper in papers:
            writer.add(paper)


def fail_in_the_middle(index: Index) -> None:
    with index.writer() as writer:
        writer.add(TWO)
        writer.delete("one")
        raise ZeroDivisionError


@pace()
@given(strategies.collections())
def test_get_gives_back_an_equal_paper(backend: Backend, papers: tuple[Paper, ...]) -> None:
    with backend.holding(papers) as searcher:
        for paper in papers:
            assert searcher.get(paper.id) == paper
        assert searcher.get("no such paper") is None
        assert searcher.info().papers == len(papers)


def test_what_lies_between_generations_and_the_way_back(backend: Backend) -> None:
    with backend.index() as index:
        assert index.place
        with pytest.raises(IndexMissing):
            index.verify()
        write(index, ONE)
        with pytest.raises(IndexMissing):
            index.rollback()
        write(index, TWO, replace(ONE, title="Another title"))
        old, new = index.published()
        assert index.verify() == 2
        assert index.changes(old) == Changes(added=("two",), changed=("one",), gone=())
        assert index.changes(new, old) == Changes(added=(), changed=("one",), gone=("two",))
        with pytest.raises(IndexMissing):
            index.changes("g000009")
        back = index.rollback()
        assert (index.generation(), ids(index)) == (back, ["one"])


def test_hits_carry_equal_papers(examples: Searcher) -> None:
    hits = examples.search(Query()).hits

    assert {hit.paper.id: hit.paper for hit in hits} == {paper.id: paper for paper in PAPERS}


def test_nothing_published_yet(backend: Backend) -> None:
    with backend.index() as index:
        assert index.generation() is None
        with pytest.raises(IndexMissing), index.searcher():
            pass


def test_an_empty_index_answers(backend: Backend) -> None:
    with backend.holding([]) as searcher:
        found = searcher.search(Query(clause=Word("anything")))

        assert found.total == 0
        assert searcher.info().papers == 0
        assert searcher.values("venue") == ()


def test_info(backend: Backend) -> None:
    with backend.index() as index:
        with index.writer(dumps=("a.bib", "b.json")) as writer:
            for paper in PAPERS:
                writer.add(paper)
        with index.searcher() as searcher:
            info = searcher.info()

    assert (info.papers, info.venues, info.authors) == (6, 5, 11)
    assert (info.first_year, info.last_year) == (1999, 2021)
    assert info.dumps == ("a.bib", "b.json")
    assert info.backend == ("memory" if backend.name == "oracle" else backend.name)
    assert info.generation
    assert info.built.startswith("20")


def test_an_update_keeps_the_rest(backend: Backend) -> None:
    with backend.index() as index:
        write(index, ONE)
        write(index, TWO)

        assert ids(index) == ["one", "two"]


def test_a_rebuild_begins_from_nothing(backend: Backend) -> None:
    with backend.index() as index:
        write(index, ONE)
        with index.writer(rebuild=True) as writer:
            writer.add(TWO)

        assert ids(index) == ["two"]


def test_the_same_id_replaces(backend: Backend) -> None:
    newer = Paper("one", "Renewed", venue="JMLR")
    newest = Paper("one", "Renewed again", venue="TMLR")
    with backend.index() as index:
        write(index, ONE, TWO)
        write(index, newer, newest)

        with index.searcher() as searcher:
            assert searcher.get("one") == newest
            assert searcher.count(Query()) == 2
            assert searcher.count(Query(clause=Word("first"))) == 0
            assert searcher.count(Query(clause=Word("again"))) == 1
            venues = searcher.search(Query()).facets["venue"].values
            assert [(one.value, one.count) for one in venues] == [("ICML", 1), ("TMLR", 1)]
            assert searcher.values("author") == searcher.values("author", prefix="bob")


def test_delete_says_whether_it_was_there(backend: Backend) -> None:
    with backend.index() as index:
        write(index, ONE, TWO)
        with index.writer() as writer:
            assert writer.delete("one")
            assert not writer.delete("one")
            assert not writer.delete("three")
            writer.add(Paper("four", "Fourth"))
            assert writer.delete("four")

        assert ids(index) == ["two"]
        with index.searcher() as searcher:
            assert searcher.get("one") is None
            assert searcher.get("four") is None
            assert searcher.search(Query(clause=Word("first"))).total == 0


def test_a_deleted_paper_counts_nowhere(backend: Backend) -> None:
    papers = [*PAPERS, Paper("gone", "Learning attention attention", "learning " * 30, year=2019)]
    query = Query(clause=Word("learning"))
    with backend.index() as index:
        write(index, *papers)
        with index.writer() as writer:
            writer.delete("gone")
        with index.searcher() as searcher, backend.holding(PAPERS) as fresh:
            found, expected = searcher.search(query).hits, fresh.search(query).hits
            assert [hit.paper.id for hit in expected] == [hit.paper.id for hit in found]
            for hit, other in zip(found, expected, strict=True):
                assert hit.score == pytest.approx(other.score, rel=1e-5)


def test_nothing_is_seen_before_the_block_ends_and_all_is_after(backend: Backend) -> None:
    with backend.index() as index:
        write(index, ONE)
        before = index.generation()
        with index.writer() as writer:
            writer.add(TWO)
            assert ids(index) == ["one"]
            assert index.generation() == before
        assert ids(index) == ["one", "two"]
        assert index.generation() != before
        with index.searcher() as searcher:
            assert searcher.generation == index.generation() == searcher.info().generation
            assert searcher.search(Query()).generation == searcher.generation


def test_generations_rise(backend: Backend) -> None:
    names = []
    with backend.index() as index:
        for paper in (ONE, TWO, Paper("one", "Renewed")):
            write(index, paper)
            names.append(index.generation() or "")

    assert names == sorted(set(names))


def test_a_generation_that_is_kept_can_be_searched_again(backend: Backend) -> None:
    with backend.index() as index:
        assert index.published() == ()
        write(index, ONE)
        old = index.generation()
        write(index, TWO, Paper("one", "Renewed"))

        assert index.published() == (old, index.generation())
        with index.searcher(old) as before, index.searcher(index.generation()) as now:
            assert before.generation == before.info().generation == old
            assert before.get("one") == ONE
            assert list(before.ids(Query())) == ["one"]
            assert before.search(Query(clause=Word("first"))).total == 1
            assert sorted(now.ids(Query())) == ["one", "two"]
        with index.searcher() as newest:
            assert newest.generation == index.generation() != old
        for name in ("g999999", "", "..", "m000000", old + "x" if old else ""):
            with pytest.raises(IndexMissing), index.searcher(name):
                pass


def test_an_exception_drops_every_change(backend: Backend) -> None:
    with backend.index() as index:
        write(index, ONE)
        before = index.generation()
        with pytest.raises(ZeroDivisionError):
            fail_in_the_middle(index)
        assert index.generation() == before
        assert ids(index) == ["one"]
        write(index, TWO)
        assert ids(index) == ["one", "two"]


def test_an_exception_in_the_first_writer_leaves_no_index(backend: Backend) -> None:
    with backend.index() as index:
        with pytest.raises(ZeroDivisionError):
            fail_in_the_middle(index)
        with pytest.raises(IndexMissing), index.searcher():
            pass


def test_one_writer_at_a_time(backend: Backend) -> None:
    with backend.index() as index, index.writer() as first:
        with pytest.raises(IndexLocked), index.writer():
            pass
        first.add(ONE)


def test_an_open_searcher_keeps_its_snapshot(backend: Backend) -> None:
    with backend.index() as index:
        write(index, ONE)
        with index.searcher() as old:
            generation = old.generation
            for round_ in range(6):
                write(index, Paper("two", f"Second title {round_}"))
            with index.writer() as writer:
                writer.delete("one")
            assert list(old.ids(Query())) == ["one"]
            assert old.get("one") == ONE
            assert old.get("two") is None
            assert old.search(Query(clause=Word("title"))).total == 1
            assert old.generation == generation
        assert ids(index) == ["two"]


def test_a_second_index_of_the_same_directory_sees_what_was_published(
    disk_backend: Backend,
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        writing = disk_backend.open(Path(folder), Ranking())
        reading = disk_backend.open(Path(folder), Ranking())
        write(writing, ONE)
        assert ids(reading) == ["one"]
        write(writing, TWO)
        assert ids(reading) == ["one", "two"]
        assert reading.generation() == writing.generation()


def _write_and_wait(backend: Backend, folder: str, ready: object) -> None:
    index = backend.open(Path(folder), Ranking())
    with index.writer() as writer:
        writer.add(TWO)
        writer.delete("one")
        ready.send(None)  # type: ignore[attr-defined]
        signal.pause()


def test_a_killed_writer_leaves_everything_as_it_was(disk_backend: Backend) -> None:
    with tempfile.TemporaryDirectory() as folder:
        index = disk_backend.open(Path(folder), Ranking())
        write(index, ONE)
        before = index.generation()
        context = multiprocessing.get_context("spawn")
        here, there = context.Pipe()
        process = context.Process(target=_write_and_wait, args=(disk_backend, folder, there))
        process.start()
        assert here.poll(30)
        with pytest.raises(IndexLocked), index.writer():
            pass
        assert process.pid
        os.kill(process.pid, signal.SIGKILL)
        process.join(10)
        assert index.generation() == before
        assert ids(index) == ["one"]
        write(index, TWO)
        assert set(ids(index)) == {"one", "two"}


def test_every_example_is_there(examples: Searcher) -> None:
    assert set(examples.ids(Query())) == EVERY
