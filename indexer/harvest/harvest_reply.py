"""One reply of a repository: fetched within limits, and read although a record of it is faulty."""

from __future__ import annotations

import http.client
import re
import time
import urllib.error
import urllib.request
import zlib
from collections import Counter
from collections.abc import Callable, Mapping
from email.utils import parsedate_to_datetime
from typing import Final, TypeVar

from lxml import etree

from indexer import __version__
from indexer.errors import DumpError
from indexer.intake.encoding import declared_encoding, known_codec
from indexer.intake.xml_repair import repaired_xml

LARGEST_REPLY: Final = 64 * 1024 * 1024
"""Most bytes of one reply, unpacked."""
MOST_TRIES: Final = 5
FIRST_TRIES: Final = 2
"""Tries at an address that has not answered yet: it is probably wrong, and somebody waits."""
FIRST_WAIT: Final = 3.0
"""Most seconds between these."""
LONGEST_WAIT: Final = 600.0
"""Most seconds that a source may make us wait at a time (``Retry-After``)."""
_T = TypeVar("_T")
_ZLIB_OR_GZIP: Final = zlib.MAX_WBITS | 32
_END = re.compile(rb"</(?:[\w.-]{1,80}:)?OAI-PMH\s*>\s*\Z")


class BrokenReply(Exception):  # noqa: N818 - what it is
    """A reply that arrived cut short or as something else; asking again may bring a whole one.

    Attributes:
        is_final: the first reply of an address need not be asked for again.
    """

    def __init__(self, what: str, *, is_final: bool = False) -> None:
        """Keeps what arrived, in words."""
        super().__init__(what)
        self.is_final = is_final


def ask_patiently(  # noqa: PLR0913 - whom, how often, and what it tells
    ask: Callable[[], _T],
    source: str,
    pause: float,
    notice: Callable[[str], None],
    *,
    answered: bool,
    most: int = MOST_TRIES,
) -> tuple[_T, int]:
    """Asks once, and again after a while when the source is busy or the line fails.

    Args:
        ask: asks and reads the reply.
        source: whom, for errors.
        pause: seconds between two requests; doubled with each try.
        notice: called with a sentence before each wait.
        answered: the source has answered before; else the address may be wrong.
        most: tries.

    Returns:
        what `ask` returned, and the number of tries.

    Raises:
        DumpError: when the source refuses, or the last try fails.
    """
    for tried in range(1, most + 1):
        try:
            return ask(), tried
        except urllib.error.HTTPError as error:
            error.close()
            if error.code not in (429, 500, 502, 503, 504) or tried == most:
                raise DumpError(source, 0, f"answers {error.code} {error.reason}") from error
            wait = seconds_to_wait(error.headers.get("Retry-After"), pause * 2**tried)
            why = f"answers {error.code} {error.reason}"
        except (urllib.error.URLError, TimeoutError, ConnectionError, BrokenReply) as error:
            why = f"does not answer ({getattr(error, 'reason', error)})"
            if isinstance(error, BrokenReply):
                why = f"answers with {error}"
                if error.is_final and not answered:
                    raise DumpError(source, 0, str(error)) from error
            if tried == (most if answered else FIRST_TRIES):
                hint = "is the address right?" if not answered else "the same command resumes later"
                raise DumpError(source, 0, f"{why}; {hint}") from error
            wait = pause * 2**tried if answered else min(pause, FIRST_WAIT)
        wait = min(wait, LONGEST_WAIT)
        notice(f"{source} {why}; trying again in {wait:.0f} s")
        time.sleep(wait)
    raise AssertionError("the last try either returns or raises")


