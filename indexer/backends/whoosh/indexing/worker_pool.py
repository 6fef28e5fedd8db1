"""A pool of child processes for large builds: they build runs, stem words and merge parts.

They are plain child processes that read requests from a pipe (no fork of a process with threads,
no second import of the caller's script, as `multiprocessing` would do), and they end by themselves
when this process is gone, because their input ends with it.
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
from indexer.backends.whoosh.indexing.runs import StoredLine
from indexer.errors import IndexError_

_MODULE: Final = "indexer.backends.whoosh.indexing.worker_main"
_WORDS: Final = 4096
"""Words stemmed per request."""
_Process = subprocess.Popen[bytes]


class WorkerPool:
    """Child processes; a request goes to whichever is free."""

    def __init__(self, analyzer: Analyzer, count: int, dictionary: bytes) -> None:
        """Starts the processes.

        Args:
            analyzer: analyses papers and stems words.
            count: number of processes, at least 1.
            dictionary: zstd dictionary of the document store.
        """
        self._processes = [_start() for _ in range(count)]
        self._free: SimpleQueue[_Process] = SimpleQueue()
        self._threads = ThreadPoolExecutor(count)
        self._slots = Semaphore(count + 1)
        self._runs: list[tuple[Path, Future[str]]] = []
        setup = (sorted(analyzer.stop_words), analyzer.stemming, dictionary)
        for process in self._processes:
            with suppress(OSError):  # a dead process is reported by its first request
                _send(process, setup)
            self._free.put(process)

    @property
    def count(self) -> int:
        """Number of processes."""
        return len(self._processes)

    def submit_run(self, path: Path, lines: Sequence[StoredLine]) -> None:
        """Requests a run of papers in a file; blocks while every process is busy.

        Raises:
            IndexError_: when a process failed.
        """
        self._slots.acquire()
        for _, run in self._runs:
            if run.done():
                run.result()
        run = self._threads.submit(self._request, ("run", str(path), list(lines)))
        run.add_done_callback(lambda _: self._slots.release())
        self._runs.append((path, run))

    def finish(self) -> list[Path]:
        """Waits for all runs; returns their files in the order of the requests.

        Raises:
            IndexError_: when a process failed.
        """
        for _, run in self._runs:
            run.result()
        return [path for path, _ in self._runs]

    def submit(self, kind: str, *arguments: str | int) -> Future[str]:
        """Requests a part of a merge, see `parallel_merge`; its result raises as `finish` does."""
        return self._threads.submit(self._request, (kind, *arguments))

    def stems(self, words: Sequence[str]) -> list[str]:
        """Returns the stem of each word.

        Raises:
            IndexError_: when a process failed.
        """
        parts = [words[low : low + _WORDS] for low in range(0, len(words), _WORDS)]
        answers = self._threads.map(self._request, (("stems", part) for part in parts))
        return [stem for answer in answers for stem in answer.split(" ")]

    def close(self) -> None:
        """Kills all processes."""
        for process in self._processes:
            process.kill()
            process.wait()
            for pipe in (process.stdin, process.stdout):
                if pipe is not None:
                    with suppress(OSError):  # unread input cannot be flushed any more
                        pipe.close()
        self._threads.shutdown(cancel_futures=True)

    def _request(self, request: Any) -> str:
        """Sends a request to a free process and waits for its answer."""
        process = self._free.get()
        try:
            _send(process, request)
            line = process.stdout.readline() if process.stdout else b""
        except (OSError, ValueError) as error:  # its pipe is closed
            line = str(error).encode()
        finally:
            self._free.put(process)
        answer = line.decode(errors="replace").rstrip("\n")
        if not answer.startswith("done "):
            raise IndexError_(
                f"a process that analysed papers failed: {answer or 'it died'}; the index is as it "
                "was before. Run the command again, with `workers: 1` in the configuration if "
                "memory is short"
            )
        return answer.removeprefix("done ")


def _start() -> _Process:
    """Starts one process."""
    # The child imports the same modules, and nothing from the current directory (-P).
    path = os.pathsep.join(folder or str(Path.cwd()) for folder in sys.path)
    return subprocess.Popen(  # noqa: S603 - this program itself
        [sys.executable, "-P", "-m", _MODULE],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": path},
    )


def _send(process: _Process, request: Any) -> None:
    """Writes a pickled request, preceded by its length in 8 bytes, little-endian."""
    if process.stdin is None:
        raise OSError("the process has no input")
    data = pickle.dumps(request, pickle.HIGHEST_PROTOCOL)
    process.stdin.write(len(data).to_bytes(8, "little"))
    process.stdin.write(data)
    process.stdin.flush()
