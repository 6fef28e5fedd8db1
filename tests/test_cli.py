"""The command line as people and scripts use it: output, exit codes, errors with their remedy."""

from __future__ import annotations

import csv
import json
import os
import re
import shlex
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click
import pytest
from click.testing import CliRunner, Result
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from indexer import Paper, open_index
from indexer.cli.filters import read_years
from indexer.query import YearRange
from webui.cli import COMMANDS, quiver

CHECKOUT = Path(__file__).resolve().parents[1]
VERBS = {str(verb.name): verb for verb in COMMANDS}
PAPERS = [
    {
        "id": "bees1",
        "title": "Sparse bees and their dances",
        "abstract": "We watch bees. " * 30 + "The waggle dance is sparse.",
        "authors": ["Anna Sørén", "Tao Lin"],
        "venue": "ICML",
        "year": 2019,
        "type": "Conference Paper",
        "doi": "10.1234/bees",
        "url": "https://example.org/bees",
        "keywords": ["bees"],
    },
    {
        "id": "bees2",
        "title": "Dense bees",
        "abstract": r"Bees in $\textbf{G}$roups of $n^2$ dance.",
        "authors": ["Anna Soren"],
        "venue": "TMLR",
        "year": 2021,
        "type": "Journal Article",
    },
    {
        "id": "ants1",
        "title": "Ants carry leaves",
        "abstract": "No dance at all.",
        "authors": [f"Author {letter}" for letter in "ABCDEFGHIJKLMN"],
        "venue": "ICML",
        "year": 2022,
        "type": "Conference Paper",
    },
]

Run = Callable[..., Result]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a dump and its index in the default place."""
    root = tmp_path_factory.mktemp("cli")
    lines = [json.dumps(paper) for paper in PAPERS]
    (root / "papers.jsonl").write_text("\n".join(lines) + "\n", encoding="utf-8")
    (root / "faulty.jsonl").write_text(
        "\n".join([lines[0], "{not json", '{"abstract": "no title"}']) + "\n", encoding="utf-8"
    )
    before = Path.cwd()
    os.chdir(root)
    try:
        assert CliRunner().invoke(quiver(), ["build", "papers.jsonl"]).exit_code == 0
    finally:
        os.chdir(before)
    return root


@pytest.fixture
def run(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Run the command in that folder."""
    monkeypatch.chdir(folder)
    monkeypatch.delenv("QUIVER_INDEX", raising=False)
    monkeypatch.delenv("QUIVER_CONFIG", raising=False)
    monkeypatch.setenv("COLUMNS", "80")

    def invoke(*words: str, code: int = 0, **options: Any) -> Result:
        ran = CliRunner().invoke(quiver(), list(words), **options)
        assert ran.exit_code == code, ran.output
        assert ran.exception is None or isinstance(ran.exception, SystemExit), ran.exception
        return ran

    return invoke


def found(run: Run, *words: str) -> list[str]:
    """Ids that a search prints, in order."""
    return [hit["id"] for hit in json.loads(run("search", "--json", *words).stdout)["hits"]]


# Help


@pytest.mark.parametrize("name", VERBS)
def test_every_help_ends_in_a_runnable_example(run: Run, name: str) -> None:
    text = run(name, "--help").stdout.rstrip()
    example = text.rpartition("Example:\n")[2].splitlines()
    assert example
    for line in example:
        words = shlex.split(line)
        assert words[:2] == ["quiver", name]
        VERBS[name].make_context(name, words[2:])


