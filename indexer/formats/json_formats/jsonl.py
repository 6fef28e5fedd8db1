"""Quiver's own format: one JSON object a line (or in one array), as ``quiver export`` writes it.

Fields: ``id title abstract authors venue year type doi url keywords authors_complete``; only the
title must be there. Authors and keywords are lists, or one text ("A; B", "A and B"). Beside them
``author_details`` (a list as long as that of authors), ``identifiers`` and ``publication`` as
`indexer.serialization.details` writes them.
"""

from __future__ import annotations

from collections.abc import Iterator

from indexer.errors import DumpError
from indexer.formats.json_formats.json_record import record_of
from indexer.formats.json_formats.json_values import (
    Object,
    first_object,
    is_object,
    read_objects,
    sample_objects,
    text,
)
from indexer.formats.table_formats.columns import Columns, has_map, mapped_columns, unknown_columns
from indexer.intake.dump import Dump
from indexer.intake.record import Read

_OWN = frozenset(("title", "id", "type", "url"))
_MOST_PATHS = 1000
_FIELDS = frozenset(("id", "abstract", "authors", "venue", "year", "doi", "keywords"))


def sniff(head: bytes, name: str) -> bool:
    """Recognises objects with a title, or else with two other fields of ours."""
    record = first_object(head)
    if has_map(name):
        return record is not None
    return record is not None and ("title" in record or len(record.keys() & _FIELDS) > 1)


def read(dump: Dump) -> Iterator[Read]:
    """Reads the records."""
    told = _read_columns_file(dump)
    if told is None and (seen := _unread_fields(dump.head)):
        fault = "of its records only the titles could be read"
        raise DumpError(dump.name, 0, f"{fault}: {unknown_columns(dump.name, seen)}")
    for item in read_objects(dump):
        if not isinstance(item, tuple):
            yield item
        elif told is not None:
            header, columns = told
            yield columns.record(item[0], [_cell(_at_path(item[1], path)) for path in header])
        else:
            yield record_of(*item)


def _read_columns_file(dump: Dump) -> tuple[tuple[str, ...], Columns] | None:
    """Reads the file of columns beside the dump; its columns are keys, or paths such as "a.b"."""
    if not has_map(dump.name):
        return None
    paths = dict.fromkeys(
        path for record in sample_objects(dump.head) for path in _paths(record, "", 3)
    )
    header = tuple(paths)[:_MOST_PATHS]
    columns = mapped_columns(dump.name, header)
    return None if columns is None else (header, columns)


def _paths(value: Object, before: str, depth: int) -> Iterator[str]:
    for key, inner in value.items():
        yield f"{before}{key}"
        if is_object(inner) and depth:
            yield from _paths(inner, f"{before}{key}.", depth - 1)


def _at_path(value: object, path: str) -> object:
    if is_object(value) and path in value:
        return value[path]
    first, _, rest = path.partition(".")
    return _at_path(value[first], rest) if rest and is_object(value) and first in value else None


def _cell(value: object) -> str:
    if isinstance(value, list):
        named = (item.get("name") if is_object(item) else item for item in value)
        return "; ".join(filter(None, map(text, named)))
    return text(value)


def _unread_fields(head: bytes) -> tuple[str, ...]:
    """Returns the fields of other programs' records of which only titles would be read."""
    records = [record for record in sample_objects(head) if "title" in record]
    keys = dict.fromkeys(key for record in records for key in record)
    told = keys.keys() & (_FIELDS - {"id"} | {"author", "rejected", "raw"})
    foreign = [key for key in keys if key not in _OWN]
    return tuple(keys) if foreign and not told else ()
