"""Where operating systems differ: in a Python that has only what Windows has (`windows_like`)."""

from __future__ import annotations

import ast
import errno
import gc
import http.client
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from indexer.backends.whoosh.format.directory import writing
from indexer.system import platform
from indexer.system.platform import is_running, lock_file, when_unused

linux = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="asks /proc what is open")

POSIX_ONLY = {
    "indexer/backends/whoosh/format/array_file.py": {"mmap.MADV_DONTNEED"},
    "indexer/backends/whoosh/indexing/run_builder.py": {"os.sched_getaffinity"},
    "indexer/system/output_file.py": {"os.fchmod", "os.fchown"},
    "indexer/system/platform.py": {"os.O_DIRECTORY"},
    "indexer/system/priority.py": {
        "os.PRIO_PROCESS",
        "os.SCHED_BATCH",
        "os.getpriority",
        "os.sched_param",
        "os.sched_setscheduler",
        "os.setpriority",
    },
    "webui/http/searcher_pool.py": {"os.PRIO_PROCESS", "os.setpriority"},
    # Only imported where gunicorn is.
    "webui/server/event_loop.py": {"gunicorn"},
    "webui/server/gunicorn_app.py": {"gunicorn", "resource"},
}
"""What only POSIX has, by the file that asks first whether it is there; the replacements are in the
docstring of `indexer.system.platform`."""

ENGINE = """
import sys
import time
from pathlib import Path
from tests.windows_like import become_windows
become_windows()
from indexer import Paper
from indexer.backends.whoosh.index import WhooshIndex
from indexer.backends.whoosh.format.directory import Policy
from indexer.backends.whoosh.indexing import run_builder as collect

collect.RUN_PAPERS = 40

def main():
    index = WhooshIndex(Path(sys.argv[1]), policy=Policy(keep=1, workers=int(sys.argv[2])))

    def fill(word):
        with index.writer(rebuild=True) as writer:
            for number in range(200):
                writer.add(Paper(f"p{number}", f"{word} of {number}", "gossip " * 9, ("Ada B",)))

    fill("first")
    with index.searcher() as searcher:
        fill("second")
        fill("third")
        title = searcher.get("p7").title
    folders = sorted(one.name for one in (index.path / "generations").iterdir())
    print(title, *folders, index.verify())
    del searcher
    index._newest = None
    fill("fourth")
    with index.searcher() as searcher:
        print(searcher.get("p7").title)
    fill("fifth")
    print(len(list((index.path / "generations").iterdir())) <= 3)

if __name__ == "__main__":
    main()
"""


HOLDER = """
import sys
import time
from pathlib import Path
from tests.windows_like import become_windows
become_windows()
from indexer.backends.whoosh.format.directory import writing

with writing(Path(sys.argv[1])):
    print("held", flush=True)
    sys.stdin.read()
"""


def run(checkout: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, *arguments],
        cwd=checkout,
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=120,
        check=False,
    )


