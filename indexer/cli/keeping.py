"""``quiver verify`` and ``rollback``: is the index whole, and back to the one before."""

from __future__ import annotations

import json
import os
import signal
import threading
import time
from typing import Final

import click

from indexer.cli.building import wait_option
from indexer.cli.group import Session, example, with_session
from indexer.cli.opening import open_searcher, open_session_index
from indexer.cli.terminal import counted, echo_lines, printable
from indexer.errors import IndexDamaged, QuiverError
from indexer.query import Query, Sort
from indexer.system.priority import stand_back

LOWEST_PRIORITY: Final = 19
"""Niceness of repeated checks, for which nobody waits."""


@click.command(short_help="Read the whole index and check it.", epilog=example("quiver verify"))
@click.option(
    "--every",
    type=click.FloatRange(min=0, min_open=True),
    metavar="HOURS",
    help="Check every HOURS hours, at the lowest priority, until you press Ctrl-C; damage is "
    "reported, and the checks go on.",
)
@click.option("--until-eof", is_flag=True, hidden=True, help="End with the input.")
@with_session
def verify(session: Session, *, every: float | None, until_eof: bool) -> None:
    """Open the newest generation, read back every paper in it, and check every file.

    Fails if a file is not as it was written or a paper cannot be read.
    """
    if every is None:
        _check(session)
        return
    if session.own_process:
        stand_back(LOWEST_PRIORITY)
    if until_eof:
        _end_with_the_input()
    while True:
        try:
            _check(session)
        except (QuiverError, OSError) as error:
            click.echo(f"Error: {printable(str(error))}", err=True)
        time.sleep(every * 3600)


def _end_with_the_input() -> None:
    """Ends the process when its input ends, which it does when its parent process ends."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent process handles it

    def wait() -> None:
        while os.read(0, 4096):
            pass
        os._exit(0)

    threading.Thread(target=wait, daemon=True).start()


def _check(session: Session) -> None:
    """Reads the newest generation and says that it is whole.

    Raises:
        IndexDamaged: when it is not.
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
