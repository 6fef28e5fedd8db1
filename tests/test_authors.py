"""Name clusters: exact names, their spellings and order, and the names that are nearly the same."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.authors.clusters import author_cluster, similar_names
from indexer.backends.whoosh.index import WhooshIndex
from indexer.paper import CONFERENCE, JOURNAL, Paper, name_key, name_of_slug, name_slug
from indexer.search import Searcher
from tests.oracle import MemoryIndex

PAPERS = (
    Paper("a", "Zebra finches", authors=("Anna Sørén", "Tao Lin"), year=2020, type=CONFERENCE),
    Paper("b", "apes", authors=("ANNA SØRÉN",), year=2021, type=JOURNAL),
    Paper("c", "Bees", authors=("Anna  Sørén", "Tao Lin 0004"), year=2021),
    Paper("d", "Ants", authors=("Anna Soren",), year=None),
    Paper("e", "Undated", authors=("Anna Sørén",)),
    Paper("f", "Bees", authors=("Anna Sørén", "Jie Zhou", "Jie Zhou"), year=2021),
)


@pytest.fixture
def searcher() -> Iterator[Searcher]:
    index = MemoryIndex()
    with index.writer() as writer:
        for paper in PAPERS:
            writer.add(paper)
    with index.searcher() as opened:
        yield opened


def test_a_cluster_is_one_name_whatever_its_case_and_spacing(searcher: Searcher) -> None:
    cluster = author_cluster(searcher, "anna SØRÉN")
    assert cluster is not None
    assert cluster.name == "Anna Sørén"
    assert cluster.slug == "anna-sørén"
    assert {paper.id for paper in cluster.papers} == {"a", "b", "c", "e", "f"}


def test_papers_stand_by_falling_year_then_case_folded_title_then_id(searcher: Searcher) -> None:
    cluster = author_cluster(searcher, "Anna Sørén")
    assert cluster is not None
    assert [paper.id for paper in cluster.papers] == ["b", "c", "f", "a", "e"]


def test_author_rows_are_distinct_spellings_most_frequent_first(searcher: Searcher) -> None:
    cluster = author_cluster(searcher, "Anna Sørén")
    assert cluster is not None
    assert cluster.rows == 3
    assert [(one.name, one.count) for one in cluster.spellings] == [
        ("Anna Sørén", 3),
        ("ANNA SØRÉN", 1),
        ("Anna  Sørén", 1),
    ]


def test_clusters_with_the_same_folded_name_point_at_each_other(searcher: Searcher) -> None:
    def others(name: str) -> list[tuple[str, int]]:
        cluster = author_cluster(searcher, name)
        assert cluster is not None
        return [(one.value, one.count) for one in cluster.same_folded]

    assert others("Anna Sørén") == [("Anna Soren", 1)]
    assert [count for _, count in others("Anna Soren")] == [5]
    assert others("Tao Lin") == [("Tao Lin 0004", 1)]
    assert others("Tao Lin 0004") == [("Tao Lin", 1)]


def test_a_name_twice_on_one_paper_is_one_paper(searcher: Searcher) -> None:
    cluster = author_cluster(searcher, "Jie Zhou")
    assert cluster is not None
    assert [one.count for one in cluster.spellings] == [1]
    assert len(cluster.papers) == 1


@pytest.mark.parametrize("name", ["", "  ", "Nobody", "Anna", "unknown", "*", '"', "\ud800"])
def test_a_name_that_no_paper_bears_has_no_cluster(searcher: Searcher, name: str) -> None:
    assert author_cluster(searcher, name) is None


def test_every_author_link_leads_to_a_page_that_lists_the_paper(searcher: Searcher) -> None:
    for paper in PAPERS:
        for name in paper.authors:
            cluster = author_cluster(searcher, name_of_slug(name_slug(name)))
            assert cluster is not None
            assert paper in cluster.papers


@given(st.text(max_size=30))
def test_a_slug_leads_back_to_the_key_it_was_made_of(name: str) -> None:
    assert name_of_slug(name_slug(name)) == name_key(name)


def test_similar_names_are_of_the_surname_meant_not_of_any_that_holds_its_letters(
    tmp_path: Path,
) -> None:
    index = WhooshIndex(tmp_path)
    with index.writer() as writer:
        for number in range(3):
            writer.add(Paper(f"j{number}", "Kites", authors=("Martin Jaggi",)))
        writer.add(Paper("m", "Kites", authors=("Matthew Jagielski",)))
    with index.searcher() as searcher:
        assert similar_names(searcher, "Jagi") == ("Martin Jaggi",)
        assert similar_names(searcher, "Martin Jagi") == ("Martin Jaggi",)
        assert similar_names(searcher, "Jaggi, M.") == ("Martin Jaggi",)
        assert similar_names(searcher, "Jagiel") == ("Matthew Jagielski",)
        assert similar_names(searcher, "") == ()
