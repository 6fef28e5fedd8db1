"""Harvest a repository by OAI-PMH into a dump (openarchives.org/OAI/openarchivesprotocol.html).

The records of all replies go, as they are, into one XML file that
`indexer.formats.xml_formats.oai_xml` reads. A state file beside it remembers how far the harvest
is: one that was cut off goes on, one that was finished asks only for what changed since.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from urllib.parse import urlencode, urlsplit

from lxml import etree

from indexer.errors import DumpError, OutputError
from indexer.harvest.harvest_dump import write_at as _write_at
from indexer.harvest.harvest_reply import MOST_TRIES, ask_patiently, fetched, parsed
from indexer.harvest.harvest_state import HarvestState, read_state, write_state
from indexer.system.protected import Protected, descriptor_of, refuse_protected

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
        contact: address of the person who harvests, for the repository's log.
    """

    url: str
    prefix: str = "oai_dc"
    set: str = ""
    since: str = ""
    pause: float = 3.0
    timeout: float = 30.0
    contact: str = ""


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


def harvest(  # noqa: PLR0913 - what it is told, and what it tells
    what: Harvest,
    path: str,
    *,
    progress: Callable[[int], None] | None = None,
    protected: Protected | None = None,
    notice: Callable[[str], None] | None = None,
    is_readable: Callable[[etree._Element], bool] | None = None,
) -> HarvestReport:
    """Brings the records of a repository into a dump, or the dump up to date.

    Args:
        what: the repository and what of it.
        path: the dump; ``<path>.state.json`` remembers how far it is.
        progress: called after each reply with the number of records so far.
        protected: what the dump and its state file must not be.
        notice: called with a sentence whenever the harvest has to wait and try again, and with
            one that says what of a faulty reply was mended.
        is_readable: says whether the metadata of a record can be read from the dump later.

    Raises:
        OutputError: when they may not be written.
        DumpError: when the address is none of the web, its metadata cannot be read, the repository
            does not answer or answers with an error or a list without end, or the files cannot be
            written. What was harvested is kept, and the next harvest goes on from there.
    """
    if urlsplit(what.url).scheme not in ("http", "https"):
        raise DumpError(what.url, 0, "is not the web address of a repository (https://…)")
    dump, state_file = Path(path), Path(f"{path}.state.json")
    for name in (path, f"{path}.state.json"):
        refuse_protected(name, protected or Protected())
    if descriptor_of(path) is not None or (dump.exists() and not dump.is_file()):
        raise OutputError(path, "is not a file that a harvest can resume; name one on a disk")
    state = _resume_or_begin(what, dump, state_file)
    went_on = bool(state.token)
    records = requests = 0
    try:
        for reply, tries in _replies(what, state, notice or (lambda _: None)):
            requests += tries
            elements = reply.findall(f"{_OAI}ListRecords/{_OAI}record")
            if not records and is_readable is not None:
                _refuse_unread(what, elements, is_readable)
            records += len(elements)
            state = _append_records(dump, state_file, state, reply, elements)
            if progress is not None:
                progress(records)
    except OSError as error:
        raise DumpError(str(dump), 0, f"cannot be written: {error.strerror}") from error
    return HarvestReport(records, requests, went_on, state.since)


def _refuse_unread(
    what: Harvest, elements: list[etree._Element], is_readable: Callable[[etree._Element], bool]
) -> None:
    inner = [node for record in elements for node in record.iterfind(f"{_OAI}metadata/*")]
    if inner and not any(map(is_readable, inner)):
        fault = f"metadata format {what.prefix} is not read; harvest oai_dc (--prefix oai_dc)"
        raise DumpError(what.url, 0, fault)


def _resume_or_begin(what: Harvest, dump: Path, state_file: Path) -> HarvestState:
    """Takes up the state of an earlier harvest of the same records, or begins a new one."""
    fresh = HarvestState(what.url, what.prefix, what.set, what.since)
    kept = read_state(state_file)
    size = _spared_size(dump)
    if not size:
        return fresh
    if kept is None:
        fault = (
            f"comes from a harvest whose state file {state_file.name} is gone, so it cannot go "
            "on; name another file"
        )
        raise DumpError(str(dump), 0, fault)
    if (kept.url, kept.prefix, kept.set) != (what.url, what.prefix, what.set):
        fault = f"belongs to a harvest of {kept.url} ({kept.prefix} {kept.set}); use another file"
        raise DumpError(str(state_file), 0, fault.replace(" )", ")"))
    if not _ends_at(dump, kept.size):
        fault = (
            f"is not as the harvest left it ({kept.size:,} bytes of records expected, the file "
            f"has {size:,}); name another file"
        )
        raise DumpError(str(dump), 0, fault)
    if kept.token:
        return kept
    # Repositories count whole days, so the last day asked is asked again.
    return replace(kept, since=what.since or kept.asked[:10])


