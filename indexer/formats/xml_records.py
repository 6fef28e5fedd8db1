"""The records of an XML dump, one element at a time, read by lxml without network and expansion.

What the XML formats share; no format of its own. Named entities of HTML are written as numbers
before the parser sees them, so DBLP's need no DTD; entities that a document declares itself are
never expanded. What was read is dropped at once.
"""

from __future__ import annotations

import html.entities
import re
from collections.abc import Collection, Iterator
from typing import Final

from lxml import etree

from indexer.errors import DumpError, RecordError
from indexer.intake.dump import Dump

LONGEST_RECORD: Final = 64 * 1024 * 1024
"""Most bytes from the end of one record to the end of the next."""
_ENTITY = re.compile(rb"&([A-Za-z][A-Za-z0-9]{1,31});")
_OPEN_ENTITY = re.compile(rb"&[A-Za-z0-9]{0,32}$")
_OF_XML = frozenset((b"amp", b"lt", b"gt", b"quot", b"apos"))
_SKIPPED = re.compile(rb"\s*(?:<\?.*?\?>|<!--.*?-->|<!DOCTYPE[^\[>]*(?:\[.*?\])?\s*>)", re.DOTALL)
_ROOT = re.compile(rb"\s*<([\w.-]+:)?([\w.-]+)")


def root_of(head: bytes) -> str:
    """Give the local name of a document's first element; empty where the text is no XML."""
    text = head[:65536].removeprefix(b"\xef\xbb\xbf")
    at = 0
    while (match := _SKIPPED.match(text, at)) is not None:
        at = match.end()
    root = _ROOT.match(text, at)
    return root[2].decode("ascii", errors="replace") if root else ""


class _Numbered:
    """The bytes of a dump with named entities as numbers, and a limit to what makes no record."""

    def __init__(self, dump: Dump) -> None:
        self.since = 0
        self._dump = dump
        self._held = b""
        self._first = True

    def read(self, size: int = -1, /) -> bytes:
        """Give some bytes; how many is up to the dump."""
        del size
        piece = self._dump.read()
        if self._first:
            # Space before the declaration is no XML, but is in files that were cut out of others.
            piece = piece.removeprefix(b"\xef\xbb\xbf").lstrip()
            self._first = False
        data = self._held + piece
        open_ = _OPEN_ENTITY.search(data, max(len(data) - 40, 0)) if piece else None
        cut = open_.start() if open_ else len(data)
        data, self._held = data[:cut], data[cut:]
        self.since += len(data)
        if self.since > LONGEST_RECORD:
            limit = LONGEST_RECORD >> 20
            raise DumpError(self._dump.name, 0, f"no record ends within {limit} MiB: not a dump")
        if not data and piece:
            return self.read()
        return _ENTITY.sub(_number, data) if b"&" in data else data


def _number(match: re.Match[bytes]) -> bytes:
    if match[1] in _OF_XML:
        return match[0]
    characters = html.entities.html5.get(f"{match[1].decode('ascii')};")
    if characters is None:
        return match[0]
    return "".join(f"&#{ord(char)};" for char in characters).encode("ascii")


def read_elements(dump: Dump, names: Collection[str]) -> Iterator[etree._Element | RecordError]:
    """Give each element of these local names when it is complete; it is emptied afterwards.

    Broken XML is one `RecordError`, and the end: what follows cannot be told apart.
    """
    source = _Numbered(dump)
    parsing = etree.iterparse(
        source,
        events=("end",),
        tag=[f"{{*}}{name}" for name in names],
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
        encoding="utf-8",
    )
    line = 0
    try:
        for _, element in parsing:
            line = element.sourceline or line
            yield element
            source.since = 0
            _drop(element, names)
    except etree.XMLSyntaxError as error:
        place = error.lineno or line
        reason = " ".join(str(error.msg or error).split())
        yield RecordError(dump.name, place, f"broken XML ({reason}): nothing from here on was read")


def _drop(element: etree._Element, names: Collection[str]) -> None:
    """Empty an element and drop the records before it, so that memory does not grow."""
    element.clear()
    parent = element.getparent()
    if parent is None:
        return
    while (before := element.getprevious()) is not None and local_name(before) in names:
        parent.remove(before)


def local_name(element: etree._Element) -> str:
    """Give the name without its namespace; empty for what is no element."""
    return etree.QName(element).localname if isinstance(element.tag, str) else ""


def children(element: etree._Element, *names: str) -> Iterator[etree._Element]:
    """Give the children of these local names, in order."""
    for child in element:
        if local_name(child) in names:
            yield child


def child(element: etree._Element | None, *path: str) -> etree._Element | None:
    """Follow a path of local names, always to the first such child; None where it ends."""
    for name in path:
        if element is None:
            return None
        element = next(children(element, name), None)
    return element


def inner_text(element: etree._Element | None) -> str:
    """Give all text inside an element, without the markup around its parts."""
    return "" if element is None else "".join(str(piece) for piece in element.itertext())


def text_at(element: etree._Element | None, *path: str) -> str:
    """Give the text of the element at a path; empty where there is none."""
    return inner_text(child(element, *path)).strip()
