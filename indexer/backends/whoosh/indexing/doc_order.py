"""The final order of papers, and everything of a segment that is one value a paper.

Papers get their numbers when all are known: year falling, missing last, then id rising.

Long lists of strings joined, sorted and chosen from without an object for each.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from indexer.backends.whoosh.format.array_file import Sink, fitting
from indexer.backends.whoosh.format.segment import MISSING, Lexicon, Strings
from indexer.backends.whoosh.indexing.runs import Record


@dataclass(frozen=True, slots=True)
class Order:
    """Which paper of which source becomes which paper of the segment.

    Attributes:
        flat: int64[P], for each final number the paper's place among the papers of all sources,
            one source after the other.
        ranks: for each source, int32[its papers], the final number or -1 where it is dropped.
        by_id: int32[P], final numbers by rising id.
    """

    flat: NDArray[np.int64]
    ranks: tuple[NDArray[np.int32], ...]
    by_id: NDArray[np.int32]

    @property
    def papers(self) -> int:
        """Number of papers that stay."""
        return len(self.flat)

    def column(self, columns: Iterable[NDArray[Any]]) -> NDArray[Any]:
        """Put one value a paper of each source into the final order."""
        return np.concatenate(list(columns))[self.flat]


def order_of(records: Sequence[Record], dropped: Sequence[NDArray[np.bool_] | None]) -> Order:
    """Number the papers of some sources, without those dropped; ids must differ by then."""
    kept = np.concatenate(
        [
            np.ones(len(record.year), np.bool_) if gone is None else ~gone
            for record, gone in zip(records, dropped, strict=True)
        ]
    )
    rows = np.flatnonzero(kept)
    by_id = rows[order_of_strings([record.ids for record in records], rows)]
    years = np.concatenate([record.year for record in records])[by_id]
    places = np.argsort(-years.astype(np.int64), kind="stable")
    rank = np.full(len(kept), -1, np.int32)
    rank[by_id[places]] = np.arange(len(by_id), dtype=np.int32)
    ends = np.cumsum([len(record.year) for record in records])[:-1]
    return Order(by_id[places], tuple(np.split(rank, ends)), rank[by_id])


def put_values(records: Sequence[Record], order: Order, sink: Sink) -> None:
    """Write what a segment knows of each paper beside its words and names."""
    for name in ("year", "has", "content"):
        sink.put(name, order.column(getattr(record, name) for record in records))
    for name in ("first_indexed", "last_changed"):
        sink.put(name, fitting(order.column(getattr(record, name) for record in records)))
    for name in ("venue", "type"):
        _put_codes(
            [getattr(record, f"{name}s") for record in records],
            [getattr(record, name) for record in records],
            order,
            name,
            sink,
        )
    ids = joined(record.ids for record in records)
    put_strings(sink, "ids", chosen(ids, order.flat[order.by_id]))
    sink.put("id_paper", order.by_id)
    titles = order_of_strings([record.title_keys for record in records], order.flat)
    sink.put("title_order", titles.astype(np.int32))


def _put_codes(
    values: Sequence[Strings],
    codes: Sequence[NDArray[np.int32]],
    order: Order,
    name: str,
    sink: Sink,
) -> None:
    """Write one value a paper as a lexicon and places in it; values no paper has fall away."""
    every = sorted(set(_all(values)))
    place = {value: at for at, value in enumerate(every)}
    # The last entry is for MISSING, -1.
    tables = [
        np.array([place[value] for value in one.raws()] + [MISSING], np.int32) for one in values
    ]
    final = order.column(table[code] for table, code in zip(tables, codes, strict=True))
    used = np.unique(final[final >= 0])
    narrowed = np.full(len(every) + 1, MISSING, np.int32)
    narrowed[used] = np.arange(len(used), dtype=np.int32)
    put_strings(sink, f"{name}s", Lexicon.of_raws([every[at] for at in used.tolist()]))
    sink.put(name, narrowed[final])


def put_strings(sink: Sink, name: str, strings: Strings) -> None:
    """Write strings as the two arrays ``name.blob`` and ``name.ends``."""
    sink.put(f"{name}.blob", strings.blob)
    sink.put(f"{name}.ends", fitting(strings.ends))


def _all(many: Iterable[Strings]) -> list[bytes]:
    return [raw for strings in many for raw in strings.raws()]


_PREFIX: Final = 16
_STEP: Final = 1 << 13


def joined(many: Iterable[Strings]) -> Strings:
    """Put lists of strings one after the other."""
    blobs, ends = [np.zeros(0, np.uint8)], [np.zeros(1, np.int64)]
    length = 0
    for one in many:
        blobs.append(one.blob)
        ends.append(one.ends[1:].astype(np.int64) + length)
        length += len(one.blob)
    return Strings(np.concatenate(blobs), np.concatenate(ends))


def order_of_strings(many: Sequence[Strings], rows: NDArray[np.int64]) -> NDArray[np.int64]:
    """Give the places of some strings by rising UTF-8 bytes; of equal ones the first comes first.

    They are sorted by their first bytes as numbers, and only those that begin alike as strings.

    Args:
        many: lists of strings, as if one stood after the other.
        rows: which strings of them all; places are places in this list.
    """
    begin = np.concatenate([np.zeros((0, _PREFIX), np.uint8), *map(_beginnings, many)])[rows]
    high, low = begin.view(">u8").astype(np.uint64).T
    del begin
    order = np.lexsort((low, high))
    alike = (high[order][1:] == high[order][:-1]) & (low[order][1:] == low[order][:-1])
    edges = np.flatnonzero(np.diff(np.concatenate([[False], alike, [False]]).astype(np.int8)))
    starts = list(accumulate(map(len, many), initial=0))

    def raw(place: int) -> bytes:
        row = int(rows[place])
        among = bisect_right(starts, row) - 1
        return many[among].raw(row - starts[among])

    for start, last in edges.reshape(-1, 2).tolist():
        stretch = slice(start, last + 1)
        order[stretch] = sorted(order[stretch].tolist(), key=raw)
    return order


def _beginnings(strings: Strings) -> NDArray[np.uint8]:
    """Give the first bytes of each string, zeros after those that are shorter."""
    first, length = strings.ends[:-1], np.diff(strings.ends)
    begin = np.zeros((len(strings), _PREFIX), np.uint8)
    for at in range(_PREFIX):
        reaches = length > at
        begin[reaches, at] = strings.blob[first[reaches] + at]
    return begin


def chosen(strings: Strings, rows: NDArray[np.int64]) -> Strings:
    """Give some of the strings, in the order asked for."""
    length = np.diff(strings.ends)[rows]
    ends = np.zeros(len(rows) + 1, np.int64)
    np.cumsum(length, out=ends[1:])
    blob = np.empty(int(ends[-1]), np.uint8)
    for low in range(0, len(rows), _STEP):
        high = min(low + _STEP, len(rows))
        shift = strings.ends[rows[low:high]] - ends[low:high]
        at = np.arange(ends[low], ends[high]) + np.repeat(shift, length[low:high])
        blob[ends[low] : ends[high]] = strings.blob[at]
    return Strings(blob, ends)
