"""The verbs export and evaluate, as people and scripts use them."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from indexer import open_index
from indexer.build import read_papers
from indexer.citation import CITATION_FORMATS, REFERENCE_STYLES, write_citations
from indexer.paper import Paper
from indexer.query import Query
from webui.cli import quiver

DOCUMENTS: tuple[dict[str, Any], ...] = (
    {"_id": "bees", "title": "Dances of bees", "text": "Bees tell where flowers are."},
    {"_id": "ants", "title": "Ants carry leaves", "text": "Many ants, one road."},
    {"_id": "both", "title": "", "text": "Bees and ants compared."},
)


@pytest.fixture(scope="module")
def papers(checkout: Path) -> list[Paper]:
    """The papers of the Arrow page."""
    return list(read_papers([str(checkout / "data" / "martin-jaggi.txt")]))


@pytest.fixture(scope="module")
def index(papers: list[Paper], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An index of the Arrow page."""
    path = tmp_path_factory.mktemp("export") / "index"
    with open_index(path).writer(rebuild=True) as writer:
        for paper in papers:
            writer.add(paper)
    return path


@pytest.fixture
def collection(tmp_path: Path) -> Path:
    """A judged collection of three documents and two queries."""
    folder = tmp_path / "insects"
    (folder / "qrels").mkdir(parents=True)
    (folder / "corpus.jsonl").write_text("\n".join(json.dumps(one) for one in DOCUMENTS))
    queries = [{"_id": "1", "text": "dances of bees"}, {"_id": "2", "text": "ants?"}]
    (folder / "queries.jsonl").write_text("\n".join(json.dumps(one) for one in queries))
    (folder / "qrels" / "test.tsv").write_text(
        "query-id\tcorpus-id\tscore\n1\tbees\t1\n2\tants\t1\n2\tboth\t1\n"
    )
    return folder


def run(*arguments: str | Path) -> Result:
    return CliRunner().invoke(quiver(), [str(one) for one in arguments])


@pytest.mark.parametrize("name", CITATION_FORMATS)
def test_export_writes_every_paper_in_the_order_of_the_search(
    name: str, index: Path, papers: list[Paper]
) -> None:
    newest = sorted(papers, key=lambda one: (-(one.year or 0), one.title.casefold()))

    result = run("export", "--format", name, "--sort", "-year", "--index", index)

    assert result.exit_code == 0, result.output
    # A runner's output has its line ends made plain.
    assert "".join(write_citations(newest, name)).replace("\r\n", "\n") == result.stdout


def test_export_takes_queries_filters_limits_and_files(index: Path, tmp_path: Path) -> None:
    target = tmp_path / "out.ris"

    result = run(
        "export", "gossip", "--venue", "icml", "--format", "ris", "--output", target,
        "--index", index,
    )  # fmt: skip

    assert (result.exit_code, result.stdout) == (0, "")
    content = target.read_bytes().decode()
    assert content.count("TY  - CPAPER\r\n") == content.count("T2  - ICML\r\n") > 0
    limited = run("export", "--limit", "3", "--json", "--index", index)
    assert len([json.loads(line) for line in limited.stdout.splitlines()]) == 3
    keyed = run("export", "gossip", "--key", "{id}", "--abstract", "--index", index)
    assert keyed.stdout.count("abstract = {") == keyed.stdout.count("@") > 0
    assert "@inproceedings{icml2019-" in keyed.stdout


@pytest.mark.parametrize("wrong", [("--format", "word"), ("--key", "{name}"), ("--limit", "0")])
def test_export_says_what_is_wrong(wrong: tuple[str, str], index: Path) -> None:
    result = run("export", *wrong, "--index", index)

    assert result.exit_code == 2
    assert result.stdout == ""


def test_evaluate_prints_the_scores(collection: Path, tmp_path: Path) -> None:
    answers = tmp_path / "run.txt"

    result = run("evaluate", collection, "--json", "--run", answers)

    assert result.exit_code == 0, result.output
    scores = {"ndcg@10": 1.0, "recall@100": 1.0, "map": 1.0, "mrr@10": 1.0}
    assert json.loads(result.stdout) == {**scores, "queries": 2, "auto": scores}
    assert answers.read_text().splitlines()[0] == "1 Q0 bees 1 1000 quiver"
    plain = run("evaluate", collection)
    assert "insects: 3 papers, 2 queries\n  ndcg@10     1.0000  auto 1.0000\n" in plain.stdout
    every = run("evaluate", collection, "--match", "all").stdout
    assert "  ndcg@10     1.0000\n" in every


