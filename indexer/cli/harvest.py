"""``quiver harvest``: the records of a repository, by OAI-PMH, into a dump."""

from __future__ import annotations

import dataclasses
import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date

import click
from tqdm import tqdm

from indexer.cli.group import Session, example, with_session
from indexer.cli.terminal import counted, echo_lines
from indexer.formats.oai_xml import is_readable
from indexer.intake.harvest import Harvest
from indexer.intake.harvest import harvest as harvest_into
from indexer.protected import protect


@click.command(
    short_help="Download the records of a repository.",
    epilog=example(
        "quiver harvest https://export.arxiv.org/oai2 physics.xml --prefix arXiv --set physics",
    ),
)
@click.argument("url")
@click.argument("file")
@click.option(
    "--prefix",
    default="oai_dc",
    show_default=True,
    metavar="NAME",
    help="Metadata format; every repository has oai_dc. Others that are read: arXiv, mods, JATS.",
)
@click.option("--set", "of_set", default="", metavar="NAME", help="Only the records of this set.")
@click.option(
    "--since", default="", metavar="YYYY-MM-DD", help="Only records changed on this day or later."
)
@click.option(
    "--pause",
    type=click.FloatRange(0, 3600),
    default=3.0,
    show_default=True,
    metavar="SECONDS",
    help="Pause between two requests; many repositories require one.",
)
@click.option(
    "--timeout",
    type=click.FloatRange(1, 3600),
    default=30.0,
    show_default=True,
    metavar="SECONDS",
    help="Time to wait for a reply.",
)
@with_session
def harvest(
    session: Session,
    *,
    url: str,
    file: str,
    prefix: str,
    of_set: str,
    since: str,
    pause: float,
    timeout: float,
) -> None:
    """Download the records of the OAI-PMH repository at URL to FILE, a dump that build reads.

    A state file next to FILE records the progress: run the command again to resume an
    interrupted harvest, or to fetch only what has changed since a finished one.
    """
    what = Harvest(url, prefix, of_set, _day(since), pause, timeout)
    try:
        with _progress() as progress:
            protected = protect((), session.settings_files, indexes=(str(session.directory),))
            report = harvest_into(
                what, file, progress=progress, notice=_notice, protected=protected,
                is_readable=is_readable,
            )  # fmt: skip
    except KeyboardInterrupt:
        raise click.ClickException(
            "stopped; the records of all replies so far are kept, and the same command resumes"
        ) from None
    if session.json:
        click.echo(json.dumps({"file": file, **dataclasses.asdict(report)}, ensure_ascii=False))
        return
    since_when = f" changed since {report.since}" if report.since else ""
    how = ", resuming an interrupted harvest" if report.went_on else ""
    echo_lines(
        f"{counted(report.records, 'record')}{since_when} fetched into {file} with "
        f"{counted(report.requests, 'request')}{how}.",
        f"`quiver update {file}` adds them to the index.",
    )


def _day(text: str) -> str:
    """Check a day as OAI-PMH writes it."""
    try:
        whole = not text or date.fromisoformat(text).isoformat() == text
    except ValueError:
        whole = False
    if not whole:
        raise click.UsageError(f"--since: expected a day such as 2024-01-31; got '{text}'")
    return text


def _notice(sentence: str) -> None:
    with tqdm.external_write_mode(file=sys.stderr):
        echo_lines(sentence, err=True)


@contextmanager
def _progress() -> Iterator[Callable[[int], None]]:
    """Count the records on stderr, with their rate; nothing without a tty."""
    with tqdm(unit=" records", disable=None, leave=False, dynamic_ncols=True) as bar:

        def advance(records: int) -> None:
            bar.update(records - bar.n)

        yield advance
