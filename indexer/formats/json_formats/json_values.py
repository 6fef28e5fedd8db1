"""The objects of a JSON dump, one at a time, whether it is lines, one array or a nested reply.

What several formats share; no format of its own.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any, Final, TypeGuard

from indexer.errors import RecordError
from indexer.formats.json_formats.json_stream import TOO_FULL, json_cause, read_values, too_full
from indexer.intake.dump import Dump
from indexer.intake.record import Unread

MOST_SAMPLED: Final = 30
"""Most records that are looked at to recognise a format."""
MOST_LINES: Final = 50
"""Most lines of a dump that are looked at to find a whole record."""
_DEEPEST_CUT: Final = 2
"""Objects within each other that are read in part; a record has its fields in the second."""
_WRAPPERS = (
    "items",
    "results",
    "data",
    "papers",
    "records",
    "works",
    "references",
    "message",
    "resultList",
    "result",
)
"""Keys under which replies of web services hold their list of records."""
_AFTER = re.compile(r"[\s,]*+")
_KEY = re.compile(r'[\s,]*+("(?:[^"\\]++|\\.)*+")\s*+:\s*+')

Object = dict[str, Any]


def first_object(head: bytes) -> Object | None:
    """Returns the first record of a JSON dump, for sniffing; None where there is none.

    Of JSON lines it is the first with a title, for some lines may be faulty. A record that `head`
    cuts short gives those of its fields that can still be read.
    """
    text = head.decode("utf-8-sig", errors="replace").lstrip()
    if text.startswith("["):
        return _object_at(text[1:].lstrip())
    first: Object | None = None
    for line in text.split("\n", MOST_LINES)[:MOST_LINES]:
        if line.startswith("{") and len(line) > 1:
            record = _object_at(line)
            if record is not None and "title" in record:
                return record
            first = first or record
    return first or _object_at(text)


def sample_objects(head: bytes) -> tuple[Object, ...]:
    """Returns the first `MOST_SAMPLED` records of a JSON dump that can be read, for sniffing.

    The first record alone says little: its type may be rare, its fields empty.
    """
    text = head.decode("utf-8", errors="replace").lstrip()
    place = _list_within(text)
    at = 1 if text.startswith("[") else 0 if place is None else place + 1
    decoder = json.JSONDecoder()
    objects: list[Object] = []
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
            objects.append(value)
    if not objects and place is not None:
        first = _object_at(text[place + 1 :].lstrip())
    else:
        first = first_object(head) if not objects or len(objects) == 1 else None
    return tuple(objects) if first is None else (first,)


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


def _cut_object(text: str, depth: int = 0) -> Object | None:
    """Reads what is whole of an object that is cut short or broken: its first fields.

    The field at which it is cut has what is whole of its list or object.
    """
    if ":" not in text[:1000]:
        return None
    merged: Object = {}
    decoder = json.JSONDecoder(strict=False)
    at = 1
    while (key := _KEY.match(text, at)) is not None:
        name = key[1]
        try:
            name = decoder.decode(name)
            merged[name], at = decoder.raw_decode(text, key.end())
        except (ValueError, RecursionError):
            merged.setdefault(name, _cut_value(text[key.end() :].lstrip(), depth))
            break
    return merged or None


def _cut_value(text: str, depth: int) -> object:
    """Returns the first items of a list that is cut short, or the first fields of an object."""
    if text.startswith("{") and depth < _DEEPEST_CUT:
        return _cut_object(text, depth + 1) or ""
    items: list[object] = []
    decoder = json.JSONDecoder(strict=False)
    at = 1
    while text.startswith("[") and len(items) < MOST_SAMPLED:
        after = _AFTER.match(text, at)
        try:
            value, at = decoder.raw_decode(text, after.end() if after else at)
        except (ValueError, RecursionError):
            break
        items.append(value)
    return items or ""


def is_object(value: object) -> TypeGuard[Object]:
    """Returns whether the value is a JSON object."""
    return isinstance(value, dict)


def texts(value: object) -> tuple[str, ...]:
    """Returns the non-empty texts of a list, or of a single text; other values give nothing."""
    if isinstance(value, str):
        return (value,) if value.strip() else ()
    if isinstance(value, list):
        return tuple(item for item in value if isinstance(item, str) and item.strip())
    return ()


def text(value: object) -> str:
    """Returns a text, or a number as one; the first item of a list; nothing for other values."""
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
    """Yields each object with the line it begins in; what is no object is a `RecordError`."""
    start = dump.head.decode("utf-8-sig", errors="replace").lstrip()
    if start.startswith("["):
        yield from _array(dump)
    elif (place := _list_within(start)) is not None:
        yield from _array(dump, place)
    elif _is_lines(start):
        yield from _json_lines(dump)
    else:
        yield from _read_reply(dump)


def _is_lines(start: str) -> bool:
    """Returns whether each line is an object, from the first one that is whole.

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
    """Returns the list of records that a reply is wrapped around, if it is such a reply."""
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
        if too_full(line):
            yield RecordError(dump.name, number, TOO_FULL)
            continue
        for value in _values_of_line(line):
            if isinstance(value, Exception):
                yield Unread(dump.name, number, f"no valid JSON: {json_cause(value)}", line)
            elif is_object(value):
                yield number, value
            else:
                yield RecordError(dump.name, number, f"expected an object, got {_kind(value)}")


def _read_reply(dump: Dump) -> Iterator[tuple[int, Object] | RecordError]:
    """Reads a reply, or objects written one after another over several lines each."""
    for read in read_values(dump, inside_array=False):
        if isinstance(read, RecordError):
            yield read
            continue
        number, value = read
        inner = _records_in(value)
        for item in [value] if inner is None else inner:
            if is_object(item):
                yield number, item
            else:
                yield RecordError(dump.name, number, f"expected an object, got {_kind(item)}")


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
    for read in read_values(dump, inside_array=True, skipped=skipped):
        if isinstance(read, RecordError):
            yield read
        elif is_object(read[1]):
            yield read[0], read[1]
        else:
            fault = f"expected an object, got {_kind(read[1])}"
            yield RecordError(dump.name, read[0], fault)


def _kind(value: object) -> str:
    names = {dict: "an object", list: "a list", str: "a text", bool: "true or false"}
    return names.get(type(value), "null" if value is None else "a number")
