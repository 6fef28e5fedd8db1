"""Labels of screened papers: exported, read back, kept over rebuilds and searched."""

from __future__ import annotations

import csv
import io
import json
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest
from click.testing import CliRunner

from indexer.errors import ConfigError, DumpError, IndexDamaged
from indexer.language.parse import parse_clause
from indexer.language.unparse import format_clause
from indexer.paper import Paper
from indexer.query import Not, Query, Value
from indexer.related.duplicates import NO_DECISIONS, DuplicateDecisions, SameWork
from indexer.reviews.label_matching import LabelMatcher, match_record
from indexer.reviews.label_reading import read_label_export
from indexer.reviews.labels import NO_LABELS, PaperLabels, attach_labels, read_labels
from indexer.reviews.labels_file import LabelledRecord, labels_file_lines, read_labels_file
from indexer.reviews.screening_table import SCREENING_COLUMNS, write_screening_table
from tests.oracle import MemoryIndex
from webui import create_app
from webui.cli import quiver as program

PAPERS = (
    Paper("a1", "Gossip learning", "First text.", ("Ann Lee", "Bo Xu"), "ICML", 2019,
          doi="10.1000/a"),
    Paper("b2", "A survey: of $x$", "Second, “quoted”\ntext.", ("Bo Xu",), "JMLR", 2020),
    Paper("c3", "=Twice told", "", (), "ICML", 2021),
    Paper("d4", "Twice", "", (), "ICML", 2021),
    Paper("e5", "Twice", "", (), "ICML", 2022),
)  # fmt: skip
LABELS = PaperLabels((("a1", "included"), ("b2", "excluded")))


def table(path: Path, text: str) -> str:
    path.write_text(text, encoding="utf-8")
    return str(path)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    lines = (
        json.dumps({"id": one.id, "title": one.title, "abstract": one.abstract, "year": one.year,
                    "doi": one.doi, "venue": one.venue, "authors": list(one.authors)})
        for one in PAPERS
    )  # fmt: skip
    table(tmp_path / "papers.jsonl", "\n".join(lines))
    return tmp_path


def quiver(*arguments: str) -> str:
    result = CliRunner().invoke(program(), arguments, catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return result.stdout


def found(query: str) -> set[str]:
    return {one["id"] for one in json.loads(quiver("search", "--json", query))["hits"]}


def test_labels_come_back_and_outlive_a_rebuild(folder: Path) -> None:
    quiver("build", "papers.jsonl")
    rows = list(csv.DictReader(io.StringIO(quiver("export", "--format", "asreview"))))
    assert {row["included"] for row in rows} == {""}
    text = "record_id,title,year,doi,id,asreview_label,asreview_note\n"
    text += "0,Gossip learning,2019,,a1,1,why\n1,another,2020,https://doi.org/10.1000/A,,1,\n"
    text += "2,A SURVEY of x,2020,,,0,\n3,Unknown,2020,,,1,\n4,Twice told,2021,,,,\n5,?,,,,x,\n"
    said = quiver("label", table(folder / "screened.csv", text))
    assert "4 labels read: 2 new, 0 changed, 1 known already." in said
    assert "line 5: Unknown (2020), included" in said
    assert "screened.csv:7" in said
    assert found("label:included") == {"a1"}
    assert found("label:excluded") == {"b2"}
    assert found("label:none") == {"c3", "d4", "e5"}
    quiver("build", "papers.jsonl")
    assert found("label:any") == {"a1", "b2"}
    rows = list(csv.DictReader(io.StringIO(quiver("export", "--format", "asreview"))))
    labels = {row["id"]: row["included"] for row in rows if row["included"]}
    assert labels == {"a1": "1", "b2": "0"}
    (folder / "data/labels.csv").write_text("id,label,title,year\nx9,included,A survey of x,2020\n")
    assert "1 included, 0 excluded" in quiver("label")
    assert found("label:any") == {"b2"}


@pytest.mark.parametrize("suffix", ["csv", "tsv", "ris"])
def test_the_files_of_a_screening_tool_are_read(tmp_path: Path, suffix: str) -> None:
    rows = [("Gossip learning", "1"), ("A survey", "0"), ("Rest", "")]
    notes = {"1": "ASReview_relevant", "0": "ASReview_irrelevant", "": "ASReview_not_seen"}
    sign = "\t" if suffix == "tsv" else ","
    text = sign.join(("title", "asreview_label")) + "\n"
    text += "".join(f"{title}{sign}{label}\n" for title, label in rows)
    if suffix == "ris":
        text = "".join(
            f"TY  - JOUR\nTI  - {title}\nN1  - {notes[label]}\nER  - \n\n" for title, label in rows
        )
    reading = read_label_export(table(tmp_path / f"labels.{suffix}", text))
    assert [(one.title, one.label) for one in reading.records] == [
        ("Gossip learning", "included"),
        ("A survey", "excluded"),
    ]
    assert (reading.unlabelled, reading.faults) == (1, ())


def test_labels_are_in_the_order_of_labelling(tmp_path: Path) -> None:
    text = "title,asreview_label,asreview_time\nLater,1,2026-02-01\nFirst,0,2026-01-01\n"
    reading = read_label_export(table(tmp_path / "labels.csv", text))
    assert [one.title for one in reading.records] == ["First", "Later"]


def test_a_table_without_labels_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DumpError, match="no column of labels"):
        read_label_export(table(tmp_path / "labels.csv", "title,year\nA,2020\n"))


