"""OAI-PMH: harvested by foreign clients and by our own, changed between two harvests, hostile."""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from itertools import product
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from flask.testing import FlaskClient
from lxml import etree
from oaipmh_scythe import Scythe
from oaipmh_scythe.models import Record
from sickle import Sickle
from werkzeug.serving import make_server

from indexer import CONFERENCE, Index, Paper, build_index, load_config, open_index
from indexer.generations.generation_history import GenerationHistory, PastPaper
from indexer.harvest.oai_harvest import Harvest, harvest
from tests.oracle import MemoryIndex
from tests.works_of_every_kind import EVERY
from webui import create_app
from webui.cli import quiver
from webui.oai.arguments import HarvestSelection, OaiError, read_set, write_set
from webui.oai.record_list import Position, RecordHeader, record_page
from webui.oai.resumption_token import ResumptionToken
from webui.views import oai

README = Path(__file__).resolve().parents[2] / "webui" / "README.md"
NS = {
    "o": "http://www.openarchives.org/OAI/2.0/",
    "dc": "http://purl.org/dc/elements/1.1/",
    "q": "https://pypi.org/project/quiver-search/paper/1",
}
HOSTILE = Paper(
    "evil/& <id>?x=1#y",
    "A ]]> title \x00\x0b\ufffe with <b>markup</b> & \u202ebidi\u202c",
    "<!DOCTYPE x [<!ENTITY y SYSTEM 'file:///etc/passwd'>]> &y; \ud800 \U0001f600",
    ("Ann ]]> Lee", "\x08"),
    "Proc. A/B: ümlaut ~ _",
    2020,
)


def many(count: int = 30) -> list[Paper]:
    return [
        Paper(
            f"p{number:05}",
            f"Paper number {number}",
            "Words.",
            ("Ann Lee",),
            "ICML",
            2020,
            CONFERENCE,
        )
        for number in range(count)
    ]


def ask(client: FlaskClient, **arguments: str) -> etree._Element:
    names = {"from_": "from", "prefix": "metadataPrefix", "token": "resumptionToken"}
    answer = client.get(
        "/oai", query_string={names.get(key, key): value for key, value in arguments.items()}
    )
    assert answer.status_code == 200
    assert answer.mimetype == "text/xml"
    return etree.fromstring(answer.data)


def code(root: etree._Element) -> str | None:
    error = root.find("o:error", NS)
    return None if error is None else error.get("code")


def texts(root: etree._Element, path: str) -> list[str]:
    return [str(one.text) for one in root.iterfind(path, NS)]


@contextmanager
def served(index: Index) -> Iterator[str]:
    server = make_server("127.0.0.1", 0, create_app(index=index), threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.port}/oai"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def write(index: Index, *papers: Paper, gone: tuple[str, ...] = ()) -> None:
    with index.writer() as writer:
        for paper in papers:
            writer.add(paper)
        for paper_id in gone:
            writer.delete(paper_id)


def next_second() -> None:
    time.sleep(1.01 - time.time() % 1)  # datestamps are no finer


@pytest.fixture(scope="module")
def index() -> MemoryIndex:
    return MemoryIndex.of([*EVERY, HOSTILE, *many()])


