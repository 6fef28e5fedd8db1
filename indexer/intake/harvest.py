"""Harvest a repository by OAI-PMH into a dump (openarchives.org/OAI/openarchivesprotocol.html).

The records of all replies go, as they are, into one XML file that `indexer.formats.oai_xml` reads.
A state file beside it remembers how far the harvest is: one that was cut off goes on, one that was
finished asks only for what changed since.
"""

from __future__ import annotations

import json
import os
import re
import time
import urllib.error
import urllib.request
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Final
from urllib.parse import urlencode, urlsplit

from lxml import etree

from indexer.errors import DumpError
from indexer.intake.encoding import declared_encoding, known_codec
from indexer.intake.xml_repair import repaired_xml

LARGEST_REPLY: Final = 64 * 1024 * 1024
"""Most bytes of one reply."""
MOST_TRIES: Final = 5
LONGEST_WAIT: Final = 600.0
"""Most seconds that a repository may make us wait at a time (``Retry-After``)."""
_AGENT = "quiver/0.1 (OAI-PMH harvester)"
_OAI = "{http://www.openarchives.org/OAI/2.0/}"
_HEAD = b'<?xml version="1.0" encoding="UTF-8"?>\n<records xmlns="http://www.openarchives.org/OAI/2.0/">\n'
_TAIL = b"</records>\n"


@dataclass(frozen=True, slots=True)
class Harvest:
    """What to harvest.

    Attributes:
        url: base address of the repository.
        prefix: metadata format: "oai_dc", which all have, or "arXiv".
        set: only this set ("physics:hep-ex"); empty for all.
        since: only records changed on this day or after ("2023-01-25"); empty for all.
        pause: seconds between requests; repositories ask for some.
        timeout: seconds to wait for a reply.
    """

    url: str
    prefix: str = "oai_dc"
    set: str = ""
    since: str = ""
    pause: float = 3.0
    timeout: float = 60.0


@dataclass(frozen=True, slots=True)
class HarvestReport:
    """What a harvest brought.

    Attributes:
        records: added to the dump by this harvest, deleted ones included.
        requests: asked, repeated ones included.
        went_on: it went on where an earlier one was cut off.
        since: the day it asked from; empty when it asked for all.
    """

    records: int
    requests: int
    went_on: bool
    since: str


@dataclass(frozen=True, slots=True)
class _State:
    """How far the harvest of a dump is; kept beside it as JSON."""

    url: str
    prefix: str
    set: str
    since: str = ""
    token: str = ""
    size: int = 0
    asked: str = ""


def harvest(
    what: Harvest, path: str, *, progress: Callable[[int], None] | None = None
) -> HarvestReport:
    """Bring the records of a repository into a dump, or the dump up to date.

    Args:
        what: the repository and what of it.
        path: the dump; ``<path>.state.json`` remembers how far it is.
        progress: called after each reply with the number of records so far.

    Raises:
        DumpError: when the address is none of the web, the repository does not answer or answers
            with an error, or the files cannot be written. What was harvested is kept, and the
            next harvest goes on from there.
    """
    if urlsplit(what.url).scheme not in ("http", "https"):
        raise DumpError(what.url, 0, "no web address; OAI-PMH repositories have one (https://…)")
    dump, state_file = Path(path), Path(f"{path}.state.json")
    state = _begun(what, dump, state_file)
    went_on = bool(state.token)
    records = requests = 0
    try:
        for reply, tries in _replies(what, state):
            requests += tries
            found = reply.findall(f"{_OAI}ListRecords/{_OAI}record")
            records += len(found)
            state = _written(dump, state_file, state, reply, found)
            if progress is not None:
                progress(records)
    except OSError as error:
        raise DumpError(str(dump), 0, f"cannot be written: {error.strerror}") from error
    return HarvestReport(records, requests, went_on, state.since)


