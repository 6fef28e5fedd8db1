"""The interface for programs: groups, fields, cursors, and its description."""

from __future__ import annotations

import base64
import json
from collections import Counter
from dataclasses import replace
from typing import Any

import pytest
import schemathesis
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given, settings
from schemathesis.core.result import Ok

from indexer import name_key
from tests.oracle import MemoryIndex
from tests.web.conftest import PAPERS
from webui import create_app
from webui.views.json_api import Cursor


def found(client: FlaskClient, address: str) -> dict[str, Any]:
    response = client.get(address)
    assert response.status_code == 200, response.text
    return json.loads(response.text)  # type: ignore[no-any-return] # any JSON


@pytest.mark.parametrize(
    "asked",
    [
        "q=learning&venue=ICML&venue=NeurIPS&year_from=2002&year_to=2019",
        "q=learning+rates&venue=ICML&venue=JMLR",  # only ICML has all of the words
        "q=learning+rates&venue=JMLR&year_from=2018",  # neither has
        "q=federated+phones+accuracy",  # few have
    ],
)
@pytest.mark.parametrize("field", ["venue", "year", "type"])
def test_groups_count_the_answer_itself(client: FlaskClient, field: str, asked: str) -> None:
    address = f"/search.json?{asked}"
    hits = found(client, f"{address}&per_page=1000")["hits"]
    told = found(client, f"{address}&group_by={field}")

    expected = Counter(str(hit[field]) for hit in hits)
    assert {one["key"]: one["count"] for one in told["group_by"]} == expected
    assert told["meta"]["count"] == len(hits)


def test_groups_of_authors_hold_the_co_authors_of_a_chosen_one(client: FlaskClient) -> None:
    told = found(client, "/search.json?author=Ada+Byron&author_not=Author+3&group_by=author")

    papers = [
        paper
        for paper in PAPERS
        if "Ada Byron" in paper.authors and "Author 3" not in paper.authors
    ]
    expected = Counter(name_key(name) for paper in papers for name in paper.authors)
    assert {name_key(one["key"]): one["count"] for one in told["group_by"]} == expected


def test_unknown_groups_and_fields_are_refused(client: FlaskClient) -> None:
    for bad in (
        *("group_by=doi", "fields=id,nothing", "explain=yes", "cursor=nonsense"),
        *("facets=doi", "facets=none,venue", "q=zzzz&fields=nothing"),
    ):
        response = client.get(f"/search.json?q=rate&{bad}")
        assert response.status_code == 400
        assert response.content_type == "application/problem+json"


def test_fields_choose_the_keys_of_hits(client: FlaskClient) -> None:
    hits = found(client, "/search.json?q=rate&fields=id,year")["hits"]

    assert {tuple(hit) for hit in hits} == {("id", "year")}


def test_facets_can_be_left_out_and_fields_chosen_everywhere(client: FlaskClient) -> None:
    small = found(client, "/search.json?q=rate&facets=none&fields=id,versions")
    assert small["facets"] == small["facet_distinct"] == {}
    assert set(small["hits"][0]) == {"id"}
    assert list(found(client, "/search.json?q=rate&facets=venue")["facets"]) == ["venue"]
    venue = found(client, "/venue/icml.json?facets=none&fields=title")
    assert venue["facets"] == {}
    assert {tuple(hit) for hit in venue["hits"]} == {("title",)}
    author = found(client, "/author/ada-byron.json?fields=id,year")
    assert {tuple(paper) for paper in author["papers"]} == {("id", "year")}


def test_groups_have_an_address_of_their_own(client: FlaskClient) -> None:
    there = found(client, "/groups.json?q=rate&group_by=venue")
    assert there == found(client, "/search.json?q=rate&group_by=venue")
    assert client.get("/groups.json?q=rate").status_code == 400


def test_a_cursor_walks_the_whole_answer_once(client: FlaskClient) -> None:
    seen: list[str] = []
    cursor = "*"
    while cursor:
        page = found(client, f"/search.json?q=rate&per_page=25&cursor={cursor}")
        seen += [hit["id"] for hit in page["hits"]]
        cursor = page["next_cursor"]

    assert len(seen) == len(set(seen)) == 60


def test_a_cursor_is_true_to_its_question_and_its_generation() -> None:
    index = MemoryIndex.of(PAPERS)
    client = create_app(index=index).test_client()
    cursor = found(client, "/search.json?q=rate&cursor=*")["next_cursor"]

    other = client.get(f"/search.json?q=learning&cursor={cursor}")
    with index.writer() as writer:
        writer.add(replace(PAPERS[0], id="new"))
    later = found(client, f"/search.json?q=rate&cursor={cursor}")
    gone = Cursor(index.identity() or "", "m000099", 1, asked(cursor))
    refused = client.get(f"/search.json?q=rate&cursor={gone}")

    assert other.status_code == 400
    assert later["generation"] == "m000001" != index.generation()
    assert later["total"] == 60
    assert refused.status_code == 410
    assert refused.content_type == "application/problem+json"


def test_a_cursor_of_an_index_made_anew_is_gone() -> None:
    before = create_app(index=MemoryIndex.of(PAPERS)).test_client()
    after = create_app(index=MemoryIndex.of(PAPERS)).test_client()
    cursor = found(before, "/search.json?q=rate&cursor=*")["next_cursor"]

    assert before.get(f"/search.json?q=rate&cursor={cursor}").status_code == 200
    assert after.get(f"/search.json?q=rate&cursor={cursor}").status_code == 410


def asked(cursor: str) -> str:
    """The digest of its question that a cursor holds."""
    told = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    return str(told[3])


def test_other_sites_may_read_answers(client: FlaskClient) -> None:
    for address in ("/search.json", "/api", "/info.json", "/paper/p1.json", "/feed.atom"):
        assert client.get(address).headers["Access-Control-Allow-Origin"] == "*"


def test_the_description_names_every_address_once(client: FlaskClient) -> None:
    told = found(client, "/api")

    operations = [one["get"]["operationId"] for one in told["paths"].values()]
    assert len(set(operations)) == len(operations)
    assert {"/search.json", "/paper/{id}.json", "/author/{slug}.json", "/api/query"} <= set(
        told["paths"]
    )
    assert told["servers"] == [{"url": "http://localhost"}]
    assert "| `graph OR network` |" in told["info"]["description"]
    for path in told["paths"].values():
        assert path["get"]["summary"]


def test_what_the_description_promises_holds(app: Flask) -> None:
    """Schemathesis makes requests of every kind the description allows, and some it does not."""
    schema = schemathesis.openapi.from_wsgi("/api", app)
    for one in schema.get_all_operations():
        assert isinstance(one, Ok)
        operation = one.ok()

        @settings(max_examples=4, deadline=None, suppress_health_check=list(HealthCheck))
        @given(case=operation.as_strategy())
        def ask(case: schemathesis.Case[Any]) -> None:
            response = case.call()
            assert response.status_code < 500
            assert response.status_code in (200, 300, 302, 400, 404, 406, 410)

        ask()
