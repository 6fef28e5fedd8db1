"""The order of docs in a new segment, and the columns that hold one value a doc.

Doc ids are assigned when all docs are known: year descending, missing years last, then paper id
ascending, so that a search by year reads ranges of doc ids. The second half concatenates, sorts
and selects long lists of strings without a Python object for each.
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
from indexer.backends.whoosh.indexing.runs import DocColumns


@dataclass(frozen=True, slots=True)
class DocOrder:
    """Which doc of which source becomes which doc of the segment.

    Attributes:
        source_positions: int64[docs], for each doc id its position among the docs of all
            sources, one source after the other.
        doc_ids: for each source, int32[its docs], the doc id, or -1 where the doc is dropped.
        by_id: int32[docs], doc ids by ascending paper id.
    """

    source_positions: NDArray[np.int64]
    doc_ids: tuple[NDArray[np.int32], ...]
    by_id: NDArray[np.int32]

    @property
    def papers(self) -> int:
        """Number of docs of the segment."""
        return len(self.source_positions)

    def column(self, columns: Iterable[NDArray[Any]]) -> NDArray[Any]:
        """Returns a column in doc id order, given the column of each source."""
        return np.concatenate(list(columns))[self.source_positions]


def assign_doc_ids(
    columns: Sequence[DocColumns], dropped: Sequence[NDArray[np.bool_] | None]
) -> DocOrder:
    """Assigns doc ids to the docs of some sources.

    Args:
        columns: of each source.
        dropped: for each source which docs to drop, bool, or None; the ids of the others are
            distinct.
    """
    is_kept = np.concatenate(
        [
            np.ones(len(source.year), np.bool_) if drop is None else ~drop
            for source, drop in zip(columns, dropped, strict=True)
        ]
    )
    rows = np.flatnonzero(is_kept)
    by_id = rows[order_of_strings([source.ids for source in columns], rows)]
    years = np.concatenate([source.year for source in columns])[by_id]
    by_year = np.argsort(-years.astype(np.int64), kind="stable")
    doc_ids = np.full(len(is_kept), -1, np.int32)
    doc_ids[by_id[by_year]] = np.arange(len(by_id), dtype=np.int32)
    ends = np.cumsum([len(source.year) for source in columns])[:-1]
    return DocOrder(by_id[by_year], tuple(np.split(doc_ids, ends)), doc_ids[by_id])


def write_columns(columns: Sequence[DocColumns], order: DocOrder, sink: Sink) -> None:
    """Writes the columns of a segment, its paper ids, and the order of its titles."""
    for name in ("year", "has", "content"):
        sink.put(name, order.column(getattr(source, name) for source in columns))
    for name in ("first_indexed", "last_changed"):
        sink.put(name, fitting(order.column(getattr(source, name) for source in columns)))
    for name in ("venue", "type"):
        _put_codes(
            [getattr(source, f"{name}s") for source in columns],
            [getattr(source, name) for source in columns],
            order,
            name,
            sink,
        )
    ids = concatenate(source.ids for source in columns)
    write_strings(sink, "ids", take_strings(ids, order.source_positions[order.by_id]))
    sink.put("id_paper", order.by_id)
    titles = order_of_strings([source.title_keys for source in columns], order.source_positions)
    sink.put("title_order", titles.astype(np.int32))


def _put_codes(
    lexicons: Sequence[Strings],
    codes: Sequence[NDArray[np.int32]],
    order: DocOrder,
    name: str,
    sink: Sink,
) -> None:
    """Writes a column of values as a lexicon and codes; values without a doc are left out."""
    merged = sorted(set(_all_strings(lexicons)))
    merged_codes = {value: code for code, value in enumerate(merged)}
    # The last entry serves MISSING, which is -1.
    tables = [
        np.array([merged_codes[value] for value in lexicon.raws()] + [MISSING], np.int32)
        for lexicon in lexicons
    ]
    column = order.column(table[code] for table, code in zip(tables, codes, strict=True))
    used = np.unique(column[column >= 0])
    new_codes = np.full(len(merged) + 1, MISSING, np.int32)
    new_codes[used] = np.arange(len(used), dtype=np.int32)
    write_strings(sink, f"{name}s", Lexicon.of_raws([merged[code] for code in used.tolist()]))
    sink.put(name, new_codes[column])


def write_strings(sink: Sink, name: str, strings: Strings) -> None:
    """Writes strings as the two arrays ``name.blob`` and ``name.ends``."""
    sink.put(f"{name}.blob", strings.blob)
    sink.put(f"{name}.ends", fitting(strings.ends))


def _all_strings(lists: Iterable[Strings]) -> list[bytes]:
    """Returns all strings of some lists, one list after the other."""
    return [raw for strings in lists for raw in strings.raws()]


_PREFIX: Final = 16
"""Bytes of a string that are sorted as two 64-bit numbers."""
_STEP: Final = 1 << 13
"""Strings copied at a time, to bound memory."""


def concatenate(lists: Iterable[Strings]) -> Strings:
    """Returns lists of strings, one after the other."""
    blobs, ends = [np.zeros(0, np.uint8)], [np.zeros(1, np.int64)]
    length = 0
    for strings in lists:
        blobs.append(strings.blob)
        ends.append(strings.ends[1:].astype(np.int64) + length)
        length += len(strings.blob)
    return Strings(np.concatenate(blobs), np.concatenate(ends))


def order_of_strings(lists: Sequence[Strings], rows: NDArray[np.int64]) -> NDArray[np.int64]:
    """Returns the stable order of some strings by their UTF-8 bytes, int64 indexes into `rows`.

    Prefixes are sorted as numbers; only strings of equal prefixes are compared as strings.

    Args:
        lists: lists of strings, taken as one list.
        rows: int64, which strings of that list.
    """
    prefixes = np.concatenate([np.zeros((0, _PREFIX), np.uint8), *map(_prefixes, lists)])[rows]
    high, low = prefixes.view(">u8").astype(np.uint64).T
    del prefixes
    order = np.lexsort((low, high))
    equal = (high[order][1:] == high[order][:-1]) & (low[order][1:] == low[order][:-1])
    edges = np.flatnonzero(np.diff(np.concatenate([[False], equal, [False]]).astype(np.int8)))
    starts = list(accumulate(map(len, lists), initial=0))

    def raw(index: int) -> bytes:
        row = int(rows[index])
        list_index = bisect_right(starts, row) - 1
        return lists[list_index].raw(row - starts[list_index])

    for start, end in edges.reshape(-1, 2).tolist():
        stretch = slice(start, end + 1)
        order[stretch] = sorted(order[stretch].tolist(), key=raw)
    return order


def _prefixes(strings: Strings) -> NDArray[np.uint8]:
    """Returns uint8[strings, _PREFIX], the first bytes of each string, padded by zeros."""
    first, length = strings.ends[:-1], np.diff(strings.ends)
    prefixes = np.zeros((len(strings), _PREFIX), np.uint8)
    for i in range(_PREFIX):
        long_enough = length > i
        prefixes[long_enough, i] = strings.blob[first[long_enough] + i]
    return prefixes


def take_strings(strings: Strings, rows: NDArray[np.int64]) -> Strings:
    """Returns the strings of some rows, in their order."""
    length = np.diff(strings.ends)[rows]
    ends = np.zeros(len(rows) + 1, np.int64)
    np.cumsum(length, out=ends[1:])
    blob = np.empty(int(ends[-1]), np.uint8)
    for low in range(0, len(rows), _STEP):
        high = min(low + _STEP, len(rows))
        shift = strings.ends[rows[low:high]] - ends[low:high]
        source = np.arange(ends[low], ends[high]) + np.repeat(shift, length[low:high])
        blob[ends[low] : ends[high]] = strings.blob[source]
    return Strings(blob, ends)
