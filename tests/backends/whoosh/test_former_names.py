"""An index whose table of contents names classes where earlier versions had them."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from whoosh.query import Term

from indexer.backends.whoosh.index import WhooshIndex
from indexer.backends.whoosh.whoosh_codec.toc import NAME, check_toc, open_whoosh
from indexer.language.parse import parse_query
from indexer.paper import Paper


@pytest.fixture
def index(checkout: Path, tmp_path: Path) -> WhooshIndex:
    """Two generations: paper "a", then "a" and "b"; written by version 0.1 of November 2026."""
    folder = tmp_path / "index"
    shutil.copytree(checkout / "tests" / "golden" / "whoosh" / "index_of_version_0_1", folder)
    return WhooshIndex(folder)


def matches(index: WhooshIndex, word: str) -> list[str]:
    with index.searcher() as searcher:
        return [hit.paper.id for hit in searcher.search(parse_query(word)).hits]


def test_it_is_searched_and_verified(index: WhooshIndex) -> None:
    assert matches(index, "gossip") == ["b"]
    assert index.verify() == 2


def test_whoosh_opens_it(index: WhooshIndex) -> None:
    folder = index.opened().folder
    assert b"whoosh.twin.codec" in (folder / NAME).read_bytes()
    check_toc(folder / NAME)
    opened = open_whoosh(folder)
    assert opened.doc_count() == 2
    with opened.searcher() as searcher:
        assert [hit["id"] for hit in searcher.search(Term("title_words", "gossip"))] == ["b"]


def test_it_is_updated_and_rolled_back(index: WhooshIndex) -> None:
    with index.searcher() as searcher:
        times = searcher.times("b")
        papers = searcher.info().papers
    with index.writer() as writer:
        writer.add(Paper("c", "Gossip with a server"))
    assert matches(index, "gossip") == ["b", "c"]
    with index.searcher() as searcher:
        assert searcher.times("b") == times
        assert searcher.info().papers == papers + 1
    assert index.verify() == papers + 1
    with open_whoosh(index.opened().folder).searcher() as whoosh_searcher:
        assert whoosh_searcher.doc_count() == papers + 1

    index.rollback()
    assert matches(index, "gossip") == ["b"]


def test_a_paper_of_it_can_be_replaced_and_deleted(index: WhooshIndex) -> None:
    with index.writer() as writer:
        assert writer.delete("b")
        assert not writer.delete("nowhere")
    assert matches(index, "gossip") == []
    assert index.verify() == 1
