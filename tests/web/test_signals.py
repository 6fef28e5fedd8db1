"""What the production server does at each signal, as gunicorn's users expect it."""

from __future__ import annotations

import http.client
import os
import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.stress.server import serving

pytestmark = pytest.mark.skipif(
    not Path("/proc/self/task").exists(), reason="asks Linux for the children"
)


@pytest.fixture(scope="module")
def running(
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[tuple[subprocess.Popen[str], int]]:
    """A server for the tests that leave it as it was."""
    place = tmp_path_factory.mktemp("signals")
    with serving(place / "index", place / "log", workers=1, threads=2) as (process, port):
        assert get(port) == 200
        yield process, port


@pytest.fixture
def server(tmp_path: Path) -> Iterator[tuple[subprocess.Popen[str], int]]:
    with serving(tmp_path / "index", tmp_path / "log", workers=1, threads=2) as (process, port):
        assert get(port) == 200
        yield process, port


def get(port: int) -> int:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=120)
    connection.request("GET", "/help")
    answer = connection.getresponse()
    answer.read()
    connection.close()
    return answer.status


def children(pid: int) -> set[int]:
    try:
        text = Path(f"/proc/{pid}/task/{pid}/children").read_text()
    except FileNotFoundError:
        return set()
    return {int(one) for one in text.split()}


def eventually(holds: Callable[[], bool]) -> None:
    end = time.monotonic() + 40
    while not holds():
        assert time.monotonic() < end, "it does not come to pass"
        time.sleep(0.05)


def test_hup_replaces_the_workers_and_no_request_is_lost(
    running: tuple[subprocess.Popen[str], int],
) -> None:
    process, port = running
    before = children(process.pid)
    answers: list[int] = []
    stop = threading.Event()

    def ask() -> None:
        while not stop.is_set():
            answers.append(get(port))

    reader = threading.Thread(target=ask)
    reader.start()
    for _ in range(2):  # the descriptor is bound once, however often it is asked for
        workers = children(process.pid)
        process.send_signal(signal.SIGHUP)
        eventually(lambda old=workers: not children(process.pid) & old)  # type: ignore[misc]
        eventually(lambda: len(children(process.pid)) == 1)
    stop.set()
    reader.join()

    assert process.poll() is None
    assert not children(process.pid) & before
    assert set(answers) == {200}
    assert get(port) == 200


def test_ttin_and_ttou_change_the_number_of_workers(
    running: tuple[subprocess.Popen[str], int],
) -> None:
    process, port = running
    process.send_signal(signal.SIGTTIN)
    eventually(lambda: len(children(process.pid)) == 2)
    process.send_signal(signal.SIGTTOU)
    eventually(lambda: len(children(process.pid)) == 1)

    assert get(port) == 200


@pytest.mark.parametrize("number", [signal.SIGWINCH, signal.SIGUSR1])
def test_a_window_that_changes_and_new_log_files_stop_nothing(
    running: tuple[subprocess.Popen[str], int], number: signal.Signals
) -> None:
    process, port = running
    before = children(process.pid)
    process.send_signal(number)
    for worker in before:
        os.kill(worker, number)
    time.sleep(0.5)

    assert get(port) == 200
    assert children(process.pid) == before


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGQUIT])
def test_it_can_be_stopped(
    server: tuple[subprocess.Popen[str], int], number: signal.Signals
) -> None:
    process, port = server
    workers = children(process.pid)
    # An unused connection keeps nobody from stopping.
    idle = http.client.HTTPConnection("127.0.0.1", port, timeout=120)
    idle.connect()
    process.send_signal(number)

    assert process.wait(timeout=120) == 0
    idle.close()
    eventually(lambda: not any(Path(f"/proc/{worker}").exists() for worker in workers))


def zombie(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().split()[2] == "Z"
    except FileNotFoundError:
        return True


@contextmanager
def command(tmp_path: Path, checkout: Path, settings: str) -> Iterator[subprocess.Popen[bytes]]:
    """Runs `quiver serve` as a shell does, with settings.yaml and log beside its index."""
    (tmp_path / "settings.yaml").write_text(settings)
    listed = ["--config", str(tmp_path / "settings.yaml"), "--index", str(tmp_path / "index")]
    with (
        (tmp_path / "log").open("w") as errors,
        subprocess.Popen(
            [Path(sys.executable).parent / "quiver", "serve", "--port", "0", *listed],
            cwd=checkout,
            stderr=errors,
        ) as process,
    ):
        try:
            eventually(lambda: len(children(process.pid)) == 1)
            yield process
        finally:
            process.kill()


def test_faulty_settings_do_not_stop_a_server_that_runs(tmp_path: Path, checkout: Path) -> None:
    """SIGHUP reads the settings again: good ones count, faulty ones are told and change nothing."""
    settings = tmp_path / "settings.yaml"
    with command(tmp_path, checkout, "web: {workers: 1}\n") as process:
        settings.write_text("web: {workers: none}\n")
        process.send_signal(signal.SIGHUP)
        eventually(lambda: "web.workers: expected" in (tmp_path / "log").read_text())
        settings.write_text("web: {workers: 2}\n")
        process.send_signal(signal.SIGHUP)
        eventually(lambda: len(children(process.pid)) == 2)


def test_usr2_starts_a_second_server_on_the_same_port(tmp_path: Path, checkout: Path) -> None:
    with command(tmp_path, checkout, "web: {workers: 1}\n") as process:
        log = tmp_path / "log"
        told = re.compile(r"Quiver is at http://127\.0\.0\.1:(\d+)/")
        eventually(lambda: bool(told.search(log.read_text())))
        workers = children(process.pid)
        process.send_signal(signal.SIGUSR2)
        eventually(lambda: bool(children(process.pid) - workers))
        (second,) = children(process.pid) - workers
        try:
            eventually(lambda: len(told.findall(log.read_text())) == 2)
            process.send_signal(signal.SIGTERM)
            assert process.wait(timeout=40) == 0
            (port,) = set(told.findall(log.read_text()))
            assert get(int(port)) == 200
        finally:
            os.kill(second, signal.SIGTERM)
            eventually(lambda: not Path(f"/proc/{second}").exists() or zombie(second))
