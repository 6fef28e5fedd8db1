"""Shelves that are addresses, and records of searches."""

from __future__ import annotations

from flask.testing import FlaskClient

from tests.web.conftest import PAPERS
from tests.web.reading import read


def test_a_shelf_shows_its_papers_in_order_and_says_what_is_gone(client: FlaskClient) -> None:
    page = read(client.get("/shelf?id=p3&id=p1&id=p3&id=none").text)

    titles = [one.text for one in page.all("p", class_="line-title")]
    assert titles == [PAPERS[2].title, PAPERS[0].title]
    assert "1 of the papers asked for is not in this index" in page.text
    off = page.all("p", class_="take-off")[0].one("a").attrs["href"]
    assert off == "/shelf?id=p1"
    ids = [one.attrs["value"] for one in page.one("form", id="export").all("input", name="id")]
    assert ids == ["p3", "p1"]


def test_a_shelf_is_filled_without_a_script(client: FlaskClient) -> None:
    page = read(client.get("/shelf?id=p3&q=federated").text)
    offered = page.one("form", id="adding")

    assert [one.attrs["value"] for one in offered.all("input", type="hidden")] == ["p3"]
    boxes = [one.attrs["value"] for one in offered.all("input", type="checkbox")]
    assert set(boxes) >= {"p1", "p2"}
    assert "No other papers match" in client.get("/shelf?id=p3&q=gossip").text
    added = "/shelf?id=p3&add=10.5555/a.b(1)+http://localhost/shelf?id=p2%26id=p3+nothing"
    response = client.get(added)
    assert response.location == "/shelf?id=p3&id=p1&id=p2&id=nothing"
    assert "1 of the papers asked for is not" in client.get(response.location).text


def test_papers_of_a_shelf_are_cited_and_compared(client: FlaskClient) -> None:
    page = read(client.get("/shelf?id=p1&id=p2&id=p3&compare=1").text)
    cite = page.one("form", id="cite")
    style = cite.one("select").all("option")[0].attrs["value"]

    titles = [one.text for one in page.one("table", class_="comparison").all("th", scope="row")]
    assert titles == [one.title for one in PAPERS[:3]]
    assert "Tao Lin" in page.one("p", class_="terms").text
    assert "Federated learning" in client.get(f"{cite.attrs['action']}?id=p1&style={style}").text


def test_a_paper_can_be_put_on_a_shelf_wherever_it_is_listed(client: FlaskClient) -> None:
    for path in ("/paper/p1", "/author/ada-byron", "/venue/icml/2019", "/similar?id=p2"):
        page = read(client.get(path).text)
        links = [one.attrs["href"] for one in page.all("a", class_="shelve")]
        assert "/shelf?id=p1" in links, path


def test_an_empty_shelf_says_how_to_fill_it(client: FlaskClient) -> None:
    assert "Select papers" in read(client.get("/shelf").text).one("main").text


def test_results_can_be_ticked_for_the_shelf_and_for_export(client: FlaskClient) -> None:
    page = read(client.get("/search?q=gossip").text)

    box = page.one("label", class_="pick").one("input")
    form = page.one("form", id=box.attrs["form"])
    buttons = [one.attrs.get("formaction", form.attrs["action"]) for one in form.all("button")]
    assert (box.attrs["name"], box.attrs["value"]) == ("id", "p3")
    assert buttons == ["/export", "/shelf"]


def test_a_record_holds_what_a_review_must_report(client: FlaskClient) -> None:
    told = client.get("/record.json?q=rate&venue=ICML&year_to=2004&page=2").json
    found = client.get("/search.json?q=rate&venue=ICML&year_to=2004&per_page=100").json

    assert told is not None
    assert found is not None
    assert told["query"] == "rate"
    assert told["parameters"]["venue"] == ["ICML"]
    assert told["total"] == found["total"] == len(told["ids"])
    assert told["ids"] == [hit["id"] for hit in found["hits"]]
    assert sum(told["counts"]["year"].values()) == told["total"]
    assert told["counts"]["venue"] == {"ICML": told["total"]}
    assert told["index"]["papers"] == len(PAPERS)
    assert told["asked"].endswith("Z")
    assert client.get(told["address"].removeprefix("http://localhost")).status_code == 200


def test_a_record_can_be_printed(client: FlaskClient) -> None:
    response = client.get("/record?q=gossip")
    page = read(response.text)

    assert response.headers["Cache-Control"] == "no-store"
    assert "ETag" not in response.headers
    assert [one.text for one in page.one("ol", class_="record-ids").all("a")] == [PAPERS[2].title]
    assert client.get("/record?page=x").status_code == 400
    assert client.get("/record.json?page=x").status_code == 400


def test_what_is_no_address_is_no_shelf_either(client: FlaskClient) -> None:
    for text in ("http://[", "//[::"):
        response = client.get("/shelf", query_string={"id": "p1", "add": text})
        assert response.status_code == 302
        assert "1 of the papers asked for is not" in client.get(response.location).text
        assert client.get("/shelf", query_string={"q": text}).status_code == 200
        assert client.get("/search", query_string={"q": text}).status_code == 200
