"""What operating systems do differently, in one place: locks, flushing, renames, processes.

On POSIX a file that is open can be renamed, replaced and removed; on Windows none of it works while
anybody has it open or mapped, for which a reader of a few bytes is enough. Windows also knows no
`flock`, no `pread`, no open directories, and its `os.kill(pid, 0)` sends Ctrl-C.

    POSIX                                 Windows
    fcntl.flock                           msvcrt.locking of one byte beyond the text
    os.fsync of a directory               nothing: NTFS writes its names through a journal
    os.fsync of a file open for reading   of a file open for writing
    os.replace, Path.rename               the same, again for a while where a reader is in the way
    os.kill(pid, 0)                       OpenProcess

Elsewhere, each looked for where it is called (tests/test_platform.py holds the list):

    os.setpriority, os.sched_setscheduler nothing: a build has the priority of its shell
    os.sched_getaffinity                  os.cpu_count
    os.fchown, os.fchmod                  nothing: a new file has what its folder passes on
    mmap.madvise                          nothing: the system takes pages back by itself
    gunicorn, resource, SIGHUP            waitress; no limit of files; a restart

Modules are looked for and not the name of the system, so that tests can take them away.
"""

from __future__ import annotations

import ctypes
import gc
import os
import sys
import time
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any, Final, TypeVar

T = TypeVar("T")
LOCK_OFFSET: Final = 1 << 30
"""Byte that is locked where a lock has a range; Windows keeps others from reading such bytes, so it
lies far behind the text that names the holder."""
RETRY_SECONDS: Final = 2.0
"""How long an operation that a reader of the file is in the way of is tried again. Readers of the
small files hold them for microseconds, virus scanners for up to a second."""
_PAUSE: Final = 0.01
_SHARING: Final = frozenset({5, 32, 33, 1224})
"""ERROR_ACCESS_DENIED, _SHARING_VIOLATION, _LOCK_VIOLATION and _USER_MAPPED_FILE."""


def lock_file(handle: int) -> bool:
    """Locks an open file for this process without waiting; the system frees it when it is closed.

    Returns:
        False when somebody else holds it.
    """
    try:
        _lock(handle)
    except (BlockingIOError, PermissionError):
        return False
    return True


def _lock(handle: int) -> None:
    module: Any  # each of the two is typed for its own system only
    try:
        module = import_module("fcntl")
    except ImportError:
        module = import_module("msvcrt")
        os.lseek(handle, LOCK_OFFSET, os.SEEK_SET)
        module.locking(handle, module.LK_NBLCK, 1)
    else:
        module.flock(handle, module.LOCK_EX | module.LOCK_NB)


def sync_file(path: Path) -> None:
    """Makes sure the content of a file is on disk."""
    with path.open("r+b") as file:  # Windows flushes only what may be written
        os.fsync(file.fileno())


def sync_folder(folder: Path) -> None:
    """Makes sure the names in a directory are on disk, where directories can be opened."""
    if not hasattr(os, "O_DIRECTORY"):
        return
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def is_in_use(error: OSError) -> bool:
    """Returns whether Windows refused an operation because somebody has the file open."""
    return getattr(error, "winerror", None) in _SHARING


def when_unused(operation: Callable[[], T]) -> T:
    """Do something with a file, again for `RETRY_SECONDS` while a reader of it is in the way.

    The reader may be this process: a map in a cycle of references is closed only by the collector.

    Raises:
        OSError: when the operation fails for another reason, or still fails at the end.
    """
    until = time.monotonic() + RETRY_SECONDS
    while True:
        try:
            return operation()
        except OSError as error:
            if not is_in_use(error) or time.monotonic() >= until:
                raise
        gc.collect()
        time.sleep(_PAUSE)


def is_running(pid: int) -> bool | None:
    """Returns whether a process of this machine is there; None where that cannot be known."""
    if os.name == "nt":
        return _is_running_on_windows(pid)
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    except (OSError, OverflowError):
        return None
    return True


def _is_running_on_windows(pid: int) -> bool | None:
    """Asks for a handle (learn.microsoft.com/windows/win32/api/processthreadsapi)."""
    limited_information, invalid_parameter, still_active = 0x1000, 87, 259
    kernel: Any = getattr(ctypes, "WinDLL")("kernel32", use_last_error=True)  # noqa: B009
    handle = kernel.OpenProcess(limited_information, False, pid)  # noqa: FBT003
    if not handle:
        last: Any = getattr(ctypes, "get_last_error")  # noqa: B009
        return False if last() == invalid_parameter else None
    try:
        code = ctypes.c_ulong()
        kernel.GetExitCodeProcess(handle, ctypes.byref(code))
        return code.value == still_active
    finally:
        kernel.CloseHandle(handle)


def write_utf8() -> None:
    """Have standard output and error take every character.

    A terminal that cannot write one shows its code. Where output goes into a file or a pipe on
    Windows, it is UTF-8 and not the code page of the machine, as what reads JSON expects.
    """
    for stream in (sys.stdout, sys.stderr):
        reconfigure: Any = getattr(stream, "reconfigure", None)
        if reconfigure is None:
            continue
        if os.name == "nt" and not stream.isatty():
            reconfigure(encoding="utf-8", errors="backslashreplace")
        else:
            reconfigure(errors="backslashreplace")
