"""Adding to a dump so that a cut leaves it whole: cut to its size, write, bring to disk."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path
from typing import IO


def write_at(file: IO[bytes], size: int, data: bytes) -> None:
    """Cuts a file to a size in bytes, adds data, and brings it to disk."""
    file.truncate(size)
    file.seek(size)
    rest = memoryview(data)
    while rest:
        rest = rest[file.write(rest) :]
    os.fsync(file.fileno())


def append(dump: Path, size: int, added: bytes, head: bytes, tail: bytes) -> int:
    """Adds records to a dump; a fault leaves it as it was.

    Args:
        dump: the file; it is made where it is missing.
        size: bytes of it that count, without the tail; 0 = none yet.
        added: the records.
        head: what a new dump begins with.
        tail: what it ends with.

    Returns:
        the bytes that count now.
    """
    data = added if size else head + added
    # Unbuffered: what a full disk refuses must not be written once more when the file is closed.
    with dump.open("r+b" if size else "wb", buffering=0) as file:
        try:
            write_at(file, size, data + tail)
        except BaseException:  # Ctrl-C, too
            with suppress(OSError):  # whole again, as it was before
                write_at(file, size, tail if size else b"")
            raise
    return size + len(data)
