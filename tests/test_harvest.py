"""Harvesting from a small repository that runs in the test."""

from __future__ import annotations

import os
import re
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest

from indexer.build import check_dumps, read_papers
from indexer.errors import DumpError, OutputError
from indexer.harvest import harvest_reply
from indexer.harvest import oai_harvest as harvest_module
from indexer.harvest.oai_harvest import Harvest, harvest

DC = 'xmlns:dc="http://purl.org/dc/elements/1.1/"'


@dataclass
class Repository:
    """A provider with a page of two records a reply; it can be told to fail.

    Attributes:
        records: day of change by title; an empty title stands for a deleted record.
        faults: status codes to answer with, before it answers well.
        asked: the arguments of every request that was answered.
    """

    records: dict[str, str]
    faults: list[int] = field(default_factory=list)
    asked: list[dict[str, str]] = field(default_factory=list)
    fails_at: str = ""
    url: str = ""

    def reply(self, arguments: dict[str, str]) -> str:
        token = arguments.get("resumptionToken", "")
        if "old" in token:
            return self.wrapped('<error code="badResumptionToken">too old</error>')
        since, start = arguments.get("from", ""), 0
        if token:
            since, _, number = token.partition("/")
            start = int(number)
        wanted = [(title, day) for title, day in self.records.items() if day >= since]
        if not wanted:
            return self.wrapped('<error code="noRecordsMatch"/>')
        page = "".join(self.record(title, day) for title, day in wanted[start : start + 2])
        more = f"{since}/{start + 2}" if start + 2 < len(wanted) else ""
        return self.wrapped(
            f"<ListRecords>{page}<resumptionToken>{more}</resumptionToken></ListRecords>"
        )

    @staticmethod
    def record(title: str, day: str) -> str:
        header = f"<identifier>oai:x:{title}</identifier><datestamp>{day}</datestamp>"
        if title.startswith("gone"):
            return f'<record><header status="deleted">{header}</header></record>'
        dc = f"<dc:title>{title} &amp; ö</dc:title><dc:creator>Lee, Ann</dc:creator>"
        return f"<record><header>{header}</header><metadata><dc {DC}>{dc}</dc></metadata></record>"

    @staticmethod
    def wrapped(inside: str) -> str:
        return (
            '<?xml version="1.0" encoding="UTF-8"?>'
            '<OAI-PMH xmlns="http://www.openarchives.org/OAI/2.0/">'
            f"<responseDate>2024-03-05T10:00:00Z</responseDate>{inside}</OAI-PMH>"
        )


