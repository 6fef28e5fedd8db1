"""One writer at a time: a lock on a file that says who holds it.

The lock is the system's (`platform.lock_file`), so it is free the moment its holder dies, however
it dies; the text in the file only tells the next writer who holds it.
"""

from __future__ import annotations

import json
import os
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from indexer.backends.whoosh.storage.disk import faults_told
from indexer.errors import IndexLocked
from indexer.platform import lock_file

NAME: Final = "writer.lock"
_LOOK_AGAIN: Final = 0.05


@contextmanager
def writing(folder: Path, *, wait: float = 0.0) -> Iterator[None]:
    """Hold the writer's lock of an index for the length of a block.

    Args:
        folder: directory of the index; must be there.
        wait: seconds to wait for another writer to end; 0 = not at all.

    Raises:
        IndexLocked: when another process, or another writer of this one, holds it; names the
            holder.
        IndexError_: when the lock file cannot be written.
    """
    path = folder / NAME
    with faults_told(path):
        flags = os.O_RDWR | os.O_CREAT | getattr(os, "O_BINARY", 0)  # Windows: as it is
        handle = os.open(path, flags, 0o644)
    try:
        _take(handle, path, time.monotonic() + wait)
        holder = {"pid": os.getpid(), "host": socket.gethostname(), "since": int(time.time())}
        os.ftruncate(handle, 0)
        os.lseek(handle, 0, os.SEEK_SET)
        os.write(handle, json.dumps(holder).encode())
        yield
        os.ftruncate(handle, 0)
    finally:
        os.close(handle)  # which lets go of the lock


def _take(handle: int, path: Path, until: float) -> None:
    while not lock_file(handle):
        if time.monotonic() >= until:
            raise IndexLocked(f"{path}: {_holder(handle)}")
        time.sleep(_LOOK_AGAIN)


def _holder(handle: int) -> str:
    """Say who holds the lock, as well as the file tells."""
    advice = "wait for it to end, or give --wait SECONDS"
    try:
        os.lseek(handle, 0, os.SEEK_SET)
        told = json.loads(os.read(handle, 1000))
        age = max(0, int(time.time()) - int(told["since"]))
        return (
            f"process {int(told['pid'])} on {told['host']!s} has been writing this index for "
            f"{age} s; {advice}"
        )
    except (ValueError, KeyError, TypeError):
        return f"another process is writing this index; {advice}"
