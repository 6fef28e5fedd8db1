"""The record elements of an XML dump, one after another; a fault costs the record that it is in.

The dump is cut after the end tag of each record and fed to lxml piece by piece, within a root of
our own, so that documents written one after another are one. Where a piece is no XML, the record
is parsed once more by libxml2's recovery, and a new parser goes on after it, inside the same open
elements.
"""

from __future__ import annotations

import contextlib
import itertools
import re
from collections import Counter
from collections.abc import Collection, Iterator
from typing import Final
from xml.sax.saxutils import quoteattr

from lxml import etree

from indexer.errors import RecordError
from indexer.intake.dump import Dump
from indexer.intake.record import Notice, Unread
from indexer.intake.xml_repair import repaired_xml

LONGEST_RECORD: Final = 32 * 1024 * 1024
"""Most bytes from the end of one record to the end of the next."""
MOST_TAGS: Final = 500_000
"""Most tags and attributes in them: lxml takes 100 to 250 bytes for each."""
MOST_FAULTS: Final = 20_000
"""Most records of a dump that are parsed again."""
_LONGEST_CONTEXT: Final = 16 * 1024
_MOST_SIBLINGS: Final = 64
_MOST_NOTED: Final = 20
_LONGEST_END: Final = 256
_ROOT: Final = b"<quiver>"
_TAG = re.compile(rb"<(/?)([^\s<>/!?\"'=]+)((?:[^<>\"']|\"[^\"<]*\"|'[^'<]*')*)>")

XmlItem = etree._Element | RecordError | Notice  # noqa: SLF001 - its public type


def local_part(tag: str) -> str:
    """Returns the name of an element without its namespace, and without a prefix never declared.

    libxml2's recovery leaves such a prefix in the tag, and lxml's `QName` refuses it.

    Examples:
        >>> local_part("{http://purl.org/dc/terms/}title"), local_part("dc:title")
        ('title', 'title')
    """
    return tag.rpartition("}")[2].rpartition(":")[2]


def read_xml(dump: Dump, names: Collection[str]) -> Iterator[XmlItem]:
    """Returns each element of these local names when it is complete; it is emptied afterwards."""
    reader = _Reader(dump, names)
    yield from reader.read()


