"""Where operating systems differ: in a Python that has only what Windows has (`windows_like`)."""

from __future__ import annotations

import errno
import http.client
import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from indexer import platform
from indexer.backends.whoosh.storage.lock import writing
from indexer.platform import is_running, lock_file, when_unused

linux = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="asks /proc what is open")

ENGINE = """
import sys
import time
from pathlib import Path
from tests.windows_like import become_windows
become_windows()
from indexer import Paper
from indexer.backends.whoosh.index import WhooshIndex
from indexer.backends.whoosh.storage.policy import Policy
from indexer.backends.whoosh.writing import collect

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
from indexer.backends.whoosh.storage.lock import writing

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
        assert server.stderr is not None
        said = server.stderr.readline()
        found = re.search(r"http://127\.0\.0\.1:(\d+)/", said)
        assert found, said + server.stderr.read()
        client = http.client.HTTPConnection("127.0.0.1", int(found[1]), timeout=30)
        for address, text in (("/search?q=federated", b"<mark>"), ("/healthz", b'"ok"')):
            client.request("GET", address)
            answer = client.getresponse()
            assert (answer.status, text in answer.read()) == (200, True)
        client.close()
        server.send_signal(signal.SIGINT)
        assert server.wait(timeout=30) == 0
        assert "Traceback" not in server.stderr.read()


def test_a_port_in_use_is_an_error_with_its_remedy() -> None:
    pytest.importorskip("waitress")
    import dataclasses
    import socket

    from indexer import QuiverError, load_config
    from webui.waitress_server import serve

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
