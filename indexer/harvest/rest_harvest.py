"""Harvest a public REST interface into a dump, as `indexer.harvest.oai_harvest` does with OAI-PMH.

The state file beside the dump remembers how far the list is: one that was cut off goes on, one
that was finished asks for what changed since. A record that the dump has already is not written
again, so a list that had to be begun anew adds only what is new.
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Final
from urllib.error import HTTPError
from urllib.parse import urlsplit

from lxml import etree

from indexer.errors import DumpError, OutputError
from indexer.harvest.harvest_dump import append
from indexer.harvest.harvest_reply import BrokenReply, ask_patiently, fetched
from indexer.harvest.harvest_state import HarvestState, read_state, write_state
from indexer.harvest.rest_sources import RefusedQuery, RestPage, RestQuery, RestSource
from indexer.system.protected import Protected, descriptor_of, refuse_protected

REST: Final = "rest"
"""What the state of such a harvest has as its metadata format."""
_FORGOTTEN: Final = (400, 404, 410)
"""How a source answers to a token that it no longer knows."""


@dataclass(frozen=True, slots=True)
class RestReport:
    """What a harvest brought.

    Attributes:
        records: added to the dump.
        known: given by the source and in the dump already.
        requests: pages asked for.
        went_on: it went on where an earlier one was cut off.
        since: the day from which changes were asked for; empty when all was.
    """

    records: int
    known: int
    requests: int
    went_on: bool
    since: str


def harvest_rest(  # noqa: PLR0913 - what it is told, and what it tells
    source: RestSource,
    query: RestQuery,
    path: str,
    *,
    base: str = "",
    pause: float | None = None,
    timeout: float = 30.0,
    progress: Callable[[int], None] | None = None,
    protected: Protected | None = None,
    notice: Callable[[str], None] | None = None,
) -> RestReport:
    """Brings what a query finds into a dump, or the dump up to date.

    Args:
        source: whom to ask.
        query: what for.
        path: the dump; ``<path>.state.json`` remembers how far it is.
        base: address to ask instead of the source's own, such as a mirror's.
        pause: seconds between requests; None = as the source wants it.
        timeout: seconds to wait for a reply.
        progress: called after each reply with the number of records so far.
        protected: what the dump and its state file must not be.
        notice: called with a sentence whenever the harvest has to wait or to begin again.

    Raises:
        OutputError: when the files may not be written.
        DumpError: when the query is refused, the source does not answer or gives a list without
            end, the file is that of another harvest, or it cannot be written. What was harvested
            is kept, and the next harvest goes on from there.
    """
    base = base or source.address
    if urlsplit(base).scheme not in ("http", "https"):
        raise DumpError(base, 0, "is not a web address (https://…)")
    if query.filter and not source.has_filter:
        raise DumpError(source.label, 0, "has no filters; write the condition into the query")
    dump, state_file = Path(path), Path(f"{path}.state.json")
    for name in (path, f"{path}.state.json"):
        refuse_protected(name, protected or Protected())
    if descriptor_of(path) is not None or (dump.exists() and not dump.is_file()):
        raise OutputError(path, "is not a file that a harvest can resume; name one on a disk")
    tell = notice or (lambda _: None)
    state = _resume_or_begin(source, query, dump, state_file)
    went_on = bool(state.token)
    query = replace(query, since=state.since, token=state.token)
    seen = _digests(dump, state.size)
    asking = _Asking(source, base, source.pause if pause is None else pause, timeout, tell)
    records = known = 0
    tokens = {state.token}
    more, begun_again = True, False
    while more:
        try:
            page = asking.page(query)
        except _ChangesWithheld:
            tell(f"{source.label} tells changes to subscribers only; reading the whole list")
            state, query = replace(state, since=""), replace(query, since="")
            continue
        except _Forgotten as error:
            if begun_again:  # else a source that refuses every second page is asked for ever
                raise DumpError(source.label, 0, "does not give its list to the end") from error
            begun_again = True
            tell(f"{source.label} no longer knows where the list stopped; starting it again")
            query, tokens = replace(query, token=""), set()
            continue
        fresh = _unseen(page.records, seen)
        records += len(fresh)
        known += len(page.records) - len(fresh)
        began = state.asked if query.token else asking.began
        state = replace(state, token=page.token, asked=began)
        state = _append_records(dump, state_file, state, source, fresh)
        if progress is not None:
            progress(records)
        if page.token and page.token in tokens:
            raise DumpError(source.label, 0, "returned the same page again: a list without end")
        tokens.add(page.token)
        query = replace(query, token=page.token)
        more = bool(page.token)
    return RestReport(records, known, asking.requests, went_on, state.since)


def _unseen(records: tuple[bytes, ...], seen: set[bytes]) -> list[bytes]:
    """Returns the records whose digests are not among these; adds theirs to them."""
    fresh = []
    for record in records:
        digest = _digest(record)
        if digest not in seen:
            seen.add(digest)
            fresh.append(record)
    return fresh


def _append_records(
    dump: Path, state_file: Path, state: HarvestState, source: RestSource, records: list[bytes]
) -> HarvestState:
    """Adds records to the dump, then moves the state; a cut between the two is mended next time."""
    added = b"".join(record + b"\n" for record in records)
    try:
        if not state.size:
            write_state(state_file, replace(state, token=""))  # nothing in the dump counts yet
        size = append(dump, state.size, added, source.head, source.tail)
        moved = replace(state, size=size)
        write_state(state_file, moved)
    except OSError as error:
        raise DumpError(str(dump), 0, f"cannot be written: {error.strerror}") from error
    return moved


class _Forgotten(Exception):  # noqa: N818 - what happened
    """The source no longer knows the token."""


class _ChangesWithheld(Exception):  # noqa: N818 - what happened
    """The source does not tell this key what changed since a day."""


class _Asking:
    """Asks one source for pages, with its pause between them."""

    def __init__(
        self,
        source: RestSource,
        base: str,
        pause: float,
        timeout: float,
        notice: Callable[[str], None],
    ) -> None:
        self.source = source
        self.base = base
        self.pause = pause
        self.timeout = timeout
        self.notice = notice
        self.requests = 0
        self.began = datetime.now(UTC).date().isoformat()

    def page(self, query: RestQuery) -> RestPage:
        """Returns one page; waits and asks again where the source is busy."""
        if self.requests:
            time.sleep(self.pause)
        source = self.source
        try:
            address = source.url(self.base, query)
        except ValueError as error:  # a token that is none of the source's
            raise _Forgotten from error
        headers = {source.key_header: query.key} if source.key_header and query.key else {}

        def ask() -> RestPage:
            try:
                data = fetched(address, self.timeout, headers, contact=query.contact)
            except HTTPError as error:
                if query.since and source.withheld and source.withheld in _body_of(error):
                    raise _ChangesWithheld from error
                raise
            try:
                return source.read(data, query)
            except (TypeError, ValueError, etree.LxmlError) as error:
                raise BrokenReply("a reply of another form") from error

        try:
            page, tries = ask_patiently(
                ask, source.label, self.pause, self.notice, answered=self.requests > 0
            )
        except RefusedQuery as error:
            raise DumpError(source.label, 0, f"the query {error}") from error
        except DumpError as error:
            cause = error.__cause__
            if isinstance(cause, HTTPError) and cause.code in _FORGOTTEN and query.token:
                raise _Forgotten from error
            if isinstance(cause, HTTPError) and cause.code in (401, 403):
                raise DumpError(
                    source.label, 0, f"answers {cause.code} {cause.reason}: is the key right?"
                ) from error
            raise
        self.requests += tries
        return page


def _body_of(error: HTTPError) -> str:
    """Returns the beginning of what a source says beside an error."""
    try:
        return error.read(10_000).decode(errors="replace")
    except OSError:
        return ""


def _resume_or_begin(
    source: RestSource, query: RestQuery, dump: Path, state_file: Path
) -> HarvestState:
    """Takes up the state of an earlier harvest of the same query, or begins a new one."""
    asked_for = " ".join(filter(None, (query.query, query.filter)))
    since = query.since if source.tells_changes else ""
    fresh = HarvestState(source.name, REST, asked_for, since)
    size = dump.stat().st_size if dump.exists() else 0
    if not size:
        return fresh
    kept = read_state(state_file)
    if kept is None:
        raise DumpError(str(dump), 0, "already exists and comes from no harvest; name another")
    if (kept.url, kept.prefix, kept.set) != (source.name, REST, asked_for):
        fault = f"belongs to a harvest of {kept.url} ({kept.set}); use another file"
        raise DumpError(str(state_file), 0, fault)
    if kept.size > size:
        fault = f"has {size:,} bytes where the harvest left {kept.size:,}; name another file"
        raise DumpError(str(dump), 0, fault)
    if kept.token:
        return kept
    # The last day asked is asked again: what changed later on it is not lost.
    again = (query.since or kept.asked) if source.tells_changes else ""
    return replace(kept, since=again)


def _digests(dump: Path, size: int) -> set[bytes]:
    """Returns the digests of the records that a dump has, 8 bytes each."""
    keys: set[bytes] = set()
    if not size:
        return keys
    left = size
    with dump.open("rb") as file:
        for line in file:
            left -= len(line)
            if left < 0:
                break
            keys.add(_digest(line.rstrip(b"\n")))
    return keys


def _digest(record: bytes) -> bytes:
    return hashlib.blake2b(record, digest_size=8).digest()