class _Reader:
    """One pass over a dump: the parser, its open elements, and the line it is in."""

    def __init__(self, dump: Dump, names: Collection[str]) -> None:
        joined = "|".join(re.escape(name) for name in names).encode("ascii")
        self.dump = dump
        self.names = frozenset(names)
        self.end = re.compile(rb"</(?:[\w.-]{1,80}:)?(?:%s)\s*>" % joined)
        self.start = re.compile(rb"<((?:[\w.-]{1,80}:)?(?:%s))(?=[\s/>])" % joined)
        self.mended: Counter[str] = Counter()
        self.line = 1
        self.faults = 0
        self.noted = 0
        self.last: etree._Element | None = None
        self.context = b""
        self._begin()

    def _begin(self) -> None:
        """Starts a parser inside the open elements."""
        self.restarted = bool(self.faults)
        self.last = None
        self.parser = etree.XMLPullParser(
            events=("end",),
            tag=[f"{{*}}{name}" for name in self.names],
            resolve_entities=False,
            no_network=True,
            load_dtd=False,
            huge_tree=False,
            remove_comments=True,
            remove_pis=True,
            encoding="utf-8",
        )
        try:
            self.parser.feed(_ROOT + self.context)
        except etree.XMLSyntaxError:  # the context itself is broken: nothing but the record counts
            self.context = b""
            self._begin()
            return
        for _ in self.parser.read_events():
            pass

    def read(self) -> Iterator[XmlItem]:
        """Returns the records, the faults, and last what was mended in all."""
        buffer = bytearray()
        searched = tags = 0
        skipping = False
        while piece := self.dump.read():
            buffer += piece
            tags += piece.count(b"<") + piece.count(b"=")
            while (end := self.end.search(buffer, searched)) is not None:
                segment = bytes(buffer[: end.end()])
                del buffer[: end.end()]
                searched = 0
                if not skipping:
                    yield from self._segment(segment)
                    if self.faults > MOST_FAULTS:
                        fault = f"broken XML in over {MOST_FAULTS} records: the rest was not read"
                        yield RecordError(self.dump.name, self.line, fault)
                        return
                self.line += segment.count(b"\n")
                skipping = False
                tags = 0
            searched = max(len(buffer) - _LONGEST_END, 0)
            if not tags:
                tags = buffer.count(b"<") + buffer.count(b"=")
            if len(buffer) > LONGEST_RECORD or tags > MOST_TAGS:
                if not skipping:
                    yield self._too_large()
                skipping = True
                self.line += buffer.count(b"\n", 0, searched)
                del buffer[:searched]
                searched = tags = 0
        if not skipping:
            yield from self._tail(bytes(buffer))
        yield from self._mended()

    def _too_large(self) -> RecordError:
        self.faults += 1
        self.context = self._open_elements()
        self._begin()
        limits = f"{LONGEST_RECORD >> 20} MiB or {MOST_TAGS:,} tags and attributes"
        return RecordError(self.dump.name, self.line, f"a record of over {limits}: not read")

    def _segment(self, segment: bytes) -> Iterator[XmlItem]:
        """Parses what ends in the end of a record."""
        if segment.count(b"<") + segment.count(b"=") > MOST_TAGS:
            yield self._too_large()
            return
        text = repaired_xml(segment, self.mended)
        try:
            self.parser.feed(text)
            elements = [element for _, element in self.parser.read_events()]
        except etree.XMLSyntaxError as error:
            yield from self._again(text, " ".join(str(error.msg or error).split()))
            return
        for element in elements:
            outer = next(
                (parent for parent in element.iterancestors() if self._is_record(parent)), None
            )
            if outer is not None and outer.tag == element.tag:
                yield from self._again(text, "an end tag is missing")
                return
            if outer is None:
                if self.restarted:
                    element.sourceline = min(self._line_of(text), 65535)  # type: ignore[misc]
                yield element
                self.last = element
                _drop(element, self.names)

    def _is_record(self, element: etree._Element) -> bool:
        return isinstance(element.tag, str) and local_part(element.tag) in self.names

    def _line_of(self, text: bytes) -> int:
        start = self.start.search(text)
        return self.line + (text.count(b"\n", 0, start.start()) if start else 0)

    def _again(self, text: bytes, reason: str) -> Iterator[XmlItem]:
        """Parses the record of a faulty piece by itself, and goes on after it."""
        self.faults += 1
        closing = self.end.findall(text)[-1][2:].split(b">")[0].strip()
        starts = [match.start() for match in self.start.finditer(text) if match[1] == closing]
        first, last = (starts[0], starts[-1]) if starts else (0, 0)
        context = self._open_elements()
        path = _path_after(_ROOT + context, text[:first])
        for start, end in itertools.pairwise(starts):
            raw = text[start:end].decode(errors="replace")
            line = self.line + text.count(b"\n", 0, start)
            yield Unread(self.dump.name, line, f"broken XML ({reason})", raw)
        line = self.line + text.count(b"\n", 0, last)
        between = text[:first].strip()
        small = len(context) + len(between) < _LONGEST_CONTEXT and _is_open(context + between)
        self.context = context + between if small else b"".join(path)
        record = text[last:]
        element = self._recovered(record, recover=False)
        if element is None and starts:
            element = self._recovered(record, recover=True)
            if element is not None and len(element):
                self.noted += 1
                if self.noted <= _MOST_NOTED:
                    note = f"broken XML ({reason}); the record was mended, parts may be missing"
                    yield Notice(self.dump.name, line, note)
            else:
                element = None
        if element is None:
            raw = record.decode(errors="replace")
            yield Unread(self.dump.name, line, f"broken XML ({reason})", raw)
        else:
            element.sourceline = min(line, 65535)  # type: ignore[misc]
            yield element
        self._begin()

    def _recovered(self, record: bytes, *, recover: bool) -> etree._Element | None:
        """Returns the record element of a text, inside the open elements; None if there is none."""
        parser = etree.XMLParser(
            recover=recover,
            resolve_entities=False,
            no_network=True,
            load_dtd=False,
            remove_comments=True,
            remove_pis=True,
            encoding="utf-8",
        )
        path = _path_after(_ROOT + self.context, b"")
        ends = b"".join(b"</%s>" % _name(tag) for tag in reversed((_ROOT, *path)))
        try:
            root = etree.fromstring(_ROOT + self.context + record + ends, parser)
        except etree.XMLSyntaxError:
            return None
        elements = list(root.iter(*(f"{{*}}{name}" for name in self.names)))
        return elements[0] if elements else None

    def _open_elements(self) -> bytes:
        """Writes the start tags of what is open around the last record, with what they hold."""
        if self.last is None:
            return self.context
        around = list(self.last.iterancestors())[-2::-1]
        whole = _tags_of(around, self.names, whole=True)
        return whole if len(whole) < _LONGEST_CONTEXT else _tags_of(around, self.names, whole=False)

    def _tail(self, text: bytes) -> Iterator[XmlItem]:
        """Looks at what follows the last record: a record that is cut short is a fault."""
        repaired = repaired_xml(text, self.mended)
        if self.start.search(repaired) is None:
            if self.last is None and not self.faults and b"<" not in text:
                yield RecordError(self.dump.name, 0, "broken XML: there is no element")
            return
        with contextlib.suppress(etree.XMLSyntaxError):
            self.parser.feed(repaired)
        for _, element in self.parser.read_events():
            if element.sourceline is not None:
                yield element
                repaired = b""
        if start := self.start.search(repaired):
            line = self.line + repaired.count(b"\n", 0, start.start())
            raw = repaired[start.start() :].decode(errors="replace")
            yield Unread(self.dump.name, line, "broken XML: the file is cut short", raw)

    def _mended(self) -> Iterator[Notice]:
        if self.noted > _MOST_NOTED:
            yield Notice(
                self.dump.name, 0, f"{self.noted} records of broken XML were mended in all"
            )
        if self.mended:
            counts = ", ".join(
                f"{count} {name}{'' if count == 1 else 's'}"
                for name, count in sorted(self.mended.items())
                if count
            )
            if counts:
                yield Notice(self.dump.name, 0, f"broken XML was mended: {counts}")