def _spared_size(dump: Path) -> int:
    """Returns the size of a dump in bytes; refuses to write over a file that no harvest began."""
    try:
        with dump.open("rb") as file:
            head = file.read(len(_HEAD))
            size = os.fstat(file.fileno()).st_size
    except FileNotFoundError:
        return 0
    except OSError as error:
        raise DumpError(str(dump), 0, f"cannot be written: {error.strerror}") from error
    if head and head != _HEAD:
        raise DumpError(str(dump), 0, "already exists and comes from no harvest; name another")
    return size


def _ends_at(dump: Path, size: int) -> bool:
    """Whether a record of a dump, or its head, ends at this byte; 0 says that nothing counts."""
    if not size:
        return True
    with dump.open("rb") as file:
        file.seek(size - 1)
        return file.read(1) == b"\n"


def _replies(
    what: Harvest, state: HarvestState, notice: Callable[[str], None]
) -> Iterator[tuple[etree._Element, int]]:
    """Yields each reply and the number of tries it took, until the list is complete."""
    token = state.token
    since, latest = state.since, state.latest
    asked_for = {token} - {""}
    answered, more = False, True
    while more:
        if answered:
            time.sleep(what.pause)
        arguments = {"verb": "ListRecords"}
        if token:
            arguments["resumptionToken"] = token
        else:
            arguments["metadataPrefix"] = what.prefix
            arguments |= {"set": what.set} if what.set else {}
            arguments |= {"from": since} if since else {}
        separator = "&" if "?" in what.url else "?"
        address = f"{what.url}{separator}{urlencode(arguments)}"

        def ask(address: str = address) -> etree._Element:
            return parsed(fetched(address, what.timeout, contact=what.contact), what.url, notice)

        reply, tries = ask_patiently(
            ask, what.url, what.pause, notice, answered=answered, most=MOST_TRIES
        )
        answered = True
        error = reply.find(f"{_OAI}error")
        if error is not None and error.get("code") != "noRecordsMatch":
            said = f"{error.get('code')}: {(error.text or '').strip()}"
            if error.get("code") == "badResumptionToken" and latest > since:
                notice(f"{what.url} says {said}; going on from {latest[:10]}")
                since, token, asked_for = latest[:10], "", set()
                continue
            hint = "; remove the state file and the dump to begin anew" if token else ""
            raise DumpError(what.url, 0, f"the repository says {said}{hint}")
        latest = max(latest, _latest(reply))
        yield reply, tries
        token = _token(reply)
        more = bool(token)
        if token in asked_for:
            # The same token stands for the same part of the list (OAI-PMH 2.0, section 3.5.1).
            raise DumpError(
                what.url, 0, f"gives the resumption token {token[:80]!r} again: a list without end"
            )
        asked_for |= {token} - {""}


def _latest(reply: etree._Element) -> str:
    """Returns the last datestamp of a reply; repositories list records in that order."""
    stamps = reply.iterfind(f"{_OAI}ListRecords/{_OAI}record/{_OAI}header/{_OAI}datestamp")
    return max(((stamp.text or "").strip() for stamp in stamps), default="")


def _token(reply: etree._Element) -> str:
    return (reply.findtext(f"{_OAI}ListRecords/{_OAI}resumptionToken") or "").strip()


def _append_records(
    dump: Path,
    state_file: Path,
    state: HarvestState,
    reply: etree._Element,
    elements: list[etree._Element],
) -> HarvestState:
    """Adds records to the dump, then moves the state; a cut between the two is mended next time."""
    if not state.size:
        write_state(state_file, state)  # says that nothing in the dump counts yet
    written = [
        etree.tostring(record, with_tail=False, encoding="UTF-8", xml_declaration=False) + b"\n"
        for record in elements
    ]
    added = b"".join(written) if state.size else b"".join((_HEAD, *written))
    # Unbuffered: what a full disk refuses must not be written once more when the file is closed.
    with dump.open("r+b" if state.size else "wb", buffering=0) as file:
        try:
            _write_at(file, state.size, added + _TAIL)
        except BaseException:  # Ctrl-C, too
            with suppress(OSError):  # whole again, as it was before this reply
                _write_at(file, state.size, _TAIL if state.size else b"")
            raise
    asked = state.asked if state.token else reply.findtext(f"{_OAI}responseDate") or ""
    size = state.size + len(added)
    latest = max(state.latest if state.token else "", _latest(reply))
    moved = replace(state, token=_token(reply), size=size, asked=asked, latest=latest)
    write_state(state_file, moved)
    return moved
