"""Harvesting public REST interfaces: replies in their documented shapes, served on loopback."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from click.testing import CliRunner

from indexer.build import read_papers
from indexer.errors import DumpError
from indexer.harvest.harvest_reply import fetched
from indexer.harvest.rest_harvest import RestReport, harvest_rest
from indexer.harvest.rest_sources import REST_SOURCES, RestQuery
from webui.cli import quiver

Arguments = dict[str, str]
TITLES = ["Gossip sums", "Gossip means", "Gossip medians"]


@dataclass
class Interface:
    """One interface with three papers, one a page; it can be told to fail.

    Attributes:
        reply: makes the body of a page from path, arguments and its titles.
        faults: status codes to answer with, before it answers well; 1 cuts the reply.
        asked: path and arguments of every request.
        agents: the User-Agent of every request.
    """

    reply: Callable[[str, Arguments, list[str]], str]
    titles: list[str] = field(default_factory=lambda: list(TITLES))
    faults: list[int] = field(default_factory=list)
    asked: list[tuple[str, Arguments]] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)
    url: str = ""


def page_of(token: str, titles: list[str], first: str = "*") -> tuple[list[str], str]:
    """The titles of a page and the token of the next one."""
    at = 0 if token in ("", first) else int(token.removeprefix("t"))
    return titles[at : at + 1], f"t{at + 1}" if at + 1 < len(titles) else ""


def openalex(path: str, asked: Arguments, titles: list[str]) -> str:
    if "cursor" in asked:
        shown, token = page_of(asked["cursor"], titles)
    else:
        at = int(asked["page"]) - 1
        shown, token = titles[at : at + 1], ""
    works = [
        {
            "id": f"https://openalex.org/W{100 + TITLES.index(one)}",
            "display_name": one,
            "title": one,
            "publication_year": 2024,
            "authorships": [{"author": {"display_name": "Ann Ace"}, "raw_author_name": "Ann Ace"}],
        }
        for one in shown
    ]
    count = 100 * len(titles) if "page" in asked else len(titles)
    return json.dumps({"meta": {"count": count, "next_cursor": token or None}, "results": works})


def crossref(path: str, asked: Arguments, titles: list[str]) -> str:
    shown, token = page_of(asked["cursor"], titles)
    items = [
        {"DOI": f"10.1000/{TITLES.index(one)}", "title": [one], "type": "journal-article",
         "author": [{"given": "Ann", "family": "Ace"}], "issued": {"date-parts": [[2024]]}}
        for one in shown
    ]  # fmt: skip
    # Crossref gives a cursor for ever; a page without items is the end.
    return json.dumps({"status": "ok", "message": {"items": items, "next-cursor": token or "t9"}})


def europepmc(path: str, asked: Arguments, titles: list[str]) -> str:
    shown, token = page_of(asked["cursorMark"], titles)
    results = [
        {"id": str(1 + TITLES.index(one)), "source": "MED", "pmid": str(1 + TITLES.index(one)),
         "title": one, "authorString": "Ace A.", "pubYear": "2024",
         "firstPublicationDate": "2024-01-01"}
        for one in shown
    ]  # fmt: skip
    return json.dumps(
        {"nextCursorMark": token or asked["cursorMark"], "resultList": {"result": results}}
    )


def pubmed(path: str, asked: Arguments, titles: list[str]) -> str:
    if path.endswith("esearch.fcgi"):
        found = {"count": str(200 * len(titles)), "webenv": "MCID_1", "querykey": "1"}
        return json.dumps({"header": {}, "esearchresult": found})
    one = titles[int(asked["retstart"]) // 200]
    return (
        '<?xml version="1.0" ?><PubmedArticleSet>\n<PubmedArticle><MedlineCitation>'
        f"<PMID>{1 + TITLES.index(one)}</PMID>\n<Article><ArticleTitle>{one}</ArticleTitle>"
        "<Journal><Title>Kites</Title></Journal></Article></MedlineCitation></PubmedArticle>"
        "</PubmedArticleSet>"
    )


def semanticscholar(path: str, asked: Arguments, titles: list[str]) -> str:
    shown, token = page_of(asked.get("token", ""), titles)
    data = [
        {"paperId": f"{TITLES.index(one):040x}", "title": one, "year": 2024,
         "externalIds": {"CorpusId": 7}, "authors": [{"authorId": "1", "name": "Ann Ace"}]}
        for one in shown
    ]  # fmt: skip
    return json.dumps({"total": len(titles), "token": token or None, "data": data})


def arxiv(path: str, asked: Arguments, titles: list[str]) -> str:
    at = int(asked["start"])
    entries = "".join(
        f"<entry><id>http://arxiv.org/abs/2401.0000{TITLES.index(one)}v1</id>"
        f"<updated>2024-01-0{9 - TITLES.index(one)}T00:00:00Z</updated>\n"
        f"<published>2024-01-01T00:00:00Z</published><title>{one}</title>"
        "<summary>On gossip.</summary><author><name>Ann Ace</name></author></entry>"
        for one in titles[at : at + 1]
    )
    return (
        '<?xml version="1.0" encoding="UTF-8"?><feed xmlns="http://www.w3.org/2005/Atom" '
        'xmlns:opensearch="http://a9.com/-/spec/opensearch/1.1/">'
        f"<opensearch:totalResults>{len(titles)}</opensearch:totalResults>{entries}</feed>"
    )


def openreview(path: str, asked: Arguments, titles: list[str]) -> str:
    at = int(asked["offset"])
    notes = [
        {"id": f"abcdef{TITLES.index(one)}", "forum": f"abcdef{TITLES.index(one)}",
         "invitations": ["ICLR.cc/2024/Conference/-/Submission"], "pdate": 1705408533000,
         "content": {"title": {"value": one}, "abstract": {"value": "On gossip."},
                     "authors": {"value": ["Ann Ace"]}, "authorids": {"value": ["~Ann_Ace1"]},
                     "venue": {"value": "ICLR 2024 poster"}, "pdf": {"value": "/pdf/x.pdf"}}}
        for one in titles[at : at + 1]
    ]  # fmt: skip
    return json.dumps({"notes": notes, "count": len(titles)})


REPLIES = {
    one.__name__: one
    for one in (openalex, crossref, europepmc, pubmed, semanticscholar, arxiv, openreview)
}


@pytest.fixture
def serve() -> Iterator[Callable[[str], Interface]]:
    servers: list[tuple[ThreadingHTTPServer, threading.Thread]] = []

    def begin(name: str) -> Interface:
        interface = Interface(REPLIES[name])

        class Answering(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                parts = urlsplit(self.path)
                asked = {key: one[0] for key, one in parse_qs(parts.query).items()}
                interface.headers.append(dict(self.headers))
                fault = interface.faults.pop(0) if interface.faults else 200
                interface.asked.append((parts.path, asked))
                data = interface.reply(parts.path, asked, interface.titles).encode()
                self.send_response(200 if fault == 1 else fault)
                if fault >= 400:
                    self.send_header("Retry-After", "0")
                self.send_header("Content-Length", str(len(data) + (fault == 1)))
                self.end_headers()
                self.wfile.write(data)

            def log_message(self, format: str, *args: object) -> None:
                """Say nothing."""

        server = ThreadingHTTPServer(("127.0.0.1", 0), Answering)
        thread = threading.Thread(target=server.serve_forever, args=(0.02,))
        thread.start()
        servers.append((server, thread))
        interface.url = f"http://127.0.0.1:{server.server_port}"
        return interface

    yield begin
    for server, thread in servers:
        server.shutdown()
        thread.join()
        server.server_close()


def run(name: str, interface: Interface, path: Path, **more: Any) -> RestReport:
    said: list[str] = more.pop("said", [])
    query = RestQuery("gossip", **more)
    return harvest_rest(
        REST_SOURCES[name], query, str(path), base=interface.url, pause=0, notice=said.append
    )


def titles(path: Path) -> list[str]:
    return [paper.title for paper in read_papers([str(path)])]


@pytest.mark.parametrize("name", REPLIES)
def test_all_pages_become_a_dump_that_build_reads(
    name: str, serve: Callable[[str], Interface], tmp_path: Path
) -> None:
    interface, path = serve(name), tmp_path / "out.jsonl"

    report = run(name, interface, path, contact="me@example.org")

    assert report.records == 3
    assert titles(path) == TITLES
    assert all("mailto:me@example.org" in one["User-Agent"] for one in interface.headers)

    again = run(name, interface, path)

    assert (again.records, again.known) == (0, 3) if name != "arxiv" else again.records == 0
    assert titles(path) == TITLES


@pytest.mark.parametrize("name", REPLIES)
def test_a_harvest_that_was_cut_off_goes_on(
    name: str, serve: Callable[[str], Interface], tmp_path: Path
) -> None:
    interface, path = serve(name), tmp_path / "out.jsonl"
    interface.faults = [200, 503, 1, 200, 403]  # busy, cut short, then refused for good
    said: list[str] = []

    with pytest.raises(DumpError, match="403"):
        run(name, interface, path, said=said)

    assert len(said) == 2
    first = titles(path) if path.stat().st_size else []
    went_on = run(name, interface, path)
    assert went_on.went_on
    assert went_on.records == 3 - len(first)
    assert titles(path) == TITLES


def test_a_token_that_is_forgotten_begins_the_list_again(
    serve: Callable[[str], Interface], tmp_path: Path
) -> None:
    interface, path = serve("crossref"), tmp_path / "out.jsonl"
    interface.faults = [200, 404]
    said: list[str] = []

    report = run("crossref", interface, path, said=said)

    assert (report.records, report.known) == (3, 1)
    assert "starting it again" in said[0]
    assert titles(path) == TITLES


def test_a_list_that_is_forgotten_again_and_again_is_given_up(
    serve: Callable[[str], Interface], tmp_path: Path
) -> None:
    interface, path = serve("crossref"), tmp_path / "out.jsonl"
    interface.faults = [200, 404] * 3
    with pytest.raises(DumpError, match="does not give its list to the end"):
        run("crossref", interface, path)
    assert len(interface.asked) == 4
    interface.faults.clear()
    assert run("crossref", interface, path).went_on
    assert titles(path) == TITLES


@pytest.mark.parametrize(
    ("name", "body"),
    [
        ("pubmed", '{"esearchresult": {"count": "many"}}'),
        ("pubmed", '{"esearchresult": {"count": [1]}}'),
        ("arxiv", "\x00"),
        ("arxiv", "<feed><totalResults>many</totalResults></feed>"),
        ("openalex", "[1]"),
    ],
)
def test_a_reply_of_another_form_is_no_traceback(
    name: str, body: str, serve: Callable[[str], Interface], tmp_path: Path
) -> None:
    interface = serve(name)
    interface.reply = lambda *_: body
    with pytest.raises(DumpError, match="answers with a reply"):
        run(name, interface, tmp_path / "out")


def test_a_token_that_is_none_of_the_sources_begins_the_list_again(
    serve: Callable[[str], Interface], tmp_path: Path
) -> None:
    interface, path = serve("pubmed"), tmp_path / "out.xml"
    run("pubmed", interface, path)
    state = Path(f"{path}.state.json")
    state.write_text(json.dumps(json.loads(state.read_text()) | {"token": "x"}))
    assert run("pubmed", interface, path).known == 3


def test_a_key_is_not_sent_where_a_reply_redirects_to() -> None:
    keys: list[str | None] = []

    class Redirecting(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            keys.append(self.headers.get("X-Api-Key"))
            self.send_response(302 if len(keys) == 1 else 200)
            self.send_header("Location", "/elsewhere")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Redirecting) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        fetched(f"http://127.0.0.1:{server.server_port}/", 5.0, {"X-Api-Key": "secret"})
        server.shutdown()
    assert keys == ["secret", None]


CHANGES = {
    "openalex": ("filter", "from_updated_date:2024-02-01"),
    "crossref": ("filter", "from-index-date:2024-02-01"),
    "europepmc": ("query", "(gossip) AND (UPDATE_DATE:[2024-02-01 TO 3000-12-31])"),
    "pubmed": ("mindate", "2024/02/01"),
}


@pytest.mark.parametrize("name", CHANGES)
def test_only_changes_are_asked_for(
    name: str, serve: Callable[[str], Interface], tmp_path: Path
) -> None:
    interface, path = serve(name), tmp_path / "out.jsonl"
    where, written = CHANGES[name]
    run(name, interface, path, since="2024-02-01", key="secret")
    assert interface.asked[0][1][where] == written

    interface.asked.clear()
    run(name, interface, path, key="secret")
    state = Path(f"{path}.state.json").read_text()
    day = json.loads(state)["asked"]
    assert (day.replace("-", "/") if name == "pubmed" else day) in interface.asked[0][1][where]
    assert "secret" not in state


def test_changes_told_to_subscribers_only_are_the_whole_list_to_others(
    serve: Callable[[str], Interface], tmp_path: Path
) -> None:
    interface, path, said = serve("openalex"), tmp_path / "out.jsonl", list[str]()
    run("openalex", interface, path, key="free")
    whole = interface.reply

    def gated(path: str, asked: Arguments, some: list[str]) -> str:
        if "from_updated_date" in asked.get("filter", ""):
            return '{"error": "Plan upgrade required"}'
        return whole(path, asked, some)

    interface.reply, interface.faults = gated, [429]
    interface.titles.append("Gossip modes")
    TITLES.append("Gossip modes")
    try:
        report = run("openalex", interface, path, key="free", said=said)
    finally:
        TITLES.pop()

    assert (report.records, report.known, report.since) == (1, 3, "")
    assert said == ["OpenAlex tells changes to subscribers only; reading the whole list"]


def test_arxiv_is_read_only_as_far_back_as_things_changed(
    serve: Callable[[str], Interface], tmp_path: Path
) -> None:
    interface = serve("arxiv")
    report = run("arxiv", interface, tmp_path / "x.xml", since="2024-01-09")
    assert report.records == 2  # the second says that nothing after it is newer
    assert len(interface.asked) == 2


def test_a_changed_record_is_added_and_replaces_the_old_one(
    serve: Callable[[str], Interface], tmp_path: Path
) -> None:
    interface, path = serve("openreview"), tmp_path / "out.jsonl"
    run("openreview", interface, path)
    first = interface.reply
    interface.reply = lambda path, asked, some: first(path, asked, some).replace("sums", "totals")

    assert run("openreview", interface, path).records == 1
    by_id = {paper.id: paper.title for paper in read_papers([str(path)])}
    assert sorted(by_id.values()) == ["Gossip means", "Gossip medians", "Gossip totals"]


@pytest.mark.parametrize(
    ("name", "many", "fault"),
    [("openalex", 101, "get a key"), ("pubmed", 50, "ask for fewer at a time")],
)
def test_a_list_that_the_source_would_cut_is_refused(
    name: str, many: int, fault: str, serve: Callable[[str], Interface], tmp_path: Path
) -> None:
    interface = serve(name)
    interface.titles = [TITLES[0]] * many
    with pytest.raises(DumpError, match=fault):
        run(name, interface, tmp_path / "out.jsonl")


def test_a_list_without_end_is_stopped(serve: Callable[[str], Interface], tmp_path: Path) -> None:
    interface = serve("semanticscholar")
    interface.reply = lambda *_: json.dumps({"token": "t1", "data": [{"title": "x"}]})
    with pytest.raises(DumpError, match="a list without end"):
        run("semanticscholar", interface, tmp_path / "out.jsonl")


def test_the_file_of_another_harvest_or_of_none_is_left_alone(
    serve: Callable[[str], Interface], tmp_path: Path
) -> None:
    interface, path = serve("openreview"), tmp_path / "out.jsonl"
    path.write_text("precious\n")
    with pytest.raises(DumpError, match="comes from no harvest"):
        run("openreview", interface, path)
    path.unlink()
    run("openreview", interface, path)
    with pytest.raises(DumpError, match="belongs to a harvest of openreview"):
        run("crossref", serve("crossref"), path)


def test_the_command_asks_with_key_and_contact_of_the_environment(
    serve: Callable[[str], Interface], tmp_path: Path
) -> None:
    interface, path = serve("semanticscholar"), tmp_path / "out.jsonl"
    command = ["harvest", "semanticscholar", str(path), "--query", "gossip", "--pause", "0"]
    ran = CliRunner().invoke(
        quiver(),
        [*command, "--endpoint", interface.url],
        env={"QUIVER_HARVEST_KEY": "secret", "QUIVER_CONTACT": "me@example.org"},
    )
    assert ran.exit_code == 0, ran.output
    assert "3 records fetched into" in ran.output
    assert interface.headers[0]["X-Api-Key"] == "secret"
    assert "me@example.org" in interface.headers[0]["User-Agent"]
    assert "secret" not in path.read_text() + Path(f"{path}.state.json").read_text() + ran.output


@pytest.mark.parametrize(
    ("arguments", "fault"),
    [
        (["openalax", "x"], "openalex, crossref"),
        (["pubmed", "x"], "add --query"),
        (["pubmed", "x", "--query", "a", "--set", "b"], "are for OAI-PMH"),
        (["https://x.org/oai", "x", "--query", "a"], "are for public interfaces"),
        (["crossref", "x", "--query", "a", "--key", "a\nb"], "one line"),
    ],
)
def test_what_does_not_fit_together_is_said(arguments: list[str], fault: str) -> None:
    ran = CliRunner().invoke(quiver(), ["harvest", *arguments])
    assert ran.exit_code == 2
    assert fault in ran.output
