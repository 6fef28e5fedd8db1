"""Processes that work beside this one on a large build: they analyse runs and stem words.

They are plain child processes that speak through pipes (no fork of a process with threads, no
second import of the caller's script), and they end by themselves when this process is gone,
because their input ends with it.
"""

from __future__ import annotations

import os
import pickle
import subprocess
import sys
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from queue import SimpleQueue
from threading import Semaphore
from typing import Any, Final

from indexer.analysis import Analyzer
from indexer.backends.whoosh.indexing.runs import Line
from indexer.errors import IndexError_

_MODULE: Final = "indexer.backends.whoosh.indexing.worker_main"
_WORDS: Final = 4096
"""Words stemmed at a time."""
_Process = subprocess.Popen[bytes]


class Workers:
    """Some worker processes; work is given to whichever is free."""

    def __init__(self, analyzer: Analyzer, count: int, dictionary: bytes) -> None:
        """Start the processes.

        Args:
            analyzer: how texts become terms.
            count: number of processes, at least 1.
            dictionary: that of the store.
        """
        self._processes = [_start() for _ in range(count)]
        self._free: SimpleQueue[_Process] = SimpleQueue()
        self._threads = ThreadPoolExecutor(count)
        self._room = Semaphore(count + 1)
        self._runs: list[tuple[Path, Future[str]]] = []
        described = (sorted(analyzer.stop_words), analyzer.stemming, dictionary)
        for process in self._processes:
            with suppress(OSError):  # where it is dead, whoever gives it work finds and tells it
                _send(process, described)
            self._free.put(process)

    @property
    def count(self) -> int:
        """Number of processes."""
        return len(self._processes)

    def give(self, path: Path, lines: Sequence[Line]) -> None:
        """Have a run of papers analysed into a file; waits while every process is busy.

        Raises:
            IndexError_: when a process failed.
        """
        self._room.acquire()
        for _, run in self._runs:
            if run.done():
                run.result()
        run = self._threads.submit(self._ask, ("run", str(path), list(lines)))
        run.add_done_callback(lambda _: self._room.release())
        self._runs.append((path, run))

    def finish(self) -> list[Path]:
        """Wait for all runs; gives their files in the order in which they were asked for.

        Raises:
            IndexError_: when a process failed.
        """
        for _, run in self._runs:
            run.result()
        return [path for path, _ in self._runs]

    def begin(self, kind: str, *asked: str | int) -> Future[str]:
        """Have a part of a merge done, see `parallel_merge`; its result raises as `finish` does."""
        return self._threads.submit(self._ask, (kind, *asked))

    def stems(self, words: Sequence[str]) -> list[str]:
        """Give the stem of each word.

        Raises:
            IndexError_: when a process failed.
        """
        parts = [words[at : at + _WORDS] for at in range(0, len(words), _WORDS)]
        answers = self._threads.map(self._ask, (("stems", part) for part in parts))
        return [stem for answer in answers for stem in answer.split(" ")]

    def close(self) -> None:
        """End all processes at once."""
        for process in self._processes:
            process.kill()
            process.wait()
            for pipe in (process.stdin, process.stdout):
                if pipe is not None:
                    with suppress(OSError):  # what it never read cannot be written now
                        pipe.close()
        self._threads.shutdown(cancel_futures=True)

    def _ask(self, message: Any) -> str:
        """Give work to a free process and wait for its answer."""
        process = self._free.get()
        try:
            _send(process, message)
            said = process.stdout.readline() if process.stdout else b""
        except (OSError, ValueError) as error:  # its pipe is closed
            said = str(error).encode()
        finally:
            self._free.put(process)
        answer = said.decode(errors="replace").rstrip("\n")
        if not answer.startswith("done "):
            raise IndexError_(
                f"a process that analysed papers failed: {answer or 'it died'}; the index is as it "
                "was before. Run the command again, with `workers: 1` in the configuration if "
                "memory is short"
            )
        return answer.removeprefix("done ")


def _start() -> _Process:
    # It must find the very modules this process has, and nothing that lies about (-P).
    path = os.pathsep.join(one or str(Path.cwd()) for one in sys.path)
    return subprocess.Popen(  # noqa: S603 - this program itself
        [sys.executable, "-P", "-m", _MODULE],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": path},
    )


def _send(process: _Process, message: Any) -> None:
    if process.stdin is None:
        raise OSError("the process has no input")
    data = pickle.dumps(message, pickle.HIGHEST_PROTOCOL)
    process.stdin.write(len(data).to_bytes(8, "little"))
    process.stdin.write(data)
    process.stdin.flush()
