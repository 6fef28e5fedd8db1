"""The objects of a JSON dump, one at a time, whether it is lines, one array or a nested reply.

What several formats share; no format of its own.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any, Final, TypeGuard

from indexer.errors import RecordError
from indexer.intake.dump import Dump
from indexer.intake.record import Unread

LONGEST_VALUE: Final = 64 * 1024 * 1024
"""Most characters of one object of an array."""
MOST_LINES: Final = 50
"""Most lines of a dump that are looked at to find a whole record."""
_WRAPPERS = ("items", "results", "data", "papers", "records", "works", "references", "message")
"""Keys under which replies of web services hold their list of records."""
_SPACE = re.compile(r"[ \t\r\n]*")
_KEY = re.compile(r'\s*,?\s*("(?:[^"\\]|\\.)*")\s*:\s*')
_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"|[{}\[\]]', re.DOTALL)

Object = dict[str, Any]


def first_object(head: bytes) -> Object | None:
    """Give the first record of a JSON dump, for sniffing; None where there is none.

    Of JSON lines it is the first with a title, for some lines may be faulty. A record that `head`
    cuts short gives those of its fields that can still be read.
    """
    text = head.decode("utf-8-sig", errors="replace").lstrip()
    if text.startswith("["):
        return _object_at(text[1:].lstrip())
    found: Object | None = None
    for line in text.split("\n", MOST_LINES)[:MOST_LINES]:
        if line.startswith("{") and len(line) > 1:
            one = _object_at(line)
            if one is not None and "title" in one:
                return one
            found = found or one
    return found or _object_at(text)


def _object_at(text: str) -> Object | None:
    if not text.startswith("{"):
        return None
    try:
        value, _ = json.JSONDecoder().raw_decode(text)
    except (ValueError, RecursionError):
        return _cut_object(text)
    inner = _records_in(value)
    if inner is not None:
        value = inner[0] if inner else {}
    return value if is_object(value) else None


def _cut_object(text: str) -> Object | None:
    """Read what is whole of an object that is cut short or broken: its first fields."""
    if ":" not in text[:1000]:
        return None
    found: Object = {}
    decoder = json.JSONDecoder(strict=False)
    at = 1
    while (key := _KEY.match(text, at)) is not None:
        name = key[1]
        try:
            name = decoder.decode(name)
            found[name], at = decoder.raw_decode(text, key.end())
        except (ValueError, RecursionError):
            found.setdefault(name, "")
            break
    return found or None


def is_object(value: object) -> TypeGuard[Object]:
    """Say whether the value is a JSON object."""
    return isinstance(value, dict)


def texts(value: object) -> tuple[str, ...]:
    """Give the non-empty texts of a list, or of a single text; other values give nothing."""
    if isinstance(value, str):
        return (value,) if value.strip() else ()
    if isinstance(value, list):
        return tuple(one for one in value if isinstance(one, str) and one.strip())
    return ()


def text(value: object) -> str:
    """Give a text, or a number as one; the first item of a list; nothing for other values."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool) or value is None:
        return ""
    if isinstance(value, int | float):
        return f"{value:g}" if isinstance(value, float) else str(value)
    if isinstance(value, list) and value:
        return text(value[0])
    return ""


def read_objects(dump: Dump) -> Iterator[tuple[int, Object] | RecordError]:
    """Give each object with the line it begins in; what is no object is a `RecordError`."""
    start = dump.head.decode("utf-8-sig", errors="replace").lstrip()
    if start.startswith("["):
        yield from _array(dump)
    elif _is_lines(start):
        yield from _json_lines(dump)
    else:
        yield from _whole(dump)


def _is_lines(start: str) -> bool:
    """Say whether each line is an object, from the first one that is whole.

    Of JSON that goes over several lines, only its outer brackets stand at the very left.
    """
    for line in start.split("\n", MOST_LINES)[:MOST_LINES]:
        if line.startswith("{") and len(line.strip()) > 1:
            try:
                return _records_in(json.loads(line)) is None
            except (ValueError, RecursionError):
                continue
    return "\n" not in start.strip()


