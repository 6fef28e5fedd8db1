"""``quiver mcp``: the collection as tools of an assistant, over standard input and output."""

from __future__ import annotations

import click

from indexer.assistant import Collection, assistant_server
from indexer.cleaning.venues import load_venues
from indexer.cli.group import Session, example, with_session
from indexer.cli.opening import open_searcher, open_session_index
from indexer.cli.terminal import counted


@click.command(
    short_help="Serve an assistant over standard input and output.", epilog=example("quiver mcp")
)
@with_session
def mcp(session: Session) -> None:
    """Serve the index to an assistant, as tools of the Model Context Protocol.

    For the settings of a client such as an editor or a desktop assistant, which starts this
    command itself and speaks with it over standard input and output. It only reads.
    """
    from indexer import __version__

    config = session.config
    collection = Collection(load_venues(config.build.venues), config.web.public_url.rstrip("/"))
    index = open_session_index(session)
    server = assistant_server(
        index.searcher, collection, title=config.web.title, version=__version__
    )
    with open_searcher(session) as searcher:  # a missing index is said now, not at a first answer
        papers = searcher.info().papers
    click.echo(f"Serving {counted(papers, 'paper')}; Ctrl-C ends.", err=True)
    server.run("stdio")