@pytest.fixture
def repository() -> Iterator[Repository]:
    days = ["2024-01-01", "2024-02-01", "2024-02-02", "2024-03-01", "2024-03-02"]
    provider = Repository(dict(zip(["a", "b", "gone", "c", "d"], days, strict=True)))

    class Answering(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked = {key: one[0] for key, one in parse_qs(urlsplit(self.path).query).items()}
            fails = provider.fails_at and asked.get("resumptionToken", "").endswith(
                provider.fails_at
            )
            if provider.faults or fails:
                self.send_response(provider.faults.pop(0) if provider.faults else 404)
                self.send_header("Retry-After", "0")
                self.end_headers()
                return
            provider.asked.append(asked)
            data = provider.reply(asked).encode()
            self.send_response(200)
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        def log_message(self, format: str, *args: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Answering)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    provider.url = f"http://127.0.0.1:{server.server_port}/oai"
    yield provider
    server.shutdown()
    thread.join()
    server.server_close()


def of(repository: Repository, **more: str) -> Harvest:
    return Harvest(repository.url, pause=0.0, timeout=10.0, **more)


def titles(path: Path) -> list[str]:
    return [one.title for one in read_papers([str(path)])]


def test_a_harvest_is_a_dump_of_all_replies(repository: Repository, tmp_path: Path) -> None:
    path = tmp_path / "all.xml"
    seen: list[int] = []

    report = harvest(of(repository), str(path), progress=seen.append)

    assert (report.records, report.requests, report.went_on) == (5, 3, False)
    assert seen == [2, 4, 5]
    assert titles(path) == ["a & ö", "b & ö", "c & ö", "d & ö"]
    checked = check_dumps([str(path)])
    assert not checked.skipped
    assert [one.deletions for one in checked.sources] == [1]
    assert repository.asked[0] == {"verb": "ListRecords", "metadataPrefix": "oai_dc"}
    assert repository.asked[1].keys() == {"verb", "resumptionToken"}


def test_the_next_harvest_asks_only_for_what_changed(
    repository: Repository, tmp_path: Path
) -> None:
    path = tmp_path / "all.xml"
    harvest(of(repository), str(path))
    repository.records["e"] = "2024-03-05"

    report = harvest(of(repository), str(path))

    assert (report.records, report.since) == (1, "2024-03-05")
    assert repository.asked[-1]["from"] == "2024-03-05"
    assert titles(path) == ["a & ö", "b & ö", "c & ö", "d & ö", "e & ö"]

    repository.records.clear()
    assert harvest(of(repository), str(path)).records == 0
    assert len(titles(path)) == 5


def test_a_harvest_that_was_cut_off_goes_on(repository: Repository, tmp_path: Path) -> None:
    path = tmp_path / "all.xml"
    repository.fails_at = "/2"

    with pytest.raises(DumpError, match="answers 404"):
        harvest(of(repository), str(path))
    assert titles(path) == ["a & ö", "b & ö"]

    with path.open("ab") as file:
        file.write(b"<record>what was written before the power went")
    repository.fails_at = ""
    report = harvest(of(repository), str(path))

    assert report.went_on
    assert titles(path) == ["a & ö", "b & ö", "c & ö", "d & ö"]


def test_a_busy_repository_is_asked_again(repository: Repository, tmp_path: Path) -> None:
    repository.faults = [503, 429]

    report = harvest(of(repository), str(tmp_path / "all.xml"))

    assert (report.records, report.requests) == (5, 5)


def test_one_that_stays_busy_is_given_up(
    repository: Repository, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    repository.faults = [503] * 99
    monkeypatch.setattr(harvest_module, "MOST_TRIES", 3)

    with pytest.raises(DumpError, match="answers 503"):
        harvest(of(repository), str(tmp_path / "all.xml"))
    assert len(repository.faults) == 96


def test_set_and_day_are_asked_for(repository: Repository, tmp_path: Path) -> None:
    what = of(repository, set="math", since="2024-03-01", prefix="oai_dc")

    assert harvest(what, str(tmp_path / "all.xml")).records == 2
    assert repository.asked[0]["set"] == "math"
    assert repository.asked[0]["from"] == "2024-03-01"


def test_an_error_of_the_repository_is_told(repository: Repository, tmp_path: Path) -> None:
    path = tmp_path / "all.xml"
    harvest(of(repository), str(path))
    state = Path(f"{path}.state.json")
    state.write_text(
        state.read_text(encoding="utf-8").replace('"token": ""', '"token": "old"'),
        encoding="utf-8",
    )

    without_date = re.sub(r'"latest": "[^"]*"', '"latest": ""', state.read_text("utf-8"))
    state.write_text(without_date, "utf-8")
    with pytest.raises(DumpError, match=r"badResumptionToken: too old; remove the state file"):
        harvest(of(repository), str(path))


def test_files_of_another_harvest_are_not_touched(repository: Repository, tmp_path: Path) -> None:
    path = tmp_path / "all.xml"
    harvest(of(repository), str(path))
    before = path.read_bytes()

    with pytest.raises(DumpError, match="belongs to a harvest of"):
        harvest(of(repository, set="math"), str(path))
    Path(f"{path}.state.json").write_text("{}", encoding="utf-8")
    with pytest.raises(DumpError, match="is not the state of a harvest"):
        harvest(of(repository), str(path))
    assert path.read_bytes() == before


@pytest.mark.parametrize("url", ["file:///etc/passwd", "ftp://x.org/oai", "nowhere", ""])
def test_only_addresses_of_the_web_are_asked(tmp_path: Path, url: str) -> None:
    with pytest.raises(DumpError, match="not the web address"):
        harvest(Harvest(url), str(tmp_path / "all.xml"))


def test_one_that_does_not_answer_is_an_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(harvest_module, "MOST_TRIES", 2)

    with pytest.raises(DumpError, match="does not answer"):
        harvest(Harvest("http://127.0.0.1:9/oai", pause=0.0), str(tmp_path / "all.xml"))


def test_what_is_no_repository_is_told(
    repository: Repository, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for reply, fault in (("<html/>", "no OAI-PMH repository"), ("<a", "a reply that is not XML")):
        monkeypatch.setattr(repository, "reply", lambda _, reply=reply: reply)
        with pytest.raises(DumpError, match=fault):
            harvest(of(repository), str(tmp_path / "all.xml"))


def test_a_reply_without_end_is_refused(
    repository: Repository, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(harvest_reply, "LARGEST_REPLY", 100)

    with pytest.raises(DumpError, match="a reply of over"):
        harvest(of(repository), str(tmp_path / "all.xml"))


@pytest.mark.parametrize("period", [1, 3])
def test_a_token_that_comes_again_ends_the_harvest(
    repository: Repository, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, period: int
) -> None:
    path = tmp_path / "all.xml"
    asked: list[str] = []

    def endless(arguments: dict[str, str]) -> str:
        asked.append(arguments.get("resumptionToken", ""))
        token = f"<resumptionToken>t{len(asked) % period}</resumptionToken>"
        record = repository.record("x", "2024-01-01")
        return repository.wrapped(f"<ListRecords>{record}{token}</ListRecords>")

    monkeypatch.setattr(repository, "reply", endless)

    for _ in range(2):  # the next harvest, which goes on, ends as well
        with pytest.raises(DumpError, match=r"gives the resumption token 't\d' again"):
            harvest(of(repository), str(path))
    assert len(asked) <= 3 * (period + 1)
    assert "x & ö" in titles(path)


def test_a_dump_without_its_state_is_not_written_over(
    repository: Repository, tmp_path: Path
) -> None:
    path = tmp_path / "all.xml"
    harvest(of(repository), str(path))
    before = path.read_bytes()
    Path(f"{path}.state.json").unlink()

    with pytest.raises(DumpError, match=r"all\.xml\.state\.json is gone"):
        harvest(of(repository), str(path))
    assert path.read_bytes() == before


def test_a_dump_that_its_state_does_not_fit_is_not_cut(
    repository: Repository, tmp_path: Path
) -> None:
    path = tmp_path / "all.xml"
    harvest(of(repository), str(path))
    whole = path.read_bytes()
    for other in (whole[:-200], whole.replace(b"&amp;", b"and", 1)):
        path.write_bytes(other)

        with pytest.raises(DumpError, match="is not as the harvest left it"):
            harvest(of(repository), str(path))
        assert path.read_bytes() == other


@pytest.mark.parametrize("dump", ["", None])
def test_a_state_file_of_someone_else_is_not_written_over(
    repository: Repository, tmp_path: Path, dump: str | None
) -> None:
    path = tmp_path / "all.xml"
    if dump is not None:
        path.write_text(dump, encoding="utf-8")
    state = Path(f"{path}.state.json")
    for text in ("my notes", '{"url": 1, "prefix": "a", "set": ""}', "[" * 100_000, "null"):
        state.write_text(text, encoding="utf-8")

        with pytest.raises(DumpError, match="is not the state of a harvest"):
            harvest(of(repository), str(path))
        assert state.read_text(encoding="utf-8") == text


@pytest.mark.parametrize("fault", [OSError(28, "No space left on device"), KeyboardInterrupt()])
def test_a_write_that_fails_leaves_the_dump_whole(
    repository: Repository,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    fault: BaseException,
) -> None:
    path = tmp_path / "all.xml"
    harvest(of(repository), str(path))
    before = path.read_bytes()
    repository.records["e"] = "2024-03-05"
    real, faults = os.fsync, [fault]

    def failing(handle: int) -> None:
        if faults:
            raise faults.pop()
        real(handle)

    with monkeypatch.context() as patched:
        patched.setattr(os, "fsync", failing)
        with pytest.raises((DumpError, KeyboardInterrupt)):
            harvest(of(repository), str(path))
    assert path.read_bytes() == before

    harvest(of(repository), str(path))
    assert titles(path) == ["a & ö", "b & ö", "c & ö", "d & ö", "e & ö"]


def test_the_first_write_may_fail_too(
    repository: Repository, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "all.xml"

    def killed(*_: object) -> None:
        path.write_bytes(harvest_module._HEAD + b"<record>half")
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(harvest_module, "_write_at", killed)
        with pytest.raises(KeyboardInterrupt):
            harvest(of(repository), str(path))

    assert harvest(of(repository), str(path)).records == 5
    assert titles(path) == ["a & ö", "b & ö", "c & ö", "d & ö"]


@pytest.mark.parametrize("name", ["-", "/dev/null", "/dev/stdout", ""])
def test_a_harvest_needs_a_file_to_go_on_with(repository: Repository, name: str) -> None:
    with pytest.raises(OutputError):
        harvest(of(repository), name)
    assert not repository.asked


def test_an_expired_token_goes_on_from_the_last_date(
    repository: Repository, tmp_path: Path
) -> None:
    path = tmp_path / "all.xml"
    harvest(of(repository), str(path))
    state = Path(f"{path}.state.json")
    state.write_text(state.read_text("utf-8").replace('"token": ""', '"token": "old"'), "utf-8")
    repository.records["e"] = "2024-03-09"
    said: list[str] = []

    report = harvest(of(repository), str(path), notice=said.append)

    assert report.records == 2
    assert repository.asked[-1]["from"] == "2024-03-02"
    assert "too old; going on from 2024-03-02" in said[0]


REPLY = Repository.wrapped(f"<ListRecords>{Repository.record('a', '2024-01-01')}</ListRecords>")
FAULTY_REPLIES = {
    "control character": REPLY.replace("a &amp;", "a \x0b &amp;").encode(),
    "bare ampersand": REPLY.replace("a &amp; ö", "Q&A &nbsp; a").encode(),
    "undecodable character": REPLY.encode().replace("ö".encode(), b"\xef"),
    "broken tag": REPLY.replace("</dc:creator>", "").encode(),
}


@pytest.mark.parametrize("fault", FAULTY_REPLIES)
def test_a_faulty_reply_is_mended_and_said(fault: str) -> None:
    said: list[str] = []

    reply = harvest_reply.parsed(FAULTY_REPLIES[fault], "http://x", said.append)

    assert "a" in "".join(reply.itertext())
    assert f"1 {fault}" in said[0]


@pytest.mark.parametrize("data", [b"", REPLY.encode()[:-30], b"<html><body>Sorry"])
def test_a_reply_that_is_cut_short_is_asked_for_again(data: bytes) -> None:
    with pytest.raises(harvest_reply.BrokenReply):
        harvest_reply.parsed(data, "http://x", lambda _: None)


def test_retry_after_may_be_a_date() -> None:
    later = format_datetime(datetime.now(UTC) + timedelta(seconds=90))
    assert 80 < harvest_reply.seconds_to_wait(later, 1.0) <= 90
    assert harvest_reply.seconds_to_wait("7", 1.0) == 7.0
    assert harvest_reply.seconds_to_wait("soon", 1.0) == 1.0
    assert harvest_reply.seconds_to_wait(None, 1.0) == 1.0


def test_metadata_that_no_format_reads_are_refused_at_once(
    repository: Repository, tmp_path: Path
) -> None:
    path = tmp_path / "all.xml"

    with pytest.raises(DumpError, match=r"metadata format marc21 is not read; harvest oai_dc"):
        harvest(of(repository, prefix="marc21"), str(path), is_readable=lambda _: False)

    assert not path.exists()
    assert len(repository.asked) == 1
