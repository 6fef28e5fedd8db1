"""The memory of a process and of all that it starts, watched from outside while they run."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Final, Self

_EVERY: Final = 0.25


@dataclass(frozen=True, slots=True)
class Memory:
    """Memory of a process and its descendants together, in MB.

    Attributes:
        resident: pages in memory (RSS), shared ones counted in each process that has them.
        proportional: the same, shared ones divided among those that have them (PSS): what the
            machine has less while they run.
    """

    resident: float
    proportional: float


def memory_of(process: int) -> Memory:
    """Read the memory of a process and of its descendants; of one that is gone, nothing."""
    resident = proportional = 0
    waiting = [process]
    while waiting:
        folder = Path("/proc") / str(waiting.pop())
        try:
            rows = (folder / "smaps_rollup").read_text(encoding="ascii").splitlines()
            for task in (folder / "task").iterdir():
                waiting += map(int, (task / "children").read_text(encoding="ascii").split())
        except (OSError, ValueError):
            continue
        sizes = {row.split(":")[0]: row.split()[1] for row in rows if row.endswith(" kB")}
        resident += int(sizes.get("Rss", 0))
        proportional += int(sizes.get("Pss", 0))
    return Memory(resident / 1024, proportional / 1024)


class Watch:
    """Keeps the most memory that a process and its descendants had while the block ran."""

    def __init__(self, process: int) -> None:
        self.peak = Memory(0.0, 0.0)
        self._process = process
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._look, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        self._ended.set()
        self._thread.join()

    def _look(self) -> None:
        while not self._ended.wait(_EVERY):
            seen = memory_of(self._process)
            self.peak = Memory(
                max(self.peak.resident, seen.resident),
                max(self.peak.proportional, seen.proportional),
            )
