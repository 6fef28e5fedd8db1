"""The verb alert, run as a user runs it: the example of its document included."""

from __future__ import annotations

import dataclasses
import json
import re
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from indexer import Config, load_config
from indexer.cli.group import Session
from webui.cli import quiver

CHECKOUT = Path(__file__).resolve().parents[2]


@pytest.fixture(autouse=True)
def inside(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def run(*words: str, code: int = 0) -> Result:
    ran = CliRunner().invoke(quiver(), list(words))
    assert ran.exit_code == code, ran.output
    return ran


def test_the_example_of_the_document_runs() -> None:
    text = (CHECKOUT / "indexer" / "alerts" / "README.md").read_text("utf-8")
    example, settings = re.findall(r"^```ya?ml\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)
    Path("alerts.yaml").write_text(example, "utf-8")
    Path("quiver.yaml").write_text(settings, "utf-8")
    run("build", str(CHECKOUT / "data" / "martin-jaggi.txt"))
    ran = run(
        "alert", "alerts.yaml", "--config", "quiver.yaml", "--dry-run", "--since", "2000-01-01"
    )
    assert "81 new papers: papers by Martin Jaggi" in ran.stdout
    assert "https://papers.example.org/paper/icml2021-5895a998d671" in ran.stdout
    assert not Path("alerts.yaml.state").exists()
    Path("alerts.yaml").write_text("alerts: [{name: a, query: gossip}]", "utf-8")
    ran = run("alert", "alerts.yaml")
    assert "a: first run" in ran.stderr
    ran = run("alert", "alerts.yaml")
    assert ran.output == ""
    new = {"id": "new", "title": "Gossip in groups", "year": 2026}
    Path("new.jsonl").write_text(json.dumps(new), "utf-8")
    run("update", "new.jsonl")
    assert "1. Gossip in groups" in run("alert", "alerts.yaml").stdout
    assert run("alert", "alerts.yaml").output == ""


def test_what_is_wrong_is_told() -> None:
    assert "there is no such file" in run("alert", "alerts.yaml", code=1).stderr
    Path("alerts.yaml").write_text("alerts:\n- {name: a, query: x, sort: best}", "utf-8")
    told = run("alert", "alerts.yaml", code=1).stderr
    assert "alerts.yaml: a.sort: expected one of relevance" in told
    assert "(line 2)" in told


def test_no_file_that_the_settings_name_is_written() -> None:
    """Every key that names a file, those that a later version adds included."""
    keys = {
        f"{section.name}.{key.name}"
        for section in dataclasses.fields(Config)
        if dataclasses.is_dataclass(part := getattr(load_config(), section.name))
        for key in dataclasses.fields(part)
        if key.name.endswith("_file") or key.name in ("venues", "authors", "duplicates", "labels")
    }
    assert len(keys) >= 13
    for key in keys:
        config = load_config(overrides={key: "named.txt"})
        assert "named.txt" in Session(config, json=False).settings_files, key
