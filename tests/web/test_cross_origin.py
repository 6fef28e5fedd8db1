"""What pages of other sites may read (CORS)."""

from __future__ import annotations

from pathlib import Path

import pytest
from flask.testing import FlaskClient

from indexer import load_config
from tests.oracle import MemoryIndex
from webui import create_app

PAGE = {"Origin": "https://elsewhere.example"}
ASKING = PAGE | {
    "Access-Control-Request-Method": "GET",
    "Access-Control-Request-Headers": "if-none-match",
}


@pytest.mark.parametrize(
    "address",
    ["/search.json?q=rate", "/api", "/info.json", "/paper/p1.json", "/paper/p1.bib", "/feed.atom",
     "/export?id=p1", "/suggest?q=ada", "/trends.csv?q=rate", "/api/query?search_query=rate",
     "/search?q=rate", "/unapi", "/opensearch.xml", "/healthz"],
)  # fmt: skip
def test_any_page_may_read_what_anybody_may(client: FlaskClient, address: str) -> None:
    for _ in range(2):  # the second comes from the cache of pages
        response = client.get(address, headers=PAGE)
        assert response.status_code == 200
        assert response.headers["Access-Control-Allow-Origin"] == "*"
        assert {"ETag", "Link"} <= set(
            response.headers["Access-Control-Expose-Headers"].split(", ")
        )
    preflight = client.options(address, headers=ASKING)
    assert preflight.status_code == 204
    assert preflight.headers["Access-Control-Allow-Origin"] == "*"
    assert "GET" in preflight.headers["Access-Control-Allow-Methods"]
    assert "If-None-Match" in preflight.headers["Access-Control-Allow-Headers"]


def test_a_page_may_read_what_is_wrong_and_that_nothing_has_changed(client: FlaskClient) -> None:
    etag = client.get("/info.json").headers["ETag"]
    same = client.get("/info.json", headers=PAGE | {"If-None-Match": etag})
    for response, status in (
        (client.get("/search.json?page=0"), 400),
        (client.get("/paper/none.json"), 404),
        (same, 304),
    ):
        assert response.status_code == status
        assert response.headers["Access-Control-Allow-Origin"] == "*"


def test_only_reading_is_allowed(client: FlaskClient) -> None:
    assert (
        "Access-Control-Allow-Origin"
        not in client.post("/references", data={"text": "x", "as": "json"}, headers=PAGE).headers
    )
    plain = client.options("/search.json", headers=PAGE)  # no question of a browser
    assert plain.status_code == 200
    assert "Access-Control-Allow-Methods" not in plain.headers


def test_no_page_may_read_a_private_collection(tmp_path: Path, index: MemoryIndex) -> None:
    (tmp_path / "password").write_text("long enough\n", "utf-8")
    config = load_config(overrides={"web.password_file": str(tmp_path / "password")})
    client = create_app(config, index=index).test_client()
    known = PAGE | {"Authorization": "Bearer long enough"}

    answers = (
        client.get("/info.json", headers=known),
        client.get("/info.json", headers=PAGE),
        client.options("/info.json", headers=ASKING),
        client.options("/info.json", headers=ASKING | known),
    )
    assert answers[0].status_code == 200
    for response in answers:
        assert not [name for name, _ in response.headers if name.startswith("Access-Control")]
