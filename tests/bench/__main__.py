"""The one command: see the package."""

from __future__ import annotations

import argparse
import json
import os
import random
import shlex
import sys
import tempfile
import time
from dataclasses import asdict
from functools import partial
from pathlib import Path

from tests.bench import build, corpus, http, latency, questions, tune, updates, vectors
from tests.bench.engines import CHANGES, MODULES, available, engine, index_of
from tests.bench.report import Report

CLOCKS = {"wall": time.perf_counter, "cpu": time.thread_time}


def arguments() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument(
        "--corpus", type=Path, default=corpus.DEFAULT, help="papers.jsonl.gz, or its folder"
    )
    parser.add_argument(
        "--papers",
        default="0",
        help="how many, a curve as 10000,87000,1000000; beyond the corpus it is grown; 0 = all",
    )
    parser.add_argument("--only", default=",".join(MODULES), help="engines, by comma")
    parser.add_argument("--each", type=int, default=25, help="questions of each class")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument(
        "--cold", action="store_true", help="also ask each question once of engines just opened"
    )
    parser.add_argument("--seed", type=int, default=20_240_601)
    parser.add_argument("--updates", type=int, default=100, help="papers to change; 0 = none")
    parser.add_argument("--http", type=float, default=0, help="seconds of load for each address")
    parser.add_argument(
        "--keep", type=Path, help="build the indexes in this folder, and use those that are there"
    )
    parser.add_argument("--json", type=Path, help="write the whole run here")
    parser.add_argument(
        "--clock", choices=sorted(CLOCKS), default="wall", help="cpu: on a machine in use"
    )
    parser.add_argument(
        "--tune", action="store_true", help="derive the engine's tuning constants, and end"
    )
    parser.add_argument("--vectors", default="", help="scan so many made-up vectors, and end")
    parser.add_argument("--core", type=int, default=-1, help="run on this core alone")
    return parser


def main(given: list[str]) -> None:
    options = arguments().parse_args(given)
    if options.core >= 0:
        os.sched_setaffinity(0, {options.core})
    if options.vectors:
        for count in map(int, options.vectors.split(",")):
            scans = vectors.measure(count, options.seed, CLOCKS[options.clock])
            sys.stdout.write("\n".join((*vectors.table(scans), "")))
        return
    if options.tune:
        derived = [tune.derive(constant, CLOCKS[options.clock]) for constant in tune.CONSTANTS]
        sys.stdout.write("\n".join((*tune.table(derived), "")))
        return
    names = [name for name in options.only.split(",") if available(name)]
    report = Report(f"python -m tests.bench {shlex.join(given)}".strip(), names[0])
    report.left_out = [name for name in options.only.split(",") if name not in names]
    for size in (int(one) for one in options.papers.split(",")):
        with tempfile.TemporaryDirectory() as folder:
            where = Path(folder) if options.keep is None else options.keep / str(size)
            one_size(options, size, names, where, report)
    report.print()
    if options.json:
        options.json.write_text(json.dumps(report.as_json(), indent=1), encoding="utf-8")


def one_size(
    options: argparse.Namespace, size: int, names: list[str], folder: Path, report: Report
) -> None:
    """Build every index at one size, then measure over them."""
    papers = corpus.read(options.corpus, size)
    asked = questions.draw(papers, options.each, options.seed)
    indexes: dict[str, Path] = {}
    for name in dict.fromkeys(map(index_of, names)):
        indexes[name] = folder / name
        report.builds.append(built(options, name, size or len(papers), indexes[name]))
    answers = {name: engine(name).open(indexes[index_of(name)]) for name in names}
    _say(f"asking {len(asked)} questions of {len(names)} engines, {options.rounds} rounds")
    measured = latency.measure(
        answers, asked, options.rounds, report.reference, CLOCKS[options.clock]
    )
    if options.cold:
        _say("asking them once more, each of engines just opened")
        fresh = {name: partial(engine(name).open, indexes[index_of(name)]) for name in names}
        clock = CLOCKS[options.clock]
        measured += latency.measure_first(fresh, asked, report.reference, clock)
    report.latencies += [(size or len(papers), one) for one in measured]
    for name in (one for one in CHANGES if one in indexes and options.updates):
        _say(f"updating {name}")
        report.updates.append(updates.measure(name, indexes[name], papers, options.updates))
    if options.http and "quiver" in indexes:
        _say("loading the pages")
        # So many that some are new to the end; another seed, for these were asked before.
        plenty = questions.draw(papers, int(options.http * http.MOST * 2), options.seed + 1)
        keywords = [one for one in plenty if one.kind in http.KINDS]
        random.Random(options.seed).shuffle(keywords)
        report.loads += http.measure(indexes["quiver"], keywords, options.http, options.seed)


def built(options: argparse.Namespace, name: str, papers: int, folder: Path) -> build.Build:
    """Build one index; one that was kept is used again, with what its build took."""
    taken = folder.with_suffix(".json")
    if taken.exists():
        return build.Build(**json.loads(taken.read_text(encoding="utf-8")))
    folder.mkdir(parents=True)
    _say(f"building {name} ({papers:,} papers)")
    made = build.run(name, options.corpus, papers, folder, options.seed)
    if options.keep is not None:
        taken.write_text(json.dumps(asdict(made)), encoding="utf-8")
    return made


def _say(text: str) -> None:
    sys.stderr.write(text + "\n")
    sys.stderr.flush()


if __name__ == "__main__":
    main(sys.argv[1:])
