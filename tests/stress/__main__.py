"""The command: the name of a trial, then its options."""

from __future__ import annotations

import sys

from tests.stress import connections, damage, queries

TRIALS = {"connections": connections.main, "damage": damage.main, "queries": queries.main}


def main(given: list[str]) -> int:
    """Runs the trial of this name; returns 1 where it failed, 2 where there is none."""
    trial = TRIALS.get(given[0]) if given else None
    if trial is None:
        names = ",".join(TRIALS)
        sys.stderr.write(f"usage: python -m tests.stress {{{names}}} [options]\n")
        return 2
    return trial(given[1:])


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