@pytest.fixture(scope="module")
def client(index: MemoryIndex) -> FlaskClient:
    return create_app(index=index).test_client()


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("", "badVerb"),
        ("verb=List", "badVerb"),
        ("verb=Identify&verb=Identify", "badVerb"),
        ("verb=Identify&x=1", "badArgument"),
        ("verb=ListRecords", "badArgument"),
        ("verb=GetRecord&metadataPrefix=oai_dc", "badArgument"),
        ("verb=ListRecords&metadataPrefix=oai_dc&set=a&set=b", "badArgument"),
        ("verb=ListRecords&metadataPrefix=marc", "cannotDisseminateFormat"),
        ("verb=ListRecords&metadataPrefix=oai_dc&from=2020", "badArgument"),
        ("verb=ListRecords&metadataPrefix=oai_dc&from=2020-02-30", "badArgument"),
        ("verb=ListRecords&metadataPrefix=oai_dc&from=2020-01-01&until=2019-01-01", "badArgument"),
        (
            "verb=ListRecords&metadataPrefix=oai_dc&from=2020-01-01&until=2020-02-02T00:00:00Z",
            "badArgument",
        ),
        ("verb=ListRecords&metadataPrefix=oai_dc&until=2019-01-01", "noRecordsMatch"),
        ("verb=ListRecords&metadataPrefix=oai_dc&from=2999-01-01T00:00:00Z", "noRecordsMatch"),
        ("verb=ListIdentifiers&metadataPrefix=oai_dc&set=venue-None", "noRecordsMatch"),
        ("verb=ListIdentifiers&metadataPrefix=oai_dc&set=nonsense", "noRecordsMatch"),
        ("verb=ListRecords&resumptionToken=x", "badResumptionToken"),
        ("verb=ListRecords&resumptionToken=%00%ff", "badResumptionToken"),
        ("verb=ListSets&resumptionToken=AAAA", "badResumptionToken"),
        ("verb=ListRecords&resumptionToken=x&set=venue-ICML", "badArgument"),
        ("verb=GetRecord&metadataPrefix=oai_dc&identifier=oai:x:y", "idDoesNotExist"),
        ("verb=GetRecord&metadataPrefix=x&identifier=oai:localhost:quiver/p00001",
         "cannotDisseminateFormat"),
        ("verb=ListMetadataFormats&identifier=oai:localhost:quiver/none", "idDoesNotExist"),
    ],
)  # fmt: skip
def test_every_error_has_its_code(client: FlaskClient, query: str, expected: str) -> None:
    for answer in (
        client.get(f"/oai?{query}"),
        client.post("/oai", data=query, content_type="application/x-www-form-urlencoded"),
    ):
        root = etree.fromstring(answer.data)
        assert answer.status_code == 200
        assert code(root) == expected
        asked = root.find("o:request", NS)
        assert asked is not None
        if expected in ("badVerb", "badArgument"):
            assert not asked.attrib
        assert answer.cache_control.no_store


@pytest.mark.parametrize("verb", ["ListRecords", "ListSets"])
@pytest.mark.parametrize(
    "forged",
    [
        {"cursor": "x"}, {"cursor": -5}, {"cursor": 10**30}, {"cursor": True}, {"total": []},
        {"position": Position((1, 2), (3, 4))}, {"position": Position(("a",), ("b",))},  # type: ignore[arg-type]
        {"position": Position(("\ud800", "\ud800"))}, {"generation": 7},
        {"selection": HarvestSelection("oai_dc", since=5)},  # type: ignore[arg-type]
        {"selection": HarvestSelection("oai_dc", venue=["ICML"])},  # type: ignore[arg-type]
    ],
)  # fmt: skip
def test_a_forged_token_is_none(
    client: FlaskClient, index: MemoryIndex, verb: str, forged: dict[str, Any]
) -> None:
    with index.searcher() as searcher:
        token = ResumptionToken(
            searcher.identity, searcher.generation, verb,
            HarvestSelection("oai_dc"), Position(), 0, 30,
        )  # fmt: skip
    assert code(ask(client, verb=verb, token=str(token))) is None
    answer = ask(client, verb=verb, token=str(replace(token, **forged)))
    assert code(answer) == "badResumptionToken"


