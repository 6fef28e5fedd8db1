"""``quiver path``: how two author names are connected."""

from __future__ import annotations

import json
from collections.abc import Iterator

import click

from indexer.authors.clusters import similar_names
from indexer.authors.shortest_path import Connection, connect, known_name
from indexer.cli.group import Session, example, with_session
from indexer.cli.opening import open_searcher
from indexer.cli.terminal import counted, echo_lines, where, wrapped
from indexer.serialization.json_objects import SHOWN_PAPERS, connection_json

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
    A path does not pass through two people of one name where the index tells them apart with
    confidence; elsewhere it may.
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
    if connection.passed_over:
        names = ", ".join(connection.passed_over)
        yield f"Passed over, as the papers there are by different people: {names}"
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
