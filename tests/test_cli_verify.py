"""Checks that repeat, checks behind a server, and a generation that was backed up."""

from __future__ import annotations

import re
import shutil
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner

import webui.server
from indexer import Config, Paper, open_index, parse_query
from webui.cli import quiver

PATIENCE = 120.0
"""Seconds after which what should have happened did not."""


@pytest.fixture
def index(tmp_path: Path) -> Path:
    """The folder of an index of two generations; damaged, the newest is not read."""
    folder = tmp_path / "data" / "index"
    for title in ("Gossip", "Gossip, again"):
        with open_index(folder).writer(rebuild=True) as writer:
            writer.add(Paper("p1", title, "Rumours spread."))
    return folder


def damage(index: Path) -> None:
    """Change the last byte of the newest generation's lists."""
    (file,) = (index / "generations" / (index / "CURRENT").read_text().strip()).glob("*.arrays")
    whole = file.read_bytes()
    file.write_bytes(whole[:-2] + bytes([whole[-2] ^ 0x55]) + whole[-1:])


def test_a_check_is_repeated_and_goes_on_after_damage(
    index: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pauses: list[float] = []

    def pause(seconds: float) -> None:
        pauses.append(seconds)
        damage(index)
        if len(pauses) == 2:
            raise KeyboardInterrupt

    monkeypatch.setattr(time, "sleep", pause)
    ran = CliRunner().invoke(quiver(), ["verify", "--index", str(index), "--every", "2"])

    assert pauses == [7200, 7200]
    assert ran.stdout.count("is whole: 1 paper read back.") == 1
    assert ran.stderr.count("quiver rollback") == 1
    assert ran.exit_code == 1
    assert "stopped" in ran.stderr


def test_a_server_has_its_index_checked_in_a_process_of_its_own(
    index: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    damage(index)
    said = ""

    def serve(config: Config, **_: Callable[..., object]) -> None:
        nonlocal said
        assert config.index.dir == str(index)
        end = time.monotonic() + PATIENCE
        while "Error: " not in said:
            assert time.monotonic() < end, said
            time.sleep(0.1)
            said += capfd.readouterr().err

    module = pytest.importorskip(f"{webui.server.__name__}.gunicorn_app")
    monkeypatch.setattr(module, "serve", serve)
    words = ["serve", "--index", str(index), "--verify", "24"]
    assert CliRunner().invoke(quiver(), words).exit_code == 0
    assert "quiver rollback" in said


def test_a_generation_is_backed_up_and_put_back(
    index: Path, tmp_path: Path, checkout: Path
) -> None:
    """The two lines of webui/README.md."""
    if not (shutil.which("flock") and shutil.which("tar")):
        pytest.skip("flock or tar is not installed")
    text = (checkout / "webui" / "README.md").read_text(encoding="utf-8")
    found = re.search(r"```sh\n(flock .*)\n(mkdir .*)\n```", text)
    assert found
    subprocess.run(["sh", "-c", found[1]], cwd=tmp_path, check=True)
    shutil.rmtree(index)
    subprocess.run(["sh", "-c", found[2]], cwd=tmp_path, check=True)

    assert [entry.name for entry in (index / "generations").iterdir()] == ["g000002"]
    ran = CliRunner().invoke(quiver(), ["verify", "--index", str(index)])
    assert ran.output == "Generation g000002 is whole: 1 paper read back.\n"
    with open_index(index).searcher() as searcher:
        (hit,) = searcher.search(parse_query("gossip")).hits
        assert hit.paper.title == "Gossip, again"
    with open_index(index).writer(rebuild=True) as writer:
        writer.add(Paper("p2", "Later", ""))
