"""Killed or refused at any moment: the old generation or the new one, whole, and no repair."""

from __future__ import annotations

import errno
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from indexer.backends.whoosh.format.array_file import open_arrays, write_arrays
from indexer.backends.whoosh.format.directory import Policy
from indexer.backends.whoosh.format.generation import open_generation
from indexer.backends.whoosh.index import WhooshIndex
from indexer.errors import IndexDamaged, IndexError_
from indexer.language.parse import parse_query
from indexer.paper import Paper
from tests.effort import effort


def write_for_ever(folder: Path, state: int) -> int:
    """Start a process that writes one state after the other; gives its number."""
    child = os.fork()
    if child:
        return child
    try:
        index = WhooshIndex(folder)
        while True:
            state += 1
            with index.writer(rebuild=state % 3 == 0) as writer:
                for at in range(33):
                    writer.delete(f"p{at}")
                for at in range(30 + state % 3):
                    writer.add(Paper(f"p{at}", f"state {state}", "words of an abstract " * 5))
    finally:
        os._exit(1)


def state_of(index: WhooshIndex) -> int:
    """The one state all papers are in; fails where two states are mixed."""
    papers = [
        segment.store.paper(at)
        for segment in index.opened().segments
        for at in range(segment.arrays.papers)
        if segment.deleted is None or not segment.deleted[at]
    ]
    (title,) = {paper.title for paper in papers}
    state = int(title.removeprefix("state "))
    assert sorted(paper.id for paper in papers) == sorted(f"p{at}" for at in range(30 + state % 3))
    return state


def write_state(index: WhooshIndex, state: int) -> None:
    with index.writer() as writer:
        for at in range(33):
            writer.delete(f"p{at}")
        for at in range(30 + state % 3):
            writer.add(Paper(f"p{at}", f"state {state}"))


def kill_at_random(folder: Path, times: int, seed: int) -> None:
    index = WhooshIndex(folder)
    write_state(index, 0)
    rng = random.Random(seed)
    state = moved = 0
    started = time.monotonic()
    write_state(index, 0)
    write_state(index, 1)
    write_state(index, 0)
    longest = time.monotonic() - started  # of some writes, on this machine at this hour
    kills = 0
    while kills < times or not moved:  # most die while they write, some after they have published
        assert kills < times + 100, "nothing was ever published"
        child = write_for_ever(folder, state)
        time.sleep(rng.uniform(0.0, longest))
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        found = state_of(index)
        assert found >= state
        assert index.verify() == 30 + found % 3
        moved += found > state
        state = found
        kills += 1
        longest *= 1.0 if moved else 1.2  # a child may be slower than this process was
    write_state(index, state + 1)
    assert state_of(index) == state + 1
    left = {entry.name for entry in (folder / "generations").iterdir()}
    assert left == set(index.generations.published())


def test_killed_at_some_moments(tmp_path: Path) -> None:
    kill_at_random(tmp_path, times=6, seed=int(time.time()))


@pytest.mark.slow
def test_killed_at_many_moments(tmp_path: Path) -> None:
    kill_at_random(tmp_path, times=effort(60, 300), seed=300)


FAULTS: dict[str, tuple[object, str, OSError]] = {
    "disk full at fsync": (os, "fsync", OSError(errno.ENOSPC, "No space left on device")),
    "no renaming": (Path, "rename", PermissionError(errno.EACCES, "Permission denied")),
    "no replacing": (Path, "replace", PermissionError(errno.EACCES, "Permission denied")),
    "no making": (Path, "mkdir", OSError(errno.EROFS, "Read-only file system")),
    "no opening": (Path, "open", OSError(errno.EIO, "Input/output error")),
    "no listing": (Path, "iterdir", OSError(errno.EIO, "Input/output error")),
}


