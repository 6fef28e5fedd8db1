"""``quiver references``: what the collection knows of each reference of a bibliography."""

from __future__ import annotations

import json
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import click

from indexer.cli.group import Session, example, overwrite_option, with_session
from indexer.cli.opening import open_searcher
from indexer.cli.terminal import counted, where, wrapped
from indexer.references.bibliography import read_bibliography
from indexer.references.report import (
    STATUS_WORDS,
    ReferenceReport,
    check_references,
    corrected_bibtex,
    report_json,
)
from indexer.system.output_file import OutputFile
from indexer.system.protected import protect

LARGEST = 50_000_000
"""Bytes of a bibliography that are read."""


@click.command(
    short_help="Check a bibliography against the index.",
    epilog=example("quiver references paper.bib", "quiver references paper.bib --output new.bib"),
)
@click.argument("file")
@click.option(
    "--output",
    "-o",
    metavar="FILE",
    help="Write a corrected .bib with your keys; - is standard output.",
)
@overwrite_option
@with_session
def references(session: Session, *, file: str, output: str | None, overwrite: bool) -> None:
    """Say of each reference whether it is found, found but differs, or not in this collection.

    FILE is a .bib, .ris or CSL-JSON file, or a text with a list of references in any style; - is
    standard input. Exit code 0 where every reference is found as it stands, else 1. A reference
    that is not in this collection may well exist elsewhere.
    """
    given = read_bibliography(_content(file), file)
    if not given:
        raise click.ClickException(f"{file}: there is no reference in it")
    with open_searcher(session) as searcher:
        reports = tuple(check_references(searcher, given))
    if output is not None:
        inputs = () if file == "-" else (file,)
        protected = protect(inputs, session.settings_files, indexes=(str(session.directory),))
        with OutputFile(output, protected, overwrite=overwrite) as written:
            for piece in corrected_bibtex(reports):
                written.write(piece)
    apart = output == "-"
    if session.json:
        data = [report_json(report) for report in reports]
        click.echo(json.dumps(data, ensure_ascii=False), err=apart)
    else:
        click.echo("\n".join(_lines(reports)), err=apart)
    if any(report.status != "found" for report in reports):
        raise click.exceptions.Exit(1)


def _content(file: str) -> bytes:
    try:
        if file == "-":
            data = sys.stdin.buffer.read(LARGEST + 1)
        else:
            with Path(file).open("rb") as stream:
                data = stream.read(LARGEST + 1)
    except OSError as error:
        raise click.ClickException(f"{file}: cannot be read ({error.strerror})") from error
    if len(data) > LARGEST:
        raise click.ClickException(f"{file}: is larger than {LARGEST // 1_000_000} MB")
    return data


def _lines(reports: tuple[ReferenceReport, ...]) -> Iterator[str]:
    for report in reports:
        given = report.given
        head = f"{given.number:>3}  {STATUS_WORDS[report.status]:<24}"
        name = given.reference.key or given.reference.text or given.fault
        yield from wrapped(f"{head} {name}", (), "", "     ")
        if report.paper is not None:
            yield from wrapped(
                f"{report.paper.title} · {where(report.paper)}", (), "     ", "     "
            )
        for difference in report.differences:
            stands = f"{difference.given or 'not as here'}; here {difference.here}"
            yield from wrapped(f"{difference.field}: {stands}", (), "       ", "       ")
        if report.published_as is not None:
            yield from wrapped(
                f"published since as {report.published_as.title} · {where(report.published_as)}",
                (), "       ", "       ",
            )  # fmt: skip
    counts = Counter(report.status for report in reports)
    told = ", ".join(
        f"{counts[status]:,} {words}" for status, words in STATUS_WORDS.items() if counts[status]
    )
    yield f"{counted(len(reports), 'reference')}: {told}"
