"""What an output file must not be: a file that the command reads, or a place that is not its own.

Files are compared by device and inode, so that links, other spellings and the letter case of the
file system make no difference, and by real path where a file system invents inodes.
"""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePath
from typing import Final

from indexer.errors import OutputError

STDOUT: Final = "-"
_DESCRIPTOR: Final = re.compile(r"/(?:dev/fd|proc/(?:self|thread-self|\d+)/fd)/(\d+)")
_STANDARD: Final = {"/dev/stdin": 0, "/dev/stdout": 1, "/dev/stderr": 2}


@dataclass(frozen=True, slots=True)
class Protected:
    """What an output must not be.

    Attributes:
        files: files that the command reads; "-" is standard input. Some need not exist.
        folders: folders whose files it reads.
        patterns: glob patterns of files that it reads (``lists/*.gz``).
        indexes: folders of indexes, where nothing else may be written.
    """

    files: tuple[str, ...] = ()
    folders: tuple[str, ...] = ()
    patterns: tuple[str, ...] = ()
    indexes: tuple[str, ...] = ()


def protect(
    names: Sequence[str], files: Iterable[str] = (), *, indexes: Sequence[str] = ()
) -> Protected:
    """Returns what an output must not be, for a command that reads dumps.

    Args:
        names: files, folders and patterns as the user gave them; "-" is standard input.
        files: every file that is read, those in the folders included.
        indexes: folders of indexes.
    """
    named = [name for name in names if name != STDOUT]
    folders = tuple(name for name in named if Path(name).is_dir())
    patterns = tuple(name for name in named if not Path(name).exists())
    return Protected((*names, *files), folders, patterns, tuple(indexes))


def descriptor_of(path: str) -> int | None:
    """Returns the number of the open file that a path stands for, or None for any other path.

    ``-`` is standard output. ``/dev/stdout`` is written through the descriptor: opening it by
    name would truncate the file that the shell redirected it to.
    """
    if path == STDOUT:
        return 1
    absolute = os.path.abspath(path)  # noqa: PTH100 - the link itself is looked at, not its end
    if absolute in _STANDARD:
        return _STANDARD[absolute]
    match = _DESCRIPTOR.fullmatch(absolute)
    return int(match[1]) if match else None


def refuse_protected(path: str, protected: Protected) -> None:
    """Refuses a path that is a file which the command reads, or lies where none may be written.

    Raises:
        OutputError: when it is protected, a folder, or a disk.
    """
    if not path or "\0" in path:
        raise OutputError(repr(path), "is not a file name")
    descriptor = descriptor_of(path)
    if descriptor is not None:
        status = _descriptor_status(descriptor)
    else:
        status = status_of(path)
        _refuse_place(path, protected)
    name = _same_file(path, status, protected.files)
    if name is not None:
        what = "standard input" if name == STDOUT else name
        raise OutputError(
            path, f"is the same file as {what}, which this command reads; name another file"
        )
    if status is None:
        return
    if stat.S_ISDIR(status.st_mode):
        raise OutputError(path, "is a folder; name a file")
    if stat.S_ISBLK(status.st_mode) or stat.S_ISSOCK(status.st_mode):
        raise OutputError(path, "is a disk or a socket; name a file")
    own = (_descriptor_status(number) for number in (1, 2) if descriptor is None)
    if stat.S_ISREG(status.st_mode) and any(
        own_status is not None and identity(own_status) == identity(status) for own_status in own
    ):
        raise OutputError(
            path, "is where this command's own messages are written; name another file"
        )


def _refuse_place(path: str, protected: Protected) -> None:
    """Refuses a path inside the index or a folder that is read, or one that fits a pattern."""
    target = Path(os.path.realpath(path))
    for folder in protected.indexes:
        if lies_in(target, folder):
            raise OutputError(
                path, f"lies in {folder}, where only the index may be; name a file outside it"
            )
    for folder in protected.folders:
        if lies_in(target, folder):
            raise OutputError(
                path,
                f"lies in the folder {folder}, whose files this command reads; name a file "
                "outside it",
            )
    spellings = {PurePath(os.path.abspath(path)), PurePath(target)}  # noqa: PTH100 - links are kept
    for pattern in protected.patterns:
        absolute = os.path.abspath(pattern)  # noqa: PTH100 - a pattern, no path
        if any(spelling.match(absolute) for spelling in spellings):
            raise OutputError(
                path, f"fits {pattern}, whose files this command reads; name another file"
            )


def _same_file(path: str, status: os.stat_result | None, names: Iterable[str]) -> str | None:
    """Finds the first of some files that is a given one; `status` is None where it is not there."""
    if status is not None and stat.S_ISCHR(status.st_mode):
        return None  # /dev/null and terminals may well be read and written
    real = os.path.realpath(path)
    for name in names:
        if STDOUT not in (name, path) and os.path.realpath(name) == real:
            return name
        other = _descriptor_status(0) if name == STDOUT else status_of(name)
        if status is not None and other is not None and identity(other) == identity(status):
            return name
    return None


def lies_in(path: Path, folder: Path | str) -> bool:
    """Whether a path is a folder or lies in it; folders are compared by device and inode."""
    target = Path(os.path.realpath(path))
    status = status_of(str(folder))
    if status is None:
        return Path(os.path.realpath(folder)) in (target, *target.parents)
    if not stat.S_ISDIR(status.st_mode):
        return False
    above = (status_of(str(parent)) for parent in (target, *target.parents))
    return any(
        other_status is not None and identity(other_status) == identity(status)
        for other_status in above
    )


def status_of(path: str) -> os.stat_result | None:
    """Returns the status of a file, through links; None where there is none.

    Raises:
        OutputError: when the system does not say.
    """
    try:
        return Path(path).stat()
    except (FileNotFoundError, NotADirectoryError):
        return None
    except (OSError, ValueError) as error:  # ValueError: a null character in the name
        why = getattr(error, "strerror", None) or error
        raise OutputError(path, f"cannot be written: {why}") from error


def _descriptor_status(number: int) -> os.stat_result | None:
    try:
        return os.fstat(number)
    except OSError:
        return None  # it is closed


def identity(status: os.stat_result) -> tuple[int, int]:
    """Returns device and inode, which two names of one file have in common."""
    return status.st_dev, status.st_ino
