"""Completion of names and venues."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient


def test_names_and_venues_are_completed_with_their_papers(client: FlaskClient) -> None:
    response = client.get("/suggest?q=bla")
    typed, texts, told, links = response.get_json(force=True)

    assert response.mimetype == "application/x-suggestions+json"
    assert typed == "bla"
    assert sorted(texts) == ["Francois Blanc", "François Blanc"]
    assert set(told) == {"author, 1 paper"}
    for link in links:
        assert link.startswith("http://localhost/author/")
        assert client.get(link).status_code == 200
    there = client.get("/suggest?q=bla", base_url="https://example.org/papers/").get_json(
        force=True
    )
    assert all(link.startswith("https://example.org/papers/author/") for link in there[3])


def test_several_words_and_accents(client: FlaskClient) -> None:
    assert "Ada Byron" in client.get("/suggest?q=ada+by").get_json(force=True)[1]
    assert len(client.get("/suggest?q=FRANCOIS+bl").get_json(force=True)[1]) == 2
    assert client.get("/suggest?q=icm").get_json(force=True)[1][0] == "ICML"


@pytest.mark.parametrize("typed", ["", "a", "%00", "%22", "x" * 5000, "zzzz", "%F0%9F%98%80%20"])
def test_anything_typed_is_answered(client: FlaskClient, typed: str) -> None:
    assert client.get(f"/suggest?q={typed}").status_code == 200