def test_a_title_that_several_papers_have_decides_nothing() -> None:
    with MemoryIndex.of(PAPERS).searcher() as searcher:
        assert match_record(searcher, LabelledRecord("included", title="Twice")) is None
        paper = match_record(searcher, LabelledRecord("included", title="Twice", year=2022))
        assert paper is not None
        assert paper.id == "e5"


def test_a_label_goes_to_the_preferred_paper_of_a_work() -> None:
    matcher = LabelMatcher((LabelledRecord("included", "d4"), LabelledRecord("excluded", "gone")))
    for paper in PAPERS:
        matcher.meet(paper)
    labels, lost = matcher.labels(None, NO_DECISIONS)
    assert (labels.order, lost) == ((("d4", "included"),), 1)
    decided = DuplicateDecisions((SameWork(("d4", "e5"), "e5"),))
    assert matcher.labels(None, decided)[0].order == (("e5", "included"),)


def test_the_file_of_labels_is_read_as_it_was_written(tmp_path: Path) -> None:
    records = (
        LabelledRecord("included", "a1", "10.1000/a", '=Title, "quoted"', 2019, "a\nnote", 3),
        LabelledRecord("excluded", "b2", line=4),
    )
    path = table(tmp_path / "labels.csv", "".join(labels_file_lines(records)))
    assert read_labels_file(path) == records
    long = table(tmp_path / "labels.csv", f"id,label,year\na,included,{'9' * 5000}\n")
    assert [record.year for record in read_labels_file(long) or ()] == [None]
    with pytest.raises(ConfigError, match=r"labels\.csv:2: expected the label"):
        read_labels_file(table(tmp_path / "labels.csv", "id,label\na,maybe\n"))
    with pytest.raises(ConfigError, match="no such file"):
        read_labels_file(str(tmp_path / "none.csv"))
    repeated, longer = "id,label,id\n", "id,label\na,included,x\n"
    for text, fault in ((repeated, "named 'id'"), (longer, ":2: has more")):
        with pytest.raises(ConfigError, match=fault):
            read_labels_file(table(tmp_path / "labels.csv", text))


