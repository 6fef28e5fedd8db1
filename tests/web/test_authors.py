"""The page of an author's name: what its address puts together, chooses, and links to."""

from __future__ import annotations

import json
from typing import Any, cast
from urllib.parse import parse_qsl, urlsplit

import pytest
from flask.testing import FlaskClient
from hypothesis import given, settings
from hypothesis import strategies as st

from indexer import Paper
from indexer.authors.curation import CuratedPerson, Curation, attach_curation
from tests.oracle import MemoryIndex
from tests.web.reading import Element, read
from webui import create_app

TOPICS = ("gossip", "pruning", "radar", "syntax")
PAPERS = (
    *(
        Paper(
            f"a{at}",
            f"{TOPICS[at % 2].title()} study {at}",
            "An abstract.",
            ("Anna Sørén", "Bea Best", *(("Cy Coe",) if at % 2 else ())),
            ("ICML", "NeurIPS", "")[at % 3],
            (2019, 2020, None)[at % 3],
        )
        for at in range(9)
    ),
    Paper("s1", "Gossip again", "", ("Anna Soren", "Bea Best", "Cy Coe"), "ICML", 2021),
    Paper("s2", "Something else", "", ("A. Sørén", "Bea Best"), "ICLR", 2018),
    Paper("w1", "Radar echoes of ships", "", ("Wei Li", "Xu Xu"), "ICRA", 2011),
    Paper("w2", "Radar echoes of planes", "", ("Wei Li", "Xu Xu"), "ICRA", 2012),
    Paper("w3", "Syntax trees of Basque", "", ("Wei Li", "Yo Yo"), "ACL", 2013),
    Paper("w4", "Syntax trees of Finnish", "", ("Wei Li", "Yo Yo"), "ACL", 2014),
    *(Paper(f"k{at}", "Kin", "", (f"W{at:c} Li",)) for at in range(ord("a"), ord("z") + 1)),
    *(Paper(f"l{at}", "Kin", "", (f"Wo{at:c} Li",)) for at in range(ord("a"), ord("z") + 1)),
    Paper("u", "Odd", "", ("Unknown",)),
    Paper("n", "Nobody's"),
)
CURATION = Curation(
    (CuratedPerson("Anna Sørén", ("A. Sørén",), "https://example.org/a", "0000-0002-1825-0097"),),
    (("Anna Sørén", "Anna Soren"),),
)


@pytest.fixture(scope="module")
def client() -> FlaskClient:
    return create_app(index=MemoryIndex.of(PAPERS)).test_client()


@pytest.fixture(scope="module")
def curated() -> FlaskClient:
    index = MemoryIndex.of(PAPERS)
    with index.writer() as writer:
        attach_curation(writer, CURATION)
    return create_app(index=index).test_client()


def page(client: FlaskClient, address: str) -> Element:
    response = client.get(address)
    assert response.status_code == 200, address
    return read(response.text)


def shown(page: Element) -> int:
    return len(page.one("section", **{"aria-label": "Papers"}).all("article"))


def links(element: Element) -> dict[str, str]:
    return {one.text: one.attrs["href"] for one in element.all("a")}


def of_json(client: FlaskClient, address: str) -> dict[str, object]:
    found: dict[str, object] = json.loads(client.get(address).data)
    return found


def test_including_a_suggestion_puts_its_papers_with_it_everywhere(client: FlaskClient) -> None:
    same = page(client, "/author/anna-s%C3%B8r%C3%A9n").one("section", class_="same")
    address = next(
        href for text, href in links(same).items() if "Anna Soren" in text and "?" in href
    )
    assert parse_qsl(urlsplit(address).query) == [("also", "anna-soren")]

    both = page(client, address)
    assert shown(both) == 10
    assert "one of 2 author names: Anna Sørén and Anna Soren" in both.text
    assert "include the papers of Anna Soren" not in both.text
    assert len(of_json(client, address.replace("?", ".json?"))["papers"]) == 10  # type: ignore[arg-type]
    assert client.get(address.replace("?", ".bib?")).text.count("title =") == 10
    assert client.get(address.replace("?", ".atom?")).text.count("<entry>") == 10
    chips = both.one("ul", class_="chips").all("a")
    assert [one.attrs["href"] for one in chips] == ["/author/anna-s%C3%B8r%C3%A9n"]
    assert shown(page(client, chips[0].attrs["href"])) == 9


