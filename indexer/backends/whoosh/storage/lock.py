"""One writer at a time: a lock on a file that says who holds it.

The lock is the kernel's (`flock`), so it is free the moment its holder dies, however it dies; the
text in the file is only there to be told to whoever comes second.
"""

from __future__ import annotations

import fcntl
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
        handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
    try:
        _take(handle, path, time.monotonic() + wait)
        holder = {"pid": os.getpid(), "host": socket.gethostname(), "since": int(time.time())}
        os.ftruncate(handle, 0)
        os.pwrite(handle, json.dumps(holder).encode(), 0)
        yield
        os.ftruncate(handle, 0)
    finally:
        os.close(handle)  # which lets go of the lock


def _take(handle: int, path: Path, until: float) -> None:
    while True:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() >= until:
                raise IndexLocked(f"{path}: {_holder(handle)}") from None
            time.sleep(_LOOK_AGAIN)
        else:
            return


def _holder(handle: int) -> str:
    """Say who holds the lock, as well as the file tells."""
    advice = "wait for it to end, or give --wait SECONDS"
    try:
        told = json.loads(os.pread(handle, 1000, 0))
        age = max(0, int(time.time()) - int(told["since"]))
        return (
            f"process {int(told['pid'])} on {told['host']!s} has been writing this index for "
            f"{age} s; {advice}"
        )
    except (ValueError, KeyError, TypeError):
        return f"another process is writing this index; {advice}"
