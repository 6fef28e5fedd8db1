"""Documents attached to a generation on disk: checked, carried over, rolled back."""

from __future__ import annotations

from pathlib import Path

import pytest

from indexer.backends.whoosh.index import WhooshIndex
from indexer.errors import IndexDamaged
from indexer.paper import Paper


def attach(folder: Path, data: bytes) -> WhooshIndex:
    index = WhooshIndex(folder)
    with index.writer() as writer:
        writer.add(Paper("one", "First title"))
        writer.attach("notes", data)
    return index


def test_damage_is_found(tmp_path: Path) -> None:
    attach(tmp_path, b"words")
    path = next(tmp_path.rglob("notes.attached"))
    path.write_bytes(b"worms")

    index = WhooshIndex(tmp_path)
    with pytest.raises(IndexDamaged, match=r"notes\.attached: its checksum is wrong"):
        index.verify()
    path.unlink()
    with pytest.raises(IndexDamaged, match=r"notes\.attached"):
        index.verify()


def test_the_same_again_publishes_nothing(tmp_path: Path) -> None:
    index = attach(tmp_path, b"words")
    before = index.generation()
    with index.writer() as writer:
        writer.attach("notes", b"words")

    assert index.generation() == before


def test_going_back_brings_it_back(tmp_path: Path) -> None:
    index = attach(tmp_path, b"old")
    attach(tmp_path, b"new")
    index.rollback()

    with index.searcher() as searcher:
        assert searcher.attachment("notes") == b"old"
    assert index.verify() == 1
