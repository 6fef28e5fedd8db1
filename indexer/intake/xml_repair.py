"""Mends the XML faults that need no understanding of the document, before a parser sees it.

Control characters go, bare ampersands and less-than signs become text, named entities of HTML are
written as numbers so that no DTD is needed; entities that a document declares itself are never
expanded, for its DOCTYPE goes, too. CDATA sections, comments and processing instructions stay.
"""

from __future__ import annotations

import html.entities
import re
from collections import Counter
from typing import Final

CONTROLS: Final = bytes(code for code in range(32) if code not in (9, 10, 13))
_CONTROL, _AMPERSAND, _LESS = "control character", "bare ampersand", "bare less-than sign"
_REFERENCE = re.compile(rb"&(?:#([0-9]{1,7});|#[xX]([0-9A-Fa-f]{1,6});|([A-Za-z_][\w.-]{0,63});)?")
_BARE_LESS = re.compile(rb"<(?![A-Za-z_/!?\x80-\xff])|</(?![A-Za-z_\x80-\xff])")
_NO_CHARACTER = re.compile(b"\xef\xbf[\xbe\xbf]")
_OF_XML = frozenset((b"amp", b"lt", b"gt", b"quot", b"apos"))
_SUBSET_END = re.compile(rb"\]\s*>")
_SECTIONS = ((b"<![CDATA[", b"]]>"), (b"<!--", b"-->"), (b"<?", b"?>"), (b"<!DOCTYPE", b">"))
_SECTION = re.compile(rb"<!\[CDATA\[|<!--|<\?|<!DOCTYPE")


def repaired_xml(text: bytes, mended: Counter[str]) -> bytes:
    """Returns a piece of a document without faults of single characters; lines stay as many.

    Args:
        text: UTF-8, from the end of a tag to the end of another.
        mended: what was mended is counted here by its name.
    """
    plain = text.translate(None, CONTROLS)
    if len(plain) != len(text):
        mended[_CONTROL] += len(text) - len(plain)
        text = plain
    if b"\xef\xbf" in text:
        text, count = _NO_CHARACTER.subn(b"", text)
        mended[_CONTROL] += count
    if b"<!" not in text and b"<?" not in text:
        return _markup(text, mended)
    pieces: list[bytes] = []
    at = 0
    closed = dict(_SECTIONS)
    while (section := _SECTION.search(text, at)) is not None:
        start, opening = section.start(), section[0]
        pieces.append(_markup(text[at:start], mended))
        end = _end_of(text, opening, section.end(), closed)
        if end < 0:
            closed.pop(opening, None)
            pieces.append(b"&lt;" if opening != b"<!DOCTYPE" else b"")
            at = start + 1 if opening != b"<!DOCTYPE" else len(text)
        elif opening == b"<!DOCTYPE" or text.startswith(b"<?xml", start):
            pieces.append(b"\n" * text.count(b"\n", start, end))
            at = end
        else:
            pieces.append(text[start:end])
            at = end
    pieces.append(_markup(text[at:], mended))
    return b"".join(pieces)


def _end_of(text: bytes, opening: bytes, start: int, closed: dict[bytes, bytes]) -> int:
    """Returns the place after a section; -1 where it has no end (looked for once a piece)."""
    closing = closed.get(opening)
    if closing is None:
        return -1
    end = text.find(closing, start)
    if opening == b"<!DOCTYPE" and end >= 0 and b"[" in text[start:end]:
        subset = _SUBSET_END.search(text, start)
        return subset.end() if subset else -1
    return end + len(closing) if end >= 0 else -1


def _markup(text: bytes, mended: Counter[str]) -> bytes:
    if b"&" in text:
        text = _REFERENCE.sub(lambda match: _reference(match, mended), text)
    if b"<" in text and _BARE_LESS.search(text) is not None:
        text, count = _BARE_LESS.subn(lambda match: b"&lt;" + match[0][1:], text)
        mended[_LESS] += count
    return text


def _reference(match: re.Match[bytes], mended: Counter[str]) -> bytes:
    decimal, hexadecimal, name = match.groups()
    if name is not None:
        if name in _OF_XML:
            return match[0]
        characters = html.entities.html5.get(f"{name.decode('ascii', errors='replace')};")
        if characters is None:
            return b"&amp;" + match[0][1:]
        return "".join(f"&#{ord(char)};" for char in characters).encode("ascii")
    if decimal is None and hexadecimal is None:
        mended[_AMPERSAND] += 1
        return b"&amp;"
    code = int(decimal) if decimal is not None else int(hexadecimal, 16)
    allowed = code in (9, 10, 13) or 32 <= code < 0xD800 or 0xDFFF < code <= 0x10FFFF
    if allowed and code not in (0xFFFE, 0xFFFF):
        return match[0]
    mended[_CONTROL] += 1
    return b""
