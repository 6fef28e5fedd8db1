"""What the engine logs: builds, merges and publications, and only where it is asked for."""

from __future__ import annotations

import logging
from pathlib import Path

import pytest
from click.testing import CliRunner

from indexer import open_index
from indexer.build import build_index
from webui.cli import quiver

DUMP = '{"id": "p1", "title": "Gossip learning", "authors": ["Ada Byron"]}\n'


@pytest.fixture
def dump(tmp_path: Path) -> Path:
    path = tmp_path / "papers.jsonl"
    path.write_text(DUMP, encoding="utf-8")
    return path


def test_a_build_logs_what_it_reads_merges_and_publishes(
    dump: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, logger="indexer")
    index = open_index(tmp_path / "index")
    build_index([str(dump)], index)
    logged = "\n".join(record.getMessage() for record in caplog.records)
    assert f"building from {dump}" in logged
    assert "merging 1 runs and 0 segments" in logged
    assert "published generation g000001" in logged
    assert "generation g000001 has 1 papers" in logged


def test_the_library_configures_no_handlers() -> None:
    names = ["indexer", "webui", *logging.Logger.manager.loggerDict]
    ours = [name for name in names if name.partition(".")[0] in ("indexer", "webui")]
    assert not [name for name in ours if logging.getLogger(name).handlers]


@pytest.mark.parametrize("arguments", [["build", "--verbose"], ["--verbose", "build"]])
def test_verbose_writes_the_log_to_standard_error(
    dump: Path, tmp_path: Path, arguments: list[str]
) -> None:
    ran = CliRunner().invoke(quiver(), [*arguments, str(dump), "--index", str(tmp_path / "index")])
    assert ran.exit_code == 0
    assert "published generation g000001" in ran.stderr
    assert "published generation" not in ran.stdout
    assert not logging.getLogger("indexer").handlers


def test_without_verbose_nothing_is_logged(dump: Path, tmp_path: Path) -> None:
    ran = CliRunner().invoke(quiver(), ["build", str(dump), "--index", str(tmp_path / "index")])
    assert "published generation" not in ran.output


def test_a_name_of_a_file_cannot_steer_the_terminal(tmp_path: Path) -> None:
    path = tmp_path / "a\x1b[2Jb.jsonl"
    path.write_text(DUMP, encoding="utf-8")
    ran = CliRunner().invoke(
        quiver(), ["build", "--verbose", str(path), "--index", str(tmp_path / "index")]
    )
    assert "\x1b" not in ran.output
    assert "a\\x1b[2Jb.jsonl" in ran.stderr