def test_every_number_is_the_papers_after_the_click(client: FlaskClient) -> None:
    for address in (
        "/author/anna-s%C3%B8r%C3%A9n",
        "/author/anna-s%C3%B8r%C3%A9n?venue=ICML",
        "/author/anna-s%C3%B8r%C3%A9n?year=2020&q=gossip",
        "/author/wei-li?group=w3",
    ):
        aside = page(client, address).one("aside")
        rows = [
            row
            for part in ("years-title", "venues-title")
            for row in aside.one("section", **{"aria-labelledby": part}).all("li")
        ]
        assert rows
        for row in rows:
            if row.one("a").attrs.get("aria-current"):
                continue
            count = int(row.one("span", class_="count").text.split()[0])
            after = page(client, row.one("a").attrs["href"])
            assert shown(after) == count, (address, row.text)
        for bar in aside.one("svg", **{"aria-label": "Papers per year"}).all("a"):
            assert client.get(bar.attrs["href"]).status_code == 200


@pytest.mark.parametrize(
    ("choice", "ids"),
    [
        ("venue=ICML", {"a0", "a3", "a6"}),
        ("venue=ICML&venue=NeurIPS&year=2020", {"a1", "a4", "a7"}),
        ("venue=unknown", {"a2", "a5", "a8"}),
        ("year=unknown", {"a2", "a5", "a8"}),
        ("q=pruning", {"a1", "a3", "a5", "a7"}),
        ("q=pruning&venue=ICML", {"a3"}),
        ("q=nothing", set()),
        ("year=nonsense", set()),
        ("also=nobody-here", {f"a{at}" for at in range(9)}),
        ("also=A.+S%C3%B8r%C3%A9n&year=2018", {"s2"}),
    ],
)
def test_what_is_chosen_holds_for_every_representation(
    client: FlaskClient, choice: str, ids: set[str]
) -> None:
    at = f"/author/anna-s%C3%B8r%C3%A9n{{}}?{choice}"
    said = of_json(client, at.format(".json"))

    assert {paper["id"] for paper in said["papers"]} == ids  # type: ignore[attr-defined]
    assert said["paper_count"] == len(ids)
    assert shown(page(client, at.format(""))) == len(ids)
    exported = client.get(at.format(".jsonl")).text.splitlines()
    assert {json.loads(line)["id"] for line in exported} == ids
    feed = client.get(at.format(".atom")).text
    assert {one for one in ("a0", "a1", "a3", "s2") if f'/paper/{one}"' in feed} == ids & {
        "a0", "a1", "a3", "s2",
    }  # fmt: skip


def test_groups_of_one_name_have_addresses_that_last(client: FlaskClient) -> None:
    several = page(client, "/author/wei-li").one("section", class_="several")
    hrefs = [one.attrs["href"] for one in several.all("a")]

    assert hrefs == ["/author/wei-li?group=w3", "/author/wei-li?group=w1"]
    # Any paper of a group stands for it.
    for paper in ("w1", "w2"):
        part = page(client, f"/author/wei-li?group={paper}")
        assert shown(part) == 2
        assert "with Xu Xu" in part.one("ul", class_="chips").text
        assert links(part.one("aside")).get("Xu Xu") == "/author/xu-xu"
    group = of_json(client, "/author/wei-li.json?group=w2")
    assert [paper["id"] for paper in group["papers"]] == ["w2", "w1"]  # type: ignore[attr-defined]
    assert group["chosen"] == {"of": 4, "group": "w2", "venue": [], "year": [], "q": None}
    assert [one["key"] for one in group["several_people"]] == ["w3", "w1"]  # type: ignore[attr-defined]
    assert client.get("/author/wei-li?group=a1").status_code == 404
    assert client.get("/author/wei-li.bib?group=w1").text.count("title =") == 2


def test_a_group_that_is_no_more_shows_all_and_says_so(client: FlaskClient) -> None:
    whole = page(client, "/author/anna-s%C3%B8r%C3%A9n?group=a1")

    assert shown(whole) == 9
    assert "no longer exists, so all papers" in whole.text


def test_the_first_and_the_latest_paper_are_linked(client: FlaskClient) -> None:
    figures = page(client, "/author/wei-li").one("dl", class_="figures")
    assert links(figures) == {"2011": "/paper/w1", "2014": "/paper/w4"}
    said = of_json(client, "/author/wei-li.json")
    assert (said["first_paper"], said["latest_paper"]) == ("w1", "w4")
    assert of_json(client, "/author/unknown.json")["first_paper"] is None


def test_the_json_is_that_of_the_command_line(client: FlaskClient) -> None:
    from indexer import author_cluster, cluster_json

    with MemoryIndex.of(PAPERS).searcher() as searcher:
        cluster = author_cluster(searcher, "Anna Sørén")
    assert cluster is not None
    assert of_json(client, "/author/anna-s%C3%B8r%C3%A9n.json") == json.loads(
        json.dumps(cluster_json(cluster))
    )