@pytest.mark.parametrize(
    "name", [name for name in VERBS if name not in ("serve", "harvest", "migrate")]
)
def test_examples_of_the_help_run(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, checkout: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "data").mkdir()
    for sample in ("martin-jaggi.txt", "known-authors.jsonl"):
        (tmp_path / "data" / sample).write_bytes((checkout / "data" / sample).read_bytes())
    for _ in "ab":  # two generations, so that one can go back
        assert CliRunner().invoke(quiver(), ["build", "data/martin-jaggi.txt"]).exit_code == 0
    bibliography = CliRunner().invoke(quiver(), ["export", "gossip", "--format", "bibtex"])
    (tmp_path / "paper.bib").write_text(bibliography.stdout, encoding="utf-8")
    screening = CliRunner().invoke(quiver(), ["export", "gossip", "--format", "asreview"]).stdout
    rows = list(csv.DictReader(screening.splitlines()))
    with (tmp_path / "screened.csv").open("w", encoding="utf-8", newline="") as out:
        writer = csv.DictWriter(out, list(rows[0]))
        writer.writeheader()
        writer.writerows({**row, "included": rank % 2} for rank, row in enumerate(rows))
    (tmp_path / "strategy.txt").write_text("1. exp Asthma/\n2. wheez$.ti,ab.\n3. or/1-2\n")
    (tmp_path / "alerts.yaml").write_text("alerts: [{name: gossip, query: gossip}]\n")
    for line in re.findall(r"^  quiver (.+)$", str(VERBS[name].epilog), flags=re.MULTILINE):
        ran = CliRunner().invoke(quiver(), shlex.split(line))
        assert ran.exit_code == 0, f"{line}\n{ran.output}"
        assert ran.stdout or name in ("alert", "mcp"), "which speak only where there is need"


def test_every_option_and_verb_says_what_it_is_for() -> None:
    for verb in VERBS.values():
        assert verb.help
        for parameter in verb.params:
            if isinstance(parameter, click.Option) and parameter.name != "page":
                assert parameter.help, f"{verb.name} {parameter.opts}"


# Search


def test_meaning_is_asked_for_or_left_out(run: Run) -> None:
    refused = run("search", "--meaning", "graph", code=1).stderr
    assert "quiver build --meaning" in refused or "semantic" in refused  # no vectors; no encoder
    assert run("search", "--no-meaning", "graph").stdout == run("search", "graph").stdout


def test_search_prints_rank_title_authors_place_and_passage(run: Run) -> None:
    text = run("search", "waggle").stdout
    assert text.startswith("1 paper for waggle\n")
    assert " 1. Sparse bees and their dances\n    Anna Sørén, Tao Lin\n" in text
    assert "    ICML 2019 · Conference Paper · bees1\n" in text
    assert "… " in text
    assert "The waggle dance is sparse." in " ".join(text.split())
    assert "\nVenues  ICML 1\n" in text
    assert max(map(len, text.splitlines())) <= 80


def test_matches_are_emphasised_in_a_terminal_only(run: Run) -> None:
    assert "\x1b[" not in run("search", "waggle").stdout
    assert "\x1b[33m\x1b[1mwaggle\x1b[0m" in run("search", "waggle", color=True).stdout


def test_words_of_a_query_need_no_quotes(run: Run) -> None:
    assert found(run, "waggle", "dance") == found(run, "waggle dance")
    assert found(run, "waggle", "dance")[0] == "bees1"


def test_tex_is_shown_as_the_text_it_stands_for(run: Run) -> None:
    assert "Groups" in run("search", "groups").stdout
    assert "textbf" not in run("show", "bees2").stdout


def test_long_author_lists_are_shortened_but_never_a_match(run: Run) -> None:
    text = " ".join(run("search", 'author:"Author M"').stdout.split())
    assert "Author J, Author M, and 3 others" in text


@pytest.mark.parametrize(
    ("options", "ids"),
    [
        (["--venue", "ICML"], {"bees1", "ants1"}),
        (["--venue", "icml"], {"bees1", "ants1"}),
        (["--venue", "ICML", "--venue", "TMLR"], {"bees1", "bees2", "ants1"}),
        (["--venue-not", "ICML"], {"bees2"}),
        (["--type", "Journal Article"], {"bees2"}),
        (["--type-not", "Journal Article"], {"bees1", "ants1"}),
        (["--author", "Anna Sørén"], {"bees1"}),
        (["--author", "ANNA SØRÉN"], {"bees1"}),
        (["--author-not", "Tao Lin"], {"bees2", "ants1"}),
        (["--year", "2019"], {"bees1"}),
        (["--year", "2019-2021"], {"bees1", "bees2"}),
        (["--year", "2021-"], {"bees2", "ants1"}),
        (["--year", "-2021"], {"bees1", "bees2"}),
        (["--year", ">=2021"], {"bees2", "ants1"}),
        (["--year", "2019", "--year", "2022"], {"bees1", "ants1"}),
        (["--venue", "ICML", "--year", "2019"], {"bees1"}),
    ],
)
def test_filters(run: Run, options: list[str], ids: set[str]) -> None:
    assert set(found(run, *options)) == ids


