"""Nothing that can stand in an address breaks a page or keeps it busy."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from itertools import product
from pathlib import Path
from urllib.parse import quote, unquote_to_bytes, urlencode

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.routing import Rule
from werkzeug.test import create_environ, run_wsgi_app

from indexer import open_index
from tests.web.conftest import PAPERS
from tests.web.reading import read
from webui import create_app

LONG = 300_000
MANY = 5_000
FACETS = ("venue", "venue_not", "year", "year_not", "type", "type_not", "author", "author_not")
NAMES = (
    "page",
    "per_page",
    "offset",
    "values_page",
    "year_from",
    "year_to",
    "start",
    "max_results",
)
CHOICES = ("sort", "match", "explain", "group_by", "fields", "cursor", "format", "key", "abstract",
           "ascii", "sortBy", "sortOrder", "since", "until", "exact", "group", "also", "from",
           "to")  # fmt: skip

TEXTS = ("q", "id", "contains", "search_query")


def every(names: tuple[str, ...], value: str) -> str:
    return urlencode([(name, value) for name in names])


STATES = {
    "nothing": "",
    "many words": "q=" + "learning+" * (LONG // 9),
    "one long word": "q=" + "x" * LONG,
    "parentheses": "q=" + "(" * (LONG // 2) + ")" * (LONG // 2),
    "quotes": "q=" + '"' * LONG,
    "alternatives": "q=" + "+OR+".join(f"w{number}" for number in range(LONG // 9)),
    "wildcards": "q=" + "a*+" * (LONG // 3),
    "fuzzy words": "q=" + "word~2+" * (LONG // 7),
    "negations": "q=" + "NOT+" * (LONG // 4) + "x",
    "many venues": urlencode([("venue", f"V{number}") for number in range(MANY)]),
    "many authors": urlencode([("author", f"A {number}") for number in range(MANY)]),
    "many filters": urlencode([(name, f"V{n}") for n in range(MANY // 8) for name in FACETS]),
    "a long filter": "author=" + "x" * LONG,
    "unknown parameters": "foo=1&%00=2&=3&q[]=4&__proto__=5&q",
    "words for numbers": every(NAMES, "x"),
    "negative numbers": every(NAMES, "-1"),
    "huge numbers": every(NAMES, "9" * 30),
    "endless numbers": every(NAMES, "9" * 100_000),
    "fractions": every(NAMES, "1.5"),
    "other digits": every(NAMES, "٣²"),
    "empty values": every((*NAMES, *CHOICES, *FACETS, *TEXTS), ""),
    "last page": "page=999999999&values_page=999999999",
    "unknown choices": every(CHOICES, "nonsense"),
    "long choices": every(CHOICES, "x" * (LONG // len(CHOICES))),
    "control characters": every((*CHOICES, *FACETS, *TEXTS), "\0\x1b\r\n"),
    "halves of characters": "q=%ed%a0%80&venue=%ff&author=%c0%80&id=%fe&contains=%ed%b0%80",
    "many ids": urlencode([("id", f"p{number}") for number in range(MANY)]),
    "one long id": "id=" + "x" * LONG,
    "many queries": urlencode([("q", f"w{number}") for number in range(MANY)]),
    "a long search among values": "contains=" + "x" * LONG,
    "arXiv's language": "search_query=" + "ti:(" * (LONG // 4) + "&id_list=" + "1," * (LONG // 2),
    "a long pattern of keys": "q=gossip&format=bibtex&key=" + quote("{author}" * 30_000),
    "a deep cursor": "cursor=" + "W1tb" * (LONG // 4),
}  # fmt: skip
VALUES = {
    "field": ["venue", "author"], "address": ["p1", "p1.json", "odd/id.json", "none"],
    "slug": ["ada-byron", "icml", "ada-byron.json", "icml.atom", "unknown"],
    "part": ["1", "2003"], "suffix": ["bib", "jsonl"], "filename": ["quiver.css"],
}  # fmt: skip
PART = re.compile(r"<(?:[^<>]*:)?(\w+)>")
PATHS = (
    *(f"/{kind}/{name}" for kind in ("paper", "author", "venue", "venue/icml", "nothing")
      for name in ("x" * LONG, "a-" * (LONG // 2), "%00%01", "%ff%fe", "%ed%a0%80", "é" * 1_000,
                   "..%2f..%2fapp.py", "-", ".json", "<script>", "9" * 30, "(((", "%0d%0aX:%20y")),
    "/facet/nothing", "/search.nothing", "//search", "/author/", "/static/..%2fapp.py",
    "/sitemap-papers-0.xml", f"/sitemap-papers-{'9' * 30}.xml",
    "/sitemap-authors-0.xml", f"/sitemap-authors-{'9' * 30}.xml",
)  # fmt: skip


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Flask:
    """The pages over the engine that people use."""
    folder: Path = tmp_path_factory.mktemp("robust")
    index = open_index(folder)
    with index.writer() as writer:
        for paper in PAPERS:
            writer.add(paper)
    return create_app(index=index)


def addresses(rule: Rule) -> Iterator[str]:
    """Yields some addresses of a rule; each part of it takes all of its values above."""
    parts = [name for name in PART.findall(rule.rule) if name]
    for values in product(*(VALUES[name] for name in parts)):
        address = rule.rule
        for value in values:
            address = PART.sub(value, address, count=1)
        yield address


def ask(site: Flask, path: str, asked: str) -> None:
    """Ask as a server would; the answer is one that was meant, and took little work.

    Flask's own client would spend more time on an address of this size than the site does.
    """
    environ = create_environ()
    environ["PATH_INFO"] = unquote_to_bytes(path.encode()).decode("latin-1")
    environ["QUERY_STRING"] = asked.encode().decode("latin-1")
    began = time.thread_time()
    body, status, headers = run_wsgi_app(site, environ, buffered=True)
    spent = time.thread_time() - began
    assert int(status[:3]) in (200, 300, 302, 303, 308, 400, 404, 406, 410), path
    assert spent < 1, f"{path}: {spent:.1f} s"
    if status.startswith("400"):
        if headers["Content-Type"].startswith("text/html"):
            page = read(b"".join(body).decode())
            assert page.one("header", class_="top").one("form")
        else:
            atom = path.partition("?")[0] == "/api/query"  # as arXiv answers its clients
            kind = "application/atom+xml; charset=utf-8" if atom else "application/problem+json"
            assert headers["Content-Type"] == kind


@pytest.mark.parametrize("state", STATES)
def test_no_parameter_breaks_any_page(site: Flask, state: str) -> None:
    for rule in site.url_map.iter_rules():
        for path in addresses(rule):
            ask(site, path, STATES[state])


@pytest.mark.parametrize("path", PATHS, ids=lambda path: path[:30])
def test_no_path_breaks_anything(site: Flask, path: str) -> None:
    ask(site, path, "")


def test_what_is_cut_is_said(site: Flask) -> None:
    page = read(site.test_client().get(f"/search?{STATES['many words']}").text)
    assert "Only the first" in page.one("main").text
    page = read(site.test_client().get(f"/search?{STATES['many venues']}").text)
    assert "Only 200 filter values" in page.one("main").text


@pytest.mark.parametrize("host", ["xn--", "xn--a", "xn--.com"])
@pytest.mark.parametrize("path", ["/feed.atom?q=federated", "/search?q=federated", "/record.json"])
def test_a_host_that_is_no_name_is_refused(client: FlaskClient, host: str, path: str) -> None:
    environ = client.application.test_request_context(path).request.environ | {"HTTP_HOST": host}
    status: list[str] = []
    body = client.application.wsgi_app(environ, lambda line, *_: status.append(line))  # type: ignore[arg-type]
    assert status[0].startswith("400"), b"".join(body)