@pytest.mark.parametrize("name", FAULTS)
def test_any_call_may_fail(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    owner, call, error = FAULTS[name]
    index = WhooshIndex(tmp_path, policy=Policy(keep=2))
    write_state(index, 0)
    write_state(index, 1)
    real: Callable[..., object] = getattr(owner, call)
    state = 1
    failures = 0
    for nth in range(60):
        calls = iter(range(nth))

        def failing(*args: object, **more: object) -> object:
            if next(calls, None) is None:  # noqa: B023 - called within this turn only
                raise error
            return real(*args, **more)

        with monkeypatch.context() as patch:
            patch.setattr(owner, call, failing)
            try:
                write_state(index, state + 1)
            except IndexError_ as told:
                failures += 1
                assert str(error.strerror) in str(told)  # noqa: PT017 - any call may fail, or none
            except IndexDamaged:
                failures += 1
        found = state_of(index)
        assert found in (state, state + 1)
        assert index.verify() == 30 + found % 3
        state = found
        if next(calls, None) is not None:
            break  # the call was made less than `nth` times: all of them have failed once
    assert failures
    write_state(index, state + 1)
    assert state_of(index) == state + 1


def snapshots_on_disk(folder: Path) -> set[str]:
    """The published papers that whole generations on disk hold, by title; hidden ones aside."""
    index = WhooshIndex(folder)
    titles = set()
    for name in index.generations.names():
        opened = open_generation(name, index.generations.folder(name))
        titles |= {paper.title for segment in opened.segments for paper in segment.store}
    return titles


@pytest.mark.parametrize("pointer", [None, "nonsense", "g000001\n"])
def test_nothing_published_is_removed_before_the_next_is(
    tmp_path: Path, pointer: str | None
) -> None:
    """Killed anywhere in a build over a lost or damaged pointer: all generations are there."""
    source = tmp_path / "source"
    for state in range(3):
        write_state(WhooshIndex(source), state)
    before = {"state 0", "state 1", "state 2"}
    published = 0
    for nth in range(200):
        folder = tmp_path / f"{nth}"
        shutil.copytree(source, folder)
        if pointer is None:
            (folder / "CURRENT").unlink()
        else:
            (folder / "CURRENT").write_text(pointer)
        child = os.fork()
        if not child:
            die_at(nth)
            try:
                with WhooshIndex(folder).writer(rebuild=True) as writer:
                    writer.add(Paper("p0", "state 9"))
            finally:
                os._exit(0)
        _, status = os.waitpid(child, 0)
        pointed = folder / "CURRENT"
        if not pointed.exists() or pointed.read_text() == (pointer or ""):
            assert snapshots_on_disk(folder) >= before
        else:  # the new one is published
            published += 1
            assert WhooshIndex(folder).verify() == 1
        shutil.rmtree(folder)
        if os.WIFEXITED(status):
            break
    else:
        raise AssertionError("the build never came to its end")
    assert published > 1


def die_at(nth: int) -> None:
    """Let this process be killed at the nth call that renames, links, makes or removes a name."""
    calls = iter(range(nth))

    def watch(event: str, _: tuple[object, ...]) -> None:
        if event in _CHANGES and next(calls, None) is None:
            os.kill(os.getpid(), signal.SIGKILL)

    sys.addaudithook(watch)


_CHANGES = {"os.rename", "os.remove", "os.rmdir", "os.mkdir", "os.link", "shutil.rmtree"}


def test_without_a_pointer_the_newest_generation_counts(tmp_path: Path) -> None:
    index = WhooshIndex(tmp_path)
    for state in range(3):
        write_state(index, state)
    (tmp_path / "CURRENT").unlink()

    again = WhooshIndex(tmp_path)
    assert (again.generation(), state_of(again)) == ("g000003", 2)
    assert again.identity()
    with again.searcher() as searcher:
        assert searcher.generation == "g000003"
    write_state(again, 4)
    assert (again.generation(), state_of(again)) == ("g000004", 4)
    assert again.rollback() == "g000005"
    assert state_of(again) == 2


@pytest.mark.parametrize("pointer", ["", "../../etc", "g000009\n"])
def test_a_rollback_mends_a_pointer(tmp_path: Path, pointer: str) -> None:
    index = WhooshIndex(tmp_path)
    for state in range(3):
        write_state(index, state)
    (tmp_path / "CURRENT").write_text(pointer)

    with pytest.raises(IndexDamaged, match="quiver rollback"):
        index.opened()
    index.rollback()
    assert state_of(index) == 2


def test_a_rollback_passes_over_what_is_damaged(tmp_path: Path) -> None:
    index = WhooshIndex(tmp_path)
    for state in range(3):
        write_state(index, state)
    (tmp_path / "generations" / "g000002" / "manifest.json").write_text("nonsense")

    index.rollback()
    assert state_of(index) == 0


def test_a_read_only_directory_is_told(tmp_path: Path) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("not a directory")

    with pytest.raises(IndexError_, match=str(blocked)):
        write_state(WhooshIndex(blocked / "index"), 0)


def test_rollback_publishes_the_one_before_anew(tmp_path: Path) -> None:
    index = WhooshIndex(tmp_path)
    write_state(index, 1)
    write_state(index, 2)

    assert index.rollback() == "g000003"
    assert state_of(index) == 1
    assert index.generation() == "g000003"
    assert index.verify() == 31
    assert index.opened().manifest.info.generation == "g000003"
    write_state(index, 5)
    assert index.generation() == "g000004"


def test_only_the_last_generations_stay(tmp_path: Path) -> None:
    index = WhooshIndex(tmp_path, policy=Policy(keep=2))
    old = None
    for state in range(5):
        write_state(index, state)
        old = old or index.opened()

    assert index.generations.published() == ("g000004", "g000005")
    assert old is not None
    assert old.segments[0].store.paper(0).title == "state 0"  # a reader keeps what it has open


def test_what_a_dead_writer_left_is_removed(tmp_path: Path) -> None:
    index = WhooshIndex(tmp_path)
    write_state(index, 1)
    generations = tmp_path / "generations"
    shutil.copytree(generations / "g000001", generations / "g000002")  # renamed, not published
    (generations / ".g000003").mkdir()
    (generations / ".g000003" / "half").write_text("written")
    assert state_of(index) == 1

    write_state(index, 2)

    assert sorted(entry.name for entry in generations.iterdir()) == ["g000001", "g000003"]
    assert state_of(index) == 2


def test_readers_meet_no_fault_while_generations_come_and_go(tmp_path: Path) -> None:
    index = WhooshIndex(tmp_path, policy=Policy(keep=1))
    write_state(index, 0)
    child = write_for_ever(tmp_path, 0)
    try:
        last = 0
        seen: set[int] = set()
        until = time.monotonic() + 60
        while len(seen) < 4 and time.monotonic() < until:
            state = state_of(WhooshIndex(tmp_path))
            assert state >= last
            last = state
            seen.add(state)
    finally:
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
    assert len(seen) > 1  # few on a slow machine


READER = """
import sys
from indexer.backends.whoosh.index import WhooshIndex
from indexer.query import Query

index = WhooshIndex(sys.argv[1])
print("ready", flush=True)
answers = 0
while index.generation() != sys.argv[2]:
    with index.searcher() as searcher:
        hits = searcher.search(Query(per_page=100)).hits
        titles = {hit.paper.title for hit in hits}
        assert len(titles) == 1, titles
        state = int(titles.pop().removeprefix("state "))
        assert len(hits) == 30 + state % 3, (state, len(hits))
        answers += 1
print(answers)
"""


@pytest.mark.slow
def test_eight_processes_read_through_twenty_rebuilds(tmp_path: Path) -> None:
    index = WhooshIndex(tmp_path, policy=Policy(keep=1))
    write_state(index, 0)
    command = [sys.executable, "-c", READER, str(tmp_path), "g000021"]
    readers = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for _ in range(8)]
    try:
        for reader in readers:
            assert reader.stdout is not None
            assert reader.stdout.readline() == "ready\n"
        for state in range(1, 21):
            with index.writer(rebuild=True) as writer:
                for at in range(30 + state % 3):
                    writer.add(Paper(f"p{at}", f"state {state}", "an abstract"))
            time.sleep(0.2)
        answers = [int(reader.communicate(timeout=120)[0]) for reader in readers]
    finally:
        for reader in readers:
            reader.kill()
            reader.wait()

    assert [reader.returncode for reader in readers] == [0] * 8
    assert min(answers) > 0


