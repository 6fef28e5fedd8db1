"""The values of a JSON text, one after another, within limits; a fault costs the value it is in."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any, Final

from indexer.errors import RecordError
from indexer.intake.dump import Dump
from indexer.intake.record import Unread

LONGEST_VALUE: Final = 64 * 1024 * 1024
"""Most characters of one object of an array."""
MOST_CONTAINERS: Final = 500_000
"""Most objects and lists in one value: an empty one of three characters takes 64 bytes."""
MOST_FAULTS: Final = 20_000
"""Most faulty values of a list; each costs looking through a piece of text."""
MOST_RESUMED: Final = 200
"""Most places where reading is taken up again after faults that hide where a value ends."""
_MOST_TRIES: Final = 20
_SPACE = re.compile(r"[ \t\r\n]*")
_OPENING = re.compile(r'{\s*+("(?:[^"\\]++|\\.){1,100}+")\s*+:')
_TOKEN = re.compile(r'"(?:[^"\\]++|\\.)*+(?:"|\\?\Z)|[{}\[\]]', re.DOTALL)


TOO_FULL = f"over {MOST_CONTAINERS:,} objects and lists in one record: not read"


def too_full(text: str) -> bool:
    """Says whether a value holds more than `MOST_CONTAINERS` objects and lists."""
    if len(text) < 2 * MOST_CONTAINERS:
        return False
    return text.count("{") + text.count("[") > MOST_CONTAINERS


class _Text:
    """The unread text of a dump, and the line it begins in."""

    def __init__(self, dump: Dump) -> None:
        self.pieces = dump.chunks()
        self.text = ""
        self.at = 0
        self.line = 1

    def more(self) -> bool:
        """Takes on at least as much text again as there is; says whether there was any."""
        wanted = max(len(self.text) - self.at, 64 * 1024)
        got: list[str] = []
        while wanted > 0 and (piece := next(self.pieces, "")):
            got.append(piece)
            wanted -= len(piece)
        if got:
            self.text = self.text[self.at :] + "".join(got)
            self.at = 0
        return bool(got)

    def skip_space(self, also: str = "") -> str:
        """Moves to the next character that says something and returns it; nothing at the end."""
        while True:
            match = _SPACE.match(self.text, self.at)
            end = match.end() if match else self.at
            self.move(end)
            if self.at < len(self.text):
                if self.text[self.at] in also:
                    self.move(self.at + 1)
                    continue
                return self.text[self.at]
            if not self.more():
                return ""

    def skip_value(self) -> None:
        """Moves after a value by counting its brackets, with no more than a piece in memory."""
        depth = 0
        while True:
            end = len(self.text)
            for match in _TOKEN.finditer(self.text, self.at):
                if (
                    match.end() == end
                    and match[0][0] == '"'
                    and end - match.start() < LONGEST_VALUE
                ):
                    end = match.start()  # the text may go on
                    break
                depth += (match[0] in "{[") - (match[0] in "}]")
                if depth <= 0 and match[0] in "}]":
                    self.move(match.end())
                    return
            self.move(end)
            if not self.more():
                self.move(len(self.text))
                return

    def move(self, end: int) -> None:
        """Moves on, counting lines."""
        self.line += self.text.count("\n", self.at, end)
        self.at = end


def read_values(
    dump: Dump, *, inside_array: bool, skipped: int = 0
) -> Iterator[tuple[int, Any] | RecordError]:
    """Decodes one value after another; a faulty one is passed over by counting its brackets.

    Args:
        dump: to be read from its beginning.
        inside_array: the values are those of a list, which ends them.
        skipped: characters before the bracket that opens the list.
    """
    source = _Text(dump)
    decoder = json.JSONDecoder()
    resumed = faults = 0
    if inside_array:
        source.skip_space()
        source.move(source.at + skipped + 1)
    while char := source.skip_space(also=","):
        if inside_array and char == "]":
            return
        line = source.line
        while True:
            after = source.at
            try:
                if len(source.text) - source.at > 2 * MOST_CONTAINERS:
                    end = _end_of_value(source.text, source.at)
                    if too_full(source.text[source.at : end or len(source.text)]):
                        yield RecordError(dump.name, line, TOO_FULL)
                        source.skip_value()
                        after = source.at
                        break
                value, after = decoder.raw_decode(source.text, source.at)
            except (ValueError, RecursionError) as error:
                end = _end_of_value(source.text, source.at)
                if end is None and len(source.text) - source.at <= LONGEST_VALUE and source.more():
                    continue
                if resumed < MOST_RESUMED:
                    fault = error.pos if isinstance(error, json.JSONDecodeError) else source.at
                    again = _next_object(source.text, source.at, fault, end)
                    resumed += again is not None
                    end = end if again is None else again
                raw = source.text[source.at : end]
                yield Unread(dump.name, line, f"no valid JSON: {json_cause(error)}", raw)
                after = len(source.text) if end is None else end
                faults += 1
                if faults > MOST_FAULTS:
                    rest = f"no valid JSON in over {MOST_FAULTS:,} places: the rest was not read"
                    yield RecordError(dump.name, line, rest)
                    return
                break
            if after == len(source.text) and source.more():
                continue  # a number may go on
            yield line, value
            break
        source.move(after)


def _next_object(text: str, start: int, fault: int, end: int | None) -> int | None:
    """Finds the object after a faulty one that swallows it, by its like beginning and its fields.

    Args:
        text: unread text.
        start: where the faulty object begins.
        fault: where decoding failed.
        end: where the brackets say that it ends; None where they say nothing.

    Returns:
        The place of an object before `end` that begins as the faulty one does, after a closing
        brace, and that can be decoded and has at least three fields; None where there is none.
    """
    opening = _OPENING.match(text, start)
    if opening is None:
        return None
    pattern = re.compile(r"}\s*+,?\s*+(?={\s*+" + re.escape(opening[1]) + r"\s*+:)")
    decoder = json.JSONDecoder()
    tries = 0
    for match in pattern.finditer(text, max(fault - 64, start), len(text) if end is None else end):
        try:
            value, _ = decoder.raw_decode(text, match.end())
        except (ValueError, RecursionError):
            tries += 1
            if tries == _MOST_TRIES:
                return None
            continue
        if isinstance(value, dict) and len(value) > 2:
            return match.end()
    return None


def _end_of_value(text: str, start: int) -> int | None:
    """Finds where a faulty value ends: after its last bracket, or before the next comma."""
    depth = 0
    if text[start] not in "{[":
        comma = text.find(",", start)
        return comma if comma >= 0 else None
    for match in _TOKEN.finditer(text, start):
        if match[0] in "{[":
            depth += 1
        elif match[0] in "}]":
            depth -= 1
            if depth == 0:
                return match.end()
    return None


def json_cause(error: Exception) -> str:
    """Returns why a value could not be decoded, for errors."""
    if isinstance(error, json.JSONDecodeError):
        return f"{error.msg} at character {error.colno}"
    return "nested too deeply" if isinstance(error, RecursionError) else str(error)
