"""The advanced form writes what could have been typed."""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

import pytest
from flask.testing import FlaskClient

from tests.web.reading import hits, read


def written(client: FlaskClient, fields: dict[str, str]) -> dict[str, list[str]]:
    answer = client.get("/advanced", query_string=fields)
    assert answer.status_code == 303
    address = urlsplit(answer.location)
    assert address.path == "/search"
    return parse_qs(address.query)


@pytest.mark.parametrize(
    ("fields", "query"),
    [
        ({"all": "federated learning"}, "federated AND learning"),
        ({"phrase": "where the data are"}, '"where the data are"'),
        ({"any": "phones laptops"}, "phones OR laptops"),
        ({"title": "look", "none": "gossip"}, "NOT gossip AND title:look"),
        ({"author": "Lin, T", "from": "2020"}, 'author:"Lin, T" AND year:>=2020'),
        ({"venue": "ICML", "from": "2019", "to": "2019"}, "venue:ICML AND year:2019"),
    ],
)
def test_the_query_is_the_one_that_could_be_typed(
    client: FlaskClient, fields: dict[str, str], query: str
) -> None:
    assert written(client, fields) == {"q": [query]}
    page = read(client.get("/advanced", query_string=fields, follow_redirects=True).text)
    assert page.one("input", name="q", type="search").attrs["value"] == query
    assert hits(page) == hits(read(client.get("/search", query_string={"q": query}).text)) > 0


def test_a_form_without_a_word_is_shown_again(client: FlaskClient) -> None:
    assert 'role="alert"' not in client.get("/advanced").text
    for fields in ({"all": " "}, {"author": ";;", "venue": '""'}, {"unknown": "x"}):
        answer = client.get("/advanced", query_string=fields)
        assert answer.status_code == 200
        assert "at least one field" in answer.text


def test_a_year_that_is_none_keeps_the_rest(client: FlaskClient) -> None:
    answer = client.get("/advanced", query_string={"all": "<b>gossip", "from": "19", "to": "2020"})

    page = read(answer.text)
    assert answer.status_code == 400
    assert page.one("input", name="all").attrs["value"] == "<b>gossip"
    assert page.one("input", name="from").attrs["aria-invalid"] == "true"
    assert "aria-invalid" not in page.one("input", name="to").attrs


def test_whatever_is_typed_is_answered(client: FlaskClient) -> None:
    for text in ('"', "((", "a" * 5000, "\x00", "AND", "title:", "🦜", "*", "-"):
        for name in ("all", "phrase", "any", "none", "title", "author", "venue"):
            answer = client.get(
                "/advanced", query_string={name: text, "all": "gossip"}, follow_redirects=True
            )
            assert answer.status_code == 200, (name, text)


def test_it_can_be_found(client: FlaskClient) -> None:
    for address in ("/", "/search?q=gossip", "/help"):
        links = read(client.get(address).text).all("a")
        assert any(one.attrs.get("href") == "/advanced" for one in links), address
