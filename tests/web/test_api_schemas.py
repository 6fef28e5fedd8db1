"""Every answer in JSON against the schema that the description gives for it."""

from __future__ import annotations

from typing import Any

import jsonschema
import pytest
from flask.testing import FlaskClient

from tests.oracle import MemoryIndex
from tests.web.conftest import PAPERS
from tests.works_of_every_kind import EVERY
from webui import create_app
from webui.openapi.operations import OPERATIONS

ADDRESSES = {
    "/search.json": ["?q=rate", "?q=fedrated+lerning", "?q=zzz+learning&explain=1", "?q=id:p1",
                     "?q=Ada+Byron", "?q=rate&cursor=*", "?q=federated&versions=collapse",
                     "?q=rate&fields=id&facets=none", "?year_from=2001&venue=ICML&venue_not=JMLR"],
    "/groups.json": ["?q=rate&group_by=author"],
    "/topics.json": ["?q=learning"],
    "/trends.json": ["?q=rate&q=learning"],
    "/suggest": ["?q=ada", "?q=x"],
    "/paper/{id}.json": ["/paper/p1.json", "/paper/p4.json", "/paper/odd/id.json.json"],
    "/author/{slug}.json": ["/author/tao-lin.json", "/author/ada-byron.json?fields=id&year=2001"],
    "/path.json": ["?from=Tao+Lin&to=Ada+Byron", "?from=Tao+Lin&to=Nadia+Rare"],
    "/venue/{slug}.json": ["/venue/icml.json", "/venue/icml.json?fields=id&facets=year"],
    "/venue/{slug}/{published}.json": ["/venue/icml/2019.json"],
    "/record.json": ["?q=rate"],
    "/duplicates.json": ["?q=learning"],
    "/info.json": [""],
    "/healthz": [""],
    "/api": [""],
}  # fmt: skip
"""Addresses to ask; what begins with "?" follows the path."""
CASES = [
    (path, rest if rest.startswith("/") else f"{path}{rest}")
    for path, rests in ADDRESSES.items()
    for rest in rests
]


def closed(schema: Any) -> Any:
    """The same schema, with no key allowed that it does not describe."""
    if isinstance(schema, list):
        return [closed(one) for one in schema]
    if not isinstance(schema, dict):
        return schema
    written = {name: closed(value) for name, value in schema.items()}
    if isinstance(schema.get("properties"), dict):
        written["additionalProperties"] = False
    return written


def validator(document: dict[str, Any], path: str, status: str = "200") -> Any:
    """What checks answers of one operation."""
    content = document["paths"][path]["get"]["responses"][status]["content"]
    (media,) = content.values()
    schema = {"components": closed(document["components"])} | closed(media["schema"])
    return jsonschema.Draft202012Validator(schema)


@pytest.mark.parametrize(("path", "address"), CASES)
def test_an_answer_has_its_schema(client: FlaskClient, path: str, address: str) -> None:
    response = client.get(address)
    assert response.status_code == 200
    validator(client.get("/api").get_json(), path).validate(response.get_json(force=True))


def test_papers_of_every_kind_have_their_schema() -> None:
    client = create_app(index=MemoryIndex.of(EVERY)).test_client()
    check = validator(client.get("/api").get_json(), "/paper/{id}.json")
    for work in EVERY:
        check.validate(client.get(f"/paper/{work.id}.json").get_json())


@pytest.mark.parametrize(
    ("path", "address", "status"),
    [
        ("/search.json", "/search.json?page=0&sort=x", "400"),
        ("/search.json", "/search.json?fields=none", "400"),
        ("/paper/{id}.json", "/paper/none.json", "404"),
    ],
)
def test_an_error_has_its_schema(client: FlaskClient, path: str, address: str, status: str) -> None:
    response = client.get(address)
    assert str(response.status_code) == status
    validator(client.get("/api").get_json(), path, status).validate(response.get_json(force=True))


def test_every_operation_in_json_is_asked_and_every_id_is_one(client: FlaskClient) -> None:
    ids = [one.id for one in OPERATIONS]
    assert len(set(ids)) == len(ids)
    unasked = {one.path for one in OPERATIONS if one.answer is not None} - set(ADDRESSES)
    # These two need numbered people, and a second generation.
    assert unasked == {"/author/{slug}/{number}.json", "/record/diff.json"}
    assert len(PAPERS) == client.get("/info.json").get_json()["papers"]
