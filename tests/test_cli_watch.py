"""``quiver build --watch`` in a process of its own: what comes is read, until a signal."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner

from indexer import Query, open_index
from webui.cli import quiver

CHECKOUT = Path(__file__).resolve().parents[1]
PATIENCE = 60.0
"""Seconds after which what should have happened did not."""
_COMMAND = "import sys; from webui.cli import main; sys.exit(main())"


class Watch:
    """A running watch of the folder ``lists`` in a folder."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.index = root / "index"
        words = ["build", "--watch", "lists", "--every", "0.1", "--json", "--index", "index"]
        with (root / "reports").open("wb") as reports, (root / "said").open("wb") as said:
            self.process = subprocess.Popen(
                [sys.executable, "-c", _COMMAND, *words],
                cwd=root,
                env={**os.environ, "PYTHONPATH": str(CHECKOUT)},
                stdout=reports,
                stderr=said,
            )

    def text(self) -> str:
        """What it has said so far."""
        return (self.root / "said").read_text(encoding="utf-8")

    def ids(self) -> set[str]:
        """Ids in the index."""
        if open_index(self.index).generation() is None:
            return set()
        with open_index(self.index).searcher() as searcher:
            return set(searcher.ids(Query()))

    def waits_for(self, what: Callable[[], bool]) -> None:
        """Return when something is so; fail when it does not come about or the watch ends."""
        end = time.monotonic() + PATIENCE
        while not what():
            assert self.process.poll() is None, self.text()
            assert time.monotonic() < end, self.text()
            time.sleep(0.05)

    def ends_on(self, number: signal.Signals) -> None:
        """Send a signal; it ends well."""
        self.process.send_signal(number)
        assert self.process.wait(PATIENCE) == 0, self.text()
        assert self.text().endswith("Stopped; the index is as it was last published.\n")
        assert "Traceback" not in self.text()


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Callable[[], Watch]]:
    """Starts a watch; it is ended after the test."""
    (tmp_path / "lists").mkdir()
    started: list[Watch] = []

    def begin() -> Watch:
        started.append(Watch(tmp_path))
        return started[-1]

    yield begin
    for watch in started:
        watch.process.kill()
        watch.process.wait()


def dump(root: Path, name: str, *titles: str) -> None:
    """Write a dump of papers whose id is their title, at one stroke."""
    lines = [json.dumps({"id": title, "title": title}) + "\n" for title in titles]
    beside = root / f"{name}.new"
    beside.write_text("".join(lines), encoding="utf-8")
    beside.replace(root / "lists" / name)


def test_dumps_that_come_or_change_are_added(start: Callable[[], Watch], tmp_path: Path) -> None:
    dump(tmp_path, "a.jsonl", "ants")
    watch = start()
    watch.waits_for(lambda: watch.ids() == {"ants"})

    dump(tmp_path, "b.jsonl", "bees")
    watch.waits_for(lambda: watch.ids() == {"ants", "bees"})
    dump(tmp_path, "b.jsonl", "bees", "cats")
    watch.waits_for(lambda: watch.ids() == {"ants", "bees", "cats"})
    told = tmp_path / "reports"  # a report follows what it tells of
    watch.waits_for(lambda: told.read_text(encoding="utf-8").count("\n") == 3)
    watch.ends_on(signal.SIGTERM)

    reports = told.read_text(encoding="utf-8").splitlines()
    read = [[one["source"] for one in json.loads(line)["sources"]] for line in reports]
    assert read == [["lists/a.jsonl"], ["lists/b.jsonl"], ["lists/b.jsonl"]]


def test_a_folder_without_dumps_is_watched_and_faults_are_told(
    start: Callable[[], Watch], tmp_path: Path
) -> None:
    watch = start()
    watch.waits_for(lambda: "Watching lists" in watch.text())
    assert watch.ids() == set()

    (tmp_path / "lists" / "broken.jsonl.gz").write_bytes(b"\x1f\x8b\x08\x00 cut short")
    (tmp_path / "lists" / "notes.txt").write_text("These are no papers.", encoding="utf-8")
    dump(tmp_path, "good.jsonl", "ants")
    watch.waits_for(lambda: watch.ids() == {"ants"})
    watch.waits_for(lambda: "Error: lists/broken.jsonl.gz" in watch.text())

    dump(tmp_path, "broken.jsonl.gz", "bees")  # mended
    watch.waits_for(lambda: watch.ids() == {"ants", "bees"})
    watch.ends_on(signal.SIGINT)
    assert watch.text().count("Error:") == 1


def test_another_writer_is_waited_for_and_told_once(
    start: Callable[[], Watch], tmp_path: Path
) -> None:
    dump(tmp_path, "a.jsonl", "ants")
    watch = start()
    told = tmp_path / "reports"  # a report comes when the writer has let go of the lock
    watch.waits_for(lambda: told.read_text(encoding="utf-8").count("\n") == 1)
    with open_index(watch.index).writer():
        dump(tmp_path, "b.jsonl", "bees")
        watch.waits_for(lambda: "Error:" in watch.text())
        time.sleep(0.5)
    watch.waits_for(lambda: watch.ids() == {"ants", "bees"})
    watch.ends_on(signal.SIGTERM)
    assert watch.text().count("Error:") == 1


@pytest.mark.parametrize(
    ("words", "fault"),
    [
        (["--watch", "-"], "reads dumps more than once, so it cannot be combined with -"),
        (["--watch", ".", "--rejected", "bad.jsonl"], "cannot be combined with --rejected"),
        ([".", "--every", "3"], "add --watch"),
    ],
)
def test_what_makes_no_sense_with_a_watch_is_misuse(words: list[str], fault: str) -> None:
    ran = CliRunner().invoke(quiver(), ["build", *words])
    assert ran.exit_code == 2
    assert fault in ran.stderr.replace("\n", " ")


def test_a_name_of_nothing_is_refused_before_watching(tmp_path: Path) -> None:
    ran = CliRunner().invoke(quiver(), ["build", "--watch", str(tmp_path / "lsits")])
    assert ran.exit_code == 1
    assert "no such file" in ran.stderr
