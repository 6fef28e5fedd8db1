"""The authors' part of a segment: names, their keys, their words, and who wrote what."""

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
from indexer.backends.whoosh.indexing.doc_order import Order, put_strings
from indexer.backends.whoosh.indexing.runs import Source
from indexer.paper import name_key
from indexer.text.folding import fold

_PAPERS: Final = 1 << 16
"""Papers looked at together."""


def put_people(sources: Sequence[Source], order: Order, sink: Sink) -> None:
    """Write the arrays of the authors."""
    met, tables = _names(sources, order)
    keys = [name_key(name) for name in met]
    by_name = sorted(range(len(met)), key=met.__getitem__)
    # Names of one key stay in the order of names; the two orders are much alike, so this is quick.
    by_key = sorted(by_name, key=keys.__getitem__)
    place = np.full(len(met) + 1, -1, np.int32)  # the last is for names of no paper that stays
    place[by_key] = np.arange(len(met), dtype=np.int32)
    ends, flat = _paper_names(sources, order, [place[table] for table in tables])
    names = [met[at] for at in by_key]
    put_strings(sink, "names", Strings.of(names))
    rank = np.empty(len(names), np.int32)
    rank[place[by_name]] = np.arange(len(names), dtype=np.int32)
    sink.put("name_rank", rank)
    _put_keys([keys[at] for at in by_key], sink)
    sink.put("paper_names_ptr", fitting(ends))
    sink.put("paper_names", flat)
    held, wrote = [np.zeros(0, np.int64)], [np.zeros(0, np.int32)]
    for low, high, pairs in turned(ends, flat, len(names)):
        held.append(np.bincount((pairs >> 32) - low, minlength=high - low))
        wrote.append((pairs & 0xFFFFFFFF).astype(np.int32))
    sink.put("name_papers_ptr", fitting(np.cumsum(np.concatenate([[0], *held]))))
    sink.put("name_papers", np.concatenate(wrote))
    parts = _put_words(names, sink)
    sink.put("author_length", _sums(parts, ends, flat))


def _names(sources: Sequence[Source], order: Order) -> tuple[list[str], list[NDArray[np.int32]]]:
    """Collect the names of papers that stay as they are met, and each source's places in them."""
    ids: Numbers[str] = Numbers()
    tables = []
    for source, ranks in zip(sources, order.ranks, strict=True):
        ends, flat = source.paper_names
        used = np.zeros(len(source.names), np.bool_)
        used[flat[np.repeat(ranks >= 0, np.diff(ends))]] = True
        names = list(source.names)
        live = np.flatnonzero(used)
        table = np.full(len(used), -1, np.int32)
        table[live] = ids.of(names[at] for at in live.tolist())
        tables.append(table)
    return list(ids), tables


def _paper_names(
    sources: Sequence[Source], order: Order, tables: Sequence[NDArray[np.int32]]
) -> tuple[NDArray[np.int64], NDArray[np.int32]]:
    """Put the names of every paper into the final order."""
    every = np.concatenate(
        [table[source.paper_names[1]] for source, table in zip(sources, tables, strict=True)]
    )
    counts = np.concatenate([np.diff(source.paper_names[0]) for source in sources])
    ends = np.zeros(len(counts) + 1, np.int64)
    np.cumsum(counts, out=ends[1:])
    final = np.zeros(order.papers + 1, np.int64)
    np.cumsum(counts[order.flat], out=final[1:])
    flat = np.empty(int(final[-1]), np.int32)
    for low in range(0, order.papers, _PAPERS):
        high = min(low + _PAPERS, order.papers)
        at, _ = gathered(ends, order.flat[low:high])
        flat[final[low] : final[high]] = every[at]
    return final, flat


def _sums(
    values: NDArray[np.int64], ends: NDArray[np.int64], flat: NDArray[np.int32]
) -> NDArray[np.int32]:
    """Add up the values of the numbers in each row of a ragged array."""
    sums = np.empty(len(ends) - 1, np.int32)
    for low in range(0, len(sums), _PAPERS):
        inside = ends[low : low + _PAPERS + 1]
        before = np.zeros(int(inside[-1] - inside[0]) + 1, np.int64)
        np.cumsum(values[flat[inside[0] : inside[-1]]], out=before[1:])
        sums[low : low + _PAPERS] = np.diff(before[inside - inside[0]])
    return sums


def _put_keys(keys: list[str], sink: Sink) -> None:
    """Write the distinct keys of names that are in order of their keys."""
    firsts = [at for at, key in enumerate(keys) if not at or keys[at - 1] != key]
    put_strings(sink, "name_keys", Lexicon.of([keys[at] for at in firsts]))
    sink.put("name_key_ptr", fitting(np.array([*firsts, len(keys)], np.int64)))


def _put_words(names: list[str], sink: Sink) -> NDArray[np.int64]:
    """Write the words of names; gives how many words, joined forms aside, each name has."""
    cut = re.compile(PATTERN).findall
    ids: Numbers[str] = Numbers()
    words: list[int] = []
    counts = []
    parts = []
    # As `analysis.name_words` does it, but parts and joined forms are counted apart.
    for name in names:
        found = name.lower().replace(".", " ").split()
        if name.isascii() and len(name) <= MAX_WORD and "".join(found).isalpha():
            parts.append(len(found))
        else:
            opened = [open_word(raw) for raw in cut(fold(name, name=True, umlauts=True).text)]
            found = [word for some, joined in opened for word in (*some, joined) if word]
            parts.append(sum(len(some) for some, _ in opened))
        words.extend(map(ids.__getitem__, found))
        counts.append(len(found))
    lexicon = sorted(ids)
    place = np.empty(len(ids) + 1, np.int64)
    place[ids.of(lexicon)] = np.arange(len(ids))
    word = place[np.array(words, np.int64)]
    pairs = distinct((word << 32) | np.repeat(np.arange(len(names)), counts))
    put_strings(sink, "name_words", Lexicon.of(lexicon))
    sink.put("name_word_ptr", fitting(_ptr(pairs >> 32, len(ids))))
    sink.put("name_word_names", (pairs & 0xFFFFFFFF).astype(np.int32))
    return np.array(parts, np.int64)


def _ptr(rows: NDArray[np.int64], count: int) -> NDArray[np.int64]:
    """Say where each row begins among entries sorted by row."""
    return np.searchsorted(rows, np.arange(count + 1)).astype(np.int64)
