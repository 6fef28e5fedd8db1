"""Writes the author index of a segment: names, name keys, words of names, and who wrote what."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from indexer.analysis import MAX_WORD, PATTERN, open_word
from indexer.backends.whoosh.format.array_file import Sink, fitting
from indexer.backends.whoosh.format.ragged_arrays import Numbers, distinct, gathered, turned
from indexer.backends.whoosh.format.segment import Lexicon, Strings
from indexer.backends.whoosh.indexing.doc_order import DocOrder, write_strings
from indexer.backends.whoosh.indexing.runs import Source
from indexer.paper import name_key
from indexer.text.folding import fold

_PAPERS: Final = 1 << 16
"""Docs processed at a time, to bound memory."""


def write_authors(sources: Sequence[Source], order: DocOrder, sink: Sink) -> None:
    """Writes the arrays of the authors.

    Names are ordered by name key, names of one key by code points: the names of a key are adjacent.

    Args:
        sources: what to merge.
        order: the doc ids.
        sink: takes the arrays.
    """
    merged_names, tables = _merge_names(sources, order)
    keys = [name_key(name) for name in merged_names]
    by_name = sorted(range(len(merged_names)), key=merged_names.__getitem__)
    # Stable: names of one key stay in order. The orders are much alike, so Timsort is quick.
    by_key = sorted(by_name, key=keys.__getitem__)
    name_ids = np.full(
        len(merged_names) + 1, -1, np.int32
    )  # the last serves -1, names without a live doc
    name_ids[by_key] = np.arange(len(merged_names), dtype=np.int32)
    ends, flat = _reorder_names(sources, order, [name_ids[table] for table in tables])
    names = [merged_names[i] for i in by_key]
    write_strings(sink, "names", Strings.of(names))
    rank = np.empty(len(names), np.int32)
    rank[name_ids[by_name]] = np.arange(len(names), dtype=np.int32)
    sink.put("name_rank", rank)
    _write_keys([keys[i] for i in by_key], sink)
    sink.put("paper_names_ptr", fitting(ends))
    sink.put("paper_names", flat)
    doc_counts, docs = [np.zeros(0, np.int64)], [np.zeros(0, np.int32)]
    for low, high, pairs in turned(ends, flat, len(names)):
        doc_counts.append(np.bincount((pairs >> 32) - low, minlength=high - low))
        docs.append((pairs & 0xFFFFFFFF).astype(np.int32))
    sink.put("name_papers_ptr", fitting(np.cumsum(np.concatenate([[0], *doc_counts]))))
    sink.put("name_papers", np.concatenate(docs))
    parts = _write_words(names, sink)
    sink.put("author_length", _sum_rows(parts, ends, flat))


def _merge_names(
    sources: Sequence[Source], order: DocOrder
) -> tuple[list[str], list[NDArray[np.int32]]]:
    """Returns the distinct names of live docs, and each source's table from its names to them."""
    ids: Numbers[str] = Numbers()
    tables = []
    for source, doc_ids in zip(sources, order.doc_ids, strict=True):
        ends, flat = source.paper_names
        used = np.zeros(len(source.names), np.bool_)
        used[flat[np.repeat(doc_ids >= 0, np.diff(ends))]] = True
        names = list(source.names)
        live = np.flatnonzero(used)
        table = np.full(len(used), -1, np.int32)
        table[live] = ids.of(names[i] for i in live.tolist())
        tables.append(table)
    return list(ids), tables


def _reorder_names(
    sources: Sequence[Source], order: DocOrder, tables: Sequence[NDArray[np.int32]]
) -> tuple[NDArray[np.int64], NDArray[np.int32]]:
    """Returns the names of every doc in doc id order, as a ragged array.

    Args:
        sources: what to merge.
        order: the doc ids.
        tables: for each source the name id of each of its names.

    Returns:
        int64[docs + 1], where the names of each doc begin, and int32, name ids.
    """
    all_names = np.concatenate(
        [table[source.paper_names[1]] for source, table in zip(sources, tables, strict=True)]
    )
    counts = np.concatenate([np.diff(source.paper_names[0]) for source in sources])
    ends = np.zeros(len(counts) + 1, np.int64)
    np.cumsum(counts, out=ends[1:])
    final = np.zeros(order.papers + 1, np.int64)
    np.cumsum(counts[order.source_positions], out=final[1:])
    flat = np.empty(int(final[-1]), np.int32)
    for low in range(0, order.papers, _PAPERS):
        high = min(low + _PAPERS, order.papers)
        indexes, _ = gathered(ends, order.source_positions[low:high])
        flat[final[low] : final[high]] = all_names[indexes]
    return final, flat


def _sum_rows(
    values: NDArray[np.int64], ends: NDArray[np.int64], flat: NDArray[np.int32]
) -> NDArray[np.int32]:
    """Returns the sum of the values in each row of a ragged array, int32."""
    sums = np.empty(len(ends) - 1, np.int32)
    for low in range(0, len(sums), _PAPERS):
        inside = ends[low : low + _PAPERS + 1]
        before = np.zeros(int(inside[-1] - inside[0]) + 1, np.int64)
        np.cumsum(values[flat[inside[0] : inside[-1]]], out=before[1:])
        sums[low : low + _PAPERS] = np.diff(before[inside - inside[0]])
    return sums


def _write_keys(keys: list[str], sink: Sink) -> None:
    """Writes the distinct name keys, given the key of each name, ascending."""
    firsts = [i for i, key in enumerate(keys) if not i or keys[i - 1] != key]
    write_strings(sink, "name_keys", Lexicon.of([keys[i] for i in firsts]))
    sink.put("name_key_ptr", fitting(np.array([*firsts, len(keys)], np.int64)))


def _write_words(names: list[str], sink: Sink) -> NDArray[np.int64]:
    """Writes the words of names; returns how many each name has, joined forms aside, int64."""
    cut = re.compile(PATTERN).findall
    ids: Numbers[str] = Numbers()
    words: list[int] = []
    counts = []
    parts = []
    # As `analysis.name_words`, but parts and joined forms are counted separately.
    for name in names:
        tokens = name.lower().replace(".", " ").split()
        if name.isascii() and len(name) <= MAX_WORD and "".join(tokens).isalpha():
            parts.append(len(tokens))
        else:
            opened = [open_word(raw) for raw in cut(fold(name, name=True, umlauts=True).text)]
            tokens = [word for some, joined in opened for word in (*some, joined) if word]
            parts.append(sum(len(some) for some, _ in opened))
        words.extend(map(ids.__getitem__, tokens))
        counts.append(len(tokens))
    lexicon = sorted(ids)
    word_ids = np.empty(len(ids) + 1, np.int64)
    word_ids[ids.of(lexicon)] = np.arange(len(ids))
    word = word_ids[np.array(words, np.int64)]
    pairs = distinct((word << 32) | np.repeat(np.arange(len(names)), counts))
    write_strings(sink, "name_words", Lexicon.of(lexicon))
    sink.put("name_word_ptr", fitting(_row_starts(pairs >> 32, len(ids))))
    sink.put("name_word_names", (pairs & 0xFFFFFFFF).astype(np.int32))
    return np.array(parts, np.int64)


def _row_starts(rows: NDArray[np.int64], count: int) -> NDArray[np.int64]:
    """Returns where each row begins among entries sorted by row, int64[count + 1]."""
    return np.searchsorted(rows, np.arange(count + 1)).astype(np.int64)
