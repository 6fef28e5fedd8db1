"""The command: the name of a trial, then its options; ``short`` runs the short form of all."""

from __future__ import annotations

import sys

from tests.stress import (
    connections,
    crowds,
    damage,
    dumps,
    kills,
    queries,
    rebuild,
    requests,
    worker_deaths,
)

TRIALS = {
    "connections": connections.main,
    "crowds": crowds.main,
    "damage": damage.main,
    "dumps": dumps.main,
    "kills": kills.main,
    "queries": queries.main,
    "rebuild": rebuild.main,
    "requests": requests.main,
    "workers": worker_deaths.main,
}
SHORT = ("connections", "crowds", "damage", "dumps", "kills", "queries", "rebuild", "requests")
"""Trials that make what they need, in under four minutes together."""


def main(given: list[str]) -> int:
    """Runs the trial of this name; returns 1 where it failed, 2 where there is none."""
    if given == ["short"]:
        failed = 0
        for name in SHORT:
            print(f"\n{name}", flush=True)  # noqa: T201 - a program
            failed |= TRIALS[name](["--short"])
        return failed
    trial = TRIALS.get(given[0]) if given else None
    if trial is None:
        names = ",".join((*TRIALS, "short"))
        sys.stderr.write(f"usage: python -m tests.stress {{{names}}} [options]\n")
        return 2
    return trial(given[1:])


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
