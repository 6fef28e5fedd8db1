"""Run trials and print a table of them.

python -m tests.stress connections
python -m tests.stress connections --short
"""

from __future__ import annotations

import argparse
import sys

from tests.stress import connections

TRIALS = {"connections": connections.run}


def main() -> int:
    """Run the trials that are named, or all; returns 1 where one failed."""
    parser = argparse.ArgumentParser(prog="python -m tests.stress", description=__doc__)
    parser.add_argument("trials", nargs="*", choices=[[], *TRIALS], help="all where none is named")
    parser.add_argument("--short", action="store_true", help="a tenth of each, in a few seconds")
    options = parser.parse_args()
    rows = [row for name in options.trials or TRIALS for row in TRIALS[name](short=options.short)]
    print(f"{'trial':<48} {'trials':>8} {'failures':>8}  figures")  # noqa: T201 - a program
    for trial, count, failures, figures in rows:
        print(f"{trial:<48} {count:>8,} {failures:>8,}  {figures}")  # noqa: T201 - a program
    return int(any(failures for _, _, failures, _ in rows))


if __name__ == "__main__":
    sys.exit(main())
