"""The tables of a run, as Markdown, and the whole run as JSON."""

from __future__ import annotations

import platform
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from statistics import median

from tests.bench.build import Build
from tests.bench.http import Load
from tests.bench.latency import Latency
from tests.bench.updates import Update


@dataclass
class Report:
    """Everything one run measured."""

    command: str
    reference: str
    date: str = field(default_factory=lambda: datetime.now(UTC).isoformat(timespec="seconds"))
    machine: str = field(
        default_factory=lambda: f"{platform.machine()}, Python {platform.python_version()}"
    )
    left_out: list[str] = field(default_factory=list)
    builds: list[Build] = field(default_factory=list)
    latencies: list[tuple[int, Latency]] = field(default_factory=list)
    updates: list[Update] = field(default_factory=list)
    loads: list[Load] = field(default_factory=list)

    def as_json(self) -> dict[str, object]:
        found = asdict(self)
        found["latencies"] = [
            {"papers": papers, **asdict(latency)} for papers, latency in self.latencies
        ]
        return found

    def print(self) -> None:
        for line in self.lines():
            sys.stdout.write(line + "\n")

    def lines(self) -> Iterator[str]:
        yield f"`{self.command}`, {self.date}, {self.machine}"
        if self.left_out:
            yield f"Not installed, so left out: {', '.join(self.left_out)}"
        if any(set(one.engine.split("-")) & {"bm25s", "top"} for _, one in self.latencies):
            yield "bm25s and Quiver's columns with -top give titles alone: they count no matches"
        for papers in dict.fromkeys(papers for papers, _ in self.latencies):
            mine = [latency for size, latency in self.latencies if size == papers]
            yield from self._latencies(papers, mine)
        if self.builds:
            yield from _table(
                "Builds",
                (
                    "engine",
                    "papers",
                    "papers/s",
                    "papers/CPU s",
                    "MB",
                    "peak RSS MB",
                    "peak PSS MB",
                ),
                [
                    (
                        one.engine,
                        f"{one.papers:,}",
                        f"{one.papers / one.seconds:,.0f}",
                        f"{one.papers / one.cpu:,.0f}"
                        if one.cpu
                        else "-",  # under a tick of the clock
                        f"{one.megabytes:,.0f}",
                        f"{one.peak:,.0f}",
                        f"{one.share:,.0f}",
                    )
                    for one in self.builds
                ],
            )
        if self.updates:
            yield from _table(
                "Updates, until they are found",
                ("engine", "papers", "seconds"),
                [(one.engine, str(one.papers), f"{one.seconds:.3f}") for one in self.updates],
            )
        if self.loads:
            yield from _table(
                "HTTP",
                ("address", "pages", "clients", "requests/s", "p50 ms", "p99 ms", "CPU ms a page"),
                [
                    (
                        one.path,
                        one.mix,
                        str(one.clients) if one.clients else f"{one.rate:g} a second come",
                        f"{one.per_second:.0f}",
                        f"{one.p50:.1f}",
                        f"{one.p99:.1f}",
                        f"{one.server:.1f}",
                    )
                    for one in self.loads
                ],
            )

    def _latencies(self, papers: int, latencies: list[Latency]) -> Iterator[str]:
        engines = list(dict.fromkeys(one.engine for one in latencies))
        at = {(one.kind, one.engine): one for one in latencies}
        kinds = list(dict.fromkeys(one.kind for one in latencies))

        def ratio(one: Latency) -> str:
            return f"{median(one.ratios):.2f} ({one.ratios[0]:.2f}-{one.ratios[-1]:.2f})"

        shown: tuple[tuple[str, Callable[[Latency], str]], ...] = (
            ("p50 ms", lambda one: f"{one.p50:.3f}"),
            ("p95 ms", lambda one: f"{one.p95:.3f}"),
            ("p99 ms", lambda one: f"{one.p99:.3f}"),
            (f"times as long as {self.reference}: median (least-most) of the rounds", ratio),
        )
        for title, show in shown:
            yield from _table(
                f"{papers:,} papers, {title}",
                ("class", *engines),
                [
                    (
                        kind,
                        *(show(at[kind, name]) if (kind, name) in at else "-" for name in engines),
                    )
                    for kind in kinds
                ],
            )


def _table(title: str, heads: Sequence[str], rows: Sequence[Sequence[str]]) -> Iterator[str]:
    yield ""
    yield f"### {title}"
    yield ""
    yield "| " + " | ".join(heads) + " |"
    yield "|" + "---|" * len(heads)
    for row in rows:
        yield "| " + " | ".join(row) + " |"
