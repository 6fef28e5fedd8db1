"""What each page says."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any
from urllib.parse import quote

import pytest
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from indexer import Alternative, Paper, Query, Results, Word, paper_json
from tests.oracle import MemoryIndex, MemorySearcher
from tests.web.conftest import LONG, PAPERS
from tests.web.reading import Element, hits, read
from webui import create_app


def page_of(client: FlaskClient, address: str, status: int = 200) -> Element:
    response = client.get(address)
    assert response.status_code == status
    return read(response.text)


def test_home_says_what_is_in_the_index(client: FlaskClient) -> None:
    page = page_of(client, "/")

    assert f"{len(PAPERS)} research papers" in page.one("main").text
    venues = {
        item.one("a").text: item.one("span", class_="count").text
        for item in page.one("ul", class_="venues").all("li")
    }
    assert venues == {
        "ICML": "21 papers", "NeurIPS": "21 papers", "ICLR": "20 papers", "JMLR": "1 paper",
        "Proc. of X/Y & Z?": "1 paper",
    }  # fmt: skip
    assert page.one("search").one("input", name="q").attrs["value"] == ""


def test_results_carry_marks_numbers_and_the_whole_abstract(client: FlaskClient) -> None:
    page = page_of(client, "/search?q=federated+learning")

    first = page.one("ol", class_="hits").all("li", class_="hit")[0]
    assert {mark.text.lower() for mark in first.all("mark")} <= {
        "federated",
        "learning",
        "federated learning",
    }
    assert first.one("h3").raw.strip() in {paper.title for paper in PAPERS}
    details = [one for one in page.all("details", class_="abstract") if "factor of ten" in one.text]
    assert details[0].one("p").raw == PAPERS[0].abstract


def test_the_passage_without_its_marks_is_the_papers_own_text(client: FlaskClient) -> None:
    page = page_of(client, "/search?q=phones")

    passage = page.one("p", class_="passage").raw.strip("… ")
    assert passage
    assert passage in PAPERS[0].abstract


def test_long_author_lists_are_cut_but_never_hide_a_match(client: FlaskClient) -> None:
    plain = page_of(client, "/search?q=hands").one("ul", class_="authors")
    matched = page_of(client, "/search?q=author:rare").one("ul", class_="authors")

    assert [one.text for one in plain.all("a")] == list(LONG[:10])
    assert plain.all("li")[-1].text == "+6 more"
    assert [one.text for one in matched.all("a")] == [*LONG[:10], "Nadia Rare"]
    assert matched.all("li")[-1].text == "+2 more"
    assert matched.all("mark")


class _OfferingIndex(MemoryIndex):
    """Offers one alternative with every answer, as a backend does where nothing was found."""

    @contextmanager
    def searcher(self, generation: str | None = None) -> Iterator[MemorySearcher]:
        with super().searcher(generation) as searcher:
            search = searcher.search

            def offering(query: Query, **more: Any) -> Results:
                results = search(query, **more)
                other = replace(query, text="gossip", clause=Word("gossip"), filters=())
                offer = Alternative("without the filters", other, searcher.count(other))
                return replace(results, receipt=replace(results.receipt, alternatives=(offer,)))

            searcher.search = offering  # type: ignore[method-assign] # what this index is for
            yield searcher


def test_nothing_found_offers_counted_alternatives() -> None:
    index = _OfferingIndex.of(PAPERS)
    client = create_app(index=index).test_client()
    page = page_of(client, "/search?q=gossip&venue=ICML&match=all")

    assert hits(page) == 0
    offer = page.one("div", class_="empty").one("ul", class_="alternatives").one("li")
    assert offer.text == "without the filters 1 paper"
    assert hits(page_of(client, offer.one("a").attrs["href"])) == 1


def test_chips_name_every_filter_and_take_it_away(client: FlaskClient) -> None:
    page = page_of(client, "/search?venue=ICML&author_not=Author+3&year_from=2001&year_to=2004")

    chips = page.one("ul", class_="chips").all("a")
    assert [chip.text for chip in chips] == [
        "Remove filter: Venue ICML ×",
        "Remove filter: Not author Author 3 ×",
        "Remove filter: Years 2001–2004 ×",
        "Clear all filters",
    ]
    assert chips[-1].attrs["href"] == "/search"


def test_a_page_past_the_end_leads_back(client: FlaskClient) -> None:
    page = page_of(client, "/search?q=rate&page=900")

    back = page.one("div", class_="empty").one("a").attrs["href"]
    assert page_of(client, back).all("li", class_="hit")


def test_markup_in_papers_and_queries_stays_text(client: FlaskClient) -> None:
    page = page_of(client, "/search?q=" + quote('<script>alert("x")</script> untitled bold'))

    assert all("src" in one.attrs for one in page.all("script"))
    assert "alert" in page.one("h1").text
    assert "<b>in bold</b>" in page_of(client, "/paper/p4").one("h1").raw


def test_a_paper_page_has_the_whole_record(client: FlaskClient) -> None:
    page = page_of(client, "/paper/p1")

    assert page.one("h1").text == PAPERS[0].title
    assert page.one("p", class_="abstract-text").raw == PAPERS[0].abstract
    assert [one.text for one in page.one("ul", class_="authors").all("a")] == list(
        PAPERS[0].authors
    )
    record = page.one("dl", class_="record")
    assert record.all("a")[0].attrs["href"] == "https://doi.org/10.5555/a.b%281%29"
    assert record.all("a")[1].attrs["href"] == PAPERS[0].url


def test_an_id_of_any_form_has_a_page_and_a_json(client: FlaskClient) -> None:
    assert page_of(client, "/paper/odd/id.json").one("h1").text == "Many hands"
    assert client.get("/paper/odd/id.json.json").json == paper_json(PAPERS[4])
    assert client.get("/paper/p1.json").json == paper_json(PAPERS[0])


def test_author_page_groups_exact_names_and_points_at_its_namesakes(client: FlaskClient) -> None:
    page = page_of(client, "/author/tao-lin")

    main = page.one("main")
    assert page.one("h1").text == "TAO LIN"
    assert "groups case-insensitive exact name matches and is not an identity profile" in main.text
    assert [one.text for one in main.one("dl", class_="figures").all("dd")] == [
        "2", "2", "2019 – 2021", "3",
    ]  # fmt: skip
    assert [one.text for one in main.all("article")[0].all("h3")] == [PAPERS[2].title]
    assert [one.text for one in main.all("h2") if one.attrs.get("id", "").startswith("y")] == [
        "2021",
        "2019",
    ]
    full = page_of(client, "/author/tao-lin?view=full").one("main").text
    assert "JMLR Journal 2021 Journal Article" in full
    same, include = main.one("section", class_="same").all("a")
    assert (same.text, same.attrs["href"]) == ("Tao Lin 0004", "/author/tao-lin-0004")
    assert include.attrs["href"] == "/author/tao-lin?also=tao-lin-0004"
    people = main.one("section", **{"aria-labelledby": "coauthors-title"})
    names = {"Ada Byron", "François Blanc", "Simon Lacoste-Julien"}
    assert names <= {one.text for one in people.all("a")}


def test_accents_lead_from_one_cluster_to_the_other(client: FlaskClient) -> None:
    with_accent = page_of(client, "/author/fran%C3%A7ois-blanc")
    without = page_of(client, "/author/francois-blanc")

    assert with_accent.one("section", class_="same").all("a")[0].text == "Francois Blanc"
    assert without.one("section", class_="same").all("a")[0].text == "François Blanc"


@pytest.mark.parametrize(
    ("address", "leads_to"),
    [
        ("/author/Ada-Byron", "/author/ada-byron"),
        ("/author/ada%20byron", "/author/ada-byron"),
        ("/author/%C3%A1da-byron", "/author/ada-byron"),
        ("/author/fran%C3%A7o%C3%AFs-blanc", "/author/francois-blanc"),
        ("/author/Ada-Byron.json", "/author/ada-byron.json"),
        ("/venue/ICML", "/venue/icml"),
        ("/venue/neur%C3%ADps/2003", "/venue/neurips/2003"),
    ],
)
def test_other_spellings_of_an_address_lead_to_the_one(
    client: FlaskClient, address: str, leads_to: str
) -> None:
    response = client.get(address)

    assert response.status_code == 302
    target = response.location
    assert target == leads_to or client.get(target).status_code == 200
    assert response.location == leads_to or "blanc" in leads_to


def test_author_pages_turn(client: FlaskClient) -> None:
    assert client.get("/author/ada-byron?page=2").status_code == 404
    assert client.get("/author/ada-byron?page=x").status_code == 404


def test_venue_page_shows_its_papers_years_and_authors(client: FlaskClient) -> None:
    page = page_of(client, "/venue/icml")
    in_2019 = page_of(client, "/venue/icml/2019")

    assert hits(page) == 21
    assert [one.text for one in in_2019.all("h3")] == [PAPERS[0].title]
    assert "Ada Byron" in page.one("ul", class_="people").text


def test_all_values_of_a_facet_can_be_searched_without_accents(client: FlaskClient) -> None:
    page = page_of(client, "/facet/author?contains=franc")

    assert [one.all("a")[0].text for one in page.one("ol", class_="values").all("li")] == [
        "Francois Blanc",
        "François Blanc",
    ]


@pytest.mark.parametrize(
    "address", ["/search?page=-1", "/search?sort=wild&q=kept", "/facet/venue?year_from=x"]
)
def test_values_without_meaning_are_refused_with_the_form(
    client: FlaskClient, address: str
) -> None:
    page = page_of(client, address, 400)

    assert page.one("search").one("form")
    assert page.one("div", role="alert").all("li")


def test_refusals_for_machines_are_problem_documents(client: FlaskClient) -> None:
    response = client.get("/search.json?page=-1&sort=wild")

    assert response.status_code == 400
    assert response.content_type == "application/problem+json"
    problem = response.get_json(force=True)
    assert problem["status"] == 400
    assert {one["parameter"] for one in problem["errors"]} == {"page", "sort"}


@pytest.mark.parametrize(
    "address",
    [
        "/nowhere",
        "/paper/none",
        "/author/nobody",
        "/author/unknown",
        "/venue/none",
        "/venue/icml/1801",
    ],
)
def test_what_is_not_there_is_a_404_with_the_form(client: FlaskClient, address: str) -> None:
    assert page_of(client, address, 404).one("search").one("form")
    assert client.get(f"{address}.json").status_code == 404
    assert client.get(f"{address}.json").content_type == "application/problem+json"


def test_json_of_a_result_is_the_results_object(client: FlaskClient) -> None:
    found = client.get("/search.json?q=gossip").json

    assert found is not None
    assert found["total"] == 1
    assert found["hits"][0]["id"] == "p3"
    assert {"query", "took_ms", "generation", "receipt", "facets"} <= set(found)


def test_an_author_in_json(client: FlaskClient) -> None:
    found = client.get("/author/tao-lin.json").json

    assert found is not None
    assert (found["paper_count"], found["author_rows"]) == (2, 2)


ODD = st.text(max_size=60) | st.text(
    st.sampled_from('"()[]{}:*?~^+-\\/&|!<>=$%\x00\x01\x1f\u202e ab AND OR NOT'), max_size=60
)


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(ODD)
def test_whatever_is_typed_is_answered(client: FlaskClient, typed: str) -> None:
    response = client.get("/search", query_string={"q": typed.encode("utf-8", "replace")})

    assert response.status_code == 200
    read(response.text)


@pytest.mark.parametrize(
    "address",
    [
        "/search?q=" + "word+" * 60_000,
        "/search?q=" + "(" * 100_000,
        "/search?" + "&".join(f"venue=V{number}" for number in range(5_000)),
        "/search?q=%00%01%FF%FE&venue=%00&author=%ED%A0%80",
        "/search?q=a&unknown=1&__proto__=2&q[]=3",
        "/search?page=1000000000",
        "/author/" + "a" * 5_000,
        "/author/%00",
        "/paper/..%2f..%2fetc",
        "/venue/~110000~",
    ],
    ids=range(10),
)
def test_excess_is_answered_without_failing(client: FlaskClient, address: str) -> None:
    assert client.get(address).status_code in (200, 400, 404)


def test_a_name_offers_the_pages_of_its_authors() -> None:
    papers = [
        Paper("y1", "Kites", "", ("Yang Liu",), "ICML", 2019),
        Paper("y2", "Spoons", "", ("Liu Yang",), "ICML", 2020),
        Paper("l1", "Forks", "After LeCun.", ("Yann LeCun",), "ICML", 2020),
    ]
    client = create_app(index=MemoryIndex.of(papers)).test_client()
    offered = page_of(client, "/search?q=yang+liu").one("p", class_="named")
    assert offered.text == "Yang Liu : 1 paper; 1 similar name: Liu Yang (1)"
    assert [link.attrs["href"] for link in offered.all("a")] == [
        "/author/yang-liu",
        "/author/liu-yang",
    ]
    assert client.get("/author/yang-liu").status_code == 200
    assert not page_of(client, "/search?q=kites").all("p", class_="named")
    said = client.get("/search.json?q=LeCun").get_json()
    assert said["author"] == {
        "name": "LeCun",
        "first": True,
        "authors": [{"name": "Yann LeCun", "slug": "yann-lecun", "count": 1}],
    }
    assert said["hits"][0]["id"] == "l1"
    assert "author" not in client.get('/search.json?q="LeCun"').get_json()