def test_identify_says_what_the_settings_say(index: MemoryIndex) -> None:
    config = load_config(
        overrides={
            "web.title": "Papers & more",
            "web.public_url": "https://papers.example.org",
            "web.contact": "me@example.org",
        }
    )
    client = create_app(config, index=index).test_client()
    identify = ask(client, verb="Identify").find("o:Identify", NS)
    assert identify is not None
    told = {etree.QName(one).localname: one.text for one in identify}
    assert told["repositoryName"] == "Papers & more"
    assert told["baseURL"] == "https://papers.example.org/oai"
    assert told["adminEmail"] == "me@example.org"
    assert told["deletedRecord"] == "transient"
    assert told["earliestDatestamp"] == index._kept(None).info.built.replace("+00:00", "Z")
    assert b"oai:papers.example.org:quiver/" in etree.tostring(identify)
    off = load_config(overrides={"web.oai": False})
    assert create_app(off, index=index).test_client().get("/oai").status_code == 404


def test_sets_are_venues_and_read_back(client: FlaskClient) -> None:
    root = ask(client, verb="ListSets")
    sets = dict(zip(texts(root, ".//o:setSpec"), texts(root, ".//o:setName"), strict=True))
    assert sets["venue-ICML"] == "ICML"
    assert HOSTILE.venue in sets.values()
    for spec, venue in sets.items():
        assert read_set(spec) == venue
        assert texts(ask(client, verb="ListIdentifiers", prefix="oai_dc", set=spec),
                     ".//o:setSpec").count(spec) >= 1  # fmt: skip
    with pytest.raises(OaiError):
        read_set(write_set("x").replace("x", "~78~"))  # one spelling each


def test_hostile_records_stay_well_formed(client: FlaskClient) -> None:
    dc = ask(client, verb="ListRecords", prefix="oai_dc", set=write_set(HOSTILE.venue))
    assert texts(dc, ".//dc:title")[0].startswith("A ]]> title")
    identifier = texts(dc, ".//o:identifier")[0]
    assert identifier == "oai:localhost:quiver/evil/%26%20%3Cid%3E%3Fx=1%23y"
    whole = ask(client, verb="GetRecord", prefix="quiver", identifier=identifier)
    assert texts(whole, ".//q:id") == [HOSTILE.id]
    assert texts(whole, ".//q:abstract")[0].startswith("<!DOCTYPE x [")


def test_whole_papers_are_what_their_schema_says(client: FlaskClient) -> None:
    schema = etree.XMLSchema(etree.fromstring(client.get("/oai/paper.xsd").data))
    papers = ask(client, verb="ListRecords", prefix="quiver").findall(".//q:paper", NS)
    assert len(papers) == len(EVERY) + 31
    for paper in papers:
        schema.assertValid(paper)


