"""The index checked in the background of ``quiver serve``, by a process of its own.

The process is `quiver verify --every`: it has the lowest priority, says on stderr what is damaged,
and ends with the server, however that ends.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

_COMMAND = "from webui.cli import main; main()"


@contextmanager
def verifying(index: str, settings: str, hours: float | None) -> Iterator[None]:
    """Has an index checked while the block runs.

    Args:
        index: the folder, as ``--index`` takes it.
        settings: the file of the settings; empty for none.
        hours: from the end of a check to the next; None checks nothing.
    """
    if hours is None:
        yield
        return
    options = ["--index", index, *(("--config", settings) if settings else ())]
    checking = subprocess.Popen(  # noqa: S603 - this very command
        [
            *(sys.executable, "-c", _COMMAND),
            *("verify", *options, "--every", str(hours), "--until-eof"),
        ],
        stdin=subprocess.PIPE,  # ends with this process, and with it the other
        stdout=subprocess.DEVNULL,
    )
    own = os.getpid()
    try:
        yield
    finally:
        if os.getpid() == own:  # a worker that the server forked leaves the block as well
            checking.terminate()
            checking.wait()
            if checking.stdin is not None:
                checking.stdin.close()
