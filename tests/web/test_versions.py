"""Versions of one work on the page of results: linked, and together where the address says so."""

from __future__ import annotations

import json

import pytest
from flask.testing import FlaskClient

from indexer import Paper
from tests.oracle import MemoryIndex
from tests.web.reading import Element, read
from webui import create_app

WORKS = 12
PEOPLE = ("Ann Ace", "Bob Bay")
NUMBERS = "one two three four five six seven eight nine ten eleven twelve".split()


def paper(at: int, venue: str, year: int) -> Paper:
    return Paper(
        f"{venue.lower()}-{at:02}",
        f"The {NUMBERS[at]} way of gossip among many machines",
        f"We gossip in way {NUMBERS[at]}.",
        PEOPLE,
        venue,
        year,
    )


PAPERS = (
    *(paper(at, "ICML", 2019) for at in range(WORKS)),
    *(paper(at, "JMLR", 2021) for at in range(0, WORKS, 3)),
)


@pytest.fixture(scope="module")
def client() -> FlaskClient:
    return create_app(index=MemoryIndex.of(PAPERS)).test_client()


def page(client: FlaskClient, address: str) -> Element:
    response = client.get(address)
    assert response.status_code == 200, address
    return read(response.text)


def ids(page: Element) -> list[str]:
    return [one.attrs["title"] for one in page.all("abbr", class_="unapi-id")]


def test_versions_on_one_page_name_each_other(client: FlaskClient) -> None:
    found = page(client, "/search?q=gossip&per_page=100")

    assert found.one("h2", id="total").text == "16 results"
    also = {
        hit.one("abbr").attrs["title"]: [one.attrs["href"] for one in part.all("a")]
        for hit in found.all("li", class_="hit")
        for part in hit.all("p", class_="versions")
    }
    assert also["icml-00"] == ["/paper/jmlr-00"]
    assert also["jmlr-09"] == ["/paper/icml-09"]
    assert len(also) == 8
    assert "Also: JMLR 2021" in found.text


@pytest.mark.parametrize("sort", ["", "&sort=-year", "&sort=year", "&sort=title"])
def test_each_work_stands_once_on_all_pages_together(client: FlaskClient, sort: str) -> None:
    together = f"/search?q=gossip&versions=collapse&per_page=5{sort}"
    apart = ids(page(client, f"/search?q=gossip&per_page=100{sort}"))
    pages = [page(client, f"{together}&page={at}") for at in (1, 2, 3)]
    found = [one for each in pages for one in ids(each)]

    assert [each.one("h2", id="total").text for each in pages] == ["16 results, 12 works"] * 3
    assert len(found) == len({one[-2:] for one in found}) == WORKS
    # The best placed version stands for its work, in the place it has.
    best = {one[-2:]: one for one in reversed(apart)}
    assert found == [one for one in apart if best[one[-2:]] == one]
    assert [one.text for one in pages[0].one("nav", class_="pager").all("a")] == [
        "1", "2", "3", "Next →",
    ]  # fmt: skip
    assert not ids(page(client, f"{together}&page=4"))


def test_the_page_of_a_paper_names_its_versions_by_the_same_rule(client: FlaskClient) -> None:
    versions = page(client, "/paper/icml-03").one("section", **{"aria-labelledby": "versions"})
    assert [one.attrs["href"] for one in versions.all("a") if "/paper/" in one.attrs["href"]] == [
        "/paper/jmlr-03"
    ]
    assert not page(client, "/paper/icml-04").all("section", **{"aria-labelledby": "versions"})


def test_a_version_with_a_slightly_other_title_is_named(client: FlaskClient) -> None:
    longer = Paper(
        "long", f"{PAPERS[0].title} and servers", PAPERS[0].abstract, ("A. Ace", "B. Bay"), "JMLR"
    )
    other = create_app(index=MemoryIndex.of((*PAPERS[:1], longer))).test_client()

    assert "/paper/long" in str(page(other, "/paper/icml-00").one("section", **{
        "aria-labelledby": "versions"
    }).all("a"))  # fmt: skip


def test_the_json_says_the_same(client: FlaskClient) -> None:
    found = json.loads(client.get("/search.json?q=gossip&versions=collapse&per_page=100").data)

    assert (found["total"], found["works"]) == (16, 12)
    assert {hit["id"]: hit["versions"] for hit in found["hits"]}["icml-01"] == []
    assert sorted(one for hit in found["hits"] for one in hit["versions"]) == sorted(
        {paper.id for paper in PAPERS} - {hit["id"] for hit in found["hits"]}
    )
    assert "works" not in json.loads(client.get("/search.json?q=gossip").data)


def test_the_choice_stays_with_every_control(client: FlaskClient) -> None:
    found = page(client, "/search?q=gossip&versions=collapse&per_page=5")
    one = page(client, found.one("nav", **{"aria-label": "Sort order"}).all("a")[1].attrs["href"])

    assert one.one("h2", id="total").text == "16 results, 12 works"
    versions = found.one("nav", **{"aria-label": "Versions of one work"})
    assert [link.text for link in versions.all("a")] == ["separate", "grouped"]
    apart = page(client, versions.all("a")[0].attrs["href"])
    assert apart.one("h2", id="total").text == "16 results"
    hidden = [one.attrs for one in found.one("form", class_="facets").all("input", type="hidden")]
    assert {"versions": "collapse"}.items() <= {one["name"]: one["value"] for one in hidden}.items()


def test_among_too_many_results_only_those_of_the_page(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("indexer.related.works.MOST_TOGETHER", 10)
    found = page(client, "/search?q=gossip&versions=collapse&per_page=100")

    assert found.one("h2", id="total").text == "16 results"
    assert "versions are only grouped within a page" in found.text
    assert len(ids(found)) == WORKS
    assert json.loads(client.get("/search.json?q=gossip&versions=collapse").data)["works"] is None
