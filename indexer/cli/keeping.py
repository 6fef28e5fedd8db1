"""``quiver verify`` and ``rollback``: is the index whole, and back to the one before."""

from __future__ import annotations

import json

import click

from indexer.cli.building import wait_option
from indexer.cli.group import Session, example, with_session
from indexer.cli.opening import open_searcher, open_session_index
from indexer.cli.terminal import counted, echo_lines
from indexer.errors import IndexDamaged
from indexer.query import Query, Sort


@click.command(short_help="Read the whole index and check it.", epilog=example("quiver verify"))
@with_session
def verify(session: Session) -> None:
    """Open the newest generation, read back every paper in it, and check every file.

    Fails if a file is not as it was written or a paper cannot be read.
    """
    open_session_index(session).verify()
    with open_searcher(session) as searcher:
        read = 0
        for paper_id in searcher.ids(Query(sort=Sort.TITLE)):
            paper = searcher.get(paper_id)
            if paper is None or paper.id != paper_id:
                raise IndexDamaged(
                    f"{session.place}: the paper '{paper_id}' is listed but cannot be read; "
                    "`quiver rollback` returns to the previous generation"
                )
            read += 1
        said = searcher.info().papers
        generation = searcher.generation
    if read != said:
        raise IndexDamaged(
            f"{session.place}: {counted(said, 'paper')} should be there, but {read:,} can be "
            "read; `quiver rollback` returns to the previous generation"
        )
    if session.json:
        click.echo(json.dumps({"generation": generation, "papers": read}))
    else:
        echo_lines(f"Generation {generation} is whole: {counted(read, 'paper')} read back.")


@click.command(
    short_help="Return to the previous generation.",
    epilog=example("quiver rollback"),
)
@wait_option
@with_session
def rollback(session: Session, *, wait: float | None) -> None:
    """Publish the previous generation again, under a new name.

    The setting build.keep says how many generations stay on disk.
    """
    generation = open_session_index(session.waiting(wait)).rollback()
    if session.json:
        click.echo(json.dumps({"generation": generation}))
    else:
        echo_lines(
            f"{session.place} is back at the previous generation, published again as {generation}."
        )
