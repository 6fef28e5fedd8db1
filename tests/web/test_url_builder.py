"""The addresses in the document of the site are those of the site, and how they are written."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urljoin

import pytest
from flask import Flask, request, url_for
from flask.testing import FlaskClient
from werkzeug.routing import BuildError

from indexer import Paper
from tests.oracle import MemoryIndex
from webui import create_app
from webui.urls.url_builder import Addresses

DOCUMENT = Path(__file__).resolve().parents[2] / "webui" / "README.md"
TABLE = DOCUMENT.read_text(encoding="utf-8").partition("## Addresses")[2].partition("\n## ")[0]
ADDRESSES = re.findall(
    r"`(/[^`]*)`", "".join(row.split("|")[1] for row in TABLE.splitlines() if "|" in row)
)
NAMES = {"/author/NAME": "/author/ada-byron", "/venue/NAME": "/venue/icml"}
ELSEWHERE = {
    "/author/NAME/3": "an index that knows people; see test_people",
    "/mcp": "a setting; see test_assistant",
}


def fast_addresses() -> Addresses:
    return Addresses(url_for, lambda: request.script_root)


def test_the_document_lists_addresses() -> None:
    assert len(ADDRESSES) >= 15


@pytest.mark.parametrize("address", [one for one in ADDRESSES if one not in ELSEWHERE])
def test_an_address_of_the_document_answers(client: FlaskClient, address: str) -> None:
    there = NAMES.get(address, address).replace("ID", "p1").replace("NAME", "tao-lin")
    assert client.get(there).status_code == 200


@pytest.mark.parametrize(
    "suffix",
    re.findall(r"\.(?:[a-z]+\.)?[a-z]+\b", TABLE.partition("/paper/ID")[2].partition("\n")[0]),
)
def test_a_paper_has_every_representation_of_the_document(client: FlaskClient, suffix: str) -> None:
    assert client.get(f"/paper/p1{suffix}").status_code == 200


@pytest.mark.parametrize("root", ["", "/sub"])
@pytest.mark.parametrize("value", ["icml", "../a?b#c&d=e", "é ~hole~%20;/", "p-1.json", "", "bib"])
def test_addresses_are_written_as_flask_writes_them(app: Flask, value: str, root: str) -> None:
    fast = fast_addresses().write
    with app.test_request_context("/", environ_overrides={"SCRIPT_NAME": root}):
        for rule in app.url_map.iter_rules():
            values: dict[str, Any] = dict.fromkeys(rule.arguments, value)
            for _ in range(2):
                assert _of(fast, rule.endpoint, values) == _of(url_for, rule.endpoint, values)
                assert _of(fast, rule.endpoint, {"q": value}) == _of(
                    url_for, rule.endpoint, {"q": value}
                )
        outside = {"_external": True}
        assert _of(fast, "pages.home", outside) == _of(url_for, "pages.home", outside)


def _of(write: Callable[..., str], endpoint: str, values: dict[str, Any]) -> str:
    try:
        return write(endpoint, **values)
    except (BuildError, ValueError) as error:
        return type(error).__name__


@pytest.mark.parametrize("root", ["", "/sub"])
@pytest.mark.parametrize("value", ["icml", "../a?b#c&d=e", "é ~hole~%20;/", "p-1.json", "bib"])
def test_a_writer_writes_what_flask_writes(app: Flask, value: str, root: str) -> None:
    addresses = fast_addresses()
    with app.test_request_context("/", environ_overrides={"SCRIPT_NAME": root}):
        for endpoint, name in (
            ("records.author", "slug"),
            ("records.paper", "address"),
            ("static", "filename"),
            ("pages.search", "q"),
        ):
            write = addresses.writer(endpoint, name)
            assert write(value) == url_for(endpoint, **{name: value})  # type: ignore[arg-type]
        suffixed = addresses.writer("exports.search", "suffix")
        assert suffixed("bib") == url_for("exports.search", suffix="bib")


@pytest.mark.parametrize(
    "paper_id",
    [".", "..", "../../x", "a/../b", "~.", "~~..", "...", "a/.", "./", ".json", "..bib", "~"],
)
def test_every_id_has_an_address_that_a_browser_reaches(paper_id: str) -> None:
    app = create_app(index=MemoryIndex.of([Paper(paper_id, "Gossip"), Paper("x", "Another")]))
    client = app.test_client()
    with app.test_request_context("/"):
        address = url_for("records.paper", address=paper_id)
        writer = fast_addresses().writer("records.paper", "address")
        assert (
            fast_addresses().write("records.paper", address=paper_id) == writer(paper_id) == address
        )
    assert urljoin("http://x.example/", address) == f"http://x.example{address}"
    assert not {".", ".."} & set(unquote(address).split("/"))
    for suffix in ("", ".json", ".bib"):
        answer = client.get(address + suffix)
        assert answer.status_code == 200
        assert "Gossip" in answer.text
    assert address in client.get("/search?q=gossip").text


def test_an_address_of_before_still_leads_to_its_paper() -> None:
    client = create_app(index=MemoryIndex.of([Paper("~.", "Gossip")])).test_client()

    assert client.get("/paper/~.").status_code == 200
