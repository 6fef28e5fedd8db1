"""The searcher that requests share, and what becomes of the one before."""

from __future__ import annotations

import gc
import weakref
from pathlib import Path

import pytest

from indexer import Paper
from indexer.backends.whoosh.index import WhooshIndex
from indexer.backends.whoosh.searcher import WhooshSearcher
from indexer.language.parse import parse_query
from webui.http.searcher_pool import Snapshots


@pytest.mark.parametrize("held", [False, True])
def test_nothing_of_a_generation_that_nobody_reads_stays(tmp_path: Path, *, held: bool) -> None:
    index = WhooshIndex(tmp_path)
    snapshots = Snapshots(index)

    def publish(title: str) -> None:
        with index.writer() as writer:
            writer.add(Paper(title, title))

    def search() -> weakref.ref[object]:
        with snapshots.lent() as searcher:
            assert isinstance(searcher, WhooshSearcher)
            searcher.search(parse_query("one"))
            if held:
                publish("while it is read")
                with snapshots.lent() as newer:
                    assert newer.generation != searcher.generation
            return weakref.ref(searcher._collection)

    publish("one")
    gc.disable()
    try:
        first = search()
        publish("two")
        with snapshots.lent():
            pass
        assert first() is None
    finally:
        gc.enable()
