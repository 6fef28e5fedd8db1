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
MOST_CONTAINERS: Final = 500_000
"""Most objects and lists in one value: an empty one of three characters takes 64 bytes."""
MOST_FAULTS: Final = 20_000
"""Most faulty values of a list; each costs looking through a piece of text."""
MOST_RESUMED: Final = 200
"""Most places where reading is taken up again after faults that hide where a value ends."""
MOST_SAMPLED: Final = 30
"""Most records that are looked at to recognise a format."""
_MOST_TRIES: Final = 20
MOST_LINES: Final = 50
"""Most lines of a dump that are looked at to find a whole record."""
_WRAPPERS = ("items", "results", "data", "papers", "records", "works", "references", "message")
"""Keys under which replies of web services hold their list of records."""
_SPACE = re.compile(r"[ \t\r\n]*")
_AFTER = re.compile(r"[\s,]*+")
_KEY = re.compile(r'[\s,]*+("(?:[^"\\]++|\\.)*+")\s*+:\s*+')
_OPENING = re.compile(r'{\s*+("(?:[^"\\]++|\\.){1,100}+")\s*+:')
_TOKEN = re.compile(r'"(?:[^"\\]++|\\.)*+(?:"|\\?\Z)|[{}\[\]]', re.DOTALL)

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


def sample_objects(head: bytes) -> tuple[Object, ...]:
    """Returns the first `MOST_SAMPLED` records of a JSON dump that can be read, for sniffing.

    The first record alone says little: its type may be rare, its fields empty.
    """
    text = head.decode("utf-8", errors="replace").lstrip()
    place = _list_within(text)
    at = 1 if text.startswith("[") else 0 if place is None else place + 1
    decoder = json.JSONDecoder()
    found: list[Object] = []
    for _ in range(MOST_SAMPLED):
        start = text.find("{", at)
        if start < 0:
            break
        try:
            value, at = decoder.raw_decode(text, start)
        except (ValueError, RecursionError):
            line = text.find("\n", start)
            if line < 0:
                break
            at = line
            continue
        if is_object(value):
            found.append(value)
    first = first_object(head) if not found or len(found) == 1 else None
    return tuple(found) if first is None else (first,)


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
    elif (place := _list_within(start)) is not None:
        yield from _array(dump, place)
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


_TOO_FULL = f"over {MOST_CONTAINERS:,} objects and lists in one record: not read"


def _too_full(text: str) -> bool:
    if len(text) < 2 * MOST_CONTAINERS:
        return False
    return text.count("{") + text.count("[") > MOST_CONTAINERS


def _json_lines(dump: Dump) -> Iterator[tuple[int, Object] | RecordError]:
    for number, line in dump.lines():
        if not line or line.isspace():
            continue
        if _too_full(line):
            yield RecordError(dump.name, number, _TOO_FULL)
            continue
        for value in _values_of_line(line):
            if isinstance(value, Exception):
                yield Unread(dump.name, number, f"no valid JSON: {_cause(value)}", line)
            elif is_object(value):
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


def _values_of_line(line: str) -> Iterator[Any]:
    """Decodes a line: one value, or several whose line end was lost; an exception for a fault."""
    try:
        yield json.loads(line)
    except (ValueError, RecursionError) as error:
        if not isinstance(error, json.JSONDecodeError) or error.msg != "Extra data":
            yield error
            return
    else:
        return
    decoder = json.JSONDecoder()
    at = len(line) - len(line.lstrip())
    while at < len(line):
        try:
            value, at = decoder.raw_decode(line, at)
        except (ValueError, RecursionError) as error:
            yield error
            return
        yield value
        after = _AFTER.match(line, at)
        at = after.end() if after else at


def _list_within(start: str) -> int | None:
    """Returns where the list of records of a reply begins; None where it is no such reply.

    A reply may be as long as a library is, so its list is read like one that stands alone.
    """
    decoder = json.JSONDecoder(strict=False)
    at = 1
    if not start.startswith("{"):
        return None
    while (key := _KEY.match(start, at)) is not None:
        name = key[1].strip('"')
        at = key.end()
        if name == "title":
            return None
        if name in _WRAPPERS and start.startswith("[", at):
            inside = start[at + 1 :].lstrip()
            return at if inside.startswith("{") else None
        if name in _WRAPPERS and start.startswith("{", at):
            at += 1
            continue
        try:
            _, at = decoder.raw_decode(start, at)
        except (ValueError, RecursionError):
            return None
    return None


def _array(dump: Dump, skipped: int = 0) -> Iterator[tuple[int, Object] | RecordError]:
    for read in _values(dump, inside_array=True, skipped=skipped):
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

    def skip_value(self) -> None:
        """Moves after a value by counting its brackets, with no more than a piece in memory."""
        depth = 0
        while True:
            end = len(self.text)
            for match in _TOKEN.finditer(self.text, self.at):
                if match.end() == end and match[0][0] == '"' and end - match.start() < LONGEST_VALUE:
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
        """Move on, counting lines."""
        self.line += self.text.count("\n", self.at, end)
        self.at = end


def _values(
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
                    if _too_full(source.text[source.at : end or len(source.text)]):
                        yield RecordError(dump.name, line, _TOO_FULL)
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
                yield Unread(dump.name, line, f"no valid JSON: {_cause(error)}", raw)
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
        if is_object(value) and len(value) > 2:
            return match.end()
    return None


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
