"""A Python that behaves as on Windows where the two systems differ; for a process of its own.

`python -m tests.windows_like build DUMP …` is the command `quiver` under these conditions:

- `fcntl` and what else only POSIX has cannot be imported, and gunicorn neither; there is a
  `msvcrt` that locks a byte;
- `os` has no `fork`, `pread`, `O_DIRECTORY`, `sched_getaffinity` …; `mmap` no `madvise`;
- what this process has open or mapped cannot be renamed, replaced or removed, nor can a directory
  that holds it be renamed;
- what is not open for writing cannot be flushed, and directories cannot be opened.

It shows what our own code does there, not what Windows does.
"""

from __future__ import annotations

import contextlib
import errno
import fcntl
import mmap
import os
import shutil
import signal
import struct
import subprocess
import sys
import tempfile
import uuid  # noqa: F401 - looks for POSIX when it is imported
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np  # noqa: F401 - likewise

ABSENT = ("fcntl", "grp", "gunicorn", "posix_ipc", "pwd", "resource", "syslog", "termios")
NAMES = (
    "O_CLOEXEC O_DIRECTORY chown fchmod fdatasync fork forkpty geteuid getpgid getuid killpg mkfifo"
    " posix_fadvise pread preadv pwrite pwritev register_at_fork sched_getaffinity setsid statvfs"
    " sysconf uname"
).split()
SIGNALS = ("SIGHUP", "SIGKILL", "SIGUSR1", "SIGUSR2", "SIGCHLD", "SIGPIPE")
_real = {
    name: getattr(os, name) for name in ("fsync", "kill", "open", "rename", "replace", "unlink")
}
_fcntl: Any = fcntl


def _locking(handle: int, mode: int, length: int) -> None:
    """Lock bytes from the current one, for this handle and not for the process."""
    assert mode == 2
    start = os.lseek(handle, 0, os.SEEK_CUR)
    wanted = struct.pack("hhqqi4x", _fcntl.F_WRLCK, os.SEEK_SET, start, length, 0)
    try:
        _fcntl.fcntl(handle, 37, wanted)  # F_OFD_SETLK of Linux
    except OSError as error:
        raise PermissionError(errno.EACCES, "Permission denied") from error


def _held() -> set[str]:
    """Names of the files that this process has open or mapped."""
    maps = Path("/proc/self/maps").read_text(encoding="utf-8").splitlines()
    names = {line.split(maxsplit=5)[-1] for line in maps}
    for entry in Path("/proc/self/fd").iterdir():
        with contextlib.suppress(OSError):  # the directory's own
            names.add(str(entry.readlink()))
    return names


def _refuse(path: Any, code: int = 32) -> None:
    """Raise what Windows raises where a file, or one in a directory, is in use."""
    name = os.path.realpath(os.fspath(path))
    if any(held == name or held.startswith(f"{name}/") for held in _held()):
        error = PermissionError(errno.EACCES, "in use", os.fspath(path))
        error.winerror = code  # type: ignore[attr-defined] # only there on Windows
        raise error


def _rename(source: Any, target: Any, **options: Any) -> None:
    _refuse(source)
    _refuse(target)
    if os.path.lexists(target):
        raise FileExistsError(errno.EEXIST, "exists", os.fspath(target))
    _real["rename"](source, target, **options)


def _replace(source: Any, target: Any, **options: Any) -> None:
    _refuse(source)
    _refuse(target, 5)
    _real["replace"](source, target, **options)


def _unlink(path: Any, **options: Any) -> None:
    if isinstance(path, (str, Path)) and not options:
        _refuse(path)
    _real["unlink"](path, **options)


def _fsync(handle: Any) -> None:
    number = handle if isinstance(handle, int) else handle.fileno()
    if _fcntl.fcntl(number, _fcntl.F_GETFL) & os.O_ACCMODE == os.O_RDONLY:
        raise OSError(errno.EBADF, "Bad file descriptor")
    _real["fsync"](number)


def _open(path: Any, flags: int, mode: int = 0o777, **options: Any) -> int:
    if isinstance(path, (str, Path)) and Path(path).is_dir():
        raise PermissionError(errno.EACCES, "Permission denied", os.fspath(path))
    made: int = _real["open"](path, flags, mode, **options)
    return made


def _kill(pid: int, number: int) -> None:
    raise AssertionError(f"os.kill({pid}, {number}) would end the process on Windows")


def _end(process: subprocess.Popen[Any]) -> None:
    if process.poll() is None:
        _real["kill"](process.pid, 9)


def become_windows() -> None:
    """Take away what Windows has not."""
    modules: Any = sys.modules
    modules.update(dict.fromkeys(ABSENT))  # None: cannot be imported
    module: Any = ModuleType("msvcrt")
    module.LK_NBLCK = 2
    module.locking = _locking
    for name in NAMES:
        if hasattr(os, name):
            delattr(os, name)
    for name in SIGNALS:
        delattr(signal, name)
    for name in [one for one in dir(mmap) if one.startswith("MADV_")]:
        delattr(mmap, name)
    # Without directory handles `shutil.rmtree` goes by names, as it does on Windows.
    shutil._use_fd_functions = False  # type: ignore[attr-defined]
    process: Any = subprocess.Popen
    process.kill = process.terminate = _end
    files: Any = tempfile
    files.TemporaryFile = tempfile.NamedTemporaryFile
    changed: Any = os
    changed.fsync, changed.open, changed.kill = _fsync, _open, _kill
    changed.rename, changed.replace = _rename, _replace
    changed.unlink = changed.remove = _unlink
    # Only now: the standard library looks for it to find out where it runs.
    sys.modules["msvcrt"] = module


if __name__ == "__main__":
    become_windows()
    from webui.cli import main

    main()
