"""What must hold on disk: small files replaced at one stroke, names synced, faults told plainly."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from indexer.errors import IndexError_
from indexer.platform import sync_file, sync_folder, when_unused


@contextmanager
def faults_told(path: Path) -> Iterator[None]:
    """Turn what the operating system refuses into an error that names the file and a remedy.

    Args:
        path: named where the system names no file.

    Raises:
        IndexError_: in place of an `OSError` of the block.
    """
    try:
        yield
    except OSError as error:
        raise told(error, path) from error


def told(error: OSError, path: Path) -> IndexError_:
    """Word what the operating system refused; `path` where the system names no file."""
    return IndexError_(
        f"{error.filename or path}: {error.strerror or error}; the index is as it was "
        "before. Make room or mend the permissions, then run the command again"
    )


def link(source: Path, target: Path) -> None:
    """Give a file a second name, or copy it where the file system knows no second names."""
    try:
        os.link(source, target)
    except FileNotFoundError:
        raise
    except OSError:
        shutil.copyfile(source, target)
        sync_file(target)


def replace_text(path: Path, text: str) -> None:
    """Replace a small file at one stroke; on disk when this returns."""
    temporary = path.with_name(f".{path.name}.new")
    with temporary.open("w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    when_unused(lambda: temporary.replace(path))
    sync_folder(path.parent)
