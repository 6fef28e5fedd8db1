"""An index whose table of contents names classes where earlier versions had them."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from whoosh.query import Term

from indexer.backends.whoosh.index import WhooshIndex
from indexer.backends.whoosh.whoosh_codec.toc import NAME, check_toc, open_whoosh
from indexer.errors import IndexError_
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


def test_it_says_that_it_must_be_built_anew_and_is_rolled_back(index: WhooshIndex) -> None:
    with pytest.raises(IndexError_, match="analysed text otherwise"), index.writer():
        pass
    assert matches(index, "gossip") == ["b"]

    index.rollback()
    assert matches(index, "gossip") == []
    assert index.verify() == 1

    with index.writer(rebuild=True) as writer:
        writer.add(Paper("c", "Gossip with a server"))
    assert matches(index, "gossip") == ["c"]
    with open_whoosh(index.opened().folder).searcher() as searcher:
        assert searcher.doc_count() == 1
