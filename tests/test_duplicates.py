"""Decisions about duplicates, deletions by the source, and the flow of records they make."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from indexer import DuplicateDecisions, build_index, decisions_of, flow_json, flow_of, open_index
from indexer.errors import ConfigError, DumpError
from indexer.intake.duplicates_file import DEFAULT_FILE, read_decisions
from indexer.query import Query
from indexer.related.duplicates import SameWork
from indexer.search import Index
from webui.app import create_app
from webui.cli import quiver

ABSTRACT = "Gossip spreads a sum over a network of nodes without a server in between."
PAPERS = [
    {"id": "a", "title": "Gossip of many sums", "authors": ["Ann Ace"], "year": 2019},
    {"id": "b", "title": "Gossip of many sums", "authors": ["Ann Ace"], "year": 2020},
    {"id": "c", "title": "Another thing", "authors": ["Bob Bay"], "year": 2020},
]
ONE = DuplicateDecisions((SameWork(("a", "b"), "b", "journal version"),))


def dump(folder: Path, name: str, papers: list[dict[str, object]]) -> str:
    path = folder / name
    lines = (json.dumps(one | {"abstract": ABSTRACT}) for one in papers)
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return str(path)


def ids(index: Index) -> set[str]:
    with index.searcher() as searcher:
        return set(searcher.ids(Query()))


def flow(index: Index) -> dict[str, object]:
    with index.searcher() as searcher:
        return flow_json(flow_of(searcher), searcher.info().papers)


def test_of_the_same_works_only_the_preferred_paper_is_built(tmp_path: Path) -> None:
    index = open_index(tmp_path / "index")
    source = dump(tmp_path, "x.jsonl", [*PAPERS, {"id": "d"}])

    report = build_index([source], index, decisions=ONE)

    assert ids(index) == {"b", "c"}
    assert (report.added, report.papers) == (2, 2)
    told = flow(index)
    assert told["read"] == 4
    assert told["left"] == 2
    removed = {"faulty": 1, "deleted": 0, "same_id": 0, "decided": 1, "updated": 0}
    assert told["removed"] == removed
    with index.searcher() as searcher:
        assert decisions_of(searcher) == ONE

    build_index([source], index, decisions=DuplicateDecisions())

    assert ids(index) == {"a", "b", "c"}


def test_a_decision_never_loses_a_work(tmp_path: Path) -> None:
    index = open_index(tmp_path / "index")
    build_index([dump(tmp_path, "x.jsonl", [PAPERS[0], PAPERS[2]])], index, decisions=ONE)

    assert ids(index) == {"a", "c"}

    build_index([dump(tmp_path, "y.jsonl", [PAPERS[1]])], index, rebuild=False, decisions=ONE)

    assert ids(index) == {"b", "c"}
    assert flow(index)["removed"]["updated"] == 1  # type: ignore[index]


def test_an_update_keeps_to_the_decisions_of_the_index(tmp_path: Path) -> None:
    index = open_index(tmp_path / "index")
    build_index([dump(tmp_path, "x.jsonl", PAPERS[1:])], index, decisions=ONE)
    build_index([dump(tmp_path, "y.jsonl", PAPERS[:1])], index, rebuild=False)

    assert ids(index) == {"b", "c"}
    assert [one["left"] for one in flow(index)["sources"]] == [2, 0]  # type: ignore[attr-defined]


def oai(folder: Path, name: str, *records: tuple[str, bool]) -> str:
    path = folder / name
    written = [
        f"<record><header{' status=' + chr(34) + 'deleted' + chr(34) if gone else ''}>"
        f"<identifier>oai:site.org:{number}</identifier><datestamp>2020-01-01</datestamp></header>"
        + (
            ""
            if gone
            else '<metadata><dc xmlns="http://purl.org/dc/elements/1.1/">'
            f"<title>Paper {number}</title></dc></metadata>"
        )
        + "</record>"
        for number, gone in records
    ]
    inner = "\n".join(written)
    path.write_text(
        f'<records xmlns="http://www.openarchives.org/OAI/2.0/">\n{inner}\n</records>\n',
        encoding="utf-8",
    )
    return str(path)


def test_deletions_are_carried_out_by_a_rebuild_and_by_an_update(tmp_path: Path) -> None:
    index = open_index(tmp_path / "index")
    whole = oai(tmp_path, "all.xml", ("1", False), ("2", False), ("1", True), ("9", True))

    report = build_index([whole], index)

    assert ids(index) == {"oai:site.org:2"}
    assert (report.added, report.skipped_count) == (1, 0)
    assert flow(index)["removed"]["deleted"] == 3  # type: ignore[index]

    build_index([oai(tmp_path, "more.xml", ("3", False))], index, rebuild=False)
    build_index([oai(tmp_path, "less.xml", ("2", True))], index, rebuild=False)

    assert ids(index) == {"oai:site.org:3"}


def test_a_record_that_comes_again_after_its_deletion_is_there(tmp_path: Path) -> None:
    index = open_index(tmp_path / "index")
    report = build_index([oai(tmp_path, "x.xml", ("1", False), ("1", True), ("1", False))], index)

    assert ids(index) == {"oai:site.org:1"}
    assert report.added == 1


def test_a_build_of_nothing_but_deletions_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DumpError, match="no record is left after deletions"):
        build_index([oai(tmp_path, "x.xml", ("1", True))], open_index(tmp_path / "index"))


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("same:\n  - [a, b]\n", "same.1: expected the keys ids, preferred, note; got a list"),
        ("same:\n  - ids: [a]\n", "expected 2 to 50 different ids of papers; got 1"),
        ("same:\n  - ids: [a, b]\n    preferred: c\n", "expected one of the ids; got 'c'"),
        ("same:\n  - ids: [a, b]\n  - ids: [b, c]\n", "'b' is already in line 2"),
        ("same:\n  - ids: [a, b]\ndifferent:\n  - [a, b]\n", "are the same elsewhere"),
        ("different:\n  - [a, b]\nsame:\n  - ids: [a, b]\n", "are the same elsewhere"),
        ("gone: []\n", "expected one of the keys same, different; got 'gone'"),
        ("same: [", "is not YAML in UTF-8"),
    ],
)
def test_each_fault_of_the_file_is_told_with_its_line(
    tmp_path: Path, text: str, fault: str
) -> None:
    path = tmp_path / "duplicates.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ConfigError, match=r"line|YAML") as caught:
        read_decisions(str(path))
    assert fault in str(caught.value)


def test_the_file_may_be_missing_only_in_the_default_place(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert read_decisions(DEFAULT_FILE) is None
    with pytest.raises(ConfigError, match=r"build\.duplicates"):
        read_decisions("other.yaml")


def test_the_command_and_the_page_list_what_is_not_decided(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    source = dump(tmp_path, "x.jsonl", PAPERS)
    run = CliRunner().invoke
    assert run(quiver(), ["build", source]).exit_code == 0
    listed = run(quiver(), ["duplicates"]).output
    assert "1 group of papers that may be one work." in listed
    assert "same title and authors" in listed
    assert '#  - ids: ["a", "b"]' in run(quiver(), ["duplicates", "--yaml"]).output

    client = create_app(index=open_index("data/index")).test_client()
    page = client.get("/duplicates?q=gossip").text
    assert "same title and authors" in page
    assert client.get("/duplicates.json").json["groups"][0]["ids"] == ["a", "b"]  # type: ignore[index]

    Path("data").mkdir(exist_ok=True)
    Path(DEFAULT_FILE).write_text("different:\n  - [a, b]\n", encoding="utf-8")
    assert "The index was built with other decisions" in run(quiver(), ["duplicates"]).output
    built = run(quiver(), ["build", source])
    assert built.exit_code == 0
    assert json.loads(run(quiver(), ["duplicates", "--json"]).output)["groups"] == []
    assert json.loads(run(quiver(), ["versions", "--json"]).output) == []

    Path(DEFAULT_FILE).write_text("same:\n  - ids: [b, a]\n", encoding="utf-8")
    built = run(quiver(), ["build", source])
    assert "1  duplicates by decision" in built.output
    client = create_app(index=open_index("data/index")).test_client()
    record = client.get("/record?q=").text
    assert "Duplicates by decision" in record
    assert client.get("/record.json").json["flow"]["removed"]["decided"] == 1  # type: ignore[index]
    assert "Left out as the same work" in client.get("/duplicates").text


def test_the_file_that_comes_with_quiver_decides_nothing(checkout: Path) -> None:
    assert read_decisions(str(checkout / DEFAULT_FILE)) == DuplicateDecisions()