def _begun(what: Harvest, dump: Path, state_file: Path) -> _State:
    """Take up the state of an earlier harvest of the same records, or begin a new one."""
    fresh = _State(what.url, what.prefix, what.set, what.since)
    if not state_file.exists() or not dump.exists():
        _spare(dump)
        return fresh
    try:
        kept = _State(**json.loads(state_file.read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError) as error:
        fault = f"is no state of a harvest ({error}); remove it to begin anew"
        raise DumpError(str(state_file), 0, fault) from error
    if (kept.url, kept.prefix, kept.set) != (what.url, what.prefix, what.set):
        fault = f"belongs to a harvest of {kept.url} ({kept.prefix} {kept.set}); use another file"
        raise DumpError(str(state_file), 0, fault.replace(" )", ")"))
    if kept.token:
        return kept
    # Repositories count whole days, so the last day asked is asked again.
    return replace(kept, since=what.since or kept.asked[:10])


def _spare(dump: Path) -> None:
    """Refuse to write over a file that no harvest began."""
    try:
        with dump.open("rb") as file:
            head = file.read(len(_HEAD))
    except FileNotFoundError:
        return
    except OSError as error:
        raise DumpError(str(dump), 0, f"cannot be written: {error.strerror}") from error
    if head and head != _HEAD:
        raise DumpError(str(dump), 0, "is there already and comes from no harvest; name another")


def _replies(what: Harvest, state: _State) -> Iterator[tuple[etree._Element, int]]:
    """Give each reply and the number of tries it took, until the list is complete."""
    token = state.token
    first = True
    while first or token:
        if not first:
            time.sleep(what.pause)
        first = False
        arguments = {"verb": "ListRecords"}
        if token:
            arguments["resumptionToken"] = token
        else:
            arguments["metadataPrefix"] = what.prefix
            arguments |= {"set": what.set} if what.set else {}
            arguments |= {"from": state.since} if state.since else {}
        separator = "&" if "?" in what.url else "?"
        reply, tries = _asked(f"{what.url}{separator}{urlencode(arguments)}", what)
        error = reply.find(f"{_OAI}error")
        if error is not None and error.get("code") != "noRecordsMatch":
            said = f"{error.get('code')}: {(error.text or '').strip()}"
            hint = "; remove the state file to begin anew" if token else ""
            raise DumpError(what.url, 0, f"the repository says {said}{hint}")
        yield reply, tries
        token = _token(reply)


def _token(reply: etree._Element) -> str:
    return (reply.findtext(f"{_OAI}ListRecords/{_OAI}resumptionToken") or "").strip()


def _asked(address: str, what: Harvest) -> tuple[etree._Element, int]:
    """Ask once, and again after a while when the repository is busy or the line fails."""
    for tried in range(1, MOST_TRIES + 1):
        try:
            return _parsed(_fetched(address, what.timeout), what.url), tried
        except urllib.error.HTTPError as error:
            if error.code not in (429, 500, 502, 503, 504) or tried == MOST_TRIES:
                raise DumpError(what.url, 0, f"answers {error.code} {error.reason}") from error
            wait = _seconds(error.headers.get("Retry-After"), what.pause * 2**tried)
        except (urllib.error.URLError, TimeoutError, ConnectionError) as error:
            if tried == MOST_TRIES:
                raise DumpError(what.url, 0, f"does not answer: {error}") from error
            wait = what.pause * 2**tried
        time.sleep(min(wait, LONGEST_WAIT))
    raise AssertionError("the last try either returns or raises")


def _fetched(address: str, timeout: float) -> bytes:
    # The scheme was checked: only http and https come this far.
    request = urllib.request.Request(address, headers={"User-Agent": _AGENT})  # noqa: S310
    with urllib.request.urlopen(request, timeout=timeout) as reply:  # noqa: S310
        data: bytes = reply.read(LARGEST_REPLY + 1)
    if len(data) > LARGEST_REPLY:
        raise DumpError(address, 0, f"a reply of over {LARGEST_REPLY >> 20} MiB")
    return data


def _seconds(text: str | None, otherwise: float) -> float:
    return float(text) if text and re.fullmatch(r"\d{1,5}", text.strip()) else otherwise


def _parsed(data: bytes, url: str) -> etree._Element:
    if not data.strip():
        raise DumpError(url, 0, "a reply that is empty")
    mended: Counter[str] = Counter()
    declared = known_codec(declared_encoding(data) or "utf-8") or "utf-8"
    text = data.decode(declared, errors="replace").removeprefix("\ufeff").lstrip()
    repaired = repaired_xml(text.encode(errors="replace"), mended)
    reply = _parsed_text(repaired, recover=False)
    if reply is None and b"OAI-PMH" in repaired[:4096]:
        # One bad record must not stop the harvest: libxml2 drops what it cannot read.
        reply = _parsed_text(repaired, recover=True)
    if reply is None:
        raise DumpError(url, 0, "a reply that is no XML")
    if etree.QName(reply).localname != "OAI-PMH":
        raise DumpError(url, 0, "no OAI-PMH repository answers at this address")
    return reply


def _parsed_text(text: bytes, *, recover: bool) -> etree._Element | None:
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, encoding="utf-8", recover=recover
    )
    try:
        return etree.fromstring(text, parser)
    except etree.XMLSyntaxError:
        return None


def _written(
    dump: Path,
    state_file: Path,
    state: _State,
    reply: etree._Element,
    found: list[etree._Element],
) -> _State:
    """Add records to the dump, then move the state; a cut between the two is mended next time."""
    mode = "r+b" if state.size else "wb"
    with dump.open(mode) as file:
        if state.size:
            file.truncate(state.size)
            file.seek(state.size)
        else:
            file.write(_HEAD)
        for record in found:
            file.write(
                etree.tostring(record, with_tail=False, encoding="UTF-8", xml_declaration=False)
            )
            file.write(b"\n")
        size = file.tell()
        file.write(_TAIL)
        file.flush()
        os.fsync(file.fileno())
    asked = state.asked if state.token else reply.findtext(f"{_OAI}responseDate") or ""
    moved = replace(state, token=_token(reply), size=size, asked=asked)
    beside = state_file.with_name(f"{state_file.name}.new")
    with beside.open("w", encoding="utf-8") as file_:
        json.dump(asdict(moved), file_)
        file_.flush()
        os.fsync(file_.fileno())
    beside.replace(state_file)
    return moved
