"""An index that Whoosh wrote becomes one of ours."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from whoosh.analysis import StemmingAnalyzer
from whoosh.fields import ID, NUMERIC, STORED, TEXT, Schema
from whoosh.index import create_in

from indexer.backends.whoosh.index import WhooshIndex
from indexer.backends.whoosh.twin.stock import papers_of_whoosh
from indexer.errors import DumpError
from indexer.paper import Paper


def written(folder: Path, schema: Schema, *documents: dict[str, Any], commits: int = 1) -> Path:
    index = create_in(str(folder), schema)
    for start in range(commits):
        writer = index.writer()
        for document in documents[start::commits]:
            writer.add_document(**document)
        writer.commit(merge=False)
    return folder


def test_stored_fields_come_over_whole(tmp_path: Path) -> None:
    schema = Schema(
        id=ID(stored=True), title=TEXT(stored=True), content=TEXT(stored=True),
        authors=TEXT(stored=True), journal=ID(stored=True), year=NUMERIC(stored=True),
        keywords=STORED,
    )  # fmt: skip
    folder = written(
        tmp_path,
        schema,
        {"id": "a 1", "title": "On  Graphs", "content": "We study\ngraphs.", "year": 2019,
         "authors": "Ann Ace; Bob Bay", "journal": "JMLR", "keywords": ["graphs", "theory"]},
        {"id": "b", "title": "Second"},
        {"id": "c", "content": "no title"},
        commits=2,
    )  # fmt: skip

    assert sorted(papers_of_whoosh(folder), key=lambda paper: paper.id) == [
        Paper(
            "a-1", "On Graphs", "We study graphs.", ("Ann Ace", "Bob Bay"), "JMLR", 2019,
            keywords=("graphs", "theory"),
        ),
        Paper("b", "Second"),
    ]  # fmt: skip


def test_texts_that_were_only_indexed_are_put_together(tmp_path: Path) -> None:
    schema = Schema(title=TEXT(stored=True), abstract=TEXT(analyzer=StemmingAnalyzer()))
    folder = written(tmp_path, schema, {"title": "T", "abstract": "Learning graphs needs graphs"})
    (paper,) = papers_of_whoosh(folder)

    assert paper.abstract == "learn graph need graph"
    assert paper.id.startswith("paper-")


def test_it_can_be_searched_afterwards(tmp_path: Path) -> None:
    (tmp_path / "old").mkdir()
    schema = Schema(id=ID(stored=True), title=TEXT(stored=True))
    folder = written(
        tmp_path / "old", schema, *({"id": f"p{at}", "title": f"paper {at}"} for at in range(9))
    )
    index = WhooshIndex(tmp_path / "new")
    with index.writer(rebuild=True) as writer:
        for paper in papers_of_whoosh(folder):
            writer.add(paper)

    assert index.verify() == 9


def test_our_own_generations_can_be_read_the_same_way(tmp_path: Path) -> None:
    index = WhooshIndex(tmp_path)
    paper = Paper("a", "Title", "Abstract", ("Ann Ace",), "ICML", 2020, keywords=("one",))
    with index.writer() as writer:
        writer.add(paper)

    assert list(papers_of_whoosh(index.opened().folder)) == [paper]


def test_what_is_no_index_is_told(tmp_path: Path) -> None:
    with pytest.raises(DumpError, match="no index Whoosh can open"):
        list(papers_of_whoosh(tmp_path))


def test_an_index_without_titles_is_told(tmp_path: Path) -> None:
    folder = written(tmp_path, Schema(words=TEXT(stored=True)), {"words": "some"})

    with pytest.raises(DumpError, match="no field for titles"):
        list(papers_of_whoosh(folder))
