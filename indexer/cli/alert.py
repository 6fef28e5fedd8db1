"""``quiver alert``: what one run does, given the pages of the site, which `webui.cli` adds."""

from __future__ import annotations

import dataclasses
import json
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import click

from indexer.alerts import (
    AlertPages,
    AlertReport,
    AlertsFile,
    Delivery,
    StateFolder,
    mail_settings,
    preview_alerts,
    read_alerts,
    run_alerts,
)
from indexer.alerts.delivery import check_files
from indexer.alerts.notice import Notice, notice_json
from indexer.alerts.notice_text import notice_text
from indexer.cli.group import Session
from indexer.cli.opening import open_session_index
from indexer.cli.terminal import counted, echo_lines
from indexer.configuration.config import Config
from indexer.errors import OutputError
from indexer.system.protected import lies_in

_LEAST_TIME: Final = 30.0
"""Seconds that a search of an alert may take: nobody waits for it, and it must not be cut."""


@dataclass(frozen=True, slots=True)
class AlertOptions:
    """The options of one run.

    Attributes:
        since: a day or a generation, for alerts that have not run yet; empty = none.
        only: names of the alerts to run; empty = all.
        state: folder of the states; None = next to the alerts file.
        dry_run: print what would be told instead.
    """

    since: str = ""
    only: tuple[str, ...] = ()
    state: str | None = None
    dry_run: bool = False


def tell(session: Session, file: str, pages: AlertPages, options: AlertOptions) -> None:
    """Runs the alerts of a file and prints what a person has to know.

    A run without news and without faults prints nothing, so that cron sends no mail of its own.

    Args:
        session: of the verb.
        file: path of the alerts file.
        pages: of the site that shows the index.
        options: of the run.

    Raises:
        ClickException: when not everything could be told.
    """
    session = dataclasses.replace(session, config=_patient(session.config))
    config = session.config
    alerts = read_alerts(file)
    folder = StateFolder(options.state or f"{file}.state")
    if lies_in(folder.path, session.directory):
        raise OutputError(str(folder.path), "lies in the index; name a folder outside it")
    inputs = (file, *session.settings_files)
    check_files(alerts.alerts, inputs, (str(session.directory), str(folder.path)))
    index = open_session_index(session)
    if options.dry_run:
        previews = preview_alerts(
            alerts, index, pages, folder, since=options.since, only=options.only
        )
        faults: list[str] = []
        for report, notices in previews:
            faults += report.faults
            echo_lines(*_report_lines(report, is_preview=True), err=True)
            for notice in notices:
                _echo(session, _text(session, notice, alerts))
        if faults:
            raise click.ClickException("not every alert could be checked, see above")
        return
    running = [one for one in alerts.alerts if not options.only or one.name in options.only]
    is_mailed = any(target.kind == "mail" for one in running for target in one.targets)
    with Delivery(
        alerts,
        mail=mail_settings(config.alerts, config.web.title) if is_mailed else None,
        site=config.web.title,
        timeout=config.alerts.timeout,
        retries=config.alerts.retries,
        echo=lambda notice: _echo(session, _text(session, notice, alerts)),
    ) as delivery:
        reports = run_alerts(
            alerts, index, pages, folder, delivery, since=options.since, only=options.only
        )
    is_seen = sys.stderr.isatty()
    for report in reports:
        if is_seen or report.faults or report.notes or report.is_first:
            echo_lines(*_report_lines(report), err=True)
    failed = sum(bool(report.faults) for report in reports)
    if failed:
        pending = sum(report.pending for report in reports)
        later = f"; {counted(pending, 'notice')} left for the next run" if pending else ""
        raise click.ClickException(
            f"{counted(failed, 'alert')} of {len(reports)} could not be told in full{later}"
        )


def _patient(config: Config) -> Config:
    """Returns settings whose searches have the time that a program may take."""
    timeout = max(config.search.timeout, _LEAST_TIME)
    return dataclasses.replace(config, search=dataclasses.replace(config.search, timeout=timeout))


def _text(session: Session, notice: Notice, alerts: AlertsFile) -> str:
    if session.json:
        return json.dumps(notice_json(notice), ensure_ascii=False)
    return notice_text(notice, session.config.web.title, alerts.path)


def _echo(session: Session, text: str) -> None:
    """Prints a notice, with an empty line after one for people; it is written when this returns."""
    echo_lines(*text.splitlines(), *(() if session.json else ("",)))
    sys.stdout.flush()


def _report_lines(report: AlertReport, *, is_preview: bool = False) -> Iterator[str]:
    """Words a report for the terminal, or for the mail that cron makes of it."""
    for note in report.notes:
        yield f"{report.alert}: note: {note}"
    for fault in report.faults:
        yield f"{report.alert}: {fault}"
    if is_preview:
        if not report.faults and not report.pending:
            yield f"{report.alert}: nothing to report{_papers(report)}"
        return
    for notice in report.told:
        yield f"{report.alert}: sent {notice.summary}"
    if report.is_first and not report.told and not report.pending and not report.faults:
        yield (
            f"{report.alert}: first run{_papers(report)}; later runs report new and changed papers "
            "(--since reports earlier ones)"
        )
    elif not report.told and not report.pending and not report.faults:
        yield f"{report.alert}: nothing new"


def _papers(report: AlertReport) -> str:
    return "" if report.papers is None else f", {counted(report.papers, 'paper')} on its page"
