"""The records of an XML dump, one element at a time, read by lxml without network and expansion.

What the XML formats share; no format of its own. See `indexer.formats.xml_formats.xml_stream` for
how a dump is read and `indexer.intake.xml_repair` for what is mended in it.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator

from lxml import etree

from indexer.formats.xml_formats.xml_stream import XmlItem, local_part, read_xml
from indexer.intake.dump import Dump

_SKIPPED = re.compile(rb"\s*(?:<\?.*?\?>|<!--.*?-->|<!DOCTYPE[^\[>]*(?:\[.*?\])?\s*>)", re.DOTALL)
_ROOT = re.compile(rb"\s*<([\w.-]+:)?([\w.-]+)")


def root_of(head: bytes) -> str:
    """Returns the local name of a document's first element; empty where the text is no XML."""
    text = head[:65536].removeprefix(b"\xef\xbb\xbf")
    at = 0
    while (match := _SKIPPED.match(text, at)) is not None:
        at = match.end()
    root = _ROOT.match(text, at)
    return root[2].decode("ascii", errors="replace") if root else ""


def read_elements(dump: Dump, names: Collection[str]) -> Iterator[XmlItem]:
    """Returns each element of these local names when it is complete; it is emptied afterwards.

    A fault costs the record that it is in; what was mended is said in `Notice`.
    """
    yield from read_xml(dump, names)


def local_name(element: etree._Element) -> str:
    """Returns the name without its namespace; empty for what is no element."""
    return local_part(element.tag) if isinstance(element.tag, str) else ""


def children(element: etree._Element, *names: str) -> Iterator[etree._Element]:
    """Yields the children of these local names, in order."""
    for child in element:
        if local_name(child) in names:
            yield child


def child(element: etree._Element | None, *path: str) -> etree._Element | None:
    """Follows a path of local names, always to the first such child; None where it ends."""
    for name in path:
        if element is None:
            return None
        element = next(children(element, name), None)
    return element


def inner_text(element: etree._Element | None) -> str:
    """Returns all text inside an element, without the markup around its parts."""
    return "" if element is None else "".join(str(piece) for piece in element.itertext())


def text_at(element: etree._Element | None, *path: str) -> str:
    """Returns the text of the element at a path; empty where there is none."""
    return inner_text(child(element, *path)).strip()
