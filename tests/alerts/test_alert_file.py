"""Alerts files: what they say, their faults, and the lines that pages offer for them."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st

from indexer import FACET_FIELDS, ConfigError, Filter, Match, Query, Sort, YearRange, parse_query
from indexer.alerts.alert import Alert, Target
from indexer.alerts.alert_file import read_alerts
from tests.oracle import MemoryIndex
from tests.web.conftest import PAPERS
from tests.web.reading import read
from webui import create_app
from webui.urls.alert_lines import author_line, search_line, shelf_line
from webui.urls.query_params import Params

TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=30)
VALUES = st.lists(TEXT.filter(str.strip), max_size=3, unique=True).map(sorted).map(tuple)
YEAR = st.none() | st.integers(1, 9999)


def alerts_of(path: Path, text: str) -> tuple[Alert, ...]:
    path.write_text(text, "utf-8", newline="")
    return read_alerts(str(path)).alerts


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "alerts.yaml"


def test_what_an_alerts_file_says(path: Path) -> None:
    search, author, shelf, plain = alerts_of(
        path,
        """
mail: [a@example.org, b@example.org]
alerts:
  - {name: gossip, query: gossip learning, venue: [ICML, NeurIPS], year_from: 2020}
  - name: jaggi
    author_page: https://papers.example.org/author/martin-jaggi
    exact: true
    webhook: https://chat.example.org/hooks/secret
  - name: group
    title: Our  group
    shelf: [a, b]
    file: group.txt
  - {name: all, query: "", stdout: true}
