"""Files that commands write: never over an input, never half written, whatever the option."""

from __future__ import annotations

import json
import os
import signal
import stat
import subprocess
import sys
import threading
import time
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from indexer.build import check_dumps
from indexer.errors import DumpError, OutputError
from indexer.evaluation.evaluate import holds_run
from indexer.intake.rejected import holds_rejected
from indexer.system.output_file import OutputFile
from indexer.system.protected import Protected, protect
from webui.cli import quiver

GOOD = '{"id": "good", "title": "Good"}\n'
DUMP = GOOD + '{"id": "bad"}\n{not json\n'
FOREIGN = "My notes of ten years.\n"


@pytest.fixture(autouse=True)
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with dumps, a judged collection, settings and an index."""
    monkeypatch.chdir(tmp_path)
    for name in ("QUIVER_INDEX", "QUIVER_CONFIG"):
        monkeypatch.delenv(name, raising=False)
    Path("dump.jsonl").write_text(DUMP)
    Path("dumps").mkdir()
    Path("dumps/inside.jsonl").write_text(DUMP)
    with zipfile.ZipFile("archive.zip", "w") as archive:
        archive.writestr("member.jsonl", DUMP)
    Path("settings.yaml").write_text("build: {keep: 2}\n")
    Path("judged/qrels").mkdir(parents=True)
    Path("judged/corpus.jsonl").write_text('{"_id": "b", "title": "Bees", "text": "Bees dance."}\n')
    Path("judged/queries.jsonl").write_text('{"_id": "1", "text": "bees"}\n')
    Path("judged/qrels/test.tsv").write_text("query-id\tcorpus-id\tscore\n1\tb\t1\n")
    return tmp_path


def run(*words: str, stdin: str | None = None) -> Result:
    return CliRunner().invoke(quiver(), [*words, "--config", "settings.yaml"], input=stdin)


def state(folder: Path) -> dict[str, bytes]:
    """Content of every file by its path, the index aside."""
    return {
        str(path): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file() and "data" not in path.parts
    }


VERBS: dict[str, Callable[[str], list[str]]] = {
    "build": lambda out: ["build", "dump.jsonl", "dumps", "archive.zip", "--rejected", out],
    "update": lambda out: ["update", "dump.jsonl", "dumps", "archive.zip", "--rejected", out],
    "check": lambda out: ["check", "dump.jsonl", "dumps", "archive.zip", "--rejected", out],
    "pattern": lambda out: ["check", "*.jsonl", "dumps/*", "archive.zip", "--rejected", out],
    "export": lambda out: ["export", "--output", out],
    "evaluate": lambda out: ["evaluate", "judged", "--run", out],
    "harvest": lambda out: ["harvest", "http://127.0.0.1:9/oai", out],
}
READ = {
    "build": ["dump.jsonl", "dumps/inside.jsonl", "archive.zip", "settings.yaml"],
    "export": ["settings.yaml"],
    "evaluate": ["judged/corpus.jsonl", "judged/qrels/test.tsv", "settings.yaml"],
    "harvest": ["settings.yaml"],
}
READ |= {"update": ["dump.jsonl"], "check": READ["build"][:2], "pattern": READ["build"][:2]}


def same(path: str) -> str:
    return path


def absolute(path: str) -> str:
    return str(Path(path).resolve())


def dotted(path: str) -> str:
    return f"./dumps/.././{path}"


def symlink(path: str) -> str:
    Path("link").symlink_to(path)
    return "link"


def symlinks(path: str) -> str:
    Path("chain").symlink_to(path)
    Path("link").symlink_to(Path("chain").absolute())
    return "link"


def hard_link(path: str) -> str:
    os.link(path, "hard")
    return "hard"


def through_folder(path: str) -> str:
    Path("elsewhere").symlink_to(Path(path).absolute().parent)
    return f"elsewhere/{Path(path).name}"


WAYS = (same, absolute, dotted, symlink, symlinks, hard_link, through_folder)


@pytest.mark.parametrize("way", WAYS, ids=lambda way: way.__name__)
@pytest.mark.parametrize(("verb", "read"), [(verb, one) for verb in VERBS for one in READ[verb]])
def test_a_file_that_is_read_is_never_written(
    verb: str, read: str, way: Callable[[str], str], place: Path
) -> None:
    output = way(read)
    before = state(place)

    result = run(*VERBS[verb](output), *(["--overwrite"] if verb != "harvest" else []))

    assert result.exit_code == 1, result.output
    assert result.stderr.startswith(f"Error: {output}: ")
    assert state(place) == before
    assert not Path("data").exists()


@pytest.mark.parametrize("verb", VERBS)
def test_nothing_is_written_into_the_index(verb: str) -> None:
    Path("data/index").mkdir(parents=True)
    Path("data/index/CURRENT").write_text("g000001\n")

    for inside in ("data/index/more", "data/index/CURRENT", "data/index/generations/x"):
        result = run(*VERBS[verb](inside))

        assert result.exit_code == 1, result.output
        assert "where only the index may be" in result.stderr
    assert Path("data/index/CURRENT").read_text() == "g000001\n"
    assert not Path("data/index/more").exists()


@pytest.mark.parametrize("verb", ["build", "update", "check", "pattern"])
def test_no_new_file_is_written_where_the_next_build_reads_it(verb: str) -> None:
    result = run(*VERBS[verb]("dumps/rejected.jsonl"))

    assert result.exit_code == 1
    assert not Path("dumps/rejected.jsonl").exists()


@pytest.mark.parametrize("verb", VERBS)
def test_a_file_of_someone_else_is_left_as_it_is(verb: str) -> None:
    Path("notes").write_text(FOREIGN)

    result = run(*VERBS[verb]("notes"))

    assert result.exit_code == 1, result.output
    assert result.stderr.startswith("Error: notes: ")
    assert Path("notes").read_text() == FOREIGN


@pytest.mark.parametrize("verb", [verb for verb in VERBS if verb != "harvest"])
def test_it_is_replaced_where_the_user_says_so(verb: str) -> None:
    assert run("build", "dump.jsonl").exit_code == 0
    Path("notes").write_text(FOREIGN)
    Path("notes").chmod(0o640)

    result = run(*VERBS[verb]("notes"), "--overwrite")

    assert result.exit_code == 0, result.output
    assert FOREIGN not in Path("notes").read_text()
    assert stat.S_IMODE(Path("notes").stat().st_mode) == 0o640
    assert not list(Path().glob(".quiver-*"))


@pytest.mark.parametrize("verb", ["build", "update", "check", "evaluate"])
def test_earlier_output_of_the_same_option_is_replaced(verb: str) -> None:
    for _ in range(2):
        result = run(*VERBS[verb]("output"))
        assert result.exit_code == 0, result.output
    first = Path("output").read_text()
    Path("output").write_text(first + first)

    assert run(*VERBS[verb]("output")).exit_code == 0
    assert Path("output").read_text() == first


def test_rejected_records_that_were_mended_are_not_replaced() -> None:
    assert run(*VERBS["check"]("bad.jsonl")).exit_code == 0
    written = Path("bad.jsonl").read_text()
    for old, new in (('"title": ""', '"title": "Mended"'), ("{", "{ "), ("not json", "a: 1}\n{b")):
        mended = written.replace(old, new, 1)
        assert mended != written
        Path("bad.jsonl").write_text(mended)

        result = run(*VERBS["check"]("bad.jsonl"))

        assert result.exit_code == 1
        assert "has been edited or was not written by this option" in result.stderr
        assert Path("bad.jsonl").read_text() == mended


def test_the_mended_file_and_new_rejections_are_different_files() -> None:
    run("check", "dump.jsonl", "--rejected", "bad.jsonl")

    result = run("check", "dump.jsonl", "bad.jsonl", "--rejected", "bad.jsonl")

    assert result.exit_code == 1
    assert "is the same file as bad.jsonl" in result.stderr


def test_a_link_to_a_file_of_a_dump_folder_is_that_file(tmp_path: Path) -> None:
    Path("outside.jsonl").write_text(DUMP)
    Path("dumps/link.jsonl").symlink_to(tmp_path / "outside.jsonl")

    result = run("check", "dumps", "--rejected", "outside.jsonl", "--overwrite")

    assert result.exit_code == 1
    assert Path("outside.jsonl").read_text() == DUMP


def test_the_file_behind_standard_input_is_an_input() -> None:
    script = "from webui.cli import main; main()"
    with Path("dump.jsonl").open("rb") as file:
        ran = subprocess.run(
            [sys.executable, "-c", script, "check", "-", "--rejected", "dump.jsonl", "--overwrite"],
            stdin=file, capture_output=True, check=False,
        )  # fmt: skip

    assert ran.returncode == 1
    assert b"is the same file as standard input" in ran.stderr
    assert Path("dump.jsonl").read_text() == DUMP


@pytest.mark.parametrize("name", ["-", "/dev/stdout", "/dev/fd/1"])
def test_standard_output_holds_the_records_and_nothing_else(name: str) -> None:
    script = "from webui.cli import main; main()"
    with Path("appended").open("w") as file:
        file.write("before\n")
        file.flush()
        ran = subprocess.run(
            [sys.executable, "-c", script, "check", "dump.jsonl", "--rejected", name],
            stdout=file, stderr=subprocess.PIPE, check=False,
        )  # fmt: skip

    assert ran.returncode == 0, ran.stderr
    before, *lines = Path("appended").read_text().splitlines()
    assert before == "before"
    assert [json.loads(line)["title"] for line in lines] == ["", ""]
    assert b"skipped records" in ran.stderr


def test_a_file_that_takes_the_messages_of_the_command_is_refused() -> None:
    script = "from webui.cli import main; main()"
    with Path("log").open("w") as file:
        ran = subprocess.run(
            [sys.executable, "-c", script, "check", "dump.jsonl", "--rejected", "log"],
            stdout=file, stderr=subprocess.PIPE, check=False,
        )  # fmt: skip

    assert ran.returncode == 1
    assert b"own messages" in ran.stderr


def test_devices_and_pipes_are_written_directly(tmp_path: Path) -> None:
    assert run("check", "dump.jsonl", "--rejected", "/dev/null").exit_code == 0
    os.mkfifo("pipe")
    got: list[str] = []
    reader = threading.Thread(target=lambda: got.append(Path("pipe").read_text()))
    reader.start()
    assert run("check", "dump.jsonl", "--rejected", "pipe").exit_code == 0
    reader.join()
    assert got[0].count("\n") == 2
    assert stat.S_ISFIFO((tmp_path / "pipe").stat().st_mode)


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no /dev/full here")
@pytest.mark.parametrize("verb", ["build", "check", "export", "evaluate"])
def test_a_full_device_is_an_error_that_names_it(verb: str) -> None:
    assert run("build", "dump.jsonl").exit_code == 0

    result = run(*VERBS[verb]("/dev/full"))

    assert result.exit_code == 1
    assert "/dev/full: " in result.stderr
    assert "No space left" in result.stderr


@pytest.mark.parametrize("path", ["", "dumps", "no/folder/x", "dump.jsonl/x", "x\0y", "n" * 300])
def test_what_is_no_file_is_refused_in_a_sentence(path: str) -> None:
    result = run("check", "archive.zip", "--rejected", path)

    assert result.exit_code in (1, 2)
    assert result.stderr.count("Error: ") == 1
    assert not isinstance(result.exception, (OSError, ValueError))


def test_a_read_only_file_is_left(monkeypatch: pytest.MonkeyPatch) -> None:
    Path("old").write_text("")
    monkeypatch.setattr(os, "access", lambda *_: False)

    with pytest.raises(OutputError, match="read-only"):
        OutputFile("old", Protected())


def test_a_failure_leaves_the_old_file_whole() -> None:
    Path("old").write_text(FOREIGN)

    class StopError(BaseException):
        pass

    def fail(failure: type[BaseException]) -> None:
        with OutputFile("old", Protected(), overwrite=True) as file:
            file.write("x" * 100_000)
            raise failure

    for failure in (KeyboardInterrupt, StopError, ValueError):
        with pytest.raises(failure):
            fail(failure)
        assert Path("old").read_text() == FOREIGN
        assert not list(Path().glob(".quiver-*"))


def test_a_disk_that_fills_up_leaves_the_old_file_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    Path("old").write_text(FOREIGN)

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with (
        pytest.raises(OutputError, match="old: cannot be written: No space left"),
        OutputFile("old", Protected(), overwrite=True) as file,
    ):
        file.write("new")

    assert Path("old").read_text() == FOREIGN
    assert not list(Path().glob(".quiver-*"))


def test_what_another_program_writes_meanwhile_is_kept() -> None:
    for text in ("theirs", "theirs, longer"):
        file = OutputFile("new", Protected(), overwrite=True)
        file.write("ours")
        Path("new").write_text(text)
        with pytest.raises(OutputError, match="another program"):
            file.publish()
        assert Path("new").read_text() == text
    assert not list(Path().glob(".quiver-*"))


def test_without_hard_links_the_file_is_renamed(monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(*_: object) -> None:
        raise PermissionError(1, "Operation not permitted")

    monkeypatch.setattr(os, "link", refused)
    with OutputFile("new", Protected()) as file:
        file.write("text")
    assert Path("new").read_text() == "text"


def test_a_link_stays_a_link() -> None:
    Path("real").write_text("")
    Path("link").symlink_to("real")
    Path("dangling").symlink_to("later")
    for name in ("link", "dangling"):
        with OutputFile(name, Protected()) as file:
            file.write("text")
        assert Path(name).is_symlink()
    assert Path("real").read_text() == Path("later").read_text() == "text"


def test_a_file_appears_only_when_it_is_complete() -> None:
    with OutputFile("new", Protected()) as file:
        file.write("x" * 100_000)
        assert not Path("new").exists()
    assert Path("new").stat().st_size == 100_000
    assert not list(Path().glob(".quiver-*"))


def test_a_failed_build_leaves_the_old_rejected_file() -> None:
    assert run("build", "dump.jsonl", "--rejected", "bad.jsonl").exit_code == 0
    before = Path("bad.jsonl").read_text()
    Path("broken.gz").write_bytes(b"\x1f\x8b\x08 broken")

    assert run("build", "dumps", "broken.gz", "--rejected", "bad.jsonl").exit_code == 1

    assert Path("bad.jsonl").read_text() == before


def test_a_build_of_bad_records_only_writes_them_to_be_mended() -> None:
    Path("bad-only.jsonl").write_text('{"id": "bad", "year": 2020}\n')

    assert run("build", "bad-only.jsonl", "--rejected", "bad.jsonl").exit_code == 1

    assert holds_rejected(Path("bad.jsonl"))


def test_an_interrupted_build_leaves_the_old_rejected_file(tmp_path: Path) -> None:
    assert run("check", "dump.jsonl", "--rejected", "bad.jsonl").exit_code == 0
    before = Path("bad.jsonl").read_text()
    os.mkfifo("slow")
    script = "from webui.cli import main; main()"
    process = subprocess.Popen(
        [sys.executable, "-c", script, "check", "dump.jsonl", "slow", "--rejected", "bad.jsonl"],
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    with Path("slow").open("wb"):
        for _ in range(500):
            if list(tmp_path.glob(".quiver-*")):
                break
            time.sleep(0.02)
        assert list(tmp_path.glob(".quiver-*"))
        process.send_signal(signal.SIGINT)
        process.wait(30)

    assert process.returncode != 0
    assert Path("bad.jsonl").read_text() == before
    assert not list(tmp_path.glob(".quiver-*"))


def test_evaluate_looks_at_the_run_file_before_it_works(monkeypatch: pytest.MonkeyPatch) -> None:
    def never(*_: object, **__: object) -> None:
        raise AssertionError("scored first")

    monkeypatch.setattr("indexer.cli.evaluation._score", never)
    Path("notes").write_text(FOREIGN)
    result = run(*VERBS["evaluate"]("notes"))
    assert "not written by this option" in result.stderr


def test_runs_of_others_are_not_ours() -> None:
    Path("run").write_text("1 Q0 doc 1 1000 quiver\n")
    assert holds_run(Path("run"))
    for text in ("1 Q0 doc 1 1000 bm25\n", "1 Q0 doc 1 1000 quiver\nx\n", "1 Q0 doc 1 9 quiver"):
        Path("run").write_text(text)
        assert not holds_run(Path("run"))


def test_the_library_protects_what_it_reads() -> None:
    with pytest.raises(OutputError, match="is the same file as"):
        check_dumps(["dump.jsonl"], rejected="dump.jsonl", overwrite=True)
    with pytest.raises(OutputError, match="fits"):
        check_dumps(["dum*.jsonl"], rejected="dump2.jsonl")
    with pytest.raises(OutputError, match="is the same file as"):
        check_dumps(["dump.jsonl"], rejected="dump.jsonl.columns.yaml")
    with pytest.raises(DumpError, match="rejected records cannot be written"):
        check_dumps(["dump.jsonl"], rejected="no/folder/x")
    assert Path("dump.jsonl").read_text() == DUMP


def test_folders_that_differ_in_case_only_may_be_one() -> None:
    """On a file system that ignores case, the inode tells; elsewhere they are two folders."""
    protected = protect(["dumps"])
    if Path("DUMPS").exists():
        with pytest.raises(OutputError):
            OutputFile("DUMPS/new", protected)
    else:
        Path("DUMPS").mkdir()
        OutputFile("DUMPS/new", protected).discard()


@pytest.mark.parametrize("names", [("old", "old/new"), ("old/old", "old"), ("old", "link")])
def test_migrate_keeps_its_folders_apart(names: tuple[str, str]) -> None:
    Path("old/old").mkdir(parents=True)
    Path("link").symlink_to("old")

    result = run("migrate", *names)

    assert result.exit_code == 2
    assert "must be different folders" in result.stderr
    assert [one.name for one in Path("old").iterdir()] == ["old"]


def test_a_folder_of_another_program_does_not_become_an_index() -> None:
    Path("rocks/generations").mkdir(parents=True)
    Path("rocks/generations/.git").mkdir()
    Path("rocks/CURRENT").write_text("MANIFEST-000004\n")
    Path("level").mkdir()
    Path("level/CURRENT").write_text("MANIFEST-000004\n")

    refused = run("build", "dump.jsonl", "--index", "level")
    run("build", "dump.jsonl", "--index", "rocks")

    assert refused.exit_code == 1
    assert "belongs to another program" in refused.stderr
    assert Path("level/CURRENT").read_text() == "MANIFEST-000004\n"
    assert Path("rocks/generations/.git").is_dir()


@pytest.mark.parametrize("verb", ["check", "build"])
def test_names_of_files_do_not_steer_the_terminal(verb: str) -> None:
    name = "a\x1b]0;owned\x07\x9b31m\u202e.jsonl"
    Path(name).write_text(DUMP)

    for result in (run(verb, name), run(verb, f"no{name}"), run(verb, name, "--rejected", name)):
        assert "\\x1b]0;owned\\x07\\x9b31m\\u202e" in result.output
        assert not set(result.output) & set("\x1b\x07\x9b\u202e")


KILLED = """
import os, signal, sys
from indexer.system.output_file import OutputFile
from indexer.system.protected import Protected

