"""How an index is kept: decisions of whoever runs it, not properties of what is in it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Policy:
    """How an index is kept.

    Attributes:
        keep: generations that stay on disk to go back to, the published one included; at least 1.
        wait: seconds a writer waits for another one to end; 0 = not at all.
        most_lost: share of papers, 0 to 1, by which a rebuild from dumps of the generation before
            may be smaller than it; 1 = any.
        workers: processes that analyse a large build; 0 = one a core.
        check: whether what was written is read back and checked before it is published.
    """

    keep: int = 3
    wait: float = 0.0
    most_lost: float = 0.5
    workers: int = 0
    check: bool = True
