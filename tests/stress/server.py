"""A production server in a process of its own, for trials and tests."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from indexer import Paper, open_index

CHECKOUT = Path(__file__).resolve().parents[2]
_SCRIPT = """
import dataclasses, json, sys
from indexer import load_config
from webui.server.gunicorn_app import serve

def config():
    read = load_config()
    web = dataclasses.replace(read.web, **json.loads(sys.argv[2]))
    index = dataclasses.replace(read.index, dir=sys.argv[1])
    return dataclasses.replace(read, index=index, web=web)

serve(config(), ready=lambda address: print(address, flush=True), reload=config)
"""


@contextmanager
def serving(
    index: Path, log: Path, **web: str | int
) -> Iterator[tuple[subprocess.Popen[str], int]]:
    """Serve an index on a free port until the block ends.

    Args:
        index: its directory.
        log: file for what the server writes to standard error.
        web: settings of ``web`` that differ from the defaults.

    Returns:
        the process and its port.
    """
    settings = json.dumps({"port": 0, "workers": 2, "threads": 4, **web})
    with (
        log.open("w") as errors,
        subprocess.Popen(
            [sys.executable, "-c", _SCRIPT, str(index), settings],
            cwd=CHECKOUT,
            stdout=subprocess.PIPE,
            stderr=errors,
            text=True,
            env=os.environ | {"PYTHONUNBUFFERED": "1"},
        ) as process,
    ):
        try:
            assert process.stdout is not None
            address = process.stdout.readline().strip()
            assert address.startswith("http://127.0.0.1:"), log.read_text()
            yield process, int(address.rstrip("/").rpartition(":")[2])
        finally:
            if process.poll() is None:
                process.kill()


def processor_time(process: int) -> float:
    """Returns the seconds of the processor that a process and its living children have had."""
    ticks = 0
    waiting = [process]
    while waiting:
        folder = Path("/proc") / str(waiting.pop())
        with suppress(OSError, ValueError):
            fields = (folder / "stat").read_text(encoding="ascii").rpartition(")")[2].split()
            ticks += int(fields[11]) + int(fields[12])
            for task in (folder / "task").iterdir():
                waiting += map(int, (task / "children").read_text(encoding="ascii").split())
    return ticks / os.sysconf("SC_CLK_TCK")


def make_index(place: Path, papers: int) -> None:
    """Write an index of made-up papers with long abstracts: their export is longer than a page."""
    words = [
        f"{head}{tail}" for head in ("gos", "lea", "net", "gra") for tail in ("sip", "rn", "ing")
    ]
    with open_index(str(place)).writer() as writer:
        for number in range(papers):
            text = " ".join(words[(number * 7 + step * step) % len(words)] for step in range(200))
            title = f"Paper {number} on {words[number % len(words)]}"
            writer.add(Paper(f"p{number}", title, text, ("Ada Byron",), "ICML", 2000 + number % 20))