def test_lists_come_in_parts_with_size_and_cursor(
    client: FlaskClient, index: MemoryIndex, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(oai, "HEADERS", 7)
    monkeypatch.setattr(oai, "SETS", 3)
    size = str(index._kept(None).info.papers)
    found: list[str] = []
    token, requests = "", 0
    while token or not requests:
        more = {"token": token} if token else {"prefix": "quiver"}
        root = ask(client, verb="ListIdentifiers", **more)
        element = root.find(".//o:resumptionToken", NS)
        assert element is not None
        assert element.get("completeListSize") == size
        assert element.get("cursor") == str(len(found))
        found += texts(root, ".//o:identifier")
        token, requests = element.text or "", requests + 1
        if token:
            assert code(ask(client, verb="ListRecords", token=token)) == "badResumptionToken"
            spoilt = token[:-3] + ("AAA" if token[-3:] != "AAA" else "BBB")
            assert code(ask(client, verb="ListIdentifiers", token=spoilt)) == "badResumptionToken"
    assert len(found) == len(set(found)) == int(size)
    sets = ask(client, verb="ListSets")
    part = sets.find(".//o:resumptionToken", NS)
    assert part is not None
    assert len(texts(ask(client, verb="ListSets", token=str(part.text)), ".//o:set")) == 3


def test_answers_are_tagged_and_compressed(client: FlaskClient) -> None:
    address = "/oai?verb=ListRecords&metadataPrefix=oai_dc"
    answer = client.get(address, headers={"Accept-Encoding": "gzip"})
    assert answer.headers["Content-Encoding"] == "gzip"
    assert answer.headers["Cache-Control"] == "no-cache"
    again = client.get(address, headers={"If-None-Match": answer.headers["ETag"]})
    assert again.status_code == 304
    assert not again.data


def test_foreign_clients_read_all_that_the_index_holds(
    index: MemoryIndex, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(oai, "RECORDS", 9)
    ids = {f"oai:127.0.0.1:quiver/{paper.id}" for paper in [*EVERY, *many()]}
    with served(index) as url:
        sickle = Sickle(url)
        assert sickle.Identify().deletedRecord == "transient"
        records = {one.header.identifier: one.metadata for one in
                   sickle.ListRecords(metadataPrefix="oai_dc")}  # fmt: skip
        assert ids <= records.keys()
        assert len(records) == len(ids) + 1
        with Scythe(url) as scythe:
            second: dict[str, Any] = {
                str(one.header.identifier): one.metadata
                for one in scythe.list_records(metadata_prefix="oai_dc")
                if isinstance(one, Record)
            }
            formats: list[Any] = list(scythe.list_metadata_formats())
            assert [one.metadataPrefix for one in formats] == ["oai_dc", "quiver"]
        assert {one: data["title"] for one, data in second.items()} == {
            one: data["title"] for one, data in records.items()
        }
    for paper in many():
        assert records[f"oai:127.0.0.1:quiver/{paper.id}"]["title"] == [paper.title]


def test_deletions_changes_and_rollbacks_are_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of a list begun before a publication the rest is that of the old generation."""
    monkeypatch.setattr(oai, "HEADERS", 10)
    index = MemoryIndex.of(many())
    client = create_app(index=index).test_client()
    begun = ask(client, verb="ListIdentifiers", prefix="oai_dc")
    next_second()
    write(index, replace(many()[3], title="Other"), gone=("p00025",))
    old = ask(client, verb="ListIdentifiers", token=texts(begun, ".//o:resumptionToken")[0])
    assert len(texts(old, ".//o:identifier")) == 10
    stamp = index._kept(None).info.built.replace("+00:00", "Z")
    changed = ask(client, verb="ListIdentifiers", prefix="oai_dc", from_=stamp, set="venue-ICML")
    ids = ["oai:localhost:quiver/p00003", "oai:localhost:quiver/p00025"]
    assert texts(changed, ".//o:identifier") == ids
    assert changed.xpath("//o:header[@status='deleted']/o:datestamp/text()", namespaces=NS) == [
        stamp
    ]
    gone = ask(client, verb="GetRecord", prefix="oai_dc", identifier=ids[1])
    assert gone.find(".//o:metadata", NS) is None
    assert code(gone) is None

    next_second()
    index.rollback()
    stamp = index._kept(None).info.built.replace("+00:00", "Z")
    back = ask(client, verb="ListIdentifiers", prefix="oai_dc", from_=stamp)
    assert texts(back, ".//o:identifier") == ids
    assert not back.xpath("//@status")
    every = ask(client, verb="ListIdentifiers", prefix="oai_dc")
    token = every.find(".//o:resumptionToken", NS)
    assert token is not None
    assert token.get("completeListSize") == "30"


def test_what_was_harvested_builds_the_same_papers(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Build, serve, harvest, build; then an update with a deletion, and the same again."""
    monkeypatch.setattr(oai, "RECORDS", 5)
    source = MemoryIndex.of([*EVERY, *many(12)])
    copy = open_index(str(tmp_path / "copy"))
    dump = str(tmp_path / "harvest.xml")
    documented = re.search(r"^quiver (harvest .*/oai .*)$", README.read_text("utf-8"), re.MULTILINE)
    assert documented is not None

    def cut_off(_: int) -> None:
        raise KeyboardInterrupt

    with served(source) as url:
        with pytest.raises(KeyboardInterrupt):
            harvest(Harvest(url, prefix="quiver", pause=0.0), dump, progress=cut_off)
        told = documented[1].replace("http://localhost:8000/oai", url).replace("copy.xml", dump)
        run = CliRunner().invoke(quiver(), [*told.split(), "--pause", "0"])
        assert run.exit_code == 0, run.output
        assert f"{len(EVERY) + 12 - 5} records" in run.output
        what = Harvest(url, prefix="quiver", pause=0.0)
        build_index([dump], copy)
        _assert_equal(source, copy)
        next_second()
        write(source, replace(many()[1], abstract="Other words."), gone=("p00002",))
        harvest(what, dump)
        build_index([dump], copy, rebuild=False)
        _assert_equal(source, copy)
        build_index([dump], copy)
        _assert_equal(source, copy)


def _assert_equal(source: MemoryIndex, copy: Index) -> None:
    with copy.searcher() as searcher:
        assert searcher.info().papers == source._kept(None).info.papers
        for paper_id, paper in source._kept(None).papers.items():
            found = searcher.get(paper_id)
            assert found is not None
            assert replace(found, source="") == replace(paper, source="")


def test_history_outlives_generations_and_rebuilds(tmp_path: Path) -> None:
    """With two kept generations, of six builds, all deletions are known to the last one."""
    config = load_config(overrides={"build.keep": 2})
    index = open_index(str(tmp_path / "index"), config=config)
    dump = tmp_path / "dump.jsonl"
    for count in range(6, 0, -1):
        lines = [f'{{"id": "p{number}", "title": "Paper {number}"}}\n' for number in range(count)]
        dump.write_text("".join(lines))
        build_index([str(dump)], index)
    client = create_app(config, index=index).test_client()
    root = ask(client, verb="ListIdentifiers", prefix="oai_dc")
    found = root.xpath("//o:header[@status='deleted']/o:identifier/text()", namespaces=NS)
    assert sorted(found) == [f"oai:localhost:quiver/p{number}" for number in range(1, 6)]
    assert len(texts(root, ".//o:identifier")) == 6


def test_a_token_expires_with_its_generation(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(oai, "RECORDS", 2)
    config = load_config(overrides={"build.keep": 2})
    index = open_index(str(tmp_path / "index"), config=config)
    write(index, *many(5))
    client = create_app(config, index=index).test_client()
    begun = ask(client, verb="ListRecords", prefix="quiver")
    token = texts(begun, ".//o:resumptionToken")[0]
    write(index, *many(6))
    assert len(texts(ask(client, verb="ListRecords", token=token), ".//o:identifier")) == 2
    write(index, *many(7))
    assert code(ask(client, verb="ListRecords", token=token)) == "badResumptionToken"


def test_a_part_goes_on_where_the_one_before_ended() -> None:
    """Whatever the selection, parts of any size add up to the whole list, in its order."""
    index = MemoryIndex.of(many(6))
    times = ["2030-01-01T00:00:00+00:00", "2030-01-02T00:00:00+00:00", "2030-01-03T00:00:00+00:00"]
    past = {f"x{n}": PastPaper(times[n * 7 % 3], ("ICML", "KDD")[n % 2]) for n in range(9)}
    restored = {"p00001": PastPaper(times[1], "ICML", "2030-01-02T00:00:00+00:00")}
    history = GenerationHistory((("g1", times[0]),), past, restored)
    with index.searcher() as searcher:
        for since, until, venue in product(("", times[1]), ("", times[1]), ("", "KDD")):
            selection = HarvestSelection("oai_dc", venue, since, until)
            headers: list[RecordHeader] = []
            position: Position | None = Position()
            while position is not None:
                page = record_page(searcher, history, selection, position, 2)
                headers, position = [*headers, *page.headers], page.position
            gone = {name for name, paper in past.items() if venue in ("", paper.venue)
                    and since <= paper.time and (not until or paper.time <= until)}  # fmt: skip
            assert {header.paper_id for header in headers if header.is_deleted} == gone
            assert [header.datestamp for header in headers] == sorted(
                header.datestamp for header in headers
            )
            assert len(headers) == len({header.paper_id for header in headers})
