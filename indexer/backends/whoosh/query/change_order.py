"""Papers by the time of their last change, a page at a time, over all segments."""

from __future__ import annotations

import heapq
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import islice
from typing import Self

import numpy as np
from numpy.typing import NDArray

from indexer.backends.whoosh.postings.segment_reader import SegmentReader
from indexer.backends.whoosh.scoring.scored_docs import ScoredDocs
from indexer.search import DatedIds

_FOREVER = 2**62


@dataclass(frozen=True, slots=True)
class Stretch:
    """A stretch of time and where to go on in it.

    Attributes:
        since, until: seconds since 1970, both within it.
        time: of the entry that is followed.
        paper_id: of that entry, as UTF-8.
    """

    since: int
    until: int
    time: int
    paper_id: bytes

    @classmethod
    def of(cls, since: str, until: str, after: tuple[str, str]) -> Self:
        """Reads the arguments of `indexer.search.Searcher.dated`."""
        return cls(
            _seconds(since, -_FOREVER),
            _seconds(until, _FOREVER),
            _seconds(after[0], -_FOREVER),
            after[1].encode(errors="surrogatepass"),
        )


def _seconds(time: str, otherwise: int) -> int:
    return int(datetime.fromisoformat(time).timestamp()) if time else otherwise


def dated_ids(
    readers: Sequence[SegmentReader], hits: Sequence[ScoredDocs], stretch: Stretch, limit: int
) -> DatedIds:
    """Returns the next hits in the order in which they last changed.

    Args:
        readers: of the segments.
        hits: of each segment.
        stretch: which of them, and where to go on.
        limit: most entries.
    """
    pages = []
    total = 0
    for reader, scored in zip(readers, hits, strict=True):
        docs = scored.docs
        times = reader.arrays.last_changed[docs].astype(np.int64)
        within = (times >= stretch.since) & (times <= stretch.until)
        total += int(np.count_nonzero(within))
        pages.append(_entries(reader, docs[within], times[within], stretch, limit))
    # ISO 8601 in one time zone orders as the times do; UTF-8 orders as code points do.
    entries = islice(heapq.merge(*pages), limit)
    return DatedIds(total, tuple((time, raw.decode()) for time, raw in entries))


def _entries(
    reader: SegmentReader,
    docs: NDArray[np.int32],
    times: NDArray[np.int64],
    stretch: Stretch,
    limit: int,
) -> Iterator[tuple[str, bytes]]:
    """Yields the first entries of one segment that follow; ids are numbered in their order."""
    ids = reader.arrays.ids
    numbers = reader.paper_ids[docs].astype(np.int64)
    next_number = ids.equal_range(stretch.paper_id).stop
    follows = (times > stretch.time) | ((times == stretch.time) & (numbers >= next_number))
    times, numbers = times[follows], numbers[follows]
    keys = (times - times.min(initial=_FOREVER)) * (len(ids) + 1) + numbers
    if limit < len(keys):
        first = np.argpartition(keys, limit)[:limit]
        keys, times, numbers = keys[first], times[first], numbers[first]
    order = np.argsort(keys)
    for time, number in zip(times[order].tolist(), numbers[order].tolist(), strict=True):
        yield datetime.fromtimestamp(time, UTC).isoformat(timespec="seconds"), ids.raw(number)
