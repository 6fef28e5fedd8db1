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
    """Open the newest generation, read back every paper in it, and count them.

    Fails where a file is not what was written or a paper cannot be read.
    """
    check = getattr(open_session_index(session), "verify", None)
    if check is not None:
        check()
    with open_searcher(session) as searcher:
        read = 0
        for paper_id in searcher.ids(Query(sort=Sort.TITLE)):
            paper = searcher.get(paper_id)
            if paper is None or paper.id != paper_id:
                raise IndexDamaged(
                    f"{session.place}: the paper '{paper_id}' is listed and cannot be read; "
                    "`quiver rollback` goes back to the generation before"
                )
            read += 1
        said = searcher.info().papers
        generation = searcher.generation
    if read != said:
        raise IndexDamaged(
            f"{session.place}: {counted(said, 'paper')} are said to be there, {read:,} can be "
            "read; `quiver rollback` goes back to the generation before"
        )
    if session.json:
        click.echo(json.dumps({"generation": generation, "papers": read}))
    else:
        echo_lines(f"Generation {generation} is whole: {counted(read, 'paper')} read back.")


@click.command(
    short_help="Go back to the generation before.",
    epilog=example("quiver rollback"),
)
@wait_option
@with_session
def rollback(session: Session, *, wait: float | None) -> None:
    """Publish the generation before the newest one again, under a new name.

    How many generations stay on disk is the setting build.keep.
    """
    back = getattr(open_session_index(session.waiting(wait)), "rollback", None)
    if back is None:
        raise click.ClickException(
            f"the engine {session.config.index.backend} keeps no generation to go back to; "
            "build the index anew from its dumps"
        )
    generation = back()
    if session.json:
        click.echo(json.dumps({"generation": generation}))
    else:
        echo_lines(f"{session.place} is as it was one generation ago, now {generation}.")
