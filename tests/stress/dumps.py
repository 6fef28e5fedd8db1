"""Mutated dumps: every golden dump of every format, damaged in several ways, read as a build does.

A failure is an exception other than `DumpError`, or a file that takes longer than ten seconds of
the processor.
"""

from __future__ import annotations

import argparse
import random
import time
import traceback
from collections import defaultdict
from dataclasses import dataclass, field
from typing import Final

from tests.formats.test_fuzz import DUMPS, ODD, PACK, read_all

LIMIT: Final = 10.0
"""Seconds of the processor for one file."""


@dataclass(slots=True)
class Row:
    """What came of the mutations of the dumps of one format; `worst` is in seconds."""

    trials: int = 0
    worst: float = 0.0
    faults: list[str] = field(default_factory=list)


def mutated(content: bytes, rng: random.Random) -> bytes:
    """Damages a dump in one to six places, packs it, and sometimes cuts what was packed."""
    data = bytearray(content)
    for _ in range(rng.randint(1, 6)):
        low = rng.randint(0, len(data))
        high = min(len(data), low + rng.randint(0, 80))
        how = rng.choice(("cut", "double", "odd", "end", "flip", "repeat"))
        if how == "cut":
            del data[low:high]
        elif how == "double":
            data[low:low] = data[low:high]
        elif how == "odd":
            data[low:high] = rng.choice(ODD)
        elif how == "flip":
            data[low:high] = bytes(byte ^ rng.randrange(256) for byte in data[low:high])
        elif how == "repeat":
            data[low:low] = bytes(data[low:high]) * rng.choice((10, 1000))
        elif rng.random() < 0.3:
            del data[low:]
    packed = rng.choice(PACK)(bytes(data)) if rng.random() < 0.3 else bytes(data)
    return packed[: rng.randint(0, len(packed))] if rng.random() < 0.1 else packed


def run(each: int, seed: int) -> dict[str, Row]:
    """Reads so many mutations of the dumps of each format; returns a row for each."""
    rng = random.Random(seed)
    named: dict[str, list[str]] = defaultdict(list)
    for name in sorted(DUMPS):
        named[name.partition("/")[0]].append(name)
    rows: dict[str, Row] = {}
    for kind, names in named.items():
        row = rows[kind] = Row()
        for number in range(each):
            name = names[number % len(names)]
            data = mutated(DUMPS[name], rng)
            began = time.process_time()
            row.trials += 1
            try:
                read_all(name, data)
            except Exception:  # noqa: BLE001 - whatever it is, it is a failure of the trial
                row.faults.append(f"{name}, mutation {number}\n{traceback.format_exc()}")
            took = time.process_time() - began
            row.worst = max(row.worst, took)
            if took > LIMIT:
                row.faults.append(f"{name}, mutation {number}: {took:.1f} s")
    return rows


def main(given: list[str]) -> int:
    """Runs the trial and prints its table; returns 1 where something failed."""
    parser = argparse.ArgumentParser(prog="python -m tests.stress dumps", description=__doc__)
    parser.add_argument("--each", type=int, default=500, help="mutations of each format")
    parser.add_argument("--short", action="store_true", help="15 of each")
    parser.add_argument("--seed", type=int, default=14)
    options = parser.parse_args(given)
    rows = run(15 if options.short else options.each, options.seed)
    lines = [f"{'format':<16} {'trials':>7} {'failures':>8}  worst CPU s"]
    for kind, row in rows.items():
        lines.append(f"{kind:<16} {row.trials:>7,} {len(row.faults):>8,}  {row.worst:.2f}")
    lines += [fault for row in rows.values() for fault in row.faults[:2]]
    print("\n".join(lines))  # noqa: T201 - a program
    return int(any(row.faults for row in rows.values()))