def fetched(
    address: str, timeout: float, headers: Mapping[str, str] | None = None, *, contact: str = ""
) -> bytes:
    """Returns the bytes of a reply, unpacked where it is packed, asked or not.

    Args:
        address: of the page.
        timeout: seconds.
        headers: beside those that every request has; not sent on where the reply redirects.
        contact: address of the person who asks, for the ``User-Agent``.

    Raises:
        BrokenReply: when the line is cut before the end of the reply.
        DumpError: when the reply is larger than `LARGEST_REPLY`.
    """
    # The scheme was checked: only http and https come this far.
    person = f"; {'mailto:' if '@' in contact else ''}{contact}" if contact else ""
    agent = {"User-Agent": f"quiver/{__version__} (harvester{person})"}
    request = urllib.request.Request(address, headers=agent)  # noqa: S310
    for name, value in (headers or {}).items():  # a key: not for the host of a redirect
        request.add_unredirected_header(name, value)
    try:
        with urllib.request.urlopen(request, timeout=timeout) as reply:  # noqa: S310
            data: bytes = reply.read(LARGEST_REPLY + 1)
            length = reply.headers.get("Content-Length") or ""
    except http.client.HTTPException as error:
        raise BrokenReply("a reply that is cut short") from error
    if length.isdecimal() and len(data) < min(int(length), LARGEST_REPLY + 1):
        raise BrokenReply("a reply that is cut short")
    if data.startswith(b"\x1f\x8b") or reply.headers.get("Content-Encoding") == "deflate":
        data = _unpacked(data)
    if len(data) > LARGEST_REPLY:
        # Without the arguments, which may hold a key.
        raise DumpError(address.partition("?")[0], 0, f"a reply of over {LARGEST_REPLY >> 20} MiB")
    return data


def _unpacked(data: bytes) -> bytes:
    unpacker = zlib.decompressobj(_ZLIB_OR_GZIP)
    try:
        unpacked = unpacker.decompress(data, LARGEST_REPLY + 1)
    except zlib.error as error:
        raise BrokenReply("a reply that cannot be unpacked") from error
    if not unpacker.eof and len(unpacked) <= LARGEST_REPLY:
        raise BrokenReply("a reply that is cut short")
    return unpacked


def seconds_to_wait(retry_after: str | None, otherwise: float) -> float:
    """Returns the seconds that ``Retry-After`` asks for, as a number or as a date (RFC 9110)."""
    text = (retry_after or "").strip()
    if re.fullmatch(r"\d{1,5}", text):
        return float(text)
    try:
        moment = parsedate_to_datetime(text).timestamp()
    except (TypeError, ValueError, OverflowError):
        return otherwise
    return max(moment - time.time(), 0.0)


def parsed(data: bytes, url: str, notice: Callable[[str], None]) -> etree._Element:
    """Returns the element ``OAI-PMH`` of a reply; a faulty record of it is mended or dropped.

    Args:
        data: the reply.
        url: address of the repository, for errors.
        notice: called with a sentence that says what was mended.

    Raises:
        BrokenReply: when the reply is empty, cut short, or no XML.
        DumpError: when it is XML of another kind.
    """
    if not data.strip():
        raise BrokenReply("a reply that is empty", is_final=True)
    mended: Counter[str] = Counter()
    declared = known_codec(declared_encoding(data) or "utf-8") or "utf-8"
    text = data.decode(declared, errors="replace")
    lost = text.count("\ufffd") - data.count(b"\xef\xbf\xbd")
    if lost > 0:
        mended["undecodable character"] += lost
    repaired = repaired_xml(text.removeprefix("\ufeff").lstrip().encode(errors="replace"), mended)
    reply = _parsed_text(repaired, recover=False)
    if reply is None and b"OAI-PMH" in repaired[:4096]:
        if _END.search(repaired) is None:
            raise BrokenReply("a reply that is cut short")
        # One bad record must not stop the harvest: libxml2 drops what it cannot read.
        reply = _parsed_text(repaired, recover=True)
        mended["broken tag"] += 1
    if reply is None:
        raise BrokenReply("a reply that is not XML", is_final=True)
    if str(reply.tag).rpartition("}")[2] != "OAI-PMH":
        raise DumpError(url, 0, "no OAI-PMH repository answers at this address")
    if mended.total():
        counts = ", ".join(
            f"{count} {name}{'' if count == 1 else 's'}"
            for name, count in sorted(mended.items())
            if count
        )
        notice(f"{url} gave a faulty reply, which was mended: {counts}")
    return reply


def _parsed_text(text: bytes, *, recover: bool) -> etree._Element | None:
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, encoding="utf-8", recover=recover
    )
    try:
        return etree.fromstring(text, parser)
    except etree.XMLSyntaxError:
        return None
