"""Memory that the C library keeps: fewer places to keep it in, and given back after long pages.

glibc lets each thread allocate from an arena of its own, up to eight for each core, and returns the
memory of an arena to the system only from its end. The arrays of one long query leave holes in the
arena of the thread that answered it, and the next thread makes the same holes in its own. With one
arena they are used again, and `malloc_trim` returns whole pages inside of it, too.
`python -m tests.stress queries` measures the difference; elsewhere than on glibc nothing happens.

https://www.gnu.org/software/libc/manual/html_node/Malloc-Tunable-Parameters.html
"""

from __future__ import annotations

import ctypes
import os
import sys
import time
from collections.abc import Callable
from typing import Final

from flask import Flask, g

LONG: Final = 0.1
"""Seconds of the processor from which on a request is a long one; nearly all take less."""
PAUSE: Final = 1.0
"""Seconds between two returns of memory, each of which takes some milliseconds."""
_ARENA_MAX: Final = -8
"""`M_ARENA_MAX` of malloc.h."""
_ARENAS: Final = 1
"""The interpreter lets one thread at a time run, so that threads seldom wait for the arena."""


def use_one_arena() -> bool:
    """Lets all threads of this process allocate from one arena; to be called before they start.

    The environment variable ``MALLOC_ARENA_MAX`` goes before.

    Returns:
        whether the C library has such a setting.
    """
    library = _glibc()
    if library is None or "MALLOC_ARENA_MAX" in os.environ:
        return False
    return bool(library.mallopt(_ARENA_MAX, _ARENAS))


def trim_after_long_requests(app: Flask, trim: Callable[[int], object] | None = None) -> None:
    """Returns memory to the system after requests that took long.

    Args:
        app: the application.
        trim: returns the memory; None = `malloc_trim` of glibc, elsewhere nothing.
    """
    if trim is None:
        library = _glibc()
        if library is None:
            return
        trim = library.malloc_trim
    release = trim
    last = -PAUSE

    def begin() -> None:
        g.begun = time.thread_time()

    def end(_: BaseException | None) -> None:
        nonlocal last
        begun = g.pop("begun", None)
        if begun is None or time.thread_time() - begun < LONG:
            return
        now = time.monotonic()
        if now - last >= PAUSE:
            last = now
            release(0)

    app.before_request(begin)
    app.teardown_request(end)


def _glibc() -> ctypes.CDLL | None:
    """Returns the C library of this process where it is glibc."""
    if sys.platform != "linux":
        return None
    try:
        library = ctypes.CDLL(None)
        library.gnu_get_libc_version  # noqa: B018 - musl has none
    except (OSError, AttributeError):
        return None
    return library
