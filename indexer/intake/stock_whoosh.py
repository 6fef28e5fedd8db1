"""Read the records out of an index that stock Whoosh wrote, without running anything that is in it.

Whoosh keeps its schema, its list of segments and every stored document as pickles, and unpickling
as Whoosh does it runs whatever a pickle says. Here no name in a pickle is looked up: of schema and
segments the bare values are taken, and a stored document may hold plain values and dates only.

The layout (Whoosh 2.7, `whoosh.index.TOC`, `whoosh.codec.whoosh3`, `whoosh.filedb.compound`): a
table of contents ``_MAIN_<n>.toc``; for each segment a file ``MAIN_<id>.seg`` that holds files, or
those files by themselves; in ``._stored.col`` one zlib-compressed pickle a document, then the
lengths of all. Numbers are big-endian.
"""

from __future__ import annotations

import io
import pickle
import re
import struct
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final, Self

import numpy as np
from numpy.typing import NDArray

from indexer.cleaning.names import split_names
from indexer.errors import DumpError, RecordError
from indexer.formats.keywords import split_keywords
from indexer.intake.record import Read, Record

NAMES: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {
        "id": ("id", "paper_id", "key"),
        "title": ("title", "name"),
        "abstract": ("abstract", "content", "text", "body", "summary"),
        "authors": ("authors", "author", "creator"),
        "venue": ("venue", "journal", "booktitle", "conference"),
        "year": ("year", "date", "published"),
        "type": ("type", "kind"),
        "doi": ("doi",),
        "url": ("url", "link"),
        "keywords": ("keywords", "keyword", "tags"),
    }
)
"""For each field of a record the names it may have in a schema, best first."""
_MOST_BYTES: Final = 1 << 26
"""Most bytes of a table of contents, of a directory of files and of one stored document."""
_CODES: Final = frozenset("BbHhIiLlQq")


def read_stock(folder: Path, named: Mapping[str, str] = MappingProxyType({})) -> Iterator[Read]:
    """Yields the stored documents of an index that Whoosh wrote, in its order, but deleted ones.

    Args:
        folder: directory of the index.
        named: names of fields in its schema by those of `Record`, where they are not among
            `NAMES`; an empty name leaves the field out.

    Raises:
        DumpError: when there is no such index, when a file of it is not what Whoosh writes, or
            when a field is not stored, for then its text is not in the index.
    """
    toc = _newest(folder)
    try:
        fields, segments = _read_toc(toc)
    except _BROKEN as error:
        raise _broken(toc, error) from error
    names = _choose_fields(toc, fields, named)
    number = 0
    for segment in segments:
        path = folder / f"{segment.name}.seg"
        try:
            for at, packed in _stored(folder, segment):
                number += 1
                if at not in segment.deleted:
                    yield _record(number, packed, names, str(folder))
        except _BROKEN as error:
            raise _broken(path, error) from error


