"""When papers came in and last changed, whatever was written, rebuilt or taken out since."""

from __future__ import annotations

import time
from dataclasses import replace
from datetime import UTC, datetime

from indexer.paper import Paper
from indexer.query import Filter, Query, Sort, Word
from indexer.search import DatedIds, Index, PaperTimes, Searcher
from tests.conformance.backends import Backend
from tests.conformance.examples import PAPERS

OLD = Paper("old", "A word that stays", year=2001)
MENDED = Paper("mended", "A word thta is mended", year=2002)
LATE = Paper("late", "A word that comes later", year=1999)
AGAIN = Paper("again", "A word taken out and put back", year=2003)


def write(index: Index, *papers: Paper, rebuild: bool = False, gone: tuple[str, ...] = ()) -> None:
    with index.writer(rebuild=rebuild) as writer:
        for paper_id in gone:
            writer.delete(paper_id)
        for paper in papers:
            writer.add(paper)


def times(index: Index, paper_id: str) -> PaperTimes:
    with index.searcher() as searcher:
        found = searcher.times(paper_id)
    assert found is not None
    return found


def next_second() -> str:
    """Wait until the clock shows another second; times are no finer."""
    now = datetime.now(UTC)
    time.sleep(1.01 - now.microsecond / 1e6)
    return datetime.now(UTC).isoformat(timespec="seconds")


def test_every_paper_has_its_times(examples: Searcher) -> None:
    built = datetime.fromisoformat(examples.info().built)
    for paper in PAPERS:
        found = examples.times(paper.id)
        assert found is not None
        assert found.first_indexed == found.last_changed
        told = datetime.fromisoformat(found.first_indexed)
        assert told.utcoffset() is not None
        assert abs((built - told).total_seconds()) < 60
    assert len({examples.times(paper.id) for paper in PAPERS}) == 1


def test_there_are_no_times_of_what_is_not_there(examples: Searcher) -> None:
    assert examples.times("no such paper") is None
    assert examples.times("\ud800") is None
    assert examples.times("") is None


def test_times_outlive_updates_and_rebuilds(backend: Backend) -> None:
    mended = replace(MENDED, title="A word that is mended")
    with backend.index() as index:
        write(index, OLD, MENDED, AGAIN)
        first = times(index, "old")
        second = next_second()
        write(index, OLD, mended, LATE, gone=("again",))

        assert times(index, "old") == first
        assert times(index, "mended").first_indexed == first.first_indexed
        assert times(index, "mended").last_changed >= second
        assert times(index, "late").first_indexed >= second
        with index.searcher() as searcher:
            assert searcher.times("again") is None

        before = {one: times(index, one) for one in ("old", "mended", "late")}
        third = next_second()
        write(index, replace(OLD, source="elsewhere:7"), mended, LATE, AGAIN, rebuild=True)

        assert before == {one: times(index, one) for one in before}
        assert times(index, "again").first_indexed >= third


def test_the_order_of_coming_in(backend: Backend) -> None:
    """Latest first; those that came in together as by year; a change does not bring back."""
    with backend.index() as index:
        write(index, OLD, MENDED)
        next_second()
        write(index, LATE, replace(OLD, title="A word that has changed"))
        for query in (Query(), Query(clause=Word("word"))):
            asked = replace(query, sort=Sort.ADDED, per_page=2)
            with index.searcher() as searcher:
                hits = [
                    hit.paper.id
                    for page in (1, 2)
                    for hit in searcher.search(replace(asked, page=page)).hits
                ]
                assert hits == list(searcher.ids(asked)) == ["late", "mended", "old"]


def test_papers_by_their_last_change(backend: Backend) -> None:
    """All of a stretch of time, page by page; papers of one block are in the order of their ids."""
    with backend.index() as index:
        write(index, OLD, MENDED, replace(AGAIN, venue="ICML"))
        later = next_second()
        write(index, replace(OLD, title="A word that has changed"), replace(LATE, venue="ICML"))
        with index.searcher() as searcher:
            every = searcher.dated(Query())
            assert [one for _, one in every.entries] == ["again", "mended", "late", "old"]
            assert every.entries == tuple(
                (times(index, one).last_changed, one) for _, one in every.entries
            )
            walked: list[tuple[str, str]] = []
            while page := searcher.dated(
                Query(), after=walked[-1] if walked else ("", ""), limit=1
            ).entries:
                walked += page
            assert tuple(walked) == every.entries
            first, last = every.entries[0][0], every.entries[-1][0]
            assert searcher.dated(Query(), since=later).entries == every.entries[2:]
            assert searcher.dated(Query(), since=later, limit=0) == DatedIds(2, ())
            assert searcher.dated(Query(), until=first).entries == every.entries[:2]
            assert searcher.dated(Query(), since=later, after=every.entries[2]) == DatedIds(
                2, every.entries[3:]
            )
            assert searcher.dated(Query(), since=first, until=last) == DatedIds(4, every.entries)
            assert not searcher.dated(Query(), until="1999-01-01T00:00:00+00:00").total
            at_icml = Query(filters=(Filter("venue", ("ICML",)),))
            assert [one for _, one in searcher.dated(at_icml).entries] == ["again", "late"]
            assert searcher.dated(Query(clause=Word("mended"))).total == 1
