"""The worst queries, one after the other and many at once, against an index of real papers."""

from __future__ import annotations

import argparse
import gzip
import json
import random
import resource
import sys
import tempfile
import threading
import time
import traceback
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import accumulate
from pathlib import Path
from queue import Empty, SimpleQueue

from indexer import Paper, Searcher, load_config, open_index, parse_query
from tests.stress.families import STOP_WORDS, Words, drawn, words_of

ORDINARY = (
    "graph neural network",
    "federated learning privacy",
    '"gradient descent" convergence',
    "author:lin robot",
)


@dataclass(slots=True)
class Row:
    """What came of the trials of one family.

    Attributes:
        worst: seconds of the slowest answer. cpu: of the processor, likewise.
        cut: answers that say that something was cut.
        peak: most memory of the process until then, in MB.
    """

    trials: int = 0
    failures: int = 0
    cut: int = 0
    worst: float = 0.0
    cpu: float = 0.0
    peak: float = 0.0
    slowest: str = ""
    faults: list[str] = field(default_factory=list)


def read_words(dump: Path, papers: int = 3_000) -> Words:
    """Reads words and names of the first papers of a dump of JSON lines."""
    with gzip.open(dump, "rt", encoding="utf-8") as file:
        read = file.readlines()
        some = [json.loads(line) for line in read[:: max(1, len(read) // papers)]]
    texts = (text for one in some for text in (one["title"], one.get("abstract", "")))
    return words_of(texts, (name for one in some for name in one.get("authors", ())))


def peak_of() -> float:
    """Returns the most memory that this process had so far, in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def ask(
    searcher: Searcher, family: str, text: str, row: Row, limit: float, *, busy: bool = False
) -> None:
    """Answers one query as a page does and notes what it took.

    Args:
        searcher: of the index.
        family: of the query.
        text: the query.
        row: where it is noted.
        limit: seconds after which it is a failure.
        busy: judge by processor time: others use the machine, too.
    """
    started, cpu = time.perf_counter(), time.thread_time()
    row.trials += 1
    try:
        results = searcher.for_page().search(parse_query(text))
        row.cut += any(clause.cut for clause in results.receipt.clauses)
    except Exception:  # noqa: BLE001 - whatever it is, it is a failure of the trial
        row.failures += 1
        row.faults.append(f"{family}: {text[:200]}\n{traceback.format_exc()}")
    seconds = time.perf_counter() - started
    if seconds > row.worst:
        row.worst, row.slowest = seconds, text
    cpu = time.thread_time() - cpu
    row.cpu = max(row.cpu, cpu)
    if (cpu if busy else seconds) > limit:
        row.failures += 1
    row.peak = peak_of()


def together(
    searcher: Searcher,
    asked: list[tuple[str, str]],
    threads: int,
    limit: float,
    *,
    busy: bool = False,
) -> tuple[Row, Row, float]:
    """Answers queries from several threads at once while a reader asks ordinary ones.

    Returns:
        the row of these queries, that of the reader, and the seconds of all.
    """
    waiting: SimpleQueue[tuple[str, str]] = SimpleQueue()
    for one in asked:
        waiting.put(one)
    rows = [Row() for _ in range(threads)]

    def work(row: Row) -> None:
        while True:
            try:
                family, text = waiting.get_nowait()
            except Empty:
                return
            ask(searcher, family, text, row, limit, busy=busy)

    reading = Row()
    done = threading.Event()

    def read() -> None:
        number = 0
        while not done.wait(0.05):
            text = ORDINARY[number % len(ORDINARY)]
            ask(searcher, "ordinary", text, reading, 1.0, busy=busy)
            number += 1

    started = time.perf_counter()
    reader = threading.Thread(target=read)
    reader.start()
    workers = [threading.Thread(target=work, args=(row,)) for row in rows]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    seconds = time.perf_counter() - started
    done.set()
    reader.join()
    total = Row(
        sum(one.trials for one in rows),
        sum(one.failures for one in rows),
        sum(one.cut for one in rows),
        max(one.worst for one in rows),
        max(one.cpu for one in rows),
        peak_of(),
        max(rows, key=lambda one: one.worst).slowest,
        [fault for one in rows for fault in one.faults],
    )
    return total, reading, seconds


def arguments() -> argparse.ArgumentParser:
    """Returns the parser of the options of this trial."""
    parser = argparse.ArgumentParser(prog="python -m tests.stress queries", description=__doc__)
    parser.add_argument("--index", type=Path, help="folder of a built index")
    parser.add_argument("--dump", type=Path, help="the papers it was built from")
    parser.add_argument(
        "--short", action="store_true", help="two of each family, over made-up papers"
    )
    parser.add_argument("--each", type=int, default=60, help="queries of each family")
    parser.add_argument("--only", default="", help="families, by comma")
    parser.add_argument("--seed", type=int, default=14)
    parser.add_argument("--threads", type=int, default=12, help="at once, at the end; 0 = none")
    parser.add_argument("--limit", type=float, default=1.0, help="seconds that an answer may take")
    parser.add_argument("--most", type=float, default=700.0, help="MB that the process may have")
    parser.add_argument("--busy", action="store_true", help="judge by processor time")
    parser.add_argument("--worst", action="store_true", help="print the slowest query of each")
    return parser


def table(rows: list[tuple[str, Row]]) -> Iterator[str]:
    """Writes the rows as lines of a table."""
    heads = ("trials", "failures", "cut", "worst s", "CPU s", "peak MB")
    widths = (7, 9, 6, 8, 7, 8)
    named = (f"{head:>{width}}" for head, width in zip(heads, widths, strict=True))
    yield f"{'family':18} " + " ".join(named)
    for name, row in rows:
        yield (
            f"{name:18} {row.trials:7} {row.failures:9} {row.cut:6} {row.worst:8.2f} "
            f"{row.cpu:7.2f} {row.peak:8.0f}"
        )


def say(line: str) -> None:
    """Writes a line at once."""
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def main(given: list[str]) -> int:
    """Runs the trial; returns 1 where an answer failed, was late or the process too large."""
    parser = arguments()
    options = parser.parse_args(given)
    if options.short:
        with tempfile.TemporaryDirectory() as folder:
            options.index, options.dump = make_papers(Path(folder), 2_000)
            options.each, options.busy = 2, True
            return trial(options)
    if options.index is None or options.dump is None:
        parser.error("expected --index and --dump, or --short")
    return trial(options)


def make_papers(folder: Path, papers: int) -> tuple[Path, Path]:
    """Makes an index of made-up papers, whose words are as frequent as in a text, and its dump.

    The word of rank r is drawn r ** -1 as often as the first (Zipf 1949); the first ones are stop
    words, so that phrases of these are in nearly every paper.
    """
    chance = random.Random(14)
    made = ("".join(chance.choices("aeinorstlm", k=chance.randint(3, 9))) for _ in range(6_000))
    words = [*STOP_WORDS, *dict.fromkeys(made)]
    weights = list(accumulate(1 / rank for rank in range(2, len(words) + 2)))
    names = [f"{first}. {last}".title() for first in "abcdefgh" for last in words[100:140]]
    index, dump = folder / "index", folder / "papers.jsonl.gz"
    with open_index(index).writer() as writer, gzip.open(dump, "wt", encoding="utf-8") as file:
        for number in range(papers):
            text = chance.choices(words, cum_weights=weights, k=130)
            title, abstract = " ".join(text[:10]), " ".join(text[10:])
            authors = tuple(chance.sample(names, 3))
            writer.add(Paper(f"p{number}", title, abstract, authors, "ICML", 2000 + number % 20))
            told = {"title": title, "abstract": abstract, "authors": authors}
            file.write(json.dumps(told) + "\n")
    return index, dump


def trial(options: argparse.Namespace) -> int:
    """Asks the queries and prints the table; returns 1 where one failed."""
    only = tuple(one for one in options.only.split(",") if one)
    words = read_words(options.dump)
    asked = drawn(words, options.each, options.seed, only)
    index = open_index(options.index, config=load_config())
    rows: dict[str, Row] = {}
    with index.searcher() as searcher:
        for text in ("graph network", "lerning", "neur*", "grpah~"):  # what is made once
            searcher.search(parse_query(text))
        for family, text in asked:
            row = rows.setdefault(family, Row())
            ask(searcher, family, text, row, options.limit, busy=options.busy)
        listed = list(rows.items())
        if options.threads:
            some = drawn(words, min(4, options.each), options.seed + 1, only)
            row, reader, seconds = together(
                searcher, some, options.threads, 2 * options.limit, busy=options.busy
            )
            listed.append((f"{options.threads} at once", row))
            listed.append(("reader beside", reader))
    say("\n".join(table(listed)))
    if options.threads:
        say(f"{row.trials} queries by {options.threads} threads took {seconds:.1f} s in all")
    for name, one in listed:
        if options.worst:
            say(f"{name}: {one.slowest[:300]}")
        for fault in one.faults[:3]:
            say(fault)
    failed = any(one.failures for _, one in listed) or peak_of() > options.most
    return 1 if failed else 0