def test_columns_that_people_add_to_the_file_stay(folder: Path) -> None:
    quiver("build", "papers.jsonl")
    (folder / "data").mkdir(exist_ok=True)
    path = folder / "data" / "labels.csv"
    table(path, "reviewer,id,label,why,later\nAnn,b2,excluded,=x,\n,zz,included,,\n")
    quiver("label", table(folder / "new.csv", "id,included\na1,1\nb2,1\n"))
    with path.open(encoding="utf-8", newline="") as file:
        rows = {row["id"]: row for row in csv.DictReader(file)}
    assert list(rows) == ["zz", "a1", "b2"]
    assert (rows["b2"]["label"], rows["b2"]["reviewer"], rows["b2"]["why"]) == (
        "included", "Ann", "'=x",
    )  # fmt: skip
    assert (rows["a1"]["reviewer"], rows["a1"]["later"]) == ("", "")


def test_damaged_labels_are_said() -> None:
    assert read_labels(None) == NO_LABELS
    with pytest.raises(IndexDamaged, match="quiver label"):
        read_labels(b"no labels")


@pytest.mark.parametrize(("text", "clause"), [
    ("label:included", Value("label", "included")),
    ("label:irrelevant", Value("label", "excluded")),
    ("label:none", Not(Value("label", "any"))),
])  # fmt: skip
def test_the_field_is_read_and_written_back(text: str, clause: Value | Not) -> None:
    assert parse_clause(text) == (clause, ())
    assert parse_clause(format_clause(clause)) == (clause, ())


def test_another_label_is_read_as_a_word_and_said() -> None:
    clause, repairs = parse_clause("label:maybe")
    assert clause != Value("label", "maybe")
    assert "included, excluded, any and none" in repairs[0].reason


def test_the_table_has_the_columns_of_the_tool_and_runs_no_formula() -> None:
    rows = list(csv.DictReader(io.StringIO("".join(write_screening_table(PAPERS, LABELS)))))
    assert tuple(rows[0]) == SCREENING_COLUMNS
    assert [row["included"] for row in rows] == ["1", "0", "", "", ""]
    assert rows[0]["authors"] == "Ann Lee;Bo Xu"
    assert rows[2]["title"] == "'=Twice told"


@pytest.mark.slow
def test_asreview_opens_the_table(tmp_path: Path) -> None:
    if find_spec("asreview") is None:
        pytest.skip("asreview (487 MB with what it needs) is not installed")
    path = table(tmp_path / "screen.csv", "".join(write_screening_table(PAPERS, LABELS)))
    code = (
        "import sys; from asreview.data.loader import load_records as load; "
        "print([(r.title, r.authors, r.year, r.doi, r.included) for r in load(sys.argv[1])])"
    )
    ran = subprocess.run(
        [sys.executable, "-c", code, path], capture_output=True, text=True, check=True
    )
    assert "('Gossip learning', ['Ann Lee', 'Bo Xu'], 2019, '10.1000/a', 1)" in ran.stdout
    assert ran.stdout.count("None)]") + ran.stdout.count("None), ") == 3


def test_a_query_by_label_counts() -> None:
    index = MemoryIndex.of(PAPERS)
    with index.searcher() as searcher:
        assert searcher.count(Query(clause=Value("label", "included"))) == 0


def test_the_record_of_a_search_counts_what_is_labelled() -> None:
    index = MemoryIndex.of(PAPERS)
    with index.writer() as writer:
        attach_labels(writer, LABELS)
    client = create_app(index=index).test_client()
    told = client.get("/record.json?q=").json
    assert told is not None
    assert told["labelled"] == {"included": 1, "excluded": 1}
    page = client.get("/record?q=").text
    assert "2: 1 included, 1 excluded; 3 left to screen" in page
    assert "Screened" not in client.get("/record?q=twice").text
    table = client.get("/export?format=asreview&q=gossip")
    assert table.headers["Content-Disposition"] == 'attachment; filename="screening.csv"'
    assert [row["included"] for row in csv.DictReader(io.StringIO(table.text))] == ["1"]