def _records_in(value: object) -> list[Any] | None:
    """Give the list of records that a reply is wrapped around, if it is such a reply."""
    if not is_object(value) or "title" in value:
        return None
    for key in _WRAPPERS:
        inner = value.get(key)
        if isinstance(inner, list):
            return inner
        if is_object(inner):
            return [inner] if "title" in inner else _records_in(inner)
    return None


def _json_lines(dump: Dump) -> Iterator[tuple[int, Object] | RecordError]:
    for number, line in dump.lines():
        if not line or line.isspace():
            continue
        try:
            value = json.loads(line)
        except (ValueError, RecursionError) as error:
            yield Unread(dump.name, number, f"no valid JSON: {_cause(error)}", line)
            continue
        if is_object(value):
            yield number, value
        else:
            yield RecordError(dump.name, number, f"expected an object, got {_kind(value)}")


def _whole(dump: Dump) -> Iterator[tuple[int, Object] | RecordError]:
    """Read a reply, or objects written one after another over several lines each."""
    for read in _values(dump, inside_array=False):
        if isinstance(read, RecordError):
            yield read
            continue
        number, value = read
        inner = _records_in(value)
        for one in [value] if inner is None else inner:
            if is_object(one):
                yield number, one
            else:
                yield RecordError(dump.name, number, f"expected an object, got {_kind(one)}")


def _array(dump: Dump) -> Iterator[tuple[int, Object] | RecordError]:
    for read in _values(dump, inside_array=True):
        if isinstance(read, RecordError):
            yield read
        elif is_object(read[1]):
            yield read[0], read[1]
        else:
            fault = f"expected an object, got {_kind(read[1])}"
            yield RecordError(dump.name, read[0], fault)


class _Text:
    """The unread text of a dump, and the line it begins in."""

    def __init__(self, dump: Dump) -> None:
        self.pieces = dump.chunks()
        self.text = ""
        self.at = 0
        self.line = 1

    def more(self) -> bool:
        """Take on at least as much text again as there is; say whether there was any."""
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
        """Move to the next character that says something and give it; nothing at the end."""
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

    def move(self, end: int) -> None:
        """Move on, counting lines."""
        self.line += self.text.count("\n", self.at, end)
        self.at = end


def _values(dump: Dump, *, inside_array: bool) -> Iterator[tuple[int, Any] | RecordError]:
    """Decode one value after another; a faulty one is passed over by counting its brackets."""
    source = _Text(dump)
    decoder = json.JSONDecoder()
    if inside_array:
        source.skip_space()
        source.move(source.at + 1)
    while char := source.skip_space(also=","):
        if inside_array and char == "]":
            return
        line = source.line
        while True:
            try:
                value, end = decoder.raw_decode(source.text, source.at)
            except (ValueError, RecursionError) as error:
                if _end_of_value(source.text, source.at) is None and source.more():
                    if len(source.text) - source.at > LONGEST_VALUE:
                        fault = f"an object of over {LONGEST_VALUE >> 20} MiB"
                        yield RecordError(dump.name, line, f"{fault}: not read, nor what follows")
                        return
                    continue
                after = _end_of_value(source.text, source.at)
                raw = source.text[source.at : after]
                yield Unread(dump.name, line, f"no valid JSON: {_cause(error)}", raw)
                if after is None:
                    return
                source.move(after)
                break
            if end == len(source.text) and source.more():
                continue  # a number may go on
            yield line, value
            source.move(end)
            break


def _end_of_value(text: str, start: int) -> int | None:
    """Find where a faulty value ends: after its last bracket, or before the next comma."""
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


def _cause(error: Exception) -> str:
    if isinstance(error, json.JSONDecodeError):
        return f"{error.msg} at character {error.colno}"
    return "nested too deeply" if isinstance(error, RecursionError) else str(error)


def _kind(value: object) -> str:
    names = {dict: "an object", list: "a list", str: "a text", bool: "true or false"}
    return names.get(type(value), "null" if value is None else "a number")