def test_a_filter_that_no_paper_has_is_said(run: Run) -> None:
    ran = run("search", "--venue", "Nowhere")
    assert ran.stdout.startswith("0 papers")
    assert ran.stderr.startswith("No venue in the index is exactly 'Nowhere'.")


def test_order_and_pages(run: Run) -> None:
    assert found(run, "--sort", "year") == ["bees1", "bees2", "ants1"]
    assert found(run, "--sort", "-year") == found(run) == ["ants1", "bees2", "bees1"]
    assert found(run, "--sort", "title") == ["ants1", "bees2", "bees1"]
    assert found(run, "--sort", "title", "--per-page", "1", "--page", "2") == ["bees2"]
    assert found(run, "--page", "9") == []
    ran = run("search", "--per-page", "1", "--page", "2")
    assert "Page 2 of 3" in ran.stdout
    assert ran.stderr == "Next page: add --page 3\n"
    assert run("search", "--per-page", "0").stdout.startswith("3 papers\n\nVenues")


def test_what_was_mended_is_said_once(run: Run) -> None:
    lines = run("search", "(((").stdout.splitlines()
    mended = [line for line in lines if line.startswith("Note: ")]
    assert len(set(mended)) == len(mended) > 0
    assert any(line.endswith("(3 times)") for line in mended)


def test_match_any_finds_more_than_all(run: Run) -> None:
    assert found(run, "waggle", "leaves", "--match", "all") == []
    assert set(found(run, "waggle", "leaves", "--match", "any")) == {"bees1", "ants1"}
    text = run("search", "waggle", "leaves").stdout
    assert "No paper has all of these words; these have some of them." in text


def test_explain_adds_up_to_the_score(run: Run) -> None:
    (hit,) = json.loads(run("search", "waggle", "--explain", "--json").stdout)["hits"]
    assert sum(part["value"] for part in hit["why"]) == pytest.approx(hit["score"], abs=1e-4)
    assert " in abstract" in run("search", "waggle", "--explain").stdout


def test_json_of_a_search_has_the_keys_that_scripts_rely_on(run: Run) -> None:
    written = json.loads(run("search", "bees", "--venue", "ICML", "--json").stdout)
    assert {"query", "total", "took_ms", "generation", "receipt", "hits", "facets"} <= set(written)
    assert written["query"] == "bees"
    assert written["total"] == 1
    assert {"value": "ICML", "count": 1, "selected": True, "excluded": False} in written["facets"][
        "venue"
    ]


@given(query=st.lists(st.text(max_size=12), max_size=5))
@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_no_query_fails(run: Run, query: list[str]) -> None:
    run("search", "--per-page", "1", "--", *query)


def test_bytes_that_are_no_text_are_a_query_too(run: Run) -> None:
    run("search", "caf\udce9", "--json")
    run("author", "caf\udce9", code=1)


# The others


def test_show_prints_one_paper(run: Run) -> None:
    text = run("show", "bees1").stdout
    assert "https://doi.org/10.1234/bees" in text
    written = json.loads(run("show", "bees1", "--json").stdout)
    assert {key: written[key] for key in PAPERS[0] if key != "abstract"} == {
        key: value for key, value in PAPERS[0].items() if key != "abstract"
    }


def test_what_show_prints_is_a_dump_that_gives_the_same_paper(run: Run, tmp_path: Path) -> None:
    printed = run("show", "bees2", "--json").stdout
    (tmp_path / "again.jsonl").write_text(printed, encoding="utf-8")
    run("build", str(tmp_path / "again.jsonl"), "--index", str(tmp_path / "index"))
    again = json.loads(run("show", "bees2", "--json", "--index", str(tmp_path / "index")).stdout)
    assert {**again, "source": ""} == {**json.loads(printed), "source": ""}


def test_show_of_an_unknown_id_fails_and_says_where_ids_are(run: Run) -> None:
    ran = run("show", "nothing", code=1)
    assert ran.stderr.startswith("Error: no paper has the id 'nothing'")
    assert not ran.stdout


