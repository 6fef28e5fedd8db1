"""A pasted search string of another database: the query, what is lost, and no error page."""

from __future__ import annotations

import re
from html import unescape

import pytest
from flask.testing import FlaskClient

FORM = {"from": "ovid", "text": "1 exp Learning/\n2 federated.ti.\n3 1 or 2"}


def test_the_form_is_there_and_linked(client: FlaskClient) -> None:
    assert 'name="text"' in client.get("/translate").text
    assert 'href="/translate"' in client.get("/advanced").text
    assert 'href="/translate"' in client.get("/record?q=federated").text


def test_a_search_string_leads_to_its_results(client: FlaskClient) -> None:
    page = client.post("/translate", data=FORM)
    assert page.status_code == 200
    assert "<code>subject:Learning OR title:federated</code>" in page.text
    assert "Narrower headings are not added here" in page.text
    assert "<code>exp Learning/</code> (line 1)" in page.text
    found = re.search(r'href="(/search\?[^"]+)">Show the results', page.text)
    assert found is not None
    assert "Federated learning on small devices" in client.get(unescape(found[1])).text
    assert "PubMed</summary>" in page.text
    assert "Ovid</summary>" not in page.text
    assert "1 exp Learning/" not in client.get("/translate").text


def test_a_query_that_no_address_holds_is_answered_on_the_page(client: FlaskClient) -> None:
    words = " OR ".join(f"TI=word{number}" for number in range(300))
    page = client.post("/translate", data={"from": "wos", "text": f"TI=federated OR {words}"})
    assert "too long for an address" in page.text
    assert "Federated learning on small devices" in page.text


@pytest.mark.parametrize(
    ("text", "source", "status", "told"),
    [
        ("", "ovid", 400, "Paste a search string"),
        ("a", "elsewhere", 400, "Choose the database"),
        ("a" * 100_001, "ovid", 413, "longer than 100,000"),
        ("a or\n(b", "ovid", 400, "Line 2, column 1: this parenthesis is never closed"),
        ("review.pt.", "ovid", 200, "No part of this search string has an equal"),
        ('<script>alert(1)</script>.ti. and "', "ovid", 400, "&lt;script&gt;"),
        ("<b>x</b>.ti.", "ovid", 200, "&lt;b&gt;x&lt;/b&gt;"),
        ("\x00\ud800 and cat.ti.", "ovid", 200, "cat"),
        (" OR ".join(f"w{number}" for number in range(2000)), "wos", 400, "1,024 terms"),
    ],
)
def test_nothing_that_is_pasted_makes_an_error_page(
    client: FlaskClient, text: str, source: str, status: int, told: str
) -> None:
    pasted = text.encode(errors="surrogatepass")
    page = client.post("/translate", data={"from": source, "text": pasted.decode(errors="replace")})
    assert page.status_code == status
    assert told in page.text
    assert "<h1>Read a search string</h1>" in page.text
