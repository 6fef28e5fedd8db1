"""One run of all alerts: what was found is written down first and delivered then.

For each alert, in this order: notices that an earlier run could not deliver are tried again; the
page is compared with what is known; the papers known now and the notices become the state, at one
stroke; each notice goes to each target, and is crossed out there when it was taken. A run that is
killed between two of these steps is continued by the next one.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from functools import partial

from indexer.alerts.alert import Alert, AlertPages, AlertsFile, WatchedPage
from indexer.alerts.comparison import (
    Comparison,
    baseline,
    baseline_at,
    compare,
    instant,
)
from indexer.alerts.delivery import Delivery
from indexer.alerts.notice import Notice, notices
from indexer.alerts.state import AlertState, PendingNotice, StateFolder
from indexer.errors import AlertError, ConfigError, DeliveryError, IndexError_, QuiverError
from indexer.results import Changes
from indexer.search import Index, Searcher


@dataclass(frozen=True, slots=True)
class AlertReport:
    """What one run did for one alert.

    Attributes:
        papers: papers on its page now; None where that is not known.
        is_first: nothing was known of it before.
        told: notices that all targets have taken in this run.
        pending: notices that are left to the next run.
        notes: sentences about how it was compared.
        faults: sentences about what went wrong; empty = nothing.
    """

    alert: str
    papers: int | None = None
    is_first: bool = False
    told: tuple[Notice, ...] = ()
    pending: int = 0
    notes: tuple[str, ...] = ()
    faults: tuple[str, ...] = ()


@dataclass(slots=True)
class _AlertRun:
    """The report of one alert while its run goes on."""

    alert: Alert
    papers: int | None = None
    is_first: bool = False
    told: list[Notice] = field(default_factory=list)
    pending: int = 0
    notes: list[str] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)

    def report(self) -> AlertReport:
        return AlertReport(
            self.alert.name,
            self.papers,
            self.is_first,
            tuple(self.told),
            self.pending,
            tuple(dict.fromkeys(self.notes)),
            tuple(dict.fromkeys(self.faults)),
        )


def run_alerts(  # noqa: PLR0913 - the parts of a run, and two options
    file: AlertsFile,
    index: Index,
    pages: AlertPages,
    folder: StateFolder,
    delivery: Delivery,
    *,
    since: str = "",
    only: Collection[str] = (),
) -> tuple[AlertReport, ...]:
    """Checks the alerts of a file and tells what is new and changed.

    Args:
        file: the alerts.
        index: is searched.
        pages: of the site that shows it.
        folder: of the states.
        delivery: brings notices to their targets.
        since: for alerts that have not run yet: a generation or a day since which everything is
            told; empty = they begin with what is there, and tell nothing of it.
        only: names of the alerts to run; empty = all.

    Returns:
        a report for each alert. A fault of one does not stop the others.

    Raises:
        AlertError: when another run is at work.
        ConfigError: when an alert has a parameter without a meaning, or `since` has none.
    """
    alerts = _choose_alerts(file, pages, only)
    with folder.locked():
        runs = [_AlertRun(alert) for alert in alerts]
        states = [_guarded(run, partial(folder.read, run.alert.name)) for run in runs]
        ready = [(run, state) for run, state in zip(runs, states, strict=True) if not run.faults]
        # An index that cannot be opened must not keep back what was found before.
        ready = [(run, _deliver(run, state, folder, delivery)) for run, state in ready]
        with ExitStack() as stack:
            try:
                check = _Check(index, stack.enter_context(index.searcher()), pages, since)
            except IndexError_ as error:
                for run, _ in ready:
                    run.faults.append(str(error))
                return tuple(run.report() for run in runs)
            for run, state in ready:
                after = _guarded(run, partial(check.state_after, run, state))
                if after is not None and after is not state:
                    folder.write(after)
                    _deliver(run, after, folder, delivery)
    return tuple(run.report() for run in runs)


def preview_alerts(  # noqa: PLR0913 - the parts of a run, and two options
    file: AlertsFile,
    index: Index,
    pages: AlertPages,
    folder: StateFolder,
    *,
    since: str = "",
    only: Collection[str] = (),
) -> Iterator[tuple[AlertReport, tuple[Notice, ...]]]:
    """Yields what a run would do for each alert: a report, and the notices to be sent.

    Nothing is written and nothing sent. The arguments and errors are those of `run_alerts`.
    """
    alerts = _choose_alerts(file, pages, only)
    with index.searcher() as searcher:
        check = _Check(index, searcher, pages, since)
        for alert in alerts:
            run = _AlertRun(alert)
            state = _guarded(run, partial(folder.read, run.alert.name))
            after = state
            if not run.faults:
                after = _guarded(run, partial(check.state_after, run, state))
            pending = () if after is None else tuple(notice_.notice for notice_ in after.pending)
            run.pending = len(pending)
            yield run.report(), pending


class _Check:
    """Compares the pages of alerts with what is known, in one generation."""

    def __init__(self, index: Index, searcher: Searcher, pages: AlertPages, since: str) -> None:
        self._index = index
        self._searcher = searcher
        self._pages = pages
        self._since = since
        self._start = _read_since(since, index)
        self._changes: dict[str, Changes | None] = {}

    def state_after(self, run: _AlertRun, state: AlertState | None) -> AlertState | None:
        """Returns the state of an alert with the notices of what is new; the same if nothing is."""
        searcher, alert = self._searcher, run.alert
        if searcher.integrity.fallback_reason:
            reason = f"{searcher.integrity.fallback_reason}; nothing is compared until it is mended"
            raise AlertError(reason)
        same = state is not None and state.fingerprint == alert.fingerprint
        if (
            state is not None
            and same
            and (state.generation, state.identity) == (searcher.generation, searcher.identity)
        ):
            return state
        page = self._pages.watched(alert, searcher)
        run.papers = len(page.ids)
        found = self._compared(run, page, state, page_is_same=same)
        told = notices(alert, page, found, self._pages)
        return AlertState(
            alert=alert.name,
            fingerprint=alert.fingerprint,
            identity=found.identity,
            generation=found.generation,
            built=found.built,
            digests=found.digests,
            pending=(*(state.pending if state else ()), *map(PendingNotice, told)),
        )

    def _compared(
        self, run: _AlertRun, page: WatchedPage, state: AlertState | None, *, page_is_same: bool
    ) -> Comparison:
        searcher = self._searcher
        if state is None:
            run.is_first = True
            if not self._since:
                return baseline(page, searcher)
            return compare(page, searcher, self._digests_before(run.alert, page), None)
        changes = self._changes_since(run, state)
        if changes is not None or page_is_same:
            return compare(page, searcher, state.digests, changes)
        # What the changed alert has matched before is not known; the times of the papers are.
        run.notes.append(
            f"the alert was changed: papers that were there before {state.built} are taken as known"
        )
        before = baseline_at(page, searcher, instant(state.built))
        return compare(page, searcher, {**before, **state.digests}, None)

    def _digests_before(self, alert: Alert, page: WatchedPage) -> Mapping[str, str]:
        """Returns the digests of what an alert would have known at the time of `since`."""
        if isinstance(self._start, datetime):
            return baseline_at(page, self._searcher, self._start)
        with self._index.searcher(self._start) as earlier:
            return baseline(self._pages.watched(alert, earlier), earlier).digests

    def _changes_since(self, run: _AlertRun, state: AlertState) -> Changes | None:
        """Returns the changes since the last run; None where its generation is not there."""
        if state.identity != self._searcher.identity:
            run.notes.append(
                "the index was made anew since the last run; papers were compared with the "
                "digests in the state file"
            )
            return None
        if state.generation not in self._changes:
            try:
                changes = self._index.changes(state.generation, self._searcher.generation)
            except IndexError_:
                changes = None
            self._changes[state.generation] = changes
        if self._changes[state.generation] is None:
            run.notes.append(
                f"generation {state.generation} of the last run is no longer kept (build.keep); "
                "papers were compared with the digests in the state file"
            )
        return self._changes[state.generation]


def _choose_alerts(file: AlertsFile, pages: AlertPages, only: Collection[str]) -> tuple[Alert, ...]:
    """Returns the alerts to run, all of whose parameters have a meaning."""
    names = [alert.name for alert in file.alerts]
    unknown = [name for name in only if name not in names]
    if unknown:
        known = ", ".join(names) or "none"
        raise ConfigError((f"{file.path}: there is no alert {unknown[0]!r}; there are: {known}",))
    faults = [
        f"{file.path}: {alert.name}.{key}: {reason} (line {alert.line})"
        for alert in file.alerts
        for key, reason in pages.faults(alert)
    ]
    if faults:
        raise ConfigError(tuple(faults))
    return tuple(alert for alert in file.alerts if not only or alert.name in only)


def _guarded(run: _AlertRun, act: Callable[[], AlertState | None]) -> AlertState | None:
    """Returns what a function does; an error that concerns one alert goes into its report."""
    try:
        return act()
    except QuiverError as error:
        run.faults.append(str(error))
        return None


def _deliver(
    run: _AlertRun, state: AlertState | None, folder: StateFolder, delivery: Delivery
) -> AlertState | None:
    """Delivers what is pending to the targets that have not taken it; returns the state after."""
    if state is None:
        return None
    run.pending = 0
    for pending_notice in state.pending:
        delivered = set(pending_notice.delivered)
        for target in run.alert.targets:
            if target.key in delivered:
                continue
            try:
                delivery.deliver(pending_notice.notice, target)
            except DeliveryError as error:
                run.faults.append(f"not told to {target.label}: {error}")
                continue
            delivered.add(target.key)
            if not all(target.key in delivered for target in run.alert.targets):
                state = state.delivered(pending_notice.notice.id, target.key)
                folder.write(state)
        if all(target.key in delivered for target in run.alert.targets):
            state = state.without(pending_notice.notice.id)
            folder.write(state)
            run.told.append(pending_notice.notice)
        else:
            run.pending += 1
    return state


def _read_since(text: str, index: Index) -> str | datetime:
    """Reads a generation, or a day or time.

    Raises:
        ConfigError: when it is neither.
    """
    published = index.published()
    if not text or text in published:
        return text
    try:
        if len(text) == 10:
            day = date.fromisoformat(text)
            return datetime(day.year, day.month, day.day, tzinfo=UTC)
        return instant(text)
    except ValueError:
        there = ", ".join(published) or "none"
        told = f"--since: expected a day such as 2026-01-31 or one of the generations {there}"
        raise ConfigError((f"{told}; got {text[:40]!r}",)) from None
