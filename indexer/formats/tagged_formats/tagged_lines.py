"""Records made of tagged lines, as RIS, MEDLINE and Web of Science write them.

What these formats share: a tag and a value a line, values that go on over several lines, records
that begin and end with certain tags. No format of its own.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice
from typing import Final

from indexer.errors import RecordError
from indexer.intake.dump import Dump
from indexer.intake.record import AUTHORS_READ

LONGEST_RECORD: Final = 4 * 1024 * 1024
"""Most characters of one record."""
_NO_FIRST: Final = "a record of which the first line is missing or broken: not read"
_TITLES: Final = frozenset(("TI", "T1", "T"))


@dataclass(frozen=True, slots=True)
class Tagging:
    """How one format writes its records.

    Attributes:
        line: matches a tagged line; groups 1 and 2 are tag and value.
        first: the tag that begins a record; a record before it that has no end ends here.
        last: the tag that ends a record; empty where a blank line does.
        ignored: tags around the records that belong to none.
        leading: tags may stand before `first`, right above it, and belong to its record.
    """

    line: re.Pattern[str]
    first: str
    last: str = ""
    ignored: frozenset[str] = frozenset()
    leading: bool = False


@dataclass(frozen=True, slots=True)
class Tagged:
    """One record: its values by tag, in order; lines of a value are parted by line breaks.

    Attributes:
        line: where it begins, from 1.
        values: by tag.
        pairs: tags and values as they follow each other, for formats in which a tag belongs to
            the one before it.
    """

    line: int
    values: dict[str, list[str]]
    pairs: list[tuple[str, str]] = field(default_factory=list)

    def first(self, *tags: str) -> str:
        """Returns the first value of the first of these tags that has one."""
        for tag in tags:
            for value in self.values.get(tag, ()):
                if value.strip():
                    return value
        return ""

    def all(self, *tags: str) -> tuple[str, ...]:
        """Returns the values of the first of these tags that has any, as many as are read."""
        for tag in tags:
            values = (value for value in self.values.get(tag, ()) if value.strip())
            values_ = tuple(islice(values, AUTHORS_READ))
            if values_:
                return values_
        return ()


def read_tagged(dump: Dump, tagging: Tagging) -> Iterator[Tagged | RecordError]:
    """Yields each record; lines outside records, such as numbers and headings, are passed over."""
    reading = _Reading(tagging)
    for number, line in dump.lines():
        finished = reading.take(number, line)
        if (lost := reading.lost_line()) is not None:
            yield RecordError(dump.name, lost, _NO_FIRST)
        if finished is not None:
            yield finished
        if reading.size > LONGEST_RECORD:
            limit = f"a record of over {LONGEST_RECORD >> 20} MiB"
            yield RecordError(dump.name, reading.line, limit)
            reading = _Reading(tagging)
    last = reading.finish()
    reading.end_outside()
    if (lost := reading.lost_line()) is not None:
        yield RecordError(dump.name, lost, _NO_FIRST)
    if last is not None:
        yield last


class _Reading:
    """The record that is being read, and its last value, which may go on."""

    def __init__(self, tagging: Tagging) -> None:
        self.tagging = tagging
        self.record: Tagged | None = None
        self.line = 0
        self.size = 0
        self._tag = ""
        self._lines: list[str] = []
        self._begun = False  # whether the tag that begins a record was met
        self._outside: set[str] = set()  # tags met outside of records
        self._outside_line = 0
        self._lost = 0

    def take(self, number: int, line: str) -> Tagged | None:
        """Takes in a line; returns the record that it ends, if it ends one."""
        self.size += len(line) if self.record is not None else 0
        match = self.tagging.line.match(line)
        if match is None:
            return self._go_on(line.strip())
        tag, value = match[1], (match[2] or "").strip()
        finished = None
        if self.record is None and tag not in self.tagging.ignored:
            self._outside_line = self._outside_line if self._outside else number
            self._outside.add(tag)
        leads = self.tagging.leading and not self._begun
        if tag in (self.tagging.first, self.tagging.last):
            if not (leads and self.record is not None and tag == self.tagging.first):
                finished = self.finish(ended=tag == self.tagging.last)
            if tag == self.tagging.first:
                self._outside.discard(tag)
                self.end_outside(leading=leads)
                self.record, self.line = self.record or Tagged(number, {}), number
                self._begun = True
        elif leads and self.record is None and tag not in self.tagging.ignored:
            self.record, self.line = Tagged(number, {}), number
        if self.record is not None and tag not in self.tagging.ignored:
            self._keep()
            self._tag, self._lines = tag, [value]
        return finished

    def _go_on(self, line: str) -> Tagged | None:
        """Adds a line without a tag to the value before it; a blank one may end the record."""
        if not line:
            if not self._begun:
                self.finish()
                self.end_outside()
            return None if self.tagging.last else self.finish()
        if self.record is not None:
            self._lines.append(line)
        return None

    def _keep(self) -> None:
        if self.record is not None and self._tag:
            value = "\n".join(self._lines)
            self.record.values.setdefault(self._tag, []).append(value)
            self.record.pairs.append((self._tag, value))
        self._tag, self._lines = "", []

    def finish(self, *, ended: bool = False) -> Tagged | None:
        """Returns the record as it is, and forget it.

        Args:
            ended: the tag that ends records stands after it; it need not have the first one then.
        """
        self._keep()
        finished, self.record, self.size = self.record, None, 0
        begun, self._begun = self._begun, False
        if begun or (ended and finished is not None and len(finished.values) > 2):
            self._outside.clear()
            return finished
        return None

    def end_outside(self, *, leading: bool = False) -> None:
        """Looks at the tags met outside of a record: a title among them is that of a lost one."""
        if not leading and len(self._outside) > 2 and not _TITLES.isdisjoint(self._outside):
            self._lost = self._outside_line
        self._outside.clear()

    def lost_line(self) -> int | None:
        """Returns the line of a record that was lost for lack of its first tag, once."""
        line, self._lost = self._lost, 0
        return line or None
