"""The verb harvest, against a small repository that runs in the test."""

from __future__ import annotations

import json
import socket
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from click.testing import CliRunner, Result

from indexer.harvest.harvest_reply import FIRST_TRIES
from webui.cli import quiver

DC = "http://purl.org/dc/elements/1.1/"
Asked = list[dict[str, str]]


def reply(arguments: dict[str, str]) -> str:
    """Answer with one record, and with a second one when asked for the rest."""
    number = arguments.get("resumptionToken", "1")
    more = "" if number == "2" else "<resumptionToken>2</resumptionToken>"
    return (
        '<OAI-PMH xmlns="http://www.openarchives.org/OAI/2.0/">'
        "<responseDate>2024-03-05T10:00:00Z</responseDate><ListRecords><record><header>"
        f"<identifier>oai:x:{number}</identifier></header><metadata><dc xmlns:dc='{DC}'>"
        f"<dc:title>Bees {number}</dc:title></dc></metadata></record>{more}</ListRecords></OAI-PMH>"
    )


@pytest.fixture
def asked() -> Asked:
    """The arguments of every request."""
    return []


@pytest.fixture
def url(asked: Asked) -> Iterator[str]:
    """Address of the repository while it runs."""

    class Answering(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            said = parse_qs(urlsplit(self.path).query).items()
            asked.append({key: one[0] for key, one in said})
            data = reply(asked[-1]).encode()
            self.send_response(200)
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        def log_message(self, format: str, *args: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Answering)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/oai"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture(autouse=True)
def inside(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Run in an empty folder."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("QUIVER_INDEX", raising=False)
    monkeypatch.delenv("QUIVER_CONFIG", raising=False)


def run(*words: str, code: int = 0) -> Result:
    ran = CliRunner().invoke(quiver(), list(words))
    assert ran.exit_code == code, ran.output
    assert ran.exception is None or isinstance(ran.exception, SystemExit), ran.exception
    return ran


def test_a_harvest_is_reported_and_can_be_built(url: str, asked: Asked) -> None:
    options = ("--prefix", "oai_dc", "--set", "insects", "--since", "2024-01-31", "--pause", "0")
    told = run("harvest", url, "bees.xml", *options).stdout

    assert told == (
        "2 records changed since 2024-01-31 fetched into bees.xml with 2 requests.\n"
        "`quiver update bees.xml` adds them to the index.\n"
    )
    assert asked[0] == {
        "verb": "ListRecords",
        "metadataPrefix": "oai_dc",
        "set": "insects",
        "from": "2024-01-31",
    }
    report = json.loads(run("build", "bees.xml", "--json").stdout)
    assert (report["papers"], report["skipped"]) == (2, [])


def test_the_second_harvest_begins_on_the_day_of_the_first(url: str, asked: Asked) -> None:
    run("harvest", url, "bees.xml", "--pause", "0")
    told = json.loads(run("harvest", url, "bees.xml", "--pause", "0", "--json").stdout)
    assert told == {
        "file": "bees.xml",
        "records": 2,
        "requests": 2,
        "went_on": False,
        "since": "2024-03-05",
    }
    assert "from" not in asked[0]
    assert asked[2]["from"] == "2024-03-05"


def test_a_file_that_is_no_harvest_is_not_written_over(url: str) -> None:
    Path("mine.bib").write_text("@article{mine}", encoding="utf-8")
    told = run("harvest", url, "mine.bib", code=1).stderr
    assert "mine.bib: already exists" in told
    assert Path("mine.bib").read_text(encoding="utf-8") == "@article{mine}"


@pytest.mark.parametrize("day", ["yesterday", "2024-02-30", "20240131", "2024-W05-3"])
def test_a_day_that_is_none_is_misuse(day: str) -> None:
    told = run("harvest", "http://127.0.0.1:9/oai", "x.xml", "--since", day, code=2).stderr
    assert f"got '{day}'" in told


def test_an_address_of_nothing_is_told() -> None:
    assert "not the web address" in run("harvest", "file:///etc/passwd", "x.xml", code=1).stderr
    assert not Path("x.xml").exists()


def test_a_dead_address_is_given_up_soon_and_not_in_silence(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    ran = CliRunner().invoke(
        quiver(),
        ["harvest", f"http://127.0.0.1:{port}/oai", str(tmp_path / "a.xml"), "--pause", "0"],
    )
    assert ran.exit_code == 1
    assert ran.stderr.count("trying again in 0 s") == FIRST_TRIES - 1
    assert "is the address right?" in ran.stderr
    assert not list(tmp_path.iterdir())


def test_ctrl_c_keeps_what_came_and_says_so(
    url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(seconds: float) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(time, "sleep", interrupted)
    arguments = ["harvest", url, str(tmp_path / "a.xml"), "--pause", "0"]
    stopped = CliRunner().invoke(quiver(), arguments)
    assert (stopped.exit_code, "resumes" in stopped.stderr) == (1, True)
    monkeypatch.undo()
    went_on = CliRunner().invoke(quiver(), [*arguments, "--json"])
    report = json.loads(went_on.stdout)
    assert (report["went_on"], report["records"]) == (True, 1)


def test_ctrl_c_in_a_build_leaves_the_index_as_it_was(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    dump = tmp_path / "a.jsonl"
    dump.write_text('{"title": "Bees and ants"}\n', encoding="utf-8")
    command = ["--index", str(tmp_path / "index"), "build", str(dump)]
    assert CliRunner().invoke(quiver(), command).exit_code == 0
    before = sorted((tmp_path / "index").rglob("*"))

    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("indexer.backends.whoosh.indexing.writer.collect_stats", interrupted)
    stopped = CliRunner().invoke(quiver(), command)
    assert stopped.exit_code == 1
    assert stopped.stderr.splitlines()[-1] == "Error: stopped; no file is left half written"
    assert sorted((tmp_path / "index").rglob("*")) == before