def test_similar_names_the_words_that_papers_share(run: Run) -> None:
    written = json.loads(run("similar", "bees1", "--json").stdout)
    assert [hit["id"] for hit in written["hits"]][:1] == ["bees2"]
    assert "bees" in written["terms"]
    text = run("similar", "bees1", "--limit", "1").stdout
    assert text.startswith("Papers like Sparse bees and their dances\nShared words: ")
    assert f"As a query: {written['query']}\n" in text
    several = json.loads(run("similar", "bees1", "bees2", "bees1", "--json").stdout)
    assert several["ids"] == ["bees1", "bees2"]
    assert not {"bees1", "bees2"} & {hit["id"] for hit in several["hits"]}
    assert run("similar", "nothing", code=1).stderr.startswith("Error: no paper has the id")


def test_author_prints_the_cluster_and_names_that_are_nearly_the_same(run: Run) -> None:
    text = run("author", "anna", "sørén").stdout
    assert text.startswith("Anna Sørén\n1 paper, 1 author row\n")
    assert "Similar names: Anna Soren (1)" in text
    assert "Perhaps the same person" not in text
    assert "Sparse bees and their dances" in text
    written = json.loads(run("author", "anna-sørén", "--json").stdout)
    assert (written["slug"], written["paper_count"]) == ("anna-sørén", 1)


def test_author_puts_names_together(run: Run) -> None:
    ran = run("author", "Anna Sørén", "--also", "Anna Soren", "--also", "Nobody")
    assert ran.stdout.startswith("Anna Sørén\n2 papers, 2 author rows\n")
    assert "Including: Anna Soren\n" in ran.stdout
    assert ran.stderr == "1 name given with --also added no papers.\n"
    written = json.loads(run("author", "Anna Soren", "--also", "anna sørén", "--json").stdout)
    assert [one["slug"] for one in written["also"]] == ["anna-sørén"]
    assert [paper["id"] for paper in written["papers"]] == ["bees2", "bees1"]


def test_author_without_the_accents_leads_to_the_name(run: Run) -> None:
    ran = run("author", "Åuthor A")
    assert ran.stdout.startswith("Author A\n")
    assert "No paper has an author named exactly 'Åuthor A'" in ran.stderr


def test_an_unknown_author_fails_and_names_the_nearest(run: Run) -> None:
    assert "similar names: Tao Lin" in run("author", "Maya Lin", code=1).stderr


def test_info_says_what_is_in_the_index(run: Run) -> None:
    assert "Papers      3\n" in run("info").stdout
    written = json.loads(run("info", "--json").stdout)
    assert (written["papers"], written["first_year"], written["last_year"]) == (3, 2019, 2022)


def test_formats_lists_every_format(run: Run) -> None:
    assert re.search(r"^arrow +Arrow", run("formats").stdout, flags=re.MULTILINE)
    assert {"name", "description"} == set(json.loads(run("formats", "--json").stdout)[0])


# Building


def test_build_reports_what_it_did(run: Run, tmp_path: Path) -> None:
    ran = run("build", "papers.jsonl", "--index", str(tmp_path))
    assert ran.stdout.startswith("3 papers read and indexed in ")
    assert "now holds 3 papers, generation" in ran.stdout
    assert not ran.stderr


def test_build_prints_the_json_that_scripts_rely_on(run: Run, tmp_path: Path) -> None:
    ran = run("build", "faulty.jsonl", "--index", str(tmp_path), "--json")
    written = json.loads(ran.stdout)
    assert {"papers", "added", "skipped", "warnings", "generation", "seconds"} <= set(written)
    assert (written["papers"], written["added"]) == (1, 1)
    assert [(one["source"], one["line"]) for one in written["skipped"]] == [
        ("faulty.jsonl", 2),
        ("faulty.jsonl", 3),
    ]
    assert all(one["reason"] for one in written["skipped"])


def test_skipped_records_are_listed_with_file_and_line(run: Run, tmp_path: Path) -> None:
    text = run("build", "faulty.jsonl", "--index", str(tmp_path)).stdout
    assert "2 skipped records:\n  faulty.jsonl:2: " in text