@pytest.mark.parametrize("name", ["MAIN_g000001.arrays", "manifest.json", "_MAIN_1.toc"])
def test_damage_is_found(tmp_path: Path, name: str) -> None:
    index = WhooshIndex(tmp_path)
    write_state(index, 1)
    path = index.opened().folder / name
    whole = path.read_bytes()
    # The first block of papers; a pickle holds letters whose change means nothing to anyone.
    papers = max(whole.find(b"\x28\xb5\x2f\xfd"), 0) + 12
    for at in () if name.endswith("toc") else (papers, len(whole) - 2):
        path.write_bytes(whole[:at] + bytes([whole[at] ^ 0x55]) + whole[at + 1 :])
        with pytest.raises(IndexDamaged, match="quiver"):
            index.verify()
    path.unlink()
    with pytest.raises(IndexDamaged, match="quiver"):
        index.verify()


@pytest.mark.parametrize("kind", [(10, 0), (-5, 4), (1 << 40, 8), (3,), ()])
@pytest.mark.parametrize("name", ["title_tf", "places"])
def test_lists_of_another_length_are_not_read(
    tmp_path: Path, name: str, kind: tuple[int, ...]
) -> None:
    index = WhooshIndex(tmp_path)
    write_state(index, 1)
    path = index.opened().folder / "MAIN_g000001.arrays"
    other = tmp_path / "other.arrays"
    write_arrays(other, {**open_arrays(path), f"{name}.kind": np.array(kind, np.int64)})
    other.replace(path)

    with pytest.raises(IndexDamaged, match="quiver build"):
        WhooshIndex(tmp_path).opened()


