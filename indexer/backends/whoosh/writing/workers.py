"""Processes that analyse papers beside this one, each given a run at a time.

They are plain child processes that speak through pipes (no fork of a process with threads, no
second import of the caller's script), and they end by themselves when this process is gone,
because their input ends with it.
"""

from __future__ import annotations

import os
import pickle
import queue
import subprocess
import sys
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

from indexer.analysis import Analyzer
from indexer.backends.whoosh.writing.run import Line
from indexer.errors import IndexError_

_MODULE: Final = "indexer.backends.whoosh.writing.worker"
_Job = tuple[str, Sequence[Line]]


class Workers:
    """Some worker processes; runs are given to whichever is free."""

    def __init__(self, analyzer: Analyzer, count: int) -> None:
        """Start the processes.

        Args:
            analyzer: how texts become terms.
            count: number of processes, at least 1.
        """
        self._jobs: queue.Queue[_Job | None] = queue.Queue(maxsize=1)
        self._faults: list[str] = []
        self._paths: list[Path] = []
        described = (sorted(analyzer.stop_words), analyzer.stemming)
        self._processes = [_start() for _ in range(count)]
        self._threads = [
            threading.Thread(target=self._serve, args=(process, described), daemon=True)
            for process in self._processes
        ]
        for thread in self._threads:
            thread.start()

    def give(self, path: Path, lines: Sequence[Line]) -> None:
        """Have a run of papers analysed into a file; waits while every process is busy.

        Raises:
            IndexError_: when a process failed.
        """
        self._paths.append(path)
        self._put((str(path), list(lines)))

    def finish(self) -> list[Path]:
        """Wait for all runs; gives their files in the order in which they were asked for.

        Raises:
            IndexError_: when a process failed.
        """
        for _ in self._threads:
            self._put(None)
        for thread in self._threads:
            thread.join()
        self._check()
        return self._paths

    def close(self) -> None:
        """End all processes at once."""
        for process in self._processes:
            process.kill()
            process.wait()
            for pipe in (process.stdin, process.stdout):
                if pipe is not None:
                    pipe.close()

    def _put(self, job: _Job | None) -> None:
        while True:
            self._check()
            try:
                self._jobs.put(job, timeout=0.2)
            except queue.Full:
                continue
            return

    def _check(self) -> None:
        if self._faults:
            raise IndexError_(
                f"a process that analysed papers failed: {self._faults[0]}; the index is as it "
                "was before. Run the command again, with `workers: 1` in the configuration if "
                "memory is short"
            )

    def _serve(self, process: subprocess.Popen[bytes], described: Any) -> None:
        """Hand jobs to one process, one after the other."""
        try:
            _send(process, described)
            while (job := self._jobs.get()) is not None:
                _send(process, job)
                answer = process.stdout.readline() if process.stdout else b""
                if answer != b"done\n":
                    self._faults.append(answer.decode(errors="replace").strip() or "it died")
                    return
        except (OSError, ValueError) as error:  # its pipe is closed
            self._faults.append(str(error))


def _start() -> subprocess.Popen[bytes]:
    # It must find the very modules this process has, and nothing that lies about (-P).
    path = os.pathsep.join(one or str(Path.cwd()) for one in sys.path)
    return subprocess.Popen(  # noqa: S603 - this program itself
        [sys.executable, "-P", "-m", _MODULE],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": path},
    )


def _send(process: subprocess.Popen[bytes], message: Any) -> None:
    if process.stdin is None:
        raise OSError("the process has no input")
    data = pickle.dumps(message, pickle.HIGHEST_PROTOCOL)
    process.stdin.write(len(data).to_bytes(8, "little"))
    process.stdin.write(data)
    process.stdin.flush()
