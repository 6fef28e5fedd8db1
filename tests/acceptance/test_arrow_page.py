"""The built-in collection, end to end: dump, index, searches, pages."""

from __future__ import annotations

import re
import threading
from pathlib import Path
from urllib.parse import quote

from flask.testing import FlaskClient

from indexer import (
    Index,
    Paper,
    Query,
    build_index,
    check_dumps,
    name_slug,
    open_index,
    parse_query,
)
from webui import create_app

HEADING = re.compile(r"^\S.* (Conference|Journal) \d{4} (Conference Paper|Journal Article)$")


def test_it_holds_81_papers_and_says_that_it_declares_82(checkout: Path) -> None:
    report = check_dumps([str(checkout / "data" / "martin-jaggi.txt")])

    assert report.skipped == ()
    assert any("declares 82 papers, holds 81" in warning for warning in report.warnings)


def test_the_author_page_lists_all_81_in_the_order_of_the_source(
    web: FlaskClient, arrow_page: list[str]
) -> None:
    """The order of the source is read off the file by its headings alone."""
    titles = [
        arrow_page[number + 2] for number, line in enumerate(arrow_page) if HEADING.match(line)
    ]
    cluster = web.get("/author/martin-jaggi.json").get_json()

    assert len(titles) == 81
    assert [paper["title"] for paper in cluster["papers"]] == titles
    assert any(title.startswith("FLamby") for title in titles)


def test_the_author_page_shows_all_81_too(web: FlaskClient, arrow: Index) -> None:
    page = web.get("/author/martin-jaggi?per_page=100").get_data(as_text=True)

    with arrow.searcher() as searcher:
        for paper_id in searcher.ids(Query()):
            assert f'href="/paper/{paper_id}"' in page


def test_federated_learning_finds_the_papers_about_it_first(arrow: Index) -> None:
    with arrow.searcher() as searcher:
        results = searcher.search(parse_query("federated learning"))
        every = [searcher.get(one) for one in searcher.ids(Query())]
    about = {one.id for one in every if one and "federated learning" in one.title.lower()}

    assert results.total >= len(about) > 3
    assert {hit.paper.id for hit in results.hits[: len(about)]} == about
    assert sum(value.count for value in results.facets["venue"].values) == results.total


def test_numbered_names_are_clusters_that_point_at_each_other(web: FlaskClient) -> None:
    plain = web.get("/author/tao-lin").get_data(as_text=True)
    numbered = web.get("/author/tao-lin-0004").get_data(as_text=True)

    assert 'href="/author/tao-lin-0004"' in plain
    assert 'href="/author/tao-lin"' in numbered


def test_a_name_without_its_accents_finds_the_one_with_them(arrow: Index) -> None:
    with arrow.searcher() as searcher:
        results = searcher.search(parse_query("Francois Fleuret"))
    names = {name for hit in results.hits for name in hit.paper.authors}

    assert {"François Fleuret", "Francois Fleuret"} <= names


def test_every_title_finds_its_own_paper_first(arrow: Index) -> None:
    with arrow.searcher() as searcher:
        every = [searcher.get(one) for one in searcher.ids(Query())]
        for paper in every:
            assert isinstance(paper, Paper)
            first = searcher.search(parse_query(paper.title), facets=()).hits[0].paper
            # The version pair differs in case only; the newer of two such is first.
            assert first.title.casefold() == paper.title.casefold(), paper.title


def test_every_author_link_leads_to_a_page_that_lists_the_paper(
    arrow: Index, web: FlaskClient
) -> None:
    with arrow.searcher() as searcher:
        every = [searcher.get(one) for one in searcher.ids(Query())]
    listed: dict[str, set[str]] = {}
    for paper in every:
        assert isinstance(paper, Paper)
        for author in paper.authors:
            slug = name_slug(author)
            if slug not in listed:
                answer = web.get(f"/author/{quote(slug)}.json")
                assert answer.status_code == 200
                listed[slug] = {one["id"] for one in answer.get_json()["papers"]}
            assert paper.id in listed[slug], author


def test_requests_during_rebuilds_see_whole_generations_only(
    checkout: Path, tmp_path: Path
) -> None:
    """Old and new answer differ in their total; nothing between the two is ever seen."""
    small = tmp_path / "small.jsonl"
    small.write_text('{"id": "one", "title": "Federated learning alone"}\n', encoding="utf-8")
    dumps = [str(checkout / "data" / "martin-jaggi.txt"), str(small)]
    index = open_index(tmp_path / "index")
    build_index(dumps[:1], index)
    client = create_app(index=index).test_client()
    known = {client.get("/search.json?q=federated").get_json()["total"], 1}
    seen: set[int] = set()
    faults: list[str] = []
    done = threading.Event()

    def ask() -> None:
        reader = create_app(index=open_index(tmp_path / "index")).test_client()
        while not done.is_set():
            answer = reader.get("/search.json?q=federated")
            if answer.status_code != 200:
                faults.append(answer.get_data(as_text=True))
            else:
                seen.add(answer.get_json()["total"])

    threads = [threading.Thread(target=ask) for _ in range(2)]
    for thread in threads:
        thread.start()
    try:
        for turn in range(4):
            build_index(dumps[(turn + 1) % 2 :][:1], index)
    finally:
        done.set()
        for thread in threads:
            thread.join()

    assert faults == []
    assert seen <= known
    assert len(seen) == 2
