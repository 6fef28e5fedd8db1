"""Sources to one segment."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from indexer.analysis import Analyzer
from indexer.backends.whoosh.storage import store
from indexer.backends.whoosh.storage.files import MemorySink, Sink
from indexer.backends.whoosh.storage.named import segment_from
from indexer.backends.whoosh.storage.segment import Segment
from indexer.backends.whoosh.writing.authorship import put_people
from indexer.backends.whoosh.writing.invert import put_text
from indexer.backends.whoosh.writing.order import Order, order_of, put_values
from indexer.backends.whoosh.writing.run import RUN_PAPERS, Source, run_of
from indexer.backends.whoosh.writing.stems import Stemmed
from indexer.backends.whoosh.writing.words import WordTable
from indexer.paper import Paper

Dropped = NDArray[np.bool_]


def merge(
    sources: Sequence[Source],
    dropped: Sequence[Dropped | None],
    stems: Stemmed,
    sink: Sink,
) -> None:
    """Write the segment that holds the papers of some sources.

    Args:
        sources: runs and segments, together holding each id at most once beside those dropped.
        dropped: for each source which papers to leave out, or None to keep all.
        stems: gives the stems of folded words.
        sink: takes the arrays, those of `Segment` and of the store.
    """
    records = [source.record for source in sources]
    order = order_of(records, dropped)
    put_text(sources, order, stems, sink)  # first, for then the workers that stem can end
    put_people(sources, order, sink)
    put_values(records, order, sink)
    _put_store(sources, order, sink)


def _put_store(sources: Sequence[Source], order: Order, sink: Sink) -> None:
    """Copy blocks as they are where every paper stays, else pack the papers that do."""
    sink.append("blocks", np.zeros(0, np.uint8))
    lengths = [np.zeros(1, np.int64)]
    slots = []
    first = 0
    for source, ranks in zip(sources, order.ranks, strict=True):
        papers = source.store
        blocks, ends, slot = papers.blocks, papers.ends, papers.slot
        stays = np.flatnonzero(ranks >= 0)
        if len(stays) < len(ranks):
            stays = stays[np.argsort(slot[stays])]
            blocks, ends = store.pack(papers.line(at) for at in stays.tolist())
            slot = np.zeros(len(ranks), np.int64)
            slot[stays] = np.arange(len(stays))
        sink.append("blocks", blocks)
        lengths.append(np.diff(ends))
        slots.append(slot + first * store.BLOCK)
        first += len(ends) - 1
    sink.put("block_ends", np.cumsum(np.concatenate(lengths)).astype(np.int64))
    sink.put("slot", order.column(slots))


def segment_of(papers: Iterable[Paper], analyzer: Analyzer) -> Segment:
    """Make a segment in memory; of papers with the same id the last one counts."""
    return segment_from(arrays_of(papers, analyzer))


def arrays_of(papers: Iterable[Paper], analyzer: Analyzer) -> dict[str, NDArray[Any]]:
    """Make all arrays of a segment and its store in memory; of equal ids the last one counts."""
    unique = {paper.id: paper for paper in papers}
    lines = [(store.encode(paper), 0, 0) for paper in unique.values()]
    table = WordTable(analyzer)
    runs = [
        run_of(lines[at : at + RUN_PAPERS], table)
        for at in range(0, max(1, len(lines)), RUN_PAPERS)
    ]
    sink = MemorySink()
    merge(runs, [None] * len(runs), lambda words: [analyzer.stem(one) for one in words], sink)
    return sink.arrays()