""",
    )
    assert search.parameters == (
        ("q", "gossip learning"), ("venue", "ICML"), ("venue", "NeurIPS"), ("year_from", "2020"),
    )  # fmt: skip
    assert search.targets == (Target("mail", "a@example.org"), Target("mail", "b@example.org"))
    assert search.line == 4
    assert (author.page, author.subject, author.parameters) == (
        "author", "martin-jaggi", (("exact", "1"),),
    )  # fmt: skip
    assert "secret" not in author.targets[0].label + author.targets[0].key
    assert (shelf.title, shelf.parameters) == ("Our group", (("id", "a"), ("id", "b")))
    assert shelf.targets == (Target("file", str(path.parent / "group.txt")),)
    assert plain.parameters == (("q", ""),)


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("", "is empty; add a list `alerts:` (line 1)"),
        ("[1]", "expected the keys alerts"),
        ("alerts: [{query: a}]", "alerts.1: expected a name, such as `name: gossip`; add it"),
        ("alerts: [{name: a}]", "add `query:`, a filter, `author_page:` or `shelf:` (line 1)"),
        ("alerts:\n- {name: a/b, query: x}", "expected a name of letters, digits, dots"),
        ("alerts:\n- {name: a, query: x}\n- {name: A, query: y}", "'A' is already in line 2"),
        ("alerts: [{name: a, qery: x}]", "did you mean 'query'?"),
        ("alerts: [{name: a, shelf: [b], query: x}]", "query does not go with shelf"),
        ("alerts: [{name: a, shelf: []}]", "expected the ids of papers; got none"),
        ("alerts: [{name: a, query: {b: c}}]", "expected a text or a list of texts"),
        ("alerts: [{name: a, query: x, mail: 'b@c.de\\r\\nBcc: d@e.fg'}]", "such as me@example"),
        ('alerts: [{name: a, query: x, mail: "b@c.de\\nBcc: d@e.fg"}]', "such as me@example.org"),
        ("alerts: [{name: a, query: x, webhook: 'ftp://u:secret@x'}]", "begins with https://"),
        ("alerts: [{name: a, query: x, webhook: 'http://u:secret@x.org/'}]", "expected https://"),
        ("alerts: [{name: a, query: x, stdout: maybe}]", "expected true"),
        ("alerts: [{name: a, query: x, file: '-'}]", "write `stdout: true`"),
        ("alerts: [{name: a, query: x, file: /dev/stdout}]", "write `stdout: true`"),
        ("alerts: [{name: a, query: x, file: /dev/fd/1}]", "write `stdout: true`"),
        ("alerts: [{name: a, author_page: 'x?venue=y'}]", "expected no parameters"),
        ("alerts: [{name: a, query: !!python/object:os.system x}]", ""),
        ("alerts: [", "is not YAML in UTF-8"),
        ("alerts: [{name: a, query: b, query: c}]", "query is given twice; keep one"),
    ],
)
def test_every_fault_is_told_with_file_line_and_remedy(path: Path, text: str, fault: str) -> None:
    if not fault:  # a tag constructs nothing: it is a text like any other
        assert alerts_of(path, text)[0].parameters == (("q", "x"),)
        return
    with pytest.raises(ConfigError) as caught:
        alerts_of(path, text)
    told = str(caught.value)
    assert fault in told
    assert told.startswith(f"{path}: ")
    assert "(line " in told
    assert "secret" not in told


def test_a_file_that_is_not_there_is_told(path: Path) -> None:
    with pytest.raises(ConfigError, match="there is no such file"):
        read_alerts(str(path))


@st.composite
def queries(draw: st.DrawFn) -> Query:
    """Any state of the results page, as an address has it."""
    filters = []
    for field in FACET_FIELDS:
        one = Filter(field, draw(VALUES), draw(VALUES))
        if one.include or one.exclude:
            filters.append(one)
    low, high = sorted([draw(YEAR), draw(YEAR)], key=lambda year: (year is not None, year or 0))
    return parse_query(
        draw(TEXT),
        filters=tuple(filters),
        years=YearRange(low, high),
        match=draw(st.sampled_from(Match)),
        sort=draw(st.sampled_from([Sort.RELEVANCE, Sort.NEWEST, Sort.TITLE])),
    )


@given(query=queries())
def test_any_search_is_one_line_that_reads_back_as_the_same_search(
    query: Query, tmp_path_factory: pytest.TempPathFactory
) -> None:
    params = Params()
    line = search_line(query, params)
    assert line.isprintable() or not line.isascii()
    assert len(line.splitlines()) == 1
    path = tmp_path_factory.getbasetemp() / "line.yaml"
    (alert,) = alerts_of(path, f"alerts:\n{line}\n")
    asked = params.read(alert.parameters)
    assert not asked.faults
    assert asked.query == params.read(params.pairs(query)).query


@given(text=TEXT)
def test_lines_of_other_pages_read_back(
    text: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    path = tmp_path_factory.getbasetemp() / "line.yaml"
    pairs = (("venue", text), ("q", text), ("also", "tao-lin-0004"))
    (alert,) = alerts_of(path, f"alerts:\n{author_line('tao-lin/3', pairs)}\n")
    assert alert.subject == "tao-lin/3"
    assert sorted(alert.parameters) == sorted(pairs)
    (alert,) = alerts_of(path, f"alerts:\n{shelf_line(['a', text])}\n")
    assert alert.parameters == (("id", "a"), ("id", text))


@pytest.mark.parametrize("text", ["null", "NULL", "true", "no", "2020", "1e5", "~", "=", "<<"])
def test_words_of_yaml_are_names_and_queries_all_the_same(path: Path, text: str) -> None:
    (alert,) = alerts_of(path, f"alerts:\n{search_line(parse_query(text), Params())}\n")
    assert alert.parameters == (("q", text),)
    (alert,) = alerts_of(path, f"alerts:\n{author_line(text, [])}\n")
    assert alert.subject == text


@pytest.fixture(scope="module")
def client() -> FlaskClient:
    return create_app(index=MemoryIndex.of(PAPERS)).test_client()


def line_of(client: FlaskClient, address: str) -> dict[str, object]:
    """Returns the entry that a page offers, read as YAML."""
    text = read(client.get(address).text).one("code", class_="alert-entry").text
    (entry,) = yaml.safe_load(text)
    assert isinstance(entry, dict)
    return entry


def test_pages_show_the_line_that_watches_them(client: FlaskClient) -> None:
    assert line_of(client, "/search?q=federated+learning&venue=ICML&year_from=2019&page=1") == {
        "name": "federated-learning-icml-2019",
        "query": "federated learning",
        "venue": "ICML",
        "year_from": "2019",
    }
    assert line_of(client, "/search")["query"] == ""
    assert line_of(client, "/author/tao-lin?venue=ICML&view=full") == {
        "name": "tao-lin-icml",
        "author_page": "tao-lin",
        "venue": "ICML",
    }
    assert line_of(client, "/shelf?id=p1&id=p3") == {"name": "shelf", "shelf": ["p1", "p3"]}


def test_a_hostile_query_stays_text_on_the_page(client: FlaskClient) -> None:
    page = client.get("/search?q=learning+%3C/code%3E%3Cscript%3E").text
    assert "<script>" not in page.partition("alert-entry")[2]
