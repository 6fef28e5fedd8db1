"""The command ``quiver``: the verbs of the indexer, and ``serve``."""

from __future__ import annotations

import dataclasses
import json
import webbrowser

import click

from indexer import Config
from indexer.cli import (
    OWN_PROCESS,
    VERBS,
    Session,
    VerbGroup,
    example,
    has_module,
    hit_json,
    hit_lines,
    leave_out_scipy,
    open_searcher,
    open_session_index,
    verb_group,
    with_session,
    write_utf8,
)


@click.command(
    short_help="Serve the search pages.",
    epilog=example("quiver serve --port 8080 --workers 4", "quiver serve --open"),
)
@click.option("--host", help="Address to listen on; 0.0.0.0 lets other machines in.")
@click.option("--port", type=click.IntRange(0, 65_535), help="Port to listen on; 0 = any free one.")
@click.option("--workers", type=click.IntRange(1, 256), help="Worker processes.")
@click.option("--threads", type=click.IntRange(1, 256), help="Requests at once in each worker.")
@click.option("--open", "open_browser", is_flag=True, help="Open the page in your browser.")
@with_session
def serve(
    session: Session,
    *,
    host: str | None,
    port: int | None,
    workers: int | None,
    threads: int | None,
    open_browser: bool,
) -> None:
    """Serve the search pages until you press Ctrl-C.

    A new generation of the index is seen on the next request, without a restart; new settings
    after SIGHUP, which loses no request.
    """
    if has_module("fcntl") and has_module("gunicorn"):
        from webui.server.gunicorn_app import serve as listen
    else:  # Windows
        from webui.server.waitress_app import serve as listen

    def with_options(config: Config) -> Config:
        """Lay the options of this command over settings."""
        web = dataclasses.replace(
            config.web,
            host=host or config.web.host,
            port=config.web.port if port is None else port,
            workers=workers or config.web.workers,
            threads=threads or config.web.threads,
        )
        return dataclasses.replace(config, web=web)

    if open_session_index(session).generation() is None:
        click.echo(
            f"There is no index in {session.directory} yet; `quiver build DUMP` makes one, and "
            "the pages show it as soon as it is there.",
            err=True,
        )

    def ready(address: str) -> None:
        """Say where the page is, and open it."""
        click.echo(f"Quiver is at {address} (press Ctrl-C to stop).", err=True)
        if open_browser:
            webbrowser.open(address.replace("0.0.0.0", "127.0.0.1"))  # noqa: S104 - not listened on

    listen(with_options(session.config), ready=ready, reload=lambda: with_options(session.reload()))


@click.command(
    short_help="Find papers like one, or like several.",
    epilog=example("quiver similar neurips2022-13057e3d25da icml2019-4b9639ffae97"),
)
@click.argument("ids", metavar="ID...", nargs=-1, required=True)
@click.option("--limit", type=click.IntRange(1, 100), default=10, show_default=True, help="Papers.")
@with_session
def similar(session: Session, *, ids: tuple[str, ...], limit: int) -> None:
    """Find the papers that share most of the words that one or several stand out by.

    The words are said, and the query they make, so that you can judge the likeness and change it.
    """
    from indexer import named_paper, related_papers

    with open_searcher(session) as searcher:
        papers = []
        for one in dict.fromkeys(ids):
            paper = named_paper(searcher, one)
            if paper is None:
                raise click.ClickException(
                    f"no paper has the id '{one}'; `quiver search` prints the ids"
                )
            papers.append(paper)
        found = related_papers(searcher, *papers, limit=limit)
    if session.json:
        hits = [hit_json(hit) for hit in found.hits]
        written = {
            "ids": [paper.id for paper in papers],
            "terms": list(found.terms),
            "query": found.query,
            "hits": hits,
        }
        click.echo(json.dumps(written, ensure_ascii=False))
        return
    for paper in papers:
        click.echo(f"Like {paper.title}")
    click.echo(f"Shared words: {', '.join(found.terms) or 'none'}")
    if found.query:
        click.echo(f"As a query: {found.query}")
    for number, hit in enumerate(found.hits, 1):
        click.echo("\n" + "\n".join(hit_lines(hit, number)))


COMMANDS = (*VERBS, similar, serve)
"""All verbs, in the order of the help."""


def quiver() -> VerbGroup:
    """Make the command with all its verbs."""
    return verb_group(
        "quiver", "Search abstracts of research papers: build an index, then ask.", *COMMANDS
    )


def main() -> None:
    """Run the command; the entry point of the package."""
    write_utf8()
    leave_out_scipy()
    quiver()(prog_name="quiver", obj=OWN_PROCESS)