@pytest.mark.parametrize("paper", [-1, 0, 1 << 30])
def test_papers_that_do_not_rise_are_not_searched(tmp_path: Path, paper: int) -> None:
    """Compiled loops believe what they are given, so it is looked at before."""
    index = WhooshIndex(tmp_path)
    with index.writer() as writer:
        for number in range(4):
            writer.add(Paper(f"p{number}", "Same"))
    path = index.opened().folder / "MAIN_g000001.arrays"
    replace(index.opened().manifest, digests={}).write(path.parent)  # or the file were not opened
    arrays = dict(open_arrays(path))
    docs = arrays["docs"].copy()
    docs[-1 if paper else 2] = paper
    write_arrays(tmp_path / "other.arrays", {**arrays, "docs": docs})
    (tmp_path / "other.arrays").replace(path)

    with (
        WhooshIndex(tmp_path).searcher() as searcher,
        pytest.raises(IndexDamaged, match="quiver verify"),
    ):
        searcher.search(parse_query("same"))


def test_damage_is_not_merged_into_what_is_new(tmp_path: Path) -> None:
    index = WhooshIndex(tmp_path)
    with index.writer() as writer:
        for number in range(40):
            writer.add(Paper(f"p{number}", "Same words", "again and again"))
    path = index.opened().folder / "MAIN_g000001.arrays"
    counts = open_arrays(path)["abstract_tf.codes"]
    raw = bytearray(path.read_bytes())
    at = raw.find(counts.tobytes())
    raw[at + len(counts) // 2] ^= 1
    path.chmod(0o644)
    path.write_bytes(raw)

    def add_as_many() -> None:
        with index.writer() as writer:
            for number in range(40):
                writer.add(Paper(f"q{number}", "Same words", "and others"))

    with pytest.raises(IndexDamaged, match="checksum"):
        add_as_many()
    assert index.generation() == "g000001"
    with index.writer(rebuild=True) as writer:
        writer.add(Paper("a", "new"))
    assert index.verify() == 1


def test_a_pointer_to_nothing_is_told(tmp_path: Path) -> None:
    index = WhooshIndex(tmp_path)
    write_state(index, 1)
    (tmp_path / "CURRENT").write_text("../../etc")
    with pytest.raises(IndexDamaged, match="no name of a generation"):
        index.opened()
    (tmp_path / "CURRENT").write_text("g000009\n")
    with pytest.raises(IndexDamaged, match="is gone"):
        index.opened()


@pytest.mark.parametrize("pointer", ["../../etc", "g000001\n", "g000009\n"])
def test_a_rebuild_mends_anything(tmp_path: Path, pointer: str) -> None:
    index = WhooshIndex(tmp_path)
    write_state(index, 1)
    (tmp_path / "CURRENT").write_text(pointer)
    (tmp_path / "generations" / "g000001" / "manifest.json").write_text("nonsense")

    with pytest.raises(IndexDamaged):
        write_state(index, 2)
    with index.writer(rebuild=True) as writer:
        writer.add(Paper("a", "new"))

    assert index.verify() == 1


def test_what_does_not_read_back_is_not_published(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    index = WhooshIndex(tmp_path)
    write_state(index, 1)
    monkeypatch.setattr(
        "indexer.backends.whoosh.integrity.faults_of", lambda _: iter(["arrays are off"])
    )

    with pytest.raises(IndexDamaged, match="arrays are off"):
        write_state(index, 2)
    assert state_of(index) == 1