def posix_only(tree: ast.Module, absent: set[str]) -> Iterator[str]:
    """Returns the modules that a module imports, and what it takes from those which lack it."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (one.name.split(".")[0] for one in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield (node.module or "").split(".")[0]
        elif isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            owner = node.value.id
            known = owner in ("os", "signal") and node.attr in absent
            if known or (owner == "mmap" and node.attr.startswith("MADV_")):
                yield f"{owner}.{node.attr}"


@linux
def test_what_only_posix_has_is_listed(checkout: Path) -> None:
    from tests.windows_like import ABSENT, NAMES, SIGNALS

    absent = {*NAMES, *SIGNALS, "PRIO_PROCESS", "SCHED_BATCH", "fchown", "getpriority"}
    absent |= {"sched_param", "sched_setscheduler", "setpriority", "wait3", "wait4", "waitid"}
    found: dict[str, set[str]] = {}
    for root in ("indexer", "webui"):
        for path in (checkout / root).rglob("*.py"):
            names = set(posix_only(ast.parse(path.read_text(encoding="utf-8")), absent))
            names = {name for name in names if "." in name or name in ABSENT}
            if names:
                found[path.relative_to(checkout).as_posix()] = names
    assert found == POSIX_ONLY


@pytest.mark.slow
@linux
def test_the_command_works_without_what_only_posix_has(checkout: Path, tmp_path: Path) -> None:
    folder = str(tmp_path / "index")
    for line in (
        "check data/martin-jaggi.txt",
        "build data/martin-jaggi.txt",
        "build data/martin-jaggi.txt",
        "rollback",
        "verify",
        "search federated --year 2019-2022",
        "export gossip",
        "diff",
    ):
        ran = run(checkout, "-m", "tests.windows_like", "--index", folder, *line.split())
        assert ran.returncode == 0, f"{line}\n{ran.stderr}"
        assert ran.stdout, line


@linux
@pytest.mark.parametrize("workers", [1, 2])
def test_runs_are_let_go_of_and_generations_that_are_read_stay(
    checkout: Path, tmp_path: Path, workers: int
) -> None:
    script = tmp_path / "engine.py"
    script.write_text(ENGINE, encoding="utf-8")
    environment = os.environ | {"PYTHONPATH": str(checkout)}
    ran = subprocess.run(
        [sys.executable, str(script), str(tmp_path / "index"), str(workers)],
        env=environment,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr
    first, second, third = ran.stdout.splitlines()
    assert first.startswith("first of 7 g000001 ")
    assert first.endswith("g000003 200")
    assert (second, third) == ("fourth of 7", "True")


@linux
def test_one_writer_at_a_time_by_either_lock(checkout: Path, tmp_path: Path) -> None:
    holder = subprocess.Popen(
        [
            sys.executable,
            "-c",
            HOLDER,
            str(tmp_path),
        ],
        cwd=checkout,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    with holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == b"held\n"
        second = run(
            checkout,
            *("-m", "tests.windows_like", "--index", str(tmp_path)),
            *("build", "data/martin-jaggi.txt"),
        )
        holder.kill()
    assert second.returncode == 1
    assert f"process {holder.pid} on " in second.stderr
    third = run(
        checkout,
        *("-m", "tests.windows_like", "--index", str(tmp_path)),
        *("build", "data/martin-jaggi.txt"),
    )
    assert third.returncode == 0, third.stderr  # the lock ended with its holder


@linux
def test_serve_answers_by_waitress_where_gunicorn_cannot_run(
    checkout: Path, tmp_path: Path
) -> None:
    pytest.importorskip("waitress")
    folder = str(tmp_path / "index")
    built = run(
        checkout, "-m", "tests.windows_like", "--index", folder, "build", "data/martin-jaggi.txt"
    )
    assert built.returncode == 0, built.stderr
    server = subprocess.Popen(
        [sys.executable, "-m", "tests.windows_like", "--index", folder, "serve", "--port", "0"],
        cwd=checkout,
        stderr=subprocess.PIPE,
        text=True,
    )
    with server:
        try:
            assert server.stderr is not None
            said = server.stderr.readline()
            found = re.search(r"http://127\.0\.0\.1:(\d+)/", said)
            assert found, said
            client = http.client.HTTPConnection("127.0.0.1", int(found[1]), timeout=120)
            for address, text in (("/search?q=federated", b"<mark>"), ("/healthz", b'"ok"')):
                client.request("GET", address)
                answer = client.getresponse()
                assert (answer.status, text in answer.read()) == (200, True)
            client.close()
            server.send_signal(signal.SIGINT)
            assert server.wait(timeout=120) == 0
            assert "Traceback" not in server.stderr.read()
        finally:
            server.kill()  # else a failure would wait for it for ever


def test_a_port_in_use_is_an_error_with_its_remedy() -> None:
    pytest.importorskip("waitress")
    import dataclasses
    import socket

    from indexer import QuiverError, load_config
    from webui.server.waitress_app import serve

    config = load_config()
    with socket.create_server(("127.0.0.1", 0)) as taken:
        web = dataclasses.replace(config.web, port=taken.getsockname()[1])
        with pytest.raises(QuiverError, match="--port"):
            serve(dataclasses.replace(config, web=web))


def in_use(code: int = 32) -> OSError:
    error = PermissionError(errno.EACCES, "in use")
    error.winerror = code  # type: ignore[attr-defined] # only there on Windows
    return error


def test_what_a_reader_is_in_the_way_of_is_tried_again(monkeypatch: pytest.MonkeyPatch) -> None:
    pauses: list[float] = []
    monkeypatch.setattr(time, "sleep", pauses.append)
    answers = [in_use(), in_use(5), None]

    def operation() -> str:
        if (error := answers.pop(0)) is not None:
            raise error
        return "done"

    assert when_unused(operation) == "done"
    assert len(pauses) == 2


class Reader:
    """Reads a file until it is collected; refers to itself, so counting references does not do."""

    def __init__(self, reading: list[int]) -> None:
        self.itself, self.reading = self, reading
        reading.append(1)

    def __del__(self) -> None:
        self.reading.clear()


def test_a_reader_of_this_process_that_only_the_collector_ends_is_collected() -> None:
    reading: list[int] = []
    gc.disable()
    try:
        Reader(reading)

        def operation() -> str:
            if reading:
                raise in_use()
            return "done"

        assert when_unused(operation) == "done"
    finally:
        gc.enable()


@pytest.mark.parametrize("kind", [PermissionError, FileNotFoundError])
def test_what_is_refused_for_another_reason_is_not(kind: type[OSError]) -> None:
    calls: list[int] = []

    def operation() -> None:
        calls.append(1)
        raise kind("x")

    with pytest.raises(OSError, match="x"):
        when_unused(operation)
    assert len(calls) == 1


def test_a_reader_that_stays_ends_the_patience(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(platform, "RETRY_SECONDS", 0.0)

    def operation() -> None:
        raise in_use()

    with pytest.raises(PermissionError):
        when_unused(operation)


def test_two_handles_exclude_each_other(tmp_path: Path) -> None:
    with (tmp_path / "lock").open("w+b") as first, (tmp_path / "lock").open("r+b") as second:
        assert lock_file(first.fileno())
        assert not lock_file(second.fileno())
    with writing(tmp_path):
        pass


def test_processes_are_known_by_their_number() -> None:
    child = subprocess.Popen([sys.executable, "-c", ""])
    child.wait()
    assert is_running(os.getpid()) is True
    assert is_running(child.pid) is False
    assert is_running(1 << 40) is None
