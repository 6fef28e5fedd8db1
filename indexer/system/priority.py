"""How far a process stands back behind others, so that a build does not keep pages waiting."""

from __future__ import annotations

import contextlib
import os


def stand_back(nice: int) -> None:
    """Lets other processes go before this one and those that it will start; from here on.

    Linux derives the priority of reading and writing from the same number, and lets a process that
    only computes have longer, rarer shares of the processor (``SCHED_BATCH``, see sched(7)). Where
    the operating system knows no such thing, or does not allow it, nothing changes.

    Args:
        nice: 0 to 19; a process that stands back further already stays there.
    """
    if nice <= 0 or not hasattr(os, "setpriority"):
        return
    with contextlib.suppress(OSError):
        if os.getpriority(os.PRIO_PROCESS, 0) < nice:
            os.setpriority(os.PRIO_PROCESS, 0, nice)
    if hasattr(os, "SCHED_BATCH"):
        with contextlib.suppress(OSError):
            os.sched_setscheduler(0, os.SCHED_BATCH, os.sched_param(0))
