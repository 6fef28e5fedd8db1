"""Damage is told as damage, or an older generation answers; never a raw exception or a guess."""

from __future__ import annotations

import logging
import random
import time
from pathlib import Path
from typing import Any, cast

import numpy as np
import pytest
from click.testing import CliRunner
from flask.testing import FlaskClient

from indexer.backends.whoosh.format import generation as formats
from indexer.backends.whoosh.format.array_file import OpenArrays, map_arrays, write_arrays
from indexer.backends.whoosh.index import WhooshIndex
from indexer.errors import IndexDamaged
from indexer.generations.integrity import Integrity
from indexer.language.parse import parse_query
from indexer.paper import Paper
from tests.stress import damage
from webui import create_app
from webui.cli import quiver
from webui.http.searcher_pool import Snapshots


def two_generations(place: Path) -> WhooshIndex:
    index = WhooshIndex(place)
    for number in (1, 2):
        with index.writer(rebuild=True) as writer:
            writer.add(Paper("p", f"Gossip {number}", "words of an abstract"))
    return index


def arrays_of(index: WhooshIndex, name: str = "g000002") -> Path:
    return index.generations.folder(name) / f"MAIN_{name}.arrays"


def spoil(path: Path, array: str = "packed") -> None:
    """Change a byte of an array where it lies: whoever has the file open sees it, too."""
    raw = bytearray(path.read_bytes())
    at = raw.find(map_arrays(path).arrays[array].tobytes())
    raw[at + 3] ^= 0x55
    with path.open("r+b") as file:
        file.write(raw)


def test_damages_of_every_file_are_found_and_told(tmp_path: Path) -> None:
    rows = damage.run(30, int(time.time()) % 1000, tmp_path)

    assert [fault for row in rows.values() for fault in row.faults] == []
    assert sum(row.trials for row in rows.values()) > 20
    assert sum(row.older for row in rows.values())


