"""``quiver path`` and ``evaluate-authors``: how names are connected, what evidence is worth."""

from __future__ import annotations

import json
from collections.abc import Iterator

import click

from indexer.authors.clusters import similar_names
from indexer.authors.disambiguation_quality import Judgement, Score, judge, judgement_as_json
from indexer.authors.ground_truth import read_truth
from indexer.authors.shortest_path import Connection, connect, known_name
from indexer.build import read_papers
from indexer.cli.group import Session, example, with_session
from indexer.cli.opening import open_searcher
from indexer.cli.terminal import counted, echo_lines, where, wrapped
from indexer.wire import SHOWN_PAPERS, connection_json

_SEARCH = "`quiver search author:...` finds names"


@click.command(
    short_help="Show how two authors are connected.",
    epilog=example("quiver path 'Martin Jaggi' 'Sebastian U. Stich'"),
)
@click.argument("one", metavar="FROM")
@click.argument("other", metavar="TO")
@with_session
def path(session: Session, *, one: str, other: str) -> None:
    """Show how two authors are connected: the shortest path of papers written together.

    FROM and TO are exact author names; if no paper has such a name, the most similar one is used.
    A name may belong to several people, so a path may pass through two people of one name.
    """
    with open_searcher(session) as searcher:
        ends: list[str] = []
        for text in (one, other):
            name = known_name(searcher, text.encode(errors="replace").decode())
            if name is None:
                near = similar_names(searcher, text)
                hint = f"similar names: {', '.join(near)}" if near else _SEARCH
                raise click.ClickException(f"no paper has an author named '{text}'; {hint}")
            ends.append(name)
        connection = connect(searcher, ends[0], ends[1])
    if session.json:
        said = connection_json(ends[0], ends[1], connection)
        click.echo(json.dumps(said, ensure_ascii=False))
    else:
        echo_lines(*_connection_lines(ends[0], ends[1], connection))


def _connection_lines(one: str, other: str, connection: Connection) -> Iterator[str]:
    if not connection.names:
        yield f"No chain of co-authors connects {one} and {other}."
        return
    yield click.style(connection.names[0], bold=True)
    for link in connection.links:
        for paper in link.papers[:SHOWN_PAPERS]:
            yield from wrapped(f"{paper.title} ({where(paper)})", (), "    ", "      ")
        if len(link.papers) > SHOWN_PAPERS:
            yield f"    and {counted(len(link.papers) - SHOWN_PAPERS, 'other')}"
        yield click.style(link.other, bold=True)


@click.command(
    name="evaluate-authors",
    short_help="Score author name disambiguation.",
    epilog=example("quiver evaluate-authors data/martin-jaggi.txt data/known-authors.jsonl"),
)
@click.argument("dump")
@click.argument("truth")
@with_session
def evaluate_authors(session: Session, *, dump: str, truth: str) -> None:
    """Score author name disambiguation against known identities, beside exact names alone.

    DUMP has the papers. TRUTH is JSON lines, one per paper: {"paper": ID, "authors": [NAME, ...],
    "ids": [ID, ...]}; ids are OpenReview profiles, IEEE numbers or ACL Anthology slugs.
    """
    known = read_truth([truth])
    judgement = judge(read_papers([dump]), known)
    if session.json:
        click.echo(json.dumps(judgement_as_json(judgement)))
    else:
        echo_lines(*_lines(judgement))


def _lines(judgement: Judgement) -> Iterator[str]:
    yield f"{judgement.names:,} exact names"
    yield f"{'':<48}{'precision':>9} {'recall':>7} {'shown':>8} {'judged':>8} {'wanted':>8}"
    yield _line("Pairs of names taken for one person, strong", judgement.strong)
    yield _line("  … strong or fair", judgement.fair)
    yield _line("  strong, by ids on two papers or more", judgement.strong_sure)
    yield _line("  … strong or fair, by such ids", judgement.fair_sure)
    yield _line("Groups of one name taken for different people", judgement.several)
    yield _line("Authorships taken for one person: exact name", judgement.exact)
    yield _line("  … strong suggestions followed", judgement.joined)


def _line(what: str, score: Score) -> str:
    return (
        f"{what:<48}{score.precision:>9.3f} {score.recall:>7.3f} "
        f"{score.shown:>8,} {score.judged:>8,} {score.wanted:>8,}"
    )
