"""The worst queries and addresses, one after the other and many at once, over real papers.

What is asked goes through the whole application, as in a worker of the server: 30 families (18 of
queries, see `families`, 12 of other addresses, see `addresses`), 35 of each, drawn from a seed. An
answer fails with a traceback, with a status that is no answer, or where it takes more than
`--limit` seconds of the processor; the trial fails where the process takes more than `--most` MB
beside the files that it maps, which are the same for all workers.
"""

from __future__ import annotations

import argparse
import gzip
import json
import random
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import replace
from itertools import accumulate, islice
from pathlib import Path

from indexer import Config, Paper, load_config, open_index
from tests.stress.addresses import drawn_addresses
from tests.stress.families import STOP_WORDS, Words, words_of
from tests.stress.pages import ORDINARY, Row, ask, ask_together, peak_memory
from webui import create_app
from webui.server import allocator


def read_words(dump: Path, papers: int = 3_000) -> Words:
    """Reads words, names and ids of some papers of a dump of JSON lines.

    Line by line: what this takes is memory of the process that is measured.
    """
    with gzip.open(dump, "rt", encoding="utf-8") as file:
        count = sum(1 for _ in file)
    with gzip.open(dump, "rt", encoding="utf-8") as file:
        some = [json.loads(line) for line in islice(file, 0, None, max(1, count // papers))]
    texts = (text for one in some for text in (one["title"], one.get("abstract", "")))
    names = (name for one in some for name in one.get("authors", ()))
    return words_of(texts, names, (str(one["id"]) for one in some if one.get("id")))


def arguments() -> argparse.ArgumentParser:
    """Returns the parser of the options of this trial."""
    parser = argparse.ArgumentParser(prog="python -m tests.stress queries", description=__doc__)
    parser.add_argument("--index", type=Path, help="folder of a built index")
    parser.add_argument("--dump", type=Path, help="the papers it was built from")
    parser.add_argument(
        "--short", action="store_true", help="two of each family, over made-up papers"
    )
    parser.add_argument("--each", type=int, default=35, help="of each family")
    parser.add_argument("--only", default="", help="families, by comma")
    parser.add_argument("--seed", type=int, default=14)
    parser.add_argument("--threads", type=int, default=12, help="at once, at the end; 0 = none")
    parser.add_argument(
        "--limit", type=float, default=2.0, help="seconds of the processor for an answer"
    )
    parser.add_argument("--most", type=float, default=700.0, help="MB, without mapped files")
    parser.add_argument("--worst", action="store_true", help="print the costliest of each family")
    return parser


def table(rows: list[tuple[str, Row]]) -> Iterator[str]:
    """Writes the rows as lines of a table."""
    heads = (
        *("trials", "failures", "503", "cut", "CPU s", "whole s", "wall s", "MB"),
        *("peak MB", "private"),
    )
    widths = (6, 8, 5, 5, 7, 7, 7, 7, 7, 7)
    named = (f"{head:>{width}}" for head, width in zip(heads, widths, strict=True))
    yield f"{'family':18} " + " ".join(named)
    for name, row in rows:
        yield (
            f"{name:18} {row.trials:6} {row.failures:8} {row.refused:5} {row.cut:5} {row.cpu:7.2f} "
            f"{row.whole:7.2f} {row.wall:7.2f} {row.size / 1e6:7.2f} {row.peak:7.0f} "
            f"{row.private:7.0f}"
        )


def say(line: str) -> None:
    """Writes a line at once."""
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def main(given: list[str]) -> int:
    """Runs the trial; returns 1 where an answer failed or the process was too large."""
    parser = arguments()
    options = parser.parse_args(given)
    if options.short:
        with tempfile.TemporaryDirectory() as folder:
            options.index, options.dump = make_papers(Path(folder), 2_000)
            options.each = 2
            return trial(options)
    if options.index is None or options.dump is None:
        parser.error("expected --index and --dump, or --short")
    return trial(options)


def make_papers(folder: Path, papers: int) -> tuple[Path, Path]:
    """Makes an index of made-up papers, whose words are as frequent as in a text, and its dump.

    The word of rank r is drawn r ** -1 as often as the first (Zipf 1949); the first ones are stop
    words, so that phrases of these are in nearly every paper. The second generation has a few
    papers more.
    """
    chance = random.Random(14)
    made = ("".join(chance.choices("aeinorstlm", k=chance.randint(3, 9))) for _ in range(6_000))
    words = [*STOP_WORDS, *dict.fromkeys(made)]
    weights = list(accumulate(1 / rank for rank in range(2, len(words) + 2)))
    names = [f"{first}. {last}".title() for first in "abcdefgh" for last in words[100:140]]
    index, dump = folder / "index", folder / "papers.jsonl.gz"
    with gzip.open(dump, "wt", encoding="utf-8") as file:
        for part in (range(papers), range(papers, papers + 20)):
            with open_index(index).writer() as writer:
                for number in part:
                    text = chance.choices(words, cum_weights=weights, k=130)
                    title, abstract = " ".join(text[:10]), " ".join(text[10:])
                    authors = tuple(chance.sample(names, 3))
                    year = 2000 + number % 20
                    writer.add(Paper(f"p{number}", title, abstract, authors, "ICML", year))
                    told = {"id": f"p{number}", "title": title, "abstract": abstract}
                    file.write(json.dumps(told | {"authors": authors}) + "\n")
    return index, dump


def settings(index: Path) -> Config:
    """Returns the default settings for an index, with no limit of requests."""
    read = load_config()
    web = replace(read.web, requests_per_minute=0)
    return replace(read, index=replace(read.index, dir=str(index)), web=web)


def trial(options: argparse.Namespace) -> int:
    """Asks for the addresses and prints the table; returns 1 where one failed."""
    only = tuple(one for one in options.only.split(",") if one)
    words = read_words(options.dump)
    asked = drawn_addresses(words, options.each, options.seed, only)
    allocator.use_one_arena()
    app = create_app(settings(options.index))
    allocator.trim_after_long_requests(app)
    for address in (*ORDINARY, "/search?q=qwyzxvut", "/search?q=neur*+grpah~"):  # made once
        ask(app, address, Row(), 60.0)
    before = peak_memory()
    rows: dict[str, Row] = {}
    for family, address in asked:
        ask(app, address, rows.setdefault(family, Row()), options.limit)
    listed = list(rows.items())
    if options.threads:
        again = drawn_addresses(words, min(4, options.each), options.seed + 1, only)
        some = [address for _, address in again]
        row, reader, seconds = ask_together(app, some, options.threads, options.limit)
        listed += [(f"{options.threads} at once", row), ("reader beside", reader)]
    say("\n".join(table(listed)))
    say(f"{sum(row.trials for _, row in listed):,} answers, {before:.0f} MB before them")
    if options.threads:
        say(f"{row.trials} addresses by {options.threads} threads took {seconds:.1f} s in all")
    for name, one in listed:
        if options.worst:
            say(f"{name}: {one.slowest[:300]}")
        for fault in one.faults[:3]:
            say(f"{name}: {fault}")
    private = max(one.private for _, one in listed)
    return int(any(one.failures for _, one in listed) or private > options.most)