def test_strict_stops_at_the_first_bad_record_and_publishes_nothing(
    run: Run, tmp_path: Path
) -> None:
    index = str(tmp_path / "index")
    ran = run("build", "faulty.jsonl", "--strict", "--index", index, code=1)
    assert ran.stderr.startswith("Error: faulty.jsonl:2: ")
    assert "quiver build" in run("info", "--index", index, code=1).stderr
    (tmp_path / "strict.yaml").write_text("build: {strict: true}\n", encoding="utf-8")
    run(
        "build", "faulty.jsonl", "--index", index, "--config", str(tmp_path / "strict.yaml"), code=1
    )


def test_update_adds_and_replaces(run: Run, tmp_path: Path) -> None:
    index = str(tmp_path / "index")
    run("build", "faulty.jsonl", "--index", index)
    ran = run("update", "papers.jsonl", "--index", index, "--json")
    assert json.loads(ran.stdout)["papers"] == 3


def test_skipped_records_are_written_to_a_file_to_mend(run: Run, tmp_path: Path) -> None:
    rejected = tmp_path / "rejected.jsonl"
    for verb in (["check"], ["build", "--index", str(tmp_path / "index")]):
        rejected.unlink(missing_ok=True)
        run(*verb, "faulty.jsonl", "--rejected", str(rejected))
        lines = [json.loads(line) for line in rejected.read_text(encoding="utf-8").splitlines()]
        assert [line.get("raw", line.get("abstract")) for line in lines] == [
            "{not json",
            "no title",
        ]


def test_a_build_waits_for_another_one_or_says_who_is_writing(run: Run, tmp_path: Path) -> None:
    index = open_index(tmp_path)
    with index.writer():
        ran = run("build", "papers.jsonl", "--index", str(tmp_path), code=1)
        assert f"process {os.getpid()}" in ran.stderr
        assert "--wait" in ran.stderr
        run("build", "papers.jsonl", "--index", str(tmp_path), "--wait", "0.2", code=1)
    run("build", "papers.jsonl", "--index", str(tmp_path), "--wait", "5")
    run("rollback", "--index", str(tmp_path), "--wait", "5")


def test_rollback_goes_back_by_one(run: Run, tmp_path: Path) -> None:
    index = str(tmp_path / "index")
    run("build", "faulty.jsonl", "--index", index)
    assert "rollback" not in run("rollback", "--index", index, code=1).stdout
    run("build", "papers.jsonl", "--index", index)
    assert "is back at the previous generation" in run("rollback", "--index", index).stdout
    assert json.loads(run("info", "--index", index, "--json").stdout)["papers"] == 1
    assert json.loads(run("rollback", "--index", index, "--json").stdout)["generation"]


def test_verify_reads_everything_back(run: Run) -> None:
    assert run("verify").stdout.endswith(" is whole: 3 papers read back.\n")
    assert json.loads(run("verify", "--json").stdout)["papers"] == 3