def test_titles_come_first_and_the_whole_is_one_address_away(client: FlaskClient) -> None:
    first = page(client, "/author/wei-li")
    papers = first.one("section", **{"aria-label": "Papers"})
    views = links(first.one("nav", **{"aria-label": "View"}))
    said = cast(list[dict[str, Any]], of_json(client, "/author/wei-li.json")["papers"])

    assert {one.text for one in papers.all("b")} == {"Wei Li"}
    assert [one.text for one in papers.all("summary")].count("Abstract") == sum(
        bool(paper["abstract"]) for paper in said
    )
    assert all("y" in href for href in links(first.one("nav", **{"aria-label": "Years"})).values())
    assert views["with abstracts"] == "/author/wei-li?view=full"
    full = page(client, views["with abstracts"])
    for view in (first, full, page(client, views["all titles on one page"])):
        listed = view.one("section", **{"aria-label": "Papers"}).all("article")
        assert [one.one("h3").text for one in listed] == [paper["title"] for paper in said]
    whole = full.one("section", **{"aria-label": "Papers"})
    assert [one.text for one in whole.all("p", class_="abstract-text")] == [
        paper["abstract"] for paper in said if paper["abstract"]
    ]


def test_ties_are_drawn_and_told_in_a_table(client: FlaskClient) -> None:
    ties = page(client, "/author/anna-s%C3%B8r%C3%A9n").one("div", class_="ties")

    assert ties.one("tbody").text == "Bea Best, Cy Coe 4"
    assert {one.attrs["href"] for one in ties.one("svg").all("a")} == {
        "/author/bea-best", "/author/cy-coe",
    }  # fmt: skip
    assert ties.one("desc").text
    assert not [one for one in ties.all("path") if "style" in one.attrs]


def test_what_is_curated_is_shown_as_curated(curated: FlaskClient) -> None:
    together = page(curated, "/author/anna-s%C3%B8r%C3%A9n")
    box = together.one("section", class_="curated")

    assert shown(together) == 10
    assert "Anna Sørén also publishes as A. Sørén" in box.text
    assert "https://orcid.org/0000-0002-1825-0097" in links(box).values()
    assert "Not the same person: Anna Soren" in box.text
    assert not together.all("section", class_="same")
    alone = page(curated, links(box)["Show only this exact name"])
    assert shown(alone) == 9
    assert shown(page(curated, "/author/a.-s%C3%B8r%C3%A9n")) == 10


def test_a_name_that_reads_unknown_is_a_name(client: FlaskClient) -> None:
    assert shown(page(client, "/author/unknown")) == 1
    assert shown(page(client, "/author/unknown?q=odd")) == 1
    assert '/paper/u"' in client.get("/author/unknown.atom").text
    assert "/paper/n<" not in client.get("/author/unknown.atom").text


def test_a_redirect_keeps_what_was_asked(client: FlaskClient) -> None:
    moved = client.get("/author/Cy-Coe?venue=ICML&also=bea-best")

    assert moved.status_code == 302
    assert moved.headers["Location"] == "/author/cy-coe?also=bea-best&venue=ICML"


def test_two_authors_are_connected(client: FlaskClient) -> None:
    found = page(client, "/path?from=Anna+Soren&to=anna-s%C3%B8r%C3%A9n")
    chain = found.one("ol", class_="chain")

    assert [one.text for one in chain.all("li", class_="link-end")] == [
        "Anna Soren", "Bea Best", "Anna Sørén",
    ]  # fmt: skip
    assert "are 2 steps apart" in found.text
    said = of_json(client, "/path.json?from=Anna+Soren&to=anna-s%C3%B8r%C3%A9n")
    assert said["steps"] == 2
    assert "No chain of co-authors connects" in page(client, "/path?from=Wei+Li&to=Bea+Best").text
    assert of_json(client, "/path.json?from=Wei+Li&to=Bea+Best")["steps"] is None
    assert "the same name" in page(client, "/path?from=Wei+Li&to=wei-li").text
    nobody = page(client, "/path?from=No+Body&to=Wei+Li")
    assert "No paper has an author named “No Body”" in nobody.text
    assert page(client, "/path").one("form", class_="ends")
    assert client.get("/path.json?from=Wei+Li").status_code == 400


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.tuples(
            st.sampled_from(["also", "exact", "group", "venue", "year", "q", "page", "x"]),
            st.one_of(
                st.sampled_from(["1", "2020", "ICML", "a1", "wei-li", "gossip", "-", '"', "²"]),
                st.text(max_size=8),
            ),
        ),
        max_size=6,
    )
)
def test_any_address_is_answered(client: FlaskClient, pairs: list[tuple[str, str]]) -> None:
    for suffix in ("", ".json"):
        response = client.get(f"/author/anna-s%C3%B8r%C3%A9n{suffix}", query_string=pairs)
        assert response.status_code in (200, 404)
