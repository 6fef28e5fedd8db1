"""The verb diff, and that an index may shrink only by as much as was allowed."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from webui.cli import quiver


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


def build(*titles: str, code: int = 0, options: tuple[str, ...] = ()) -> Result:
    """Build from papers whose id is the first letter of their title."""
    lines = [json.dumps({"id": title[0], "title": title}) + "\n" for title in titles]
    Path("papers.jsonl").write_text("".join(lines), encoding="utf-8")
    return run("build", "papers.jsonl", *options, code=code)


def test_diff_compares_the_newest_generation_with_the_one_before() -> None:
    build("ants", "bees", "cats")
    build("ants", "bees dance", "dogs")

    told = json.loads(run("diff", "--json").stdout)
    assert told == {
        "old": "g000001",
        "new": "g000002",
        "added": ["d"],
        "changed": ["b"],
        "gone": ["c"],
    }
    assert run("diff").stdout == (
        "From g000001 to g000002: 3 papers: 1 added, 1 changed, 1 gone.\n"
        "\nadded:\n  d  dogs\n\nchanged:\n  b  bees dance\n\ngone:\n  c\n"
    )


def test_diff_takes_the_names_of_generations() -> None:
    build("ants")
    build("ants", "bees")
    build("bees", "cats")

    def ids(*names: str) -> tuple[list[str], list[str]]:
        told = json.loads(run("diff", *names, "--json").stdout)
        return told["added"], told["gone"]

    assert ids("g000001") == (["b", "c"], ["a"])
    assert ids("g000001", "g000002") == (["b"], [])
    assert ids("g000003", "g000001") == (["a"], ["b", "c"])


def test_two_generations_that_are_alike_have_no_lists() -> None:
    build("ants")
    build("ants")
    assert run("diff").stdout == (
        "From g000001 to g000002: 0 papers: 0 added, 0 changed, 0 gone.\n"
    )


def test_a_generation_with_none_before_it_cannot_be_compared() -> None:
    assert "there are: none" in run("diff", code=1).stderr
    build("ants")
    assert "no generation before g000001" in run("diff", code=1).stderr


def test_a_name_of_no_generation_is_told_with_those_there_are() -> None:
    build("ants")
    build("bees")
    told = run("diff", "g7", code=1).stderr
    assert "'g7'" in told
    assert "g000001, g000002" in told
    assert "'g8'" in run("diff", "g000001", "g8", code=1).stderr


def test_a_long_list_is_cut_for_people_only() -> None:
    build("zebra")
    build(*(f"{chr(0x4E00 + at)} paper" for at in range(25)))
    assert "… and 5 more; --json lists them" in run("diff").stdout
    assert len(json.loads(run("diff", "--json").stdout)["added"]) == 25


def test_an_index_shrinks_beyond_the_setting_only_when_that_is_allowed() -> None:
    Path("my.yaml").write_text("build:\n  most_lost: 0.5\n", encoding="utf-8")
    settings = ("--config", "my.yaml")
    build("ants", "bees", "cats", "dogs", options=settings)

    told = build("ants", code=1, options=settings).stderr
    assert "papers would fall from 4 to 1" in told
    assert "--allow-shrink" in told
    assert json.loads(run("info", "--json").stdout)["generation"] == "g000001"

    build("ants", "bees", options=settings)  # just as much as the setting allows
    build("ants", options=(*settings, "--allow-shrink"))
    assert json.loads(run("diff", "--json").stdout)["gone"] == ["b"]
    assert run("update", "papers.jsonl", "--allow-shrink").stdout