def _drop(element: etree._Element, names: Collection[str]) -> None:
    """Empties an element and drops the records before it, so that memory does not grow."""
    element.clear()
    parent = element.getparent()
    if parent is None:
        return
    before = element.getprevious()
    while before is not None and isinstance(before.tag, str):
        if local_part(before.tag) not in names:
            break
        parent.remove(before)
        before = element.getprevious()
    while len(parent) > _MOST_SIBLINGS:
        parent.remove(parent[_MOST_SIBLINGS // 2])


def _tags_of(around: list[etree._Element], names: Collection[str], *, whole: bool) -> bytes:
    pieces: list[bytes] = []
    for element, inner in zip(around, [*around[1:], None], strict=False):  # there may be none
        pieces.append(_start_tag(element))
        for child in element if whole else ():
            if child is inner:
                break
            if isinstance(child.tag, str) and local_part(child.tag) not in names:
                pieces.append(etree.tostring(child, with_tail=False, encoding="utf-8"))
    return b"".join(pieces)


def _start_tag(element: etree._Element) -> bytes:
    """Writes a start tag with all its namespaces and attributes."""
    spaces = "".join(
        f" xmlns{':' + prefix if prefix else ''}={quoteattr(uri)}"
        for prefix, uri in element.nsmap.items()
        if prefix != "xml"
    )
    prefixes = {uri: prefix for prefix, uri in element.nsmap.items() if prefix}
    attributes = ""
    for key, value in element.attrib.items():
        namespace, _, name = str(key).rpartition("}")
        prefix = prefixes.get(namespace[1:], "")
        shown = f"{prefix}:{name}" if prefix else name
        attributes += f" {shown}={quoteattr(str(value))}"
    prefix = f"{element.prefix}:" if element.prefix else ""
    _, _, name = str(element.tag).rpartition("}")
    return f"<{prefix}{name}{spaces}{attributes}>".encode()


def _name(tag: bytes) -> bytes:
    match = _TAG.match(tag)
    return match[2] if match else b""


def _path_after(context: bytes, text: bytes) -> list[bytes]:
    """Returns the start tags that are open after a text, but for our root."""
    path: list[bytes] = []
    for piece in (context, text):
        for match in _TAG.finditer(piece):
            if match[1]:
                if path and _name(path[-1]) == match[2]:
                    path.pop()
            elif not match[3].endswith(b"/"):
                path.append(match[0])
    return path[1:]


def _is_open(text: bytes) -> bool:
    """Says whether a text is whole but for elements that are still open."""
    parser = etree.XMLPullParser(events=(), resolve_entities=False, encoding="utf-8")
    try:
        parser.feed(_ROOT + text)
    except etree.XMLSyntaxError:
        return False
    return True