def test_verify_names_what_is_damaged(run: Run, tmp_path: Path) -> None:
    index = tmp_path / "index"
    run("build", "papers.jsonl", "--index", str(index))
    largest = max(
        (path for path in index.rglob("*") if path.is_file()), key=lambda p: p.stat().st_size
    )
    largest.write_bytes(largest.read_bytes()[: largest.stat().st_size // 2])
    assert largest.name in run("verify", "--index", str(index), code=1).stderr


def test_check_reads_and_writes_nothing(run: Run, tmp_path: Path) -> None:
    ran = run("check", "papers.jsonl", "--index", str(tmp_path / "index"))
    assert "nothing was written" in ran.stdout
    assert not (tmp_path / "index").exists()


def test_a_dump_can_come_from_stdin(run: Run, folder: Path, tmp_path: Path) -> None:
    dump = (folder / "papers.jsonl").read_bytes()
    ran = run("build", "-", "--index", str(tmp_path), "--json", input=dump)
    assert json.loads(ran.stdout)["papers"] == 3


@pytest.mark.parametrize("verb", ["build", "update", "check"])
def test_a_dump_that_is_not_there_fails_with_its_name(run: Run, verb: str) -> None:
    ran = run(verb, "absent.jsonl", code=1)
    assert ran.stderr.startswith("Error: absent.jsonl: no such file")


# Settings and misuse


def test_config_prints_what_is_in_effect(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "my.yaml"
    path.write_text("web: {port: 9000}\n", encoding="utf-8")
    assert "  port: 9000  # default: 8000\n" in run("config", "--config", str(path)).stdout
    ran = run("config", str(path))
    assert "  port: 9000  # default: 8000\n" in ran.stdout
    assert ran.stderr == f"{path}: no errors.\n"
    assert json.loads(run("config", str(path), "--json").stdout)["web"]["port"] == 9000


def test_what_config_prints_is_a_file_of_settings(run: Run, tmp_path: Path) -> None:
    for words in (["config"], ["config", "--defaults"]):
        (tmp_path / "my.yaml").write_text(run(*words).stdout, encoding="utf-8")
        run("config", str(tmp_path / "my.yaml"))


def test_faults_of_settings_are_all_said(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "my.yaml"
    path.write_text("web: {prot: 1}\nsearch: {per_page: 0}\n", encoding="utf-8")
    for words in (["config", str(path)], ["search", "bees", "--config", str(path)]):
        lines = run(*words, code=1).stderr.splitlines()
        assert lines[0].startswith(f"Error: {path}: web.prot: ")
        assert lines[1].startswith(f"{path}: search.per_page: ")


def test_settings_change_the_search(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "my.yaml"
    path.write_text("search: {per_page: 2, max_per_page: 2}\n", encoding="utf-8")
    assert len(found(run, "--config", str(path))) == 2
    ran = run("search", "--per-page", "3", "--config", str(path), code=2)
    assert "expected at most 2 (search.max_per_page); got 3" in ran.stderr


def test_shared_options_stand_before_or_after_the_verb(run: Run, tmp_path: Path) -> None:
    assert json.loads(run("--json", "info").stdout)["papers"] == 3
    run("--index", str(tmp_path), "info", code=1)
    assert run("--index", str(tmp_path), "info", "--index", "data/index").stdout
    assert run("info", env={"QUIVER_INDEX": str(tmp_path)}, code=1).stderr


@pytest.mark.parametrize("words", [["search", "x"], ["info"], ["show", "x"], ["author", "x"]])
def test_without_an_index_every_verb_names_the_command_that_makes_one(
    run: Run, tmp_path: Path, words: list[str]
) -> None:
    ran = run(*words, "--index", str(tmp_path / "none"), code=1)
    assert ran.stderr.startswith("Error: ")
    assert "quiver build" in ran.stderr
    assert not (tmp_path / "none").exists()


@pytest.mark.parametrize(
    "words",
    [
        ["nonsense"],
        ["search", "--nonsense"],
        ["search", "--page", "0"],
        ["search", "--per-page", "1001"],
        ["search", "--sort", "best"],
        ["search", "--year", "soon"],
        ["search", "--year", "2022-2019"],
        ["search", "--year", "2019-", "--year", "2010"],
        ["search", "--year", ">=2019-2020"],
        ["build"],
        ["show"],
        ["author"],
        ["serve", "--port", "70000"],
        ["serve", "--workers", "0"],
    ],
)
def test_misuse_exits_with_2_and_a_sentence(run: Run, words: list[str]) -> None:
    ran = run(*words, code=2)
    assert not ran.stdout
    assert ran.stderr.startswith("Usage: ")
    assert "Error: " in ran.stderr


@given(st.none() | st.integers(0, 9999), st.none() | st.integers(0, 9999))
def test_years_are_read_in_every_spelling(low: int | None, high: int | None) -> None:
    if low is not None and high is not None and low <= high:
        for dash in ("-", "..", "--", "–", ":"):
            assert read_years(f"{low}{dash}{high}") == YearRange(low, high)
    if low is not None:
        assert read_years(str(low)) == read_years(f"={low}") == YearRange(low, low)
        assert read_years(f"{low}-") == read_years(f">= {low}") == YearRange(low, None)
    if high is not None:
        assert read_years(f"-{high}") == read_years(f"<={high}") == YearRange(None, high)


# As a process


def quiver_process(*words: str, cwd: Path, **options: Any) -> subprocess.Popen[bytes]:
    """Start the command as the shell would."""
    code = "from webui.cli import main; main()"
    return subprocess.Popen(
        [sys.executable, "-c", code, *words],
        cwd=cwd,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": str(CHECKOUT), **options.pop("env", {})},
        **options,
    )


def test_a_reader_that_leaves_is_no_error(folder: Path) -> None:
    process = quiver_process("config", "--defaults", cwd=folder)
    assert process.stdout is not None
    assert process.stderr is not None
    process.stdout.close()
    assert process.stderr.read() == b""
    process.stderr.close()
    process.wait(30)


def test_a_terminal_without_unicode_is_no_error(folder: Path) -> None:
    process = quiver_process(
        "author", "Anna Sørén", cwd=folder, env={"PYTHONIOENCODING": "ascii", "PYTHONUTF8": "0"}
    )
    out, err = process.communicate(timeout=60)
    assert (process.returncode, err) == (0, b"")
    assert out.startswith(b"Anna S")


def test_the_command_does_not_wait_for_scipy(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "scipy.py").write_text("raise SystemExit('imported')")
    path = os.pathsep.join((str(tmp_path), str(CHECKOUT)))

    # A word that is not in the index is stemmed by NLTK, which would import it.
    process = quiver_process("search", "unheardofs", cwd=folder, env={"PYTHONPATH": path})

    _, err = process.communicate(timeout=60)
    assert (process.returncode, b"imported" in err) == (0, False)


def test_the_installed_command_is_quiver() -> None:
    from importlib.metadata import entry_points

    (point,) = entry_points(group="console_scripts", name="quiver")
    assert point.value == "webui.cli:main"


def test_a_table_of_venues_of_ones_own_is_used(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("venues.yaml").write_text(
        "ZL: {full: Letters of Zoology, type: journal, aliases: [Zool. Lett.]}\n", encoding="utf-8"
    )
    Path("my.yaml").write_text("build: {venues: venues.yaml}\n", encoding="utf-8")
    Path("a.jsonl").write_text('{"title": "Ants", "venue": "Zool. Lett."}\n' * 2, encoding="utf-8")
    ran = CliRunner().invoke(quiver(), ["build", "a.jsonl", "--config", "my.yaml", "--json"])
    report = json.loads(ran.stdout)
    shown = CliRunner().invoke(quiver(), ["search", "ants", "--json"])
    (source,) = report["sources"]

    assert [hit["venue"] for hit in json.loads(shown.stdout)["hits"]] == ["ZL"]
    assert (source["read"], source["duplicates"], source["changed"]) == (2, 1, 2)
    assert report["bytes"] > 0
    assert report["papers_per_second"] > 0


HOSTILE = "\x1b]0;owned\x07\x1b[2J\x9b31m\u202e"


@pytest.mark.parametrize(
    "line", ["search gossip", "show p1", "info", "author {name}", "diff", "verify", "similar p1"]
)
def test_nothing_that_is_printed_steers_the_terminal(run: Run, tmp_path: Path, line: str) -> None:
    index = tmp_path / "index\x1b[2J\nforged"
    dump = tmp_path / "du\x1bmp\n.jsonl"
    dump.write_text('{"id": "p9", "title": "Gossip by wire"}\n')
    words = ("--index", str(index))
    run("build", str(dump), *words)
    with open_index(index).writer() as writer:
        for number in (1, 2):
            title, text = f"Gossip {HOSTILE}{number}", f"gossip by wire {HOSTILE}"
            writer.add(
                Paper(f"p{number}", title, text, (f"Ada {HOSTILE}",), f"ICML {HOSTILE}", 2001)
            )
    ran = run(*shlex.split(line.format(name=shlex.quote(f"Ada {HOSTILE}"))), *words, color=True)

    shown = re.sub("\x1b\\[(?:0|1|2|33)m", "", ran.stdout + ran.stderr)
    assert not re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e]", shown)
    assert not re.search("^forged", shown, re.MULTILINE)


def test_a_line_feed_in_the_name_of_a_dump_forges_no_line(run: Run, tmp_path: Path) -> None:
    dump = tmp_path / "a\nWarning: forged.jsonl"
    dump.write_text("nonsense\n")
    ran = run("build", str(dump), "--index", str(tmp_path / "index"), code=1)

    assert not re.search("^Warning", ran.stdout + ran.stderr, re.MULTILINE)
