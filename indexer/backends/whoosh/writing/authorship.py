"""The authors' part of a segment: names, their keys, their words, and who wrote what."""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from indexer.analysis import MAX_WORD, PATTERN, open_word
from indexer.backends.whoosh.storage.files import Sink, fitting
from indexer.backends.whoosh.storage.segment import Lexicon, Strings
from indexer.backends.whoosh.writing.numbers import Numbers, distinct
from indexer.backends.whoosh.writing.order import Order, put_strings
from indexer.backends.whoosh.writing.run import Source, gathered
from indexer.paper import name_key
from indexer.text.folding import fold


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
    paper = np.repeat(np.arange(order.papers, dtype=np.int64), np.diff(ends))
    pairs = distinct((flat.astype(np.int64) << 32) | paper)
    sink.put("name_papers_ptr", fitting(_ptr(pairs >> 32, len(names))))
    sink.put("name_papers", (pairs & 0xFFFFFFFF).astype(np.int32))
    parts = _put_words(names, sink)
    before = np.zeros(len(flat) + 1, np.int64)
    np.cumsum(parts[flat], out=before[1:])
    sink.put("author_length", np.diff(before[ends]).astype(np.int32))


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
    flats = [table[source.paper_names[1]] for source, table in zip(sources, tables, strict=True)]
    counts = np.concatenate([np.diff(source.paper_names[0]) for source in sources])
    ends = np.zeros(len(counts) + 1, np.int64)
    np.cumsum(counts, out=ends[1:])
    at, counts = gathered(ends, order.flat)
    final = np.zeros(len(counts) + 1, np.int64)
    np.cumsum(counts, out=final[1:])
    return final, np.concatenate(flats)[at].astype(np.int32)


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
