"""Documents beside the papers: kept with each generation, gone with a rebuild."""

from __future__ import annotations

from pathlib import Path

import pytest

from indexer.generations.publishing import MOST_ATTACHED
from indexer.paper import Paper
from indexer.ranking import Ranking
from indexer.search import Index
from tests.conformance.backends import Backend

ONE = Paper("one", "First title")
TWO = Paper("two", "Second title")


def attached(index: Index, name: str = "notes") -> bytes | None:
    with index.searcher() as searcher:
        return searcher.attachment(name)


def fail_after_attaching(index: Index) -> None:
    with index.writer() as writer:
        writer.attach("notes", b"lost")
        raise ZeroDivisionError


def test_what_is_attached_comes_back_and_stays(backend: Backend) -> None:
    with backend.index() as index:
        with index.writer() as writer:
            writer.add(ONE)
            writer.attach("notes", b"\x00any bytes\xff")
        assert attached(index) == b"\x00any bytes\xff"
        assert attached(index, "others") is None
        with index.writer() as writer:
            writer.add(TWO)
        assert attached(index) == b"\x00any bytes\xff"


def test_it_is_replaced_taken_away_and_gone_after_a_rebuild(backend: Backend) -> None:
    with backend.index() as index:
        with index.writer() as writer:
            writer.add(ONE)
            writer.attach("notes", b"old")
            writer.attach("others", b"more")
        with index.searcher() as before:
            with index.writer() as writer:
                writer.attach("notes", b"new")
            assert before.attachment("notes") == b"old"
        assert attached(index) == b"new"
        with index.writer() as writer:
            writer.attach("notes", b"")
        assert attached(index) is None
        assert attached(index, "others") == b"more"
        with index.writer(rebuild=True) as writer:
            writer.add(TWO)
        assert attached(index, "others") is None


def test_a_block_that_fails_attaches_nothing(backend: Backend) -> None:
    with backend.index() as index:
        with index.writer() as writer:
            writer.add(ONE)
        with pytest.raises(ZeroDivisionError):
            fail_after_attaching(index)
        assert attached(index) is None


@pytest.mark.parametrize(
    ("name", "data"),
    [("", b"x"), ("../up", b"x"), ("Big", b"x"), ("n" * 41, b"x"), ("n", bytes(MOST_ATTACHED + 1))],
)
def test_odd_names_and_too_much_are_refused(backend: Backend, name: str, data: bytes) -> None:
    with backend.index() as index, index.writer() as writer:
        with pytest.raises(ValueError, match=r"expected|more than"):
            writer.attach(name, data)
        writer.add(ONE)


def test_another_process_reads_it(disk_backend: Backend, tmp_path: Path) -> None:
    with disk_backend.open(tmp_path, Ranking()).writer() as writer:
        writer.add(ONE)
        writer.attach("notes", b"words")

    assert attached(disk_backend.open(tmp_path, Ranking())) == b"words"
