"""Sources to one segment."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from indexer.backends.whoosh.storage import store
from indexer.backends.whoosh.storage.files import Sink, fitting, release
from indexer.backends.whoosh.writing.authorship import put_people
from indexer.backends.whoosh.writing.invert import occurrences_of, put_counts, put_postings
from indexer.backends.whoosh.writing.order import Order, order_of, put_values
from indexer.backends.whoosh.writing.run import Source
from indexer.backends.whoosh.writing.share import Share
from indexer.backends.whoosh.writing.stems import Stemmed
from indexer.backends.whoosh.writing.vocabulary import put_vocabulary, vocabulary_of

Dropped = NDArray[np.bool_]
_NOTHING: Final = np.zeros(0, np.uint8)


def merge(
    sources: Sequence[Source],
    dropped: Sequence[Dropped | None],
    stems: Stemmed,
    sink: Sink,
    share: Share | None = None,
) -> None:
    """Write the segment that holds the papers of some sources.

    Args:
        sources: runs and segments, together holding each id at most once beside those dropped.
        dropped: for each source which papers to leave out, or None to keep all.
        stems: gives the stems of folded words.
        sink: takes the arrays, those of `Segment` and of the store.
        share: does much of the work in other processes, where all sources are its runs.
    """
    records = [source.record for source in sources]
    order = order_of(records, dropped)
    people = share.begin_people(order) if share else None
    known = vocabulary_of(sources, order, stems)
    numbering = known.numbering
    postings = (
        share.begin_postings(numbering, occurrences_of(sources, numbering)) if share else None
    )
    put_vocabulary(sources, order, known, sink)
    put_values(records, order, sink)
    _put_store(sources, order, sink)
    if share and people and postings:
        share.end_people(people, sink)
        counts = list(share.end_postings(postings, sink))
    else:
        put_people(sources, order, sink)
        stretch = range(numbering.stems)
        counts = [put_postings(sources, order.ranks, numbering, stretch, sink)]
    put_counts(counts, numbering, sink)


def _put_store(sources: Sequence[Source], order: Order, sink: Sink) -> None:
    """Copy lines as they are where every paper stays and the dictionary is one, else pack anew."""
    dictionary = max(sources, key=lambda one: one.papers).store.dictionary if sources else _NOTHING
    sink.append("packed", _NOTHING)
    lengths = [np.zeros(1, np.int64)]
    slots = []
    first = 0
    for source, ranks in zip(sources, order.ranks, strict=True):
        papers = source.store
        packed, ends, slot = papers.packed, papers.ends, papers.slot
        stays = np.flatnonzero(ranks >= 0)
        if len(stays) < len(ranks) or not np.array_equal(papers.dictionary, dictionary):
            stays = stays[np.argsort(slot[stays])]
            packed, ends = store.pack(map(papers.line, stays.tolist()), dictionary.tobytes())
            slot = np.zeros(len(ranks), np.int64)
            slot[stays] = np.arange(len(stays))
        sink.append("packed", packed)
        release(packed)
        lengths.append(np.diff(ends))
        slots.append(slot + first)
        first += len(ends) - 1
    sink.put("packed_ends", fitting(np.cumsum(np.concatenate(lengths), dtype=np.int64)))
    sink.put("slot", fitting(order.column(slots)))
    sink.put("dictionary", dictionary)
