"""Shares per year, and what the index lacks."""

from __future__ import annotations

import csv
import io

import pytest
from flask.testing import FlaskClient

from indexer import Query, Searcher, parse_query
from tests.web.conftest import PAPERS
from tests.web.reading import hits, read
from webui.http import request_context
from webui.views import trends


def rows(client: FlaskClient, address: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(client.get(address).text)))


def test_shares_are_of_the_papers_of_the_year(client: FlaskClient) -> None:
    for row in rows(client, "/trends.csv?q=rate&q=gossip"):
        found = hits(read(client.get(
            f"/search?q={row['query']}&match=all&year_from={row['year']}&year_to={row['year']}"
        ).text))  # fmt: skip
        total = sum(str(paper.year) == row["year"] for paper in PAPERS)
        assert int(row["papers"]) == found
        assert int(row["papers of the year"]) == total
        assert row["share"] == (f"{found / total:.6f}" if total else "")


def test_the_denominator_has_the_same_filters(client: FlaskClient) -> None:
    of_2003 = [
        one for one in rows(client, "/trends.csv?q=rate&venue=ICML") if one["year"] == "2003"
    ]

    total = sum(paper.year == 2003 and paper.venue == "ICML" for paper in PAPERS)
    assert int(of_2003[0]["papers of the year"]) == total


def test_the_page_draws_each_query_and_its_numbers(client: FlaskClient) -> None:
    page = read(client.get("/trends?q=rate&q=gossip&q=rate").text)

    assert len(page.one("svg", class_="lines").all("path", class_="line")) == 2
    assert len(page.one("div", class_="wide").one("thead").all("th")) == 4
    assert [one.attrs["value"] for one in page.all("input", name="q", type="text")] == [
        "rate", "gossip", "", "", "",
    ]  # fmt: skip


@pytest.mark.parametrize(
    "address",
    ["/trends", "/trends.csv", "/trends?q=zzz", "/trends?q=rate&venue=None",
     "/trends?q=" + "&q=".join("abcdefgh"), "/trends?q=no:year&year=unknown"],
)  # fmt: skip
def test_any_question_is_drawn(client: FlaskClient, address: str) -> None:
    assert client.get(address).status_code == 200
    assert client.get("/trends?year_from=x").status_code == 400


def test_formulas_of_spreadsheets_stay_text(client: FlaskClient) -> None:
    assert rows(client, "/trends.csv?q==rate")[0]["query"] == "'=rate"


def test_the_page_says_what_was_counted_and_offers_the_word_as_typed(client: FlaskClient) -> None:
    page = read(client.get("/trends?q=learning&venue=ICML").text)
    notice = page.one("p", class_="notice")

    assert "Words are counted in every grammatical form." in notice.text
    exact = read(client.get(notice.one("a").attrs["href"]).text)
    assert exact.all("input", name="q", type="text")[0].attrs["value"] == '"learning"'
    assert exact.one("input", name="venue").attrs["value"] == "ICML"
    assert exact.all("p", class_="notice") == []


def test_each_year_shows_its_values_and_some_are_named(client: FlaskClient) -> None:
    page = read(client.get("/trends?q=rate&q=gossip").text)
    columns = page.all("g", class_="year-values")
    table = {row["year"]: row for row in rows(client, "/trends.csv?q=gossip")}
    labels = [one for one in page.one("g", class_="grid").all("text") if "%" not in one.text]

    assert all(one.attrs["tabindex"] == "0" for one in columns)
    for one in columns:
        row = table[one.attrs["aria-label"][:4]]
        assert one.attrs["aria-label"].endswith(f"({int(row['papers']):,})")
    assert 3 <= len(labels) <= 10


def test_a_venue_is_known_by_any_spelling_and_a_wrong_one_is_named(client: FlaskClient) -> None:
    assert rows(client, "/trends.csv?q=rate&venue=icml") == rows(
        client, "/trends.csv?q=rate&venue=ICML"
    )
    assert "No venue here is called “None”" in client.get("/trends?q=rate&venue=None").text
    told = client.get("/trends?q=rate&year_from=1900&year_to=1901").text
    assert "There are no papers from these years." in told
    counts = client.get("/trends.json?q=rate").json
    assert counts is not None
    assert {row["year"]: int(row["papers"]) for row in rows(client, "/trends.csv?q=rate")} == (
        counts["queries"][0]["counts"]
    )


def test_about_counts_what_records_lack_and_leads_to_them(client: FlaskClient) -> None:
    page = read(client.get("/about").text)

    told = {row.one("th").text: row for row in page.all("tbody")[-1].all("tr")}
    assert told["doi"].all("td")[0].text == str(len(PAPERS) - 1)
    link = told["abstract"].one("a").attrs["href"]
    assert hits(read(client.get(link).text)) == int(told["abstract"].all("td")[0].text) == 1


def test_what_was_counted_before_the_deadline_stays(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []
    late = False
    count = trends._by_year

    def by_year(searcher: Searcher, query: Query) -> dict[int, int]:
        nonlocal late
        asked.append(query.text)
        late = len(asked) == 3
        return count(searcher, query)

    monkeypatch.setattr(trends, "_by_year", by_year)
    monkeypatch.setattr(request_context, "timed_out", lambda: late)
    monkeypatch.setitem(client.application.extensions, trends._COUNTS, trends.YearCounts())
    address = "/trends.csv?q=rate&q=step&q=gossip"
    assert client.get(address).status_code == 503
    assert client.get(address).status_code == 200
    assert asked == ["", "rate", "step", "step", "gossip"]


def test_the_queries_counted_last_are_remembered(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []

    def by_year(searcher: Searcher, query: Query) -> dict[int, int]:
        asked.append(query.text)
        return {2000: len(asked)}

    monkeypatch.setattr(trends, "_by_year", by_year)
    counts = trends.YearCounts(2)
    with client.application.test_request_context("/trends"):
        searcher = request_context.searcher()
        for text in ("rate", "step", "rate", "gossip", "rate", "step"):
            counts.of(searcher, parse_query(text))
    assert asked == ["rate", "step", "gossip", "step"]
