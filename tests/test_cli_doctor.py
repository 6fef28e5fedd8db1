"""`quiver doctor` names what is wrong, with a remedy, and is quiet where nothing is."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from click.testing import CliRunner

from webui.cli import quiver

module: Any = __import__("indexer.cli.doctor", fromlist=["doctor"])


class Usage(NamedTuple):
    total: int
    used: int
    free: int


def examined(folder: Path, *options: str) -> tuple[int, dict[str, list[dict[str, str]]]]:
    ran = CliRunner().invoke(quiver(), ["--index", str(folder), *options, "doctor", "--json"])
    by_subject: dict[str, list[dict[str, str]]] = {}
    for finding in json.loads(ran.stdout):
        by_subject.setdefault(finding["about"], []).append(finding)
    return ran.exit_code, by_subject


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory, checkout: Path) -> Path:
    folder = tmp_path_factory.mktemp("doctor") / "index"
    dump = str(checkout / "data" / "martin-jaggi.txt")
    ran = CliRunner().invoke(quiver(), ["build", dump, "--index", str(folder)])
    assert ran.exit_code == 0, ran.output
    return folder


def test_a_well_installation_is_said_to_be_so(built: Path) -> None:
    code, found = examined(built)
    assert code == 0
    assert "81 papers" in found["index"][0]["said"]
    states = {one["state"] for findings in found.values() for one in findings}
    assert "bad" not in states


def test_no_index_yet_is_no_fault_and_says_how_to_make_one(tmp_path: Path) -> None:
    code, found = examined(tmp_path / "none")
    assert code == 0
    assert (found["index"][0]["state"], found["index"][0]["remedy"][:13]) == (
        "note",
        "`quiver build",
    )
    assert not (tmp_path / "none").exists()


def test_damage_is_named(built: Path, tmp_path: Path) -> None:
    folder = tmp_path / "damaged"
    folder.mkdir()
    (folder / "CURRENT").write_text("g000009\n", encoding="utf-8")
    code, found = examined(folder)
    assert (code, found["index"][0]["state"]) == (1, "bad")


def test_a_full_disk_and_a_wrong_clock_are_named(
    built: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module.shutil, "disk_usage", lambda _: Usage(10, 10, 0))
    monkeypatch.setattr(module.time, "time", lambda: 1e9)
    code, found = examined(built)
    assert code == 1
    assert (found["disk"][0]["state"], found["clock"][0]["state"]) == ("bad", "bad")
    assert "make room" in found["disk"][0]["remedy"]


@pytest.mark.skipif(os.name != "posix", reason="modes of POSIX")
def test_a_folder_that_everybody_can_write_to_is_named(tmp_path: Path) -> None:
    tmp_path.chmod(0o777)
    code, found = examined(tmp_path)
    assert code == 1
    assert found["folder"][0]["remedy"] == f"chmod o-w {tmp_path}"


def test_an_absent_extra_is_a_note_with_the_command(
    built: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "has_module", lambda name: name != "numba")
    code, found = examined(built)
    (fast,) = (one for one in found["extra"] if one["said"].startswith("fast"))
    assert (code, fast["state"]) == (0, "note")
    assert fast["remedy"] == "pip install 'quiver-search[fast]'"


def test_an_open_server_without_a_limit_is_pointed_at(built: Path, tmp_path: Path) -> None:
    settings = tmp_path / "my.yaml"
    settings.write_text("web: {host: 0.0.0.0}\n", encoding="utf-8")
    code, found = examined(built, "--config", str(settings))
    assert (code, found["server"][0]["state"]) == (0, "note")


def test_it_is_a_verb_that_prints_for_people(built: Path) -> None:
    ran = CliRunner().invoke(quiver(), ["--index", str(built), "doctor"])
    assert ran.exit_code == 0
    assert "ok    quiver" in ran.stdout


def test_evaluate_without_its_extra_names_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("indexer.system.extras.has_module", lambda _: False)
    ran = CliRunner().invoke(quiver(), ["evaluate", str(tmp_path)])
    assert ran.exit_code == 1
    assert "ir_measures is not installed" in ran.stderr
    assert "pip install 'quiver-search[evaluate]'" in ran.stderr