file = OutputFile(sys.argv[1], Protected(), overwrite=True)
file.write("half")
file.sync()
if sys.argv[2] == "die":
    os.kill(os.getpid(), signal.SIGKILL)
print("at work", flush=True)
sys.stdin.read()
file.publish()
"""


def test_the_next_run_removes_what_a_killed_one_left() -> None:
    for name in ("out.bib", "other.bib"):
        ran = subprocess.run([sys.executable, "-c", KILLED, name, "die"], check=False)
        assert ran.returncode == -signal.SIGKILL
    assert len(list(Path().glob(".quiver-*.new"))) == 2
    at_work = subprocess.Popen(
        [sys.executable, "-c", KILLED, "out.bib", "work"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    with at_work:
        assert at_work.stdout is not None
        assert at_work.stdout.readline() == "at work\n"
        assert len(list(Path().glob(".quiver-*.new"))) == 2  # that of another target stays
        with OutputFile("third.bib", Protected()) as file:
            file.write("whole")
        with OutputFile("other.bib", Protected()) as file:
            file.write("whole")
        assert len(list(Path().glob(".quiver-*.new"))) == 1  # and that of a run at work
        file = OutputFile("out.bib", Protected())
        file.write("first")
        at_work.communicate("")
        with pytest.raises(OutputError, match="by another program"):
            file.publish()
    assert at_work.returncode == 0
    assert Path("out.bib").read_text() == "half"
    assert not list(Path().glob(".quiver-*"))
