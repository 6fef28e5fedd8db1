"""``quiver harvest``: records of a repository or of a public interface, into a dump."""

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
from indexer.formats.xml_formats.oai_xml import is_readable
from indexer.harvest.oai_harvest import Harvest, HarvestReport
from indexer.harvest.oai_harvest import harvest as harvest_into
from indexer.harvest.rest_harvest import RestReport, harvest_rest
from indexer.harvest.rest_sources import REST_SOURCES, RestQuery
from indexer.system.protected import protect

KEY_VARIABLE = "QUIVER_HARVEST_KEY"
CONTACT_VARIABLE = "QUIVER_CONTACT"


@click.command(
    short_help="Download records from a repository or a public interface.",
    epilog=example(
        "quiver harvest https://export.arxiv.org/oai2 physics.xml --prefix arXiv --set physics",
        'quiver harvest openalex works.jsonl --query "gossip learning" --contact me@example.org',
        'quiver harvest pubmed articles.xml --query "asthma AND 2024[dp]"',
    ),
)
@click.argument("source", metavar="SOURCE")
@click.argument("file")
@click.option("--query", default="", metavar="TEXT", help="What to search a public interface for.")
@click.option(
    "--filter",
    "conditions",
    default="",
    metavar="TEXT",
    help="Conditions in the language of OpenAlex or Crossref, such as publication_year:2024.",
)
@click.option(
    "--key",
    default="",
    envvar=KEY_VARIABLE,
    metavar="KEY",
    help=f"Key of a public interface; better set in the environment, as {KEY_VARIABLE}.",
)
@click.option(
    "--contact",
    default="",
    envvar=CONTACT_VARIABLE,
    metavar="ADDRESS",
    help=f"Your address, sent to the source with each request; also {CONTACT_VARIABLE}.",
)
@click.option(
    "--endpoint", default="", metavar="URL", help="Address of a mirror of the public interface."
)
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
    metavar="SECONDS",
    help="Pause between two requests: 3 seconds for repositories, else what the source asks for.",
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
    source: str,
    file: str,
    query: str,
    conditions: str,
    key: str,
    contact: str,
    endpoint: str,
    prefix: str,
    of_set: str,
    since: str,
    pause: float | None,
    timeout: float,
) -> None:
    """Download records from SOURCE to FILE, a dump that build reads.

    SOURCE is the address of an OAI-PMH repository, or one of the public interfaces openalex,
    crossref, europepmc, pubmed, semanticscholar, arxiv and openreview, which need a --query.

    A state file next to FILE records the progress: run the command again to resume an
    interrupted harvest, or to fetch only what has changed since a finished one.
    """
    contact = _one_line(contact, "--contact")
    key = _one_line(key, "--key")
    known = REST_SOURCES.get(source.lower())
    if known is None and "://" not in source:
        names = ", ".join(REST_SOURCES)
        raise click.UsageError(
            f"expected the address of a repository (https://…) or one of {names}; got '{source}'"
        )
    asked = RestQuery(query.strip(), conditions.strip(), _day(since), key, contact)
    if known is None and (asked.query or asked.filter or endpoint):
        raise click.UsageError(
            "--query, --filter and --endpoint are for public interfaces; a repository has --set"
        )
    if known is not None and not (asked.query or asked.filter):
        raise click.UsageError(f"{known.label} needs a query; add --query TEXT")
    if known is not None and (of_set or prefix != "oai_dc"):
        raise click.UsageError("--set and --prefix are for OAI-PMH repositories")
    protected = protect((), session.settings_files, indexes=(str(session.directory),))
    report: HarvestReport | RestReport
    try:
        with _progress() as progress:
            if known is not None:
                report = harvest_rest(
                    known, asked, file, base=endpoint, pause=pause, timeout=timeout,
                    progress=progress, notice=_notice, protected=protected,
                )  # fmt: skip
            else:
                paused = 3.0 if pause is None else pause
                what = Harvest(source, prefix, of_set, asked.since, paused, timeout, contact)
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
    known_already = getattr(report, "known", 0)
    beside = f"; {known_already:,} already there" if known_already else ""
    echo_lines(
        f"{counted(report.records, 'record')}{since_when} fetched into {file} with "
        f"{counted(report.requests, 'request')}{how}{beside}.",
        f"`quiver update {file}` adds them to the index.",
    )


def _one_line(text: str, option: str) -> str:
    """Checks what goes into a header."""
    text = text.strip()
    if not text.isprintable() or not text.isascii() or len(text) > 500:
        raise click.UsageError(f"{option}: expected one line of printable ASCII")
    return text


def _day(text: str) -> str:
    """Checks a day as OAI-PMH writes it."""
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
    """Counts the records on stderr, with their rate; nothing without a tty."""
    with tqdm(unit=" records", disable=None, leave=False, dynamic_ncols=True) as bar:

        def advance(records: int) -> None:
            bar.update(records - bar.n)

        yield advance
