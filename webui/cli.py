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
    AlertOptions,
    Session,
    VerbGroup,
    echo_lines,
    example,
    has_module,
    hit_json,
    hit_lines,
    leave_out_scipy,
    open_searcher,
    open_session_index,
    tell,
    verb_group,
    with_session,
    write_utf8,
)
from webui.server.verifying import verifying


@click.command(
    short_help="Serve the web site.",
    epilog=example("quiver serve --port 8080 --workers 4", "quiver serve --open"),
)
@click.option("--host", help="Address to listen on; 0.0.0.0 admits other machines.")
@click.option("--port", type=click.IntRange(0, 65_535), help="Port to listen on; 0 = any free one.")
@click.option("--workers", type=click.IntRange(1, 256), help="Worker processes.")
@click.option(
    "--threads", type=click.IntRange(1, 256), help="Requests that each worker handles at a time."
)
@click.option("--open", "open_browser", is_flag=True, help="Open the page in your browser.")
@click.option(
    "--verify",
    "verify_every",
    type=click.FloatRange(min=0, min_open=True),
    metavar="HOURS",
    help="Check the whole index every HOURS hours, in a process of the lowest priority; damage is "
    "reported on stderr.",
)
@with_session
def serve(
    session: Session,
    *,
    host: str | None,
    port: int | None,
    workers: int | None,
    threads: int | None,
    open_browser: bool,
    verify_every: float | None,
) -> None:
    """Serve the web site until you press Ctrl-C.

    A new generation of the index is used from the next request on, without a restart. SIGHUP
    reads the settings again without losing a request.
    """
    if has_module("fcntl") and has_module("gunicorn"):
        from webui.server.gunicorn_app import serve as listen
    else:  # Windows
        from webui.server.waitress_app import serve as listen

    def with_options(config: Config) -> Config:
        """Lays the options of this command over settings."""
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
            f"There is no index in {session.directory} yet; `quiver build DUMP` builds one, and "
            "the pages show it as soon as it is there.",
            err=True,
        )

    def ready(address: str) -> None:
        """Prints the address of the page, and opens it in a browser."""
        click.echo(f"Quiver is at {address} (press Ctrl-C to stop).", err=True)
        if open_browser:
            webbrowser.open(address.replace("0.0.0.0", "127.0.0.1"))  # noqa: S104 - not listened on

    config = with_options(session.config)
    with verifying(str(session.directory), config.source, verify_every):
        listen(config, ready=ready, reload=lambda: with_options(session.reload()))


@click.command(
    short_help="Find papers like one or several others.",
    epilog=example("quiver similar neurips2022-13057e3d25da icml2019-4b9639ffae97"),
)
@click.argument("ids", metavar="ID...", nargs=-1, required=True)
@click.option(
    "--limit", type=click.IntRange(1, 100), default=10, show_default=True, help="Number of papers."
)
@with_session
def similar(session: Session, *, ids: tuple[str, ...], limit: int) -> None:
    """Find papers that share the most distinctive words of one or several others.

    Where the index has vectors, papers close in meaning are found, too; each paper says how much
    of its score is words and how much meaning.

    The words are printed, and the query made of them, so that you can judge and change it.
    """
    from indexer import named_paper, related_papers

    with open_searcher(session) as searcher:
        papers = []
        for paper_id in dict.fromkeys(ids):
            paper = named_paper(searcher, paper_id)
            if paper is None:
                raise click.ClickException(
                    f"no paper has the id '{paper_id}'; `quiver search` prints the ids"
                )
            papers.append(paper)
        found = related_papers(searcher, *papers, limit=limit)
    if session.json:
        hits = [hit_json(hit) for hit in found.hits]
        written: dict[str, object] = {
            "ids": [paper.id for paper in papers],
            "terms": list(found.terms),
            "query": found.query,
            "hits": hits,
        }
        if found.shares:
            written["shares"] = {
                paper_id: {
                    "words": round(share.words, 4),
                    "meaning": round(share.meaning, 4),
                    "shared": list(share.shared),
                }
                for paper_id, share in found.shares.items()
            }
        click.echo(json.dumps(written, ensure_ascii=False))
        return
    for paper in papers:
        echo_lines(f"Papers like {paper.title}")
    echo_lines(f"Shared words: {', '.join(found.terms) or 'none'}")
    if found.query:
        echo_lines(f"As a query: {found.query}")
    for number, hit in enumerate(found.hits, 1):
        echo_lines("", *hit_lines(hit, number))
        if (share := found.shares.get(hit.paper.id)) is not None:
            shared = f"; shares {', '.join(share.shared)}" if share.shared else ""
            echo_lines(f"    words {share.words:.0%}, meaning {share.meaning:.0%}{shared}")


@click.command(
    short_help="Report new papers for saved searches, authors, shelves.",
    epilog=example(
        "quiver alert alerts.yaml",
        "quiver alert alerts.yaml --dry-run --since 2026-01-01",
    ),
)
@click.argument("file")
@click.option(
    "--since",
    default="",
    metavar="DAY|GENERATION",
    help="On the first run of an alert, report everything since this day (2026-01-31) or "
    "generation. Without it, a first run only records what is there.",
)
@click.option("--only", multiple=True, metavar="NAME", help="Run only this alert.")
@click.option(
    "--state",
    metavar="DIR",
    help="Folder for what was reported; FILE.state next to FILE by default.",
)
@click.option("--dry-run", is_flag=True, help="Print what would be sent; send and record nothing.")
@with_session
def alert(
    session: Session,
    *,
    file: str,
    since: str,
    only: tuple[str, ...],
    state: str | None,
    dry_run: bool,
) -> None:
    """Report new and changed papers since the last run, for each alert in FILE.

    Run it from cron. An alert goes to mail addresses, a webhook, a file or standard output. It
    reports each paper once, and again if its record changes. What cannot be delivered is kept for
    the next run, and the exit code is 1.
    """
    from webui.alert_pages import site_pages

    tell(session, file, site_pages(session.config), AlertOptions(since, only, state, dry_run))


COMMANDS = (*VERBS, alert, similar, serve)
"""All verbs, in the order of the help."""


def quiver() -> VerbGroup:
    """Returns the command with all its subcommands."""
    return verb_group(
        "quiver", "Search abstracts of research papers: build an index, then search it.", *COMMANDS
    )


def main() -> None:
    """Runs the command; the entry point of the package."""
    write_utf8()
    leave_out_scipy()
    quiver()(prog_name="quiver", obj=OWN_PROCESS)
