"""``quiver build``, ``update``, ``check`` and ``formats``: dumps on their way in."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager

import click
from tqdm import tqdm

from indexer.build import build_index, check_dumps
from indexer.cli.group import Session, example, overwrite_option, with_session
from indexer.cli.meaning import encode_papers, meaning_option, meaning_setting
from indexer.cli.opening import open_session_index
from indexer.cli.terminal import counted, echo_lines
from indexer.cli.watch import EVERY, watch
from indexer.formats import load_formats
from indexer.generations.record_flow import REASONS, flow_json
from indexer.generations.report import BuildReport, Progress, SourceCount, report_as_json
from indexer.intake.curation_file import read_curation
from indexer.intake.duplicates_file import read_decisions
from indexer.reviews.labels_file import read_labels_file
from indexer.system.protected import descriptor_of

SHOWN = 10
"""Most skipped records and warnings that a report for people lists."""

_dumps = click.argument("dumps", metavar="DUMP...", nargs=-1, required=True)
_strict = click.option(
    "--strict", is_flag=True, help="Stop at the first bad record instead of skipping it."
)

_rejected = click.option(
    "--rejected",
    metavar="FILE",
    help="Write skipped records to this file, a dump that you can correct and build; - is stdout.",
)
wait_option = click.option(
    "--wait",
    type=click.FloatRange(0, 86_400),
    metavar="SECONDS",
    help="Wait up to this long for another build of this index to finish.",
)
_allow_shrink = click.option(
    "--allow-shrink",
    is_flag=True,
    help="Publish even if more papers disappear than the setting build.most_lost allows.",
)


@click.command(
    short_help="Build the index from scratch.",
    epilog=example("quiver build data/martin-jaggi.txt"),
)
@_dumps
@_strict
@_rejected
@overwrite_option
@wait_option
@_allow_shrink
@meaning_option
@click.option(
    "--watch",
    "watched",
    is_flag=True,
    help="Keep running and add new or changed dumps, until Ctrl-C or SIGTERM.",
)
@click.option(
    "--every",
    type=click.FloatRange(0.05, 86_400),
    metavar="SECONDS",
    help=f"Time between two checks of --watch; {EVERY:g} by default.",
)
@with_session
def build(
    session: Session,
    *,
    dumps: tuple[str, ...],
    strict: bool,
    rejected: str | None,
    overwrite: bool,
    wait: float | None,
    allow_shrink: bool,
    meaning: bool | None,
    watched: bool,
    every: float | None,
) -> None:
    """Build the index from scratch from DUMPs: files, folders, patterns, archives, or - for stdin.

    The format is recognized from the content; gz, bz2, xz and zst are unpacked. The new
    generation is published when it is complete; until then searches use the old one.

    With --watch, dumps that appear or change later are added as by update, once they have stayed
    the same from one check to the next. Dumps that cannot be read are reported and left out.
    """
    if watched and ("-" in dumps or rejected):
        what = "--rejected" if rejected else "-"
        raise click.UsageError(
            f"--watch reads dumps more than once, so it cannot be combined with {what}"
        )
    if every is not None and not watched:
        raise click.UsageError("--every sets the time between two checks of --watch; add --watch")
    session = session.waiting(wait).shrinking(allowed=allow_shrink)
    wanted = meaning_setting(session, option=meaning)
    if not watched:
        _write(
            session, dumps, rejected, rebuild=True, strict=strict, overwrite=overwrite,
            meaning=wanted,
        )  # fmt: skip
        return

    def write(there: Sequence[str], *, rebuild: bool, exclude: Sequence[str]) -> None:
        _write(
            session, there, None, rebuild=rebuild, strict=strict, exclude=exclude, meaning=wanted
        )

    watch(dumps, write, every=every or EVERY, exclude=(str(session.directory),))


@click.command(
    short_help="Add the papers of dumps to the index.",
    epilog=example("quiver update data/martin-jaggi.txt"),
)
@_dumps
@_strict
@_rejected
@overwrite_option
@wait_option
@_allow_shrink
@meaning_option
@with_session
def update(
    session: Session,
    *,
    dumps: tuple[str, ...],
    strict: bool,
    rejected: str | None,
    overwrite: bool,
    wait: float | None,
    allow_shrink: bool,
    meaning: bool | None,
) -> None:
    """Add the papers of DUMPs to the index; a paper with a known id replaces the old one."""
    session = session.waiting(wait).shrinking(allowed=allow_shrink)
    wanted = meaning_setting(session, option=meaning)
    _write(
        session, dumps, rejected, rebuild=False, strict=strict, overwrite=overwrite, meaning=wanted
    )


@click.command(
    short_help="Read dumps and report; write nothing.",
    epilog=example("quiver check data/martin-jaggi.txt"),
)
@_dumps
@_strict
@_rejected
@overwrite_option
@with_session
def check(
    session: Session,
    *,
    dumps: tuple[str, ...],
    strict: bool,
    rejected: str | None,
    overwrite: bool,
) -> None:
    """Read DUMPs and report what they contain and what is wrong; the index is not changed."""
    with _progress() as progress:
        report = check_dumps(
            dumps,
            strict=strict or session.config.build.strict,
            progress=progress,
            exclude=(str(session.directory),),
            rejected=rejected,
            overwrite=overwrite,
            protected=session.settings_files,
            venues=session.config.build.venues,
        )
    print_report(session, report, apart=_on_stdout(rejected))


@click.command(short_help="List the dump formats.", epilog=example("quiver formats"))
@with_session
def formats(session: Session) -> None:
    """List the dump formats that Quiver can read."""
    known = load_formats()
    if session.json:
        listed = [
            {"name": format_.name, "description": format_.description} for format_ in known.values()
        ]
        click.echo(json.dumps(listed, ensure_ascii=False))
        return
    wide = max(len(name) for name in known)
    for format_ in known.values():
        click.echo(f"{format_.name:<{wide}}  {format_.description}")


def _write(
    session: Session,
    dumps: Sequence[str],
    rejected: str | None,
    *,
    rebuild: bool,
    strict: bool,
    overwrite: bool = False,
    exclude: Sequence[str] = (),
    meaning: str = "auto",
) -> None:
    session.stand_back()
    index = open_session_index(session)
    curation = read_curation(session.config.build.authors)
    decisions = read_decisions(session.config.build.duplicates)
    labels = read_labels_file(session.config.build.labels)
    with _progress() as progress:
        report = build_index(
            dumps,
            index,
            rebuild=rebuild,
            strict=strict or session.config.build.strict,
            progress=progress,
            exclude=(str(session.directory), *exclude),
            rejected=rejected,
            overwrite=overwrite,
            protected=session.settings_files,
            venues=session.config.build.venues,
            curation=curation,
            decisions=decisions,
            labels=labels,
        )
    report = encode_papers(session, index, report, meaning)
    print_report(session, report, apart=_on_stdout(rejected))


def _on_stdout(rejected: str | None) -> bool:
    return rejected is not None and descriptor_of(rejected) == 1


@contextmanager
def _progress() -> Iterator[Callable[[Progress], None]]:
    """Draws a bar of the bytes read on stderr, with rate and time left; nothing without a tty."""
    with tqdm(
        unit="B", unit_scale=True, unit_divisor=1000, disable=None, leave=False, dynamic_ncols=True
    ) as bar:

        def advance(progress: Progress) -> None:
            bar.total = progress.bytes_total or None
            rate = progress.papers / max(progress.seconds, 1e-3)
            bar.set_postfix_str(f"{progress.papers:,} papers, {rate:,.0f}/s", refresh=False)
            read_all = 0 < progress.bytes_total <= progress.bytes_read
            bar.set_description_str("writing" if read_all else "reading", refresh=False)
            bar.update(max(progress.bytes_read - bar.n, 0))

        yield advance


def print_report(session: Session, report: BuildReport, *, apart: bool = False) -> None:
    """Prints what a build did, for people or as JSON; `apart`: not on standard output."""
    if session.json:
        click.echo(json.dumps(report_as_json(report), ensure_ascii=False), err=apart)
    else:
        echo_lines(*_report_lines(session, report), err=apart)


def _report_lines(session: Session, report: BuildReport) -> Iterator[str]:
    rate = report.added / max(report.seconds, 1e-3)
    took = f"{report.seconds:.1f} s ({rate:,.0f} per second)"
    if report.generation:
        yield f"{counted(report.added, 'paper')} read and indexed in {took}."
        yield (
            f"{session.place} now holds {counted(report.papers, 'paper')}, "
            f"generation {report.generation}, {report.bytes / 1e6:,.1f} MB."
        )
    else:
        yield f"{counted(report.added, 'paper')} read in {took}; nothing was written."
    yield from _listed("dump", (_source(source) for source in report.sources))
    yield from _flow(report)
    yield from _listed("warning", report.warnings)
    yield from _listed("skipped record", map(str, report.skipped), report.skipped_count)
    rules = (f"{change.count:>7,}  {change.field}: {change.rule}" for change in report.cleaning)
    yield from _listed("kind", rules, about=" of change made by the cleaning")
    missing = (f"{count:>7,}  {field}" for field, count in report.missing.items() if count)
    yield from _listed("field", missing, about=" missing from some papers")


def _flow(report: BuildReport) -> Iterator[str]:
    """Writes what became of the records, where any were removed."""
    flow = flow_json(report.flow, report.added)
    removed = {reason: count for reason, count in flow["removed"].items() if count}
    if not removed:
        return
    yield ""
    yield f"{counted(flow['read'], 'record')} read, of which removed:"
    yield from (f"  {count:>7,}  {REASONS[reason]}" for reason, count in removed.items())
    yield f"{counted(report.added, 'paper')} left."


def _source(source: SourceCount) -> str:
    counts = (
        (source.changed, "changed"),
        (source.duplicates, "duplicate"),
        (source.skipped, "skipped"),
        (source.deletions, "deleted"),
    )
    rest = "".join(f", {count:,} {word}" for count, word in counts if count)
    return f"{source.source}: {source.format}, {counted(source.read, 'paper')}{rest}"


def _listed(
    noun: str, lines: Iterable[str], count: int | None = None, about: str = ""
) -> Iterator[str]:
    """Writes a heading with the number of lines, the first of them, and how many more there are."""
    every = list(lines)
    number = len(every) if count is None else count
    if not number:
        return
    yield ""
    yield f"{counted(number, noun)}{about}:"
    yield from (f"  {line}" for line in every[:SHOWN])
    if number > SHOWN:
        yield f"  … and {number - SHOWN:,} more; --json lists them"