def test_evaluate_compares_two_settings(collection: Path, tmp_path: Path) -> None:
    other = tmp_path / "other.yaml"
    other.write_text("ranking:\n  title_weight: 0.0\n")

    result = run("evaluate", collection, "--against", other, "--json")

    assert result.exit_code == 0, result.output
    against = json.loads(result.stdout)["against"]
    assert [one["measure"] for one in against["comparisons"]] == [
        "ndcg@10", "recall@100", "map", "mrr@10",
    ]  # fmt: skip
    assert against["comparisons"][0]["p_value"] <= 1
    assert "With the other settings:" in run("evaluate", collection, "--against", other).stdout


def test_evaluate_says_what_is_wrong(collection: Path, tmp_path: Path) -> None:
    assert run("evaluate").exit_code == 2
    assert run("evaluate", collection, "--known-item").exit_code == 2
    missing = run("evaluate", tmp_path / "nowhere")
    assert missing.exit_code == 1
    assert "there is no file of documents" in missing.stderr


def test_evaluate_tests_the_index_itself(index: Path) -> None:
    result = run("evaluate", "--known-item", "--sample", "20", "--json", "--index", index)

    assert result.exit_code == 0, result.output
    test = json.loads(result.stdout)
    assert (test["papers"], test["passed"], test["misses"]) == (20, True, [])
    assert "Passed." in run("evaluate", "--known-item", "--sample", "2", "--index", index).stdout


def test_an_export_of_everything_builds_an_equal_index(
    papers: list[Paper], index: Path, tmp_path: Path
) -> None:
    """Nothing of a paper is lost or mended once more on the way out and in again."""
    dump = tmp_path / "all.jsonl"
    dump.write_text(run("export", "", "--format", "jsonl", "--index", index).stdout, "utf-8")
    assert run("build", dump, "--index", tmp_path / "again").exit_code == 0

    before, after = (held(path) for path in (index, tmp_path / "again"))
    assert len(before) == len({paper.id for paper in papers})
    assert after == before

    again = run("export", "", "--format", "jsonl", "--index", tmp_path / "again").stdout
    assert again == dump.read_text("utf-8")


def held(index: Path) -> dict[str, Paper]:
    """The papers of an index by id; where they were read from is no part of them."""
    with open_index(index).searcher() as searcher:
        found = [searcher.get(one) for one in searcher.ids(Query())]
    return {one.id: replace(one, source="") for one in found if one is not None}


@pytest.mark.parametrize("style", REFERENCE_STYLES)
def test_export_writes_references_in_a_style(index: Path, style: str) -> None:
    arguments = ["export", "gossip", "--style", style, "--index", str(index)]
    text = CliRunner().invoke(quiver(), arguments)
    html = CliRunner().invoke(quiver(), [*arguments, "--format", "html"])

    assert (text.exit_code, html.exit_code) == (0, 0), text.output
    assert "Koloskova" in text.output
    assert text.output.count("\n") > 1
    assert "<i>" in html.output or "<em>" in html.output or "</" in html.output


def test_export_refuses_a_style_that_is_none(index: Path) -> None:
    arguments = ["export", "gossip", "--index", str(index), "--style"]
    unknown = CliRunner().invoke(quiver(), [*arguments, "apaa"])
    assert unknown.exit_code != 0
    assert "apa" in unknown.output
    wrong = CliRunner().invoke(quiver(), [*arguments, "apa", "--format", "ris"])
    assert "expected text or html with --style" in wrong.output


def test_export_begins_csv_with_a_byte_order_mark_on_demand(index: Path, tmp_path: Path) -> None:
    path = tmp_path / "out.csv"
    arguments = ["export", "gossip", "--format", "csv", "--index", str(index)]
    marked = CliRunner().invoke(quiver(), [*arguments, "--bom", "--output", str(path)])
    assert marked.exit_code == 0, marked.output
    assert path.read_bytes().startswith(b"\xef\xbb\xbfid,title,")
    assert "\ufeff" not in CliRunner().invoke(quiver(), arguments).output
