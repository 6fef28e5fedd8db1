"""Every author link of every paper leads to a page that lists that paper: all 125,000 names."""

from __future__ import annotations

from collections import defaultdict

import pytest

from indexer import Filter, Index, Query, name_key, name_of_slug, name_slug

pytestmark = pytest.mark.slow


def test_every_author_link_of_the_real_papers_lists_its_paper(papers: Index) -> None:
    with papers.searcher() as searcher:
        wanted: dict[str, set[str]] = defaultdict(set)
        for paper_id in searcher.ids(Query()):
            paper = searcher.get(paper_id)
            assert paper is not None
            for author in paper.authors:
                wanted[name_slug(author)].add(paper_id)
        assert len(wanted) == searcher.info().authors
        for slug, ids in wanted.items():
            query = Query(filters=(Filter("author", (name_of_slug(slug),)),))
            assert set(searcher.ids(query)) == ids, slug


def test_the_counts_beside_names_are_the_papers_listed(papers: Index) -> None:
    with papers.searcher() as searcher:
        counts: dict[str, int] = defaultdict(int)
        for paper_id in searcher.ids(Query()):
            paper = searcher.get(paper_id)
            assert paper is not None
            for key in set(map(name_key, paper.authors)):
                counts[key] += 1
        said = searcher.values("author", limit=0)
        assert {name_key(value.value): value.count for value in said} == counts
