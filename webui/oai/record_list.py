"""Lists of records, deleted ones among them, by the time at which each change was published."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, replace
from operator import itemgetter
from typing import Final

from indexer import Filter, GenerationHistory, Query, Searcher
from webui.oai.arguments import HarvestSelection

START: Final = ("", "")


@dataclass(frozen=True, slots=True)
class RecordHeader:
    """What a header says.

    Attributes:
        paper_id: of the paper.
        datestamp: when its last change was published, ISO 8601 in UTC.
        is_deleted: the paper is gone.
        venue: of a deleted paper; empty where it had none. That of others is in the paper.
    """

    paper_id: str
    datestamp: str
    is_deleted: bool = False
    venue: str = ""


@dataclass(frozen=True, slots=True)
class Position:
    """The last record that was sent of each of the two parts of a list, as (time, id).

    Attributes:
        written: of papers in the order in which they were written.
        past: of papers that were deleted or restored since.
    """

    written: tuple[str, str] = START
    past: tuple[str, str] = START


@dataclass(frozen=True, slots=True)
class RecordPage:
    """Part of a list.

    Attributes:
        headers: the earliest first.
        total: records of the whole list.
        position: of the last of them; None where the list ends.
    """

    headers: tuple[RecordHeader, ...]
    total: int
    position: Position | None


def record_page(  # noqa: PLR0913, PLR0917 - what a part of a list depends on
    searcher: Searcher,
    history: GenerationHistory,
    selection: HarvestSelection,
    position: Position,
    limit: int,
    total: int | None = None,
) -> RecordPage:
    """Returns the next records of a list.

    Args:
        searcher: of the generation.
        history: of the same.
        selection: what the list holds.
        position: where the part before ended.
        limit: most records.
        total: records of the whole list, where that is known from an earlier part.
    """
    if total is None:
        past = sum(1 for _ in _past(history, selection, START))
        total = _count_changed(searcher, history, selection) + past
    written = _changed_papers(searcher, history, selection, position.written, limit)
    later = _past(history, selection, position.past)
    headers: list[RecordHeader] = []
    next_written, next_past = next(written, None), next(later, None)
    while len(headers) < limit:
        if next_written is not None and (
            next_past is None or next_written[1].datestamp <= next_past.datestamp
        ):
            position = replace(position, written=next_written[0])
            headers.append(next_written[1])
            next_written = next(written, None)
        elif next_past is not None:
            position = replace(position, past=(next_past.datestamp, next_past.paper_id))
            headers.append(next_past)
            next_past = next(later, None)
        else:
            break
    return RecordPage(tuple(headers), total, position if next_written or next_past else None)


def record_header(
    searcher: Searcher, history: GenerationHistory, paper_id: str
) -> RecordHeader | None:
    """Returns the header of a paper, there or deleted; None where it is unknown."""
    times = searcher.times(paper_id)
    if times is not None:
        restored = history.restored.get(paper_id)
        stamp = restored.time if restored else history.published(times.last_changed)
        return RecordHeader(paper_id, stamp)
    gone = history.deleted.get(paper_id)
    return RecordHeader(paper_id, gone.time, is_deleted=True, venue=gone.venue) if gone else None


def earliest(searcher: Searcher, history: GenerationHistory) -> str:
    """Returns the earliest datestamp; where there is no record, that of the generation."""
    page = record_page(searcher, history, HarvestSelection("oai_dc"), Position(), 1)
    return page.headers[0].datestamp if page.headers else searcher.info().built


def _query(selection: HarvestSelection) -> Query:
    return Query(filters=(Filter("venue", (selection.venue,)),)) if selection.venue else Query()


def _changed_papers(
    searcher: Searcher,
    history: GenerationHistory,
    selection: HarvestSelection,
    after: tuple[str, str],
    limit: int,
) -> Iterator[tuple[tuple[str, str], RecordHeader]]:
    """Yields papers in the order in which they were written, restored ones left out."""
    bounds = history.change_bounds(selection.since, selection.until)
    while bounds is not None:
        entries = searcher.dated(
            _query(selection), since=bounds[0], until=bounds[1], after=after, limit=limit + 1
        ).entries
        for time, paper_id in entries:
            if paper_id not in history.restored:
                yield (time, paper_id), RecordHeader(paper_id, history.published(time))
        if len(entries) <= limit:
            return
        after = entries[-1]


def _count_changed(
    searcher: Searcher, history: GenerationHistory, selection: HarvestSelection
) -> int:
    bounds = history.change_bounds(selection.since, selection.until)
    if bounds is None:
        return 0
    since, until = bounds
    total = searcher.dated(_query(selection), since=since, until=until, limit=0).total
    left_out = sum(
        since <= restored.last_changed
        and (not until or restored.last_changed <= until)
        and selection.venue in ("", restored.venue)
        for restored in history.restored.values()
    )
    return total - left_out


def _past(
    history: GenerationHistory, selection: HarvestSelection, after: tuple[str, str]
) -> Iterator[RecordHeader]:
    """Yields deleted and restored papers, the earliest first, from behind a position on."""
    first = bisect_left(history.past, selection.since, key=itemgetter(0))
    first = bisect_right(history.past, after, first)
    last = len(history.past)
    if selection.until:
        last = bisect_right(history.past, selection.until, key=itemgetter(0))
    for number in range(first, last):
        time, paper_id = history.past[number]
        gone = history.deleted.get(paper_id)
        venue = (gone or history.restored[paper_id]).venue
        if selection.venue in ("", venue):
            yield RecordHeader(paper_id, time, gone is not None, venue)