def test_the_trial_of_damages_can_fail(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(OpenArrays, "check", lambda *_, **__: None)
    trial = damage.Trial(tmp_path)
    (file,) = (one for one in trial.files() if one.name == "MAIN_g000002.arrays")
    row = damage.Row()
    for seed in range(12):
        trial.judge(trial.damage(file, "flip", random.Random(seed)), row, "flip")

    assert row.faults


@pytest.mark.parametrize("more", [b"\0", b"\n", b"x" * 100])
def test_appended_bytes_are_found(tmp_path: Path, more: bytes) -> None:
    index = two_generations(tmp_path)
    for path in sorted(index.generations.folder("g000002").iterdir()):
        whole = path.read_bytes()
        path.write_bytes(whole + more)
        with pytest.raises(IndexDamaged, match="quiver"):
            WhooshIndex(tmp_path).verify()
        path.write_bytes(whole)
    assert WhooshIndex(tmp_path).verify() == 1


def test_bytes_between_arrays_are_found(tmp_path: Path) -> None:
    path = tmp_path / "some.arrays"
    write_arrays(path, {"one": np.arange(3, dtype=np.uint8), "two": np.arange(3, dtype=np.uint8)})
    whole = path.read_bytes()
    path.write_bytes(whole[:70] + b"\1" + whole[71:])

    with pytest.raises(IndexDamaged, match="not written before 'two'"):
        map_arrays(path).check()


def test_a_whole_file_of_another_index_is_found(tmp_path: Path) -> None:
    index = two_generations(tmp_path / "one")
    other = WhooshIndex(tmp_path / "other")
    for _ in range(2):
        with other.writer(rebuild=True) as writer:
            writer.add(Paper("p", "Gossip 3", "words of an abstract"))
    arrays_of(index).unlink()
    arrays_of(index).write_bytes(arrays_of(other).read_bytes())

    with pytest.raises(IndexDamaged, match="another file"):
        WhooshIndex(tmp_path / "one").opened()


def test_the_older_generation_answers_and_says_so(tmp_path: Path) -> None:
    index = two_generations(tmp_path)
    spoil(arrays_of(index))
    index = WhooshIndex(tmp_path)

    with index.searcher() as searcher:
        assert searcher.search(parse_query("gossip")).hits[0].paper.title == "Gossip 1"
        assert "g000002 is damaged, so g000001 answers" in searcher.integrity.fallback_reason
    with index.searcher() as again:
        assert again is searcher
    with pytest.raises(IndexDamaged), index.searcher("g000002"):
        pass
    with pytest.raises(IndexDamaged):
        index.verify()
    with index.writer(rebuild=True) as writer:
        writer.add(Paper("p", "Gossip 3"))
    with index.searcher() as searcher:
        assert (searcher.generation, searcher.integrity.fallback_reason) == ("g000003", "")


def test_nothing_whole_is_an_error_that_is_not_looked_for_at_each_request(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    index = two_generations(tmp_path)
    spoil(arrays_of(index))
    spoil(arrays_of(index, "g000001"))
    index = WhooshIndex(tmp_path)
    opened = []
    real = formats.open_generation

    def counting(name: str, folder: Path) -> formats.OpenedGeneration:
        opened.append(name)
        return real(name, folder)

    monkeypatch.setattr("indexer.backends.whoosh.index.open_generation", counting)
    for _ in range(3):
        with pytest.raises(IndexDamaged, match="checksum"), index.searcher():
            pass

    assert opened.count("g000001") == 1


def lazily(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let every file count as large, so that nothing is checked when it is opened."""
    monkeypatch.setattr(formats, "SMALL_FILE", 0)
    monkeypatch.setattr(formats, "SMALL", -1)


def test_an_exception_over_damage_is_told_as_damage(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lazily(monkeypatch)
    index = two_generations(tmp_path)
    with index.searcher() as searcher:
        spoil(arrays_of(index), "stems.blob")

        def fail(*_: object) -> None:
            raise ZeroDivisionError

        with monkeypatch.context() as patch:
            patch.setattr("indexer.backends.whoosh.searcher.find", fail)
            with pytest.raises(IndexDamaged, match=r"MAIN_g000002\.arrays.*quiver rollback"):
                searcher.count(parse_query("gossip"))
        with pytest.raises(IndexDamaged):
            searcher.get("p")
        with pytest.raises(IndexDamaged):
            next(searcher.ids(parse_query("gossip")))
    with index.searcher() as searcher:
        assert searcher.generation == "g000001"


def test_a_fault_of_the_program_stays_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    index = two_generations(tmp_path)

    def fail(*_: object) -> None:
        raise ZeroDivisionError

    with index.searcher() as searcher, monkeypatch.context() as patch:
        patch.setattr("indexer.backends.whoosh.searcher.find", fail)
        for _ in range(2):
            with pytest.raises(ZeroDivisionError):
                searcher.count(parse_query("gossip"))


def test_the_files_are_not_read_again_at_each_exception() -> None:
    checked = []
    integrity = Integrity((lambda: checked.append(1),), unchecked=5)
    for _ in range(3):
        integrity.explain(ValueError())

    assert (checked, integrity.unchecked) == ([1], 0)


def test_a_server_finds_damage_in_the_background_and_falls_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    lazily(monkeypatch)
    index = two_generations(tmp_path)
    spoil(arrays_of(index))
    snapshots = Snapshots(WhooshIndex(tmp_path))
    with caplog.at_level(logging.ERROR), snapshots.lent() as searcher:
        until = time.monotonic() + 60
        while not searcher.integrity.damage and time.monotonic() < until:
            time.sleep(0.01)
    assert searcher.generation == "g000002"
    with snapshots.lent() as searcher:
        assert searcher.generation == "g000001"
    assert (snapshots.published(), snapshots.identity()) == ("g000001", searcher.identity)
    assert "MAIN_g000002.arrays" in caplog.text
    snapshots.close()


def test_a_server_keeps_what_it_has_open(tmp_path: Path) -> None:
    index = WhooshIndex(tmp_path)
    with index.writer() as writer:
        writer.add(Paper("p", "Gossip 1"))
    snapshots = Snapshots(WhooshIndex(tmp_path))
    with snapshots.lent() as searcher:
        assert searcher.generation == "g000001"
    with index.writer(rebuild=True) as writer:
        writer.add(Paper("p", "Gossip 2"))
    index.generations.clean(keep=1)
    (index.generations.folder("g000002") / "manifest.json").write_text("nonsense")

    with snapshots.lent() as searcher:
        assert searcher.get("p") == Paper("p", "Gossip 1")
        assert "g000001, which was open" in searcher.integrity.fallback_reason
    snapshots.close()


def told_by(client: FlaskClient, address: str) -> dict[str, Any]:
    """The JSON that an address answers."""
    return cast("dict[str, Any]", client.get(address).json)


def test_health_page_and_commands_say_so(tmp_path: Path) -> None:
    index = two_generations(tmp_path)
    client = create_app(index=WhooshIndex(tmp_path)).test_client()
    assert told_by(client, "/healthz")["status"] == "ok"
    spoil(arrays_of(index))
    (tmp_path / "CURRENT").write_text("nonsense")

    client = create_app(index=WhooshIndex(tmp_path)).test_client()
    told = told_by(client, "/healthz")
    assert (told["status"], told["generation"]) == ("degraded", "g000001")
    assert str(tmp_path) not in str(told)
    assert told_by(client, "/info.json")["degraded"]
    assert "Gossip 1" in client.get("/search?q=gossip").text
    assert "Gossip 1" in client.get("/search?q=gossip").text  # as it was kept
    result = CliRunner().invoke(quiver(), ["info", "--index", str(tmp_path)])
    assert "g000001 answers" in result.stdout
    assert "Warning: " in result.stderr
    spoil(arrays_of(index, "g000001"))

    client = create_app(index=WhooshIndex(tmp_path)).test_client()
    for address in ("/search?q=gossip", "/healthz", "/search.json?q=gossip"):
        answer = client.get(address)
        assert answer.status_code == 503
        assert "The index is damaged" in answer.text
        assert str(tmp_path) not in answer.text
