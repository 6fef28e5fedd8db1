"""The commands: ``python -m tests.freeze record DIR`` and ``compare BEFORE AFTER``."""

from __future__ import annotations

import argparse
import hashlib
import json
import re
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import chdir
from pathlib import Path
from urllib.parse import quote

import click
from click.testing import CliRunner
from flask.testing import FlaskClient

from indexer import Paper, build_index, load_config, name_slug, open_index, parse_query
from tests.bench.corpus import DEFAULT, grown, read
from tests.freeze import recording
from tests.freeze.clock import stop_clocks
from tests.freeze.states import random_states
from webui import create_app
from webui.cli import quiver

ROOT = Path(__file__).resolve().parents[2]
ARROW = "data/martin-jaggi.txt"
STATES = "states.json"
QUERIES = ("learning", "deep learning", '"stochastic gradient"', "author:jaggi", "graph -neural")
PATHS = (
    *("/", "/search", "/help", "/about", "/advanced", "/api", "/info.json", "/shelf", "/trends"),
    *("/facet/venue", "/facet/type", "/facet/author", "/robots.txt", "/opensearch.xml"),
    *("/sitemap.xml", "/sitemap-papers-1.xml", "/sitemap-authors-1.xml", "/sitemap-venues.xml"),
    *("/no-such-page", "/paper/no-such-paper", "/author/no-such-author", "/feed.atom"),
)
REPRESENTATIONS = (
    *("search.bib", "search.ris", "search.csl.json", "search.enw", "search.csv", "search.jsonl"),
    *("feed.atom", "trends", "trends.csv", "record", "record.json"),
    *("facet/author", "facet/venue", "suggest", "advanced"),
)
TIMES = re.compile(r'"took_ms": ?[\d.]+|answered in (?:\d+|under 1) ms|"(?:date|now)": ?"[^"]*"')
DIGEST = re.compile(r"([?&](?:amp;)?v=)[0-9a-f]{12}")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; exits 1 where `compare` finds a difference."""
    parser = argparse.ArgumentParser(prog="python -m tests.freeze", description=__doc__)
    commands = parser.add_subparsers(required=True, dest="command")
    record = commands.add_parser("record", help="record what this tree does")
    record.add_argument("folder", type=Path)
    record.add_argument("--states", type=int, default=2_000, help="random queries (2000)")
    record.add_argument("--papers", type=int, default=10_000, help="papers of the index (10000)")
    record.add_argument("--pages", type=int, default=100, help="papers whose pages are read (100)")
    record.add_argument("--like", type=Path, help="take the queries of this recording")
    compare = commands.add_parser("compare", help="list what differs between two recordings")
    compare.add_argument("before", type=Path)
    compare.add_argument("after", type=Path)
    compare.add_argument("--may-differ", type=Path, default=recording.MAY_DIFFER)
    compare.add_argument("--lines", type=int, default=6, help="lines of each difference (6)")
    options = parser.parse_args(arguments)
    if options.command == "record":
        options.folder = options.folder.resolve()
        options.like = options.like and options.like.resolve()
    if options.command == "compare":
        return print_differences(options)
    record_tree(options)
    return 0


def print_differences(options: argparse.Namespace) -> int:
    """Print each difference of two recordings; returns 1 where there is one."""
    count = 0
    for key, lines in recording.differences(
        recording.read(options.before),
        recording.read(options.after),
        recording.read_exceptions(options.may_differ),
    ):
        count += 1
        sys.stdout.write(f"{key}\n")
        for line in lines[: options.lines]:
            sys.stdout.write(f"    {line[:300]}\n")
    sys.stdout.write(f"{count} answers differ\n" if count else "nothing differs\n")
    return 1 if count else 0


def record_tree(options: argparse.Namespace) -> None:
    """Record what this tree does on both collections."""
    stop_clocks()
    with (
        tempfile.TemporaryDirectory() as place,
        recording.writing(options.folder) as out,
        chdir(ROOT),  # papers name their dump as it was given
    ):
        for name, help_text in help_texts(quiver()):
            out.add(f"help {name}", help_text)
        index = open_index(Path(place) / "arrow")
        build_index([ARROW], index)
        with index.searcher() as searcher:
            papers = [hit.paper for hit in searcher.search(parse_query("")).hits]
        record_index(out, "arrow", Path(place) / "arrow", papers, options)
        if not DEFAULT.exists():
            sys.stderr.write("without ../shared/data only the Arrow page is recorded\n")
            return
        papers = read(DEFAULT, options.papers)
        papers = list(grown(papers, options.papers, 1))
        with open_index(Path(place) / "papers").writer() as writer:
            for paper in papers:
                writer.add(paper)
        record_index(out, "papers", Path(place) / "papers", papers, options)


def record_index(
    out: recording.Writer,
    name: str,
    folder: Path,
    papers: Sequence[Paper],
    options: argparse.Namespace,
) -> None:
    """Record the files of an index and the answers of the application over it."""
    for file in sorted(folder.rglob("*")):
        if file.is_file() and file.name != "writer.lock":
            digest = hashlib.sha256(file.read_bytes()).hexdigest()
            out.add(f"files {name} {file.relative_to(folder)}", digest)
    config = load_config()
    app = create_app(config, index=open_index(folder))
    app.testing = True
    client = app.test_client()
    for number, path in enumerate(addresses(folder_states(name, papers, options), papers, options)):
        # Each address comes from another client: the rate limit is no subject here.
        out.add(f"{name} {path}", answer(client, path, f"127.0.0.{number % 250 + 1}"))


def folder_states(name: str, papers: Sequence[Paper], options: argparse.Namespace) -> list[str]:
    """Returns the query strings of a collection; those of the recording that `--like` names."""
    file: Path = options.folder / f"{name}.{STATES}"
    if options.like:
        states: list[str] = json.loads((options.like / file.name).read_text(encoding="utf-8"))
    else:
        states = random_states(papers, options.states)
    file.write_text(json.dumps(states, indent=0), encoding="utf-8")
    return states


def addresses(
    states: Sequence[str], papers: Sequence[Paper], options: argparse.Namespace
) -> Iterator[str]:
    """Yields every path that is asked for, none twice."""
    yield from dict.fromkeys(_addresses(states, papers, options))


def _addresses(
    states: Sequence[str], papers: Sequence[Paper], options: argparse.Namespace
) -> Iterator[str]:
    yield from PATHS
    for query in QUERIES:
        for representation in REPRESENTATIONS:
            yield f"/{representation}?q={quote(query)}"
        yield f"/suggest?q={quote(query[:4])}"
        yield f"/api/query?search_query=all:{quote(query)}"
    step = max(1, len(papers) // max(1, options.pages))
    for paper in papers[::step][: options.pages]:
        yield from addresses_of(paper)
    for state in states:
        yield f"/search?{state}"
        yield f"/search.json?{state}"


def addresses_of(paper: Paper) -> Iterator[str]:
    """Yields the paths of a paper, its first author and its venue, in all representations."""
    for suffix in ("", ".json", ".bib", ".ris", ".csl.json", ".enw", ".csv"):
        yield f"/paper/{quote(paper.id, safe='/')}{suffix}"
    yield f"/similar?id={quote(paper.id)}"
    yield f"/unapi?id={quote(paper.id)}&format=bibtex"
    for author in paper.authors[:1]:
        for suffix in ("", ".json", ".atom", ".bib"):
            yield f"/author/{quote(name_slug(author), safe='')}{suffix}"
        ends = f"from={quote(author)}&to={quote(paper.authors[-1])}"
        yield f"/path?{ends}"
        yield f"/path.json?{ends}"
    if paper.venue:
        yield f"/venue/{quote(name_slug(paper.venue), safe='')}"


def answer(client: FlaskClient, path: str, host: str) -> str:
    """Returns status, type and body of an answer, without times and digests of static files."""
    response = client.get(path, environ_base={"REMOTE_ADDR": host})
    body = response.get_data(as_text=True)
    if response.mimetype == "application/json":
        body = json.dumps(json.loads(body), indent=0, ensure_ascii=False)
    body = DIGEST.sub(r"\1", TIMES.sub("", body))
    return (
        f"{response.status} {response.content_type} {response.headers.get('Location', '')}\n{body}"
    )


def help_texts(command: click.Command, name: str = "quiver") -> Iterator[tuple[str, str]]:
    """Yields the help of a command and of all commands under it."""
    yield name, CliRunner().invoke(command, ["--help"]).output
    if isinstance(command, click.Group):
        context = click.Context(command)
        for sub in command.list_commands(context):
            inner = command.get_command(context, sub)
            if inner is not None:
                yield from help_texts(inner, f"{name} {sub}")


if __name__ == "__main__":
    sys.exit(main())
