"""Stems as the words of the best papers are looked at: how often a paper has them, and who else."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from indexer.backends.whoosh.lookup.cache import BoundedCache
from indexer.backends.whoosh.lookup.reader import SegmentReader
from indexer.matching.feedback import KnownStems, stems_of

COUNT_BYTES: Final = 8 << 20
SPAN_BYTES: Final = 4 << 20


@dataclass(frozen=True, slots=True)
class StemSpans:
    """Where the postings of a stem of title and abstract are.

    Attributes:
        papers: how many live papers of the collection hold it.
        ids: for each segment its id, -1 where it is not there.
        spans: for each segment the first place in `Segment.docs`, and the first one behind.
    """

    papers: int
    ids: tuple[int, ...]
    spans: tuple[tuple[int, int], ...]


class Stems:
    """The stems of the papers of some segments; what was asked for is kept a while."""

    def __init__(
        self,
        readers: Sequence[SegmentReader],
        stem: Callable[[str], str],
        stop_words: frozenset[str],
    ) -> None:
        """Read these segments; `stem` gives the stem of a folded word."""
        self._readers = readers
        self._known = KnownStems(stem, stop_words)
        self._counts: BoundedCache[Counter[str]] = BoundedCache(COUNT_BYTES, _weigh_counts)
        self._spans: BoundedCache[StemSpans] = BoundedCache(SPAN_BYTES, _weigh_spans)

    def counts(self, segment: int, number: int) -> Counter[str]:
        """Count the stems of a paper, see `indexer.matching.feedback`."""
        store = self._readers[segment].store
        return self._counts.get(
            (segment, number), lambda: stems_of(store.paper(number), self._known)
        )

    def spans(self, stem: str) -> StemSpans:
        """Find the postings of a stem."""
        return self._spans.get(stem, lambda: self._find(stem))

    def _find(self, stem: str) -> StemSpans:
        ids, spans = [], []
        holding = 0
        for reader in self._readers:
            arrays = reader.arrays
            at = arrays.stems.find(stem)
            first, last = arrays.stem_ptr[at : at + 2].tolist() if at >= 0 else (0, 0)
            ids.append(at)
            spans.append((first, last))
            live = reader.live
            holding += last - first if live is None else int(live[arrays.docs[first:last]].sum())
        return StemSpans(holding, tuple(ids), tuple(spans))


def _weigh_counts(counts: Counter[str]) -> int:
    return 100 * len(counts)


def _weigh_spans(found: StemSpans) -> int:
    return 200 + 190 * len(found.spans)
