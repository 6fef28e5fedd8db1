"""What a build did: the report it gives back, and the tally it keeps while it runs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from indexer.cleaning.clean_record import Change
from indexer.errors import RecordError
from indexer.generations.record_flow import SourceFlow, flow_json

MOST_SKIPPED: Final = 10_000
"""Most skipped records that a report names; `BuildReport.skipped_count` counts them all."""
MOST_EXAMPLES: Final = 3
_MOST_NOTICES = 200


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a build is.

    Attributes:
        source: the dump being read.
        bytes_read: of `bytes_total`, packed as the files are.
        bytes_total: 0 where it cannot be known (standard input).
        papers: so far.
        seconds: since the build began.
    """

    source: str
    bytes_read: int
    bytes_total: int
    papers: int
    seconds: float


@dataclass(frozen=True, slots=True)
class SourceCount:
    """The records of one dump.

    Attributes:
        format: name of its format.
        read: records that became papers, duplicates included.
        skipped: records that did not.
        duplicates: of those read, the ones that replaced an earlier one with the same id.
        changed: of those read, the ones that the cleaning changed.
        deletions: marks that a record was deleted; they are neither read nor skipped.
    """

    source: str
    format: str
    read: int
    skipped: int
    duplicates: int
    changed: int
    deletions: int = 0


@dataclass(frozen=True, slots=True)
class RuleCount:
    """How often a rule of the cleaning changed something.

    Attributes:
        examples: (where, change), at most `MOST_EXAMPLES`, the first ones met.
    """

    rule: str
    field: str
    count: int
    examples: tuple[tuple[str, Change], ...]


@dataclass(frozen=True, slots=True)
class BuildReport:
    """What a build did.

    Attributes:
        papers: in the new generation; for a check, those that a build would add.
        added: distinct papers that came from the dumps.
        skipped: the first `MOST_SKIPPED` records that could not become papers, in order.
        skipped_count: all of them.
        warnings: one line each, for people.
        generation: name of the new generation; empty for a check.
        seconds: wall time.
        sources: one a dump, in order.
        cleaning: one a rule and field, the most frequent first.
        duplicates: records that replaced an earlier one with the same id.
        missing: number of papers, as read, without this field.
        bytes: size of the new generation on disk; 0 for a check.
        flow: what became of the records of each dump.
    """

    papers: int
    added: int
    skipped: tuple[RecordError, ...]
    skipped_count: int
    warnings: tuple[str, ...]
    generation: str
    seconds: float
    sources: tuple[SourceCount, ...] = ()
    cleaning: tuple[RuleCount, ...] = ()
    duplicates: int = 0
    missing: Mapping[str, int] = field(default_factory=dict)
    bytes: int = 0
    flow: tuple[SourceFlow, ...] = ()


def report_as_json(report: BuildReport) -> dict[str, Any]:
    """Returns the report as ``quiver build --json`` prints it; scripts rely on these names."""
    return {
        "papers": report.papers,
        "added": report.added,
        "skipped": [
            {"source": skipped.source, "line": skipped.line, "reason": skipped.reason}
            for skipped in report.skipped
        ],
        "skipped_count": report.skipped_count,
        "warnings": list(report.warnings),
        "generation": report.generation,
        "seconds": round(report.seconds, 3),
        "papers_per_second": round(report.added / max(report.seconds, 1e-3), 1),
        "bytes": report.bytes,
        "duplicates": report.duplicates,
        "missing": dict(report.missing),
        "flow": flow_json(report.flow, report.added),
        "sources": [
            {
                "source": source.source,
                "format": source.format,
                "read": source.read,
                "skipped": source.skipped,
                "duplicates": source.duplicates,
                "changed": source.changed,
                "deletions": source.deletions,
            }
            for source in report.sources
        ],
        "cleaning": [
            {
                "rule": rule.rule,
                "field": rule.field,
                "count": rule.count,
                "examples": [
                    {"source": where, "before": change.before, "after": change.after}
                    for where, change in rule.examples
                ],
            }
            for rule in report.cleaning
        ],
    }


class Tally:
    """The counts of a build that is running."""

    def __init__(self) -> None:
        self.papers = 0
        self.skipped: list[RecordError] = []
        self.skipped_count = 0
        self.duplicates: list[str] = []
        self.duplicate_count = 0
        self.sources: list[SourceCount] = []
        self.notices: list[str] = []
        self.notice_count = 0
        self.missing: Counter[str] = Counter()
        self._rules: dict[tuple[str, str], tuple[int, list[tuple[str, Change]]]] = {}

    def skip(self, error: RecordError) -> None:
        """Counts a record that is no paper."""
        self.skipped_count += 1
        if len(self.skipped) < MOST_SKIPPED:
            self.skipped.append(error)

    def replace(self, where: str, paper_id: str) -> None:
        """Counts a record whose id an earlier one had."""
        self.duplicate_count += 1
        if len(self.duplicates) < MOST_EXAMPLES:
            self.duplicates.append(f"{paper_id} at {where}")

    def notice(self, text: str) -> None:
        """Keeps a remark about a dump."""
        self.notice_count += 1
        if len(self.notices) < _MOST_NOTICES:
            self.notices.append(text)

    def change(self, where: str, changes: tuple[Change, ...]) -> None:
        """Counts what the cleaning did to one record."""
        for change in changes:
            key = (change.rule, change.field)
            count, examples = self._rules.get(key, (0, []))
            if len(examples) < MOST_EXAMPLES:
                examples.append((where, change.cut(100 if change.field == "authors" else 30)))
            self._rules[key] = (count + 1, examples)

    def rules(self) -> tuple[RuleCount, ...]:
        """Returns the rules that changed something, the most frequent first."""
        return tuple(
            RuleCount(rule, field, count, tuple(examples))
            for (rule, field), (count, examples) in sorted(
                self._rules.items(), key=lambda item: (-item[1][0], item[0])
            )
        )

    def warnings(self) -> tuple[str, ...]:
        """Words what a person should know: remarks, duplicates, what the cleaning dropped."""
        notices = list(self.notices)
        if self.notice_count > len(self.notices):
            more = self.notice_count - len(self.notices)
            notices.append(f"and {more} more remark{'' if more == 1 else 's'} of this kind")
        if self.duplicate_count:
            notices.append(
                f"{_records(self.duplicate_count)} had the id of an earlier one and replaced it "
                f"(such as {'; '.join(self.duplicates)})"
            )
        for rule in self.rules():
            where, change = rule.examples[0]
            if change.is_loss:
                notices.append(
                    f"{where}: {rule.field} {change.before[:60]!r}: {rule.rule} "
                    f"({_records(rule.count)} in all)"
                )
        return tuple(notices)


def _records(number: int) -> str:
    return f"{number} record{'' if number == 1 else 's'}"