_BROKEN: Final = (
    OSError, EOFError, ValueError, TypeError, LookupError, AttributeError, MemoryError,
    struct.error, zlib.error, pickle.UnpicklingError, RecursionError,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Segment:
    name: str
    documents: int
    deleted: frozenset[int]


class _Inert:
    """Stands for any object of a pickle: keeps its state, does nothing."""

    state: dict[str, Any]

    def __new__(cls, *_: Any) -> Self:
        made = super().__new__(cls)
        made.state = {}
        return made

    def __setstate__(self, state: Any) -> None:
        self.state = state if isinstance(state, dict) else {}

    def __setitem__(self, key: Any, value: Any) -> None:
        """Passes over an entry of what would be a mapping."""

    def append(self, item: Any) -> None:
        """Passes over an item of what would be a list."""


class _Bare(pickle.Unpickler):
    """Reads a pickle without looking any name in it up."""

    def find_class(self, module: str, name: str) -> Any:
        if module in ("builtins", "__builtin__") and name in ("set", "frozenset"):
            return frozenset
        if module in ("builtins", "__builtin__") and name in ("int", "long"):
            return int
        return _Inert


class _Plain(pickle.Unpickler):
    """Reads a stored document: values of Python's own that do nothing, and no others."""

    def find_class(self, module: str, name: str) -> Any:
        if module == "datetime" and name in ("datetime", "date"):
            return {"datetime": datetime, "date": date}[name]
        if module == "_codecs" and name == "encode":  # how dates hold their bytes
            return lambda text, _: str(text).encode("latin-1")
        if module in ("builtins", "__builtin__") and name in ("set", "frozenset", "long", "int"):
            return frozenset if "set" in name else int
        raise pickle.UnpicklingError(f"a stored value is a {module}.{name}, which is not read")


def _newest(folder: Path) -> Path:
    segments = [
        (match[1], int(match[2]), path)
        for path in (folder.iterdir() if folder.is_dir() else ())
        if (match := re.fullmatch(r"_(\w+)_(\d{1,18})\.toc", path.name))
    ]
    if not segments:
        raise DumpError(
            str(folder), 0, "holds no index of Whoosh (_MAIN_1.toc); name the directory of one"
        )
    if len({name for name, _, _ in segments}) > 1:
        raise DumpError(
            str(folder), 0, "holds several indexes of Whoosh; put the files of one into a directory"
        )
    return max(segments)[2]


def _read_toc(path: Path) -> tuple[dict[str, bool], list[_Segment]]:
    """Reads which fields there are, whether each is stored, and the segments."""
    if path.stat().st_size > _MOST_BYTES:
        raise ValueError("it is far too long")
    stream = io.BytesIO(path.read_bytes())
    for _ in range(3):  # sizes of numbers
        _varint(stream)
    order, version = struct.unpack("!ii", stream.read(8))
    if order != -12345 or version != -111:
        raise ValueError("it is not of Whoosh 2.7; open and save it there first")
    for _ in range(3):  # release
        _varint(stream)
    schema = _Bare(io.BytesIO(stream.read(_varint(stream)))).load()
    stream.read(8)  # generation, unused
    listed = _Bare(stream).load()
    fields = {
        str(name): bool(field.state.get("stored", True))  # STORED says nothing
        for name, field in schema.state["_fields"].items()
    }
    segments = [
        _Segment(
            f"{_safe(part.state['indexname'])}_{_safe(part.state['segid'])}",
            int(part.state["_doccount"]),
            frozenset(part.state["_deleted"] or ()),
        )
        for part in listed
    ]
    return fields, segments


def _safe(name: Any) -> str:
    """Lets no name lead out of the directory."""
    if not isinstance(name, str) or not re.fullmatch(r"\w+", name):
        raise ValueError(f"a segment is called {name!r}")
    return name


def _varint(stream: io.BytesIO) -> int:
    value = shift = 0
    while shift < 64:
        (byte,) = stream.read(1)
        value |= (byte & 0x7F) << shift
        if byte < 0x80:
            return value
        shift += 7
    raise ValueError("a number is too long")


def _choose_fields(
    toc: Path, fields: Mapping[str, bool], named: Mapping[str, str]
) -> dict[str, str]:
    """Finds the schema's name for each field of a record."""
    known = f"it has {', '.join(fields)}"
    chosen = {}
    for key, usual in NAMES.items():
        asked = named.get(key)
        name = (
            next((usual_name for usual_name in usual if usual_name in fields), "")
            if asked is None
            else asked
        )
        if not name:
            continue
        if name not in fields:
            raise DumpError(str(toc), 0, f"the schema has no field {name!r}; {known}")
        if not fields[name]:
            raise DumpError(
                str(toc),
                0,
                f"the field {name!r} is indexed but not stored, so its text is not in the index "
                f"and cannot be got back; build from the dumps instead, or leave it out with "
                f"--field {key}=",
            )
        chosen[key] = name
    if "title" not in chosen:
        raise DumpError(
            str(toc), 0, f"the schema has no field for titles; {known}: say --field title=NAME"
        )
    return chosen


def _stored(folder: Path, segment: _Segment) -> Iterator[tuple[int, bytes]]:
    """Yields each document of a segment as it is stored, with its number."""
    inner = f"{segment.name}._stored.col"
    whole = folder / f"{segment.name}.seg"
    start, length = 0, 0
    if whole.is_file():
        with whole.open("rb") as file:
            at, _ = struct.unpack("!qi", file.read(12))
            file.seek(at)
            listed = _Bare(io.BytesIO(file.read(_MOST_BYTES))).load()
        start, length = int(listed[inner]["offset"]), int(listed[inner]["length"])
    else:
        whole = folder / inner
        length = whole.stat().st_size
    if not segment.documents:
        return
    column = np.memmap(whole, np.uint8, "r", start, (length,))
    ends = np.cumsum(_lengths(column, segment.documents))
    if ends[-1] > length:
        raise ValueError("its documents are longer than its file")
    begin = 0
    for at, end in enumerate(ends.tolist()):
        yield at, column[begin:end].tobytes()
        begin = end


def _lengths(column: NDArray[np.uint8], documents: int) -> NDArray[np.int64]:
    """Reads the lengths at the end of a column; "X" after them says that offsets follow."""
    codes = [chr(code) for code in column[-3:].tolist()]
    last = len(column) - 1
    code = codes[-1]
    if code == "X":
        code, offsets = codes[0], codes[1]
        if offsets not in _CODES:
            raise ValueError("its column of documents ends otherwise than Whoosh writes it")
        last = len(column) - 3 - np.dtype(offsets).itemsize * documents
    if code not in _CODES:
        raise ValueError("its column of documents ends otherwise than Whoosh writes it")
    kind = np.dtype(code).newbyteorder(">")
    first = last - kind.itemsize * documents
    if first < 0:
        raise ValueError("it is cut short")
    lengths: NDArray[np.int64] = column[first:last].view(kind).astype(np.int64)
    if lengths.min() < 0:
        raise ValueError("a document has a length below zero")
    return lengths


def _record(number: int, packed: bytes, names: Mapping[str, str], source: str) -> Read:
    """Makes a record of one stored document."""
    try:
        unpacker = zlib.decompressobj()
        data = unpacker.decompress(packed, _MOST_BYTES)
        if unpacker.unconsumed_tail:
            raise ValueError("it is far too long")
        values = _Plain(io.BytesIO(data)).load()
        if not isinstance(values, dict):
            raise TypeError("it is no mapping of fields")
    except _BROKEN as error:
        return RecordError(source, number, f"the document cannot be read: {error}")
    given = {key: values.get(name) for key, name in names.items()}
    year = given.get("year")
    return Record(
        line=number,
        id=_text(given.get("id")),
        title=_text(given.get("title")),
        abstract=_text(given.get("abstract")),
        authors=_texts(given.get("authors"), split_names),
        venue=_text(given.get("venue")),
        year=year.year if isinstance(year, date) else _text(year),
        type=_text(given.get("type")),
        doi=_text(given.get("doi")),
        url=_text(given.get("url")),
        keywords=_texts(given.get("keywords"), split_keywords),
    )


def _text(value: Any) -> str:
    return value if isinstance(value, str) else str(value) if isinstance(value, int | float) else ""


def _texts(value: Any, split: Any) -> tuple[str, ...]:
    if isinstance(value, list | tuple | frozenset):
        return tuple(_text(item) for item in value)
    return tuple(split(_text(value)))


def _broken(path: Path, error: BaseException) -> DumpError:
    return DumpError(
        str(path), 0, f"is not what Whoosh 2.7 writes ({error}); build from the dumps instead"
    )
